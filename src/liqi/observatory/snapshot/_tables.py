"""The tables of a snapshot: what the database holds, joined and typed; only what changed is read again."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from django.db import connection
from django.db.models import QuerySet

from liqi import taxonomy
from liqi.access.models import Booking, UseTally, Wish
from liqi.catalogue.models import Facility, Institution, Instrument, Maker
from liqi.insight import dependence
from liqi.observatory.snapshot import _towns

AT_ONCE = 50_000
SAME_MOMENT = timedelta(seconds=1)
"""Records that changed so shortly before the last change seen are read again: a transaction may have been open."""
MOST_CHANGED = 0.3
"""Where a larger share changed, everything is read: that is quicker than sorting out what did not."""

_STOCK: dict[str, tuple[str, Any]] = {
    "pk": ("pk", pl.Int64), "id": ("key", pl.String), "name": ("name", pl.String), "name_en": ("name_en", pl.String),
    "class_code": ("class_code", pl.String), "value_cny": ("value_cny", pl.Float64),
    "made_in": ("made_in", pl.String), "model": ("model", pl.String), "country": ("country", pl.String),
    "province": ("province", pl.String), "city": ("city", pl.String), "latitude": ("latitude", pl.Float64),
    "longitude": ("longitude", pl.Float64), "acquired_on": ("acquired_on", pl.Date),
    "confirmed_on": ("confirmed_on", pl.Date), "status": ("status", pl.String), "shared": ("shared", pl.Boolean),
    "bookable": ("bookable", pl.Boolean), "synthetic": ("synthetic", pl.Boolean),
    "maker_pk": ("maker_id", pl.Int64), "institution_pk": ("institution_id", pl.Int64),
    "facility_pk": ("facility_id", pl.Int64),
}  # fmt: skip
"""Column of the instruments' table: field of the model, type."""
_MAKER = {
    "maker_pk": ("pk", pl.Int64), "maker": ("key", pl.String), "maker_name": ("name", pl.String),
    "maker_name_en": ("name_en", pl.String), "brand_country": ("brand_country", pl.String),
}  # fmt: skip
_INSTITUTION = {
    "institution_pk": ("pk", pl.Int64), "institution": ("key", pl.String), "institution_name": ("name", pl.String),
    "institution_name_en": ("name_en", pl.String),
}  # fmt: skip
_HOST = {"facility_pk": ("pk", pl.Int64), "facility": ("key", pl.String)}
_PLACE: dict[str, tuple[str, Any]] = {
    "id": ("key", pl.String), "name": ("name", pl.String), "name_en": ("name_en", pl.String),
    "class": ("facility_class", pl.String), "kind": ("kind", pl.String), "field": ("field", pl.String),
    **{stage: (stage, pl.Boolean) for stage in taxonomy.STAGES}, "country": ("country", pl.String),
    "province": ("province", pl.String), "city": ("city", pl.String), "latitude": ("latitude", pl.Float64),
    "longitude": ("longitude", pl.Float64), "status": ("status", pl.String), "confirmed_on": ("confirmed_on", pl.Date),
    "synthetic": ("synthetic", pl.Boolean), "institution_pk": ("institution_id", pl.Int64),
}  # fmt: skip
_USE: dict[str, tuple[str, Any]] = {
    "pk": ("instrument_id", pl.Int64), "year": ("year", pl.Int32), "confirmed": ("confirmed", pl.Boolean),
    "sessions": ("sessions", pl.Int64), "effective_h": ("effective_h", pl.Float64),
    "outside_h": ("outside_h", pl.Float64),
}  # fmt: skip
_REFUSED: dict[str, tuple[str, Any]] = {"pk": ("instrument_id", pl.Int64), "person": ("person_id", pl.Int64)}
_WAITING: dict[str, tuple[str, Any]] = {"pk": ("instruments", pl.Int64), "person": ("person_id", pl.Int64)}
_JOINED = [name for table in (_MAKER, _INSTITUTION, _HOST) for name in table if not name.endswith("_pk")]
INSTRUMENT = (*_STOCK, *_JOINED, _towns.TOWN)
"""Columns of the instruments' table, but for the owner's country."""
TIMES = "instruments"
_CELL = ("class_code", "band", "made_in", "brand_country", "owner_country", "maker", "maker_name", "maker_name_en",
         "country", "province", "year", "synthetic")  # fmt: skip
_SPREAD = ("class_code", "country", "province", "city", _towns.TOWN, "maker", "maker_name", "maker_name_en",
           "brand_country")  # fmt: skip
FACILITY = (*_PLACE, "institution", "institution_name", "institution_name_en", _towns.TOWN)
"""Columns of the facilities' table."""


def instruments(kept: pl.DataFrame | None, last_change: float) -> pl.DataFrame:
    """Every instrument of the catalogue with its maker, institution, facility and town, in the order of their making.

    Those of `kept` that did not change since `last_change` are not read from the database again.
    """
    stock = _changed(kept, last_change) if kept is not None else None
    if stock is None:
        stock = _towns.with_town(_read(Instrument.objects.order_by("pk"), _STOCK))
    for model, columns in ((Maker, _MAKER), (Institution, _INSTITUTION), (Facility, _HOST)):
        stock = stock.join(
            _read(model.everything.order_by("pk"), columns), on=next(iter(columns)), how="left", maintain_order="left"
        )
    return stock.select(INSTRUMENT)


