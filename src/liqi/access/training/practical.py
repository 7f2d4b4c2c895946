"""The practical check: a steward watches somebody at the instrument and signs what they saw."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from liqi.access.models import Course, PracticalCheck
from liqi.access.training import course as courses
from liqi.access.training import progress
from liqi.accounts import journal, notices
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person

__all__ = ["NotPossible", "sign"]


class NotPossible(ValueError):
    """The check cannot be so; the message says what can."""


def sign(*, course: Course, person: Person, by: Person, passed: bool, now: datetime, notes: str = "") -> PracticalCheck:
    """The steward's check of the person is on record; one that failed says why, and the person is told.

    Whoever has passed every step of the course with it is qualified.
    """
    courses.require_steward(by, course)
    if by.pk == person.pk:
        raise NotAllowed(_("Nobody checks themselves; another steward of the course may do it."))
    if not course.needs_practical:
        raise NotPossible(_("This course asks for no practical check."))
    if not passed and not notes.strip():
        raise NotPossible(_("The check is not passed and no note says why; write what is missing."))
    with transaction.atomic():
        check = PracticalCheck.objects.create(
            course=course, person=person, checked_by=by, checked_at=now, passed=passed, notes=notes.strip()
        )
        journal.write(person=by, verb="checked", thing=check, at=now, of=person.pk, course=course.key, passed=passed)
        if passed:
            progress.settle(course=course, person=person, now=now)
        else:
            notices.tell(
                [person], kind="training.check_failed", now=now, link="/training/", course=course,
                notes=check.notes,
            )  # fmt: skip
    return check
