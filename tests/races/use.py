"""One race about the use of instruments, run as a program: `python -m tests.races.use KIND --rounds N --racers K`.

start: everybody stands at the same free instrument and starts; send: everybody sends the same readings; settle:
everybody takes the same finding; release: half of them start a booking, half give it free, and in two rounds of three
one half waits a moment, so that each is the faster one in some. Racers wait for one another before every round; what
came of it is JSON.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.races.race import make_tables, ready
from tests.races.start import abreast, alone

NOW = datetime(2040, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HEAD_START_SECONDS = 0.03
READINGS = 60
KINDS = ("start", "send", "settle", "release")


def prepare(kind: str, rounds: int, racers: int) -> None:
    """A migrated database with an instrument and a meter a round; the racers look after all."""
    ready()
    from liqi.access import booking
    from liqi.access.metering import meters
    from liqi.accounts.models import Person
    from liqi.catalogue.models import Instrument

    make_tables()
    people = Person.objects.bulk_create(
        Person(email=f"racer{number}@example.org", name=f"Racer {number}", password="!", is_operator=True)
        for number in range(racers)
    )
    for number in range(rounds):
        instrument = Instrument.objects.create(
            key=f"race-{number}", name=f"Raced {number}", shared=True, bookable=True, min_minutes=15, source="race",
            created_at=NOW, updated_at=NOW,
        )  # fmt: skip
        meters.keep(instrument=instrument, person=people[0], now=NOW, name="power")
        if kind == "release":
            booking.book(
                instrument=instrument, person=people[0], starts_at=NOW + MINUTE, ends_at=NOW + 61 * MINUTE, now=NOW
            )


def start(number: int, racer: int) -> str:
    """Walk up to the instrument and start."""
    from liqi.access.booking import Refused, SlotTaken
    from liqi.access.metering import walk_up

    instrument, person = _of(number, racer)
    try:
        walk_up.start(instrument=instrument, person=person, now=NOW)
    except (Refused, SlotTaken):
        return "told"
    return "won"


def send(number: int, racer: int) -> str:
    """Send the hour's readings, all racers the same."""
    from liqi.access.metering import meters

    instrument, _person = _of(number, racer)
    values = [meters.Read("power", NOW + n * MINUTE, 300.0 if n % 20 < 10 else 5.0) for n in range(READINGS)]
    done = meters.take(instrument=instrument, readings=values, now=NOW + timedelta(hours=2))
    return f"taken {done.taken}"


def settle(number: int, racer: int) -> str:
    """Take the one ghost of the instrument for oneself."""
    from liqi.access.metering import meters, settlement
    from liqi.access.metering.terms import NotPossible

    instrument, person = _of(number, racer)
    later = NOW + timedelta(hours=3)
    values = [meters.Read("power", NOW + n * MINUTE, 300.0) for n in range(0, READINGS, 5)]
    meters.take(instrument=instrument, readings=values, now=later)
    end = NOW + (READINGS - 5) * MINUTE
    try:
        finding = settlement.find(instrument, "ghost", NOW, end, now=later)
        settlement.accept(instrument=instrument, finding=finding, person=person, user=person, now=later)
    except NotPossible:
        return "told"
    return "won"


def release(number: int, racer: int) -> str:
    """Start the booking, or give it free because nobody came."""
    from liqi.access import booking, session
    from liqi.access.models import Booking

    instrument, person = _of(number, 0)
    held = Booking.objects.select_related("instrument", "person").get(instrument=instrument, person=person)
    if number % 3 == racer % 2:
        time.sleep(HEAD_START_SECONDS)
    try:
        if racer % 2:
            return "released" if booking.release(booking=held, now=NOW + 30 * MINUTE) else "told"
        session.start(booking=held, person=person, now=NOW + 30 * MINUTE)
    except booking.Refused as problem:
        return f"refused: {problem.objections[0].code}"
    return "started"


def _of(number: int, racer: int) -> tuple[Any, Any]:
    from liqi.accounts.models import Person
    from liqi.catalogue.models import Instrument

    return Instrument.objects.get(key=f"race-{number}"), Person.objects.get(email=f"racer{racer}@example.org")


def racer(racer_number: int, kind: str, rounds: int, gate: Any, said: Any) -> None:
    """Run every round, each beginning when all are there."""
    ready()
    act: Callable[[int, int], str] = {"start": start, "send": send, "settle": settle, "release": release}[kind]
    seen: Counter[str] = Counter()
    for number in range(rounds):
        gate.wait(120)
        try:
            seen[act(number, racer_number)] += 1
        except Exception as problem:  # every fault of a racer is a result of the race
            seen[f"{type(problem).__name__}: {problem}".partition("\n")[0][:300]] += 1
    said.put(seen)


def run(kind: str, rounds: int, racers: int) -> dict[str, Any]:
    """What the racers were told, and what stands in the database afterwards."""
    alone(prepare, kind, rounds, racers)
    outcomes = abreast(racers, racer, kind, rounds)
    from liqi.access.models import Booking, Correction, MeteredStretch, Reading, Session, Settlement

    return {
        "outcomes": dict(outcomes),
        "running": Session.objects.running().count(),
        "sessions": Session.objects.count(),
        "live": Booking.objects.live().count(),
        "readings": Reading.objects.count(),
        "stretches": MeteredStretch.objects.count(),
        "corrections": Correction.objects.count(),
        "settlements": Settlement.objects.count(),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--racers", type=int, default=8)
    given = parser.parse_args()
    print(json.dumps(run(given.kind, given.rounds, given.racers)))
