"""ODMR: lines against closed forms and known fields, vectors back from lines, maps and spectra."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from liqi.methods import UnreadableFile, find_method
from liqi.methods.magnetic._defect import AXES, FRAMES, GAMMA_MHZ_MT, fit_field, lines_of
from liqi.methods.magnetic._resonances import of_spectrum, read_resonances, sensitivity
from tests.methods.samples import LARGE

METHOD = find_method("odmr.vector")
LINES = METHOD.example[0]
ODMR = LARGE / "methods/epr_odmr/odmr"
needs_odmr = pytest.mark.skipif(not ODMR.exists(), reason="a plain clone has no ../shared/data/methods/epr_odmr")
NONE = np.zeros((4, 2))


def test_lines_are_those_of_closed_forms() -> None:
    along = lines_of(5.0 * AXES[0], 2870.0, NONE)[0]
    assert along == pytest.approx([2870 - 5 * GAMMA_MHZ_MT, 2870 + 5 * GAMMA_MHZ_MT])
    strained = lines_of(2.0 * AXES[1], 2870.0, np.tile([4.0, 3.0], (4, 1)))[1]
    assert strained == pytest.approx(2870 + np.array([-1, 1]) * math.hypot(5.0, 2 * GAMMA_MHZ_MT))
    assert FRAMES @ np.swapaxes(FRAMES, 1, 2) == pytest.approx(np.tile(np.eye(3), (4, 1, 1)))
    assert np.abs(AXES @ AXES.T)[0, 1] == pytest.approx(1 / 3)


@pytest.mark.parametrize(("mark", "point"), [(",", "."), (", ", "."), ("\t", ","), (";", ","), (" ", ".")])
def test_a_row_of_eight_lines_is_read_whatever_parts_its_numbers(mark: str, point: str, tmp_path: Path) -> None:
    told = [2741.1, 2763.2, 2799.3, 2812.4, 2930.5, 2951.6, 2977.7, 2999.8]
    path = tmp_path / "rows.csv"
    row = mark.join(str(one).replace(".", point) for one in told)
    path.write_text(mark.join(f"f{i}" for i in range(8)) + f"\n{row}\n{row}\n")
    assert [one.lines_mhz.tolist() for one in read_resonances(path)] == [told, told]


def test_a_known_field_comes_back_with_its_splitting() -> None:
    unit = np.array([0.2, 0.55, 0.81]) / np.linalg.norm([0.2, 0.55, 0.81])
    turn = np.array([0.3, 1.9, 4.0, 5.2])
    strains = 3.1 * np.column_stack([np.cos(turn), np.sin(turn)])
    dice = np.random.default_rng(1)
    for size in (4.0, 18.0):
        lines = lines_of(size * unit, 2870.5, strains).ravel() + dice.normal(0, 0.03, 8)
        field = fit_field(lines, np.full(8, 0.03), 2870.5, 3.1)
        assert field.size_mt == pytest.approx(size, abs=4 * field.u_size_mt)
        assert field.u_size_mt < 0.05
        assert math.degrees(math.acos(min(1.0, float(field.direction @ unit)))) < 0.3
        assert field.residual_mhz < 0.1


def test_sets_of_a_file_give_their_fields_and_units_do_not_matter(tmp_path: Path) -> None:
    answer = METHOD.run([LINES])
    assert (answer.verdict, answer.tags) == ("pass", ["synthetic"])
    told = json.loads(LINES.read_text())
    table = tmp_path / "lines.csv"
    table.write_text(
        "f1,f2,f3,f4,f5,f6,f7,f8\n"
        + "".join(",".join(str(line["value"] * 1e9) for line in one["freqs"]) + "\n" for one in told)
    )
    sizes = [one.value for one in METHOD.run([table], {"d": 2870.3, "e": 2.8}).findings if one.name.endswith("|B|")]
    assert sizes == pytest.approx([5.0, 12.0, 20.0], abs=0.02)


@needs_odmr
def test_measured_sets_give_the_published_fields() -> None:
    answer = METHOD.run([ODMR / "2024-09-09.json"])
    sizes = [one for one in answer.findings if one.name.endswith("|B|")]
    assert [one.value for one in sizes] == pytest.approx([4.863, 10.237, 15.670, 21.145], rel=1.2e-3)
    expected = np.array([0.208, 0.562, 0.800])
    for one in sizes:
        angle = math.degrees(
            math.acos(float(np.dot(one.extra["direction"], expected)) / float(np.linalg.norm(expected)))
        )
        assert angle < 0.6
        assert one.extra["residual_mhz"] < 0.66
    assert np.diff([one.value for one in sizes]) == pytest.approx([5.37, 5.43, 5.48], abs=0.015)


def spectrum(field: np.ndarray, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    x = np.arange(2600.0, 3150.0, 0.5)
    y = np.ones(len(x)) + np.random.default_rng(seed).normal(0, 2e-4, len(x))
    for line in lines_of(field, 2870.2, NONE).ravel():
        y -= 0.01 / (1 + (2 * (x - line) / 6.0) ** 2)
    return x, y


def test_a_spectrum_gives_lines_contrast_width_and_sensitivity(tmp_path: Path) -> None:
    field = np.array([1.6, 4.4, 6.4])
    x, y = spectrum(field)
    found = of_spectrum("a", x, y)
    assert found.lines_mhz == pytest.approx(np.sort(lines_of(field, 2870.2, NONE).ravel()), abs=0.2)
    path = tmp_path / "spectrum.csv"
    path.write_text("frequency (MHz),signal\n" + "".join(f"{a},{b:.7f}\n" for a, b in zip(x, y, strict=True)))
    answer = METHOD.run([path], {"rate": 1e12, "e": 0})
    values = {one.name: one.value for one in answer.findings}
    assert values["set 1 |B|"] == pytest.approx(float(np.linalg.norm(field)), abs=0.02)
    assert values["contrast"] == pytest.approx(1.0, abs=0.05)
    assert values["linewidth"] == pytest.approx(6.0, abs=0.2)
    assert values["sensitivity"] == pytest.approx(sensitivity(6.0, 0.01, 1e12), rel=0.05)
    assert sensitivity(1.0, 0.01, 1e12) == pytest.approx(0.7698 / 28.0317 * 100, rel=1e-3)


def test_a_map_gives_a_field_for_each_row_that_shows_eight_lines(tmp_path: Path) -> None:
    settings = np.linspace(0, 1, 5)
    rows = [spectrum(s * np.array([1.6, 4.4, 6.4]), i) for i, s in enumerate(settings)]
    path = tmp_path / "map.npz"
    np.savez(path, data=np.array([y for _, y in rows]), xaxis=rows[0][0] / 1e3, yaxis=settings)
    answer = METHOD.run([path], {"e": 0})
    assert answer.detail["sets"] == 5
    last = [one for one in answer.findings if one.name.endswith("|B|")][-1]
    assert (last.extra["setting"], round(last.value, 1)) == (1.0, 7.9)


def test_fewer_lines_are_listed_and_asked_to_be_looked_at(tmp_path: Path) -> None:
    x = np.arange(2800.0, 2940.0, 0.5)
    y = 1 - 0.02 / (1 + (2 * (x - 2850) / 6) ** 2) - 0.02 / (1 + (2 * (x - 2890) / 6) ** 2)
    path = tmp_path / "two.csv"
    path.write_text("MHz,signal\n" + "".join(f"{a},{b:.7f}\n" for a, b in zip(x, y, strict=True)))
    answer = METHOD.run([path])
    assert answer.verdict == "review"
    assert [round(one.value) for one in answer.findings if one.name.startswith("line ")] == [2850, 2890]


@pytest.mark.parametrize("share", range(1, 20))
def test_a_list_cut_anywhere_is_refused_in_a_sentence(share: int, tmp_path: Path) -> None:
    whole = LINES.read_bytes()
    path = tmp_path / "cut.json"
    path.write_bytes(whole[: len(whole) * share // 20])
    with pytest.raises(UnreadableFile, match="expected"):
        METHOD.run([path])


@pytest.mark.parametrize(
    "text",
    [
        '{"freqs": []}',
        '{"freqs": [1, "x"]}',
        '[{"freqs": [-1, 5]}]',
        '{"freqs": 3}',
        '[{"frequencies": null}]',
        '{"freqs": [2800, 2900], "D": 1e999}',
        '{"freqs": [2800, 2900], "E": NaN}',
        '{"freqs": [2800, {"value": 2900, "uncertainty": 1e999}]}',
        '{"freqs": [2800, 1%s]}' % ("0" * 400),
    ],
)
def test_lists_of_anything_else_are_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.json"
    path.write_text(text)
    with pytest.raises(UnreadableFile, match="expected"):
        read_resonances(path)
