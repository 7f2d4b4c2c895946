"""Findings are settled by stewards: what is proposed is taken, or it is said why it is right as it is."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liqi.access.metering import correction, reconciliation
from liqi.access.metering.reconciliation import Files, no_files
from liqi.access.metering.terms import NotPossible, require_steward
from liqi.access.models import Booking, Correction, Session, Settlement
from liqi.accounts import journal
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument
from liqi.insight.metering import Finding, Kind, Proposal, Verb

__all__ = ["accept", "dismiss", "find", "undo"]

MARGIN = timedelta(minutes=1)


def find(
    instrument: Instrument, kind: str, starts_at: datetime, ends_at: datetime, *, now: datetime,
    files: Files = no_files,
) -> Finding:  # fmt: skip
    """The open finding of that kind and period, worked out anew; raises NotPossible when it is no longer there."""
    seen = reconciliation.read_one(instrument, starts_at - MARGIN, ends_at + MARGIN, now=now, files=files)
    for finding in seen.open:
        if (finding.kind.value, finding.starts_at, finding.ends_at) == (kind, starts_at, ends_at):
            return finding
    raise NotPossible(_("This is not open any more: it was settled, or other data has come since; look again."))


def accept(
    *, instrument: Instrument, finding: Finding, person: Person, now: datetime, user: Person | None = None,
    reason: str = "",
) -> Settlement:  # fmt: skip
    """What the finding proposes is done as a correction; ``user`` says whose session it was where no source does."""
    require_steward(person, instrument)
    proposal = finding.proposal
    if proposal is None:
        raise NotPossible(_("Nothing is proposed here; say why it is right as it is, or correct the session."))
    with transaction.atomic():
        made = _apply(instrument, finding, proposal, person, user, reason.strip() or _why(finding), now)
        return _settled(instrument, finding, Settlement.Verdict.ACCEPTED, person, now, made.reason, made)


def dismiss(*, instrument: Instrument, finding: Finding, person: Person, reason: str, now: datetime) -> Settlement:
    """The finding is right as it is, for the reason given: the session is counted as it stands."""
    require_steward(person, instrument)
    reason = " ".join(reason.split())[:500]
    if not reason:
        raise NotPossible(_("Found no reason; say in a few words why it is right as it is."))
    with transaction.atomic():
        return _settled(instrument, finding, Settlement.Verdict.DISMISSED, person, now, reason, None)


def undo(*, settlement: Settlement, person: Person, now: datetime) -> None:
    """The finding is open again, and the correction that settled it is undone."""
    require_steward(person, settlement.instrument)
    with transaction.atomic():
        journal.write(
            person=person, verb="reopened finding", thing=settlement.instrument, at=now, kind=settlement.kind,
            starts_at=settlement.starts_at.isoformat(), ends_at=settlement.ends_at.isoformat(),
        )  # fmt: skip
        if settlement.correction is not None:
            correction.undo(correction=settlement.correction, person=person, now=now)
        Settlement.objects.filter(pk=settlement.pk).delete()


def _apply(
    instrument: Instrument, finding: Finding, proposal: Proposal, person: Person, user: Person | None, reason: str,
    now: datetime,
) -> Correction:  # fmt: skip
    if proposal.verb is Verb.SET_IDLE:
        session = Session.objects.select_related("instrument").get(pk=finding.claim or 0)
        return correction.correct(session=session, person=person, reason=reason, now=now, idle=proposal.idle)
    whose = user or Person.objects.filter(pk=proposal.person or 0).first()
    if whose is None:
        raise NotPossible(_("No source says whose work this was; name the person."))
    held = Booking.objects.select_related("organisation").filter(pk=proposal.booking or 0).first()
    return correction.add(
        instrument=instrument, person=person, user=whose, starts_at=proposal.starts_at, ends_at=proposal.ends_at,
        idle=proposal.idle, reason=reason, now=now, source=_source(finding),
        booking=held if held and held.person_id == whose.pk else None,
    )  # fmt: skip


def _source(finding: Finding) -> Session.Source:
    """Where the session comes from: what speaks for it most directly."""
    if finding.kind is Kind.UNRECORDED:
        return Session.Source.LOG_ON
    return Session.Source.SENSOR if finding.evidence.get("worked") else Session.Source.FILES


def _settled(
    instrument: Instrument, finding: Finding, verdict: str, person: Person, now: datetime, reason: str,
    made: Correction | None,
) -> Settlement:  # fmt: skip
    try:
        with transaction.atomic():
            row = Settlement.objects.create(
                instrument=instrument, kind=finding.kind.value, starts_at=finding.starts_at, ends_at=finding.ends_at,
                verdict=verdict, reason=reason, correction=made, person=person, at=now,
            )  # fmt: skip
    except IntegrityError:
        raise NotPossible(_("Somebody settled this a moment ago; look again.")) from None
    journal.write(
        person=person, verb="settled finding", thing=instrument, at=now, kind=finding.kind.value, verdict=verdict,
        reason=reason, starts_at=finding.starts_at.isoformat(), ends_at=finding.ends_at.isoformat(),
    )  # fmt: skip
    return row


def _why(finding: Finding) -> str:
    """The reason in words, where the steward gives none."""
    if finding.kind is Kind.IDLE:
        return _("The meter saw the machine idle.")
    if finding.kind is Kind.UNRECORDED:
        return _("Logged on at the PC without a session.")
    return _("The machine worked without a session.")
