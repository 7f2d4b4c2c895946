"""Figures of the observatory at 1,000,000 instruments and 10,000,000 sessions; options make it smaller.

A national set made to published margins is copied until the catalogue is large enough, every copy marked synthetic, and
sessions are spread over the instruments. Measured in one process: the snapshot read anew, the same after 2,000 records
changed, every address of the observatory through the whole middleware (asked the first time of that snapshot, and
again), and the same aggregations by SQL on the live database. The bars are 60 s for the snapshot and 1 s for a page.
The margins are counted again on what was generated. `--data FOLDER` keeps the database (SQLite) for the next run.
"""

import argparse
import importlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks import _access, _observatory_pages

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
TOUCHED, PART = 2_000, 500_000


def prepare(instruments: int, sessions: int, scale: float) -> dict[str, Any]:
    """A migrated database with the national set and its copies, and sessions spread over them; what is there stays."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liqi.server.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from liqi.access.models import Session
    from liqi.accounts.models import Person
    from liqi.catalogue import national_set
    from liqi.catalogue.models import Facility, Instrument
    from liqi.observatory import example

    importlib.import_module("liqi.web.urls")  # all that a page needs, before the long making begins
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous = OFF")
    made: dict[str, Any] = {}
    if not Instrument.objects.filter(source_ref__startswith="nat1 ").exists():
        made = national_set.make(scale=scale, seed=1, now=NOW - timedelta(days=2), report=_told)
        made = {"generated in s": made["seconds"]}
    if Instrument.objects.count() < instruments:
        made |= _margins()
        _copy(instruments)
    person, _new = Person.objects.get_or_create(
        email="p@example.org", defaults={"name": "P", "password": "!", "is_operator": True}
    )
    example.load(now=NOW)
    if not Session.objects.exists():
        _spread(sessions, person.pk)
    held = {"instruments": Instrument.objects.count(), "facilities": Facility.objects.count()}
    return {**held, "sessions": Session.objects.count(), **made}


def _copy(instruments: int) -> None:
    """So many instruments: those of the set again and again."""
    from django.db import connection

    from liqi.catalogue.models import Instrument

    whole = Instrument.objects.count()
    names = [
        field.column for field in Instrument._meta.concrete_fields if field.column not in ("id", "key", "source_ref")
    ]
    columns = ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor:
        for turn in range(1, -(-instruments // whole)):
            some = min(whole, instruments - turn * whole)
            cursor.execute(
                f"INSERT INTO catalogue_instrument (key, source_ref, {columns}) SELECT key || '-{turn}', "
                f"source_ref || ' {turn}', {columns} FROM catalogue_instrument WHERE id <= "
                f"(SELECT MIN(id) FROM catalogue_instrument) + {some - 1}"
            )
            _told(turn * whole + some)


def _spread(sessions: int, person: int) -> None:
    """So many sessions, by turns on the instruments."""
    from django.db import connection

    from liqi.catalogue.models import Instrument

    first, held = Instrument.objects.order_by("pk").values_list("pk", flat=True)[0], Instrument.objects.count()
    with connection.cursor() as cursor:
        for at in range(0, sessions, PART):
            facts = {"first": first, "instruments": held, "person": person, "at": at,
                     "until": min(at + PART, sessions), "apart": 290 * 86400 / max(sessions, 1)}  # fmt: skip
            cursor.execute(_insert(connection.vendor), facts)
            _told(min(at + PART, sessions))
        cursor.execute("ANALYZE")


def _set_apart() -> None:
    """Every record changed at a moment of its own, as in a catalogue that people keep; copies share one else."""
    from django.db import connection

    moment = {"sqlite": "datetime(updated_at, '-' || id || ' seconds')"}
    earlier = moment.get(connection.vendor, "updated_at - id * INTERVAL '1 second'")
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE catalogue_instrument SET updated_at = {earlier}")
        cursor.execute("ANALYZE")


def _margins() -> dict[str, Any]:
    """What the national set holds, counted in the database."""
    from django.db.models import Q

    from liqi.catalogue.models import Instrument

    high = Instrument.objects.filter(value_cny__gt=2_000_000, acquired_on__year__gte=2016, acquired_on__year__lt=2020)
    home = high.filter(Q(made_in="CN") | Q(maker__brand_country="CN")).count()
    return {
        "mass spectrometers": Instrument.objects.filter(class_code__startswith="0102").count(),
        "from 500,000 CNY": Instrument.objects.filter(value_cny__gte=500_000).count(),
        "above 2 M CNY 2016-2019": high.count(),
        "of these domestic": home,
        "not marked synthetic": Instrument.objects.filter(synthetic=False).count(),
    }


def _insert(vendor: str) -> str:
    """Sessions number `at` to `until`, by turns on the instruments, a third outside."""
    if vendor == "sqlite":
        rows = "c"
        numbers = "WITH RECURSIVE c(n) AS (SELECT %(at)s UNION ALL SELECT n + 1 FROM c WHERE n + 1 < %(until)s)"
        moment = "datetime('2026-01-05', '+' || CAST(n * %(apart)s + {add} AS INTEGER) || ' seconds')"
        no_time, no = "0", "0"
    else:
        rows, numbers = "generate_series(%(at)s, %(until)s - 1) AS c(n)", ""
        moment = "TIMESTAMPTZ '2026-01-05' + make_interval(secs => n * %(apart)s + {add})"
        no_time, no = "INTERVAL '0'", "false"
    return (
        "INSERT INTO access_session (instrument_id, person_id, position, started_at, ended_at, idle, source, outside, "
        f"effective_hours, purpose, ended_by, withdrawn, synthetic) {numbers} "
        f"SELECT %(first)s + n %% %(instruments)s, %(person)s, 0, {moment.format(add=0)}, {moment.format(add=14400)}, "
        f"{no_time}, 'log-on', n %% 3 = 0, 1 + n %% 7 * 0.5, 'research', 'person', {no}, n >= 0 FROM {rows}"
    )


def measure(instruments: int, sessions: int, scale: float) -> dict[str, Any]:
    """Seconds of each step on the database of this process's environment."""
    facts = prepare(instruments, sessions, scale)
    from liqi.access.evaluation import tally
    from liqi.catalogue.models import Instrument
    from liqi.observatory import snapshot

    found: dict[str, Any] = {**facts, "sessions added up for the first time": _seconds(tally.bring_up)}
    _set_apart()
    found["snapshot, everything read"] = _seconds(lambda: snapshot.take(now=NOW, anew=True))
    touched = list(Instrument.objects.order_by("pk").values_list("pk", flat=True)[:TOUCHED])
    Instrument.objects.filter(pk__in=touched).update(made_in="CN", updated_at=NOW)
    found["snapshot, 2,000 changed"] = _seconds(lambda: snapshot.take(now=NOW + timedelta(minutes=10)))
    found["addresses"] = _walk()
    found["SQL on the live database"] = _live()
    return found


