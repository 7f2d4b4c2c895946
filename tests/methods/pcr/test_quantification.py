"""Real-time PCR against the published tables of RDML-Tools, people's ratings, and curves whose copies are known."""

import csv
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from liqi.methods import BadParameter, UnreadableFile, find_method
from liqi.methods.pcr import amplification, analyse, mean_efficiency, read_plates, relative
from liqi.methods.pcr._rdml import _without_points, parsed_xml
from liqi.methods.readers import sniff
from tests.methods.pcr import made
from tests.methods.samples import LARGE

HERE = Path(__file__).parent
METHOD = find_method("qpcr.quantify")
(STEPONE,) = METHOD.example
QPCR = LARGE / "methods/qpcr"
needs_qpcr = pytest.mark.skipif(not QPCR.exists(), reason="a plain clone has no ../shared/data/methods/qpcr")


def refusal(path: Path) -> str | None:
    """Return why a file is refused, None where it is answered."""
    try:
        METHOD.run([path])
    except UnreadableFile as problem:
        return problem.sentence
    return None


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as stream:
        return [row for row in csv.DictReader(stream, delimiter="\t") if row["well"] not in ("", "well")]


def compared(path: Path, truth: Path) -> int:
    analysis = analyse(read_plates(path), rule="copies")
    rows = table(truth)
    assert len(rows) == len(analysis.wells)
    for well, row in zip(analysis.wells, rows, strict=True):
        curves = analysis.curves[well.run]
        assert curves is not None
        at = well.row
        assert (well.reaction.well, well.reaction.sample, well.reaction.target) == (
            row["well"],
            row["sample"],
            row["target"],
        )
        assert int(row["baseline error"]) == curves.baseline_error[at]
        assert (row["amplification"] == "True") == well.amplified
        assert (row["plateau"] == "True") == bool(curves.has_plateau[at])
        if float(row["TD0"]) < 0:
            assert math.isnan(well.td0)
        else:
            assert well.td0 == pytest.approx(float(row["TD0"]), abs=0.0051)
        if not curves.baseline_error[at]:
            assert curves.efficiency[at] == pytest.approx(float(row["indiv PCR eff"]), abs=5.1e-5)
            assert curves.r_squared[at] == pytest.approx(float(row["R2"]), abs=5.1e-5)
            assert curves.included[at] == int(row["n included"])
        if well.amplified and (well.run, well.reaction.target) in analysis.efficiencies:
            mean = analysis.efficiencies[well.run, well.reaction.target].value
            assert mean == pytest.approx(float(row["PCR eff"]), abs=5.1e-5)
            if float(row["Ncopy"]) > 30:
                assert well.copies == pytest.approx(float(row["Ncopy"]), rel=0.004)
    return len(rows)


def test_every_reaction_of_the_published_table_has_its_td0_factor_and_copies() -> None:
    assert compared(HERE / "volume_machine.rdml", HERE / "volume_truth.tsv") == 172


@needs_qpcr
def test_every_reaction_of_the_digital_pcr_experiment_has_its_td0_factor_and_copies() -> None:
    assert compared(QPCR / "large_DNA_dilutions.rdml", QPCR / "large_DNA_dilutions_results.tsv") == 582


def test_a_baseline_that_is_moved_moves_no_td0_and_no_factor() -> None:
    found: dict[str, list[tuple[float, float]]] = {}
    for one in analyse(read_plates(HERE / "shifted_baseline.rdml")).wells:
        found.setdefault(one.reaction.target, []).append((one.td0, one.efficiency))
    moved = [name for name in found if name + " X" in found]
    assert len(moved) == 6
    for name in moved:
        assert np.allclose(found[name], found[name + " X"], rtol=0, atol=2e-5)


