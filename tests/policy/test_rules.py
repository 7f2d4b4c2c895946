from datetime import date
from decimal import Decimal

import pytest

from liqi import policy

DAY = date(2026, 6, 1)
RULE = {
    "id": "made.up",
    "kind": "voucher",
    "place": {"code": "310000", "zh": "上海", "en": "Shanghai"},
    "title": {"zh": "券", "en": "voucher"},
    "issuer": "x",
    "document": "D1",
    "clause": {"zh": "一", "en": "one"},
    "source": "s",
    "confidence": "sample",
    "input": [
        {"name": "fee", "kind": "money", "unit": "CNY", "label": {"zh": "费", "en": "fee"},
         "question": {"zh": "?", "en": "?"}},
        {"name": "small", "kind": "yes_no", "label": {"zh": "小", "en": "small"},
         "question": {"zh": "?", "en": "?"}},
    ],
    "condition": {"all": [{"input": "small", "equals": True}, {"input": "fee", "above": 100}]},
    "amount": {"of": "fee", "rate": Decimal("0.5"), "cap": 1000},
    "case": [{"subject": {"fee": 200, "small": True}, "result": "yes", "amount": 100}],
}  # fmt: skip


def verdict(subject, rule_id="voucher.beijing.2015", on=DAY, place=None, language="en"):
    return policy.judge(policy.rules()[rule_id], subject, on=on, place=place, language=language)


def test_a_rule_without_cases_cannot_be_loaded():
    with pytest.raises(policy.BrokenRule, match=r"made.up: found no worked case"):
        policy.parse({**RULE, "case": []})


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"condition": {"input": "unknown", "above": 1}}, "the input 'unknown'"),
        ({"condition": {"input": "fee", "about": 1}}, "the condition"),
        ({"amount": {"of": {"power": ["fee", 2]}}}, "the expression"),
        ({"confidence": "sure"}, "confidence 'sure'"),
        ({"valid_from": date(2026, 1, 2), "valid_to": date(2026, 1, 1)}, "an end before the start"),
    ],
)
def test_a_rule_that_does_not_hang_together_is_refused(change, found):
    with pytest.raises(policy.BrokenRule, match=found):
        policy.parse({**RULE, **change})


def test_no_needs_only_what_decides_it():
    rule = policy.parse(RULE)
    decided = policy.judge(rule, {"small": False}, on=DAY)
    assert (decided.result, decided.missing) == ("no", ())
    open_ = policy.judge(rule, {"small": True}, on=DAY)
    assert (open_.result, open_.missing, open_.amount) == ("cannot tell", ("fee",), None)


def test_a_rule_is_answered_as_of_the_day_asked():
    subject = {"need": 52_300, "first": True}
    assert verdict(subject, on=date(2018, 4, 30)).result == "yes"
    late = verdict(subject, on=date(2018, 5, 1))
    assert (late.result, late.in_force) == ("no", False)
    assert "2018-04-30" in late.trace[0]["check"]


@pytest.mark.parametrize(
    ("place", "result"),
    [
        ("331083", "yes"),
        ("330000", "cannot tell"),
        ("CN", "cannot tell"),
        ("310000", "no"),
        ("DE", "no"),
        (None, "yes"),
    ],
)
def test_a_rule_of_a_town_asks_where_the_subject_sits(place, result):
    found = verdict({"fee": 9000, "held": 20000, "used": 0}, "voucher.yuhuan.2023", place=place)
    assert found.result == result
    assert found.missing == (("place",) if result == "cannot tell" else ())


@pytest.mark.parametrize("place", ["上海", "上海市", "Shanghai", "CN-SH", "31", "310000", "310115", "浦东新区"])
def test_a_place_may_be_said_in_many_ways(place):
    found = policy.verdicts({"price": 500_000, "public_money": True}, on=DAY, place=place)
    assert {v.rule.id: v.result for v in found}["dup.shanghai"] == "yes"


def test_a_national_rule_holds_everywhere_at_home_and_nowhere_abroad():
    assert policy.covers("CN", "370202") is True
    assert policy.covers("CN", "NL") is False


def test_an_unknown_place_is_refused():
    with pytest.raises(policy.UnknownPlace, match="found place 'Atlantis'"):
        policy.check({}, on=DAY, place="Atlantis")


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ({"need": "much", "first": True}, "expected a number in CNY"),
        ({"need": -1, "first": True}, "expected a number from 0 up"),
        ({"need": 1, "first": "yes"}, "expected true or false"),
        ({"need": float("nan"), "first": True}, "expected a finite number"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named(subject, expected):
    with pytest.raises(policy.UnreadableSubject, match=expected):
        verdict(subject, on=date(2016, 1, 1))


def test_a_table_under_the_rules_id_goes_first():
    subject = {"principal": 10_000_000, "years": 9, "loan.2026": {"years": 1}}
    assert verdict(subject, "loan.2026").amount == 150_000


def test_the_answer_holds_just_what_the_command_promises():
    answer = policy.check({"need": 100}, on=DAY)
    assert set(answer) == {"on", "rules"}
    assert set(answer["rules"][0]) == {
        "id", "title", "result", "amount_cny", "missing", "trace", "clause", "source", "confidence",
    }  # fmt: skip
    assert len(answer["rules"]) == len(policy.rules())


def test_the_trace_says_every_node_in_both_languages():
    subject = {"staff": 501, "sales": 1, "assets": 1, "tech_sme": True, "dishonest": False}
    english = verdict(subject, "voucher.beijing.2025.eligible")
    line = next(line for line in english.trace if line["check"] == "staff ≤ 500")
    assert (line["found"], line["result"]) == ("staff = 501 people", "no")
    chinese = verdict(subject, "voucher.beijing.2025.eligible", language="zh-hans")
    assert {"depth": 1, "check": "职工人数 ≤ 500", "found": "职工人数 = 501 人", "result": "否"} in chinese.trace


def test_a_payment_of_nothing_is_a_no_with_its_reason():
    nothing = verdict({"need": 4999, "first": True}, on=date(2016, 1, 1))
    assert (nothing.result, nothing.amount) == ("no", 0)
    assert any(line["check"] == "the amount comes to more than zero" for line in nothing.trace)


def test_a_word_that_is_no_choice_of_a_rule_is_passed_over_with_a_remark():
    found = verdict({"kind": "a firm"}, "voucher.chongqing.2016")
    assert (found.result, found.missing) == ("cannot tell", ("kind",))
    assert "found 'a firm'; expected one of sharing, hightech" in found.trace[0]["found"]
