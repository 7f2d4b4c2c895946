"""Concentrations are those that were put in; a verdict needs calibrants, a text, and no failed check."""

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks._synthetic import scans_of, write_run
from liqi.methods import Answer, BadParameter, UnreadableFile
from liqi.methods.mass_spectrometry import quantify
from liqi.methods.mass_spectrometry._columns import Trace
from liqi.methods.mass_spectrometry._integration import integrate
from liqi.methods.mass_spectrometry._residue_limits import Limit, limits_of
from liqi.methods.mass_spectrometry._targets import Level, Target, read_levels, read_targets, stem_of
from liqi.methods.mass_spectrometry.quantification import DATA, METHOD
from liqi.methods.readers import sniff

PUT_IN = {
    ("trimethoprim", "milk-a"): 12,
    ("trimethoprim", "milk-b"): 85,
    ("sulfadimidine", "milk-a"): 40,
    ("sulfadimidine", "milk-b"): 60,
    ("sulfadimidine", "milk-c"): 20,
    ("amoxicillin", "milk-a"): 1.5,
    ("amoxicillin", "milk-b"): 2.2,
    ("lincomycin", "milk-a"): 60,
}
TARGETS, CALIBRATION = DATA / "synthetic_targets.csv", DATA / "synthetic_calibration.csv"
RUNS = sorted(DATA.glob("*.mzML.gz"))


def rows(answer: Answer, name: str) -> list[dict[str, Any]]:
    return [dict(row) for table in answer.tables if table.name == name for row in table.rows]


def verdicts(answer: Answer) -> dict[tuple[str, str], str]:
    return {(row["substance"], row["sample"]): row["verdict"]["en"] for row in rows(answer, "limits")}


@pytest.fixture(scope="module")
def answer() -> Answer:
    return quantify(RUNS, TARGETS, CALIBRATION, limits="eu-milk")


def test_every_concentration_holds_what_was_put_in(answer: Answer) -> None:
    found = {(one.extra["target"], one.extra["sample"]): one for one in answer.findings}
    assert set(found) == set(PUT_IN)
    for key, value in PUT_IN.items():
        low, high = found[key].extra["interval"]
        assert low * 0.98 <= value <= high * 1.02, key
        assert found[key].value == pytest.approx(value, rel=0.08)
        assert found[key].unit == "ug/kg"


def test_what_is_not_there_and_what_is_too_much_gets_no_number(answer: Answer) -> None:
    states = {
        (row["target"], row["sample"]): (row["state"]["en"], row["concentration"]) for row in rows(answer, "results")
    }
    assert states["trimethoprim", "milk-c"] == ("not detected", None)
    assert states["amoxicillin", "milk-c"] == ("over the highest calibrant: dilute", None)


def test_verdicts_name_their_limit_and_its_text(answer: Answer) -> None:
    told = verdicts(answer)
    assert answer.verdict == "above limit"
    assert told["trimethoprim", "milk-b"] == "above the limit"
    assert told["trimethoprim", "milk-a"] == told["trimethoprim", "milk-c"] == "not above the limit"
    assert told["Sulfonamides (group sum)", "milk-b"].startswith("not above as far as measured")
    assert told["Amoxicillin", "milk-c"] == "above the limit"
    assert "EU 37/2010" in answer.sentence.en
    by_limit = next(row for row in rows(answer, "limits") if row["substance"] == "Amoxicillin")
    assert "37/2010" in by_limit["seen_in"]
    assert by_limit["decision"] > by_limit["limit"] == 4.0


def test_a_targets_own_limit_stands_in_place_of_the_lists_and_the_answer_says_so(answer: Answer) -> None:
    ruled = [(row["substance"].lower(), row["sample"]) for row in rows(answer, "limits")]
    assert len(ruled) == len(set(ruled))
    own = next(row for row in rows(answer, "limits") if row["substance"] == "trimethoprim")
    assert own["instead_of"]["en"] == "EU 37/2010: 50 µg/kg"
    told = {one.code: one.text.en for one in answer.warnings}
    assert "trimethoprim 50 µg/kg, not EU 37/2010: 50 µg/kg" in told["own-limit-instead"]
    assert ("sulfonamides (group sum)", "milk-a") in ruled, "a sum of several is another question"
    assert "instead_of" not in next(row for row in rows(answer, "limits") if row["substance"] == "Amoxicillin")


