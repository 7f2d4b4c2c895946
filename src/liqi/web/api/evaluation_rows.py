"""/api/evaluation/rows: the records behind a figure of the evaluation: sessions, charges, grades, stewards, samples."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema

from liqi.access.evaluation import editions, rows, scope, tally
from liqi.catalogue.models import Institution, Instrument
from liqi.web.api._cursor import Page, Paged, page
from liqi.web.api.evaluation import Year, today
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["evaluation"], auth=SIGNED_IN)
Kind = Literal["sessions", "charges", "grades", "technicians", "samples"]


class BehindRow(Schema):
    """A record behind a figure, by its number; what a kind of record does not have is null."""

    id: int
    at: datetime | None
    instrument: str | None
    facility: str | None = None
    order: str | None = None
    person: str | None = None
    organisation: str | None = None
    effective_h: Decimal | None = None
    outside: bool | None = None
    confirmed_by: str | None = None
    net_cny: Decimal | None = None
    grade: int | None = None
    words: str = ""
    synthetic: bool = False


class BehindFigure(Page[BehindRow]):
    """Some of the records, what all of them add up to (null where they are only counted), how many there are."""

    kind: str
    year: int
    total: Decimal | None
    unit: str
    count: int


@router.get("/rows/{kind}", response=BehindFigure, summary="The records behind a figure")
def listed(
    request: HttpRequest, kind: Kind, paged: Annotated[Paged, Query()], year: Year,
    basis: Literal["confirmed", "metered", "declared", "waiting"] = "confirmed", institution: str = "",
    instrument: str = "", side: Literal["", "outside", "inside"] = "", counting: bool = False,
) -> Any:  # fmt: skip
    """Of the institution or instrument, else of all whose figures one sees; ``counting``: only those worth enough.

    ``basis=waiting`` gives sessions that nobody confirmed yet.
    """
    person = signed_in(request)
    tally.bring_up()
    host = get_object_or_404(Institution, key=institution) if institution else None
    thing = get_object_or_404(Instrument, key=instrument) if instrument else None
    if thing is not None:
        scope.require_instrument(person, thing)
    hours = editions.rules(today())["hours"] if counting else None
    behind = rows.read(kind, rows.Asked(year, basis, host, thing, side, hours), person)
    found, following = page(behind.query, paged)
    return {
        "kind": kind, "year": year, "total": behind.total, "unit": behind.unit, "count": behind.query.count(),
        "items": [SHOWN[kind](one) | {"id": one.pk, "synthetic": getattr(one, "synthetic", False)} for one in found],
        "next": following,
    }  # fmt: skip


def _session(one: Any) -> dict[str, Any]:
    return {
        "at": one.ended_at, "instrument": one.instrument.key, "person": str(one.person),
        "organisation": _name(one.organisation), "effective_h": one.effective_hours, "outside": one.outside,
        "confirmed_by": _name(one.confirmation.person) if one.confirmation else None,
    }  # fmt: skip


def _charge(one: Any) -> dict[str, Any]:
    used = datetime(one.used_on.year, one.used_on.month, one.used_on.day, tzinfo=timezone.get_current_timezone())
    return {
        "at": used, "instrument": _key(one.instrument), "order": _key(one.order), "person": _name(one.person),
        "organisation": _name(one.organisation), "net_cny": one.net, "words": one.title,
    }  # fmt: skip


def _grade(one: Any) -> dict[str, Any]:
    return {
        "at": one.at, "instrument": _key(one.order.instrument), "order": one.order.key,
        "organisation": _name(one.order.organisation), "grade": one.grade, "words": one.words,
    }  # fmt: skip


def _steward(one: Any) -> dict[str, Any]:
    return {
        "at": None, "instrument": _key(one.instrument), "facility": _key(one.facility), "person": str(one.person)
    }  # fmt: skip


def _sample(one: Any) -> dict[str, Any]:
    return {"at": one.order.created_at, "instrument": None, "order": one.order.key, "words": one.name}


SHOWN = {
    "sessions": _session, "charges": _charge, "grades": _grade, "technicians": _steward, "samples": _sample,
}  # fmt: skip


def _key(record: Any) -> str | None:
    return str(record.key) if record else None


def _name(record: Any) -> str | None:
    return str(record) if record else None
