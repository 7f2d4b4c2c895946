"""The figures of an institution's year, computed from its records and never typed, each with its row count.

Definitions are those of the national interface (dictionary `institution_year`): registered / all above the threshold,
working / registered, shared / all that could be shared, shared outside / all that could be shared.
"""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, cast

from django.utils.translation import gettext as _

from liqi.catalogue.exchange.national import records as say
from liqi.catalogue.exchange.national.records import CLOCK, inner_id, share_mode
from liqi.catalogue.models import Institution, Instrument, Push, PushState, ServiceRecord

TARGET = "national"
"""The queue of the national platform."""
THRESHOLD_CNY = Decimal(500_000)
"""The value from which an instrument is to be registered."""
OUTSIDE = "130"
LEDGER_COLUMNS = ("日期", "凭证编号", "经办人", "摘要", "金额(元)", "设备名称", "付款单位")
ASSET_COLUMNS = (
    *("资产编号", "资产分类", "资产名称", "规格型号", "价值(万元)", "建账日期", "使用部门", "生产厂家", "备注"),
)
ASSET_SCHEME = "gbt14885"
_ASKED = ("key", "identifiers", "codes", "shared", "bookable", "status", "value_cny")
"""What the figures ask of an instrument; the rest of its long record is not read."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A computed figure: its value (None where there is nothing to compute it from), rows, how many said nothing."""

    key: str
    value: Decimal | int | str | None
    rows: int
    missing: int
    unit: str
    formula: str

    @property
    def text(self) -> str:
        """The value as the interface wants it; blank where there is none."""
        if isinstance(self.value, Decimal):
            return str(self.value.quantize(say.CENT, ROUND_HALF_UP))
        return "" if self.value is None else str(self.value)


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours that the service records of one instrument and year add up to, and of how many records."""

    run: Decimal
    outside: Decimal
    records: int


def year_bounds(year: int) -> tuple[datetime, datetime]:
    """The year [start, end) on the platform's clock."""
    return datetime(year, 1, 1, tzinfo=CLOCK), datetime(year + 1, 1, 1, tzinfo=CLOCK)


def service_records(institution: Institution, year: int) -> Any:
    """The institution's service records that began in the year, with their instruments."""
    starts_at, ends_at = year_bounds(year)
    mine = ServiceRecord.objects.filter(instrument__institution=institution, instrument__removed_at=None)
    return mine.filter(starts_at__gte=starts_at, starts_at__lt=ends_at).select_related("instrument")


def hours(records: Iterable[ServiceRecord]) -> dict[int, Hours]:
    """Instrument id and its hours; records counted in samples add no hours."""
    run: defaultdict[int, Decimal] = defaultdict(Decimal)
    outside: defaultdict[int, Decimal] = defaultdict(Decimal)
    count: Counter[int] = Counter()
    for one in records:
        if one.quantity_unit == "hours":
            count[one.instrument_id] += 1
            run[one.instrument_id] += one.quantity or 0
            outside[one.instrument_id] += (one.quantity or 0) if one.audience == OUTSIDE else 0
    return {key: Hours(run[key], outside[key], count[key]) for key in count}


def of_year(
    institution: Institution,
    year: int,
    *,
    target: str = TARGET,
    instruments: Sequence[Instrument] | None = None,
    records: Sequence[ServiceRecord] | None = None,
) -> dict[str, Figure]:
    """Every figure of the year that can be computed, by its key in the interface.

    `instruments` (all but the retired ones) and `records` (of the year) are read where they are not at hand.
    """
    if instruments is None:
        kept = Instrument.objects.filter(institution=institution).exclude(status="retired")
        instruments = list(cast(Any, kept.values_list(*_ASKED, named=True)))
    if records is None:
        records = list(service_records(institution, year))
    taken = Push.objects.filter(
        target=target, institution=institution, record_type="4", state__in=[PushState.ACCEPTED, PushState.LOCKED]
    )
    made = [
        *_rates(instruments, set(taken.values_list("record", flat=True))),
        *money(records),
        *_stock(instruments),
        _amounts(records),
        _users(records),
    ]
    return {figure.key: figure for figure in made}


def _rates(instruments: Sequence[Instrument], taken: set[str]) -> list[Figure]:
    large = [one for one in instruments if one.value_cny is not None and one.value_cny >= THRESHOLD_CNY]
    valueless = sum(one.value_cny is None for one in instruments)
    registered = [one for one in large if inner_id(one) in taken]
    known = [one for one in registered if one.status != "unknown"]
    modes = [share_mode(one) for one in large]
    unsaid = modes.count("")
    shareable = len(modes)
    return [
        _rate("submittedRates", len(registered), len(large), valueless,
              _("instruments taken by the platform / instruments of at least 500,000 CNY")),
        _rate("activatedRates", sum(one.status == "working" for one in registered), len(registered),
              len(registered) - len(known), _("working / taken by the platform")),
        _rate("totalShareRates", sum(mode in ("1", "2") for mode in modes), shareable, unsaid,
              _("shared inside or outside / instruments of at least 500,000 CNY")),
        _rate("externalShareRates", modes.count("2"), shareable, unsaid,
              _("shared outside / instruments of at least 500,000 CNY")),
    ]  # fmt: skip


