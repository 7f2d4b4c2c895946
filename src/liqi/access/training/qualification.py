"""Qualifications are granted, renewed and revoked; and what a person may do with an instrument, and until when."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from liqi.access.models import Course, Level, Qualification
from liqi.access.training import course
from liqi.accounts import journal, notices
from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.catalogue.models import Instrument

__all__ = ["Held", "NotPossible", "grant", "held", "lacking", "last_day", "newest", "renew", "revoke"]


class NotPossible(ValueError):
    """The qualification cannot be so; the message says what can."""


@dataclass(frozen=True, slots=True)
class Held:
    """What one valid or past qualification of a person says about an instrument."""

    course_id: int
    title: str
    level: str
    granted_on: date
    expires_on: date | None

    def holds(self, first: date, last: date) -> bool:
        """Whether it holds on each day from the first to the last."""
        return self.granted_on <= first and (self.expires_on is None or last < self.expires_on)

    def reaches(self, level: str) -> bool:
        """Whether its level includes this one."""
        return self.level in Level.from_(level)


def held(person: Person, instrument: Instrument) -> list[Held]:
    """Every qualification of the person that covers the instrument and is not revoked, past ones too; one query."""
    through = Course.instruments.through.objects.filter(course=OuterRef("course"), instrument=instrument.pk)
    covering = Q(course__instrument=instrument.pk) | Q(Exists(through)) | ~Q(course__class_codes=[])
    if instrument.facility_id is not None:
        covering |= Q(course__whole_facility=True, course__facility=instrument.facility_id)
    rows = Qualification.objects.filter(covering, person=person, revoked_at=None).annotate(named=Exists(through))
    found = []
    for one in rows.select_related("course__instrument", "course__facility").order_by("granted_on", "pk"):
        if getattr(one, "named", False) or course.covers(one.course, instrument):
            found.append(Held(one.course_id, called(one.course), one.level, one.granted_on, one.expires_on))
    return found


def lacking(person: Person, courses: Collection[int], first: date, last: date) -> list[str]:
    """The titles of those courses, by number, whose qualification the person lacks on any day from first to last."""
    there = Qualification.objects.filter(person=person, course__in=list(courses)).valid(first)
    has = there.filter(Q(expires_on=None) | Q(expires_on__gt=last)).values("course")
    missing = Course.objects.filter(pk__in=list(courses)).exclude(pk__in=has)
    return [called(one) for one in missing.order_by("title").only("title", "title_en")]


def last_day(course: Course, granted_on: date) -> date | None:
    """The first day on which a qualification granted then holds no longer; None where it does not expire.

    A month that is too short ends it on its last day: one granted on 31 January for a month expires on 28 February.
    """
    return _months_after(granted_on, course.valid_months) if course.valid_months else None


def grant(
    *, course: Course, person: Person, by: Person | None, now: datetime, granted_on: date | None = None,
    level: str = "", expires_on: date | None = None, source: str = Qualification.Source.STEWARD, note: str = "",
) -> Qualification:  # fmt: skip
    """The person is qualified by the course, from that day on; the same grant again gives the first.

    ``by`` is the steward who grants it, or None where the person passed every step of the course. Raises NotAllowed,
    NotPossible.
    """
    if by is not None:
        _require_steward(by, course, person)
    begins = granted_on or now.date()
    ends = expires_on or last_day(course, begins)
    if ends is not None and ends <= begins:
        words = _("Found %(ends)s as the day of expiry, which is not after %(begins)s; give a later day.")
        raise NotPossible(words % {"ends": ends, "begins": begins})
    chosen = level or course.level
    if chosen not in Level.values:
        words = _("Found the level %(level)s; expected one of: %(levels)s.")
        raise NotPossible(words % {"level": chosen, "levels": ", ".join(Level.values)})
    same = Qualification.objects.filter(
        person=person, course=course, level=chosen, granted_on=begins, revoked_at__isnull=True
    )
    if there := same.first():
        return there
    try:
        with transaction.atomic():
            made = Qualification.objects.create(
                person=person, course=course, level=chosen, source=source, granted_on=begins, granted_by=by,
                expires_on=ends, note=note, created_at=now, synthetic=course.synthetic and person.synthetic,
            )  # fmt: skip
            journal.write(
                person=by, verb="qualified", thing=made, at=now, of=person.pk, course=course.key, level=chosen,
                granted_on=begins.isoformat(), expires_on=ends.isoformat() if ends else None, source=source,
            )  # fmt: skip
            notices.tell(
                [person] if ends is None or ends > now.date() else [], kind="qualification.granted", now=now,
                link="/training/", course=course, expires=ends.isoformat() if ends else "–",
            )  # fmt: skip
    except IntegrityError:
        return same.get()
    return made


def renew(*, qualification: Qualification, by: Person, now: datetime, note: str = "") -> Qualification:
    """The person is qualified anew from today, at the same level, for as long as the course gives."""
    _require_steward(by, qualification.course, qualification.person)
    if qualification.revoked_at is not None:
        raise NotPossible(_("This qualification is revoked; grant a new one."))
    return grant(
        course=qualification.course, person=qualification.person, by=by, now=now, level=qualification.level, note=note
    )


def revoke(*, qualification: Qualification, by: Person, why: str, now: datetime) -> Qualification:
    """The qualification holds no longer; the person is told the reason. Doing it again changes nothing."""
    course.require_steward(by, qualification.course)
    if not why.strip():
        raise NotPossible(_("No reason is given; say why the qualification ends, the person will read it."))
    with transaction.atomic():
        valid = Qualification.objects.filter(pk=qualification.pk, revoked_at=None)
        if valid.update(revoked_at=now, revoked_by=by, revoked_why=why.strip()):
            journal.write(person=by, verb="revoked", thing=qualification, at=now, why=why.strip())
            notices.tell(
                [qualification.person], kind="qualification.revoked", now=now, link="/training/",
                course=qualification.course, why=why.strip(),
            )  # fmt: skip
    qualification.refresh_from_db()
    return qualification


def newest(qualifications: Iterable[Qualification]) -> list[Qualification]:
    """Of each person, course and level the one that holds longest."""
    best: dict[tuple[int, int, str], Qualification] = {}
    for one in qualifications:
        key = (one.person_id, one.course_id, one.level)
        if key not in best or (one.expires_on or date.max) > (best[key].expires_on or date.max):
            best[key] = one
    return list(best.values())


def _require_steward(by: Person, of: Course, person: Person) -> None:
    course.require_steward(by, of)
    if by.pk == person.pk and not by.is_operator:
        raise course.NotAllowed(
            _("Nobody qualifies themselves; another steward of %(course)s may do it.") % {"course": called(of)}
        )


def _months_after(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(day.year + years, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("unreachable")
