"""Every published case of the fifty encoded rules (subjects and results alone) against our evaluator."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from liqi import policy

PUBLISHED = json.loads(
    (Path(__file__).parent / "published_cases.json").read_text(encoding="utf-8"), parse_float=Decimal
)
RULES = policy.rules()
CASES = [(entry, subject, result) for entry in PUBLISHED for subject, result in entry["cases"]]
ROUNDED = {"voucher.stats.zhejiang.2017": 4, "loan.2022": 6, "eval.university.table": 4, "eval.hit.2021": 4}
"""Decimals that the published result was rounded to."""
PART = {"voucher.fujian.datian": "province", "voucher.stats.zhejiang.2017": "redeemed", "loan.2022": "rate_borne"}


def judged(entry, subject, language="en"):
    day = date.fromisoformat(entry["from"] or entry["to"] or "2026-06-01")
    return policy.judge(RULES[entry["rule"]], subject, on=day, language=language)


def test_all_fifty_rules_and_their_cases_are_here():
    assert len(PUBLISHED) == 50
    assert len(CASES) == 126
    assert {entry["rule"] for entry in PUBLISHED} <= set(RULES)


@pytest.mark.parametrize("entry", PUBLISHED, ids=[entry["rule"] for entry in PUBLISHED])
def test_a_rule_is_in_force_from_and_to_the_published_days(entry):
    rule = RULES[entry["rule"]]
    assert (rule.valid_from and rule.valid_from.isoformat()) == entry["from"]
    assert (rule.valid_to and rule.valid_to.isoformat()) == entry["to"]


@pytest.mark.parametrize(("entry", "subject", "result"), CASES, ids=[entry["rule"] for entry, _s, _r in CASES])
def test_a_published_case_comes_out_as_published(entry, subject, result):
    verdict = judged(entry, subject)
    match result:
        case bool():
            assert verdict.result == ("yes" if result else "no")
        case None:
            assert (verdict.result, verdict.amount) == ("no", 0)
        case int() | Decimal():
            assert round(verdict.amount, ROUNDED.get(entry["rule"], 2)) == result
        case str():
            assert verdict.outcome == result
        case list() if entry["rule"] in PART:
            found = [verdict.amount, verdict.parts[PART[entry["rule"]]]]
            assert [round(figure, ROUNDED.get(entry["rule"], 2)) for figure in found] == result
        case list() if RULES[entry["rule"]].reached:
            assert list(verdict.reached) == result
        case list() if RULES[entry["rule"]].order:
            assert list(verdict.order) == result
        case list():
            assert list(judged(entry, subject, "zh-hans").requirements) == result


def test_no_subject_of_one_rule_upsets_another():
    for _entry, subject, _result in CASES:
        answer = policy.check(subject, on=date(2026, 6, 1), place="CN")
        assert len(answer["rules"]) == len(RULES)
        assert {rule["result"] for rule in answer["rules"]} <= {"yes", "no", "cannot tell"}
        json.dumps(answer)
