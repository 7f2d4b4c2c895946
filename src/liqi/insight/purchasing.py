"""How much is likely to be spent on instruments: research money times coefficients with day and source."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite

from liqi.insight.origin import UnusableTable


class UnusableAmount(UnusableTable):
    """An amount or coefficient cannot be used; the message says found, expected and what to do."""


@dataclass(frozen=True, slots=True)
class Coefficient:
    """What part of an amount goes into instruments, as of which day, from which source."""

    share: float
    as_of: date
    source: str


ORIGIN_PAPER = "the origin paper on research instruments and cities (2021)"
COEFFICIENTS: Mapping[str, Coefficient] = {
    "fixed_assets": Coefficient(0.60, date(2021, 1, 1), ORIGIN_PAPER),
    "research_funds": Coefficient(0.25, date(2021, 1, 1), ORIGIN_PAPER),
}
"""About 60 % of research fixed-asset investment, about 25 % of research funds; both are rounded estimates."""


@dataclass(frozen=True, slots=True)
class Demand:
    """The estimate, its two parts, the coefficients used, and what was not said."""

    total: float | None
    parts: Mapping[str, float]
    coefficients: Mapping[str, Coefficient]
    not_said: tuple[str, ...]


def estimate(amounts: Mapping[str, float | None], coefficients: Mapping[str, Coefficient] = COEFFICIENTS) -> Demand:
    """The spending on instruments that these amounts lead to, in their own unit.

    >>> estimate({"fixed_assets": 10}).parts, estimate({"research_funds": 40}).total
    ({'fixed_assets': 6.0}, 10.0)
    """
    for name, amount in amounts.items():
        if name not in coefficients:
            raise UnusableAmount(
                f"found the amount {name!r}; expected one of {', '.join(coefficients)}; name one of them."
            )
        if amount is not None and (not isfinite(amount) or amount < 0):
            raise UnusableAmount(f"found {name} = {amount:g}; expected a number from 0 up; correct it.")
    for name, coefficient in coefficients.items():
        if not 0 <= coefficient.share <= 1:
            raise UnusableAmount(
                f"found the coefficient {name} = {coefficient.share:g}; expected a share from 0 to 1; correct it."
            )
    parts = {name: amount * coefficients[name].share for name, amount in amounts.items() if amount is not None}
    return Demand(
        total=sum(parts.values()) if parts else None,
        parts=parts,
        coefficients=coefficients,
        not_said=tuple(name for name in coefficients if amounts.get(name) is None),
    )
