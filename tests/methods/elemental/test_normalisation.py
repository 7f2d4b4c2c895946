"""Normalisation against the closed form of two points, against values a run was made with, and against simulation."""

from pathlib import Path

import numpy as np
import pytest

from liqi.methods import BadParameter, UnreadableFile, find_method
from liqi.methods.elemental import Measurement, chosen_terms, fit, known, normalise, read_measurements

METHOD = find_method("irms.normalise")
(RUN,) = METHOD.example
AUTO = {"drift": "auto", "linearity": "auto"}


def measurement(place: float, name: str, role: str, measured: float, amount: float | None = None) -> Measurement:
    true = {"a": -30.0, "b": 10.0}.get(name)
    return Measurement(place, name, role, measured, amount, true)


def test_two_points_give_the_published_formula() -> None:
    runs = [
        measurement(0, "a", "standard", -28.9),
        measurement(1, "b", "standard", 10.6),
        measurement(2, "x", "sample", -5.0),
    ]
    _, found = normalise(runs)
    # Paul, Skrzypek and Forizs 2007, equation 4
    expected = -30.0 + (10.0 + 30.0) / (10.6 + 28.9) * (-5.0 + 28.9)
    assert next(one.value for one in found if one.name == "x") == pytest.approx(expected)


def test_the_example_gives_the_values_it_was_made_with() -> None:
    answer = METHOD.run([RUN])
    findings = {one.name: one for one in answer.findings}
    for name, truth in {"leaf": -28.5, "sugar": -11.9, "soil": -25.3}.items():
        one = findings[f"d13C, {name}"]
        assert abs(one.value - truth) < 2.5 * one.uncertainty
    assert answer.verdict == "pass"
    assert answer.detail["terms"] == ["offset", "scale", "drift", "linearity"]
    assert answer.detail["scale"] == "VPDB"


def test_drift_and_linearity_are_taken_out_where_they_are_and_only_there() -> None:
    draw = np.random.default_rng(3)
    amounts = draw.uniform(1, 5, 12)

    def made(drift: float, linear: float) -> list[Measurement]:
        return [
            measurement(
                i, "ab"[i % 2], "standard",
                -1 + 0.98 * (-30.0, 10.0)[i % 2] + drift * i + linear * (amounts[i] - 3) + 0.03 * draw.normal(),
                amounts[i],
            )
            for i in range(12)
        ]  # fmt: skip

    assert chosen_terms(made(0.05, 0.0), AUTO) == ["drift"]
    assert chosen_terms(made(0.0, 0.3), AUTO) == ["linearity"]
    assert chosen_terms(made(0.05, 0.3), AUTO) == ["drift", "linearity"]
    model = fit(made(0.05, 0.3), ["drift", "linearity"])
    for name, truth in {"scale": 0.98, "drift": 0.05, "linearity": 0.3}.items():
        told = model.term(name)
        assert told is not None
        assert abs(told[0] - truth) < 4 * told[1]


def test_the_uncertainty_is_the_scatter_of_repeated_runs() -> None:
    draw = np.random.default_rng(5)
    values, told = [], []
    for _ in range(300):
        runs = [measurement(i, "ab"[i % 2], "standard", (-30.0, 10.0)[i % 2] + 0.1 * draw.normal()) for i in range(8)]
        runs += [measurement(8 + i, "x", "sample", -20.0 + 0.1 * draw.normal()) for i in range(3)]
        _, found = normalise(runs)
        one = next(one for one in found if one.name == "x")
        values.append(one.value)
        told.append(one.u**2)
    assert np.mean(values) == pytest.approx(-20.0, abs=0.02)
    assert np.sqrt(np.mean(told)) == pytest.approx(np.std(values), rel=0.12)


def test_the_uncertainty_of_an_anchor_weighs_by_its_distance() -> None:
    runs = [
        Measurement(0, "a", "standard", -30.0, None, -30.0, 0.1),
        Measurement(1, "b", "standard", 10.0, None, 10.0, 0.0),
    ]
    for measured, share in ((-30.0, 1.0), (-10.0, 0.5), (10.0, 0.0)):
        _, found = normalise([*runs, Measurement(2, "x", "sample", measured)])
        assert next(one.u for one in found if one.name == "x") == pytest.approx(0.1 * share, abs=1e-9)


def test_materials_are_known_by_any_spelling() -> None:
    assert known("ETH-01", "d13C") == (2.02, 0.0)
    assert known("usgs 40", "d15N") == (-4.52, 0.0)
    assert known("nbs-22", "d13C") == (-30.03, 0.05)
    assert known("nothing", "d13C") is None


def test_a_check_that_is_off_fails_and_a_sample_outside_is_to_be_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    text = RUN.read_text(encoding="utf-8")
    path.write_text(text.replace("IAEA-CH-3", "IAEA-600"), encoding="utf-8")
    assert METHOD.run([path]).verdict == "fail"
    path.write_text(text.replace("leaf,sample", "leaf,sample") + "23,far,sample,3.0,5.1\n", encoding="utf-8")
    answer = METHOD.run([path])
    assert answer.verdict == "review"
    assert [one["name"] for one in answer.detail["checks"] if one["result"] != "pass"] == ["bracket"]


def test_true_values_of_the_table_count_before_those_that_are_known(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "name;role;d2H measured;true;u_true\nx;std;-10,5;0;0,5\ny;std;-410;-427,5;0,5\nz;sample;-100;;\n",
        encoding="utf-8",
    )
    quantity, runs = read_measurements(path)
    assert quantity == "d2H"
    assert [(one.true, one.u_true) for one in runs[:2]] == [(0.0, 0.5), (-427.5, 0.5)]
    assert METHOD.run([path]).findings[0].unit == "‰"
    with pytest.raises(BadParameter, match="quantity"):
        METHOD.run([path], {"quantity": "d13C"})


def test_a_run_of_one_standard_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("name,role,d13C\nUSGS40,std,-26\nmine,std,-20\nx,sample,-25\n", encoding="utf-8")
    with pytest.raises(UnreadableFile, match="not known: mine"):
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
    assert 0 < refused < 20
