"""Markets: how large, how fast growing, who buys, and whether one maker more can live from it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


class UnusableMarket(ValueError):
    """The sizes cannot be those of a market; the message says what was found and what was expected."""


def share(part: float, whole: float) -> float | None:
    """The part of the market over the whole; None for a market of nothing.

    >>> round(share(167.5, 620), 4)
    0.2702
    """
    if part < 0 or whole < 0 or part > whole:
        raise UnusableMarket(
            f"found a part of {part:g} in a whole of {whole:g}; expected 0 <= part <= whole; correct the two."
        )
    return part / whole if whole else None


def projected(size: float, growth: float, years: float) -> float:
    """The size so many years on at a constant yearly growth (0.075 for 7.5 %): size (1 + g)^years.

    >>> round(projected(620, 0.075, 2), 4)
    716.4875
    """
    if size < 0 or growth <= -1 or not all(map(math.isfinite, (size, growth, years))):
        raise UnusableMarket(
            f"found the size {size:g} and growth {growth:g}; expected a size from 0 up and growth above -1 "
            "(0.075 for 7.5 %); correct them."
        )
    try:
        return size * math.pow(1 + growth, years)
    except OverflowError:
        raise UnusableMarket(
            f"found a growth of {growth:g} over {years:g} years, more than a number holds; expected a growth such as "
            "0.075 over some years; correct them."
        ) from None


def growth_rate(first: float, last: float, years: float) -> float | None:
    """The constant yearly growth that leads from first to last; None from nothing or over no time.

    >>> round(growth_rate(620, 716.4875, 2), 6)
    0.075
    """
    return (last / first) ** (1 / years) - 1 if first > 0 and last >= 0 and years > 0 else None


@dataclass(frozen=True, slots=True)
class Purchase:
    """What one buyer bought: the type of buyer and the value; None where it does not say."""

    id: str
    buyer: str
    value: float | None


@dataclass(frozen=True, slots=True)
class Buyers:
    """Demand by type of buyer; the parts make the total, and what does not say is counted beside it."""

    by_type: Mapping[str, float]
    total: float
    without_value: tuple[str, ...]

    def share(self, buyer: str) -> float | None:
        """This type's part of the total; None where nothing is on record."""
        return self.by_type.get(buyer, 0.0) / self.total if self.total else None


def by_buyer(purchases: Sequence[Purchase]) -> Buyers:
    """The demand of each type of buyer, largest first; a purchase without a type goes under ""."""
    held: dict[str, list[float]] = {}
    lost = []
    for one in purchases:
        if one.value is None:
            lost.append(one.id)
        elif one.value < 0 or not math.isfinite(one.value):
            raise UnusableMarket(f"{one.id}: found the value {one.value:g}; expected 0 or more; correct it.")
        else:
            held.setdefault(one.buyer, []).append(one.value)
    sums = {buyer: math.fsum(values) for buyer, values in held.items()}
    ordered = dict(sorted(sums.items(), key=lambda pair: (-pair[1], pair[0])))
    return Buyers(ordered, math.fsum(value for values in held.values() for value in values), tuple(lost))


@dataclass(frozen=True, slots=True)
class Room:
    """How many makers of the smallest viable size a market carries, and whether one more still fits."""

    makers_carried: int
    makers_there: int

    @property
    def too_small(self) -> bool:
        """Whether a newcomer would have to live below the smallest viable size."""
        return self.makers_there + 1 > self.makers_carried


def room(units_a_year: float, smallest_viable_units: float, makers_there: int) -> Room:
    """The market against the minimum efficient scale: floor(units / smallest viable units of one maker).

    >>> room(300, 120, 2).too_small, room(600, 120, 2).too_small
    (True, False)
    """
    if units_a_year < 0 or smallest_viable_units <= 0 or makers_there < 0:
        raise UnusableMarket(
            f"found {units_a_year:g} units a year and a smallest viable size of {smallest_viable_units:g}; "
            "expected units from 0 up and a size above 0; correct them."
        )
    return Room(math.floor(units_a_year / smallest_viable_units), makers_there)
