from pathlib import Path

import numpy as np
import pytest
from scipy.sparse.csgraph import floyd_warshall

from liqi.insight import UnusableTable, sites
from liqi.insight.sites import ranking

DRINKS = {
    ("coffee", "wine"): 9, ("coffee", "tea"): 5, ("coffee", "beer"): 2, ("coffee", "soda"): 1, ("coffee", "milk"): 1,
    ("coffee", "water"): 1 / 2, ("wine", "tea"): 1 / 3, ("wine", "beer"): 1 / 9, ("wine", "soda"): 1 / 9,
    ("wine", "milk"): 1 / 9, ("wine", "water"): 1 / 9, ("tea", "beer"): 1 / 3, ("tea", "soda"): 1 / 4,
    ("tea", "milk"): 1 / 3, ("tea", "water"): 1 / 9, ("beer", "soda"): 1 / 2, ("beer", "milk"): 1,
    ("beer", "water"): 1 / 3, ("soda", "milk"): 2, ("soda", "water"): 1 / 2, ("milk", "water"): 1 / 3,
}  # fmt: skip
PHONES = [[16, 12, 250, 5], [16, 8, 200, 3], [32, 16, 300, 4], [32, 8, 275, 4], [16, 16, 225, 2]]
GOOD = [True, True, False, True]


def test_row_000_28_four_ranked_factors_weigh_by_their_centroid():
    assert sites.rank_order_centroid(4) == pytest.approx([0.5208, 0.2708, 0.1458, 0.0625], abs=5e-5)
    assert sum(sites.rank_order_centroid(9)) == pytest.approx(1)
    with pytest.raises(UnusableTable, match="found no criterion"):
        sites.rank_order_centroid(0)


def test_row_000_28_saatys_drinks_have_the_published_weights_and_ratio():
    found = sites.analytic_hierarchy(DRINKS)
    weights = [found.weights[name] for name in ("water", "soda", "coffee", "milk", "beer", "tea", "wine")]
    assert weights == pytest.approx([0.327, 0.190, 0.177, 0.129, 0.116, 0.042, 0.019], abs=5e-4)
    assert found.consistency_ratio == pytest.approx(0.022, abs=5e-4)
    assert found.consistent


def test_comparisons_that_go_round_in_a_circle_are_said_to_be_inconsistent():
    found = sites.analytic_hierarchy({("a", "b"): 5, ("b", "c"): 5, ("a", "c"): 1 / 5})
    assert found.consistency_ratio > 1
    assert not found.consistent
    with pytest.raises(UnusableTable, match="found no comparison of a with c"):
        sites.analytic_hierarchy({("a", "b"): 2, ("b", "c"): 2})
    with pytest.raises(UnusableTable, match="expected two names and a number above 0"):
        sites.analytic_hierarchy({("a", "b"): 0})


def test_topsis_gives_the_published_scores():
    wanted = [0.534277, 0.308368, 0.691632, 0.534737, 0.401046]
    assert sites.topsis(PHONES, [1, 1, 1, 1], GOOD) == pytest.approx(wanted, abs=5e-7)


def test_promethee_flows_are_wins_less_losses_by_hand():
    table, weights = [[1, 9], [2, 5], [3, 5]], [0.75, 0.25]
    by_hand = []
    for mine in table:
        flow = sum(
            weight * ((mine[k] > other[k]) - (mine[k] < other[k]))
            for other in table
            for k, weight in enumerate(weights)
        )
        by_hand.append(flow / 2)
    assert sites.promethee(table, weights, [True, True]) == pytest.approx(by_hand)
    assert sum(by_hand) == pytest.approx(0)


def test_a_ranking_that_flips_is_a_tie_and_a_firm_one_is_not():
    phones = sites.ranked(["a", "b", "c", "d", "e"], PHONES, [1, 1, 1, 1], GOOD, seed=1)
    assert [(one.name, one.rank) for one in phones.places] == [("c", 1), ("d", 2), ("a", 2), ("e", 4), ("b", 5)]
    assert phones.firm
    assert phones.places[0].first_share == 1
    assert (phones.places[1].best, phones.places[1].worst) == (2, 3)
    even = sites.ranked(["x", "y"], [[1, 2], [2, 1]], [1, 1], [True, True], seed=1)
    assert [one.rank for one in even.places] == [1, 1]
    assert not even.firm
    assert even.places[0].first_share == pytest.approx(0.5, abs=0.05)
    assert phones.draws == 1_000


