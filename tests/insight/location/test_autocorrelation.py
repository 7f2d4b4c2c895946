"""Moran's I: the published figure of Columbus, its variance by shuffling, and what has no answer."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from liqi.insight import Question, compute
from liqi.insight.location import between_km
from liqi.insight.location.autocorrelation import moran, nearest, within
from liqi.insight.origin import UnusableTable

COLUMBUS = Path(__file__).with_name("columbus.csv")


def columbus() -> pl.DataFrame:
    return pl.read_csv(COLUMBUS, infer_schema=False)


def test_the_index_of_columbus_is_0_500189_with_the_published_variance():
    (found,) = compute("morans_i", columbus(), Question(of="crime"))
    assert found.value == pytest.approx(0.500189, abs=5e-7)
    # spdep, moran.test(columbus$CRIME, nb2listw(col.gal.nb)): -0.020833333, 0.008689289, standard deviate 5.5894
    assert found.counts["expected"] == pytest.approx(-1 / 48)
    assert found.counts["variance"] == pytest.approx(0.008689289, abs=5e-10)
    assert found.counts["z"] == pytest.approx(5.5894, abs=5e-5)
    assert (found.counts["regions"], found.counts["links"], found.rows, found.missing) == (49, 236, 49, 0)


def test_the_variance_is_that_of_shuffled_values_also_where_a_link_goes_one_way():
    draw = np.random.default_rng(7)
    near = [[1, 2], [0], [3, 4, 5], [2], [], [6, 7], [5, 7], [0, 1]]
    values = draw.exponential(size=8)
    found = moran(values, near)
    drawn = [moran(draw.permutation(values), near).value for _turn in range(20_000)]
    assert found.expected == pytest.approx(-1 / 7)
    assert np.mean(drawn) == pytest.approx(found.expected, abs=4 * np.sqrt(found.variance / 20_000))
    assert np.var(drawn) == pytest.approx(found.variance, rel=0.03)
    assert found.alone == 1


def test_a_chessboard_is_minus_one_and_two_halves_are_near_one():
    size = 8
    at = [(row, column) for row in range(size) for column in range(size)]
    near = [
        [at.index(other) for other in ((r + 1, c), (r - 1, c), (r, c + 1), (r, c - 1)) if other in at] for r, c in at
    ]
    assert moran([(r + c) % 2 for r, c in at], near).value == pytest.approx(-1)
    assert moran([r < size / 2 for r, _c in at], near).value > 0.8


def test_neighbours_lie_within_a_distance_on_the_ground_or_are_the_nearest():
    north, east = [0.0, 0.0, 0.0, 60.0], [0.0, 1.0, 3.0, 179.0]  # a degree of the equator is 111.2 km
    assert within(north, east, 112) == [[1], [0], [], []]
    assert within(north, east, 300) == [[1], [0, 2], [1], []]
    assert within(north, east, 40_000)[3] == [0, 1, 2]
    assert nearest(north, east, 1) == [[1], [0], [1], [2]]
    assert nearest(north, east, 9)[0] == [1, 2, 3]
    assert nearest([5.0] * 4, [5.0] * 4, 2)[3] != [3, 3], "nobody is a neighbour of itself, also at one point"
    assert all(at not in near for at, near in enumerate(nearest([5.0] * 4, [5.0] * 4, 3)))


def test_without_named_neighbours_the_coordinates_are_asked_and_the_note_says_how():
    frame = pl.DataFrame(
        {
            "region": list("abcdef"),
            "value": [1, 2, 3, 7, 8, 9],
            "latitude": [30.0] * 6,
            "longitude": [100.0, 100.1, 100.2, 110.0, 110.1, 110.2],
        }
    )
    (found,) = compute("morans_i", frame, Question(settings={"within_km": "50"}))
    assert (found.value or 0) > 0.8
    assert found.note == "neighbours: within 50 km"
    (near,) = compute("morans_i", frame, Question(settings={"nearest": "2"}))
    assert near.note == "neighbours: the nearest 2"
    assert near.value == pytest.approx(found.value)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda frame: frame.head(3).with_columns(neighbours=pl.lit("1")), "four or more"),
        (lambda frame: frame.with_columns(crime=pl.lit("5")), "in every region"),
        (lambda frame: frame.with_columns(neighbours=pl.lit("")), "no region with a neighbour"),
        (lambda frame: frame.with_columns(neighbours=pl.lit("50")), "found 50 as a neighbour"),
        (lambda frame: pl.concat([frame, frame.head(1)]), "the region 1 in two rows"),
        (lambda frame: frame.drop("neighbours"), "expected latitude, longitude too"),
    ],
)
def test_a_table_without_an_answer_is_refused_in_a_sentence(change, says):
    with pytest.raises(UnusableTable, match=says):
        compute("morans_i", change(columbus()), Question(of="crime"))


def test_a_region_without_a_value_is_missing_and_nobodys_neighbour():
    frame = columbus().with_columns(crime=pl.when(pl.col("region") == "1").then(None).otherwise("crime"))
    (found,) = compute("morans_i", frame, Question(of="crime"))
    assert found.missing == pytest.approx(1 / 49)
    assert found.counts["regions"] == 48


@pytest.mark.parametrize(("north", "east"), [(95.0, 120.0), (120.0, 30.0), (30.0, 400.0)])
def test_a_coordinate_off_the_globe_is_refused(north, east):
    with pytest.raises(UnusableTable, match="expected degrees from"):
        nearest([30.0, 31.0, 32.0, north], [120.0, 121.0, 122.0, east], 2)
    with pytest.raises(UnusableTable, match="expected degrees from"):
        between_km([30.0, north], [120.0, east])
