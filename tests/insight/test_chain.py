import pytest

from liqi.insight import NONE_RECORDED, chain


def place(key, facility_class, *stages, field="materials"):
    return chain.Place(key, facility_class, frozenset(stages), field)


def test_a_cell_without_a_facility_is_a_gap_and_not_a_zero():
    grid = chain.matrix([place("a", "research", "frontier_research", "applied_research")])
    assert grid.count("research", "frontier_research") == 1
    assert grid.cells["support", "industrialisation"].value is None
    assert grid.cells["support", "industrialisation"].note == NONE_RECORDED
    assert len(grid.gaps) == 10
    assert grid.coverage.value == pytest.approx(2 / 12)


def test_the_missing_class_makes_the_field_complete():
    two = [place("a", "research", "applied_research"), place("b", "support", "applied_research")]
    assert chain.matrix(two).classes_covered.value == pytest.approx(2 / 3)
    whole = [*two, place("c", "transformation", "industrialisation")]
    assert chain.matrix(whole).classes_covered.value == 1


def test_a_facility_without_a_stage_is_in_no_cell_and_not_forgotten():
    grid = chain.matrix([place("a", "research")])
    assert grid.without_stage == ("a",)
    assert grid.coverage.missing == 1


def test_another_field_is_not_counted():
    places = [
        place("a", "research", "applied_research"),
        place("b", "research", "applied_research", field="energy"),
    ]
    assert chain.matrix(places, "energy").cells["research", "applied_research"].row_ids == ("b",)


def test_ends_ten_times_heavier_than_the_middle():
    assert chain.mid_gap([50, 50], 5) == 10
    assert chain.mid_gap([50, 50], 0) is None