def test_the_same_seed_gives_the_same_ranking_and_both_methods_are_compared():
    one, two = (sites.ranked(list("abcde"), PHONES, [4, 3, 2, 1], GOOD, seed=3, method="promethee") for _time in "ab")
    assert one == two
    assert -1 <= one.agreement <= 1
    assert set(ranking.METHODS) == {"topsis", "promethee"}


@pytest.mark.parametrize(
    ("table", "weights", "said"),
    [
        ([[1, 2]], [1, 1], "found 1 alternatives"),
        ([[1, 2], [1]], [1, 1], "found 2 alternatives with"),
        ([[1, float("nan")], [1, 2]], [1, 1], "found a cell without a number"),
        ([[1, 2], [2, 1]], [1], "found 1 weights"),
        ([[1, 2], [2, 1]], [0, 0], "found the weights 0, 0"),
        ([[1, 2], [2, 1]], [1, -1], "found the weights 1, -1"),
    ],
)
def test_tables_that_cannot_be_ranked_are_refused(table, weights, said):
    with pytest.raises(UnusableTable, match=said):
        sites.topsis(table, weights, [True, True])


def test_a_criterion_in_which_all_are_alike_changes_nothing_and_zeros_do_not_divide():
    assert sites.topsis([[1, 0], [2, 0]], [1, 1], [True, True]) == [0.0, 1.0]
    assert sites.topsis([[1], [1]], [1], [True]) == [0.5, 0.5]


def test_row_000_30_levy_and_weitzs_new_store_draws_4_989_899():
    shares = sites.huff([5_000, 10_000], [[10, 5], [5, 15]])
    assert [row[1] for row in shares] == pytest.approx([0.8889, 0.1818], abs=5e-5)
    assert 5e6 * shares[0][1] + 3e6 * shares[1][1] == pytest.approx(4_989_899, abs=0.5)
    with pytest.raises(UnusableTable, match="found a distance of 0"):
        sites.huff([1], [[0]])


def test_row_000_31_rent_is_40_to_45_per_cent_cheaper_or_7_dearer():
    assert sites.rent_gap(57.5, 100) == pytest.approx(0.425)
    assert sites.rent_gap(107, 100) == pytest.approx(-0.07)
    with pytest.raises(UnusableTable, match="expected a hub's rent above 0"):
        sites.rent_gap(1, 0)


def test_row_000_32_idle_parcels_carry_their_area_times_their_ratio():
    works = sites.Parcel("sewing machine works", 20_000, 1.5, former_use="factory", latitude=42.37, longitude=-71.24)
    field = sites.Parcel("field", 1_000, 2.0, latitude=45.0, longitude=-71.0)
    taken = sites.Parcel("taken", 9_000, 3.0, idle=False, latitude=42.37, longitude=-71.24)
    assert sites.capacity([works, field, taken]) == 32_000
    assert [parcel.name for parcel, _km in sites.near([works, field, taken], 42.358, -71.06, radius_km=50)] == [
        works.name
    ]
    with pytest.raises(UnusableTable, match="found bad with -1 m2"):
        sites.capacity([sites.Parcel("bad", -1, 1)])


def test_row_000_33_talent_is_what_lies_within_the_radius():
    boston, waltham, amherst = (42.358, -71.060), (42.376, -71.236), (42.370, -72.520)
    people = [(boston, 40_000), (waltham, 9_000), (amherst, 30_000)]
    assert [sites.within(boston, people, radius_km=km) for km in (5, 30, 150)] == [40_000, 49_000, 79_000]


def test_row_000_34_the_place_with_most_venture_money_outside_the_hub_ranks_first():
    money = {"hub": 900.0, "Waltham": 265.0, "Woburn": 80.0, "Natick": 20.0}
    outside = [name for name in money if name != "hub"]
    found = sites.ranked(outside, [[money[name]] for name in outside], [1], [True], seed=1)
    assert (found.places[0].name, found.places[0].rank, found.firm) == ("Waltham", 1, True)