def test_names_that_the_list_does_not_know_are_told(answer: Answer) -> None:
    assert "no-limit" not in [one.code for one in answer.warnings]
    named = [
        replace(one, name="甲氧苄啶", limit=None) if one.name == "trimethoprim" else one
        for one in read_targets(TARGETS)
    ]
    told = {one.code: one.text.zh_hans for one in quantify(RUNS, named, CALIBRATION, limits="eu-milk").warnings}
    assert "甲氧苄啶" in told["no-limit"]
    assert "trimethoprim-d9" not in told["no-limit"]


def test_a_limit_whose_text_was_not_seen_prints_no_verdict_but_says_so(answer: Answer) -> None:
    assert verdicts(answer)["Lincomycin", "milk-a"] == "no verdict: the limit's legal text was not seen"
    assert "limit-not-seen" in [one.code for one in answer.warnings]
    assert [one for one in limits_of("eu-milk") if one.value is not None and not one.seen_in] == []
    assert [one for one in limits_of("gb-milk") if one.value is not None] == []
    assert next(one for one in limits_of("codex-milk") if one.name == "Benzylpenicillin").value == 4.0


def test_without_calibrants_everything_is_detected_and_nothing_above() -> None:
    answer = quantify(RUNS[-4:], TARGETS, limits="eu-milk")
    assert answer.verdict == "detected"
    assert {one.unit for one in answer.findings} == {"area"}
    assert "above the limit" not in verdicts(answer).values()
    assert "no-calibration" in [one.code for one in answer.warnings]


def test_uncertainty_from_validation_widens_the_result_and_the_decision_limit(answer: Answer) -> None:
    wide = quantify(RUNS, TARGETS, CALIBRATION, limits="eu-milk", method_percent=20)
    narrow = {one.name: one for one in answer.findings}
    for one in wide.findings:
        assert one.uncertainty is not None
        assert one.uncertainty == pytest.approx(
            np.hypot(narrow[one.name].uncertainty or 0, 0.2 * float(one.value or 0)), rel=0.06
        )
        assert one.extra["coverage_factor"] < narrow[one.name].extra["coverage_factor"]
    limit = next(row for row in rows(wide, "limits") if row["substance"] == "trimethoprim")
    assert limit["decision"] == pytest.approx(50 + 1.64 * 10, rel=0.02)


def test_a_failed_check_takes_the_verdict_away(tmp_path: Path) -> None:
    told = list(csv.DictReader(CALIBRATION.read_text(encoding="utf-8").splitlines()))
    for row in told:
        if row["role"] == "control":
            row["concentration"] = str(2 * float(row["concentration"]))
    wrong = tmp_path / "calibration.csv"
    with wrong.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(told[0]))
        writer.writeheader()
        writer.writerows(told)
    answer = quantify(RUNS, TARGETS, wrong, limits="eu-milk")
    assert answer.verdict == "review"
    assert set(verdicts(answer).values()) <= {
        "no verdict: a check failed",
        "no verdict: the limit's legal text was not seen",
    }
    assert {row["check"]["en"] for row in rows(answer, "checks") if row["outcome"]["en"] == "failed"} == {
        "accuracy of a control"
    }


def run_of(path: Path, ions: list[tuple[float, float, float]], seed: int = 0) -> Path:
    rng = np.random.default_rng(seed)
    write_run(path, scans_of(ions, rng, np.arange(0.0, 60.0, 1.0), background=(149.0233,)))
    return path


def assay(tmp_path: Path, samples: dict[str, list[tuple[float, float, float]]], targets: list[Target]) -> Answer:
    runs, levels = [], []
    for i, level in enumerate((1, 2, 5, 10, 20, 50)):
        ions = [(200.1, 30.0, 2000.0 * level), (150.2, 30.0, 1000.0 * level), (203.1, 30.0, 20000.0)]
        runs.append(run_of(tmp_path / f"c{i}.mzML.gz", ions, i))
        levels.append(Level(f"c{i}", "calibrant", float(level), "ug/L"))
    for name, ions in samples.items():
        runs.append(run_of(tmp_path / f"{name}.mzML.gz", ions, 99))
    return quantify(runs, targets, levels)


