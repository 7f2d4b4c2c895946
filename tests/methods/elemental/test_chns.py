"""Elemental analysis against the composition that a run was made with, and against formulas."""

import csv
from pathlib import Path

import numpy as np
import pytest

from liqi.methods import BadParameter, UnreadableFile, find_method
from liqi.methods.elemental import budget_of, factor_of, formula_of, mass_percent, read_burns

METHOD = find_method("ea.chns")
(RUN,) = METHOD.example
K, BLANK = {"C": 21_744.34, "H": 61_360.2, "N": 8765.8, "S": 5482.4}, {"C": 150, "H": 300, "N": 60, "S": 0}


def run(path: Path, drift: float = 0.0, noise: float = 0.0, sample: str = "C9H8O4", seed: int = 1) -> Path:
    """Write a run whose K factors, blanks and drift are known."""
    draw = np.random.default_rng(seed)
    names = ["blank", "blank", *["sulfanilamide", "BBOT", "cystine"] * 3, "acetanilide", "acetanilide", *["x"] * 3]
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(["Name", "Type", "Mass (mg)", "Area C", "Area H", "Area N", "Area S"])
        for place, name in enumerate(names):
            mass = 0.0 if name == "blank" else 2.0 + 0.1 * (place % 4)
            held = mass_percent(formula_of(name) or sample) if mass else {}
            bend = 1 + drift * (place - (len(names) - 1) / 2) / (len(names) - 1)
            areas = [
                (BLANK[one] + bend * K[one] * mass * held.get(one, 0.0) / 100) * (1 + noise * draw.normal())
                for one in "CHNS"
            ]
            role = {"blank": "blank", "acetanilide": "QC", "x": "unknown"}.get(name, "std")
            table.writerow([name, role, mass, *areas])
    return path


def test_the_example_gives_the_composition_it_was_made_with() -> None:
    findings = {one.name: one for one in METHOD.run([RUN]).findings}
    for element, truth in {"C": 60.0, "H": 4.48, "N": 0.0, "S": 0.0}.items():
        assert findings[f"{element}, unknown"].value == pytest.approx(truth, abs=0.15)
    for element, truth in {"C": 21_744.3, "H": 61_360.2, "N": 8765.8, "S": 5482.4}.items():
        assert findings[f"K factor {element}"].value == pytest.approx(truth, rel=0.005)


def test_without_noise_the_fractions_are_exact_and_a_drift_is_taken_out(tmp_path: Path) -> None:
    for drift in (0.0, 0.05):
        answer = METHOD.run([run(tmp_path / "a.csv", drift)], {"formula": "C9H8O4", "drift": "on"})
        findings = {one.name: one.value for one in answer.findings}
        assert findings["C, x"] == pytest.approx(60.0, abs=0.02)
        assert findings["H, x"] == pytest.approx(4.476, abs=0.01)
        assert answer.verdict == "pass"
    off = METHOD.run([run(tmp_path / "b.csv", 0.05)], {"drift": "off"})
    assert off.verdict == "fail"
    assert METHOD.run([run(tmp_path / "b.csv", 0.05)]).verdict == "pass"


def test_the_uncertainty_is_the_scatter_of_repeated_runs(tmp_path: Path) -> None:
    values, told = [], []
    for seed in range(60):
        burns = read_burns(run(tmp_path / "a.csv", noise=0.004, seed=seed))
        factor = factor_of(burns, "C")
        assert factor is not None
        budget = budget_of([one for one in burns if one.role == "sample"], factor, 0.0)
        assert budget is not None
        values.append(budget.value)
        told.append(budget.combined**2)
    assert np.mean(values) == pytest.approx(60.0, abs=0.1)
    assert np.sqrt(np.mean(told)) == pytest.approx(np.std(values), rel=0.35)


