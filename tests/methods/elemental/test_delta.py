"""Instrument files of isotope ratios give the deltas they were written with, and broken ones a sentence."""

import contextlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from liqi.methods import UnreadableFile, find_method
from liqi.methods.elemental import known
from liqi.methods.elemental._carbon_dioxide import clumping, deltas_of, measured_deltas, ratios_of
from liqi.methods.elemental._flow import peaks_of
from liqi.methods.elemental._inlet import inlet_of, mean_of, read_nu
from liqi.methods.elemental._isodat import read_isodat
from liqi.methods.elemental._scales import _ROWS, SOURCES, source_of
from liqi.methods.elemental.delta import read_delta_file
from tests.methods.elemental import made
from tests.methods.samples import LARGE

METHOD = find_method("irms.delta")
DATA = LARGE / "methods/irms"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="a plain clone has no ../shared/data/methods/irms")


def values(path: Path, **parameters: object) -> dict[str, tuple[float, float | None]]:
    answer = METHOD.run([path], parameters)
    return {one.name: (float(one.value or 0), one.uncertainty) for one in answer.findings}


def test_co2_of_any_composition_is_read_back_from_its_masses() -> None:
    d13c, d18o = np.array([-40.0, 0.0, 25.0]), np.array([-10.0, 0.0, 45.0])
    ratios = ratios_of(d13c, d18o)
    carbon, oxygen = deltas_of(ratios.r45, ratios.r46)
    assert np.abs(carbon - d13c).max() < 1e-9
    assert np.abs(oxygen - d18o).max() < 1e-9


def test_a_gas_against_itself_has_its_own_deltas_and_no_clumping() -> None:
    none = np.zeros(1)
    carbon, oxygen = measured_deltas(none, none, -3.56, 25.01)
    assert (carbon[0], oxygen[0]) == pytest.approx((-3.56, 25.01), abs=1e-9)
    assert clumping(none, none, none, -3.56, 25.01)[0] == pytest.approx(0, abs=1e-9)
    assert clumping(none, none, none + 0.5, -3.56, 25.01)[0] == pytest.approx(0.5, abs=1e-9)


def test_cycles_of_nu_give_the_deltas_they_were_made_with(tmp_path: Path) -> None:
    found = values(made.nu(tmp_path / "a.txt"))
    assert found["δ45, SYNTHETIC"][0] == pytest.approx(4.0, abs=0.002)
    assert found["δ46, SYNTHETIC"][0] == pytest.approx(9.0, abs=0.002)
    told = values(made.nu(tmp_path / "b.txt"), gas_d13c="-3.6", gas_d18o="25")
    assert {"δ13C, SYNTHETIC", "δ18O, SYNTHETIC", "Δ47 raw, SYNTHETIC"} <= set(told)


def test_a_dual_inlet_of_isodat_is_read_to_the_last_digit(tmp_path: Path) -> None:
    found = inlet_of(read_isodat(made.did(tmp_path / "a.did")))
    assert (found.name, list(found.masses), found.sample.shape) == ("LAB CO2", [44, 45, 46], (6, 3))
    assert found.working_gas == {"d13C": -3.5, "d18O": 25.0}
    assert found.deltas()[45] == pytest.approx(np.full(6, 2.0), abs=1e-9)


def test_a_single_cycle_has_a_mean_and_no_scatter(tmp_path: Path) -> None:
    answer = METHOD.run([made.nu(tmp_path / "a.txt", cycles=1)])
    assert {(one.uncertainty, one.extra["sd"]) for one in answer.findings} == {(None, None)}
    assert "NaN" not in json.dumps(answer.as_json())


def test_a_cycle_that_lost_a_cup_leaves_the_masses_that_all_have(tmp_path: Path) -> None:
    found = read_isodat(made.did(tmp_path / "a.did"))
    short = [replace(one, signals_mv=one.signals_mv[:2]) if one.number == 3 else one for one in found.cycles]
    inlet = inlet_of(replace(found, cycles=short))
    assert (list(inlet.masses), inlet.sample.shape) == ([44, 45], (6, 2))


def test_a_peak_whose_number_is_damaged_is_still_read(tmp_path: Path) -> None:
    found = read_isodat(made.dxf(tmp_path / "a.dxf"))
    items = [replace(one, value=float("nan")) if one.title == "Nr." else one for one in found.items]
    assert [one.number for one in peaks_of(replace(found, items=items))] == ["nan", "nan", "nan"]


