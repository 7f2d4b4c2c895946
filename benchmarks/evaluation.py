"""A year's evaluation of 50,000 instruments with 10,000,000 sessions; `--sessions`, `--instruments` make it smaller.

One process. Measured: adding every session up for the first time, the evaluation of all institutions (scores and
ranks), catching up after sessions of 2,000 instruments changed and the evaluation with it, the figures of one
institution, the first page of its instruments; and beside them the same sums straight over the sessions, which is
what the kept tallies save. The bar is 5 s for the evaluation.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from benchmarks import _access

YEAR, INSTITUTIONS, TOUCHED, PART = 2026, 344, 2_000, 500_000


def prepare(instruments: int, sessions: int) -> None:
    """A migrated database with that many instruments of 344 institutions, and sessions spread over the year."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liqi.server.settings")
    import django

    django.setup()
    from datetime import UTC, datetime

    from django.core.management import call_command
    from django.db import connection

    from liqi.access.models import Confirmation
    from liqi.accounts.models import Organisation, Person
    from liqi.catalogue.models import Institution, Instrument

    call_command("migrate", verbosity=0)
    now = datetime(YEAR, 11, 1, tzinfo=UTC)
    about: dict[str, Any] = {"source": "benchmark", "synthetic": True, "created_at": now, "updated_at": now}
    homes = Organisation.objects.bulk_create(Organisation(name=f"Home {n}") for n in range(INSTITUTIONS))
    hosts = Institution.objects.bulk_create(
        Institution(key=f"h{n}", name=f"Institution {n}", organisation=home, **about) for n, home in enumerate(homes)
    )
    worth: dict[str, Any] = {"value_cny": 600_000, "bookable": True, "time_zone": "Asia/Shanghai"}
    Instrument.objects.bulk_create(
        (
            Instrument(
                key=f"i{n}", name=f"Instrument {n}", institution=hosts[n % INSTITUTIONS],
                made_in="CN" if n % 3 else "DE", **worth, **about,
            )
            for n in range(instruments)
        ),
        batch_size=500,
    )  # fmt: skip
    person = Person.objects.create(email="p@example.org", name="P", password="!", is_operator=True)
    stood = Confirmation.objects.create(person=person, at=now, starts_at=now, ends_at=datetime(2027, 1, 1, tzinfo=UTC),
                                        sessions=sessions)  # fmt: skip
    first = Instrument.objects.order_by("pk").values_list("pk", flat=True)[0]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous = OFF")
        for at in range(0, sessions, PART):
            cursor.execute(_insert(connection.vendor), {
                "first": first, "instruments": instruments, "person": person.pk, "stood": stood.pk, "at": at,
                "until": min(at + PART, sessions), "apart": 290 * 86400 / sessions,
            })  # fmt: skip
            print(f"{min(at + PART, sessions)} sessions", file=sys.stderr, flush=True)
        cursor.execute("ANALYZE")


def _insert(vendor: str) -> str:
    """Sessions number `at` to `until`: by turns on the instruments, a third outside, a tenth not confirmed."""
    if vendor == "sqlite":
        numbers = "WITH RECURSIVE c(n) AS (SELECT %(at)s UNION ALL SELECT n + 1 FROM c WHERE n + 1 < %(until)s)"
        moment = "datetime('2026-01-05', '+' || CAST(n * %(apart)s + {add} AS INTEGER) || ' seconds')"
        begins, ends = moment.format(add=0), moment.format(add=14400)
        rows, flags = "c", ("n %% 3 = 0", "0")
    else:
        numbers = ""
        moment = "TIMESTAMPTZ '2026-01-05' + make_interval(secs => n * %(apart)s + {add})"
        begins, ends = moment.format(add=0), moment.format(add=14400)
        rows, flags = "generate_series(%(at)s, %(until)s - 1) AS c(n)", ("n %% 3 = 0", "false")
    no_time = "0" if vendor == "sqlite" else "INTERVAL '0'"
    return (
        "INSERT INTO access_session (instrument_id, person_id, position, started_at, ended_at, idle, source, outside, "
        f"effective_hours, purpose, ended_by, withdrawn, confirmation_id, synthetic) {numbers} "
        f"SELECT %(first)s + n %% %(instruments)s, %(person)s, 0, {begins}, {ends}, {no_time}, 'log-on', {flags[0]}, "
        f"1 + n %% 7 * 0.5, CASE n %% 4 WHEN 0 THEN 'teaching' ELSE 'research' END, 'person', {flags[1]}, "
        f"CASE WHEN n %% 10 = 0 THEN NULL ELSE %(stood)s END, {flags[1]} FROM {rows}"
    )


def measure(instruments: int, sessions: int) -> dict[str, Any]:
    """Seconds of each step on the database of this process's environment."""
    prepare(instruments, sessions)
    from django.db.models import Sum

    from liqi.access.evaluation import editions, rows, tally, units, use
    from liqi.access.models import Session
    from liqi.accounts.models import Person
    from liqi.catalogue.models import Institution, Instrument

    rules = editions.rules(date(YEAR, 11, 22))
    person, host = Person.objects.get(), Institution.objects.get(key="h0")
    found = {"first time": _seconds(tally.bring_up)}
    whole: list[Any] = []
    found["evaluation"] = min(_seconds(lambda: whole.append(units.read(YEAR, use.CONFIRMED, rules))) for _ in range(3))
    assert len(whole[0]) == INSTITUTIONS
    touched = Instrument.objects.order_by("pk").values_list("pk", flat=True)[:TOUCHED]
    Session.objects.filter(instrument__in=list(touched), confirmation=None).update(effective_hours=2)
    found["evaluation after changes"] = _seconds(lambda: units.read(YEAR, use.CONFIRMED, rules))
    mine = Instrument.objects.filter(institution=host)
    found["figures of an institution"] = _seconds(lambda: use.shares(mine, YEAR, use.CONFIRMED, rules["hours"]))
    page = use.of(mine.select_related("institution"), YEAR, use.CONFIRMED).order_by("-effective_h", "pk")
    found["page of its instruments"] = _seconds(lambda: list(page[:50]))
    asked = rows.Asked(YEAR, institution=host)
    found["its sessions, first page and sum"] = _seconds(lambda: list(rows.read("sessions", asked, person).query[:50]))
    confirmed = Session.objects.confirmed().filter(ended_at__isnull=False)
    by_host = confirmed.order_by().values_list("instrument__institution").annotate(h=Sum("effective_hours"))
    found["straight over sessions"] = _seconds(lambda: list(by_host))
    return found


def _seconds(verb: Callable[[], object]) -> float:
    begin = time.perf_counter()
    verb()
    return round(time.perf_counter() - begin, 3)


def main() -> None:
    """Print the seconds of each step as one JSON line a database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--instruments", type=int, default=50_000)
    parser.add_argument("--sessions", type=int, default=10_000_000)
    parser.add_argument("--on", choices=["SQLite", "PostgreSQL"], help="one database only")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        json.dump(measure(asked.instruments, asked.sessions), sys.stdout)
        return
    sizes = ("--instruments", str(asked.instruments), "--sessions", str(asked.sessions))
    print(f"{asked.instruments} instruments, {asked.sessions} sessions; load {os.getloadavg()[0]:.1f}")
    with _access.databases() as places:
        for name, where in places.items():
            if asked.on in (None, name):
                measured = _access.in_child("benchmarks.evaluation", where, *sizes)
                print(f"{name}: {json.dumps(measured)}; load {os.getloadavg()[0]:.1f}", flush=True)


if __name__ == "__main__":
    main()
