"""/api/money/customs: the ledgers of instruments imported free of duty, their terms, uses and events."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import Field

from liqi.access import belonging
from liqi.access.money import books, customs
from liqi.accounts.membership import NotAllowed
from liqi.accounts.naming import called
from liqi.catalogue.models import CustomsRecord
from liqi.observatory import policies
from liqi.web.api._cursor import Page, Paged, among, page
from liqi.web.api._sent import Sent
from liqi.web.asked import signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["money"], auth=SIGNED_IN)


class Duty(Schema):
    """The customs supervision of an instrument; days are null where its terms are not on record."""

    id: int
    instrument: str
    declaration_number: str
    released_on: date | None
    supervised_from: date | None
    supervised_until: date | None
    sharing: bool | None
    permit: str


class DutyJudged(Duty):
    """The supervision, and by the rule on duty-free instruments whether others may today (yes, no, cannot tell)."""

    others_may: str
    clause: str


class SupervisionIn(Sent):
    """Days of supervision (three years where the end is not said), whether others may use it and by which consent."""

    supervised_from: date
    supervised_until: date | None = None
    sharing: bool
    permit: Annotated[str, Field(max_length=200)] = ""


class DutyLine(Schema):
    """A use or an event; `allowed` is false where others used it against the terms, null where no rule in use says."""

    on: date
    kind: str
    text: str
    organisation: str
    hours: Decimal | None
    outside: bool | None
    allowed: bool | None


class DutyEventIn(Sent):
    """Something that customs ask for; lines are added, never changed."""

    kind: Literal["inspection", "move", "repair", "consent", "yearly report", "end of supervision", "note"]
    on: date
    text: Annotated[str, Field(min_length=1, max_length=500)]


class DutyEvent(Schema):
    """An event as it stands in the ledger."""

    id: int
    kind: str
    on: date
    text: str


@router.get("/customs", response=Page[Duty], summary="Duty-free instruments in my care")
def listed(request: HttpRequest, paged: Annotated[Paged, Query()]) -> Any:
    """The records of import by number, each with its supervision."""
    rows = CustomsRecord.objects.filter(instrument__in=belonging.looked_after_by(signed_in(request)))
    found, following = page(rows.select_related("instrument", "terms"), paged)
    return {"items": [_row(one) for one in found], "next": following}


@router.get("/customs/{int:id}", response=DutyJudged, summary="One customs ledger")
def show(request: HttpRequest, id: int) -> Any:
    """The supervision and what the rule says today, with its clause."""
    return _judged(_found(request, id))


@router.put("/customs/{int:id}", response=DutyJudged, summary="Set the terms of supervision")
def set_terms(request: HttpRequest, id: int, sent: SupervisionIn) -> Any:
    """Supervision runs between these days; a steward's doing."""
    customs.set_terms(_found(request, id), person=signed_in(request), now=timezone.now(), **sent.dict())
    return _judged(_found(request, id))


@router.get("/customs/{int:id}/lines", response=Page[DutyLine], summary="Lines of a customs ledger")
def lines(request: HttpRequest, id: int, paged: Annotated[Paged, Query()]) -> Any:
    """Every use while customs supervised it and every event, by day."""
    every = customs.lines(_found(request, id), now=timezone.now(), rules=policies.in_use())
    found, following = among(_keyed(every), paged, lambda one: one[0])
    items = [{name: getattr(one, name) for name in DutyLine.model_fields} for _key, one in found]
    return {"items": items, "next": following}


@router.post("/customs/{int:id}/events", response={201: DutyEvent}, summary="Add an event to a customs ledger")
def note(request: HttpRequest, id: int, sent: DutyEventIn) -> Any:
    """The event stands in the ledger for good; a steward's doing."""
    made = customs.note(_found(request, id), person=signed_in(request), now=timezone.now(), **sent.dict())
    return Status(201, {"id": made.pk, "kind": made.kind, "on": made.on, "text": made.text})


def _found(request: HttpRequest, id: int) -> CustomsRecord:
    found = get_object_or_404(CustomsRecord.objects.select_related("instrument__facility", "terms"), pk=id)
    if not customs.may_keep(found, signed_in(request)):
        words = _("Only a steward of %(instrument)s keeps its customs ledger; ask one.")
        raise NotAllowed(words % {"instrument": called(found.instrument)})
    return found


def _keyed(found: Iterable[customs.Line]) -> Iterator[tuple[str, customs.Line]]:
    """Each line with its day and a name of its own that no later line changes."""
    seen: Counter[str] = Counter()
    for one in found:
        name = hashlib.sha256(f"{one.kind} {one.text} {one.organisation} {one.hours}".encode()).hexdigest()[:16]
        key = f"{one.on} {name}"
        seen[key] += 1
        yield f"{key} {seen[key]:06d}", one


def _row(one: CustomsRecord) -> dict[str, Any]:
    terms = getattr(one, "terms", None)
    names = ("supervised_from", "supervised_until", "sharing")
    facts = {name: getattr(terms, name) if terms else None for name in names}
    return facts | {
        "id": one.pk, "instrument": one.instrument.key, "declaration_number": one.declaration_number,
        "released_on": one.released_on, "permit": terms.permit if terms else "",
    }  # fmt: skip


def _judged(one: CustomsRecord) -> dict[str, Any]:
    terms = getattr(one, "terms", None)
    found = customs.judge(terms, on=books.day_of(timezone.now()), rules=policies.in_use()) if terms else None
    said = {"others_may": found.result, "clause": found.rule.cited(found.language)} if found else {}
    return _row(one) | {"others_may": "cannot tell", "clause": ""} | said
