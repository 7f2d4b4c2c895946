"""Every policy: its worked cases are recomputed, its words are there in both languages, the docs name it."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from liqi import policy

DOCS = Path(__file__).parents[1] / "docs" / "reference" / "policies.md"
DAY = date(2026, 6, 1)
RULES = policy.rules()
CASES = [(rule, case) for rule in RULES.values() for case in rule.cases]


@pytest.mark.parametrize(("rule", "case"), CASES, ids=[rule.id for rule, _ in CASES])
def test_a_worked_case_comes_out_as_its_policy_says(rule, case):
    on = case.expected.get("on") or rule.valid_from or rule.valid_to or DAY
    verdict = policy.judge(rule, case.subject, on=on, place=rule.place.code or None)
    found = {
        "result": verdict.result,
        "amount": verdict.amount,
        "parts": dict(verdict.parts),
        "outcome": verdict.outcome,
        "requirements": list(verdict.requirements),
        "reached": list(verdict.reached),
        "order": list(verdict.order),
    }
    if "requirements" in case.expected:
        chinese = policy.judge(rule, case.subject, on=on, place=rule.place.code, language="zh-hans")
        found["requirements"] = list(chinese.requirements)
    expected = {key: value for key, value in case.expected.items() if key != "on"}
    assert {key: found[key] for key in expected} == expected
    assert expected


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_has_its_papers_and_its_words_in_both_languages(rule):
    for text in (rule.title, rule.clause, rule.place.name):
        assert text.zh
        assert text.en
        assert text.zh != text.en
    assert rule.issuer
    assert rule.document
    assert rule.source
    for asked in rule.inputs.values():
        assert asked.question.zh
        assert asked.question.en.endswith("?") or "(" in asked.question.en
        assert asked.unit or asked.kind in ("yes_no", "choice", "share", "rate", "date"), asked.name


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_that_lacks_everything_says_so_and_never_guesses(rule):
    on = rule.valid_from or DAY
    verdict = policy.judge(rule, {}, on=on)
    if not all(asked.default for asked in rule.inputs.values()):
        assert verdict.result == "cannot tell"
        assert set(verdict.missing) <= set(rule.inputs)
        assert verdict.missing
        assert verdict.amount is None


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_is_mentioned_in_the_docs(rule):
    assert f"`{rule.id}`" in DOCS.read_text(encoding="utf-8")


def test_money_is_exact():
    verdict = policy.judge(RULES["share.qingdao.user"], {"fee": 0.25, "hightech_or_qianfan": False}, on=DAY)
    assert verdict.amount == Decimal("0.03"), "0.025 rounds half up to the fen"