TARGET = Target("x", 200.1, None, 30.0, 12.0, "is", 150.2)
STANDARD = Target("is", 203.1, None, 30.0, 12.0)


@pytest.mark.parametrize(
    ("ions", "check"),
    [
        ([(200.1, 30.0, 20000.0), (150.2, 30.0, 30000.0), (203.1, 30.0, 20000.0)], "ion ratio"),
        ([(200.1, 30.0, 20000.0), (203.1, 30.0, 20000.0)], "ion ratio"),
        ([(200.1, 34.0, 20000.0), (150.2, 34.0, 10000.0), (203.1, 30.0, 20000.0)], "retention time"),
        ([(200.1, 30.0, 4000.0), (150.2, 30.0, 2000.0), (203.1, 30.0, 4000.0)], "recovery of the internal standard"),
    ],
)
def test_each_check_finds_its_own_fault(tmp_path: Path, ions: list[tuple[float, float, float]], check: str) -> None:
    answer = assay(tmp_path, {"bad": ions}, [TARGET, STANDARD])
    assert check in {
        name for row in rows(answer, "checks") if row["outcome"]["en"] == "failed" for name in [_plain(row)]
    }
    assert answer.verdict == "review"


def _plain(row: dict[str, Any]) -> str:
    return "ion ratio" if row["check"]["en"].startswith("ion ratio") else str(row["check"]["en"])


def test_good_samples_pass_every_check_and_a_missing_standard_gives_no_number(tmp_path: Path) -> None:
    good = [(200.1, 30.0, 20000.0), (150.2, 30.0, 10000.0), (203.1, 30.0, 20000.0)]
    answer = assay(tmp_path, {"good": good, "bare": good[:2]}, [TARGET, STANDARD])
    assert {row["outcome"]["en"] for row in rows(answer, "checks")} == {"passed"}
    states = {row["sample"]: row["state"]["en"] for row in rows(answer, "results")}
    assert states == {"good": "quantified", "bare": "no internal standard found"}
    assert answer.findings[0].value == pytest.approx(10.0, rel=0.05)


def test_runs_of_one_sample_that_disagree_are_found_out(tmp_path: Path) -> None:
    runs, levels = [], []
    for i, level in enumerate((1, 2, 5, 10, 20, 50)):
        runs.append(run_of(tmp_path / f"c{i}.mzML.gz", [(200.1, 30.0, 2000.0 * level)], i))
        levels.append(Level(f"c{i}", "calibrant", float(level), "ug/L"))
    for name, area in (("a1", 20000.0), ("a2", 20600.0), ("b1", 20000.0), ("b2", 30000.0)):
        runs.append(run_of(tmp_path / f"{name}.mzML.gz", [(200.1, 30.0, area)], 50))
        levels.append(Level(name, "sample", sample=name[0]))
    answer = quantify(runs, [Target("x", 200.1, None, 30.0, 12.0)], levels)
    told = {
        row["rule"][-2]: row["outcome"]["en"] for row in rows(answer, "checks") if row["check"]["en"][:5] == "range"
    }
    assert told == {"a": "passed", "b": "failed"}


def test_a_sample_with_additions_is_its_own_calibration(tmp_path: Path) -> None:
    runs, levels = [], []
    for i, added in enumerate((0, 5, 10, 20, 40)):
        runs.append(run_of(tmp_path / f"a{i}.mzML.gz", [(200.1, 30.0, 500.0 * (12 + added))], i))
        levels.append(Level(f"a{i}", "addition", float(added), "ug/L", "a"))
    answer = quantify(runs, [Target("x", 200.1, None, 30.0, 12.0, limit=5.0)], levels)
    found = answer.findings[0]
    assert found.extra["interval"][0] <= 12 <= found.extra["interval"][1]
    assert found.value == pytest.approx(12, rel=0.06)
    assert verdicts(answer) == {("x", "a"): "no verdict: no calibrants"}
    few = quantify(runs[:2], [Target("x", 200.1, None, 30.0, 12.0)], levels[:2])
    assert few.verdict == "detected"


