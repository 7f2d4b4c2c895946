"""The rows of the mission about dependence, each proved by its known or published answer."""

from datetime import date

import polars as pl
import pytest

from liqi.insight import UnusableTable, chokepoints, cohorts, concentration, dependence, league, purchasing, technology
from liqi.insight.chokepoints import Item
from liqi.insight.technology import Part


def test_the_published_line_of_concentration():
    sizes = [20, 50, 20, 10]
    found = {name: measure(sizes) for name, measure in concentration.MEASURES.items()}
    assert found["hhi"] == pytest.approx(0.34)
    assert found["hhi_normalised"] == pytest.approx(0.12)
    assert found["equivalent_number"] == pytest.approx(2.94, abs=0.005)
    assert (found["gini"], found["gini_corrected"]) == pytest.approx((0.3, 0.4))
    assert found["theil"] == pytest.approx(0.165687, abs=1e-6)
    assert found["mean_log_deviation"] == pytest.approx(0.167358, abs=1e-6)


def test_the_first_quarter_of_2025_by_where_it_was_shipped_from():
    """2,989 mass spectrometers for 302 M USD; Singapore is a shipping place: shipment is not brand."""
    shipped = pl.DataFrame(
        {"shipped_from": ["SG", "DE", "US", "other"], "musd": [87, 77, 66, 72], "units": [None, None, 1012, 1977]}
    )
    unit_value_musd = shipped["musd"].sum() / shipped["units"].sum()
    assert unit_value_musd == pytest.approx(0.101037, abs=1e-6)
    by_value = league.league(shipped, "shipped_from", weight="musd")
    assert by_value.holders[0].name == "SG"
    assert by_value.holders[0].share == pytest.approx(0.288079, abs=1e-6)
    by_units = {holder.name: holder.share for holder in league.league(shipped, "shipped_from", weight="units").holders}
    assert by_units["US"] == pytest.approx(0.338575, abs=1e-6)


def test_row_000_09_sixty_percent_of_fixed_assets_and_a_quarter_of_funds():
    assert purchasing.estimate({"fixed_assets": 10}).total == 6
    assert purchasing.estimate({"research_funds": 40}).total == 10
    both = purchasing.estimate({"fixed_assets": 10, "research_funds": 40})
    assert (both.total, both.not_said) == (16, ())


def test_coefficients_are_editable_and_dated_and_amounts_that_cannot_be_are_refused():
    mine = {"fixed_assets": purchasing.Coefficient(0.5, date(2025, 1, 1), "our budget")}
    assert purchasing.estimate({"fixed_assets": 10}, mine).total == 5
    assert purchasing.estimate({"fixed_assets": None}).total is None
    for amounts in ({"fixed_assets": -1}, {"fixed_assets": float("nan")}, {"luck": 1}):
        with pytest.raises(purchasing.UnusableAmount, match="expected"):
            purchasing.estimate(amounts)
    with pytest.raises(purchasing.UnusableAmount, match="expected a share"):
        purchasing.estimate({"x": 1}, {"x": purchasing.Coefficient(60, date(2025, 1, 1), "")})


def test_row_000_10_only_magnetic_resonance_is_green():
    stock = pl.DataFrame({"class": ["MS", "MS", "NMR", "SEM"], "made_in": ["US", "JP", "CN", "DE"],
                          "value_cny": [3e6, 1e6, 3e6, 3e6]})  # fmt: skip
    heat = dependence.heat(dependence.with_band(stock))
    assert [cell for cell, figure in heat.cells.items() if figure.value == 1.0] == [("NMR", "2 M to 5 M")]


def top_twenty():
    return pl.DataFrame(
        {"maker": [f"firm {i:02}" for i in range(20)], "brand_country": ["US"] * 8 + ["EU"] * 7 + ["JP"] * 5}
    )


def test_row_000_11_the_top_twenty_by_origin():
    found = league.league(top_twenty(), lens="brand")
    sizes = [country.size for country in found.countries]
    assert [(country.name, country.size) for country in found.countries] == [("US", 8), ("EU", 7), ("JP", 5)]
    assert concentration.hhi(sizes) == pytest.approx(0.345)
    assert found.countries[0].share == pytest.approx(0.4)
    assert "CN" not in {country.name for country in found.countries}


STOCK = pl.DataFrame({"id": ["1", "2", "3", "4"], "maker": ["brand", "brand", "buyer", ""],
                      "brand_country": ["US", "US", "CN", None], "made_in": ["US", "SG", "CN", "CN"]})  # fmt: skip
OWNERS = pl.DataFrame({"maker": ["brand"], "owner": ["buyer"], "owner_country": ["CN"],
                       "from_on": ["2015-03-01"], "to_on": [""]})  # fmt: skip


