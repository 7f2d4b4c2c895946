"""Funding: the mix of money, how early it comes, and what a stake has brought."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

STAGES = ("seed", "angel", "series_a", "series_b", "growth", "listed")
EARLY = frozenset({"seed", "angel", "series_a"})
"""The stages that count as early (投早)."""
LADDER = ("private", "joint_stock", "regional_board", "neeq_base", "neeq_innovation", "bse", "star_or_chinext", "main")
"""The ladder of listing in China, lowest first: regional equity market, NEEQ base and innovation layer, Beijing Stock
Exchange, STAR Market or ChiNext, main board (多层次资本市场)."""


class UnusableFunding(ValueError):
    """The amounts cannot be shared out; the message says what was found and what was expected."""


def mix(amounts: Mapping[str, float]) -> dict[str, float]:
    """Each source's share of the whole; the shares make one. Nothing for no money at all.

    >>> mix({"stable": 60, "competitive": 40})
    {'stable': 0.6, 'competitive': 0.4}
    """
    for name, amount in amounts.items():
        if amount < 0 or not math.isfinite(amount):
            raise UnusableFunding(f"{name}: found {amount:g}; expected an amount from 0 up; correct it.")
    whole = math.fsum(amounts.values())
    return {name: amount / whole for name, amount in amounts.items()} if whole else {}


def early_share(amounts: Mapping[str, float]) -> float | None:
    """What part of the money came at an early stage; keys are stages of STAGES; None for no money.

    >>> round(early_share({"seed": 1, "angel": 2, "growth": 7}), 4)
    0.3
    """
    if odd := sorted(set(amounts) - set(STAGES)):
        raise UnusableFunding(f"found the stage {odd[0]!r}; expected one of {', '.join(STAGES)}; correct it.")
    shares = mix(amounts)
    return math.fsum(share for name, share in shares.items() if name in EARLY) if shares else None


def next_rung(rung: str) -> str | None:
    """The rung above on the ladder of listing; None at the top.

    >>> next_rung("neeq_innovation"), next_rung("main")
    ('bse', None)
    """
    if rung not in LADDER:
        raise UnusableFunding(f"found the rung {rung!r}; expected one of {', '.join(LADDER)}; correct it.")
    place = LADDER.index(rung) + 1
    return LADDER[place] if place < len(LADDER) else None


@dataclass(frozen=True, slots=True)
class Flow:
    """Money of a stake on a day: below zero paid in, above zero received; what it is worth now comes last."""

    on: date
    amount: float


def multiple(flows: Sequence[Flow]) -> float | None:
    """What came back and is still there over what was paid in (TVPI); None where nothing was paid in.

    >>> multiple([Flow(date(2018, 1, 1), -100), Flow(date(2021, 1, 1), 80), Flow(date(2023, 1, 1), 170)])
    2.5
    """
    paid = -math.fsum(flow.amount for flow in flows if flow.amount < 0)
    return math.fsum(flow.amount for flow in flows if flow.amount > 0) / paid if paid else None


def internal_rate(flows: Sequence[Flow]) -> float | None:
    """The yearly rate at which the flows are worth nothing on their first day (days / 365); None where none is.

    >>> round(internal_rate([Flow(date(2021, 1, 1), -100), Flow(date(2023, 1, 1), 121)]), 6)
    0.1
    """
    if not any(flow.amount < 0 for flow in flows) or not any(flow.amount > 0 for flow in flows):
        return None
    start = min(flow.on for flow in flows)

    def worth(rate: float) -> float:
        return math.fsum(flow.amount / (1 + rate) ** ((flow.on - start).days / 365) for flow in flows)

    low, high = -0.9999, 1.0
    while worth(high) > 0 and high < 1e6:
        high *= 2
    if worth(low) * worth(high) > 0:
        return None
    for _halving in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if worth(low) * worth(middle) > 0 else (low, middle)
    return (low + high) / 2
