import numpy as np
import pytest

from liqi.insight import UnusableTable
from liqi.insight.location import ellison_glaeser, samples, shift_share
from liqi.insight.location.coagglomeration import companions, pairwise

PLANTS = [200, 650, 12000, 100, 50, 16000, 13000, 1500, 1500, 25000]
CITIES = ["Wien"] * 5 + ["Linz"] * 4 + ["Graz"]


def test_ellison_and_glaeser_of_the_published_example_with_its_baseline_printed():
    found = ellison_glaeser(PLANTS, CITIES, {"Wien": 500_000, "Linz": 400_000, "Graz": 100_000})
    assert found.gamma == pytest.approx(0.05990628, abs=5e-9)
    assert found.z == pytest.approx(0.1959, abs=5e-5)
    assert found.baseline == {"Wien": 0.5, "Linz": 0.4, "Graz": 0.1}


def test_the_baseline_decides_the_sign():
    of_the_plants = {city: sum(s for s, c in zip(PLANTS, CITIES, strict=True) if c == city) for city in set(CITIES)}
    assert ellison_glaeser(PLANTS, CITIES, of_the_plants).gamma < 0
    assert ellison_glaeser(PLANTS, CITIES, {"Wien": 0.9, "Linz": 0.05, "Graz": 0.05}).gamma > 0.5


def test_darts_thrown_at_the_map_give_no_agglomeration_on_average():
    rng = np.random.default_rng(7)
    jobs = {"a": 0.5, "b": 0.3, "c": 0.2}
    thrown = [
        ellison_glaeser(
            rng.lognormal(3, 1, 30).tolist(), rng.choice(list(jobs), 30, p=list(jobs.values())).tolist(), jobs
        )
        for _draw in range(3_000)
    ]
    assert np.mean([one.gamma for one in thrown]) == pytest.approx(0, abs=0.004)
    assert np.std([one.z for one in thrown]) == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize(
    ("sizes", "regions", "baseline", "said"),
    [
        ([1, 2], ["a", "a"], None, "found one region or one plant"),
        ([1], ["a"], {"a": 1, "b": 1}, "found one region or one plant"),
        ([1, 2], ["a", "b"], {"a": 1}, "found plants in b"),
        ([1, -2], ["a", "b"], None, "found a plant's size of -2"),
        ([0, 0], ["a", "b"], None, "add up to 0"),
        ([1], ["a", "b"], None, "expected one region a plant"),
    ],
)
def test_plants_that_cannot_be_compared_are_refused_with_one_sentence(sizes, regions, baseline, said):
    with pytest.raises(UnusableTable, match=said):
        ellison_glaeser(sizes, regions, baseline)


@pytest.mark.parametrize("regions", [2, 5, 50])
def test_row_000_26_co_agglomeration_is_1_for_the_same_place_and_its_least_for_places_apart(regions):
    """Both industries in one region against an even baseline: 1; each in another region: -1 / (M - 1)."""
    even = np.ones(regions)
    same, apart = np.zeros((regions, 2)), np.zeros((regions, 2))
    same[0] = 1
    apart[0, 0] = apart[1, 1] = 1
    assert pairwise(same, even)[0, 1] == pytest.approx(1)
    assert pairwise(apart, even)[0, 1] == pytest.approx(-1 / (regions - 1))


def test_row_000_26_research_is_9th_of_250_industries_beside_instruments_universities_18th_drugs_73rd():
    jobs = samples.us_jobs()
    base = jobs.filter(jobs["industry"] == "00").select("region", base="jobs")
    table = jobs.filter(jobs["industry"].str.len_chars() == 4).pivot(on="industry", index="region", values="jobs")
    table = base.join(table, on="region", how="left").fill_null(0)
    industries = table.columns[2:]
    found = companions(
        table.select(industries).to_numpy(), industries, "3345", table["base"].to_numpy(), floor_jobs=20_000
    )
    places = {one.industry: one.place for one in found}
    assert len(found) == 250
    assert (places["5417"], places["6113"], places["3254"]) == (9, 18, 73)
    assert {"3341", "3344", "3342", "3391"} <= {one.industry for one in found[:8]}


def test_co_agglomeration_of_one_region_of_negative_jobs_or_of_an_empty_industry_is_refused():
    with pytest.raises(UnusableTable, match="found jobs under 0"):
        pairwise([[1, -1], [1, 1]])
    with pytest.raises(UnusableTable, match="found 1 region"):
        pairwise([[1, 1]])
    with pytest.raises(UnusableTable, match="found 1 industries without any jobs"):
        pairwise([[1, 0], [1, 0]])
    with pytest.raises(UnusableTable, match="found no industry x"):
        companions(np.ones((2, 2)), ["a", "b"], "x")


@pytest.mark.parametrize(
    ("before", "after", "parts"),
    [
        ([90, 20, 10, 60], [100, 40, 10, 55], (27, 1, -3)),
        ([60, 30, 30, 40], [85, 55, 40, 35], (24, -1, 32)),
        ([250, 100, 110, 300], [255, 115, 85, 390], (114, 0, -29)),
    ],
)
def test_shift_share_of_the_three_published_regions(before, after, parts):
    found = shift_share(before, after, [400, 150, 150, 400], [440, 210, 135, 480])
    assert (found.national, found.structural, found.local) == pytest.approx(parts, abs=1e-9)
    assert found.change == pytest.approx(sum(parts))


def test_shift_share_needs_as_many_industries_everywhere_and_a_country_that_had_them():
    with pytest.raises(UnusableTable, match="found 1, 2, 1, 1 industries"):
        shift_share([1], [1, 2], [1], [1])
    with pytest.raises(UnusableTable, match="no jobs in before"):
        shift_share([0], [1], [0], [1])