@pytest.mark.parametrize(("day", "owned"), [(date(2015, 2, 28), 1), (date(2015, 3, 1), 3)])
def test_row_000_12_a_bought_brand_is_with_its_owner_from_that_day_and_never_under_made_in(day, owned):
    by_owner = league.league(STOCK, lens="owner", owners=OWNERS, on=day)
    assert {h.name: h.size for h in by_owner.holders}["buyer"] == owned
    under_brand = league.league(STOCK, lens="brand", owners=OWNERS, on=day)
    assert {h.name: (h.size, h.country) for h in under_brand.holders} == {"brand": (2, "US"), "buyer": (1, "CN")}
    made = league.league(STOCK, lens="made_in", owners=OWNERS, on=day)
    assert {c.name: c.size for c in made.sizes_by_country} == {"CN": 1, "SG": 1, "US": 1}


def test_the_league_adds_up_ranks_equals_alike_and_says_what_is_missing():
    found = league.league(STOCK)
    assert found.missing == 0.25
    assert [(h.name, h.rank, h.cumulative) for h in found.holders] == [("brand", 1, 2 / 3), ("buyer", 2, 1.0)]
    assert found.holders[0].row_ids == ("1", "2")
    equal = league.league(pl.DataFrame({"maker": ["a", "b", "c", "c"]}))
    assert [(h.name, h.rank) for h in equal.holders] == [("c", 1), ("a", 2), ("b", 2)]


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        (pl.DataFrame({"name": ["a"]}), "expects a column of holders"),
        (pl.DataFrame({"maker": ["a"], "n": [-1]}), "found the size -1"),
    ],
)
def test_a_table_without_holders_or_with_sizes_below_zero_is_refused(frame, says):
    with pytest.raises(UnusableTable, match=says):
        league.league(frame, weight="n" if "n" in frame.columns else None)


def test_an_empty_league_has_no_measure():
    found = league.league(pl.DataFrame({"maker": pl.Series([], dtype=pl.String)}))
    assert (found.holders, found.measures["hhi"].value, found.measures["hhi"].note) == ((), None, "none recorded")


def test_row_000_13_choke_points_come_in_the_order_of_the_product():
    table = [
        Item("sequencer", 1.0, 1.0, 0, 100),
        Item("cryo-EM", 1.0, 2.0, 0, 100),
        Item("orbitrap", 1.0, 1.0, 0, 20),
        Item("SEM", 0.9, 3.0, 2, 100),
        Item("NMR", 0.5, 2.0, 1, 40),
        Item("balance", 0.0, None, 9, 100),
    ]
    found = chokepoints.rank(table[::-1])
    assert [one.item.name for one in found] == ["sequencer", "cryo-EM", "orbitrap", "SEM", "NMR", "balance"]
    assert [one.score for one in found] == pytest.approx([1, 0.5, 0.2, 0.1, 0.05, 0])
    assert [one.item.name for one in found if one.is_choke_point] == ["sequencer", "cryo-EM", "orbitrap"]


def test_an_item_with_an_unknown_factor_is_listed_last_and_says_which():
    found = chokepoints.rank([Item("dark", None, 1.0, 0, 5), Item("known", 0.5, 1.0, 0, 5)])
    assert [(one.item.name, one.rank, one.unknown) for one in found] == [("known", 1, ()), ("dark", 0, ("dependence",))]


def test_items_are_made_of_instruments_with_their_sources_and_use():
    stock = pl.DataFrame({"class": ["MS"] * 4 + ["NMR"], "maker": ["a", "a", "b", "c", "c"],
                          "made_in": ["US", "US", "DE", "CN", "CN"], "hours": [10, 20, 30, None, 5]})  # fmt: skip
    ms, nmr = chokepoints.items(stock, use="hours")
    assert (ms.foreign_share, ms.domestic_sources, ms.use) == (0.75, 1, 60)
    assert ms.sources == pytest.approx(1 / ((2 / 3) ** 2 + (1 / 3) ** 2))
    assert (nmr.foreign_share, nmr.sources, nmr.use) == (0.0, None, 5)


def test_row_000_16_the_two_imported_single_source_leaves_are_named():
    found = technology.tree(
        [
            Part("mass spectrometer", ""),
            Part("ion source", "mass spectrometer", "mechanics", 0.2, 5),
            Part("detector", "mass spectrometer"),
            Part("electron multiplier", "detector", "materials", 1.0, 1),
            Part("converter", "detector", "electronics", 0.95, 1),
            Part("turbo pump", "mass spectrometer", "vacuum", 1.0, 1, substitute="domestic pump"),
            Part("software", "mass spectrometer", "computing", 0.0, 1),
        ]
    )
    assert [part.name for part in found.critical] == ["electron multiplier", "converter"]