@needs_qpcr
def test_curves_are_called_as_people_rate_them() -> None:
    with (QPCR / "decision_res_RAS002.csv").open(encoding="utf-8") as stream:
        rated = {}
        for name, *marks, _ in list(csv.reader(stream))[1:]:
            well = f"{name[0]}{int(name[1:3])}"
            rated[well, "HPRT1" if "HPRT" in name else "B-Globin"] = marks.count("y") > 1
    wells = analyse(read_plates(QPCR / "RAS002.rdml")).wells
    same = sum(rated[one.reaction.well, one.reaction.target] == one.amplified for one in wells)
    assert (same, len(wells)) == (188, 192)


@needs_qpcr
@pytest.mark.parametrize("path", sorted(QPCR.glob("*.rdml")), ids=lambda path: path.stem)
def test_points_cut_out_of_the_text_are_those_of_the_whole_xml(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fast = read_plates(path, melting=True)
    monkeypatch.setattr("liqi.methods.pcr._rdml._without_points", lambda content, melting=False: (None, []))
    slow = read_plates(path, melting=True)
    for one, other in zip(fast.runs, slow.runs, strict=True):
        assert one.reactions == other.reactions
        assert np.array_equal(one.fluorescence, other.fluorescence, equal_nan=True)
        if other.melting is not None:
            assert one.melting is not None
            assert np.array_equal(one.melting.fluorescence, other.melting.fluorescence, equal_nan=True)


def test_nothing_but_points_is_cut_out_of_the_text() -> None:
    xml = b"<rdml><a><data><tar id='x'/><adp><cyc>1</cyc><fluor>2</fluor></adp></data></a></rdml>"
    thin, curves = _without_points(xml)
    assert thin == b"<rdml><a><data><tar id='x'/></data></a></rdml>"
    assert curves == [(b"<adp><cyc>1</cyc><fluor>2</fluor></adp>", b"")]
    assert parsed_xml(Path("x"), thin) is not None


def test_the_example_has_the_slope_and_the_samples_of_its_machine() -> None:
    answer = METHOD.run([STEPONE])
    found = {one.name: one for one in answer.findings}
    assert answer.verdict == "pass"
    assert found["efficiency RNase P"].value == pytest.approx(
        93.91, abs=2 * (found["efficiency RNase P"].uncertainty or 0)
    )
    # the population samples of this kit hold 5,000 and 10,000 copies; 20 uL of each well took half of them
    assert found["RNase P, pop2_RNase P"].value == pytest.approx(5000, rel=0.05)
    assert found["RNase P, pop1_RNase P"].extra["low"] < 2609 < found["RNase P, pop1_RNase P"].extra["high"]


@pytest.mark.parametrize("write", [made.quantstudio, made.workbook], ids=lambda one: one.__name__)
def test_an_export_gives_the_quantity_it_was_made_with(write: Any, tmp_path: Path) -> None:
    path = write(tmp_path / ("run.xlsx" if write is made.workbook else "run.txt"))
    assert sniff(path) == "quantstudio"
    answer = METHOD.run([path])
    found = {one.name: one for one in answer.findings}
    assert answer.verdict == "pass"
    assert found["TP53, river"].value == pytest.approx(2e4, rel=0.03)
    assert found["efficiency TP53"].value == pytest.approx(95, abs=1.5)


def test_rdes_and_curves_of_a_cfx_have_the_cycles_of_the_same_curves(tmp_path: Path) -> None:
    first = analyse(read_plates(made.rdes(tmp_path / "run.tsv"))).wells
    second = analyse(read_plates(made.cfx_curves(tmp_path / "run_FAM.csv"))).wells
    assert [one.reaction.well for one in first] == [one.reaction.well for one in second]
    assert np.allclose([one.td0 for one in first], [one.td0 for one in second], equal_nan=True)
    assert sum(one.amplified for one in first) == 12


def test_results_without_curves_are_quantified_by_the_cycle_of_the_machine(tmp_path: Path) -> None:
    path = made.cfx_results(tmp_path / "results.csv")
    answer = METHOD.run([path])
    found = {one.name: one for one in answer.findings}
    assert found["slope GAPDH"].value == pytest.approx(-3.4)
    assert found["GAPDH, river"].value == pytest.approx(10 ** ((40.03 - 26.4) / 3.4), rel=1e-6)
    assert [notice.code for notice in answer.warnings] == ["machine-cq"]
    with pytest.raises(BadParameter, match="cq_method"):
        METHOD.run([path], {"cq_method": "TD0"})


def test_a_control_that_grows_fails_the_run(tmp_path: Path) -> None:
    path = made.quantstudio(tmp_path / "run.txt")
    path.write_text(
        path.read_text(encoding="utf-8").replace("F1\triver\tTP53\tUNKNOWN", "F1\triver\tTP53\tNTC"), encoding="utf-8"
    )
    answer = METHOD.run([path])
    assert answer.verdict == "fail"
    (check,) = [one for one in answer.detail["checks"] if one["name"] == "ntc"]
    assert check["result"] == "fail"
    assert "F1" in check["found"]


def test_a_target_over_references_is_what_was_put_in(tmp_path: Path) -> None:
    cells = [("s1", 1000, 500), ("s2", 4000, 500), ("s3", 1000, 2000)]
    xml = ['<rdml version="1.2" xmlns="http://www.rdml.org"><experiment id="e"><run id="r">']
    place = 0
    for sample, wanted, reference in cells:
        for target, copies in (("X", wanted), ("REF", reference), ("REF2", reference * 2)):
            for _ in range(2):
                place += 1
                points = "".join(
                    f"<adp><cyc>{c}</cyc><fluor>{y:.8f}</fluor></adp>"
                    for c, y in zip(made.CYCLES, made.curve(copies), strict=True)
                )
                xml.append(
                    f'<react id="{place}"><sample id="{sample}"/><data><tar id="{target}"/>{points}</data></react>'
                )
    xml.append("</run></experiment></rdml>")
    path = made.rdml(tmp_path / "a.rdml", "".join(xml), zipped=False)
    assert sniff(path) == "rdml"
    found = relative(analyse(read_plates(path)), ["REF", "REF2"], "s1")
    values = {one.sample: one.value for one in found.relatives}
    assert values == pytest.approx({"s1": 1.0, "s2": 4.0, "s3": 0.25}, rel=0.15)
    assert max(found.stability.values()) < 0.1
    with pytest.raises(BadParameter, match="reference"):
        METHOD.run([path], {"reference": "nothing"})


def test_the_farthest_of_skewed_factors_is_left_out_and_those_of_a_normal_spread_are_not() -> None:
    values = np.array([1.90, 1.91, 1.89, 1.92, 1.88, 1.90, 1.91, 1.35])
    mean, taken = mean_efficiency(values)
    assert mean is not None
    assert taken.tolist() == [True] * 7 + [False]
    assert mean.value == pytest.approx(values[:7].mean())
    assert mean.uncertainty == pytest.approx(values[:7].std(ddof=1) / math.sqrt(7))
    assert mean_efficiency(values[:7])[1].all()


def test_gaps_are_bridged_and_told() -> None:
    curve = np.array([made.curve(1e4)])
    holes = curve.copy()
    holes[0, [0, 15]] = np.nan
    whole, bridged = amplification(curve), amplification(holes)
    assert bridged.filled.tolist() == [True]
    assert bridged.td0[0] == pytest.approx(whole.td0[0], abs=0.3)


@pytest.mark.parametrize("name", ["run.txt", "run.xlsx", "run.tsv", "results.csv", "curves_FAM.csv", "a.rdml"])
def test_a_file_cut_off_anywhere_is_refused_in_a_sentence_or_answered_from_what_is_whole(
    name: str, tmp_path: Path
) -> None:
    writers = {"run.txt": made.quantstudio, "run.xlsx": made.workbook, "run.tsv": made.rdes}
    writers |= {"results.csv": made.cfx_results, "curves_FAM.csv": made.cfx_curves}
    whole = writers[name](tmp_path / name).read_bytes() if name in writers else STEPONE.read_bytes()
    path = tmp_path / f"cut-{name}"
    for size in range(1, len(whole) - 1, max(1, len(whole) // 20)):
        path.write_bytes(whole[:size])
        told = refusal(path)
        assert told is None or ("expected" in told and "\n" not in told)
