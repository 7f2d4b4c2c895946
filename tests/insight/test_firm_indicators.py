"""Indicators of firms, markets and pipelines over tables, as `liqi indicator` makes them."""

from datetime import date

import polars as pl
import pytest

from liqi.insight import NONE_RECORDED, Question, UnusableTable, answer, compute
from tests.insight.test_pipeline_rows import freireich

DAY = date(2026, 11, 22)


def table(**columns):
    return pl.DataFrame(columns)


def test_champions_of_a_table_with_blanks():
    firms = table(
        name_en=["Elementar", "Metrohm", "JULABO", "Thermo Fisher Scientific", "Schott"],
        field=["元素分析", "离子分析", "温度控制", "综合", "光学玻璃"],
        product_lines=["5", "", "1", "", ""],
        world_rank=["", "2", "", "", ""],
        age_years=["100", "70", "", "", ""],
        founded=["", "", "1967", "", ""],
        staff=["", "3000", "400", "", ""],
    )
    found = compute("hidden_champions", firms, Question(as_of=DAY))
    assert [one.value for one in found] == [1, 1, 1, 0, None]
    assert found[4].note.startswith("cannot tell; not said: scope")
    strict = compute("hidden_champions", firms, Question(as_of=DAY, settings={"staff": "300"}))
    assert [one.value for one in strict] == [1, 0, 0, 0, None]


def test_sizes_and_research_of_a_table():
    firms = table(staff=["40000", "30000", "20000", "10", "11", "12", "13", ""] * 5, kind=["x"] * 40)
    assert compute("tail_share", firms, Question())[0].value == pytest.approx(46 / 90046)
    (humps,) = compute("bimodality", firms, Question(by=("kind",)))
    assert humps.value > 5 / 9
    assert humps.missing == pytest.approx(1 / 8)
    money = table(research=["5", "", "0"], revenue=["100", "900", "100"])
    (found,) = compute("research_intensity", money, Question())
    assert (found.value, found.missing) == (pytest.approx(0.025), pytest.approx(1 / 3))


def test_the_market_of_2016_to_2018():
    (part,) = compute("market_share", table(part=["167.5"], whole=["620"]), Question())
    assert part.value == pytest.approx(0.270161, abs=1e-6)
    row = table(size=["620"], growth=["0.075"], years=["2"])
    assert compute("market_projection", row, Question())[0].value == pytest.approx(716.4875)
    genome = table(work=["3e9"], rate_a_day=["1e6"], machines=["8"], uptime=["1"])
    assert compute("days_needed", genome, Question())[0].value == 375


def test_parts_of_demand_and_money_make_one():
    bought = table(buyer=["hospital", "university", "", "hospital"], amount=["20", "30", "5", ""])
    found = compute("demand_by_buyer", bought, Question())
    assert sum(one.value for one in found) == pytest.approx(1)
    assert {one.group["buyer"]: one.missing for one in found} == {"hospital": 0.5, "university": 0.0, None: 0.0}
    money = table(source=["stable", "competitive"], amount=[60, 40])
    assert [one.value for one in compute("funding_mix", money, Question())] == [0.6, 0.4]


def test_row_000_08_three_of_five_made_to_order_are_sixty_percent_and_silence_is_missing():
    lines = table(custom=["yes", "no", ""], count=["30000", "15000", "5000"])
    (found,) = compute("custom_share", lines, Question())
    assert (found.value, found.missing) == (pytest.approx(2 / 3), pytest.approx(1 / 3))
    assert compute("custom_share", table(custom=["是"] * 3 + ["否"] * 2), Question())[0].value == pytest.approx(0.6)
    assert compute("retention", table(here=["yes"] * 3 + ["no"] * 7), Question())[0].value == pytest.approx(0.3)


