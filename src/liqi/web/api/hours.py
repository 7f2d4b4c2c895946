"""/api/metering: stewards read, settle, correct and confirm hours."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import AwareDatetime, Field

from liqi.access.metering import confirmation, correction, reconciliation, settlement
from liqi.access.metering.terms import NotPossible
from liqi.access.models import Confirmation, Correction, Session, Settlement
from liqi.accounts.models import Person
from liqi.answers import file_times
from liqi.catalogue.models import Instrument
from liqi.insight.metering import Finding
from liqi.web.api._sent import Sent
from liqi.web.api.sessions import Metered, metered
from liqi.web.asked import in_my_care, signed_in
from liqi.web.bearer import SIGNED_IN

router = Router(tags=["metering"], auth=SIGNED_IN)
LONGEST = timedelta(days=32)


class Amiss(Schema):
    """A finding; kind, starts_at and ends_at name it."""

    kind: str
    starts_at: datetime
    ends_at: datetime
    hours: float
    session: int | None
    booking: int | None
    evidence: dict[str, float]
    proposal: dict[str, Any] | None


class Hours(Schema):
    """What the sources of an instrument say together."""

    instrument: str
    starts_at: datetime
    ends_at: datetime
    sessions: list[Metered]
    findings: list[Amiss]
    agreed_hours: float


class Settle(Sent):
    """The finding and what becomes of it."""

    instrument: str
    kind: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    verdict: Literal["accept", "dismiss"]
    reason: Annotated[str, Field(max_length=500)] = ""
    person: Annotated[str, Field(max_length=254)] = ""
    """Whose work it was, by e-mail address, where no source says so."""


class Settled(Schema):
    """The settlement that was made; its correction can be undone by number."""

    id: int
    verdict: str
    correction: int | None
    session: int | None


class Correct(Sent):
    """What of the session changes, and why."""

    reason: Annotated[str, Field(min_length=1, max_length=500)]
    started_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None
    idle_minutes: Annotated[float | None, Field(ge=0, le=100_000)] = None
    purpose: Literal["", "teaching", "research", "service"] | None = None
    withdrawn: bool | None = None


class Corrected(Schema):
    """A correction: what was, what is."""

    id: int
    session: int
    reason: str
    before: dict[str, Any]
    after: dict[str, Any]
    at: datetime
    undone_at: datetime | None


class Confirm(Sent):
    """The period whose sessions are confirmed, of one instrument or of all in one's care."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime
    instrument: str = ""


class Confirmed(Schema):
    """How many sessions were confirmed, how many were left because something is amiss with them."""

    id: int | None
    sessions: int
    left: int


@router.get("/instruments/{key}/hours", response=Hours, summary="Hours of an instrument, reconciled")
def hours(
    request: HttpRequest, key: str, since: Annotated[str, Query(alias="from")], until: Annotated[str, Query(alias="to")]
) -> Any:
    """Sessions, findings and agreed hours in a period of at most 32 days; for its stewards."""
    instrument = in_my_care(request, key)
    starts_at, ends_at = _period(since, until)
    seen = reconciliation.read_one(instrument, starts_at, ends_at, now=timezone.now(), files=file_times.read)
    inside = [
        one
        for one in seen.sessions.values()
        if one.started_at < ends_at and (one.ended_at is None or one.ended_at > starts_at)
    ]
    for session in inside:
        session.instrument = instrument
    agreed = sum(
        (
            min(end, ends_at) - max(start, starts_at)
            for start, end in seen.checked.agreed
            if start < ends_at and end > starts_at
        ),
        timedelta(0),
    )
    return {
        "instrument": key, "starts_at": starts_at, "ends_at": ends_at,
        "sessions": [metered(one) for one in inside],
        "findings": [_amiss(one) for one in seen.open],
        "agreed_hours": round(agreed.total_seconds() / 3600, 4),
    }  # fmt: skip


@router.post("/settlements", response={201: Settled}, summary="Settle a finding")
def settle(request: HttpRequest, asked: Settle) -> Any:
    """What is proposed is done as a correction, or it is said why it is right as it is."""
    instrument, now = in_my_care(request, asked.instrument), timezone.now()
    finding = settlement.find(instrument, asked.kind, asked.starts_at, asked.ends_at, now=now, files=file_times.read)
    common: dict[str, Any] = {"instrument": instrument, "finding": finding, "person": signed_in(request), "now": now}
    if asked.verdict == "dismiss":
        row = settlement.dismiss(**common, reason=asked.reason)
    else:
        user = get_object_or_404(Person, email=asked.person.lower()) if asked.person else None
        row = settlement.accept(**common, reason=asked.reason, user=user)
    made = row.correction
    said = {"id": row.pk, "verdict": row.verdict, "correction": made and made.pk, "session": made and made.session_id}
    return Status(201, said)


