"""Trade on record: tables taken in whole or not at all, taken back, and the card of a product made of one of them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl
from django.db import transaction
from django.db.models import Count, Max, Min, QuerySet
from django.utils.translation import gettext as _

from liqi.accounts import journal
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.insight import trade_tables
from liqi.insight.trade_tables import COLUMNS, Card, Problem
from liqi.observatory.models import TradeFlow, TradeTable

BATCH = 2_000
MOST_ROWS = 5_000_000
MOST_BYTES = 512 * 1024 * 1024
INSTRUMENTS = (
    ("9011", "显微镜", "microscopes"),
    ("9012", "电子显微镜、衍射设备", "electron microscopes, diffraction apparatus"),
    ("9015", "测量仪器", "surveying instruments"),
    ("9022", "X 射线设备", "X-ray apparatus"),
    ("9024", "材料试验机", "materials testing machines"),
    ("9025", "温度计、密度计", "thermometers, hydrometers"),
    ("9026", "流量、压力仪表", "flow and pressure gauges"),
    ("9027", "理化分析仪器", "physical and chemical analysis"),
    ("902730", "分光仪", "spectrometers"),
    ("902781", "质谱仪", "mass spectrometers"),
    ("9030", "示波器、电测仪器", "oscilloscopes, electrical measurement"),
    ("9031", "测量检验仪器", "measuring machines"),
    ("9032", "自动调节仪器", "automatic regulators"),
)
"""Headings of the Harmonized System that are instruments, in our words; a card may ask for any other code."""


class TradeRefused(ValueError):
    """The table cannot be taken in or back; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a table; with problems nothing of it was kept."""

    kind: str
    read: int
    created: int
    left_out: int
    """Rows that are totals over partners or parts of other rows."""
    rejected: int
    problems: tuple[Problem, ...]
    table: TradeTable | None = None


def may_keep(person: Person | None) -> bool:
    """Whether the person takes tables in and back: an operator of the platform."""
    return person is not None and person.is_operator


def take_in(
    path: Path,
    *,
    file_name: str,
    person: Person | None,
    now: datetime,
    kind: str = "",
    mapping: Mapping[str, str] | None = None,
    flow: str = "",
    reporter: str = "",
    products: Sequence[str] = (),
    source: str = "",
    synthetic: bool = False,
    dry_run: bool = False,
) -> Taken:
    """The table of the file is on record, all of it or, with any problem, nothing; `products` keeps these codes alone.

    `person` is None for who works at the machine itself. Raises UnusableTable for what is no trade table, TradeRefused
    for one that is here already or too large.
    """
    if person is not None and not may_keep(person):
        raise NotAllowed(_("Trade tables are taken in by operators of the platform; ask one of them."))
    if reporter and trade_tables.country_of(reporter) is None:
        raise TradeRefused(_("Found the reporter %(found)s; expected a country such as CN.") % {"found": reporter[:40]})
    found = trade_tables.read(path, kind=kind, mapping=mapping, flow=flow, reporter=reporter)
    frame = _only(found.frame, products)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if TradeTable.objects.filter(sha256=digest, withdrawn_at=None).exists():
        raise TradeRefused(_("Found a table that is here already; take the old one back first to read it anew."))
    if frame.height > MOST_ROWS:
        raise TradeRefused(
            _("Found %(n)s rows; expected at most %(most)s; name the products to keep, such as 90.")
            % {"n": frame.height, "most": MOST_ROWS}
        )
    if not frame.height and not found.problems:
        raise TradeRefused(_("Found a table without a flow of these products; expected at least one row."))
    table = None
    if not found.problems and not dry_run:
        table = _keep(frame, found.kind, file_name, digest, person, now, source, synthetic)
    return Taken(found.kind, found.rows, frame.height, found.totals, found.rejected, found.problems, table)


def take_back(table: TradeTable, *, person: Person | None, now: datetime) -> None:
    """The table counts nowhere any more; its flows are gone, what it was stays on record."""
    if person is not None and not may_keep(person):
        raise NotAllowed(_("Trade tables are taken back by operators of the platform; ask one of them."))
    with transaction.atomic():
        held = TradeTable.objects.select_for_update().get(pk=table.pk)
        if held.withdrawn_at is not None:
            raise TradeRefused(_("This table was taken back already."))
        held.withdrawn_at = now
        held.save(update_fields=["withdrawn_at"])
        TradeFlow.objects.filter(table=held).delete()
        journal.write(person=person, verb="withdrawn", thing=held, at=now, rows=held.rows)


def tables() -> QuerySet[TradeTable]:
    """The tables that count, newest first, each with its years."""
    kept = TradeTable.objects.filter(withdrawn_at=None)
    return kept.annotate(first=Min("flows__year"), last=Max("flows__year"), flows_held=Count("flows"))


def card(table: TradeTable, *, country: str, product: str, year: int | None = None) -> Card:
    """The card of a product and a country made of this table."""
    rows = TradeFlow.objects.filter(table=table, product__startswith=product)
    mine = rows.filter(importer=country) | rows.filter(exporter=country)
    frame = pl.DataFrame(list(mine.order_by("pk").values_list(*COLUMNS)), schema=COLUMNS, orient="row")
    few = rows.filter(side="both", firms__lt=trade_tables.FEWEST_FIRMS).exclude(importer=country)
    guarded = set(few.order_by().values_list("year", flat=True).distinct())
    return trade_tables.card(frame, country=country, product=product, year=year, guarded=guarded)


def countries(table: TradeTable) -> list[str]:
    """The countries that recorded the table's flows, fullest first: these are the ones it can speak for."""
    inward = TradeFlow.objects.filter(table=table, side__in=("import", "both"))
    counted = inward.order_by().values_list("importer").annotate(n=Count("pk")).order_by("-n", "importer")
    outward = TradeFlow.objects.filter(table=table, side="export").order_by().values_list("exporter", flat=True)
    return list(dict.fromkeys([*(code for code, _n in counted), *sorted(set(outward.distinct()))]))


def products(table: TradeTable) -> list[str]:
    """The commodity codes in the table."""
    return list(TradeFlow.objects.filter(table=table).order_by("product").values_list("product", flat=True).distinct())


def _only(frame: pl.DataFrame, products: Sequence[str]) -> pl.DataFrame:
    if not products:
        return frame
    kept = pl.any_horizontal([pl.col("product").str.starts_with(code) for code in products])
    return frame.filter(kept)


def _keep(
    frame: pl.DataFrame,
    kind: str,
    name: str,
    digest: str,
    person: Person | None,
    now: datetime,
    source: str,
    made: bool,
) -> TradeTable:
    with transaction.atomic():
        table = TradeTable.objects.create(
            title=Path(name).name[:200], kind=kind, file_name=Path(name).name[:200], sha256=digest, rows=frame.height,
            source=source[:300], synthetic=made, person=person, at=now,
        )  # fmt: skip
        for part in frame.iter_slices(50_000):
            blank = part.with_columns(pl.col("quantity_unit").fill_null("").str.slice(0, 40))
            rows = (TradeFlow(table=table, **row) for row in blank.iter_rows(named=True))
            TradeFlow.objects.bulk_create(rows, batch_size=BATCH)
        journal.write(person=person, verb="added", thing=table, at=now, rows=frame.height, file=Path(name).name[:200])
    return table
