"""Purchases by year, on record: is what is bought becoming more domestic, by number and by value?"""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

import polars as pl

from liqi.insight.cohorts import Cohorts, cohorts
from liqi.insight.dependence import BANDS, Heat, heat
from liqi.observatory import snapshot
from liqi.observatory.dependence import NO_BAND, Terms, level_below, of_class
from liqi.observatory.models import Snapshot
from liqi.observatory.population import Population, choose
from liqi.observatory.snapshot import TIMES

UNITS, VALUE = "units", "value"
COLUMNS = 12
"""Years in the table of classes, the latest."""
MEASURES = {UNITS: None, VALUE: "value_cny"}
"""Purchases are counted, or their values added up; both are always shown, one is drawn."""


@dataclass(frozen=True, slots=True)
class Purchases:
    """What the page shows: a line of years by number and by value, and the classes of each year within one band."""

    lens: str
    class_code: str
    by: dict[str, Cohorts]
    heat: Heat
    """Classes by year (as text), within the value band that was asked for."""
    population: Population
    taken: Snapshot
    as_of: date

    @property
    def years(self) -> tuple[int, ...]:
        """Every year from the first purchase on record to the last."""
        return self.by[UNITS].years


def read(
    *, now: datetime, lens: str = "made_in", country: str = "", province: str = "", class_code: str = "",
    measure: str = UNITS, band: str = "",
) -> Purchases:  # fmt: skip
    """The purchases of this population, of one class and those below it where a class is named.

    `band` ("0" to "3" or "none") narrows the table of classes by year, not the line of years.
    """
    taken = snapshot.current(now=now)
    return _read(_Question(taken.path, lens, country, province, class_code, measure, band, taken))


@dataclass(frozen=True, slots=True)
class _Question:
    """What was asked of which snapshot: the same question of the same one has the same answer."""

    path: str
    lens: str
    country: str
    province: str
    class_code: str
    measure: str
    band: str
    taken: Snapshot = field(compare=False)


@lru_cache(maxsize=32)
def _read(asked: _Question) -> Purchases:
    day = asked.taken.taken_at.date()
    frame = of_class(snapshot.cells(asked.taken), asked.class_code)
    population, frame = choose(frame, asked.country, asked.province, TIMES)
    terms: Terms = {"home": population.home, "with_ids": False, "times": TIMES}
    by = {name: cohorts(frame, asked.lens, weight=weight, as_of=day, **terms) for name, weight in MEASURES.items()}
    if asked.band:
        none = pl.col("band").is_null()
        frame = frame.filter(none if asked.band == NO_BAND else pl.col("band") == BANDS[int(asked.band)])
    return Purchases(
        lens=asked.lens,
        class_code=asked.class_code,
        by=by,
        heat=heat(
            frame,
            asked.lens,
            rows=level_below(asked.class_code),
            columns="year",
            column_order=[str(year) for year in by[UNITS].years[-COLUMNS:]],
            weight=MEASURES[asked.measure],
            as_of=day,
            **terms,
        ),
        population=population,
        taken=asked.taken,
        as_of=day,
    )
