import pytest

from liqi.insight import UnusableTable
from liqi.insight.location import Firm, anchors

TOWN = [
    Firm("optics works", 500),
    Firm("glass works", 200, "optics works"),
    Firm("laser firm", 120, "optics works"),
    Firm("sensor start-up", 30, "laser firm"),
    Firm("brewery", 150),
]


def test_row_000_27_without_the_parent_the_town_loses_its_jobs_and_those_of_all_that_came_from_it():
    found = {one.name: one for one in anchors(TOWN)}
    assert found["optics works"].share == pytest.approx(0.85)
    assert found["optics works"].own_share == pytest.approx(0.5)
    assert found["optics works"].descendants == ("glass works", "laser firm", "sensor start-up")
    assert found["laser firm"].share == pytest.approx(0.15)
    assert anchors(TOWN)[0].name == "optics works"
    left = [firm for firm in TOWN if firm.name not in ("optics works", *found["optics works"].descendants)]
    assert sum(firm.jobs for firm in left) / 1000 == pytest.approx(1 - found["optics works"].share)


def test_a_parent_that_is_gone_still_anchors_what_came_from_it():
    found = {one.name: one for one in anchors([firm for firm in TOWN if firm.name != "optics works"])}
    assert (found["optics works"].own_share, found["optics works"].share) == (0, pytest.approx(0.7))


@pytest.mark.parametrize(
    ("firms", "said"),
    [
        ([Firm("a", 1, "b"), Firm("b", 1, "a")], "found a among its own ancestors"),
        ([Firm("a", 1), Firm("a", 2)], "found the firm a twice"),
        ([Firm("a", -1)], "found jobs of -1"),
        ([Firm("a", 0)], "add up to 0"),
    ],
)
def test_towns_that_make_no_sense_are_refused(firms, said):
    with pytest.raises(UnusableTable, match=said):
        anchors(firms)
