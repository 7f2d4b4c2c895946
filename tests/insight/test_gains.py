"""Gains and gaps: the numbers of the papers, both ends of a range, claims without a source."""

import polars as pl
import pytest

from liqi.insight import Question, UnusableTable, compute, gain


def table(**columns):
    return pl.DataFrame(columns)


def test_row_002_01_two_minutes_instead_of_a_week_are_5040_times_quicker():
    assert gain.turnaround(7 * 24 * 60, 2) == 5040
    found = compute(
        "turnaround_gain", table(task=["x", ""], before_min=["10080", "60"], after_min=["2", ""]), Question()
    )
    assert [(one.value, one.missing) for one in found] == [(5040, 0), (None, 1)]


def test_row_002_07_a_sensor_of_5_to_10_percent_is_2_5_to_10_times_from_one_of_1_to_2_percent():
    sensor = table(capability=["moving"], low=["5"], high=["10"], best_low=["1"], best_high=["2"])
    assert [(one.group["end"], one.value) for one in compute("capability_gap", sensor, Question())] == [
        ("least", 2.5), ("most", 10),
    ]  # fmt: skip


def test_row_004_01_two_micrometres_are_25_times_as_fine_as_fifty_and_a_claim_needs_its_source():
    claims = table(capability=["feature"] * 2, low=["50", "50"], best_low=["2", "2"], source=["a newspaper", ""])
    found = compute("capability_gap", claims, Question())
    assert [one.value for one in found] == [25] * 4
    assert [one.note for one in found] == ["", "", "claim without source", "claim without source"]


def test_where_more_is_better_the_ratio_turns():
    resolving = table(capability=["power"], low=[60_000], high=[80_000], best_low=[240_000], best_high=[480_000])
    least, most = compute("capability_gap", resolving.with_columns(better=pl.lit("more")), Question())
    assert (least.value, most.value) == (3, 8)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"low": ["-1"], "best_low": ["2"]}, "row 1: found -1 to -1 beside 2 to 2; expected numbers above 0"),
        ({"low": ["1"], "best_low": ["0"]}, "expected numbers above 0"),
        ({"low": ["3"], "high": ["2"], "best_low": ["1"]}, "the lower one first"),
        ({"low": ["3"], "best_low": ["1"], "better": ["up"]}, "found 'up'; expected less or more"),
    ],
)
def test_ranges_that_cannot_be_compared_are_refused_with_one_sentence(columns, said):
    with pytest.raises(UnusableTable, match=said):
        compute("capability_gap", table(capability=["x"], **columns), Question())


def test_no_minutes_are_refused_and_no_rows_are_none_recorded():
    with pytest.raises(UnusableTable, match="row 1: found 5 minutes before and 0 after"):
        compute("turnaround_gain", table(before_min=["5"], after_min=["0"]), Question())
    for name, columns in (
        ("turnaround_gain", ("before_min", "after_min")),
        ("capability_gap", ("capability", "low", "best_low")),
    ):
        (found,) = compute(name, pl.DataFrame(schema=dict.fromkeys(columns, pl.String)), Question())
        assert (found.value, found.note) == (None, "none recorded")
