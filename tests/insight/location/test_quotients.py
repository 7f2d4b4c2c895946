import itertools

import polars as pl
import pytest

from liqi.insight import UnusableTable
from liqi.insight.location import (
    cluster_index,
    gini_of_concentration,
    gini_of_specialisation,
    krugman,
    krugman_among,
    league,
    quotient,
    samples,
)


def test_row_000_40_a_city_profile_has_the_published_quotient_and_cluster_index():
    assert quotient(1714, 79006, 879213, 15593224) == pytest.approx(0.3847623, abs=5e-8)
    found = cluster_index(
        jobs=1743, industry_jobs=5740, area=50, all_area=576, people=488, all_people=4621, firms=35, industry_firms=53
    )
    assert found == pytest.approx(21.87491, abs=5e-6)


def test_boston_leads_instrument_making_in_jobs_and_manchester_in_quotient_of_the_two():
    standings = {one.region: one for one in league(samples.us_industry("3345"))}
    assert standings["14460"].quotient == pytest.approx(3.35, abs=5e-3)
    assert standings["31700"].quotient == pytest.approx(5.97, abs=5e-3)
    assert max(standings.values(), key=lambda one: one.jobs).region == "14460"
    firms = samples.us_industry("3345").filter(pl.col("region") == "14460")["firms"].item()
    assert (standings["14460"].jobs, firms) == (26_613, 263)
    analytical = {one.region: one.quotient for one in league(samples.us_industry("334516"))}
    assert analytical["49340"] == pytest.approx(22.1, abs=0.05)


def test_only_regions_of_the_top_quarter_above_the_floor_are_strong():
    standings = league(samples.us_industry("3345"), floor_jobs=1_000)
    strong = [one for one in standings if one.strong]
    assert strong
    assert min(one.jobs for one in strong) >= 1_000
    assert len(strong) <= 0.26 * sum(one.jobs >= 1_000 for one in standings)
    assert standings[0].region == "39420"  # Pullman: first by quotient, with 2,580 jobs
    assert all(a.quotient >= b.quotient for a, b in itertools.pairwise(standings) if b.quotient is not None)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("a", 1, 2)], "found 1 region; expected two or more"),
        ([("a", 0, 2), ("b", 0, 3)], "found jobs that add up to 0"),
        ([("a", -1, 2), ("b", 0, 3)], "found jobs of -1.0; expected finite numbers from 0 up"),
        ([("a", 1, 2), ("a", 0, 3)], "found the region a twice"),
    ],
)
def test_a_league_of_one_region_of_nothing_or_of_negative_jobs_is_refused(rows, said):
    with pytest.raises(UnusableTable, match=said):
        league(pl.DataFrame(rows, schema=["region", "jobs", "base"], orient="row"))


def test_a_region_without_any_jobs_has_no_quotient_and_comes_last():
    frame = pl.DataFrame({"region": ["a", "b", "c"], "jobs": [1, 0, 3], "base": [10, 0, 10]})
    assert [(one.region, one.quotient) for one in league(frame)] == [("c", pytest.approx(1.5)), ("a", 0.5), ("b", None)]


def test_krugmans_coefficient_runs_from_the_same_to_nothing_shared():
    assert krugman([20, 10, 70, 0, 0], [0, 0, 0, 60, 40]) == 2.0
    assert krugman([1, 2], [10, 20]) == pytest.approx(0)
    sweden = [45000, 15000, 32000, 10000, 30000]
    others = [
        [35000, 12000, 30000, 8000, 22000],
        [40000, 10000, 25000, 9000, 18000],
        [30000, 11000, 18000, 3000, 13000],
        [40000, 6000, 11000, 2000, 12000],
    ]
    assert krugman_among(sweden, others) == pytest.approx(0.1595, abs=5e-5)
    mining, industries = (
        [4320, 7811, 3900, 2300, 47560],
        [
            [20000, 11000, 31000, 8000, 20000],
            [40000, 10000, 25000, 9000, 16000],
            [10000, 11000, 14000, 14000, 13000],
            [7000, 7500, 11000, 1500, 36000],
        ],
    )
    assert krugman_among(mining, industries) == pytest.approx(0.8619, abs=5e-5)
    with pytest.raises(UnusableTable, match="add up to 0"):
        krugman([0, 0], [1, 2])
    with pytest.raises(UnusableTable, match="found no other structure"):
        krugman_among([1], [])


def test_the_published_ginis_of_specialisation_and_concentration_come_out():
    region, everywhere = [700, 600, 500, 10000, 40000], [30000, 15000, 10000, 60000, 50000]
    assert gini_of_specialisation(region, everywhere) == pytest.approx(0.6222222, abs=5e-8)
    industry, regions = [500, 500, 1000, 7000, 1000], [20000, 15000, 20000, 40000, 5000]
    assert gini_of_concentration(industry, regions) == pytest.approx(0.4068966, abs=5e-8)


def test_a_gini_of_quotients_needs_a_base_everywhere():
    with pytest.raises(UnusableTable, match="found jobs or a base of 0"):
        gini_of_concentration([1, 2, 3], [0, 4, 5])
    with pytest.raises(UnusableTable, match="found 1 and 1 numbers"):
        gini_of_concentration([1], [1])


def test_a_cluster_index_without_a_base_is_not_known_and_without_firms_is_nothing():
    facts = {
        "area": 50,
        "all_area": 576,
        "people": 488,
        "all_people": 4621,
        "industry_firms": 53,
        "industry_jobs": 5740,
    }
    assert cluster_index(jobs=0, firms=0, **facts) == 0
    assert cluster_index(jobs=1, firms=1, **{**facts, "area": 0}) is None
