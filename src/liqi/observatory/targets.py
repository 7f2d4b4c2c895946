"""Targets of plans: what was reached is recorded by day, and held against the time that is gone."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from liqi.accounts import journal
from liqi.accounts.models import Person
from liqi.insight import targets
from liqi.observatory import boards
from liqi.observatory.boards import NotPossible
from liqi.observatory.models import Reading, Target

BOARD = boards.board("targets")


@dataclass(frozen=True, slots=True)
class Line:
    """A target with its last reading and where it stands."""

    target: Target
    reading: Reading | None
    standing: targets.Standing
    per_km2: float | None


def record(target: Target, *, on: date, amount: Decimal, person: Person, now: datetime, source: str = "") -> Reading:
    """So much was reached by that day; a second reading of the day takes the place of the first."""
    boards.require_keeper(person, BOARD, target)
    if on > now.date():
        raise NotPossible(_("Found a day to come; expected one that is past, for what was reached by then."))
    with transaction.atomic():
        made, _new = Reading.objects.update_or_create(
            target=target, on=on, defaults={"amount": amount, "source": source[:200], "person": person}
        )
        journal.write(person=person, verb="read", thing=target, at=now, on=on.isoformat(), amount=str(amount))
    return made


def forget(target: Target, reading: Reading, *, person: Person, now: datetime) -> None:
    """The reading is gone; what it said stands in the journal."""
    boards.require_keeper(person, BOARD, target)
    with transaction.atomic():
        journal.write(
            person=person, verb="unread", thing=target, at=now, on=reading.on.isoformat(), amount=str(reading.amount)
        )
        reading.delete()


def standings(rows: QuerySet[Target], *, on: date) -> list[Line]:
    """Every target with its last reading up to that day."""
    lines = []
    for target in rows.select_related("park").prefetch_related("readings"):
        told = [one for one in target.readings.all() if one.on <= on]
        last = max(told, key=lambda one: one.on, default=None)
        standing = targets.standing(
            float(target.amount),
            None if last is None else float(last.amount),
            begun=target.begun_on,
            due=target.due_on,
            on=on,
            baseline=float(target.baseline),
        )
        area = target.park.area_km2 if target.park else None
        per_km2 = targets.density(float(last.amount), float(area)) if last and area else None
        lines.append(Line(target, last, standing, per_km2))
    return lines
