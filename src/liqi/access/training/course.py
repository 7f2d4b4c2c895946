"""Courses are written by the stewards of an instrument or a facility; what each covers, and who looks after it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from liqi.access.models import Course, Steward
from liqi.accounts import journal
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.catalogue.models import Facility, Instrument

__all__ = ["NotAllowed", "change", "close", "covering", "covers", "looked_after_by", "open_again", "require_steward",
           "write"]  # fmt: skip

FIELDS = (
    *("title", "title_en", "summary", "whole_facility", "class_codes", "level", "valid_months", "needs_session"),
    *("needs_quiz", "needs_practical", "pass_percent", "questions_asked", "attempts"),
)
"""What a steward writes of a course."""


def covers(course: Course, instrument: Instrument) -> bool:
    """Whether the course is for the instrument: its own, of its whole facility, or of a class at its institution.

    Instruments that the course names one by one are not looked at here; ``covering`` finds those too.
    """
    if course.instrument_id is not None and course.instrument_id == instrument.pk:
        return True
    if course.whole_facility and course.facility_id is not None and course.facility_id == instrument.facility_id:
        return True
    if instrument.class_code and instrument.class_code in course.class_codes:
        owner = course.instrument or course.facility
        return owner is not None and owner.institution_id == instrument.institution_id
    return False


def covering(instrument: Instrument) -> list[Course]:
    """The courses that qualify for the instrument, closed ones left out."""
    where = Q(instrument=instrument) | Q(instruments=instrument) | ~Q(class_codes=[])
    if instrument.facility_id is not None:
        where |= Q(whole_facility=True, facility=instrument.facility_id)
    found = Course.objects.filter(where, closed_at=None).select_related("instrument", "facility").distinct()
    named = set(instrument.courses.values_list("pk", flat=True))
    return [one for one in found.order_by("title", "pk") if one.pk in named or covers(one, instrument)]


def looks_after(person: Person | None, of: Instrument | Facility) -> bool:
    """Whether the person is a steward of the instrument or of (its) facility, or runs the platform."""
    if person is None:
        return False
    if person.is_operator:
        return True
    place = Q(facility=of) if isinstance(of, Facility) else Q(instrument=of)
    if isinstance(of, Instrument) and of.facility_id is not None:
        place |= Q(facility=of.facility_id)
    return Steward.objects.filter(place, person=person).exists()


def owner(course: Course) -> Instrument | Facility:
    """What the course belongs to."""
    found = course.instrument or course.facility
    assert found is not None, "a constraint of the database sees to it"
    return found


def require_steward(person: Person, course: Course) -> None:
    """Raise NotAllowed unless the person looks after what the course belongs to."""
    require_steward_of(person, owner(course))


def require_steward_of(person: Person, of: Instrument | Facility) -> None:
    """Raise NotAllowed unless the person is a steward there, or an operator."""
    if not looks_after(person, of):
        raise NotAllowed(_("Only the stewards of %(name)s may do this; ask one of them.") % {"name": called(of)})


def looked_after_by(person: Person) -> QuerySet[Course]:
    """The courses that the person looks after; for an operator those are all."""
    if person.is_operator:
        return Course.objects.all()
    mine = Steward.objects.filter(person=person)
    instruments = Q(instrument__in=mine.filter(instrument__isnull=False).values("instrument"))
    facilities = Q(facility__in=mine.filter(facility__isnull=False).values("facility")) | Q(
        instrument__facility__in=mine.filter(facility__isnull=False).values("facility")
    )
    return Course.objects.filter(instruments | facilities)


def write(
    *, of: Instrument | Facility, by: Person, now: datetime, instruments: Sequence[Instrument] = (),
    fields: Mapping[str, Any],
) -> Course:  # fmt: skip
    """The instrument or facility has the course. Raises NotAllowed, ValidationError."""
    require_steward_of(by, of)
    place = {"facility": of} if isinstance(of, Facility) else {"instrument": of}
    return _kept(Course(**place, created_at=now), by, now, instruments, fields, "wrote")


def change(
    *, course: Course, by: Person, now: datetime, instruments: Sequence[Instrument] = (), fields: Mapping[str, Any]
) -> Course:
    """The course is as given; qualifications that it gave before stay as they were."""
    require_steward(by, course)
    return _kept(course, by, now, instruments, fields, "changed")


def close(*, course: Course, by: Person, now: datetime) -> Course:
    """Nobody begins the course any more."""
    return _closed(course, by, now, now)


def open_again(*, course: Course, by: Person, now: datetime) -> Course:
    """People can begin the course again."""
    return _closed(course, by, now, None)


def _closed(course: Course, by: Person, now: datetime, closed_at: datetime | None) -> Course:
    require_steward(by, course)
    with transaction.atomic():
        changed = Course.objects.filter(pk=course.pk, closed_at__isnull=closed_at is not None)
        if changed.update(closed_at=closed_at):
            journal.write(person=by, verb="closed" if closed_at else "opened", thing=course, at=now)
    course.refresh_from_db()
    return course


def _kept(
    course: Course, by: Person, now: datetime, instruments: Sequence[Instrument], fields: Mapping[str, Any], verb: str
) -> Course:
    for name, value in fields.items():
        if name not in FIELDS:
            raise ValidationError({"__all__": _("A course has no field %(name)s.") % {"name": name}})
        setattr(course, name, value)
    place = owner(course)
    if isinstance(place, Instrument):
        course.whole_facility = False
    for one in instruments:
        if one.institution_id != place.institution_id:
            words = _("%(instrument)s belongs to another institution; name instruments of your own.")
            raise ValidationError({"instruments": words % {"instrument": called(one)}})
    course.full_clean()
    with transaction.atomic():
        course.save()
        course.instruments.set(instruments)
        kept = {name: getattr(course, name) for name in fields}
        journal.write(
            person=by, verb=verb, thing=course, at=now, fields=kept, instruments=[one.key for one in instruments]
        )
    return course
