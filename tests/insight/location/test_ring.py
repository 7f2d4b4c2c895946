import polars as pl
import pytest

from liqi.insight import UnusableTable
from liqi.insight.location import ring, samples
from liqi.taxonomy import distance_km


def hubs():
    placed = samples.us_industry("5417").filter(pl.col("latitude").is_not_null())
    return placed.sort("jobs", descending=True)["region"].to_list()[:12]


def test_row_000_30_analytical_instruments_peak_60_to_120_km_from_the_research_hubs_but_only_with_worcester():
    found = ring(samples.us_industry("334516"), hubs())
    assert [band.quotient for band in found.bands] == pytest.approx([1.98, 0.76, 2.42, 0.80, 0.53], abs=5e-3)
    band = found.peak
    assert (band.from_km, band.to_km, band.jobs) == (60, 120, 4_638)
    assert (band.least.region, band.least.jobs) == ("49340", 2_543)
    assert band.least.quotient == pytest.approx(1.16, abs=5e-3)
    assert sum(one.jobs for one in band.without[:2]) / band.jobs == pytest.approx(0.88, abs=5e-3)
    assert found.verdict == "one case"


def test_all_instruments_show_no_such_peak():
    found = ring(samples.us_industry("3345"), hubs())
    assert [band.quotient for band in found.bands] == pytest.approx([1.20, 1.56, 1.13, 1.24, 0.79], abs=5e-3)
    assert found.peak.from_km == 0


def test_a_ring_of_many_regions_holds_without_any_of_them_and_a_flat_map_has_none():
    rows = [("hub", 10, 100, 0.0, 0.0), *((f"r{i}", 30, 100, 0.0, 0.8 + i / 100) for i in range(5))]
    rows += [(f"far{i}", 5, 100, 0.0, 20.0 + i) for i in range(5)]
    frame = pl.DataFrame(rows, schema=["region", "jobs", "base", "latitude", "longitude"], orient="row")
    assert ring(frame, ["hub"]).verdict == "ring"
    assert ring(frame.with_columns(jobs=pl.lit(7.0)), ["hub"]).verdict == "no ring"


def test_regions_without_coordinates_count_in_the_whole_and_in_no_band():
    frame = pl.DataFrame(
        {"region": ["h", "a", "b"], "jobs": [1, 1, 2], "base": [10, 10, 10], "latitude": [0.0, 0.5, None],
         "longitude": [0.0, 0.0, None]}
    )  # fmt: skip
    found = ring(frame, ["h", "b"])
    assert (found.unplaced, found.hubs, sum(band.regions for band in found.bands)) == (1, ("h",), 2)
    assert found.bands[0].quotient == pytest.approx((1 / 10) / (4 / 30))
    assert found.bands[0].without[0].quotient is None
    with pytest.raises(UnusableTable, match="found none of 1 hubs with coordinates"):
        ring(frame, ["b"])


@pytest.mark.parametrize("edges", [(), (120, 60), (0, 60), (60, 60)])
def test_edges_that_do_not_rise_are_refused(edges):
    with pytest.raises(UnusableTable, match="found the edges"):
        ring(samples.us_industry("3345"), ["14460"], edges_km=edges)


def test_row_000_31_waltham_is_14_59_km_from_boston():
    assert distance_km((42.35843, -71.05977), (42.37649, -71.23561)) == pytest.approx(14.59, abs=5e-3)
    assert distance_km((0, 0), (0, 180)) == pytest.approx(20_015.1, abs=0.1)
