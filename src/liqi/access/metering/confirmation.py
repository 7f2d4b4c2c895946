"""Hours are confirmed by stewards: what nobody contests all at once, the rest one by one; undone as easily."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, DecimalField, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from liqi.access import belonging
from liqi.access.metering import reconciliation
from liqi.access.metering.reconciliation import Files, no_files
from liqi.access.metering.terms import NotPossible, require_steward
from liqi.access.models import Confirmation, Session
from liqi.access.opening import utc
from liqi.accounts import journal
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument

__all__ = ["Done", "Line", "confirm", "confirm_one", "queue", "undo"]

HOURS = DecimalField(max_digits=14, decimal_places=4)
AT_ONCE = 50
"""Instruments that are reconciled together."""


@dataclass(frozen=True)
class Done:
    """What was confirmed, and how many sessions were left because something is amiss with them."""

    confirmation: Confirmation | None
    sessions: int
    left: int


@dataclass(frozen=True)
class Line:
    """One instrument in the queue of a month."""

    instrument: Instrument
    sessions: int
    waiting: int
    """Sessions that nobody confirmed."""
    effective: Decimal
    confirmed: Decimal
    """Effective hours that are confirmed."""
    outside: Decimal


def queue(person: Person, starts_at: datetime, ends_at: datetime) -> list[Line]:
    """The instruments in the person's care with sessions that ended in [starts_at, ends_at), most to confirm first.

    Two queries, however many sessions there are.
    """
    ended = Session.objects.ended_in(starts_at, ends_at).filter(instrument__in=_mine(person))
    yes = Q(confirmation__isnull=False)
    rows = ended.values("instrument").annotate(
        sessions=Count("pk"), waiting=Count("pk", filter=~yes), effective=_sum(Q()), confirmed=_sum(yes),
        outside_hours=_sum(Q(outside=True)),
    )  # fmt: skip
    counted = {row["instrument"]: row for row in rows}
    near = Instrument.objects.filter(pk__in=counted).only("key", "name", "name_en", "synthetic")
    lines = []
    for instrument in near:
        row = counted[instrument.pk]
        lines.append(
            Line(instrument, row["sessions"], row["waiting"], row["effective"], row["confirmed"], row["outside_hours"])
        )
    return sorted(lines, key=lambda line: (-line.waiting, line.instrument.name, line.instrument.pk))


def confirm(
    *, instruments: QuerySet[Instrument] | None = None, person: Person, starts_at: datetime, ends_at: datetime,
    now: datetime, files: Files = no_files,
) -> Done:  # fmt: skip
    """Every session that ended in [starts_at, ends_at) and has nothing amiss is confirmed by the steward.

    Of the instruments given, or of all in the person's care. Raises NotAllowed for any that are not in it.
    """
    starts_at, ends_at, now = utc(starts_at), utc(ends_at), utc(now)
    chosen = _chosen(instruments, person)
    ended = Session.objects.ended_in(starts_at, ends_at).filter(confirmation=None)
    waiting = dict(ended.filter(instrument__in=chosen).values_list("pk", "instrument"))
    contested: set[int] = set()
    ids = sorted(set(waiting.values()))
    for at in range(0, len(ids), AT_ONCE):
        part = ids[at : at + AT_ONCE]
        first = starts_at - reconciliation.BESIDE  # a session that ended in the period may have begun before it
        for seen in reconciliation.read(part, first, ends_at, now=now, files=files).values():
            contested |= seen.contested
    ready = sorted(set(waiting) - contested)
    if not ready:
        return Done(None, 0, len(waiting))
    with transaction.atomic():
        made = _made(person, starts_at, ends_at, now)
        count = _name(made, ready)
        journal.write(
            person=person, verb="confirmed hours", thing=made, at=now, sessions=count,
            starts_at=starts_at.isoformat(), ends_at=ends_at.isoformat(), instruments=len(ids),
        )  # fmt: skip
    return Done(made, count, len(waiting) - count)


def confirm_one(*, session: Session, person: Person, now: datetime) -> Confirmation:
    """The session counts as it stands, whatever may speak against it; confirmed already, it stays so."""
    require_steward(person, session.instrument)
    with transaction.atomic():
        session = Session.objects.select_for_update(of=("self",)).get(pk=session.pk)
        if session.ended_at is None:
            raise NotPossible(_("This session still runs; it can be confirmed when it is over."))
        if session.withdrawn:
            raise NotPossible(_("This session is withdrawn and counts nothing; undo that first."))
        if session.confirmation is not None:
            return session.confirmation
        made = _made(person, session.started_at, session.ended_at, now)
        _name(made, [session.pk])
        journal.write(person=person, verb="confirmed hours", thing=session, at=now, confirmation=made.pk)
    return made


def undo(*, confirmation: Confirmation, person: Person, now: datetime) -> int:
    """The sessions that it confirmed wait again; how many. Only by who confirmed, or an operator."""
    if confirmation.person_id != person.pk and not person.is_operator:
        words = _("Only %(person)s, who confirmed these hours, and the platform's operators may undo it.")
        raise NotAllowed(words % {"person": confirmation.person})
    with transaction.atomic():
        count = Session.objects.filter(confirmation=confirmation).update(confirmation=None)
        if Confirmation.objects.filter(pk=confirmation.pk, undone_at=None).update(undone_at=now):
            journal.write(person=person, verb="undid confirmation", thing=confirmation, at=now, sessions=count)
    return count


def _made(person: Person, starts_at: datetime, ends_at: datetime, now: datetime) -> Confirmation:
    return Confirmation.objects.create(person=person, at=now, starts_at=starts_at, ends_at=ends_at, sessions=0)


def _name(made: Confirmation, sessions: Sequence[int]) -> int:
    """The sessions name the confirmation, those left out that somebody corrected or confirmed meanwhile."""
    count = 0
    for at in range(0, len(sessions), 500):
        still = Session.objects.filter(pk__in=sessions[at : at + 500], confirmation=None, withdrawn=False)
        count += still.filter(ended_at__isnull=False).update(confirmation=made)
    made.sessions = count
    made.save(update_fields=["sessions"])
    return count


def _mine(person: Person) -> QuerySet[Instrument]:
    return belonging.looked_after_by(person)


def _chosen(instruments: QuerySet[Instrument] | None, person: Person) -> QuerySet[Instrument]:
    mine = _mine(person)
    if instruments is None:
        return mine
    foreign = instruments.exclude(pk__in=mine.values("pk")).first()
    if foreign is not None:
        require_steward(person, foreign)
    return instruments


def _sum(which: Q) -> Coalesce:
    return Coalesce(Sum(F("effective_hours"), filter=which, output_field=HOURS), Decimal(0), output_field=HOURS)