def test_row_000_35_four_cities_are_hubs_and_the_towns_of_jiangsu_a_belt():
    for city, facilities in {"北京": 19, "上海": 20, "合肥": 12, "深圳": 9}.items():
        assert sites.kind(large_facilities=facilities, life_science_quotient=None, instrument_firms=None).kind == (
            sites.FACILITY_HUB
        ), city
    for firms in (40, 25, 12):
        found = sites.kind(large_facilities=0, life_science_quotient=1.4, instrument_firms=firms)
        assert found.kind == sites.LIFE_SCIENCE_BELT
    nothing = sites.kind(large_facilities=None, life_science_quotient=2.0, instrument_firms=None)
    assert nothing.kind == sites.CANNOT_TELL
    assert sites.kind(large_facilities=0, life_science_quotient=0.5, instrument_firms=None).kind == sites.NEITHER
    assert nothing.why[2] == ("instrument_firms", None, 10)


def test_row_000_42_the_same_place_gets_the_same_partners_with_their_reasons():
    here = {"3344": 2.0, "3254": 1.5, "7211": 3.0, "3341": 0.9, "5417": None}
    everywhere = {"3344": 0.02, "3254": 0.004, "7211": -0.01, "3341": 0.05, "5417": 0.01}
    found = sites.partners(here, everywhere)
    assert [(one.industry, one.quotient, one.gamma) for one in found] == [("3344", 2.0, 0.02), ("3254", 1.5, 0.004)]
    assert found == sites.partners(dict(reversed(here.items())), everywhere)


def test_near_but_not_in_is_nothing_inside_most_at_the_peak_and_fades():
    shape = {"inside_km": 20, "peak_km": 60, "decay_km": 80}
    values = [sites.near_but_not_in(km, **shape) for km in (0, 20, 40, 60, 140, 500)]
    assert values == pytest.approx([0, 0, 0.5, 1, np.exp(-1), np.exp(-5.5)])
    with pytest.raises(UnusableTable, match="expected 0 <= edge < peak"):
        sites.near_but_not_in(10, inside_km=60, peak_km=20, decay_km=1)


def pmed1():
    lines = Path(__file__).with_name("pmed1.txt").read_text().splitlines()
    nodes, _edges, count = map(int, lines[0].split())
    ways = np.full((nodes, nodes), np.inf)
    for a, b, cost in (map(int, line.split()) for line in lines[1:]):
        ways[a - 1, b - 1] = ways[b - 1, a - 1] = cost
    return floyd_warshall(ways), count


def test_the_first_p_median_problem_of_the_or_library_is_solved_and_proven():
    ways, count = pmed1()
    found = sites.p_median(ways, count)
    assert (found.value, found.proven, len(found.places)) == (5819, True, 5)
    assert sum(ways[i, place] for i, place in enumerate(found.serves)) == 5819
    by_hand = sites.p_median(ways, count, exact=False)
    assert 5819 <= by_hand.value < 5819 * 1.02
    assert not by_hand.proven


def test_many_places_are_chosen_by_interchange_and_said_to_be_unproven():
    points = np.random.default_rng(1).uniform(0, 100, (400, 2))
    ways = np.linalg.norm(points[:, None] - points, axis=2)
    found = sites.p_median(ways, 10)
    assert not found.proven
    for place in found.places:  # no single swap makes it better
        rest = [one for one in found.places if one != place]
        best = np.minimum(ways[:, rest].min(axis=1)[:, None], ways).sum(axis=0).min()
        assert best >= found.value - 1e-6


def test_most_covered_reaches_what_a_search_of_all_pairs_reaches():
    rng = np.random.default_rng(2)
    ways, heads = rng.uniform(0, 10, (30, 8)), rng.integers(1, 9, 30)
    found = sites.most_covered(ways, 2, within=2.5, weights=heads)
    best = max(heads[(ways[:, [a, b]].min(axis=1) <= 2.5)].sum() for a in range(8) for b in range(a))
    assert (found.value, found.proven) == (best, True)
    assert sum(h for h, place in zip(heads, found.serves, strict=True) if place >= 0) == best
    with pytest.raises(UnusableTable, match="found 9 to choose of 8 places"):
        sites.most_covered(ways, 9, within=1)
    with pytest.raises(UnusableTable, match="missing or under 0"):
        sites.p_median([[1, float("inf")]], 1)


def test_two_steps_share_what_is_in_reach():
    assert sites.two_step([10, 20], [100, 100], [[5, 50], [5, 5]], within=10) == pytest.approx([0.05, 0.25])
    assert sites.hansen([5_000, 10_000], [10, 5]) == 450
