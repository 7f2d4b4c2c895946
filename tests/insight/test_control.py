"""The rules of control charts find what they are for, and cry wolf as seldom as published."""

import random
import statistics

import pytest

from liqi.insight import control
from liqi.insight.control import NELSON, RULES, WESTERN_ELECTRIC, Limits, broken, limits_of

UNIT = Limits(0.0, 1.0)


def test_each_rule_is_broken_by_its_pattern_and_not_by_one_point_less() -> None:
    patterns: dict[str, list[float]] = {
        "beyond 3 sigma": [3.1],
        "2 of 3 beyond 2 sigma": [2.1, 0.0, 2.1],
        "4 of 5 beyond 1 sigma": [1.1, 1.1, -0.5, 1.1, 1.1],
        "8 on one side": [0.1] * 8,
        "9 on one side": [-0.1] * 9,
        "6 rising or falling": [-0.3, -0.2, -0.1, 0.0, 0.1, 0.2],
        "14 up and down": [0.1, -0.1] * 7,
    }
    assert set(patterns) == set(RULES)
    for key, values in patterns.items():
        assert broken(values, UNIT, [key]) == [key]
        assert broken(values[1:] or [0.0], UNIT, [key]) == []
        assert broken([-value for value in values], UNIT, [key]) == [key]


def test_points_on_both_sides_are_not_a_run() -> None:
    assert broken([2.1, 0.0, -2.1], UNIT, WESTERN_ELECTRIC) == []
    assert broken([2.1, 2.1, 0.0], UNIT, WESTERN_ELECTRIC) == [], "the last point has to be one of them"


def test_six_points_that_stand_still_do_not_rise() -> None:
    assert broken([0.1] * 6, UNIT, NELSON) == []


@pytest.mark.parametrize(
    ("rules", "published"),
    [(WESTERN_ELECTRIC[:1], 370.40), (WESTERN_ELECTRIC[:2], 225.44), (WESTERN_ELECTRIC, 91.75)],
)
def test_false_alarms_come_as_seldom_as_published(rules: tuple[str, ...], published: float) -> None:
    """Average run lengths in control: C. W. Champ and W. H. Woodall, Technometrics 29 (1987) 393-399, table 1."""
    draw, lengths = random.Random(20), []
    for _ in range(1500):
        values: list[float] = []
        while not values or not broken(values[-15:], UNIT, rules):
            values.append(draw.gauss(0.0, 1.0))
        lengths.append(len(values))
    error = statistics.stdev(lengths) / len(lengths) ** 0.5
    assert abs(statistics.fmean(lengths) - published) < 3 * error


def test_limits_are_mean_and_standard_deviation() -> None:
    found = limits_of([9.0, 10.0, 11.0])
    assert (found.centre, found.sigma, found.at(-3)) == (10.0, 1.0, 7.0)
    for few in ([1.0], [2.0, 2.0]):
        with pytest.raises(ValueError, match="expected"):
            limits_of(few)


def test_an_unknown_rule_is_named() -> None:
    with pytest.raises(control.UnknownRule, match="beyond 3 sigma"):
        broken([0.0], UNIT, ["by feeling"])
