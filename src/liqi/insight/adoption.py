"""Adoption: who took up a thing when, at home and abroad, whether results stay, and who came for the first time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Customer:
    """The first purchase of one customer; `abroad` is None where the country is not said."""

    id: str
    on: date
    abroad: bool | None


@dataclass(frozen=True, slots=True)
class Curves:
    """Customers on record by the end of each year, at home and abroad."""

    home: Mapping[int, int]
    abroad: Mapping[int, int]
    not_said: int

    @property
    def abroad_share(self) -> float | None:
        """Customers abroad over those whose country is said, at the end."""
        home, away = (max(curve.values(), default=0) for curve in (self.home, self.abroad))
        return away / (home + away) if home + away else None


def curves(customers: Sequence[Customer]) -> Curves:
    """The two series, one value for every year from the first customer to the last; a customer counts once."""
    first: dict[str, Customer] = {}
    for one in sorted(customers, key=lambda one: (one.on, one.id)):
        first.setdefault(one.id, one)
    years = range(min(one.on.year for one in customers), max(one.on.year for one in customers) + 1) if customers else ()

    def series(abroad: bool) -> dict[int, int]:
        return {year: sum(one.abroad is abroad and one.on.year <= year for one in first.values()) for year in years}

    return Curves(series(False), series(True), sum(one.abroad is None for one in first.values()))


@dataclass(frozen=True, slots=True)
class Transfer:
    """A result that went to somebody: when, and whether it landed here; None where that is not said."""

    id: str
    year: int
    here: bool | None


@dataclass(frozen=True, slots=True)
class Kept:
    """Results that landed here among those whose place is known."""

    here: int
    known: int
    not_said: int

    @property
    def share(self) -> float | None:
        """Here over known; None where nothing is known."""
        return self.here / self.known if self.known else None


def retention(transfers: Sequence[Transfer]) -> tuple[Kept, dict[int, Kept]]:
    """What stayed, for all years together and for each.

    >>> retention([Transfer("a", 2020, True), Transfer("b", 2020, False), Transfer("c", 2021, None)])[0].share
    0.5
    """
    years = sorted({one.year for one in transfers})
    return _kept(transfers), {year: _kept([one for one in transfers if one.year == year]) for year in years}


def first_time_users(uses: Sequence[tuple[str, date]]) -> dict[int, int]:
    """How many used a thing for the first time in each year; everyone is counted once, in the year of the first use.

    >>> first_time_users([("a", date(2020, 5, 1)), ("a", date(2021, 5, 1)), ("b", date(2021, 6, 1))])
    {2020: 1, 2021: 1}
    """
    first: dict[str, date] = {}
    for who, on in uses:
        first[who] = min(on, first.get(who, on))
    years = sorted({on.year for _who, on in uses})
    return {year: sum(on.year == year for on in first.values()) for year in years}


def _kept(transfers: Sequence[Transfer]) -> Kept:
    said = [one.here for one in transfers if one.here is not None]
    return Kept(sum(said), len(said), len(transfers) - len(said))