@router.post("/sessions/{int:id}/corrections", response={201: Corrected}, summary="Correct a session")
def correct(request: HttpRequest, id: int, asked: Correct) -> Any:
    """The session says what is given, with the reason; it has to be confirmed again."""
    session = get_object_or_404(Session.objects.select_related("instrument__institution"), pk=id)
    changes: dict[str, Any] = {
        name: value
        for name in ("started_at", "ended_at", "purpose", "withdrawn")
        if (value := getattr(asked, name)) is not None
    }
    if asked.idle_minutes is not None:
        changes["idle"] = timedelta(minutes=asked.idle_minutes)
    made = correction.correct(
        session=session, person=signed_in(request), reason=asked.reason, now=timezone.now(), **changes
    )
    return Status(201, _corrected(made))


@router.post("/corrections/{int:id}/undo", response=Corrected, summary="Undo a correction")
def undo_correction(request: HttpRequest, id: int) -> Any:
    """The session is what it was before."""
    made = get_object_or_404(Correction.objects.select_related("session__instrument"), pk=id)
    return _corrected(correction.undo(correction=made, person=signed_in(request), now=timezone.now()))


@router.post("/confirmations", response={201: Confirmed}, summary="Confirm hours")
def confirm(request: HttpRequest, asked: Confirm) -> Any:
    """Every session that ended in the period and has nothing amiss is confirmed."""
    chosen = Instrument.objects.filter(pk=in_my_care(request, asked.instrument).pk) if asked.instrument else None
    _require_order(asked.starts_at, asked.ends_at, timedelta(days=366))
    done = confirmation.confirm(
        instruments=chosen, person=signed_in(request), starts_at=asked.starts_at, ends_at=asked.ends_at,
        now=timezone.now(), files=file_times.read,
    )  # fmt: skip
    return Status(201, {"id": done.confirmation and done.confirmation.pk, "sessions": done.sessions, "left": done.left})


@router.post("/confirmations/{int:id}/undo", response=Confirmed, summary="Undo a confirmation")
def undo_confirmation(request: HttpRequest, id: int) -> Any:
    """The sessions wait again."""
    made = get_object_or_404(Confirmation.objects.select_related("person"), pk=id)
    count = confirmation.undo(confirmation=made, person=signed_in(request), now=timezone.now())
    return {"id": made.pk, "sessions": 0, "left": count}


@router.post("/sessions/{int:id}/confirmation", response={201: Confirmed}, summary="Confirm one session")
def confirm_one(request: HttpRequest, id: int) -> Any:
    """The session counts as it stands, whatever may speak against it; again changes nothing."""
    session = get_object_or_404(Session.objects.select_related("instrument__facility"), pk=id)
    made = confirmation.confirm_one(session=session, person=signed_in(request), now=timezone.now())
    return Status(201, {"id": made.pk, "sessions": 1, "left": 0})


@router.post("/settlements/{int:id}/undo", response={204: None}, summary="Undo a settlement")
def undo_settlement(request: HttpRequest, id: int) -> Any:
    """The finding is open again, and the correction that settled it is undone."""
    rows = Settlement.objects.select_related("instrument__facility", "correction__session__instrument")
    settlement.undo(settlement=get_object_or_404(rows, pk=id), person=signed_in(request), now=timezone.now())
    return Status(204, None)


def _amiss(finding: Finding) -> dict[str, Any]:
    proposal = finding.proposal
    return {
        "kind": finding.kind.value, "starts_at": finding.starts_at, "ends_at": finding.ends_at,
        "hours": round(finding.length.total_seconds() / 3600, 4), "session": finding.claim,
        "booking": finding.booking, "evidence": finding.evidence,
        "proposal": None if proposal is None else {
            "verb": proposal.verb.value, "starts_at": proposal.starts_at, "ends_at": proposal.ends_at,
            "idle_minutes": proposal.idle.total_seconds() / 60, "booking": proposal.booking,
        },
    }  # fmt: skip


def _corrected(made: Correction) -> dict[str, Any]:
    names = ("reason", "before", "after", "at", "undone_at")
    return {"id": made.pk, "session": made.session_id} | {name: getattr(made, name) for name in names}


def _period(since: str, until: str) -> tuple[datetime, datetime]:
    read = []
    for text in (since, until):
        try:
            moment = parse_datetime(text.replace(" ", "+"))
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            words = _("Found the moment “%(found)s”; expected one such as %(example)s.")
            raise NotPossible(words % {"found": text[:40], "example": "2026-11-22T08:00:00+08:00"})
        read.append(moment)
    _require_order(read[0], read[1], LONGEST)
    return read[0], read[1]


def _require_order(starts_at: datetime, ends_at: datetime, longest: timedelta) -> None:
    if not starts_at < ends_at <= starts_at + longest:
        words = _("Found %(start)s to %(end)s; expected an end after the start and at most %(most)s days between.")
        raise NotPossible(words % {"start": starts_at.isoformat(), "end": ends_at.isoformat(), "most": longest.days})
