"""Which rule helps: the policies in force at the place on the day, nearest place first."""

from dataclasses import dataclass
from datetime import date

from liqi import policy
from liqi.insight import inquiry
from liqi.insight.inquiry import Where
from liqi.observatory import policies

KINDS = (
    *("sharing-subsidy", "voucher", "procurement-review", "first-set", "r&d-grant", "park-support", "procurement"),
    *("tax", "pilot-platform", "loan-subsidy", "sharing-rule", "milestone-award"),
)
"""The kinds of rules that bear on having, sharing, buying or making instruments, most direct first."""
NO_LAW = ("draft", "sample")
"""Rules that nobody has issued."""


@dataclass(frozen=True, slots=True)
class Helps:
    """A rule that holds there on that day; `distance` is 0 for the place's own, 1 its province's, 2 the nation's."""

    rule: policy.Rule
    distance: int


def find(place: Where, *, on: date) -> tuple[Helps, ...]:
    """The rules that hold at the place on the day, nearest issuer first, then the most direct kind."""
    division = place.code if place.code.isdigit() else policy.NATION
    code = division if place.country == policy.NATION else place.country
    found = []
    for rule in policies.in_use().values():
        here = rule.place.code and policy.covers(rule.place.code, code)
        if here and rule.kind in KINDS and rule.in_force(on) and rule.confidence not in NO_LAW:
            found.append(Helps(rule, _distance(rule.place.code, place)))
    return tuple(sorted(found, key=lambda one: (one.distance, KINDS.index(one.rule.kind), one.rule.id)))


def _distance(code: str, place: Where) -> int:
    if code == place.country:
        return 0 if place.kind == inquiry.COUNTRY else 2
    return 0 if code in (place.code, place.town) or not code.endswith("0000") else 1
