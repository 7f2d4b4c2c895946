"""Snapshots: the catalogue written to Parquet, and read back from there by every figure."""

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Max

from liqi import taxonomy
from liqi.catalogue.models import Facility, Instrument, Maker, MakerOwner
from liqi.insight import dependence
from liqi.observatory.models import Snapshot

FRESH = timedelta(minutes=5)
"""A younger snapshot is taken as it is; an older one is held against the catalogue first."""
LOOKED_S = 30
"""So long after a look at the catalogue no other one is taken."""
KEPT = 2
"""Snapshots whose files stay; a page that was opened a moment ago still finds its rows."""
FOLDER = "snapshots"
"""Below the data folder."""

_INSTRUMENT: dict[str, Any] = {
    "id": pl.String, "name": pl.String, "name_en": pl.String, "class_code": pl.String, "value_cny": pl.Float64,
    "made_in": pl.String, "maker": pl.String, "maker_name": pl.String, "maker_name_en": pl.String,
    "brand_country": pl.String, "model": pl.String, "institution": pl.String, "institution_name": pl.String,
    "institution_name_en": pl.String, "country": pl.String, "province": pl.String, "city": pl.String,
    "acquired_on": pl.Date, "confirmed_on": pl.Date, "synthetic": pl.Boolean,
}  # fmt: skip
_FIELDS = (
    "key", "name", "name_en", "class_code", "value_cny", "made_in", "maker__key", "maker__name", "maker__name_en",
    "maker__brand_country", "model", "institution__key", "institution__name", "institution__name_en", "country",
    "province", "city", "acquired_on", "confirmed_on", "synthetic",
)  # fmt: skip
_FACILITY: dict[str, Any] = {
    "id": pl.String, "name": pl.String, "name_en": pl.String, "class": pl.String, "kind": pl.String,
    "field": pl.String, **dict.fromkeys(taxonomy.STAGES, pl.Boolean), "institution": pl.String,
    "institution_name": pl.String, "institution_name_en": pl.String, "country": pl.String, "province": pl.String,
    "city": pl.String, "status": pl.String, "confirmed_on": pl.Date, "synthetic": pl.Boolean,
}  # fmt: skip
_FACILITY_FIELDS = (
    "key", "name", "name_en", "facility_class", "kind", "field", *taxonomy.STAGES, "institution__key",
    "institution__name", "institution__name_en", "country", "province", "city", "status", "confirmed_on", "synthetic",
)  # fmt: skip


def current(*, now: datetime) -> Snapshot:
    """The snapshot that figures are made of now; taken anew where there is none or the catalogue has changed."""
    latest = Snapshot.objects.first()
    if latest is None or not folder(latest).is_dir():
        return take(now=now)
    if now - latest.taken_at < FRESH or not cache.add(f"looked-{latest.path}", True, LOOKED_S):
        return latest
    if look() == latest.seen:
        return latest
    return take(now=now)


def take(*, now: datetime) -> Snapshot:
    """The catalogue as it is now, in Parquet and on record; snapshots older than the last two are dropped."""
    seen = look()
    name = f"{now:%Y%m%dT%H%M%S%f}-{secrets.token_hex(3)}"
    root = Path(settings.LIQI_DATA) / FOLDER
    draft = root / f".{name}"
    draft.mkdir(parents=True)
    instruments = with_owners(_frame(Instrument.objects.order_by("id").values_list(*_FIELDS), _INSTRUMENT), now.date())
    facilities = _frame(Facility.objects.order_by("id").values_list(*_FACILITY_FIELDS), _FACILITY)
    instruments.write_parquet(draft / "instruments.parquet")
    facilities.write_parquet(draft / "facilities.parquet")
    digest = hashlib.sha256((draft / "instruments.parquet").read_bytes()).hexdigest()
    os.replace(draft, root / name)
    taken, _made = Snapshot.objects.get_or_create(
        taken_at=now,
        defaults={
            "path": f"{FOLDER}/{name}",
            "rows": instruments.height,
            "facilities": facilities.height,
            "sha256": digest,
            "seen": seen,
        },
    )
    _drop_old()
    return taken


def look() -> str:
    """What the catalogue looks like from afar: how many records of each kind, and when the last one changed."""
    parts = []
    for model in (Instrument, Facility, Maker):
        facts = model.objects.aggregate(n=Count("id"), last=Max("updated_at"))
        parts.append(f"{facts['n']}@{facts['last'].timestamp() if facts['last'] else 0:.6f}")
    return " ".join([*parts, str(MakerOwner.objects.count())])


def instruments(taken: Snapshot, columns: list[str] | None = None) -> pl.DataFrame:
    """The instruments of the snapshot, with `class`, `large_class` and `middle_class` beside the class code."""
    wanted = None if columns is None else sorted(({"class_code"} | set(columns)) - {"large_class", "middle_class"})
    frame = pl.read_parquet(folder(taken) / "instruments.parquet", columns=wanted)
    code = pl.col("class_code")
    return frame.with_columns(
        (code.str.slice(0, 2) + "0000").alias("large_class"), (code.str.slice(0, 4) + "00").alias("middle_class")
    )


def facilities(taken: Snapshot) -> pl.DataFrame:
    """The facilities of the snapshot."""
    return pl.read_parquet(folder(taken) / "facilities.parquet")


def folder(taken: Snapshot) -> Path:
    """Where the files of the snapshot are."""
    return Path(settings.LIQI_DATA) / taken.path


def with_owners(frame: pl.DataFrame, on: date) -> pl.DataFrame:
    """The instruments with the country of their maker's owner on that day, else of the brand itself."""
    rows = MakerOwner.objects.order_by("id").values_list("maker__key", "owner_country", "from_on", "to_on")
    schema = {"maker": pl.String, "owner_country": pl.String, "from_on": pl.Date, "to_on": pl.Date}
    return dependence.with_owner(frame, pl.DataFrame(list(rows), schema=schema, orient="row"), on)


def _frame(rows: Any, schema: dict[str, Any]) -> pl.DataFrame:
    frames = [pl.DataFrame(part, schema=schema, orient="row") for part in _parts(rows)]
    frame = pl.concat(frames) if frames else pl.DataFrame(schema=schema)
    texts = [name for name, kind in schema.items() if kind == pl.String]
    return frame.with_columns(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in texts)


def _parts(rows: Any) -> Iterator[list[Any]]:
    """Rows of at most 50,000 at a time, money as plain numbers."""
    part: list[Any] = []
    for row in rows.iterator(chunk_size=5000):
        part.append([float(cell) if type(cell).__name__ == "Decimal" else cell for cell in row])
        if len(part) == 50_000:
            yield part
            part = []
    if part:
        yield part


def _drop_old() -> None:
    for old in Snapshot.objects.order_by("-taken_at")[KEPT:]:
        shutil.rmtree(folder(old), ignore_errors=True)
        old.delete()
