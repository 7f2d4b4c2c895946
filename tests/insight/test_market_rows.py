"""Firms and market: the mission's rows with their published numbers."""

import math
from datetime import date

import pytest

from liqi import policy
from liqi.insight import champions, concentration, lineage, links, market, sizes, throughput, trade

ORIGIN_FIRMS = (
    champions.Firm("Elementar", "element analysis", product_lines=5, age_years=100),
    champions.Firm("Metrohm", "ion analysis", product_lines=5, world_rank=2, age_years=70, staff=3000),
    champions.Firm("JULABO", "temperature control", product_lines=1, age_years=59, staff=400),
    champions.Firm("Thermo Fisher Scientific", "all kinds", general=True, product_lines=3),
    champions.Firm("PerkinElmer", "analytical instruments"),
)


def test_row_000_02_sixty_eight_of_a_hundred_outputs_are_linked_and_the_rest_is_named():
    found = links.linked_outputs({f"paper {n}": ["STM"] if n < 68 else [] for n in range(100)})
    assert found.share == pytest.approx(0.68)
    assert len(found.unlinked) == 32
    assert found.unlinked[0] == "paper 68"
    assert links.linked_outputs({}).share is None


def test_row_000_03_the_microscope_has_five_dated_generations_in_order():
    years = {"light": 1665, "electron": 1931, "tunnelling": 1981, "force": 1986, "cryo": 2017}
    nodes = [lineage.Node(key, year, key, "000") for key, year in years.items()]
    assert [node.year for node in lineage.timeline(nodes[::-1])] == [1665, 1931, 1981, 1986, 2017]


def test_row_000_03_a_generation_without_source_is_refused():
    with pytest.raises(lineage.BrokenLineage, match="force: found no source"):
        lineage.timeline([lineage.Node("force", 1986, "AFM", " ")])


@pytest.mark.parametrize(
    ("nodes", "says"),
    [
        ([lineage.Node("a", 1, "", "s"), lineage.Node("a", 2, "", "s")], "found a node twice"),
        ([lineage.Node("a", 1, "", "s", ("b",))], "found the parent 'b'"),
        ([lineage.Node("a", 1, "", "s", ("b",)), lineage.Node("b", 2, "", "s")], "found its parent b in 2"),
        ([lineage.Node("a", 1, "", "s", ("b",)), lineage.Node("b", 1, "", "s", ("a",))], "found a circle"),
    ],
)
def test_a_lineage_that_cannot_be_is_refused(nodes, says):
    with pytest.raises(lineage.BrokenLineage, match=says):
        lineage.timeline(nodes)


def test_row_004_08_derived_projects_have_a_depth_and_a_long_chain_breaks_nothing():
    assert lineage.depth({"a": [], "b": ["a"], "c": ["b"], "d": ["a"]}) == {"a": 0, "b": 1, "c": 2, "d": 1}
    chain = {str(n): [str(n - 1)] if n else [] for n in range(20_000)}
    assert lineage.depth(chain)["19999"] == 19_999


def test_row_000_04_the_genome_takes_375_days_on_eight_machines_and_two_years_were_saved():
    assert throughput.days_needed(3.0e9, 1e6, machines=8, uptime=1.0) == 375
    assert throughput.machines_needed(3.0e9, 1e6, 375) == 8
    assert throughput.days_needed(3.0e9, 1e6, machines=8, uptime=0.5) == 750
    assert throughput.years_saved(1990, 15, 2003) == 2
    with pytest.raises(throughput.UnusableRate, match="uptime 0"):
        throughput.days_needed(1, 1, 1, 0)


def test_row_000_17_research_intensity_leaves_out_who_does_not_say_and_counts_no_zero():
    firms = [
        sizes.Spender("giant", 1000, 20000, 50000),
        sizes.Spender("silent", None, 900, 2000),
        sizes.Spender("workshop", 3, 10, 15),
        sizes.Spender("frugal", 0, 90, 15),
    ]
    found = sizes.research_intensity(firms)
    assert found["all"].value == pytest.approx(1003 / 20100)
    assert found["all"].unknown == ("silent",)
    assert found["micro"].value == pytest.approx(0.03)
    assert found["large"].value == pytest.approx(0.05)


def test_row_000_18_life_science_is_27_02_percent_and_two_years_on_the_market_is_716_49():
    assert market.share(167.5, 620) == pytest.approx(0.270161, abs=1e-6)
    assert market.projected(620, 0.075, 2) == pytest.approx(716.4875)
    assert market.growth_rate(620, 716.4875, 2) == pytest.approx(0.075)
    with pytest.raises(market.UnusableMarket, match="part of 700"):
        market.share(700, 620)