def test_a_sample_that_is_not_its_formula_is_to_be_looked_at_and_a_wrong_check_fails(tmp_path: Path) -> None:
    path = run(tmp_path / "a.csv")
    answer = METHOD.run([path], {"formula": "x=C8H8O4"})
    assert answer.verdict == "review"
    assert {one["name"] for one in answer.detail["checks"] if one["result"] != "pass"} == {"formula"}
    assert answer.sentence.en.endswith(" Not passed: sample as its formula.")  # told once, of all elements
    assert answer.sentence.zh_hant.endswith("未通過：樣品與分子式相符。")
    path.write_text(path.read_text(encoding="utf-8").replace("acetanilide,QC", "benzoic acid,QC"), encoding="utf-8")
    assert METHOD.run([path]).verdict == "fail"
    with pytest.raises(BadParameter, match="formula"):
        METHOD.run([path], {"formula": "Xx2"})
    with pytest.raises(BadParameter, match="one of x"):
        METHOD.run([path], {"formula": "y=CH4"})


@pytest.mark.parametrize(
    ("name", "percent"),
    [("acetanilide", (71.09, 6.71, 10.36)), ("sulfanilamide", (41.85, 4.68, 16.27)), ("BBOT", (72.53, 6.09, 6.51))],
)
def test_standards_have_the_fractions_of_their_certificates(name: str, percent: tuple[float, ...]) -> None:
    held = mass_percent(formula_of(name) or "")
    assert [held[one] for one in "CHN"] == pytest.approx(percent, abs=0.006)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name,role,mass_mg,area_C\na,what,1,2\n", "role 'what' in row 2"),
        ("name,role,mass_mg,area_C\na,sample,0,2\n", "mass '0' in row 2"),
        ("name,role,mass_mg,area_C\na,sample,1e-300,2\n", "mass '1e-300' in row 2"),
        ("name,mass_mg\na,1\n", "add area_C"),
        (f"name,role,mass_mg,area_C\na,sample,1,{'9' * 220}\n", "'9{20}' under 'area_c' in row 2"),
        ("name,role,mass_mg,area_C\nmystery,standard,1,2\nmystery,standard,1,2\n", "unknown formula"),
    ],
)
def test_a_table_that_says_too_little_is_refused_with_what_to_add(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableFile, match=words):
        METHOD.run([path])


def test_a_table_cut_off_anywhere_is_refused_in_a_sentence_or_answered_from_what_is_whole(tmp_path: Path) -> None:
    whole, path = RUN.read_bytes(), tmp_path / "cut.csv"
    refused = 0
    for size in range(1, len(whole) - 1, len(whole) // 20):
        path.write_bytes(whole[:size])
        try:
            METHOD.run([path])
        except UnreadableFile:
            refused += 1
    assert refused > 5


@pytest.mark.parametrize(
    "heads",
    [
        "样品名称,类型,质量(mg),N 峰面积,C 峰面积,H 峰面积,S 峰面积",
        "樣品名稱,類型,稱樣量(mg),峰面積(N),峰面積(C),峰面積(H),峰面積(S)",
    ],
)
def test_columns_named_in_chinese_are_those_of_the_example(heads: str, tmp_path: Path) -> None:
    method = find_method("ea.chns")
    lines = method.example[0].read_text("utf-8").splitlines()
    path = tmp_path / "元素分析.csv"
    path.write_text("\n".join([heads, *lines[1:]]), encoding="gb18030")
    values = [[one.value for one in method.run([one]).findings] for one in (path, method.example[0])]
    assert values[0] == values[1]


def test_standards_that_answer_with_next_to_nothing_are_no_standards(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = [f"sulfanilamide,standard,2,{area}" for area in ("1e-320", "2e-300")]
    path.write_text("\n".join(["name,role,mass_mg,area_C", *lines, "x,sample,2,1e30"]))
    assert factor_of(read_burns(path), "C") is None
    with pytest.raises(UnreadableFile, match="fewer than two standards"):
        METHOD.run([path])
