"""One race, run as a program: many processes want the same thing at the same moment.

``python -m tests.races.race KIND --slots N --racers K --way verb`` races on the database that LIQI_DATA and
LIQI_DATABASE_URL name, and prints what happened as JSON. Racers of one group wait for one another before
every slot, so that each slot is wanted by all of them at once.
"""

import json
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

NOW = datetime(2040, 1, 1, tzinfo=UTC)  # ahead of any real clock, which the server of a race over HTTP goes by
HOUR = timedelta(hours=1)
GROUPS = 2
KINDS = (
    "create", "repeat", "keyed", "move", "resize", "change", "revive", "series", "together", "approve", "swap",
    "import", "override", "positions", "family",
)  # fmt: skip
"""Every path on which a booking comes to hold its time."""
APART = frozenset({"move", "resize", "revive", "approve", "change", "swap"})
"""Races that start from bookings on record."""
Outcome = Callable[[int, int], str]


def period(slot: int, shift: int = 0) -> tuple[datetime, datetime]:
    """The slot's hour, put off by quarter hours; two hours lie between slots, so that slots never meet."""
    start = NOW + 2 * HOUR * (slot + 1) + shift * HOUR / 4
    return start, start + HOUR


def ready() -> None:
    """Django is set up in this process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liqi.server.settings")
    import django

    django.setup()


def make_tables() -> None:
    """The database has all tables; a copy has them, and going through every migration takes a second there too."""
    from django.core.management import call_command
    from django.db import connection

    if "django_migrations" not in connection.introspection.table_names():
        call_command("migrate", verbosity=0)


def prepare(kind: str, slots: int, racers: int) -> None:
    """A migrated database with the instruments of each group, the racers, and what the race starts from."""
    ready()
    from liqi.accounts.models import Person
    from liqi.catalogue.models import Instrument

    make_tables()
    about = {"source": "race", "created_at": NOW, "updated_at": NOW, "horizon_days": 10_000}
    stewards = kind in {"approve", "override", "swap"}
    people = Person.objects.bulk_create(
        Person(email=f"racer{number}@example.org", name=f"Racer {number}", password="!", is_operator=stewards)
        for number in range(racers)
    )
    for group in range(GROUPS):
        for suffix in ("", "-b"):
            instrument = Instrument.objects.create(
                key=f"race-{group}{suffix}", name=f"Raced {group}{suffix}", shared=True, bookable=True,
                min_minutes=90 if kind == "override" else 15, **about,
            )  # fmt: skip
            _set_terms(kind, instrument)
            if not suffix and kind in APART:
                _book_before(kind, instrument, people, slots, racers)


def _set_terms(kind: str, instrument: Any) -> None:
    from liqi.access.models import BookingTerms

    terms: dict[str, dict[str, Any]] = {
        "positions": {"positions": 3, "before_minutes": 10, "after_minutes": 10},
        "family": {"families": ["a", "b"], "setup_minutes": {"a": {"b": 60}, "b": {"a": 60}}},
    }
    if kind in terms:
        BookingTerms.objects.create(instrument=instrument, updated_at=NOW, **terms[kind])


def _book_before(kind: str, instrument: Any, people: list[Any], slots: int, racers: int) -> None:
    """What each racer has before the race; in a race for one booking, the first racer's alone."""
    from liqi.access.models import Booking, Order

    owners = people[:1] if kind in {"approve", "change"} else people[:2] if kind == "swap" else people
    for person in owners:
        order = Order.objects.create(title="race", person=person, instrument=instrument, created_at=NOW)
        for slot in range(slots):
            # a revived booking lies on the slot, a moved one on a place of its own far behind all slots
            place = slot if kind in {"revive", "approve", "change"} else slots * (person.pk % racers + 1) + slot
            starts_at, ends_at = period(place)
            if kind == "resize":  # two bookings beside the slot, before and after it
                starts_at, ends_at = _beside(slot, racers, person.pk % racers)
            state = {"revive": "cancelled", "approve": "requested"}.get(kind, "confirmed")
            Booking.objects.create(
                order=order, instrument=instrument, person=person, starts_at=starts_at, ends_at=ends_at,
                state=state, created_at=NOW, expires_at=starts_at if kind == "approve" else None,
            )  # fmt: skip


def _beside(slot: int, racers: int, racer: int) -> tuple[datetime, datetime]:
    """Quarter hours one after another with a gap of as much between them: all grow into the gap behind them."""
    start = NOW + HOUR * ((slot + 1) * (racers + 2) / 2) + racer * HOUR / 2
    return start, start + HOUR / 4


