"""How much instruments are used and shared: the figures of the national resource survey and of campus tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from liqi.insight.evaluation._editions import Edition
from liqi.insight.evaluation._score import HUNDRED, Part, Score, capped, decimal, scored, share


@dataclass(frozen=True)
class Used:
    """What one instrument did in a year; None is not known and never zero."""

    effective_h: Decimal | None
    outside_h: Decimal | None = None
    value_cny: Decimal | None = None
    open: bool | None = None
    """Whether it takes bookings or samples."""
    inside_income_cny: Decimal | None = None
    outside_income_cny: Decimal | None = None


class Sums(NamedTuple):
    """What instruments that count add up to: how many, those whose hours are known with them, those that say `open`."""

    instruments: int
    known: int
    effective_h: Decimal
    outside_h: Decimal
    say: int
    open: int


@dataclass(frozen=True)
class Shares:
    """The figures of many instruments; `missing` counts those whose hours are not known."""

    instruments: int
    missing: int
    mean_effective_h: Decimal | None
    mean_outside_h: Decimal | None
    utilisation_percent: Decimal | None
    sharing_percent: Decimal | None
    open_percent: Decimal | None


def utilisation_percent(effective_h: Decimal, hours: Edition) -> Decimal:
    """Effective hours / 1,600 x 100, which may exceed 100 (national resource survey, 2014)."""
    return effective_h / decimal(hours.values["survey_full_h"]) * HUNDRED


def sharing_percent(outside_h: Decimal, effective_h: Decimal) -> Decimal:
    """Outside hours / effective hours x 100; 0 when there are no effective hours (national resource survey, 2014)."""
    return outside_h / effective_h * HUNDRED if effective_h else Decimal(0)


def shares(instruments: Iterable[Used], hours: Edition) -> Shares:
    """The figures over the instruments of at least the registration value, those of unknown value left out.

    Mean hours = sum / number of instruments whose hours are known; open share = open / those that say.
    """
    counted = [
        one for one in instruments if one.value_cny is not None and one.value_cny >= decimal(hours.values["from_cny"])
    ]
    known = [one for one in counted if one.effective_h is not None]
    say = [one.open for one in counted if one.open is not None]
    sums = Sums(
        instruments=len(counted),
        known=len(known),
        effective_h=sum((one.effective_h or Decimal(0) for one in known), Decimal(0)),
        outside_h=sum((one.outside_h or Decimal(0) for one in known), Decimal(0)),
        say=len(say),
        open=sum(say),
    )
    return shares_of(sums, hours)


def added(lines: Iterable[Sums]) -> Sums:
    """The sums of all the instruments of these sums."""
    every = list(lines)
    return Sums(
        instruments=sum(one.instruments for one in every),
        known=sum(one.known for one in every),
        effective_h=sum((one.effective_h for one in every), Decimal(0)),
        outside_h=sum((one.outside_h for one in every), Decimal(0)),
        say=sum(one.say for one in every),
        open=sum(one.open for one in every),
    )


def shares_of(sums: Sums, hours: Edition) -> Shares:
    """The same figures from what a database added up."""
    mean = share(sums.effective_h, Decimal(sums.known))
    return Shares(
        instruments=sums.instruments,
        missing=sums.instruments - sums.known,
        mean_effective_h=mean,
        mean_outside_h=share(sums.outside_h, Decimal(sums.known)),
        utilisation_percent=None if mean is None else utilisation_percent(mean, hours),
        sharing_percent=sharing_percent(sums.outside_h, sums.effective_h) if sums.known else None,
        open_percent=HUNDRED * sums.open / sums.say if sums.say else None,
    )


def points(one: Used, table: Edition) -> Score:
    """The points of a university's yearly table: outside share 10 at 0.1, yield 15 at 0.2, a point for each 100 hours.

    Yield = (inside income + 1.5 x outside income) / value.
    """
    outside, gain, time = (table.values[name] for name in ("outside_share", "yield", "mean_hours"))
    shared = share(one.outside_h, one.effective_h)
    earned = None
    if one.inside_income_cny is not None and one.outside_income_cny is not None:
        earned = one.inside_income_cny + decimal(gain["outside_factor"]) * one.outside_income_cny
    got = share(earned, one.value_cny)
    worked = share(one.effective_h, decimal(time["hours_per_point"]))
    lines = (
        ("outside_share", _upto(shared, outside), outside, "outside_h / effective_h", shared),
        ("yield", _upto(got, gain), gain, "(inside_income_cny + 1.5 x outside_income_cny) / value_cny", got),
        ("mean_hours", worked, time, "effective_h / 100", one.effective_h),
    )
    return scored(
        (
            Part(
                name,
                None if found is None else capped(found, decimal(rule["points"])),
                decimal(rule["points"]),
                decimal(rule["points"]),
                {name: fed},
                formula,
            )
            for name, found, rule, formula, fed in lines
        ),
        (),
        "",
    )


def _upto(value: Decimal | None, rule: dict[str, object]) -> Decimal | None:
    return None if value is None else value / decimal(rule["full_at"]) * decimal(rule["points"])
