"""Corrections of sessions by stewards: with a reason, what was before kept, and taken back as easily."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liqi.access import belonging
from liqi.access.metering.terms import NotPossible, require_steward
from liqi.access.models import Booking, Correction, Session
from liqi.access.opening import utc
from liqi.access.rules import clock
from liqi.accounts import journal, membership
from liqi.accounts.models import Organisation, Person
from liqi.catalogue.models import Instrument

__all__ = ["FIELDS", "add", "correct", "undo"]

FIELDS = ("started_at", "ended_at", "idle", "user", "organisation", "staff", "purpose", "withdrawn")
"""What a correction can change."""


def correct(*, session: Session, person: Person, reason: str, now: datetime, **changes: Any) -> Correction:
    """The session says what the changes say, by the names of FIELDS, and has to be confirmed again.

    ``user`` is whose session it is.

    Raises NotPossible where the result cannot be, and NotAllowed for anybody but a steward.
    """
    require_steward(person, session.instrument)
    reason = _reason(reason)
    with transaction.atomic():
        session = Session.objects.select_for_update(of=("self",)).get(pk=session.pk)
        if session.is_running:
            raise NotPossible(_("This session still runs; end it first, then correct it."))
        before = _state(session)
        for name in FIELDS:
            if name in changes:
                setattr(session, "person" if name == "user" else name, changes[name])
        if "organisation" not in changes and before["person"] != session.person_id:
            session.organisation = membership.home_of(session.person)
        after = _kept(session)
        if after == before:
            raise NotPossible(_("Found no change; change a time, the idle time, the person or the purpose."))
        made = Correction.objects.create(
            session=session, reason=reason, before=before, after=after, person=person, at=now
        )
        changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
        journal.write(person=person, verb="corrected", thing=session, at=now, reason=reason, changed=changed)
    return made


def add(
    *,
    instrument: Instrument,
    person: Person,
    user: Person,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    now: datetime,
    idle: timedelta = timedelta(0),
    booking: Booking | None = None,
    source: str = Session.Source.BY_HAND,
    purpose: str = "",
    organisation: Organisation | None = None,
) -> Correction:
    """A session of the user that nobody had started is on record, unconfirmed."""
    require_steward(person, instrument)
    reason = _reason(reason)
    with transaction.atomic():
        Instrument.objects.select_for_update().get(pk=instrument.pk)  # two stewards add the same only once
        organisation = booking.organisation if booking else organisation or membership.home_of(user)
        session = Session(
            instrument=instrument, booking=booking, position=booking.position if booking else 0, person=user,
            organisation=organisation, started_at=utc(starts_at), ended_at=utc(ends_at), idle=idle, source=source,
            ended_by=Session.EndedBy.PERSON, purpose=purpose, synthetic=instrument.synthetic,
        )  # fmt: skip
        after = _kept(session)
        made = Correction.objects.create(session=session, reason=reason, after=after, person=person, at=now)
        journal.write(person=person, verb="added", thing=session, at=now, reason=reason, instrument=instrument.key)
    return made


def undo(*, correction: Correction, person: Person, now: datetime) -> Correction:
    """The session is what it was before; one that was added is withdrawn. Undoing it again changes nothing.

    Raises NotPossible where a later correction stands on this one.
    """
    require_steward(person, correction.session.instrument)
    with transaction.atomic():
        session = Session.objects.select_for_update(of=("self",)).get(pk=correction.session_id)
        correction = Correction.objects.select_for_update().get(pk=correction.pk)
        if correction.undone_at is not None:
            return correction
        if session.corrections.filter(undone_at=None, pk__gt=correction.pk).exists():
            raise NotPossible(_("This session was corrected again since; undo the later correction first."))
        if correction.before:
            _put_back(session, correction.before)
        else:
            session.withdrawn = True
        _kept(session)
        correction.undone_at, correction.undone_by = now, person
        correction.save(update_fields=["undone_at", "undone_by"])
        correction.settlements.all().delete()
        journal.write(person=person, verb="undid correction", thing=session, at=now, correction=correction.pk)
    return correction


def _kept(session: Session) -> dict[str, Any]:
    """Compute what follows from the session, refuse what cannot be, keep it unconfirmed, and give its state."""
    assert session.ended_at is not None
    if session.ended_at <= session.started_at:
        words = _("Found the end %(end)s at or before the start %(start)s; correct one of them.")
        said = {
            "start": clock(session.started_at, session.instrument),
            "end": clock(session.ended_at, session.instrument),
        }
        raise NotPossible(words % said)
    if not timedelta(0) <= session.idle <= session.ended_at - session.started_at:
        words = _("Found %(idle)s idle in a session of %(length)s; the idle time cannot be longer than the session.")
        raise NotPossible(words % {"idle": session.idle, "length": session.ended_at - session.started_at})
    if not session.withdrawn:
        _require_alone(session)
    session.effective_hours = Decimal(0) if session.withdrawn else session.hours_until(session.ended_at)
    session.outside = belonging.is_outside(session.organisation, session.instrument.institution)
    session.confirmation = None
    session.save()
    return _state(session)


def _require_alone(session: Session) -> None:
    """Hours are counted once: no other session of the same place may share a moment with this one."""
    assert session.ended_at is not None
    beside = Session.objects.filter(instrument=session.instrument, position=session.position).exclude(pk=session.pk)
    other = beside.meeting(session.started_at, session.ended_at).select_related("person").first()
    if other is not None:
        words = _("%(person)s's session from %(start)s shares time with it; correct or withdraw that one first.")
        raise NotPossible(words % {"person": other.person, "start": clock(other.started_at, session.instrument)})


def _state(session: Session) -> dict[str, Any]:
    assert session.ended_at is not None
    return {
        "started_at": utc(session.started_at).isoformat(),
        "ended_at": utc(session.ended_at).isoformat(),
        "idle_seconds": session.idle.total_seconds(),
        "person": session.person_id,
        "organisation": session.organisation_id,
        "staff": session.staff_id,
        "purpose": session.purpose,
        "withdrawn": session.withdrawn,
        "effective_hours": str(session.effective_hours),
        "outside": session.outside,
    }


def _put_back(session: Session, before: dict[str, Any]) -> None:
    session.started_at = datetime.fromisoformat(before["started_at"])
    session.ended_at = datetime.fromisoformat(before["ended_at"])
    session.idle = timedelta(seconds=before["idle_seconds"])
    session.person_id, session.organisation_id = before["person"], before["organisation"]
    session.staff_id = before["staff"]
    session.purpose, session.withdrawn = before["purpose"], before["withdrawn"]


def _reason(reason: str) -> str:
    reason = " ".join(reason.split())
    if not reason:
        raise NotPossible(_("Found no reason; say in a few words why, as the people concerned will read it."))
    return reason[:500]
