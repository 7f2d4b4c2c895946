"""Where the instruments of an answer stand: one line an institution, with its point where a record has one."""

from dataclasses import dataclass

import polars as pl

COLUMNS = ("institution", "institution_name", "institution_name_en", "latitude", "longitude")
"""What a table of instruments must have beside their ids."""


@dataclass(frozen=True, slots=True)
class Holder:
    """An institution, how many of the instruments it has, and the mean point of those that have one."""

    key: str
    name: str
    name_en: str
    instruments: int
    shared: int
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class Holders:
    """Every institution that has some, fullest first, and what cannot be placed."""

    all: tuple[Holder, ...]
    nobody: int
    """Instruments without an institution on record."""
    no_point: int
    """Instruments of institutions none of whose instruments has a point, or of no institution."""


def find(mine: pl.DataFrame) -> Holders:
    """The institutions of these instruments."""
    table = (
        mine.filter(pl.col("institution").is_not_null())
        .group_by("institution")
        .agg(
            pl.first("institution_name", "institution_name_en"),
            instruments=pl.len(),
            shared=pl.col("shared").sum(),
            latitude=pl.col("latitude").mean(),
            longitude=pl.col("longitude").mean(),
        )
        .sort(["instruments", "institution"], descending=[True, False])
    )
    held = tuple(
        Holder(
            row["institution"], row["institution_name"] or row["institution"], row["institution_name_en"] or "",
            row["instruments"], int(row["shared"] or 0), row["latitude"], row["longitude"],
        )
        for row in table.iter_rows(named=True)
    )  # fmt: skip
    nobody = mine.height - sum(one.instruments for one in held)
    return Holders(held, nobody, nobody + sum(one.instruments for one in held if one.latitude is None))
