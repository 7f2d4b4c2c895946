"""Sessions of a course are planned; people enrol, wait, leave; who came is kept."""

from collections.abc import Collection
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction
from django.utils.translation import gettext as _

from liqi.access.models import Course, Enrolment, TrainingSession
from liqi.access.opening import utc
from liqi.access.training import course as courses
from liqi.access.training import progress
from liqi.accounts import journal, notices
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person

__all__ = ["NotPossible", "attendance", "cancel", "enrol", "leave", "plan"]

State = Enrolment.State
MOST_PLACES = 500


class NotPossible(ValueError):
    """The session or the enrolment cannot be so; the message says what can."""


def plan(
    *, course: Course, starts_at: datetime, ends_at: datetime, time_zone: str, places: int, by: Person, now: datetime,
    place: str = "", trainer: Person | None = None, note: str = "",
) -> TrainingSession:  # fmt: skip
    """The course is held then, for so many people."""
    courses.require_steward(by, course)
    starts_at, ends_at = utc(starts_at), utc(ends_at)
    if ends_at <= starts_at:
        raise NotPossible(_("The session ends before it begins; give a later end."))
    if not 1 <= places <= MOST_PLACES:
        words = _("Found %(places)d places; a session has 1 to %(most)d.")
        raise NotPossible(words % {"places": places, "most": MOST_PLACES})
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        words = _("Found the time zone %(zone)s; expected a name such as Asia/Shanghai.")
        raise NotPossible(words % {"zone": time_zone}) from None
    with transaction.atomic():
        session = TrainingSession.objects.create(
            course=course, starts_at=starts_at, ends_at=ends_at, time_zone=time_zone, place=place, places=places,
            trainer=trainer, note=note, created_at=now, synthetic=course.synthetic,
        )  # fmt: skip
        journal.write(
            person=by, verb="planned", thing=session, at=now, course=course.key, places=places,
            starts_at=starts_at.isoformat(), ends_at=ends_at.isoformat(),
        )  # fmt: skip
    return session


def cancel(*, session: TrainingSession, by: Person, now: datetime, why: str = "") -> TrainingSession:
    """The session is not held; everybody who had a place or waited is told."""
    courses.require_steward(by, session.course)
    with transaction.atomic():
        if TrainingSession.objects.filter(pk=session.pk, cancelled_at=None).update(cancelled_at=now):
            journal.write(person=by, verb="cancelled", thing=session, at=now, why=why)
            there = session.enrolments.filter(state__in=[State.ENROLLED, State.WAITING]).select_related("person")
            notices.tell(
                [one.person for one in there], kind="training.cancelled", now=now, link="/training/",
                course=session.course, start_at=session.starts_at.isoformat(), why=why or "–",
            )  # fmt: skip
    session.refresh_from_db()
    return session


def enrol(*, session: TrainingSession, person: Person, now: datetime, by: Person | None = None) -> Enrolment:
    """The person has a seat at the session, or their turn in its line when all are taken; again changes nothing.

    ``by`` is a steward who enrols somebody else. Raises NotAllowed, NotPossible.
    """
    if by is not None and by.pk != person.pk:
        courses.require_steward(by, session.course)
    with transaction.atomic():
        held = TrainingSession.objects.select_for_update(of=("self",)).select_related("course").get(pk=session.pk)
        _require_open(held, now)
        there = Enrolment.objects.filter(session=held, person=person).first()
        if there is not None and there.state != State.LEFT:
            return there
        seat = _free_seat(held)
        enrolment = there or Enrolment(session=held, person=person)
        enrolment.state = State.ENROLLED if seat is not None else State.WAITING
        enrolment.seat, enrolment.enrolled_at = seat, now
        enrolment.decided_by = enrolment.decided_at = None
        enrolment.save()
        journal.write(person=by or person, verb="enrolled", thing=held, at=now, of=person.pk, waiting=seat is None)
    return enrolment


def leave(*, enrolment: Enrolment, by: Person, now: datetime) -> Enrolment:
    """The person gave their seat or turn back; the first in line has the seat and is told."""
    if enrolment.person_id != by.pk:
        courses.require_steward(by, enrolment.session.course)
    with transaction.atomic():
        held = TrainingSession.objects.select_for_update(of=("self",)).select_related("course").get(
            pk=enrolment.session_id
        )  # fmt: skip
        if held.starts_at <= now:
            raise NotPossible(_("The session has begun; its trainer keeps who came."))
        there = Enrolment.objects.filter(pk=enrolment.pk, state__in=[State.ENROLLED, State.WAITING])
        if there.update(state=State.LEFT, seat=None):
            journal.write(person=by, verb="left", thing=held, at=now, of=enrolment.person_id)
            _fill(held, now)
    enrolment.refresh_from_db()
    return enrolment


def attendance(*, session: TrainingSession, present: Collection[int], by: Person, now: datetime) -> list[Enrolment]:
    """Of those with a seat, the people of these numbers came and the others did not; it may be corrected later.

    Whoever has passed every step of the course with it is qualified.
    """
    courses.require_steward(by, session.course)
    if session.cancelled_at is not None:
        raise NotPossible(_("The session was cancelled, so nobody came."))
    if session.starts_at > now:
        raise NotPossible(_("The session has not begun; keep who came when it has."))
    with transaction.atomic():
        seated = session.enrolments.select_for_update(of=("self",)).filter(seat__isnull=False).select_related("person")
        kept = list(seated.order_by("seat"))
        for one in kept:
            state = State.ATTENDED if one.person_id in present else State.ABSENT
            if one.state == state:
                continue
            if one.qualification_id is not None:
                words = _("%(person)s is qualified by this session; revoke the qualification before you change it.")
                raise NotPossible(words % {"person": one.person})
            one.state, one.decided_by, one.decided_at = state, by, now
            one.save(update_fields=["state", "decided_by", "decided_at"])
            journal.write(person=by, verb="kept attendance", thing=session, at=now, of=one.person_id, came=state)
            if state == State.ATTENDED:
                progress.settle(course=session.course, person=one.person, now=now)
    return kept


def _require_open(session: TrainingSession, now: datetime) -> None:
    if session.cancelled_at is not None:
        raise NotPossible(_("This session is cancelled; choose another one."))
    if session.starts_at <= now:
        raise NotPossible(_("This session has begun; choose a later one."))
    if session.course.closed_at is not None:
        raise NotAllowed(_("The course is closed; its stewards may open it again."))


def _free_seat(session: TrainingSession) -> int | None:
    taken = set(Enrolment.objects.filter(session=session, seat__isnull=False).values_list("seat", flat=True))
    return next((seat for seat in range(session.places) if seat not in taken), None)


def _fill(session: TrainingSession, now: datetime) -> None:
    """Seats that are free go to those who wait, in the order in which they came."""
    waiting = Enrolment.objects.filter(session=session, state=State.WAITING).select_related("person")
    for one in waiting.order_by("enrolled_at", "pk"):
        seat = _free_seat(session)
        if seat is None:
            return
        Enrolment.objects.filter(pk=one.pk).update(state=State.ENROLLED, seat=seat)
        journal.write(person=None, verb="seated", thing=session, at=now, of=one.person_id)
        notices.tell(
            [one.person], kind="training.seat", now=now, link="/training/", course=session.course,
            start_at=session.starts_at.isoformat(),
        )  # fmt: skip
