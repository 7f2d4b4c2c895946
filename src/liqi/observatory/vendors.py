"""The league of vendors, on record: who holds the stock, through which lens, with the owners of which day."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

import polars as pl

from liqi import taxonomy
from liqi.catalogue.models import MakerOwner
from liqi.insight.concentration import hhi
from liqi.insight.league import Holder, League, league
from liqi.observatory import snapshot
from liqi.observatory.dependence import of_class
from liqi.observatory.models import Snapshot
from liqi.observatory.population import Population, choose
from liqi.observatory.snapshot import TIMES


@dataclass(frozen=True, slots=True)
class Vendors:
    """What the page shows: the league of that day, the names of its makers, and who moved by a purchase."""

    lens: str
    on: date
    class_code: str
    league: League
    names: dict[str, tuple[str, str]]
    """Maker to its name and its English name."""
    moved: tuple[Holder, ...]
    """Owners that hold makers besides or instead of one of their own name."""
    population: Population
    taken: Snapshot
    as_of: date

    @property
    def hhi_of_countries(self) -> float | None:
        """Concentration of the holders by country; None without holders."""
        sizes = [country.size for country in self.league.countries]
        return hhi(sizes) if sizes else None


def read(
    *, now: datetime, lens: str = "brand", country: str = "", province: str = "", class_code: str = "",
    on: date | None = None,
) -> Vendors:  # fmt: skip
    """The league of this population on that day (else of the snapshot's), of one class where a class is named."""
    taken = snapshot.current(now=now)
    asked = _Question(taken.path, lens, country, province, class_code, on or taken.taken_at.date(), taken)
    return _read(asked, _owners())


@dataclass(frozen=True, slots=True)
class _Question:
    """What was asked of which snapshot: the same question of the same one has the same answer."""

    path: str
    lens: str
    country: str
    province: str
    class_code: str
    on: date
    taken: Snapshot = field(compare=False)


Owner = tuple[str, str, str, date | None, date | None]


def _owners() -> tuple[Owner, ...]:
    """Maker, owner (as a maker's key where it is one), its country, from and to."""
    rows = MakerOwner.objects.order_by("id").values_list("maker__key", "owner", "owner_country", "from_on", "to_on")
    return tuple(
        (maker, known.key if (known := taxonomy.find_maker(owner)) else owner, country, since, until)
        for maker, owner, country, since, until in rows
    )


@lru_cache(maxsize=32)
def _read(asked: _Question, owners: tuple[Owner, ...]) -> Vendors:
    frame = of_class(snapshot.cells(asked.taken), asked.class_code)
    population, frame = choose(frame, asked.country, asked.province, TIMES)
    schema = {"maker": pl.String, "owner": pl.String, "owner_country": pl.String, "from_on": pl.Date, "to_on": pl.Date}
    held = pl.DataFrame(list(owners), schema=schema, orient="row")
    found = league(frame, lens=asked.lens, owners=held, on=asked.on, with_ids=False, times=TIMES)
    named = frame.select("maker", "maker_name", "maker_name_en").drop_nulls("maker").unique("maker")
    return Vendors(
        lens=asked.lens,
        on=asked.on,
        class_code=asked.class_code,
        league=found,
        names={key: (name, name_en or "") for key, name, name_en in named.iter_rows()},
        moved=tuple(holder for holder in found.holders if set(holder.brands) - {holder.name}),
        population=population,
        taken=asked.taken,
        as_of=asked.taken.taken_at.date(),
    )
