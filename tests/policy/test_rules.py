import json
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
    with pytest.raises(policy.BrokenRule, match=r"made.up: case: found no worked case"):
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


def test_money_of_forty_digits_loses_no_fen():
    fee = Decimal("1234567890123456789012345678901234567890.25")
    rule = policy.parse({**RULE, "amount": {"of": "fee", "rate": Decimal("0.5")}})
    found = policy.judge(rule, {"fee": fee, "small": True}, on=DAY)
    assert str(found.amount) == "617283945061728394506172839450617283945.13"
    assert found.as_json()["amount_cny"] == "617283945061728394506172839450617283945.13"
    assert found.trace[-2]["found"] == "1234567890123456789012345678901234567890.25"


def test_money_of_forty_digits_without_fen_is_a_whole_number_of_json():
    rule = policy.parse({**RULE, "amount": {"of": "fee"}})
    found = policy.judge(rule, {"fee": 10**39 + 1, "small": True}, on=DAY)
    assert json.loads(json.dumps(found.as_json()))["amount_cny"] == 10**39 + 1


@pytest.mark.parametrize("fee", ["1e60", "1e999999", "1e-61", "9" * 61])
def test_a_number_that_no_money_has_is_refused(fee):
    with pytest.raises(policy.UnreadableSubject, match="at most 60 digits"):
        policy.judge(policy.parse(RULE), {"fee": fee, "small": True}, on=DAY)


STEP = {"name": "half", "unit": "CNY", "label": {"zh": "一半", "en": "half"}, "of": {"quotient": ["fee", 2]}}


def test_a_step_is_worked_out_once_and_written_down_with_its_name():
    rule = policy.parse({**RULE, "step": [STEP], "amount": {"of": "half", "cap": "half"}})
    found = policy.judge(rule, {"fee": 900, "small": True}, on=DAY)
    assert found.amount == 450
    assert [line["check"] for line in found.trace].count("half = (fee ÷ 2)") == 1


def test_steps_that_go_round_in_a_circle_are_refused_with_their_way():
    other = {**STEP, "name": "twice", "of": {"product": ["half", 4]}}
    with pytest.raises(policy.BrokenRule, match="circle \\(half → twice → half\\)"):
        policy.parse({**RULE, "step": [{**STEP, "of": "twice"}, other], "amount": {"of": "twice"}})


def test_a_tree_that_holds_itself_is_refused():
    tree = {"all": []}
    tree["all"].append(tree)
    with pytest.raises(policy.BrokenRule, match="goes round in a circle"):
        policy.parse({**RULE, "condition": tree})


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"title": {"zh": "券"}}, "found no 'en'"),
        ({"input": 5}, r"input: found 5; expected tables \[\[input\]\]"),
        ({"input": [5]}, "input 1: found 5; expected a table"),
        ({"amount": {"of": "fee", "step": "much"}}, "amount.step: found 'much'; expected a number"),
        ({"amount": {"of": "fee", "cap": Decimal("Infinity")}}, "amount.cap: found the expression Infinity"),
        ({"amount": {"of": {"quotient": ["fee"]}}}, "amount.of.quotient: .* expected a list of two numbers"),
        ({"amount": {"of": {"if": {"input": "small", "equals": True}, "then": 1}}}, "amount.of: found no 'else'"),
        ({"valid_from": "2026-01-01"}, "valid_from: found '2026-01-01'; expected a day without quotes"),
        ({"condition": {"input": "small", "at_least": 5}}, "condition.at_least: found 5; expected equals = true"),
        ({"condition": {"input": "fee", "equals": "much"}}, "condition.equals: found 'much'; expected a number"),
        ({"condition": {"all": {}}}, "condition.all: found {}; expected a list of conditions"),
        ({"id": ["x"]}, "id: found .* expected a text"),
        ({"id": "a/b"}, "id: found 'a/b'; expected letters, digits"),
        ({"case": [{"subject": {}, "amout": 5}]}, "case 1: found 'amout'; expected subject, on, result"),
        ({"case": [{"subject": {}}]}, "a case that says nothing of the answer"),
        ({"reached": {"of": "fee", "thresholds": [1]}}, "an input of the kind series"),
        ({"order": {"of": "fee", "by": [1]}}, "an input of the kind rows"),
    ],
)
def test_what_is_not_a_rule_is_refused_in_one_sentence(change, found):
    with pytest.raises(policy.BrokenRule, match=found) as refused:
        policy.parse({**RULE, **change})
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["", "x = ", "id = 1", "[[input]]", "\x00", "a." * 2000 + "b = 1"])
def test_what_is_not_toml_or_no_rule_is_refused(text):
    with pytest.raises(policy.BrokenRule):
        policy.from_toml(text)


