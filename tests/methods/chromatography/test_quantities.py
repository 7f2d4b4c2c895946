"""Suitability by its limits, and concentrations by calibration, against runs of known contents."""

from pathlib import Path

import numpy as np
import pytest

from liqi.methods import BadParameter, UnreadableFile, find_method
from tests.methods.chromatography import made

SUITABILITY, QUANTIFY = find_method("chrom.suitability"), find_method("chrom.quantify")
TIMES = np.arange(900) / 150


def run(path: Path, first: float, second: float, seed: int = 0) -> Path:
    chance = np.random.default_rng(seed)
    signal = made.gaussian(TIMES, 2.0, 0.04, first) + made.gaussian(TIMES, 3.5, 0.05, second)
    return made.csv(path, TIMES, signal + chance.normal(0, 0.02, TIMES.size))


def results(answer: object) -> dict[str, str]:
    return {one["name"]: one["result"] for one in answer.detail["checks"]}  # type: ignore[attr-defined]


def test_a_system_that_repeats_is_suitable_and_one_that_drifts_is_not(tmp_path: Path) -> None:
    good = [run(tmp_path / f"{n}.csv", 5.0, 8.0, n) for n in range(6)]
    answer = SUITABILITY.run(good, {"targets": "first=2; second=3.5"})
    assert answer.verdict == "pass"
    found = {one.name: one.value for one in answer.findings}
    assert found["first, mean area"] == pytest.approx(300, rel=0.01)
    drifting = [run(tmp_path / f"d{n}.csv", 5.0 * (1 + 0.03 * n), 8.0, n) for n in range(6)]
    answer = SUITABILITY.run(drifting, {"targets": "first=2; second=3.5"})
    assert (answer.verdict, results(answer)["area"]) == ("fail", "fail")
    rsd = next(one for one in answer.findings if one.name == "first, RSD of the area")
    spread = 100 * np.std(1 + 0.03 * np.arange(6), ddof=1) / np.mean(1 + 0.03 * np.arange(6))
    assert rsd.value == pytest.approx(spread, rel=0.05)
    assert rsd.uncertainty == pytest.approx(rsd.value / 10**0.5)


def test_too_few_injections_are_to_be_looked_at_and_a_missing_peak_fails(tmp_path: Path) -> None:
    files = [run(tmp_path / f"{n}.csv", 5.0, 8.0, n) for n in range(3)]
    answer = SUITABILITY.run(files)
    assert (answer.verdict, results(answer)["injections"]) == ("review", "review")
    answer = SUITABILITY.run([*files, run(tmp_path / "x.csv", 5.0, 0.0)], {"targets": "first=2; second=3.5"})
    assert results(answer)["found"] == "fail"
    answer = SUITABILITY.run(files, {"least_plates": 50_000})
    assert results(answer)["plates"] == "fail"


def levels(path: Path, *rows: str, head: str = "file,compound,time_min,concentration,unit,role") -> Path:
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def batch(folder: Path) -> tuple[list[Path], Path]:
    files = [run(folder / f"std{n}.csv", 2 * n, 4.0, n) for n in (1, 2, 3, 4, 6)]
    rows = [f"std{n},first,2.0,{n},mg/L,standard" for n in (1, 2, 3, 4, 6)]
    files += [run(folder / "qc.csv", 5.0, 4.0, 7), run(folder / "x.csv", 7.0, 4.0, 8)]
    return files, levels(folder / "levels.csv", *rows, "qc,first,2.0,2.5,mg/L,control", "x,first,2.0,,mg/L,sample")


def test_a_sample_is_found_again_with_an_interval_that_holds_it(tmp_path: Path) -> None:
    files, table = batch(tmp_path)
    answer = QUANTIFY.run([*files, table])
    assert answer.verdict == "pass"
    found = {one.name: one for one in answer.findings}
    sample = found["first, x"]
    assert sample.value == pytest.approx(3.5, abs=0.05)
    assert sample.extra["low"] < 3.5 < sample.extra["high"]
    assert sample.unit == "mg/L"
    assert QUANTIFY.run(files, {"levels": str(table)}).findings[1].value == sample.value


def test_an_internal_standard_takes_out_what_the_injection_varies(tmp_path: Path) -> None:
    files, rows = [], []
    for n, share in zip((1, 2, 3, 4, 6), (1.0, 0.9, 1.15, 0.8, 1.1), strict=True):
        files.append(run(tmp_path / f"std{n}.csv", 2 * n * share, 4.0 * share, n))
        rows.append(f"std{n},first,2.0,{n},mg/L,standard")
    files.append(run(tmp_path / "x.csv", 7.0 * 0.7, 4.0 * 0.7, 9))
    rows.append("x,first,2.0,,mg/L,sample")
    table = levels(tmp_path / "levels.csv", *rows)
    asked = {"targets": "first=2; marker=3.5"}
    plain = QUANTIFY.run([*files, table], asked).findings[0]
    ruled = QUANTIFY.run([*files, table], {**asked, "internal_standard": "marker"}).findings[0]
    assert ruled.value == pytest.approx(3.5, abs=0.05)
    assert (ruled.uncertainty or 1) < 0.3 * (plain.uncertainty or 0)


def test_a_control_that_is_off_fails_and_a_sample_beyond_the_line_is_told(tmp_path: Path) -> None:
    files, table = batch(tmp_path)
    table.write_text(table.read_text().replace("qc,first,2.0,2.5", "qc,first,2.0,4.5"))
    assert results(QUANTIFY.run([*files, table]))["control"] == "fail"
    far = run(tmp_path / "far.csv", 40.0, 4.0)
    answer = QUANTIFY.run([*files, far, table])
    assert results(answer)["range"] == "review"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["std1,first,2.0,a lot,mg/L,standard"], "numbers not below zero"),
        (["std1,first,2.0,1,mg/L,teacher"], "a role of standard"),
        (["std1,first,2.0,,mg/L,standard"], "a number"),
        (["x,first,2.0,,mg/L,sample"], "rows with a concentration"),
        (["nobody,first,2.0,1,mg/L,standard"], "the names of the files"),
    ],
)
def test_a_table_that_does_not_say_what_is_needed_is_refused(rows: list[str], expected: str, tmp_path: Path) -> None:
    files, _ = batch(tmp_path)
    with pytest.raises(UnreadableFile, match=expected):
        QUANTIFY.run([*files, levels(tmp_path / "bad.csv", *rows)])


def test_targets_that_make_no_sense_are_told_so(tmp_path: Path) -> None:
    files, table = batch(tmp_path)
    for words in ("first", "a=1; a=2", "=;3"):
        with pytest.raises(BadParameter, match="expected"):
            QUANTIFY.run([*files, table], {"targets": words})
    with pytest.raises(BadParameter, match="one of first"):
        QUANTIFY.run([*files, table], {"internal_standard": "nobody"})
    with pytest.raises(UnreadableFile, match="one"):
        QUANTIFY.run(files)