def test_peaks_of_a_flow_are_read_and_their_areas_agree_when_taken_again(tmp_path: Path) -> None:
    peaks = peaks_of(read_isodat(made.dxf(tmp_path / "a.dxf")))
    assert [(one.number, one.is_reference) for one in peaks] == [("1", False), ("2", True), ("3", False)]
    for one in peaks:
        assert one.taken_again_mvs == pytest.approx(one.areas_mvs, rel=1e-3)
    assert peaks[2].deltas == {"15N": (5.0, "Air-N2")}


@needs_data
def test_the_dual_inlet_example_agrees_with_its_own_table() -> None:
    answer = METHOD.run([DATA / "dual_inlet_example.did"])
    found = {one.name.split(",")[0]: one for one in answer.findings}
    inlet = read_delta_file(DATA / "dual_inlet_example.did")
    assert len(inlet.sample) == 7  # type: ignore[union-attr]
    theirs = inlet.reported  # type: ignore[union-attr]
    assert found["δ13C"].value == pytest.approx(theirs["d 13C/12C"].mean(), abs=0.01)  # another 17O than ours
    assert found["δ18O"].value == pytest.approx(theirs["d 18O/16O"].mean(), abs=0.001)
    assert answer.verdict == "pass"


@needs_data
def test_the_flow_example_has_the_rows_that_isoreader_counts() -> None:
    found = read_isodat(DATA / "continuous_flow_example.dxf")
    assert sum(len(one.time_s) for one in found.traces) == 2435
    assert sum(one.signals_mv.shape[1] for one in found.traces) == 6
    peaks = peaks_of(found)
    assert len(peaks) == 6
    assert [one.number for one in peaks if one.is_reference] == ["2", "6"]
    assert METHOD.run([DATA / "continuous_flow_example.dxf"]).verdict == "pass"


@needs_data
def test_the_clumped_example_has_its_80_cycles() -> None:
    inlet = read_nu(DATA / "dual_inlet_nu_example.txt")
    assert (inlet.name, inlet.sample.shape, list(inlet.masses)) == ("ETH-01", (80, 6), [44, 45, 46, 47, 48, 49])
    assert mean_of(inlet.deltas()[45])[1] < 0.001


def test_a_run_of_files_is_normalised_by_the_standards_it_names(tmp_path: Path) -> None:
    paths = []
    for number, (name, delta) in enumerate([("USGS40", -5.0), ("USGS41", 47.0), ("leaf", 3.0), ("IAEA-N-1", 0.9)]):
        path = made.dxf(tmp_path / f"{number}.dxf", delta)
        content = path.read_bytes().replace(made.text("ACETANILIDE"), made.text(name))
        path.write_bytes(content)
        paths.append(path)
    answer = find_method("irms.normalise").run(paths, {"check": "IAEA-N-1", "tolerance": "1"})
    found = {one.name: one.value for one in answer.findings}
    line = np.polyfit([-5.0, 47.0], [-4.52, 47.57], 1)
    assert found["d15N, leaf"] == pytest.approx(np.polyval(line, 3.0), abs=1e-3)
    assert found["d15N, IAEA-N-1"] == pytest.approx(np.polyval(line, 0.9), abs=1e-3)


@pytest.mark.parametrize("make", [made.nu, made.did, made.dxf])
@pytest.mark.parametrize("cut", range(20))
def test_a_file_cut_anywhere_is_read_in_part_or_refused_in_one_sentence(make: object, cut: int, tmp_path: Path) -> None:
    path = make(tmp_path / "a.dat")  # type: ignore[operator]
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * cut // 20])
    told = "expected\n"
    with contextlib.suppress(UnreadableFile):
        told = str(METHOD.run([path]).as_json()["sentence"]) and "expected"
    if "\n" in told:
        with pytest.raises(UnreadableFile, match=r"^[^\n]*expected[^\n]*$"):
            METHOD.run([path])


def test_every_reference_value_names_its_source() -> None:
    assert {mark for *_, mark in _ROWS} == set(SOURCES)
    assert known("usgs-40", "d13C") == (-26.39, 0.04)
    assert "CIAAW" in source_of("USGS40", "d13C")
    assert source_of("milk", "d13C") == ""
