"""Of those who read a record and save it at once, one saves and the others are told; nothing is overwritten unseen."""

import pytest

from tests.races import course

pytestmark = [pytest.mark.race, pytest.mark.timeout(600)]


def test_of_four_who_save_at_once_one_saves(where: dict[str, str]) -> None:
    rounds, racers = 12, 4
    seen = course.program("edit", "--rounds", str(rounds), "--racers", str(racers), where=where)
    assert seen["processes"] == racers
    assert seen["outcomes"] == {"saved": rounds, "conflict": rounds * (racers - 1)}
    assert (seen["changes"], seen["chained"]) == (rounds, True)