def test_links_outputs_and_customers():
    ties = table(**{"from": ["a", "b", "c", ""], "to": ["b", "c", "a", "x"]})
    assert compute("link_density", ties, Question())[0].value == 1
    outputs = table(instrument=["STM"] * 68 + [""] * 32)
    assert compute("outputs_linked", outputs, Question())[0].value == pytest.approx(0.68)
    sold = table(customer=["东京大学", "清华", "清华"], date=["2019-01-01"] * 3, country=["JP", "CN", "CN"])
    assert compute("customers_abroad", sold, Question())[0].value == pytest.approx(0.5)


def test_freireich_by_the_command():
    spells = freireich()
    frame = table(
        time=[one.time for one in spells], exit=[one.exit for one in spells], group=[one.group for one in spells]
    )
    said = answer("median_time", frame, Question(by=("group",)))["values"]
    assert [(one["group"], one["value"]) for one in said] == [("drug", 23), ("placebo", 8)]
    (found,) = compute("log_rank", frame, Question())
    assert found.value == pytest.approx(16.7929, abs=1e-4)
    drug, placebo = compute("exit_probability", frame, Question(by=("group",)))
    assert placebo.value == pytest.approx(1)
    assert drug.group == {"group": "drug", "exit": "relapse"}


def test_the_funnel_targets_and_the_portfolio():
    states = table(state=["found", "found", "signed", ""])
    rungs = compute("funnel", states, Question())
    assert {one.group["state"]: one.counts["reached"] for one in rungs}["signed"] == 1
    plan = table(name=["院所"], target=[100], reached=[35], begun=["2018-11-01"], due=["2025-12-31"])
    (found,) = compute("target_progress", plan, Question(as_of=date(2021, 6, 1)))
    assert (found.value, found.note) == (pytest.approx(0.35), "behind")
    sack = table(id=["a", "b", "c"], cost=[10, 20, 30], score=[60, 100, 120])
    taken = compute("portfolio", sack, Question(settings={"budget": "50", "conflicts": "b:c"}))
    assert [one.value for one in taken] == [1, 0, 1]


@pytest.mark.parametrize(
    ("name", "columns", "settings", "says"),
    [
        ("portfolio", {"id": ["a"], "cost": [1], "score": [1]}, {}, "no --set budget"),
        ("portfolio", {"id": ["a"], "cost": [1], "score": [1]}, {"budget": "1", "conflicts": "a"}, "no pairs"),
        ("target_progress", {"target": [1], "reached": [1], "begun": ["x"], "due": ["y"]}, {}, "found 'x'"),
        ("median_time", {"time": ["long"], "exit": [""]}, {}, "found 'long'"),
        ("demand_by_buyer", {"buyer": ["a"]}, {}, "column of amounts"),
        ("hidden_champions", {"colour": ["red"]}, {}, "column of names"),
        ("hidden_champions", {"name": ["a"]}, {"staff": "many"}, "whole number"),
    ],
)
def test_what_cannot_be_asked_is_told_in_a_sentence(name, columns, settings, says):
    with pytest.raises(UnusableTable, match=says):
        compute(name, table(**columns), Question(as_of=DAY, settings=settings))


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("tail_share", ["staff"]), ("research_intensity", ["research", "revenue"]), ("market_share", ["part", "whole"]),
        ("market_projection", ["size", "growth", "years"]), ("demand_by_buyer", ["buyer", "amount"]),
        ("retention", ["here"]), ("customers_abroad", ["customer", "date", "country"]), ("funnel", ["state"]),
        ("link_density", ["from", "to"]), ("outputs_linked", ["instrument"]), ("median_time", ["time", "exit"]),
        ("log_rank", ["time", "exit", "group"]), ("exit_probability", ["time", "exit"]),
        ("target_progress", ["target", "reached", "begun", "due"]),
    ],
)  # fmt: skip
def test_a_table_of_nothing_gives_nothing_and_says_so(name, columns):
    frame = pl.DataFrame({column: pl.Series([], dtype=pl.String) for column in columns})
    for figure in compute(name, frame, Question(as_of=DAY)):
        assert (figure.value, figure.note) == (None, NONE_RECORDED)
