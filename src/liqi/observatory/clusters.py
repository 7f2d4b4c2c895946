"""Clusters, on record: how near, linked and whole a place's facilities are, what ails them, and who could help."""

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import polars as pl

from liqi import taxonomy
from liqi.insight import chain, peers
from liqi.insight.chain import Cluster, Consortium, Diagnosis, Gain, Place
from liqi.insight.figure import Figure
from liqi.observatory import snapshot
from liqi.observatory.models import Snapshot
from liqi.observatory.population import Population, choose

PARTNERS, PEERS, STANDING_IN = 8, 5, 5
"""How many are named."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the page shows of one place and field."""

    field: str
    cluster: Cluster
    diagnoses: tuple[Diagnosis, ...]
    mid_gap: Figure
    missing_classes: tuple[Gain, ...]
    partners: tuple[Gain, ...]
    """Facilities elsewhere in the country that fill most of what is missing here."""
    official: dict[tuple[str, str], int]
    peers: tuple[peers.Peer, ...]
    """Provinces most like this one; none where no province is asked for."""
    names: dict[str, tuple[str, str, str]]
    """Facility to its name, English name and province."""
    population: Population
    taken: Snapshot
    as_of: date


def read(
    *, now: datetime, field: str = "", country: str = "", province: str = "", radius_km: float = chain.RADIUS_KM
) -> Found:
    """The cluster of this field's facilities (of all fields for none) in this population.

    Two facilities are linked where they belong to the same institution: other ties are not on record.
    """
    taken = snapshot.current(now=now)
    return _read(_Question(taken.path, field, country, province, radius_km, taken))


@dataclass(frozen=True, slots=True)
class _Question:
    """What was asked of which snapshot: the same question of the same one has the same answer."""

    path: str
    field: str
    country: str
    province: str
    radius_km: float
    taken: Snapshot = dataclasses.field(compare=False)


@lru_cache(maxsize=32)
def _read(asked: _Question) -> Found:
    every = snapshot.facilities(asked.taken).filter(pl.col("status") != "closed")
    population, own = choose(every, asked.country, asked.province)
    country = every if population.country == "all" else every.filter(pl.col("country") == population.country)
    if asked.field:
        own, country = (frame.filter(pl.col("field") == asked.field) for frame in (own, country))
    places = of(own)
    candidates = of(country.filter(~pl.col("id").is_in(own["id"].to_list()))) if population.province else []
    partners = tuple(chain.partner_gains(places, candidates)[:PARTNERS])
    named = country.filter(pl.col("id").is_in([gain.of for gain in partners]))
    return Found(
        field=asked.field,
        cluster=chain.cluster(places, radius_km=asked.radius_km),
        diagnoses=chain.diagnose(places, radius_km=asked.radius_km),
        mid_gap=chain.balance(places),
        missing_classes=tuple(chain.class_gains(places)) if places else (),
        partners=partners,
        official=chain.crosswalk(own["kind"].drop_nulls().to_list()),
        peers=_peers(country, population.province),
        names=_names(named),
        population=population,
        taken=asked.taken,
        as_of=asked.taken.taken_at.date(),
    )


def consortium(
    *, now: datetime, wanted: list[str], field: str = "", country: str = "", province: str = "",
    near: tuple[float, float] | None = None,
) -> tuple[Consortium, dict[str, dict[str, Any]], Population, Snapshot]:  # fmt: skip
    """The fewest facilities that serve every stage wanted, nearest to a point where one is given; and their rows."""
    taken = snapshot.current(now=now)
    population, frame = choose(snapshot.facilities(taken).filter(pl.col("status") != "closed"), country, province)
    if field:
        frame = frame.filter(pl.col("field") == field)
    places = of(frame)
    costs = {
        place.id: km
        for place in places
        if near and place.latitude is not None and place.longitude is not None
        for km in [taxonomy.distance_km(near, (place.latitude, place.longitude))]
    }
    if near:
        places = [place for place in places if place.id in costs]
    found = chain.cover(wanted, {place.id: place.stages for place in places}, costs)
    shown = {*found.members, *(name for names in found.instead.values() for name in names[:STANDING_IN])}
    rows = {row["id"]: {**row, "km": costs.get(row["id"])} for row in frame.iter_rows(named=True) if row["id"] in shown}
    return found, rows, population, taken


def of(frame: pl.DataFrame) -> list[Place]:
    """The facilities of a snapshot as the chain sees them; those of one institution are linked."""
    houses: dict[str, set[str]] = {}
    for key, house in frame.select("id", "institution").drop_nulls().iter_rows():
        houses.setdefault(house, set()).add(key)
    return [
        Place(
            id=row["id"],
            facility_class=row["class"] or "",
            stages=frozenset(stage for stage in taxonomy.STAGES if row[stage]),
            field=row["field"] or "",
            kind=row["kind"] or "",
            latitude=row["latitude"],
            longitude=row["longitude"],
            links=frozenset(houses.get(row["institution"] or "", set()) - {row["id"]}),
        )
        for row in frame.iter_rows(named=True)
    ]


def _peers(frame: pl.DataFrame, province: str) -> tuple[peers.Peer, ...]:
    """Provinces by facilities, share of each class and stage: what is alike there may be learnt from."""
    if not province or province not in frame["province"].to_list():
        return ()
    shares = [(pl.col("class") == name).mean().alias(name) for name in chain.CLASSES]
    stages = [pl.col(stage).mean().alias(stage) for stage in taxonomy.STAGES]
    table = (
        frame.filter(pl.col("province").is_not_null())
        .group_by("province")
        .agg(pl.len().log1p().alias("facilities"), *shares, *stages)
        .sort("province")
    )
    return tuple(peers.nearest(table, province, key="province", k=PEERS))


def _names(frame: pl.DataFrame) -> dict[str, tuple[str, str, str]]:
    rows = frame.select("id", "name", "name_en", "province").iter_rows()
    return {key: (name, name_en or "", province or "") for key, name, name_en, province in rows}