def _walk() -> dict[str, dict[str, float]]:
    """Seconds of every address of the observatory for an operator, once the modules of a page are loaded."""
    from django.test import Client

    from liqi.accounts.models import Person

    client = Client(headers={"host": "localhost"})
    client.force_login(Person.objects.get(email="p@example.org"))
    _observatory_pages.walk(client)
    _forget()
    return _observatory_pages.walk(client)


def _forget() -> None:
    """No answer is kept any more, as after a new snapshot."""
    import gc
    from functools import _lru_cache_wrapper

    for kept in [one for one in gc.get_objects() if type(one) is _lru_cache_wrapper]:
        if str(getattr(kept, "__module__", "")).startswith("liqi.observatory"):
            kept.cache_clear()


def _live() -> dict[str, float]:
    """The main sums of these pages straight over the tables."""
    from django.db.models import Count, Q, Sum

    from liqi.access.models import Session
    from liqi.catalogue.models import Instrument

    def grouped(*by: str, **where: str) -> Callable[[], object]:
        sums = {
            "n": Count("pk"),
            "home": Count("pk", filter=Q(made_in="CN")),
            "blank": Count("pk", filter=Q(made_in="")),
        }
        return lambda: list(Instrument.objects.filter(**where).order_by().values_list(*by).annotate(**sums))

    hours = Session.objects.filter(withdrawn=False, ended_at__isnull=False).order_by()
    return {
        "by class and made in": _seconds(grouped("class_code", "made_in", country="CN")),
        "by class, made in and maker": _seconds(grouped("class_code", "made_in", "maker__brand_country", country="CN")),
        "makers of one class": _seconds(grouped("maker", class_code__startswith="0102")),
        "peers: towns by number": _seconds(grouped("province", "city")),
        "hours by class": _seconds(
            lambda: list(hours.values_list("instrument__class_code").annotate(h=Sum("effective_hours")))
        ),
    }


def _seconds(verb: Callable[[], object]) -> float:
    begin = time.perf_counter()
    verb()
    return round(time.perf_counter() - begin, 3)


@contextmanager
def _kept(folder: Path) -> Iterator[dict[str, dict[str, str]]]:
    yield {"SQLite": {"LIQI_DATA": str(folder.absolute()), "LIQI_DATABASE_URL": ""}}


def _told(done: int) -> None:
    print(f"{done} made", file=sys.stderr, flush=True)


def main() -> None:
    """Print the seconds of each step as one JSON document a database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--instruments", type=int, default=1_000_000)
    parser.add_argument("--sessions", type=int, default=10_000_000)
    parser.add_argument("--national", type=float, default=1.0, help="scale of the national set that is copied")
    parser.add_argument("--on", choices=["SQLite", "PostgreSQL"], help="one database only")
    parser.add_argument("--data", type=Path, help="keep the SQLite database there, and take what is kept as it is")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        json.dump(measure(asked.instruments, asked.sessions, asked.national), sys.stdout)
        return
    sizes = (
        "--instruments",
        str(asked.instruments),
        "--sessions",
        str(asked.sessions),
        "--national",
        str(asked.national),
    )
    print(f"{asked.instruments} instruments, {asked.sessions} sessions; load {os.getloadavg()[0]:.1f}")
    with _kept(asked.data) if asked.data else _access.databases() as places:
        for name, where in places.items():
            if asked.on in (None, name):
                measured = _access.in_child("benchmarks.observatory", where, *sizes)
                print(f"{name}: {json.dumps(measured, indent=1)}; load {os.getloadavg()[0]:.1f}", flush=True)


if __name__ == "__main__":
    main()