def test_an_area_is_that_of_the_peak_above_its_background() -> None:
    time = np.arange(0, 120, 1.0)
    rng = np.random.default_rng(2)
    peak = 1000 * np.exp(-0.5 * ((time - 60.3) / 4) ** 2)
    found = integrate(Trace(time, peak + 300 + 5 * rng.standard_normal(time.size)), 60, 20)
    assert found is not None
    assert found.area == pytest.approx(1000 * 4 * np.sqrt(2 * np.pi), rel=0.02)
    assert found.apex_s == pytest.approx(60.3, abs=0.3)
    assert 100 < (found.signal_to_noise or 0) < 400
    neighbours = peak + 800 * np.exp(-0.5 * ((time - 85) / 4) ** 2)
    apart = integrate(Trace(time, neighbours), 60, 10)
    assert apart is not None
    assert apart.area == pytest.approx(1000 * 4 * np.sqrt(2 * np.pi), rel=0.02)
    assert integrate(Trace(time, 300 + 5 * rng.standard_normal(time.size)), 60, 20) is None
    assert integrate(Trace(time, np.zeros(time.size)), 60, 20) is None


def test_noise_alone_is_seldom_called_a_peak() -> None:
    rng = np.random.default_rng(4)
    time = np.arange(0, 200, 1.0)
    called = sum(integrate(Trace(time, rng.uniform(50, 150, time.size)), 100, 15) is not None for _ in range(200))
    assert called <= 4


def test_fragments_are_quantified_where_a_precursor_is_given(tmp_path: Path) -> None:
    answer = quantify([RUNS[-1]], [Target("fragment", 123.1, precursor_mz=291.1)])
    assert answer.verdict == "not detected"


def test_units_are_converted_or_refused() -> None:
    limit = Limit("x", "text", frozenset({"x"}), 100.0)
    assert limit.in_unit("mg/kg") == pytest.approx(0.1)
    assert limit.in_unit("µg/kg") == 100.0
    assert limit.in_unit("ug/L") is None


def test_names_of_runs_are_compared_without_folder_and_ending() -> None:
    assert stem_of("C:\\data\\Run_1.mzXML") == stem_of("run_1") == "run_1"
    assert stem_of("a.b.mzML.gz") == "a.b"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name,mz\nx,abc\n", "a number"),
        ("name,mz\nx,\n", "one of them"),
        ("name,formula\nx,Qq2\n", "formula and an adduct"),
        ("name,mz\nx,100\nx,200\n", "each name once"),
        ("name,mz,internal_standard\nx,100,y\n", "name of another row"),
        ("name,mz,internal_standard\nx,100,x\n", "another row"),
        ("name\nx\n", "one of them"),
        ("name,mz\n", "a CSV table"),
    ],
)
def test_a_table_of_targets_that_is_wrong_is_refused(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "targets.csv"
    path.write_text(text)
    with pytest.raises(UnreadableFile, match=expected):
        read_targets(path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("file,concentration,unit\na,1,ug/L\nb,2,mg/L\n", "one unit"),
        ("file,concentration\na,1\n", "column unit"),
        ("file,concentration,unit\na,-1,ug/L\n", "at least 0"),
        ("file,role\na,judge\n", "one of calibrant"),
        ("file,role\na,calibrant\n", "its concentration"),
    ],
)
def test_a_calibration_that_is_wrong_is_refused(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "calibration.csv"
    path.write_text(text)
    with pytest.raises(UnreadableFile, match=expected):
        read_levels(path)


def test_tables_are_told_from_lists_of_peaks_and_from_words(tmp_path: Path) -> None:
    assert sniff(TARGETS) == sniff(CALIBRATION) == "table"
    path = tmp_path / "t.csv"
    path.write_text("mz,intensity\n100.1,5\n")
    assert sniff(path) == "peaks"
    path.write_text("Dear reader, these are words\nand no table at all\n")
    with pytest.raises(UnreadableFile):
        sniff(path)


def test_runs_without_a_table_and_tables_without_runs_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="table of targets"):
        METHOD.run(RUNS[:1])
    with pytest.raises(UnreadableFile, match="at least one run"):
        METHOD.run([TARGETS])
    with pytest.raises(UnreadableFile, match="every run that the table names"):
        METHOD.run([RUNS[0], TARGETS, CALIBRATION])
    with pytest.raises(BadParameter, match="weighting"):
        quantify(RUNS, TARGETS, CALIBRATION, weighting="1/y")