def facilities() -> pl.DataFrame:
    """Every facility of the catalogue with its institution and town, in the order of their making."""
    frame = _read(Facility.objects.order_by("pk"), _PLACE)
    hosts = _read(Institution.everything.order_by("pk"), _INSTITUTION)
    return _towns.with_town(frame.join(hosts, on="institution_pk", how="left", maintain_order="left")).select(FACILITY)


def use(stock: pl.DataFrame) -> pl.DataFrame:
    """The tallies of metered hours, each with the id of its instrument."""
    tallies = _read(UseTally.objects.order_by("instrument_id", "year", "confirmed"), _USE)
    named = tallies.join(stock.select("pk", instrument="id"), on="pk", how="inner", maintain_order="left")
    return named.select("instrument", *[name for name in _USE if name != "pk"])


def cells(stock: pl.DataFrame, hours: pl.DataFrame) -> pl.DataFrame:
    """The instruments by what figures of dependence tell apart, with their number, value and metered hours.

    Those without a value are in no band, so that no sum mixes what is said with what is not.
    """
    ran = hours.group_by(id="instrument").agg(hours=pl.col("effective_h").sum())
    whole = dependence.with_band(stock).join(ran, on="id", how="left")
    return (
        whole.with_columns(year=pl.col("acquired_on").dt.year())
        .group_by(_CELL)
        .agg(
            pl.len().alias(TIMES),
            pl.when(pl.col("value_cny").count() > 0).then(pl.col("value_cny").sum()).alias("value_cny"),
            pl.when(pl.col("hours").count() > 0).then(pl.col("hours").sum()).alias("hours"),
        )
        .sort(_CELL, nulls_last=True)
    )


def spread(stock: pl.DataFrame) -> pl.DataFrame:
    """The instruments by class, maker and place, with their number."""
    return stock.group_by(_SPREAD).agg(pl.len().alias(TIMES)).sort(_SPREAD, nulls_last=True)


def demand(stock: pl.DataFrame, *, since: datetime) -> pl.DataFrame:
    """Bookings refused since that moment and wishes that wait, one row an instrument and person; no name is kept."""
    refused = Booking.objects.filter(state=Booking.State.REFUSED, created_at__gte=since).order_by("pk")
    waiting = Wish.objects.filter(state=Wish.State.WAITING).order_by("pk")
    asked = pl.concat(
        [
            _read(refused, _REFUSED).with_columns(kind=pl.lit("refused")),
            _read(waiting, _WAITING).with_columns(kind=pl.lit("waiting")),
        ]
    )
    named = asked.join(stock.select("pk", instrument="id"), on="pk", how="inner", maintain_order="left")
    return named.select("instrument", "kind", "person")


def _changed(kept: pl.DataFrame, last_change: float) -> pl.DataFrame | None:
    """The kept rows with what changed since put in, or None where it is quicker or safer to read all of them."""
    since = datetime.fromtimestamp(last_change, tz=UTC) - SAME_MOMENT
    touched = Instrument.everything.filter(updated_at__gte=since)
    gone = _read(touched.order_by(), {"pk": ("pk", pl.Int64)})
    if gone.height > max(AT_ONCE, MOST_CHANGED * kept.height):
        return None
    live = _towns.with_town(_read(touched.filter(removed_at=None).order_by("pk"), _STOCK))
    held = kept.select(*_STOCK, _towns.TOWN).join(gone, on="pk", how="anti")
    whole = pl.concat([held, live.select(held.columns)]).sort("pk")
    return whole if whole.height == Instrument.objects.count() else None


def _read(rows: QuerySet[Any], columns: Mapping[str, tuple[str, Any]]) -> pl.DataFrame:
    """These fields of the rows as a typed table; blank text is null."""
    schema = {name: kind for name, (_field, kind) in columns.items()}
    sql, params = rows.values_list(*[field for field, _kind in columns.values()]).query.sql_with_params()
    frames = [_typed(part, schema) for part in _parts(sql, params)]
    return pl.concat(frames) if frames else pl.DataFrame(schema=schema)


def _parts(sql: str, params: tuple[Any, ...]) -> Iterator[list[tuple[Any, ...]]]:
    """The rows as the driver gives them, without a model for each: this is read for every record there is."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, params)
        while part := cursor.fetchmany(AT_ONCE):
            yield part


def _typed(part: list[tuple[Any, ...]], schema: Mapping[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            _column(name, list(cells), kind)
            for (name, kind), cells in zip(schema.items(), zip(*part, strict=True), strict=True)
        ]
    )


def _column(name: str, cells: list[Any], kind: Any) -> pl.Series:
    """One column: money as plain numbers, whatever the driver makes of flags and days, blank text as null."""
    if kind == pl.String:
        return pl.Series(name, [cell or None for cell in cells], dtype=pl.String)
    if kind == pl.Boolean:
        return pl.Series(name, [None if cell is None else bool(cell) for cell in cells], dtype=pl.Boolean)
    if kind == pl.Float64:
        return pl.Series(name, [None if cell is None else float(cell) for cell in cells], dtype=pl.Float64)
    return pl.Series(name, cells, dtype=kind)
