"""Two stewards advance one order, one barcode is given twice, one position is filled twice: one of them wins."""

import pytest

from tests.races import course

pytestmark = [pytest.mark.race, pytest.mark.timeout(600)]


def test_of_those_who_want_one_thing_at_once_one_has_it(where: dict[str, str]) -> None:
    rounds, racers = 8, 4
    seen = course.program("steps", "--rounds", str(rounds), "--racers", str(racers), where=where)
    outcomes = seen["outcomes"]
    for kind in ("refuse", "barcode", "position"):
        assert outcomes[f"{kind}: won"] == rounds, outcomes
        assert outcomes[f"{kind}: refused"] == rounds * (racers - 1), outcomes
    known = {f"{kind}: {how}" for kind in ("barcode", "position", "custody", "refuse") for how in ("won", "refused")}
    assert set(outcomes) <= known, outcomes
    assert (seen["barcodes"], seen["positions"] <= rounds) == (rounds, True), seen
    assert (seen["steps"], seen["chains_whole"]) == (rounds, True)