def _rate(key: str, part: int, whole: int, missing: int, formula: str) -> Figure:
    value = Decimal(part) / whole * 100 if whole else None
    return Figure(key, value, whole, missing, "%", f"{formula} × 100")


def money(records: Sequence[ServiceRecord]) -> list[Figure]:
    """What services of the year earned, in all and from outside users."""
    outside = [one for one in records if one.audience == OUTSIDE]
    return [
        _sum("serviceIncome", outside, _("sum of the amounts of services for outside users / 10,000")),
        _sum("billWorth", records, _("sum of the amounts of all services / 10,000")),
        _sum("billWorthInstr", outside, _("sum of the amounts of services for outside users / 10,000")),
    ]


def _sum(key: str, records: Sequence[ServiceRecord], formula: str) -> Figure:
    amounts = [one.amount_cny for one in records if one.amount_cny is not None]
    value = sum(amounts, Decimal(0)) / say.WAN if amounts else None
    return Figure(key, value, len(records), len(records) - len(amounts), "万元", formula)


def _stock(instruments: Sequence[Instrument]) -> list[Figure]:
    values = [one.value_cny for one in instruments if one.value_cny is not None]
    large = [value for value in values if value >= THRESHOLD_CNY]
    missing = len(instruments) - len(values)
    worth = sum(large, Decimal(0)) / say.WAN if large else None
    return [
        Figure("instrNum", len(large), len(instruments), missing, "台套", _("instruments of at least 500,000 CNY")),
        Figure("instrWorth", worth, len(large), missing, "万元", _("sum of their values / 10,000")),
    ]


def _amounts(records: Sequence[ServiceRecord]) -> Figure:
    run = sum((one.quantity or 0 for one in records if one.quantity_unit == "hours"), Decimal(0))
    samples = sum((one.quantity or 0 for one in records if one.quantity_unit == "samples"), Decimal(0))
    words = f"服务机时 {say.decimal_text(run)} 小时；样品 {say.decimal_text(samples)} 个；服务 {len(records)} 次"
    missing = sum(one.quantity is None for one in records)
    return Figure(
        "serviceAmounts", words if records else None, len(records), missing, "", _("sums of the service records")
    )


def _users(records: Sequence[ServiceRecord]) -> Figure:
    people = {side: {(one.applicant, one.applicant_unit) for one in records if one.audience == side and one.applicant}
              for side in ("120", OUTSIDE)}  # fmt: skip
    units = {one.applicant_unit for one in records if one.audience == OUTSIDE and one.applicant_unit}
    words = f"内部用户 {len(people['120'])} 人；外部用户 {len(people[OUTSIDE])} 人，来自 {len(units)} 个单位"
    missing = sum(not one.applicant for one in records)
    return Figure(
        "user", words if records else None, len(records), missing, "", _("different applicants of the year")
    )  # fmt: skip


def ledger(records: Iterable[ServiceRecord]) -> list[list[str]]:
    """The income ledger (对外服务收入汇总表): one row for each paid service to an outside user."""
    return [
        [one.starts_at.astimezone(CLOCK).date().isoformat(), one.source_ref, "", one.content,
         say.decimal_text(one.amount_cny), one.instrument.name, one.applicant_unit]
        for one in records if one.audience == OUTSIDE and one.amount_cny
    ]  # fmt: skip


def assets(institution: Institution) -> list[list[str]]:
    """The list of instruments of at least 500,000 CNY (仪器资产明细表)."""
    rows = Instrument.objects.filter(institution=institution, value_cny__gte=THRESHOLD_CNY).select_related("maker")
    return [
        [inner_id(one), asset_code(one), one.name, one.model, say.in_wan(one.value_cny),
         one.acquired_on.isoformat() if one.acquired_on else "", one.department,
         one.maker_text or (one.maker.name if one.maker else ""), ""]
        for one in rows.order_by("key")
    ]  # fmt: skip


def asset_code(one: Instrument) -> str:
    """The instrument's code of GB/T 14885, blank where it has none."""
    return next((str(entry["code"]) for entry in one.codes if entry.get("scheme") == ASSET_SCHEME), "")


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table as CSV text."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()
