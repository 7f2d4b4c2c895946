"""Snapshots: the catalogue written to Parquet, and read back from there by every figure."""

import hashlib
import os
import secrets
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Max

from liqi.access.evaluation import tally
from liqi.catalogue.models import Facility, Institution, Instrument, Maker, MakerOwner
from liqi.insight import dependence, origin
from liqi.observatory.models import Snapshot
from liqi.observatory.snapshot import _tables

__all__ = [
    "TIMES",
    "abroad",
    "cells",
    "current",
    "demand",
    "facilities",
    "folder",
    "instruments",
    "look",
    "refresh",
    "scan",
    "spread",
    "take",
    "use",
    "with_owners",
]

FRESH = timedelta(minutes=5)
"""A younger snapshot is taken as it is; an older one is held against the catalogue first."""
STALE = timedelta(days=1)
"""An older one is taken anew in any case: hours, bookings and wishes change without the catalogue."""
LOOKED_S = 30
"""So long after a look at the catalogue no other one is taken."""
YEAR = timedelta(days=365)
"""So far back refused bookings count as demand."""
KEPT = 2
"""Snapshots whose files stay; a page that was opened a moment ago still finds its rows."""
FOLDER = "snapshots"
"""Below the data folder."""
INSTRUMENTS, FACILITIES = "instruments.parquet", "facilities.parquet"
USE, DEMAND = "use.parquet", "demand.parquet"
CELLS, SPREAD = "cells.parquet", "spread.parquet"
TIMES = _tables.TIMES
"""The column of the cells that says how many instruments each stands for."""


def current(*, now: datetime) -> Snapshot:
    """The last snapshot, which figures are made of: no page waits for another; the very first is made at once."""
    latest = Snapshot.objects.first()
    return latest if latest is not None and _whole(latest) else take(now=now)


def refresh(*, now: datetime) -> Snapshot:
    """The snapshot of now, taken anew where there is none or the catalogue has changed; work of the indexer."""
    latest = Snapshot.objects.first()
    if latest is None or not _whole(latest):
        return take(now=now)
    if now - latest.taken_at < FRESH or not cache.add(f"looked-{latest.path}", True, LOOKED_S):
        return latest
    if now - latest.taken_at < STALE and look() == latest.seen:
        return latest
    return take(now=now)


def take(*, now: datetime, anew: bool = False) -> Snapshot:
    """The catalogue as it is now, in Parquet and on record; snapshots older than the last two are dropped.

    Instruments that did not change since the snapshot before are taken from there, unless `anew` says to read all.
    """
    tally.bring_up()
    seen, before = look(), None if anew else Snapshot.objects.first()
    kept = pl.read_parquet(folder(before) / INSTRUMENTS) if before and _whole(before) else None
    name = f"{now:%Y%m%dT%H%M%S%f}-{secrets.token_hex(3)}"
    root = Path(settings.LIQI_DATA) / FOLDER
    draft = root / f".{name}"
    draft.mkdir(parents=True)
    stock = with_owners(_tables.instruments(kept, _last_change(before)), now.date())
    places = _tables.facilities()
    stock.write_parquet(draft / INSTRUMENTS, compression_level=1)
    places.write_parquet(draft / FACILITIES)
    hours = _tables.use(stock)
    hours.write_parquet(draft / USE)
    _tables.cells(stock, hours).write_parquet(draft / CELLS)
    _tables.spread(stock).write_parquet(draft / SPREAD)
    _tables.demand(stock, since=now - YEAR).write_parquet(draft / DEMAND)
    with (draft / INSTRUMENTS).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    os.replace(draft, root / name)
    taken, _made = Snapshot.objects.get_or_create(
        taken_at=now,
        defaults={
            "path": f"{FOLDER}/{name}",
            "rows": stock.height,
            "facilities": places.height,
            "sha256": digest,
            "seen": seen,
        },
    )
    _drop_old()
    return taken


def look() -> str:
    """What the catalogue looks like from afar: how many records of each kind, and when the last one changed."""
    parts = []
    for model in (Instrument, Facility, Maker, Institution):
        facts = model.objects.aggregate(n=Count("id"), last=Max("updated_at"))
        parts.append(f"{facts['n']}@{facts['last'].timestamp() if facts['last'] else 0:.6f}")
    return " ".join([*parts, str(MakerOwner.objects.count())])


