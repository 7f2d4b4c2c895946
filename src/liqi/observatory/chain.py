"""The chain, on record: which classes and stages a field's facilities fill, and the facilities of a cell."""

from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from liqi import taxonomy
from liqi.insight import inquiry
from liqi.insight.chain import Matrix, Place, matrix
from liqi.observatory import question, snapshot
from liqi.observatory.models import Snapshot
from liqi.observatory.population import Population, choose


@dataclass(frozen=True, slots=True)
class Chain:
    """What the page shows: the grid of the chosen field, the grids of all fields, and what they were made of."""

    field: str
    matrix: Matrix
    fields: dict[str, Matrix]
    population: Population
    taken: Snapshot
    as_of: date


def read(*, now: datetime, field: str = "", country: str = "", province: str = "") -> Chain:
    """The grid of this field (of all fields for none) among the facilities of this population."""
    taken = snapshot.current(now=now)
    population, frame = choose(snapshot.facilities(taken), country, province)
    places = [_place(row) for row in frame.iter_rows(named=True)]
    return Chain(
        field=field,
        matrix=matrix(places, field),
        fields={code: matrix(places, code) for code in taxonomy.FIELDS},
        population=population,
        taken=taken,
        as_of=taken.taken_at.date(),
    )


def rows(
    *,
    now: datetime,
    field: str = "",
    facility_class: str = "",
    stage: str = "",
    country: str = "",
    province: str = "",
    peers_of: str = "",
) -> tuple[pl.DataFrame, Snapshot]:
    """The facilities of a cell, or of the whole grid where neither class nor stage is named.

    `peers_of` leaves those in the places that the place of this code is compared with; UnclearQuestion for no place.
    """
    taken = snapshot.current(now=now)
    _population, frame = choose(snapshot.facilities(taken), country, province)
    if field:
        frame = frame.filter(pl.col("field") == field)
    if facility_class:
        frame = frame.filter(pl.col("class") == facility_class)
    if stage:
        frame = frame.filter(pl.col(stage))
    if peers_of:
        frame = frame.filter(question.among_peers(inquiry.where(peers_of), taken))
    return frame, taken


def _place(row: dict[str, object]) -> Place:
    return Place(
        id=str(row["id"]),
        facility_class=str(row["class"] or ""),
        stages=frozenset(stage for stage in taxonomy.STAGES if row[stage]),
        field=str(row["field"] or ""),
    )
