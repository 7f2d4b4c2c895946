"""Rules with a part replaced by something else: refused by the name of a field, or sound enough to be asked."""

import random
import tomllib
from datetime import date, datetime
from decimal import Decimal
from importlib import resources

import pytest

from liqi import policy

DAY = date(2026, 6, 1)
ODD = (
    None, True, 0, -1, 5, Decimal("NaN"), Decimal("Infinity"), "", "x", "fee", [], [1], ["fee"], [[]], {}, {"x": 1},
    {"all": []}, {"sum": []}, {"cut": 1}, {"choose": "x"}, {"if": {}}, {"input": "x", "equals": 1}, date(2026, 1, 1),
    datetime(2026, 1, 1), b"x",
)  # fmt: skip
TEXTS = {
    file.name: file.read_text(encoding="utf-8")
    for file in (resources.files("liqi.policy") / "rules").iterdir()
    if file.name.endswith(".toml")
}


def spots(raw):
    """Every place of the tree: the table or list it stands in, and its name or number there."""
    for key, part in list(raw.items() if isinstance(raw, dict) else enumerate(raw)):
        yield raw, key
        if isinstance(part, dict | list):
            yield from spots(part)


def refusal(ask, kind):
    """What is said where this cannot be done, in one sentence; nothing where it can."""
    try:
        ask()
    except kind as problem:
        return str(problem)
    return ""


def is_a_sentence(said):
    return "found" in said and "expected" in said and "\n" not in said


@pytest.mark.parametrize("seed", range(4))
def test_a_rule_with_a_part_replaced_is_refused_in_a_sentence_or_can_be_asked(seed):
    chance = random.Random(seed)
    refused = 0
    for text in TEXTS.values():
        for _ in range(8):
            raw = tomllib.loads(text, parse_float=Decimal)
            holder, key = chance.choice(list(spots(raw)))
            if chance.random() < 0.2:
                del holder[key]
            else:
                holder[key] = chance.choice(ODD)
            if said := refusal(lambda raw=raw: policy.parse(raw), policy.BrokenRule):
                refused += 1
                assert is_a_sentence(said)
                continue
            rule = policy.parse(raw)
            policy.outline(rule, "zh")
            policy.levers(rule)
            for case in rule.cases:
                said = refusal(
                    lambda r=rule, c=case: policy.whole(policy.judge(r, c.subject, on=DAY)), policy.UnreadableSubject
                )
                assert not said or is_a_sentence(said)
    assert refused > 100


def test_a_stack_with_a_part_replaced_is_refused_in_a_sentence_or_can_be_asked():
    text = (resources.files("liqi.policy") / "stacks" / "beijing.match.toml").read_text(encoding="utf-8")
    places = len(list(spots(tomllib.loads(text))))
    for place in range(places):
        for odd in ODD:
            raw = tomllib.loads(text, parse_float=Decimal)
            holder, key = list(spots(raw))[place]
            holder[key] = odd
            if said := refusal(lambda raw=raw: policy.stack_of(raw), policy.BrokenRule):
                assert is_a_sentence(said)
                continue
            stack = policy.stack_of(raw)
            for case in stack.cases:
                said = refusal(
                    lambda s=stack, c=case: policy.combine(s, c["subject"], on=DAY).as_json(), policy.UnreadableSubject
                )
                assert not said or is_a_sentence(said)
