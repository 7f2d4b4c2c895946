"""The example's meters, log-ons and confirmations: made up to fit the sessions, contradictions and all."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from liqi.access.models import Confirmation, LogOn, Meter, MeteredStretch, Reading, Session
from liqi.access.opening import utc
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument
from liqi.insight.metering import levels

__all__ = ["INSTRUMENTS", "Metered", "load"]

INSTRUMENTS = 12
"""So many instruments have a power meter and a PC that tells its log-ons."""
BACK = timedelta(days=14)
EVERY = timedelta(minutes=2)
SHOWN = timedelta(days=2)
"""Readings are kept that far back; of the days before only what they said."""
OFF_W, IDLE_W, WORKING_W = 4.0, 60.0, 450.0


@dataclass(frozen=True)
class Metered:
    """What was put in."""

    meters: int
    stretches: int
    log_ons: int
    confirmed: int


@dataclass(frozen=True)
class Use:
    """When somebody was there, and how far the machine worked then."""

    starts_at: datetime
    ends_at: datetime
    works_until: datetime
    person: Person | None
    account: str = ""


def load(*, now: datetime) -> Metered:
    """Synthetic meters speak for the sessions of the last two weeks; a second time adds nothing."""
    now = utc(now).replace(second=0, microsecond=0)
    if Meter.objects.filter(synthetic=True).exists():
        return Metered(0, 0, 0, 0)
    metered = stretches = log_ons = 0
    with transaction.atomic():
        for instrument in _instruments(now):
            chance = random.Random(f"liqi meter {instrument.key}")
            uses = list(_uses(instrument, now, chance))
            stretches += _meter(instrument, uses, now, chance)
            log_ons += _log_ons(instrument, uses, now, chance)
            metered += 1
        confirmed = _confirmed(now)
    return Metered(metered, stretches, log_ons, confirmed)


def _instruments(now: datetime) -> list[Instrument]:
    """The demo manager's instruments with sessions first, then others with sessions."""
    used = Session.objects.filter(synthetic=True, started_at__gte=now - BACK).values("instrument")
    rows = Instrument.objects.filter(pk__in=used).order_by("-synthetic", "key").defer("source_row")
    cared = list(rows.filter(facility__stewards__isnull=False).distinct()[:INSTRUMENTS])
    cared += list(
        rows.filter(stewards__isnull=False).exclude(pk__in=[one.pk for one in cared]).distinct()[:INSTRUMENTS]
    )
    others = rows.exclude(pk__in=[one.pk for one in cared])[:INSTRUMENTS]
    return [*cared, *others][:INSTRUMENTS]


def _uses(instrument: Instrument, now: datetime, chance: random.Random) -> Iterator[Use]:
    """What went on: mostly what the sessions say, now and then less, and work that nobody logged on for."""
    rows = Session.objects.filter(instrument=instrument, started_at__gte=now - BACK).select_related("person")
    for session in rows.order_by("started_at"):
        end = session.ended_at or now
        length = end - session.started_at
        share = 0.45 if chance.random() < 0.12 else chance.uniform(0.93, 1)
        account = session.person.email if chance.random() < 0.7 else "lab"
        yield Use(session.started_at, end, session.started_at + length * share, session.person, account)
    day = (now - BACK).replace(hour=0, minute=0)
    while day < now - timedelta(days=1):
        day += timedelta(days=1)
        if chance.random() < 0.1:  # a night run that nobody started a session for
            start = day + timedelta(hours=17, minutes=chance.choice([0, 20, 40]))
            end = start + timedelta(minutes=chance.choice([70, 110, 160]))
            if not Session.objects.filter(instrument=instrument).meeting(start - timedelta(hours=1), end).exists():
                yield Use(start, end, end, None)


def _meter(instrument: Instrument, uses: list[Use], now: datetime, chance: random.Random) -> int:
    """The power meter with what it said; only the last days' readings are kept."""
    meter = Meter.objects.create(
        instrument=instrument, name="power", topic=f"tele/{instrument.key}/SENSOR", field="ENERGY.Power",
        time_field="Time", synthetic=True,
    )  # fmt: skip
    readings = list(_readings(uses, now, chance))
    if not readings:
        return 0
    said = levels(readings, meter.thresholds, silence=meter.silence)
    MeteredStretch.objects.bulk_create(
        MeteredStretch(meter=meter, level=one.level.value, starts_at=one.starts_at, ends_at=one.ends_at, synthetic=True)
        for one in said
    )
    kept = [(at, value) for at, value in readings if at >= now - SHOWN]
    Reading.objects.bulk_create((Reading(meter=meter, at=at, value=value) for at, value in kept), batch_size=1000)
    Meter.objects.filter(pk=meter.pk).update(last_at=readings[-1][0], last_value=readings[-1][1])
    return len(said)


def _readings(uses: list[Use], now: datetime, chance: random.Random) -> Iterator[tuple[datetime, float]]:
    """A reading every two minutes: start-up for a few minutes, then work, then idle; off at night."""
    ahead = sorted(uses, key=lambda use: use.starts_at)
    at, number = (now - BACK).replace(minute=0), 0
    while at <= now:
        while number < len(ahead) and ahead[number].ends_at <= at:
            number += 1
        use = ahead[number] if number < len(ahead) and ahead[number].starts_at <= at else None
        if use is None:
            base = IDLE_W if 0 <= at.hour < 13 else OFF_W  # 08:00 to 21:00 in China
        elif at < use.starts_at + timedelta(minutes=6) or at >= use.works_until:
            base = IDLE_W
        else:
            base = WORKING_W
        yield at, round(base * chance.uniform(0.93, 1.07), 1)
        at += EVERY


def _log_ons(instrument: Instrument, uses: list[Use], now: datetime, chance: random.Random) -> int:
    rows = []
    for number, use in enumerate(uses):
        if use.person is None or chance.random() < 0.15:
            continue
        known = use.person if use.account == use.person.email else None
        ended = None if use.ends_at >= now else use.ends_at + timedelta(minutes=chance.randint(0, 4))
        rows.append(
            LogOn(
                instrument=instrument,
                name=f"example-{number}",
                account=use.account,
                person=known,
                started_at=use.starts_at + timedelta(minutes=chance.randint(0, 3)),
                ended_at=ended,
                synthetic=True,
            )
        )
    sound = [row for row in rows if row.ended_at is None or row.ended_at > row.started_at]
    return len(LogOn.objects.bulk_create(sound))


def _confirmed(now: datetime) -> int:
    """A steward confirmed what ended more than a week ago."""
    until = now - timedelta(days=7)
    person = Person.objects.filter(is_operator=True, synthetic=True).first()
    old = Session.objects.filter(synthetic=True, ended_at__lt=until, confirmation=None)
    if person is None or not old.exists():
        return 0
    made = Confirmation.objects.create(
        person=person, at=now, starts_at=now - timedelta(days=31), ends_at=until, sessions=0, synthetic=True
    )
    made.sessions = old.update(confirmation=made)
    made.save(update_fields=["sessions"])
    return made.sessions
