"""What the platform asks of a record beyond its fields: meanings, units, and what belongs together."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from math import ceil
from typing import Any

from liqi.catalogue.exchange.national.dictionary import NONE
from liqi.catalogue.exchange.national.records import CLOCK, picture_of
from liqi.catalogue.models import CustomsRecord, Instrument, ServiceRecord
from liqi.catalogue.national._field_rules import Finding
from liqi.catalogue.national.figures import THRESHOLD_CNY, Figure, Hours
from liqi.taxonomy import classes, place

WORTH_TOO_LARGE_WAN = Decimal(100_000)
"""No single instrument is worth a thousand million CNY: above this, 元 were taken for 万元."""
AMOUNT_TOO_SMALL_CNY = Decimal(1)
HOURS_OF_A_LEAP_YEAR = 8784
COMMISSIONED = "3"


def instrument(one: Instrument, made: Mapping[str, Any], hours: Hours | None, customs: int) -> Iterator[Finding]:
    """What is wrong with an instrument; `hours` are those of its service records, `customs` counts its records."""
    yield from _class(made.get("instrCategory", ""))
    yield from _worth(made.get("worth", ""))
    if one.acquired_on is None and one.commissioned_on is not None:
        yield "beginDate", "begin_date_meaning", str(one.commissioned_on), {}
    if one.obtained == "made" and one.made_in not in ("", "CN"):
        yield "nation", "developed_here", str(made.get("nation", "")), {}
    if re.search(r"代理|贸易|经销|销售有限", str(made.get("manufacturer", ""))):
        yield "manufacturer", "maker_is_agent", str(made["manufacturer"]), {}
    yield from _place(one)
    if one.customs_supervised and not customs:
        yield "instrSupervise", "customs_missing", "是", {}
    if one.customs_supervised is not True and customs:
        yield "instrSupervise", "customs_not_said", str(made.get("instrSupervise", "")), {}
    if (pictures := list(one.pictures.all())) and picture_of(one) is None:
        first = pictures[0]
        yield "image", "picture_unfit", f"{first.media_type}, {first.size / 1e6:.1f} MB", {}
    yield from _carrier(made)
    yield from _hours(one, made, hours)


def _class(code: str) -> Iterator[Finding]:
    if re.fullmatch(r"\d{4}99", code) and code != "990000":
        entry = classes().get(code)
        if entry is None or entry.name_zh == "其他":
            yield "instrCategory", "class_other", code, {}
            return
    if not code or code == "990000" or not re.fullmatch(r"\d{6}", code):
        return
    if code not in classes():
        yield "instrCategory", "class_unknown", code, {}
    elif code.endswith("00"):
        yield "instrCategory", "class_too_wide", f"{code} {classes()[code].name_zh}", {}


def _worth(text: str) -> Iterator[Finding]:
    worth = _decimal(text)
    if worth is None:
        return
    if worth > WORTH_TOO_LARGE_WAN:
        yield "worth", "worth_unit", f"{text} 万元", {}
    elif worth * 10_000 < THRESHOLD_CNY:
        yield "worth", "worth_below_threshold", f"{text} 万元", {}


def _place(one: Instrument) -> Iterator[Finding]:
    for key, text in (("province", one.province), ("city", one.city), ("county", one.county)):
        if text.isdigit() and place(text) is None:
            yield key, "division_unknown", text, {}


def _carrier(made: Mapping[str, Any]) -> Iterator[Finding]:
    kind = made.get("instrBelongsType", "")
    if kind == "3":
        yield "instrBelongsType", "carrier_dropped", kind, {}
    elif kind in ("1", "2") and made.get("instrBelongsName") in ("", NONE):
        yield "instrBelongsName", "carrier_missing", str(made.get("instrBelongsName", "")), {}
    elif kind in ("6", "7", "8") and made.get("resourceName") in ("", NONE):
        yield "resourceName", "carrier_unnamed", str(made.get("resourceName", "")), {}


def _hours(one: Instrument, made: Mapping[str, Any], hours: Hours | None) -> Iterator[Finding]:
    run, outside = _decimal(made.get("runMachine", "")), _decimal(made.get("serviceMachine", ""))
    if run is not None and run > HOURS_OF_A_LEAP_YEAR:
        yield "runMachine", "hours_of_year", str(run), {}
    if run is not None and outside is not None and outside > run:
        yield "serviceMachine", "hours_outside", f"{outside} / {run}", {}
    if hours is None:
        return
    if one.run_hours is not None and one.run_hours < hours.run:
        yield "runMachine", "hours_differ", f"{one.run_hours} / {hours.run}", {}
    if one.outside_hours is not None and one.outside_hours != hours.outside:
        yield "serviceMachine", "hours_differ", f"{one.outside_hours} / {hours.outside}", {}


def customs(one: CustomsRecord) -> Iterator[Finding]:
    """What is wrong with the number of an import declaration beyond its length."""
    number = one.declaration_number
    if re.fullmatch(r"\d{18}", number) and not (1990 <= int(number[4:8]) <= 2100 and number[8] in "01"):
        yield "declarationNumber", "declaration_number", number, {}


def service(one: ServiceRecord, made: Mapping[str, Any], year: int) -> Iterator[Finding]:
    """What is wrong with the time, the amount and the place of a service."""
    starts, ends = one.starts_at.astimezone(CLOCK), one.ends_at.astimezone(CLOCK) if one.ends_at else None
    if starts.year != year or (ends is not None and ends.year != year and not _midnight(ends, year)):
        yield "endTime", "outside_year", f"{made.get('serviceTime')} - {made.get('endTime')}", {}
    if ends is not None and ends <= starts:
        yield "endTime", "ends_before", f"{made.get('serviceTime')} - {made.get('endTime')}", {}
    elif ends is not None and one.quantity_unit == "hours" and one.quantity is not None:
        wall = Decimal(ceil((ends - starts).total_seconds())) / 3600
        if one.quantity > wall + Decimal("0.005"):
            yield "serviceAmount", "hours_too_many", f"{one.quantity} / {wall:.2f}", {}
    if one.quantity_unit == "samples" and COMMISSIONED not in one.ways:
        yield "serviceWay", "samples_not_commissioned", str(made.get("serviceWay", "")), {}
    if one.quantity_unit == "hours" and one.ways == [COMMISSIONED]:
        yield "serviceAmount", "commissioned_in_hours", str(made.get("serviceAmount", "")), {}
    if one.amount_cny is not None and 0 < one.amount_cny < AMOUNT_TOO_SMALL_CNY:
        yield "amounts", "amount_unit", str(one.amount_cny), {}
    if one.off_site and not one.off_site_address:
        yield "moveAddress", "address_missing", "", {}


def _midnight(ends: Any, year: int) -> bool:
    """Whether the service ended with the year, at the first moment of the next."""
    return bool(ends.year == year + 1 and ends.timetuple()[1:6] == (1, 1, 0, 0, 0))


def institution_year(figures: Mapping[str, Figure], reported: Mapping[str, Any]) -> Iterator[Finding]:
    """Figures that differ from what another system declared, and figures without anything to compute them from."""
    for key, figure in figures.items():
        declared = str(reported.get(key, "") or "").strip().rstrip("%％")
        if figure.value is None:
            yield key, "nothing_to_compute", declared, {}
        elif declared and not _same(declared, figure.text):
            yield key, "total_differs", f"{declared} / {figure.text}", {}


def _same(declared: str, computed: str) -> bool:
    left, right = _decimal(declared), _decimal(computed)
    if left is None or right is None:
        return declared == computed
    return abs(left - right) < Decimal("0.005")


def _decimal(text: str) -> Decimal | None:
    try:
        found = Decimal(str(text))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
