"""People are reminded before a qualification or an acceptance expires: 30, 7 and 1 days ahead."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from liqi.access.models import Acceptance, Qualification
from liqi.accounts import notices

__all__ = ["AHEAD_DAYS", "due"]

AHEAD_DAYS = (1, 7, 30)
AT_A_TIME = 200
"""How many are told in one turn of the upkeep; the others follow in the next."""


def due(*, now: datetime) -> int:
    """Everybody whose time is near is told once for each of the days ahead; one who renewed already is not."""
    return sum(_qualifications(now, days) + _acceptances(now, days) for days in AHEAD_DAYS)


def _qualifications(now: datetime, days: int) -> int:
    today = now.date()
    near = Qualification.objects.filter(
        Q(reminded_days=None) | Q(reminded_days__gt=days),
        revoked_at=None, expires_on__gt=today, expires_on__lte=today + timedelta(days=days),
    ).select_related("person", "course")  # fmt: skip
    told = 0
    for one in near.order_by("expires_on", "pk")[:AT_A_TIME]:
        with transaction.atomic():
            mine = Qualification.objects.filter(pk=one.pk, reminded_days=one.reminded_days)
            if not mine.update(reminded_days=days):
                continue  # another worker told them
            longer = Qualification.objects.filter(person=one.person_id, course=one.course_id, revoked_at=None)
            if longer.filter(Q(expires_on=None) | Q(expires_on__gt=one.expires_on)).exists():
                continue
            notices.tell(
                [one.person], kind="qualification.expires", now=now, link="/training/", course=one.course,
                day=f"{one.expires_on:%Y-%m-%d}",
            )  # fmt: skip
            told += 1
    return told


def _acceptances(now: datetime, days: int) -> int:
    near = Acceptance.objects.filter(
        Q(reminded_days=None) | Q(reminded_days__gt=days),
        expires_at__gt=now, expires_at__lte=now + timedelta(days=days), version__document__withdrawn_at=None,
    ).select_related("person", "version__document")  # fmt: skip
    told = 0
    for one in near.order_by(F("expires_at"), "pk")[:AT_A_TIME]:
        with transaction.atomic():
            if not Acceptance.objects.filter(pk=one.pk, reminded_days=one.reminded_days).update(reminded_days=days):
                continue
            later = Acceptance.objects.filter(
                person=one.person_id, version__document=one.version.document_id, version__number__gt=one.version.number
            )
            if later.exists():
                continue
            notices.tell(
                [one.person], kind="document.expires", now=now,
                link=f"/training/documents/{one.version.document.key}/", document=one.version.document.title,
                day=f"{one.expires_at:%Y-%m-%d}",
            )  # fmt: skip
            told += 1
    return told
