"""Uncertainty budgets give the published figures: the GUM's end gauge, EURACHEM's cadmium standard."""

import math

import pytest
from scipy import stats

from liqi.methods.uncertainty import (
    Budget,
    Contribution,
    budget_table,
    fisher_tail,
    of_expanded,
    of_triangle,
    of_uniform,
    propagate,
    rounded,
    student_t,
)


def test_the_end_gauge_of_the_gum_has_its_published_uncertainty() -> None:
    # JCGM 100:2008, H.1, in nm: lengths of the standard, of the difference, and two temperature terms
    difference = Budget(
        215.0,
        "nm",
        [
            Contribution("repeated", 0, 5.8, degrees_of_freedom=24),
            Contribution("comparator, random", 0, 3.9, degrees_of_freedom=5),
            Contribution("comparator, systematic", 0, 6.7, degrees_of_freedom=8),
        ],
    )
    assert round(difference.combined, 1) == 9.7
    assert difference.degrees_of_freedom == pytest.approx(25.6, abs=0.2)
    gauge = Budget(
        50_000_838.0,
        "nm",
        [
            Contribution("standard", 50_000_623, 25, degrees_of_freedom=18),
            Contribution("difference", 215, difference.combined, degrees_of_freedom=25.6),
            Contribution("expansion", 0, 0.58e-6, 50_000_623 * 0.1, 50),
            Contribution("temperature", 0, 0.029, 50_000_623 * 11.5e-6, 2),
        ],
    )
    assert round(gauge.combined) == 32
    assert gauge.degrees_of_freedom == pytest.approx(16.7, abs=0.1)
    assert round(gauge.coverage_factor(0.99), 2) == 2.92
    assert gauge.expanded(0.99) == pytest.approx(93, abs=0.6)


def test_the_cadmium_standard_of_eurachem_has_its_published_uncertainty() -> None:
    # EURACHEM/CITAC CG 4 (2012), A1: c = 1000 m P / V
    volume = math.sqrt(of_triangle(0.1) ** 2 + 0.02**2 + of_uniform(0.084) ** 2)
    assert round(volume, 2) == 0.07
    made = propagate(
        lambda mass, purity, volume: 1000 * mass * purity / volume,
        [
            Contribution("mass", 100.28, 0.05, unit="mg"),
            Contribution("purity", 0.9999, of_uniform(0.0001)),
            Contribution("volume", 100.0, volume, unit="mL"),
        ],
        "mg/L",
    )
    assert round(made.value, 1) == 1002.7
    assert round(made.combined, 1) == 0.8 or round(made.combined, 1) == 0.9
    assert made.combined == pytest.approx(0.86, abs=0.03)
    assert of_expanded(1.8) == pytest.approx(0.9)
    shares = {one.name: made.share(one) for one in made.contributions}
    assert shares["volume"] > shares["mass"] > shares["purity"]


def test_correlated_resistors_add_up_linearly() -> None:
    # JCGM 100:2008, 5.2.2 example: ten resistors of 1000 ohm, u = 100 milliohm, all correlated
    names = [f"r{i}" for i in range(10)]
    pairs = {(a, b): 1.0 for i, a in enumerate(names) for b in names[i + 1 :]}
    made = propagate(lambda **r: sum(r.values()), [Contribution(n, 1000, 0.1) for n in names], "ohm", pairs)
    assert made.combined == pytest.approx(1.0)
    assert propagate(lambda **r: sum(r.values()), [Contribution(n, 1000, 0.1) for n in names]).combined < 0.32


@pytest.mark.parametrize("dof", [1, 2, 3.5, 16, 120, 1e6, math.inf])
@pytest.mark.parametrize("probability", [0.025, 0.5, 0.9, 0.975, 0.9999])
def test_student_is_that_of_scipy(dof: float, probability: float) -> None:
    assert student_t(probability, dof) == pytest.approx(stats.t.ppf(probability, dof), rel=1e-7, abs=1e-9)


@pytest.mark.parametrize(("ratio", "first", "second"), [(0.2, 3, 10), (1, 1, 1), (4, 2, 30), (50, 6, 6), (0, 2, 2)])
def test_fisher_is_that_of_scipy(ratio: float, first: int, second: int) -> None:
    assert fisher_tail(ratio, first, second) == pytest.approx(stats.f.sf(ratio, first, second), rel=1e-9)


def test_a_result_is_given_to_the_second_digit_of_its_uncertainty() -> None:
    assert rounded(1002.69972, 0.8634) == (1002.7, 0.86)
    assert rounded(50_000_838.4, 31.7) == (50_000_838, 32)
    assert rounded(123456.0, 4321.0) == (123500, 4300)
    assert rounded(0.26, 0.0996) == (0.26, 0.1)


def test_a_level_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        student_t(1.0, 3)


def test_a_budget_of_nothing_random_has_the_normal_factor() -> None:
    made = Budget(1.0, "1", [Contribution("a", 1, 0.1)])
    assert made.coverage_factor() == pytest.approx(1.96, abs=1e-3)
    table = budget_table({"x": made})
    assert table.rows[0]["degrees_of_freedom"] is None
    assert table.rows[0]["share"] == 1
