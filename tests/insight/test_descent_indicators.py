"""Indicators of descent and use, each with the case of its row."""

import polars as pl
import pytest

from liqi.insight import Question, UnusableTable, answer


def count(name, table, **settings):
    frame = pl.DataFrame(
        {key: [str(cell) if cell is not None else None for cell in part] for key, part in table.items()}
    )
    return answer(name, frame, Question(settings=settings))["values"]


NODES = {
    "name": ["STM", "optical", "TEM", "cryo", "AFM"],
    "year": [1981, 1665, 1931, 2017, 1986],
    "source": ["a", "b", "c", "d", "e"],
    "parents": ["TEM", "", "optical", "TEM", "STM; TEM"],
}


def test_row_000_03_five_dated_nodes_stand_in_order_each_with_its_depth():
    found = count("lineage_depth", NODES)
    assert [one["year"] for one in found] == ["1665", "1931", "1981", "1986", "2017"]
    assert {one["name"]: one["value"] for one in found} == {"optical": 0, "TEM": 1, "STM": 2, "cryo": 2, "AFM": 3}


@pytest.mark.parametrize(
    ("column", "cells", "found"),
    [
        ("source", ["a", "b", "", "d", "e"], "TEM: found no source"),
        ("parents", ["TEM", "AFM", "optical", "TEM", "STM"], "AFM in 1986"),
        ("year", [1981, None, 1931, 2017, 1986], "row 2: found no name or no year"),
        ("name", ["STM", "optical", "STM", "cryo", "AFM"], "a node twice"),
    ],
)
def test_row_000_03_a_node_that_does_not_stand_is_refused(column, cells, found):
    with pytest.raises(UnusableTable, match=found):
        count("lineage_depth", {**NODES, column: cells})


def test_row_004_04_the_curves_at_home_and_abroad_count_everybody_once():
    table = {
        "customer": ["A", "B", "C", "A", ""],
        "date": ["2018-03-01", "2019-06-01", "2019-09-01", "2020-02-01", "2020-02-01"],
        "abroad": ["yes", "no", "yes", "yes", "no"],
    }
    found = count("adoption", table)
    assert [(one["year"], one["value"], one["counts"]["abroad"]) for one in found] == [
        ("2018", 1, 1), ("2019", 3, 2), ("2020", 3, 2),
    ]  # fmt: skip
    assert found[0]["missing"] == pytest.approx(0.2)


def test_row_004_07_a_user_is_new_only_once():
    found = count("first_time_users", {"user": ["a", "a", "b"], "date": ["2020-05-01", "2021-05-01", "2021-06-01"]})
    assert [(one["year"], one["value"]) for one in found] == [("2020", 1), ("2021", 1)]


def test_row_004_14_a_stake_says_its_multiple_and_yearly_rate():
    table = {"stake": ["a", "a", "b"], "date": ["2021-01-01", "2023-01-01", "2021-01-01"], "amount": [-100, 121, None]}
    one, other = count("stake_multiple", table)
    assert (one["value"], one["counts"]["rate"]) == (pytest.approx(1.21), pytest.approx(0.1))
    assert (other["value"], other["missing"], other["note"]) == (None, 1, "not known")


def test_row_004_06_the_next_tenant_is_who_brings_most_ties():
    table = {"from": ["a", "b", "x", "x", "y"], "to": ["b", "c", "a", "b", "c"]}
    found = count("link_gain", table, candidates="y,x")
    assert [(one["candidate"], one["counts"]["ties"]) for one in found] == [("x", 2), ("y", 1)]
    assert found[0]["value"] == pytest.approx(4 / 6 - 2 / 3)


@pytest.mark.parametrize(
    ("name", "table", "found"),
    [
        ("adoption", {"customer": ["a"], "date": ["soon"], "abroad": ["yes"]}, "row 1, column date: found 'soon'"),
        ("stake_multiple", {"stake": ["a"], "date": ["2020-01-01"], "amount": ["much"]}, "column amount: found 'much'"),
        ("link_gain", {"from": ["a"], "to": ["b"]}, "no --set candidates"),
        ("first_time_users", {"user": ["a"]}, "date"),
    ],
)
def test_what_cannot_be_counted_is_refused_in_a_sentence(name, table, found):
    with pytest.raises(UnusableTable, match=found):
        count(name, table)


@pytest.mark.parametrize("name", ["lineage_depth", "adoption", "first_time_users", "stake_multiple"])
def test_an_empty_table_says_none_recorded(name):
    columns = {
        "lineage_depth": ("name", "year", "source", "parents"), "adoption": ("customer", "date", "abroad"),
        "first_time_users": ("user", "date"), "stake_multiple": ("stake", "date", "amount"),
    }[name]  # fmt: skip
    (only,) = count(name, {column: [] for column in columns})
    assert (only["value"], only["note"]) == (None, "none recorded")


@pytest.mark.parametrize("name", ["adoption", "first_time_users"])
def test_a_wrong_day_is_told_by_its_row_of_the_whole_table_also_where_it_is_split(name):
    who = {"adoption": "customer", "first_time_users": "user"}[name]
    days, groups = ["2020-01-01", "2020-01-02", "2020-01-03", "soon"], ["a", "b", "a", "b"]
    frame = pl.DataFrame({who: list("wxyz"), "date": days, "abroad": ["yes"] * 4, "part": groups})
    with pytest.raises(UnusableTable, match="row 4, column date: found 'soon'"):
        answer(name, frame, Question(by=("part",)))