def test_row_002_06_dependence_carried_up_has_both_bounds():
    found = technology.tree(
        [Part("instrument", ""), Part("sensor", "instrument", "", 0.8, 1), Part("chip", "instrument", "", 0.9, 1)]
    )
    (top,) = found.tops
    assert top.independent == pytest.approx(0.98)
    assert (top.weakest, top.weakest_part) == (0.9, "chip")
    assert (top.at_risk_independent, top.at_risk_weakest) == (pytest.approx(0.98), 0.9)


def test_a_leaf_that_nobody_has_spoken_of_is_in_no_bound_and_counted():
    (top,) = technology.tree([Part("a", ""), Part("b", "a", "", 0.5, 2), Part("c", "a")]).tops
    assert (top.independent, top.weakest, top.leaves, top.unknown) == (0.5, 0.5, 2, 1)
    assert top.at_risk_independent == 0.0


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ({"part": ["a", "b"], "parent": ["b", "a"]}, "in a circle"),
        ({"part": ["a", "a"], "parent": ["", ""]}, "twice"),
        ({"part": ["a"], "parent": ["z"]}, "has no row"),
        ({"part": ["a"]}, "expects parent too"),
        ({"part": ["a"], "parent": [""], "foreign_share": ["80"]}, "expected a share"),
        ({"part": ["a"], "parent": [""], "sources": ["-1"]}, "from 0 up"),
        ({"part": [""], "parent": [""]}, "expected its name"),
    ],
)
def test_a_tree_that_is_none_is_refused_with_one_sentence(rows, says):
    with pytest.raises(UnusableTable, match=says):
        technology.tree(technology.read(pl.DataFrame(rows)))


def test_shares_may_be_written_in_per_cent_or_as_an_origin():
    frame = pl.DataFrame({"part": ["a", "b", "c", "d"], "parent": [""] * 4, "foreign_share": ["80 %", "0.9", "", ""],
                          "origin": ["", "", "US", "CN"]})  # fmt: skip
    assert [part.foreign_share for part in technology.read(frame)] == [0.8, 0.9, 1.0, 0.0]


def test_row_002_03_fourteen_of_a_thousand_purchases_and_a_year_without_any_is_no_purchases():
    bought = pl.DataFrame({"made_in": ["US"] * 986 + ["CN"] * 14 + ["CN"], "year": ["2016"] * 1000 + ["2018"],
                           "value_cny": [3e6] * 1001, "class": ["MS"] * 1001})  # fmt: skip
    found = cohorts.cohorts(bought)
    assert found.years == (2016, 2017, 2018)
    assert found.figures[2016].value == pytest.approx(0.014)
    assert (found.figures[2017].value, found.figures[2017].note) == (None, "no purchases")
    assert found.substitution[2018].value == pytest.approx(1.0)
    cells = cohorts.cube(bought).cells
    assert cells["MS", "2 M to 5 M", 2016].value == pytest.approx(0.014)
    assert cells["MS", "under 0.5 M", 2016].note == "no purchases"


def test_substitution_is_the_part_of_the_base_years_imports_that_is_now_bought_at_home():
    bought = pl.DataFrame({"made_in": ["US"] * 8 + ["CN"] * 2 + ["US"] * 5 + ["CN"] * 5,
                           "acquired_on": ["2016-05-01"] * 10 + ["2020"] * 10})  # fmt: skip
    found = cohorts.cohorts(bought)
    assert found.substitution[2020].value == pytest.approx((0.5 - 0.2) / 0.8)
    assert found.slope == pytest.approx(0.3 / 4)
    assert cohorts.cohorts(bought, base=2020).substitution[2016].value == pytest.approx((0.2 - 0.5) / 0.5)


def test_the_value_lens_of_a_cohort_adds_up_values_and_the_undated_stand_apart():
    bought = pl.DataFrame({"made_in": ["US", "CN", "CN"], "year": ["2019", "2019", ""], "value_cny": [900, 100, 50]})
    found = cohorts.cohorts(bought, weight="value_cny")
    assert found.figures[2019].value == pytest.approx(0.1)
    assert found.undated is not None
    assert found.undated.rows == 1


@pytest.mark.parametrize("said", ["soon", "20", "0000-01-01", "9999"])
def test_a_year_that_is_none_is_named(said):
    with pytest.raises(UnusableTable, match="expected a year or a day"):
        cohorts.with_year(pl.DataFrame({"year": ["2019", said]}))


def test_row_002_05_either_of_two_origins_counts_both_once():
    frame = pl.DataFrame({"brand_country": ["CN", "CN", "US"], "made_in": ["CN", "US", "CN"]})
    n = {name: figure.value for name, figure in dependence.overlap(frame).items()}
    assert n["either"] == n["brand"] + n["made_in"] - n["both"] == 3


def test_row_002_08_the_threshold_of_half_a_million_takes_500_000_in():
    frame = dependence.with_band(pl.DataFrame({"value_cny": [499_999, 500_000]}))
    assert frame["band"].to_list() == ["under 0.5 M", "0.5 M to 2 M"]
