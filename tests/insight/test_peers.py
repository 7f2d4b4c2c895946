import math

import polars as pl
import pytest

from liqi.insight import UnusableTable, peers

CITIES = pl.DataFrame(
    {
        "city": ["Hefei", "Xi'an", "Shenzhen", "Suzhou"],
        "facilities": [10, 11, 2, 3],
        "firms": [20, 25, 300, 280],
        "same": [1, 1, 1, 1],
    }
)


def test_row_001_16_the_nearest_neighbour_is_the_city_alike():
    found = peers.nearest(CITIES, "Hefei")
    assert [peer.name for peer in found] == ["Xi'an", "Suzhou", "Shenzhen"]
    assert peers.nearest(CITIES, "Shenzhen", k=1)[0].name == "Suzhou"


def test_the_distance_is_in_standard_deviations_over_what_both_have():
    frame = pl.DataFrame({"city": ["a", "b", "c"], "x": [0.0, 3.0, 6.0], "y": [1.0, None, 2.0]})
    b, c = sorted(peers.nearest(frame, "a"), key=lambda peer: peer.name)
    assert (b.distance, b.shared) == (pytest.approx(1.0), 1)
    y = 1 / math.sqrt(0.5)
    assert c.distance == pytest.approx(math.sqrt((4 + y**2) / 2))
    assert c.differs_in == "x"


@pytest.mark.parametrize(
    ("frame", "of", "says"),
    [
        (CITIES, "Atlantis", "found no city 'Atlantis'"),
        (pl.DataFrame({"name": ["a"]}), "a", "expected city too"),
        (pl.DataFrame({"city": ["a", "a"], "x": [1, 2]}), "a", "in 2 rows"),
        (pl.DataFrame({"city": ["a", "b"], "x": ["1", "much"]}), "a", "expected a number"),
    ],
)
def test_a_table_that_cannot_be_compared_is_refused(frame, of, says):
    with pytest.raises(UnusableTable, match=says):
        peers.nearest(frame, of)
