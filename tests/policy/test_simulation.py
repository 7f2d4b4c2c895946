"""Simulation: a rule set otherwise over firms, and proof before a rule is switched on."""

import json
from datetime import date
from decimal import Decimal

import pytest

from liqi import policy

DAY = date(2026, 6, 1)
RULES = policy.rules()
FIRMS = """id,contract,used,team
A,300000,0,no
B,2000000,0,no
C,2000000,480000,no
D,300000,0,yes
E,,0,no
"""


def simulated(rule_id, changes, table, **more):
    rule = RULES[rule_id]
    return policy.simulate(rule, policy.settings(changes, rule), policy.read_firms(table, rule), on=DAY, **more)


def cap(rule_id, value):
    return next(one.path for one in policy.levers(RULES[rule_id]) if one.value == value)


def test_a_higher_cap_costs_more_and_names_its_winners():
    path = cap("voucher.shanghai.2020", 500_000)
    found = simulated("voucher.shanghai.2020", {path: "800000"}, FIRMS).as_json()
    assert found["cost"] == {"before": 770_000, "after": 1_370_000, "difference": 600_000}
    assert [(one["id"], one["difference"]) for one in found["winners"]] == [("B", 300_000), ("C", 300_000)]
    assert found["losers"] == []
    assert found["cannot_tell"] == [{"id": "E", "missing": ["contract"]}]
    assert found["changes"][0]["from"] == "500000"
    json.dumps(found)


def test_a_lower_rate_names_its_losers():
    path = cap("voucher.shanghai.2020", Decimal("0.5"))
    latest = simulated("voucher.shanghai.2020", {path: "0.2"}, FIRMS).years[0]
    assert [one.id for one in latest.moved(-1)] == ["B", "A", "D"]
    assert latest.difference == -(100_000 + 90_000 + 40_000)


def test_a_threshold_of_a_condition_is_a_lever():
    table = "id,staff,sales,assets,tech_sme,dishonest\nA,600,1,1,yes,no\nB,100,1,1,yes,no\n"
    path = cap("voucher.beijing.2025.eligible", 500)
    latest = simulated("voucher.beijing.2025.eligible", {path: "700"}, table).years[0]
    assert ([one.id for one in latest.moved(1)], latest.count("before", "yes"), latest.count("after", "yes")) == (
        ["A"],
        1,
        2,
    )


def test_row_002_12_an_award_for_a_first_time_is_paid_in_one_of_the_last_three_years_alone():
    table = "id,history\nA,0.8 1.2 0.9 1.3\nB,0.5 0.6 0.7 1.1\nC,6 6 6 6\n"
    found = simulated("beijing.instrument.threshold", {"reached.awards.0": "1000000"}, table)
    assert [(year.year, year.count("after", "yes"), year.cost("after")) for year in found.years] == [
        (2026, 1, 1_000_000),
        (2025, 0, 0),
        (2024, 1, 1_000_000),
    ]


def test_the_last_three_years_of_a_table_with_years_are_replayed_the_latest_first():
    table = "id,year,principal,years\n" + "".join(f"A,{year},{10**7 + year},2\n" for year in range(2020, 2026))
    found = simulated("loan.2026", {cap("loan.2026", Decimal("0.015")): "0.02"}, table)
    assert [year.year for year in found.years] == [2025, 2024, 2023]
    assert [year.in_force for year in found.years] == [False, False, False]
    assert found.years[0].cost("after") == (10**7 + 2025) * 2 * Decimal("0.02")


def test_what_cannot_be_read_of_a_firm_is_said_with_its_row_and_not_known():
    found = simulated("voucher.shanghai.2020", {cap("voucher.shanghai.2020", 500_000): "1"}, FIRMS + "F,plenty,0,no\n")
    assert found.problems[0].startswith("row 7: contract: found 'plenty'")
    assert found.years[0].outcomes[-1].after.result == "cannot tell"


@pytest.mark.parametrize(
    ("table", "says"),
    [("", "an empty table"), ("a,b\n1,2\n", "expected some of contract"), ("id,contract\n", "found 0 firms")],
)
def test_a_table_without_firms_is_refused(table, says):
    with pytest.raises(policy.UnusableFirms, match=says):
        policy.read_firms(table, RULES["voucher.shanghai.2020"])


@pytest.mark.parametrize(
    "changes", [{"amount.luck": "1"}, {"amount.cap": "much"}, {"amount.rate": "-1"}, {"amount.rate": "true"}, {"": "1"}]
)
def test_a_number_that_the_rule_does_not_have_is_refused(changes):
    with pytest.raises(policy.UnknownLever, match="expected"):
        simulated("voucher.shanghai.2020", changes, FIRMS)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_lever_of_every_rule_can_be_set_and_read_again(rule):
    for lever in policy.levers(rule):
        changed = policy.change(rule, {lever.path: lever.value + 1})
        again = {one.path: one.value for one in policy.levers(changed)}
        assert again.pop(lever.path) == lever.value + 1
        assert again == {one.path: one.value for one in policy.levers(rule) if one.path != lever.path}
        assert lever.words


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_that_is_shipped_can_be_switched_on(rule):
    policy.prove(rule, day=DAY)


def test_a_rule_without_cases_or_with_a_wrong_one_cannot_be_switched_on():
    import dataclasses

    rule = RULES["loan.2026"]
    with pytest.raises(policy.BrokenRule, match="no worked case; expected at least one before the rule is switched on"):
        policy.prove(dataclasses.replace(rule, cases=()), day=DAY)
    path = next(one.path for one in policy.levers(rule) if one.value == Decimal("0.015"))
    with pytest.raises(policy.BrokenRule, match="case 1: found amount"):
        policy.prove(policy.change(rule, {path: Decimal("0.02")}), day=DAY)


def test_a_year_that_is_no_number_is_said_and_a_place_beyond_the_awards_is_refused():
    rule = RULES["beijing.instrument.threshold"]
    found = policy.read_firms("id,year,contract\nA,²⁰²⁵,1\n", RULES["voucher.shanghai.2020"])
    assert "expected a year such as 2025" in found[0].problems[0]
    for place in ("²", "99", ""):
        with pytest.raises((policy.UnknownLever, policy.BrokenRule), match="expected"):
            policy.change(rule, {f"reached.awards.{place}": Decimal(1)})


@pytest.mark.parametrize(
    ("typed", "read"),
    [("30%", "0.3"), ("30 %", "0.3"), ("３０％", "0.3"), ("0.25", "0.25"), ("1e0", "1")],
)
def test_a_share_is_typed_in_per_cent_or_as_it_stands(typed, read):
    rule = policy.rules()["share.qingdao.user"]
    assert policy.settings({"amount.rate.then": typed}, rule) == {"amount.rate.then": Decimal(read)}


@pytest.mark.parametrize(
    "typed", ["600 000", "¥ 600,000", "60万", "60 万元", "600000 元", "600_000", "6e5", "600\u202f000", "６０萬"]
)
def test_an_amount_is_typed_as_people_write_it(typed):
    rule = policy.rules()["share.qingdao.user"]
    assert policy.settings({"amount.cap": typed}, rule) == {"amount.cap": Decimal(600_000)}


@pytest.mark.parametrize("typed", ["", "30%", "-1", "much", "1 2", "inf", "nan", "true", "1e999", "9" * 99, "30 m2"])
def test_what_is_no_amount_is_refused_in_a_sentence(typed):
    with pytest.raises(policy.UnknownLever, match="expected a number from 0 up"):
        policy.settings({"amount.cap": typed}, policy.rules()["share.qingdao.user"])
