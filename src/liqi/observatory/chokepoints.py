"""Choke points, on record: classes that are imported, from few makers, with none at home, and much used."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

import polars as pl

from liqi.insight.chokepoints import ChokePoint, items, rank
from liqi.observatory import snapshot
from liqi.observatory.dependence import of_class
from liqi.observatory.models import Snapshot
from liqi.observatory.population import Population, choose
from liqi.observatory.snapshot import TIMES

HOURS, INSTRUMENTS = "hours", "instruments"


@dataclass(frozen=True, slots=True)
class ChokePoints:
    """What the page shows: the classes by the product of their four factors, and what use was counted in."""

    lens: str
    class_code: str
    points: tuple[ChokePoint, ...]
    use: str
    """What use was counted in: instruments on record, or metered hours."""
    population: Population
    taken: Snapshot
    as_of: date


def read(
    *,
    now: datetime,
    lens: str = "made_in",
    country: str = "",
    province: str = "",
    class_code: str = "",
    use: str = INSTRUMENTS,
) -> ChokePoints:
    """The middle classes of this population (the codes of one class where that is named), worst first."""
    taken = snapshot.current(now=now)
    return _read(_Question(taken.path, lens, country, province, class_code, use, taken))


@dataclass(frozen=True, slots=True)
class _Question:
    """What was asked of which snapshot: the same question of the same one has the same answer."""

    path: str
    lens: str
    country: str
    province: str
    class_code: str
    use: str
    taken: Snapshot = field(compare=False)


@lru_cache(maxsize=32)
def _read(asked: _Question) -> ChokePoints:
    frame = of_class(snapshot.cells(asked.taken), asked.class_code)
    population, frame = choose(frame, asked.country, asked.province, TIMES)
    level = "class_code" if asked.class_code else "middle_class"
    found = items(
        frame.filter(pl.col(level).is_not_null()),
        asked.lens,
        by=level,
        use="hours" if asked.use == HOURS else None,
        home=population.home,
        with_ids=False,
        times=TIMES,
    )
    return ChokePoints(
        lens=asked.lens,
        class_code=asked.class_code,
        points=tuple(rank(found)),
        use=asked.use,
        population=population,
        taken=asked.taken,
        as_of=asked.taken.taken_at.date(),
    )