def by_verb(kind: str, group: int, slots: int) -> Outcome:
    """What a racer does for one slot, through the verb of the domain."""
    from liqi.access.booking import Refused, SlotTaken
    from tests.races import paths

    path = getattr(paths, {"import": "import_"}.get(kind, kind))
    racing = paths.Racing(group)

    def attempt(racer: int, slot: int) -> str:
        try:
            told = path(racing, racer, slot)
        except SlotTaken:
            return "taken"
        except Refused as refused:
            codes = {each.code for each in refused.objections}
            return "taken" if codes <= paths.LOST else f"refused: {refused}"
        return told or "won"

    return attempt


def by_http(kind: str, group: int, slots: int) -> Outcome:
    """What a racer does for one slot, through the JSON interface at LIQI_RACE_PORT."""
    from tests.races.client import Client

    port = int(os.environ["LIQI_RACE_PORT"])
    clients: dict[int, Client] = {}

    def attempt(racer: int, slot: int) -> str:
        name = racer if kind == "create" else 0
        client = clients.setdefault(name, Client(port, f"racer{name}@example.org"))
        starts_at, ends_at = period(slot, racer % 3 if kind == "create" else 0)
        asked = {"instrument": f"race-{group}", "start": starts_at.isoformat(), "end": ends_at.isoformat()}
        status, _answer = client.send("POST", "/api/bookings", asked)
        return {200: "won", 201: "won", 409: "taken"}.get(status, f"status {status}")

    return attempt


def run_racer(kind: str, way: str, group: int, racer: int, slots: int, gate: Any, told: Any) -> None:
    """One process: waits at the gate before each slot of its group, tries, and tells what came of it."""
    ready()
    attempt = {"verb": by_verb, "http": by_http}[way](kind, group, slots)
    seen: Counter[str] = Counter()
    for slot in range(slots):
        gate.wait(timeout=120)
        try:
            seen[attempt(racer, slot)] += 1
        except Exception as problem:  # every fault of a racer is a result of the race
            seen[f"{type(problem).__name__}: {problem}".partition("\n")[0][:200]] += 1
    told.put(seen)


def count(kind: str) -> dict[str, int]:
    """What is in the table afterwards: bookings that hold time, and what must not be there."""
    ready()
    from liqi.access.models import Booking
    from liqi.accounts.models import JournalEntry
    from tests.races import audit

    return {
        "doubles": audit.doubles(), "lost": audit.lost(), "close": _close() if kind == "family" else 0,
        "live": Booking.objects.live().count(),
        "changes": JournalEntry.objects.filter(verb__in=["moved", "approved", "swapped"]).count(),
    }  # fmt: skip


def _close() -> int:
    """Neighbours of two families with less than an hour between them."""
    from itertools import pairwise

    from liqi.access.models import Booking

    close = 0
    for group in range(GROUPS):
        rows = Booking.objects.live().filter(instrument__key=f"race-{group}").order_by("starts_at")
        for first, then in pairwise(rows):
            close += first.family != then.family and then.starts_at - first.ends_at < HOUR
    return close


def race(kind: str, way: str, slots: int, racers: int) -> dict[str, Any]:
    """All processes run the race; ``slots`` are shared out among the groups."""
    context = multiprocessing.get_context("fork")
    each = slots // GROUPS
    ready()  # before the fork, so that sixteen processes need not; no connection is open yet
    if way == "verb":
        _in_child(context, prepare, kind, each, racers)
    told = context.Queue()
    processes = []
    began = time.perf_counter()
    for group in range(GROUPS):
        gate = context.Barrier(racers)
        for racer in range(racers):
            processes.append(
                context.Process(target=run_racer, args=(kind, way, group, racer, each, gate, told), daemon=True)
            )
    for process in processes:
        process.start()
    seen: Counter[str] = Counter()
    for _process in processes:
        seen += told.get(timeout=3600)
    for process in processes:
        process.join()
    seconds = time.perf_counter() - began
    return {
        "kind": kind, "way": way, "slots": each * GROUPS, "racers": racers, "processes": len(processes),
        "seconds": round(seconds, 1), "tries_per_second": round(each * GROUPS * racers / seconds),
        "outcomes": dict(seen), **_in_child(context, count, kind),
    }  # fmt: skip


def _in_child(context: Any, function: Callable[..., Any], *given: Any) -> Any:
    """What the function gives in a process of its own, so that no connection is shared by a fork."""
    with context.Pool(1) as pool:
        return pool.apply(function, given)


if __name__ == "__main__":
    import argparse

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--way", choices=("verb", "http", "prepare"), default="verb")
    parser.add_argument("--slots", type=int, default=1000)
    parser.add_argument("--racers", type=int, default=8)
    asked = parser.parse_args()
    if asked.way == "prepare":
        prepare(asked.kind, asked.slots // GROUPS, asked.racers)
        sys.exit()
    json.dump(race(asked.kind, asked.way, asked.slots, asked.racers), sys.stdout)