def test_row_000_22_three_hidden_champions_are_found_and_the_giant_is_not():
    verdicts = {one.id: one for one in champions.find(ORIGIN_FIRMS)}
    assert [key for key, one in verdicts.items() if one.result == "found"] == ["Metrohm", "JULABO", "Elementar"]
    assert verdicts["Thermo Fisher Scientific"].result == "not found"
    assert verdicts["PerkinElmer"].result == "cannot tell"
    assert "rank" in verdicts["Elementar"].unknown


def test_row_000_22_the_official_rule_answers_apart_and_refuses_five_products():
    subject = {"products": 5, "main_share": 0.9, "world_rank": 1, "years": 100, "new_product": False}
    answer = policy.check(subject, on=date(2026, 1, 1), place="CN", language="en")
    (rule,) = [rule for rule in answer["rules"] if rule["id"] == "rec.single_champion"]
    assert rule["result"] == "no"


def test_row_000_23_giants_and_workshops_stand_apart():
    giants, workshops = [40_000.0, 30_000.0, 20_000.0, 10_000.0], [10.0 + n for n in range(16)]
    found = sizes.spread([*giants, *workshops, None])
    assert (found.firms, found.unknown) == (21, 1)
    assert found.two_humps is True
    assert found.cr4 == pytest.approx(100_000 / (100_000 + sum(workshops)))
    assert found.tail_share == pytest.approx(sum(workshops) / (100_000 + sum(workshops)))
    assert found.by_class == {"micro": 10, "small": 6, "medium": 0, "large": 4}
    one_hump = sizes.spread([math.exp(x / 10) for x in (-30, -20, -12, -8, -4, -1, 0, 1, 4, 8, 12, 20, 30)])
    assert one_hump.two_humps is False


def test_the_coefficient_of_two_far_points_tends_to_one_and_of_even_values_to_five_ninths():
    assert sizes.bimodality([0.0] * 500 + [1.0] * 500) == pytest.approx(1.0, abs=0.01)
    assert sizes.bimodality([float(n) for n in range(1000)]) == pytest.approx(5 / 9, abs=0.005)
    assert sizes.bimodality([3.0] * 9) is None
    assert sizes.bimodality([1.0, 2.0, 3.0]) is None


def test_row_000_25_demand_by_buyer_makes_the_total_and_a_small_market_warns():
    bought = [("u1", "university", 30.0), ("h1", "hospital", 20.0), ("i1", "institute", 50.0), ("x", "", 5.0)]
    found = market.by_buyer([*(market.Purchase(*row) for row in bought), market.Purchase("y", "hospital", None)])
    assert sum(found.by_type.values()) == found.total == 105
    assert found.without_value == ("y",)
    assert next(iter(found.by_type)) == "institute"
    assert market.room(300, 120, 2).too_small
    assert not market.room(600, 120, 2).too_small


def test_row_003_02_deficits_and_competitiveness_of_2018_and_2019():
    assert trade.deficit(714.7, 1026.2) == pytest.approx(311.5)
    assert trade.deficit(729.5, 987.1) == pytest.approx(257.6)
    assert trade.competitiveness(714.7, 1026.2) == pytest.approx(-0.178931, abs=1e-6)
    assert trade.competitiveness(729.5, 987.1) == pytest.approx(-0.150064, abs=1e-6)


def test_row_001_13_and_14_derived_shares_of_the_benchmarks():
    assert market.share(25, 58) == pytest.approx(0.431034, abs=1e-6)
    assert market.share(0.25, 0.6) == pytest.approx(0.416667, abs=1e-6)


def test_row_004_06_density_and_the_next_best_tenant():
    members, ties = ["a", "b", "c"], [("a", "b"), ("b", "c"), ("d", "a"), ("d", "b"), ("e", "c"), ("e", "x")]
    assert links.density(members, ties) == pytest.approx(2 / 3)
    first, second = links.next_tenants(members, ["e", "d"], ties)
    assert (first.id, first.ties, first.density) == ("d", 2, pytest.approx(4 / 6))
    assert (second.id, second.ties) == ("e", 1)
    assert links.density(["a"], ties) is None
    with pytest.raises(links.UnusableLinks, match="found 'a'"):
        links.next_tenants(members, ["a"], ties)


def test_a_staff_below_nobody_is_refused_with_one_sentence():
    with pytest.raises(concentration.UnusableSizes, match="found a staff of -3"):
        sizes.research_intensity([sizes.Spender("a", 1, 2, -3)])
