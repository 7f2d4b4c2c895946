"""Places of a question: which rows of a table stand there, which places are its peers, which is nearest."""

from dataclasses import dataclass

import polars as pl

from liqi import taxonomy
from liqi.insight import inquiry
from liqi.insight.inquiry import Where
from liqi.observatory.snapshot import TIMES

PEERS = 10
"""Places of the same kind that are nearest in the number of their instruments."""
REACH_KM = 150
"""So far people travel for an instrument that their own place lacks."""


def standing_in(place: Where) -> pl.Expr:
    """The rows of this place; those of a district are those of its town, as records say no district by code."""
    if place.kind == inquiry.COUNTRY:
        return pl.col("country") == place.code
    if place.kind == inquiry.CITY:
        named = pl.col("city").str.to_lowercase().is_in(list(place.names))
        return (pl.col("country") == place.country) & named
    if place.kind == inquiry.PROVINCE:
        return (pl.col("country") == "CN") & (pl.col("province") == place.code)
    return pl.col("town") == place.town


def unit(place: Where) -> str:
    """The column that tells places of this kind apart."""
    if place.kind in (inquiry.TOWN, inquiry.DISTRICT):
        return "town"
    return {inquiry.COUNTRY: "country", inquiry.PROVINCE: "province"}.get(place.kind, "city")


def name_of(place: Where) -> str:
    """What the column of `unit` holds for this place."""
    if place.kind == inquiry.DISTRICT:
        return place.town
    return taxonomy.cities()[place.code.removeprefix(inquiry.GEO)].name if place.kind == inquiry.CITY else place.code


def peers(frame: pl.DataFrame, place: Where) -> tuple[str, ...]:
    """The ten places of the same kind whose number of instruments is nearest to this one's, nearest first.

    Within the same country, but for countries themselves; a place without any instrument is nobody's peer.
    """
    column = unit(place)
    around = frame if place.kind == inquiry.COUNTRY else frame.filter(pl.col("country") == place.country)
    held = around.filter(pl.col(column).is_not_null()).group_by(column).agg(pl.col(TIMES).sum().alias("len"))
    own = int(frame.filter(standing_in(place))[TIMES].sum())
    others = held.filter(pl.col(column).str.to_lowercase() != name_of(place).lower())
    near = others.with_columns(away=(pl.col("len").cast(pl.Int64) - own).abs()).sort(["away", column])
    return tuple(near[column].head(PEERS))


@dataclass(frozen=True, slots=True)
class Near:
    """A town that has what is missing: how far, and how many."""

    town: str
    km: float
    instruments: int


def nearest(frame: pl.DataFrame, place: Where, most: int = 3) -> tuple[Near, ...]:
    """The towns of China nearest to the place with rows in this table; none where the place has no point."""
    point = place.point
    if point is None or place.country != "CN":
        return ()
    own = place.town or place.code
    elsewhere = frame.filter(pl.col("town").is_not_null() & (pl.col("town") != own))
    held = elsewhere.group_by("town").agg(pl.col(TIMES).sum())
    found = []
    for town, n in held.iter_rows():
        at = taxonomy.place(town)
        if at is not None and at.latitude is not None and at.longitude is not None:
            found.append(Near(town, taxonomy.distance_km(point, (at.latitude, at.longitude)), int(n)))
    return tuple(sorted(found, key=lambda one: (one.km, one.town))[:most])