def instruments(taken: Snapshot, columns: list[str] | None = None, where: pl.Expr | None = None) -> pl.DataFrame:
    """The instruments of the snapshot (those that `where` holds for), with `large_class` and `middle_class`."""
    rows = scan(taken)
    if where is not None:
        rows = rows.filter(where)
    if columns is not None:
        rows = rows.select(sorted(({"class_code"} | set(columns)) - {"large_class", "middle_class"}))
    return _with_classes(rows.collect())


def scan(taken: Snapshot) -> pl.LazyFrame:
    """The instruments of the snapshot, of which nothing is read before it is asked for."""
    return pl.scan_parquet(folder(taken) / INSTRUMENTS)


def abroad(taken: Snapshot, lens: str, home: frozenset[str]) -> pl.Expr:
    """Whether an instrument of `scan` comes from abroad through this lens; null where that is not said."""
    column = {"made_in": "made_in", "brand": "brand_country", "owner": "owner_country"}[lens]
    said = pl.read_parquet(folder(taken) / CELLS, columns=[column]).unique().drop_nulls()
    judged = origin.abroad(said, lens, home)
    return pl.col(column).replace_strict(said[column], judged, default=None, return_dtype=pl.Boolean)


def cells(taken: Snapshot) -> pl.DataFrame:
    """The instruments gathered: one line for all of the same class, band, origins, maker, place and year of purchase.

    `TIMES` says how many they are, `value_cny` and `hours` are their sums. Shares, leagues and choke points of a
    million instruments are made of these few lines; each figure opens its instruments all the same.
    """
    return _with_classes(pl.read_parquet(folder(taken) / CELLS))


def spread(taken: Snapshot) -> pl.DataFrame:
    """The instruments gathered by class, maker and place: `TIMES` says how many each line stands for."""
    return pl.read_parquet(folder(taken) / SPREAD)


def _with_classes(frame: pl.DataFrame) -> pl.DataFrame:
    code = pl.col("class_code")
    return frame.with_columns(
        (code.str.slice(0, 2) + "0000").alias("large_class"), (code.str.slice(0, 4) + "00").alias("middle_class")
    )


def facilities(taken: Snapshot) -> pl.DataFrame:
    """The facilities of the snapshot."""
    return pl.read_parquet(folder(taken) / FACILITIES)


def use(taken: Snapshot) -> pl.DataFrame:
    """The metered hours of the snapshot: instrument, year, confirmed, sessions, effective_h, outside_h."""
    return pl.read_parquet(folder(taken) / USE)


def demand(taken: Snapshot) -> pl.DataFrame:
    """What people wanted and did not get: instrument, kind (refused or waiting), person (a number, no name)."""
    return pl.read_parquet(folder(taken) / DEMAND)


def folder(taken: Snapshot) -> Path:
    """Where the files of the snapshot are."""
    return Path(settings.LIQI_DATA) / taken.path


def with_owners(frame: pl.DataFrame, on: date) -> pl.DataFrame:
    """The instruments with the country of their maker's owner on that day, else of the brand itself."""
    rows = MakerOwner.objects.order_by("id").values_list("maker__key", "owner_country", "from_on", "to_on")
    schema = {"maker": pl.String, "owner_country": pl.String, "from_on": pl.Date, "to_on": pl.Date}
    return dependence.with_owner(frame, pl.DataFrame(list(rows), schema=schema, orient="row"), on)


def _whole(taken: Snapshot) -> bool:
    """Whether its files are there, with the columns that figures of this version read."""
    files = [folder(taken) / name for name in (INSTRUMENTS, FACILITIES, USE, DEMAND, CELLS, SPREAD)]
    if not all(file.is_file() for file in files):
        return False
    held = [set(pl.read_parquet_schema(file)) for file in files[:2]]
    return {*_tables.INSTRUMENT, "owner_country"} <= held[0] and set(_tables.FACILITY) <= held[1]


def _last_change(taken: Snapshot | None) -> float:
    """When the last instrument of the snapshot had changed, in seconds of the epoch."""
    return float(taken.seen.split()[0].partition("@")[2]) if taken and "@" in taken.seen else 0.0


def _drop_old() -> None:
    for old in Snapshot.objects.order_by("-taken_at")[KEPT:]:
        shutil.rmtree(folder(old), ignore_errors=True)
        old.delete()
