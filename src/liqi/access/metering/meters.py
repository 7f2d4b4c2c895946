"""Meters are set up by stewards; readings come in any order and often, and say what the machine did."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from liqi.access.metering.terms import NotPossible, require_steward
from liqi.access.models import Meter, MeteredStretch, Reading
from liqi.access.opening import utc
from liqi.accounts import journal
from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.catalogue.models import Instrument
from liqi.insight.metering import Level, levels

__all__ = ["KEPT", "MOST", "STATES", "Read", "Rejected", "Taken", "keep", "remove", "take", "thin"]

KEPT = timedelta(days=90)
"""Readings are kept so long; the stretches made of them stay."""
AHEAD = timedelta(minutes=5)
"""So far a sender's clock may go ahead of ours."""
MOST = 5000
"""Readings of one request."""
STATES = {"off": 0.0, "idle": 1.0, "working": 2.0}
"""What a meter of states reads, as a number."""
THRESHOLDS = ("on_from", "on_below", "working_from", "working_below")
OF_STATES = {"on_from": 0.5, "on_below": 0.5, "working_from": 1.5, "working_below": 1.5}


class Rejected(NotPossible):
    """Readings of which at least one cannot be taken; ``problems`` are pairs of position and words."""

    def __init__(self, problems: list[tuple[int, str]]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{position}: {words}" for position, words in problems[:20]))


@dataclass(frozen=True)
class Read:
    """A reading on its way in."""

    meter: str
    at: datetime
    value: float


@dataclass(frozen=True)
class Taken:
    """How many readings are new, and how many were there already."""

    taken: int
    known: int


def keep(*, instrument: Instrument, person: Person, now: datetime, meter: Meter | None = None, **given: Any) -> Meter:
    """The instrument has the meter as given, a new one or a changed one; raises NotPossible, NotAllowed.

    New thresholds hold from the next reading on; what was said before stays.
    """
    require_steward(person, instrument)
    meter = meter or Meter(instrument=instrument)
    for name, value in given.items():
        setattr(meter, name, value)
    if meter.quantity == Meter.Quantity.STATE:
        for name, value in OF_STATES.items():
            setattr(meter, name, value)
    try:
        _thresholds = meter.thresholds
        meter.full_clean()
    except ValidationError as problem:
        raise NotPossible(" ".join(problem.messages)) from None
    except ValueError as problem:
        raise NotPossible(str(problem)) from None
    with transaction.atomic():
        meter.save()
        facts = {name: getattr(meter, name) for name in (*THRESHOLDS, "quantity", "topic", "field")}
        journal.write(person=person, verb="set up meter", thing=meter, at=now, instrument=instrument.key, **facts)
    return meter


def remove(*, meter: Meter, person: Person, now: datetime) -> Meter:
    """The meter takes no more readings; what it said stays. Removing it again changes nothing."""
    require_steward(person, meter.instrument)
    with transaction.atomic():
        if Meter.objects.filter(pk=meter.pk, active=True).update(active=False):
            journal.write(person=person, verb="removed meter", thing=meter, at=now, instrument=meter.instrument.key)
    meter.refresh_from_db()
    return meter


def take(*, instrument: Instrument, readings: Sequence[Read], now: datetime) -> Taken:
    """The readings are on record, each once by meter and moment, and so is what they say the machine did.

    All or none: raises Rejected with every reading that cannot be taken.
    """
    now = utc(now)
    with transaction.atomic():
        names = {one.meter for one in readings}
        locked = Meter.objects.select_for_update().filter(instrument=instrument, active=True, name__in=names)
        meters = {meter.name: meter for meter in locked.order_by("pk")}
        if problems := list(_problems(readings, meters, instrument, now)):
            raise Rejected(problems)
        by_meter: dict[str, dict[datetime, float]] = defaultdict(dict)
        for one in readings:
            by_meter[one.meter].setdefault(utc(one.at), one.value)
        taken = sum(_take(meters[name], values) for name, values in by_meter.items())
    return Taken(taken, len(readings) - taken)


def thin(*, now: datetime) -> int:
    """Readings older than KEPT are gone, at most a few thousand at a time; how many."""
    old = Reading.objects.filter(at__lt=now - KEPT).order_by("at").values_list("pk", flat=True)[:MOST]
    return Reading.objects.filter(pk__in=list(old)).delete()[0] if old else 0


def _problems(
    readings: Sequence[Read], meters: dict[str, Meter], instrument: Instrument, now: datetime
) -> list[tuple[int, str]]:
    if len(readings) > MOST:
        words = _("found %(found)d readings, expected at most %(most)d; send them in parts.")
        return [(0, words % {"found": len(readings), "most": MOST})]
    found = []
    for position, one in enumerate(readings):
        if one.meter not in meters:
            words = _("found the meter “%(found)s”; %(instrument)s has no active meter of that name: set it up first.")
            found.append((position, words % {"found": one.meter[:80], "instrument": called(instrument)}))
        elif not math.isfinite(one.value):
            found.append((position, _("found a value that is no number; send a number.")))
        elif not now - KEPT <= one.at <= now + AHEAD:
            words = _("found the time %(at)s, expected one of the last 90 days; set the sender's clock.")
            found.append((position, words % {"at": one.at.isoformat()}))
    return found


def _take(meter: Meter, values: dict[datetime, float]) -> int:
    """Keep the new values of one meter, and work out again what they change."""
    known = set(Reading.objects.filter(meter=meter, at__in=list(values)).values_list("at", flat=True))
    new = sorted((at, value) for at, value in values.items() if at not in known)
    if not new:
        return 0
    Reading.objects.bulk_create((Reading(meter=meter, at=at, value=value) for at, value in new), batch_size=1000)
    if meter.last_at is None or new[0][0] > meter.last_at:
        _go_on(meter, new)
    else:
        _again_from(meter, new[0][0])
    if meter.last_at is None or new[-1][0] > meter.last_at:
        meter.last_at, meter.last_value = new[-1]
        meter.save(update_fields=["last_at", "last_value"])
    return len(new)


def _go_on(meter: Meter, new: list[tuple[datetime, float]]) -> None:
    """Readings after all others: the last stretch is made longer, new ones follow."""
    last = meter.stretches.order_by("starts_at").last()
    if last is None or meter.last_at is None or meter.last_value is None:
        _write(meter, new, Level.OFF)
        return
    first, *more = levels(
        [(meter.last_at, meter.last_value), *new], meter.thresholds, silence=meter.silence, before=Level(last.level)
    )
    if first.level == last.level:
        MeteredStretch.objects.filter(pk=last.pk).update(ends_at=first.ends_at)
    else:  # the thresholds were changed meanwhile
        more = [first, *more] if last.starts_at < first.starts_at else more
    MeteredStretch.objects.bulk_create(_row(meter, one) for one in more)


def _again_from(meter: Meter, moment: datetime) -> None:
    """Readings that come late: from the stretch before them on, all is worked out again."""
    before = meter.stretches.filter(starts_at__lte=moment).order_by("starts_at").last()
    since = before.starts_at if before else moment
    meter.stretches.filter(starts_at__gte=since).delete()
    rows = list(Reading.objects.filter(meter=meter, at__gte=since).order_by("at").values_list("at", "value"))
    _write(meter, rows, Level(before.level) if before else Level.OFF)


def _write(meter: Meter, rows: list[tuple[datetime, float]], before: Level) -> None:
    found = levels(rows, meter.thresholds, silence=meter.silence, before=before)
    MeteredStretch.objects.bulk_create((_row(meter, one) for one in found), batch_size=1000)


def _row(meter: Meter, one: Any) -> MeteredStretch:
    return MeteredStretch(
        meter=meter, level=one.level.value, starts_at=one.starts_at, ends_at=one.ends_at, synthetic=meter.synthetic
    )
