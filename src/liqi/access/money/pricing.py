"""Prices: rates, a use of something, and what it costs line by line. Pure: nothing is read but what is given.

Rounding: a quantity of hours has four places; an amount is quantity times price rounded half up to the fen; the net
is the sum of the amounts; tax is taken once of the net and rounded half up (EN 16931-1, BR-CO-17).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from liqi.access.money.amounts import ZERO, cent, percent_of

__all__ = ["DAY", "NIGHT", "Line", "Priced", "Rate", "Table", "Use", "bands", "price", "total"]

DAY, NIGHT = time(8), time(20)
"""Outside these hours it is night; Saturday and Sunday are the weekend, day and night."""
FOUR_PLACES = Decimal("0.0001")
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Rate:
    """A price of one unit: for a class of user (blank: all), for hours of the week, above a yearly quantity."""

    unit: str
    price: Decimal
    user_class: str = ""
    when: str = ""
    item: str = ""
    above: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Table:
    """Rates with what holds for all of them."""

    title: str
    rates: tuple[Rate, ...]
    tax_percent: Decimal = ZERO
    minimum: Decimal = ZERO
    step_minutes: int = 1
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Use:
    """What is priced: a period, and pieces by (unit, item); `already` is what the user had this year, by unit."""

    user_class: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    pieces: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)
    already: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a price: which rule, how much of it, at what, together."""

    unit: str
    quantity: Decimal
    price: Decimal
    amount: Decimal
    when: str = ""
    item: str = ""
    above: Decimal = ZERO
    user_class: str = ""
    text: str = ""

    def as_json(self) -> dict[str, str]:
        """What is kept with a charge or quote: numbers as text, blanks left out, but not that it is free."""
        told = ("quantity", "price", "amount")
        return {key: str(value) for key, value in asdict(self).items() if key in told or value not in ("", ZERO)}

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Line:
        """The line that was kept."""
        numbers = {key: Decimal(str(kept.get(key, 0))) for key in ("quantity", "price", "amount", "above")}
        words = {key: str(kept.get(key, "")) for key in ("unit", "when", "item", "user_class", "text")}
        return cls(**words, **numbers)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Priced:
    """What it costs and why."""

    lines: tuple[Line, ...]
    net: Decimal
    tax: Decimal
    tax_percent: Decimal
    table: str = ""

    @property
    def gross(self) -> Decimal:
        """Tax included."""
        return self.net + self.tax


def price(table: Table, use: Use) -> Priced:
    """What the use costs by the table, each line with its rule, quantity, unit price and amount."""
    lines: list[Line] = []
    had = dict(use.already)
    if use.starts_at is not None and use.ends_at is not None:
        for when, minutes in _stretches(use.starts_at, use.ends_at, table):
            hours = (Decimal(minutes) / 60).quantize(FOUR_PLACES, rounding=ROUND_HALF_UP)
            lines += _priced(table.rates, "hour", "", when, hours, use.user_class, had)
    for (unit, item), quantity in use.pieces.items():
        lines += _priced(table.rates, unit, item, "", quantity, use.user_class, had)
    if lines or use.starts_at is not None:
        lines += _priced(table.rates, "use", "", "", Decimal(1), use.user_class, had)
    lines = _joined(lines)
    net = sum((line.amount for line in lines), ZERO)
    if lines and net < table.minimum:
        lines.append(Line("minimum", Decimal(1), table.minimum - net, table.minimum - net))
    return total(lines, table.tax_percent, table.title)


def total(lines: Iterable[Line], tax_percent: Decimal, table: str = "") -> Priced:
    """The lines with their sum and its tax."""
    kept = tuple(lines)
    net = sum((line.amount for line in kept), ZERO)
    return Priced(kept, net, percent_of(net, tax_percent), tax_percent, table)


def bands(starts_at: datetime, ends_at: datetime, zone: str) -> Iterator[tuple[str, timedelta]]:
    """The period cut where day, night and weekend meet on that clock, as (when, length), in order."""
    here = ZoneInfo(zone or "UTC")
    at, end = starts_at.astimezone(UTC), ends_at.astimezone(UTC)
    while at < end:
        local = at.astimezone(here)
        cuts = (datetime.combine(local.date(), edge, here) for edge in (DAY, NIGHT))
        midnight = datetime.combine(local.date() + timedelta(days=1), time(), here)
        until = min(cut.astimezone(UTC) for cut in (*cuts, midnight) if cut.astimezone(UTC) > at)
        weekend, night = local.isoweekday() > 5, not DAY <= local.time() < NIGHT
        yield "weekend" if weekend else "night" if night else "", min(until, end) - at
        at = until


def _stretches(starts_at: datetime, ends_at: datetime, table: Table) -> list[tuple[str, int]]:
    """Minutes by hours of the week; begun minutes and begun steps are whole, what that adds counts as the last."""
    lengths: dict[str, timedelta] = {}
    last = ""
    for when, length in bands(starts_at, ends_at, table.zone):
        lengths[when] = lengths.get(when, timedelta(0)) + length
        last = when
    if not lengths:
        return []
    step = timedelta(minutes=table.step_minutes)
    minutes = -(-sum(lengths.values(), timedelta(0)) // step) * table.step_minutes
    counted = {when: round(length / MINUTE) for when, length in lengths.items()}
    counted[last] += minutes - sum(counted.values())
    return [(when, value) for when, value in counted.items() if value > 0]


def _priced(
    rates: Sequence[Rate], unit: str, item: str, when: str, quantity: Decimal, user_class: str, had: dict[str, Decimal]
) -> list[Line]:
    """The quantity at the most special rates: the class of user comes before the hours of the week."""
    fitting = [
        rate for rate in rates
        if (rate.unit, rate.item) == (unit, item) and rate.user_class in ("", user_class) and rate.when in ("", when)
    ]  # fmt: skip
    if not fitting or quantity <= 0:
        return []
    best = max((rate.user_class != "", rate.when != "") for rate in fitting)
    tiers = sorted(
        (rate for rate in fitting if (rate.user_class != "", rate.when != "") == best), key=lambda rate: rate.above
    )
    key = item or unit
    at = had.get(key, ZERO)
    had[key] = at + quantity
    lines = []
    for place, rate in enumerate(tiers):
        low = rate.above if place else ZERO
        high = tiers[place + 1].above if place + 1 < len(tiers) else None
        part = (at + quantity if high is None else min(at + quantity, high)) - max(at, low)
        if part > 0:
            amount = cent(part * rate.price)
            lines.append(Line(unit, part, rate.price, amount, rate.when, item, rate.above, rate.user_class))
    return lines


def _joined(lines: list[Line]) -> list[Line]:
    """Lines of the same rate as one."""
    sums: dict[tuple[Any, ...], Decimal] = {}
    for line in lines:
        key = (line.unit, line.price, line.when, line.item, line.above, line.user_class)
        sums[key] = sums.get(key, ZERO) + line.quantity
    return [
        Line(unit, quantity, each, cent(quantity * each), when, item, above, user_class)
        for (unit, each, when, item, above, user_class), quantity in sums.items()
    ]
