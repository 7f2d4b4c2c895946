import polars as pl
import pytest

from liqi.insight import Question, UnusableTable, answer, compute


def ask(name, frame, **question):
    return compute(name, pl.DataFrame(frame), Question(**question))


def test_a_league_has_a_line_for_each_holder_and_may_be_cut():
    frame = {"vendor": ["A"] * 5 + ["B"] * 3 + ["C", "C", ""], "brand_country": ["US"] * 8 + ["CN"] * 3}
    found = ask("league", frame, settings={"top": "2"})
    assert [(f.group["holder"], f.group["from"], f.value) for f in found] == [("A", "US", 0.5), ("B", "US", 0.3)]
    assert found[1].counts == {"rank": 2, "size": 3, "cumulative": 0.8}


def test_a_league_through_the_owner_lens_reads_the_owners_of_a_second_table(tmp_path):
    owners = tmp_path / "owners.csv"
    owners.write_text("maker,owner,owner_country,from_on,to_on\nA,C,CN,2015-03-01,\n", encoding="utf-8")
    frame = {"maker": ["A", "B", "C"], "brand_country": ["US", "US", "CN"]}
    after = ask("league", frame, settings={"owners": str(owners), "on": "2015-03-01"})
    before = ask("league", frame, settings={"owners": str(owners), "on": "2015-02-28"})
    assert [(f.group["holder"], f.group["from"], f.counts["size"]) for f in after] == [("C", "CN", 2), ("B", "US", 1)]
    assert len(before) == 3


def test_shares_may_be_split_by_the_year_of_a_date():
    frame = {"made_in": ["US", "CN", "CN"], "acquired_on": ["2019-01-02", "2020-03-04", "2020-05-06"]}
    found = ask("domestic_share", frame, by=("year",))
    assert [(f.group["year"], f.value) for f in found] == [("2019", 0.0), ("2020", 1.0)]


def test_substitution_by_year_keeps_the_years_without_purchases():
    frame = {"made_in": ["US", "CN", "US"], "year": ["2018", "2020", "2020"], "class": ["a"] * 3}
    found = ask("substitution_rate", frame, by=("class", "year"))
    assert [(f.group["year"], f.value, f.note) for f in found] == [
        ("2018", 0.0, ""), ("2019", None, "no purchases"), ("2020", 0.5, ""),
    ]  # fmt: skip


def test_choke_points_of_items_with_their_factors_and_of_instruments():
    items = {"item": ["a", "b"], "foreign_share": ["1", "0.9"], "sources": ["1", "2"],
             "domestic_sources": ["0", ""], "use": ["10", "10"]}  # fmt: skip
    a, b = ask("choke_points", items)
    assert (a.group, a.value, a.note) == ({"item": "a"}, 1.0, "choke point")
    assert (b.value, b.note) == (None, "not known: absence")
    stock = {"class": ["MS", "MS", "NMR"], "maker": ["x", "x", "y"], "made_in": ["US", "US", "CN"]}
    assert [(f.group["class"], f.value) for f in ask("choke_points", stock)] == [("MS", 1.0), ("NMR", 0.0)]


def test_a_technology_tree_gives_both_bounds_for_every_part():
    parts = {"part": ["instrument", "sensor", "chip"], "parent": ["", "instrument", "instrument"],
             "foreign_share": ["", "80%", "0.9"], "sources": ["", "1", "1"]}  # fmt: skip
    found = {(f.group["part"], f.group["bound"]): f for f in ask("technology_tree", parts)}
    assert found["instrument", "independent"].value == pytest.approx(0.98)
    assert found["instrument", "weakest"].value == 0.9
    assert found["chip", "weakest"].note == "single source, no substitute"


def test_demand_is_estimated_with_coefficients_that_may_be_set():
    frame = {"city": ["a", "b"], "fixed_assets": ["10", ""], "research_funds": ["", "40"]}
    assert [f.value for f in ask("instrument_demand", frame, by=("city",))] == [6, 10]
    assert [f.value for f in ask("instrument_demand", frame, settings={"fixed_assets": "0.5"})] == [15]


@pytest.mark.parametrize(
    ("name", "frame", "settings", "says"),
    [
        ("league", {"maker": ["a"]}, {"top": "many"}, "found --set top=many"),
        ("league", {"maker": ["a"]}, {"owners": "no.csv", "on": "2020-01-01"}, "found no such file"),
        ("league", {"maker": ["a"]}, {"on": "soon"}, "expected a day"),
        ("league", {"name": ["a"]}, {}, "expects a column of holders"),
        ("substitution_rate", {"made_in": ["CN"]}, {}, "years of purchase expect"),
        ("choke_points", {"item": ["a"], "foreign_share": ["1.2"], "sources": ["1"], "domestic_sources": ["0"],
                          "use": ["1"]}, {}, "expected a number from 0 to 1"),
        ("choke_points", {"class": ["a"]}, {}, "choke points expect maker too"),
        ("technology_tree", {"part": ["a"], "parent": ["a"]}, {}, "circle"),
        ("instrument_demand", {"money": ["1"]}, {}, "expected fixed_assets"),
        ("instrument_demand", {"fixed_assets": ["-1"]}, {}, "expected a number from 0 up"),
        ("instrument_demand", {"fixed_assets": ["1"]}, {"fixed_assets": "60"}, "expected a share from 0 to 1"),
        ("hhi", {"maker": ["a"]}, {"top": "2"}, "found --set top"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_refused_with_one_sentence(name, frame, settings, says):
    with pytest.raises(UnusableTable, match=says):
        ask(name, frame, settings=settings)


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("league", "maker"),
        ("substitution_rate", "made_in year"),
        ("choke_points", "class maker made_in"),
        ("technology_tree", "part parent"),
        ("instrument_demand", "fixed_assets research_funds"),
        ("mid_gap", "class stage"),
        ("mid_gap", "front middle end"),
        ("innovation_cluster", "class stage"),
        ("chain_diagnosis", "class stage"),
        ("pair_gain", "class stage"),
        ("consortium", "id stage"),
        ("talent_coverage", "talent stage"),
        ("degree_centrality", "from to"),
        ("readiness", "element there"),
        ("stage_advice", "trl"),
    ],
)
def test_an_empty_table_has_an_answer_without_a_made_up_number(name, columns):
    frame = pl.DataFrame({column: pl.Series([], dtype=pl.String) for column in columns.split()})
    found = answer(name, frame, Question())
    assert found["values"]
    assert all(one["value"] is None or name == "pair_gain" for one in found["values"])