def test_a_draft_may_lack_cases():
    assert policy.parse({**RULE, "case": []}, draft=True).cases == ()


def test_a_day_before_all_rules_answers_no_for_every_dated_rule():
    answer = policy.verdicts({}, on=date(1, 1, 1))
    assert all(not one.in_force and one.result == "no" for one in answer if one.rule.valid_from)


def test_a_division_by_zero_cannot_tell_and_names_the_divisor():
    found = verdict(
        {"ext_h": 1, "eff_h": 0, "in_rev": 1, "ext_rev": 1, "value": 1}, "eval.university.table", on=date(2026, 1, 1)
    )
    assert (found.result, found.missing) == ("cannot tell", ("eff_h",))


THRESHOLDS = {"of": "fee", "thresholds": [1, 5], "awards": [100, 300]}


@pytest.mark.parametrize(
    ("history", "pays", "amount"),
    [
        ([Decimal("0.8"), Decimal("1.2")], "all", 100),
        ([Decimal("0.8"), Decimal("1.2"), Decimal("0.9"), Decimal("1.3")], "all", 0),
        ([Decimal("0.9"), Decimal("5.5")], "all", 400),
        ([Decimal("0.9"), Decimal("5.5")], "highest", 300),
    ],
)
def test_an_award_for_a_first_time_is_paid_only_once(history, pays, amount):
    series = {**RULE["input"][0], "kind": "series"}
    reached = {**THRESHOLDS, "pays": pays}
    plain = {key: part for key, part in RULE.items() if key not in ("condition", "amount")}
    rule = policy.parse({**plain, "input": [series], "reached": reached})
    found = policy.judge(rule, {"fee": history}, on=DAY)
    assert (found.amount or 0, found.unit) == (amount, "CNY")


def test_a_document_may_have_several_issuers_and_an_industry():
    rule = policy.parse({**RULE, "issuer": "甲、乙、丙、丁、戊", "industry": {"zh": "科学仪器", "en": "instruments"}})
    assert len(rule.issuers) == 5
    assert rule.industry.en == "instruments"


@pytest.mark.parametrize("rows", [[["a"]], [["a", 1], ["b", 1, 2]], "a", [["a", "much", 2]], [["a", 1]]])
def test_rows_that_cannot_be_put_in_order_are_refused(rows):
    with pytest.raises(policy.UnreadableSubject, match="expected"):
        verdict({"rows": rows}, "eval.national.2026")


def test_everything_that_a_rule_answered_is_plain_data():
    found = policy.whole(verdict({"rows": [["a", 1, 2], ["b", 3, 4]]}, "eval.national.2026"))
    assert found["order"] == ["b", "a"]
    json.dumps(found)


@pytest.mark.parametrize(
    ("kind", "unit", "text", "value"),
    [
        ("money", "CNY", "3000万", 30_000_000), ("money", "CNY", "1.2 亿元", 120_000_000),
        ("money", "CNY", "500元", 500),
        ("money", "亿元", "3亿", 3), ("money", "亿元", "3", 3), ("number", "亿元", "5000万元", Decimal("0.5")),
        ("share", "", "50%", Decimal("0.5")), ("rate", "", "3 ％", Decimal("0.03")), ("count", "人", "2万", 20_000),
        ("money", "CNY", "1，234.5", Decimal("1234.5")),
        ("money", "CNY", "30 000", 30_000), ("money", "CNY", "1\u202f234\u202f567.5", Decimal("1234567.5")),
        ("money", "CNY", "¥ 30,000", 30_000), ("money", "CNY", "￥3万", 30_000),
        ("money", "CNY", "1 200 万元", 12_000_000),
    ],
)  # fmt: skip
def test_a_number_is_read_as_people_type_it(kind, unit, text, value):
    asked = policy.Input("x", kind, unit, policy.Text("甲", "a"), policy.Text("?", "?"))
    assert policy.from_text(asked, text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("money", "50%"),
        ("share", "2万"),
        ("money", "万"),
        ("money", "3千万万"),
        ("money", "1 2"),
        ("money", "1 0000"),
        ("count", "¥"),
    ],
)
def test_a_number_that_is_none_is_still_refused(kind, text):
    asked = policy.Input("x", kind, "CNY", policy.Text("甲", "a"), policy.Text("?", "?"))
    with pytest.raises(policy.UnreadableSubject):
        policy.from_text(asked, text)
