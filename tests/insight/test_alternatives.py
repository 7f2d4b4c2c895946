import pytest

from liqi.insight.alternatives import LARGER, SMALLER, WITHIN, Model, match

BETTER = {"resolving_power": LARGER, "detection_limit": SMALLER, "mass_range": WITHIN}
WANTED = Model("far", "X", {"resolving_power": (None, 100_000.0), "detection_limit": (1.0, None),
                            "mass_range": (50.0, 2000.0), "colour": (1.0, 1.0)})  # fmt: skip


def model(name, **numbers):
    return Model("near", name, numbers, (name,))


def test_numbers_are_met_in_the_way_that_is_better():
    good = model("good", resolving_power=(None, 120_000.0), detection_limit=(0.5, None), mass_range=(40.0, 3000.0))
    poor = model("poor", resolving_power=(None, 60_000.0), detection_limit=(5.0, None), mass_range=(100.0, 1500.0))
    first, second = match(WANTED, [poor, good], BETTER)
    assert (first.model.name, first.meets, first.share) == (
        "good", ("resolving_power", "detection_limit", "mass_range"), 1.0,
    )  # fmt: skip
    assert second.misses == ("resolving_power", "detection_limit", "mass_range")
    assert second.ratios["resolving_power"] == pytest.approx(0.6)


def test_what_is_not_said_is_neither_met_nor_missed():
    (found,) = match(WANTED, [model("dark")], BETTER)
    assert (found.meets, found.misses, found.share) == ((), (), None)
    assert set(found.not_said) == set(WANTED.numbers)


def test_a_quantity_without_a_better_way_is_shown_and_not_judged():
    (found,) = match(WANTED, [model("red", colour=(2.0, 2.0))], BETTER)
    assert "colour" in found.not_said
    assert found.ratios["colour"] == 2.0


def test_an_open_range_cannot_be_judged():
    (found,) = match(WANTED, [model("open", mass_range=(None, 3000.0))], BETTER)
    assert "mass_range" in found.not_said


def test_of_equals_the_one_with_more_instruments_is_first():
    few, many = Model("a", "few", {}, ("1",)), Model("b", "many", {}, ("1", "2"))
    assert [one.model.name for one in match(WANTED, [few, many], BETTER)] == ["many", "few"]
