"""Stacks: several rules for one need, nothing paid twice."""

from datetime import date
from decimal import Decimal

import pytest

from liqi import policy

DAY = date(2026, 6, 1)
MATCH = policy.stacks()["beijing.match"]
CASES = [(stack, case) for stack in policy.stacks().values() for case in stack.cases]


@pytest.mark.parametrize(("stack", "case"), CASES, ids=[stack.id for stack, _case in CASES])
def test_a_worked_case_of_a_stack_comes_out(stack, case):
    found = policy.combine(stack, case["subject"], on=DAY)
    assert [claim.paid for claim in found.claims] == case["paid"]
    assert found.total == case["total"]


def test_row_002_11_city_and_district_never_pay_more_than_is_needed():
    for need in (0, 1, Decimal("0.01"), 10**39 + 1):
        subject = {"national": True, "match_need": need, "city_rate": Decimal("0.9"), "district_rate": Decimal("0.9")}
        found = policy.combine(MATCH, subject, on=DAY)
        assert found.total <= need
        assert found.result == ("yes" if need else "no")


def test_what_is_missing_of_one_member_leaves_the_whole_open():
    found = policy.combine(MATCH, {"national": True, "match_need": 100, "city_rate": 1}, on=DAY)
    assert (found.result, found.total, found.missing) == ("cannot tell", None, ("district_rate",))
    assert found.as_json()["missing"] == ["district_rate"]


def test_of_rules_that_exclude_each_other_the_highest_is_paid():
    raw = {
        "id": "x", "title": {"zh": "甲", "en": "a"}, "clause": {"zh": "甲", "en": "a"}, "how": "highest",
        "members": ["share.anhui.user", "voucher.shandong.2014"], "case": [{}],
    }  # fmt: skip
    stack = policy.stack_of(raw)
    found = policy.combine(stack, {"spend": 100, "fee": 100}, on=DAY)
    assert ([claim.asked for claim in found.claims], found.total) == ([20, 40], 40)
    with pytest.raises(policy.BrokenRule, match="no worked case"):
        policy.stack_of({**raw, "case": []})
    with pytest.raises(policy.BrokenRule, match="the member 'lost'"):
        policy.stack_of({**raw, "members": ["lost"]})
    with pytest.raises(policy.BrokenRule, match="within with a need, or highest"):
        policy.stack_of({**raw, "how": "within"})
