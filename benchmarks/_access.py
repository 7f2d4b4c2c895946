"""What the benchmarks of access share: databases, a seeded table, figures printed side by side."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
INSTRUMENTS, PEOPLE, BUSY, WEEK_EVENTS = 10_000, 40, 50, 9_218
HOUR = timedelta(hours=1)


@contextmanager
def databases() -> Iterator[dict[str, dict[str, str]]]:
    """The environments of a fresh SQLite file and, where it is installed, of a fresh durable PostgreSQL server."""
    from tests import postgresql

    with tempfile.TemporaryDirectory(prefix="liqi-bench-") as folder:
        found = {"SQLite": {"LIQI_DATA": f"{folder}/sqlite", "LIQI_DATABASE_URL": ""}}
        if reason := postgresql.missing():
            print(f"PostgreSQL left out: {reason}", file=sys.stderr)
            yield found
            return
        with postgresql.server(durable=True) as address:
            yield found | {"PostgreSQL": {"LIQI_DATA": f"{folder}/postgresql", "LIQI_DATABASE_URL": address}}


def in_child(module: str, where: dict[str, str], *options: str) -> dict[str, Any]:
    """What ``python -m module --child`` measures on that database, in a process of its own."""
    environment = {
        "OPENBLAS_NUM_THREADS": "1",
        **os.environ,
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        **where,
    }
    command = [sys.executable, "-m", module, "--child", *options]
    told = subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    measured: dict[str, Any] = json.loads(told)
    return measured


def peer(python: str, task: str) -> dict[str, Any]:
    """What the same task measures in NEMO, under a Python that has it installed; on SQLite, as its demonstration."""
    with tempfile.TemporaryDirectory(prefix="liqi-peer-") as folder:
        command = [python, str(ROOT / "benchmarks" / "_nemo.py"), folder, task]
        told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    measured: dict[str, Any] = json.loads(told)[task]
    return measured


def prepare(rows: int) -> tuple[list[Any], list[Any], datetime]:
    """Instruments, people and the present hour of a migrated database with ``rows`` past bookings and a full week.

    A database that was prepared before is taken as it is.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liqi.server.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from liqi.access.models import Booking, Order
    from liqi.accounts.models import Membership, Organisation, Person
    from liqi.catalogue.models import Institution, Instrument

    call_command("migrate", verbosity=0)
    if begun := Institution.objects.filter(key="home", source="benchmark").values_list("created_at", flat=True).first():
        return list(Instrument.objects.order_by("pk")[: BUSY + 500]), list(Person.objects.order_by("pk")), begun
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    about: dict[str, Any] = {"source": "benchmark", "synthetic": True, "created_at": now, "updated_at": now}
    home = Organisation.objects.create(name="Home")
    institution = Institution.objects.create(key="home", name="Home", organisation=home, **about)
    terms: dict[str, Any] = {"shared": True, "bookable": True, "horizon_days": 40_000, "institution": institution}
    Instrument.objects.bulk_create(
        (Instrument(key=f"i{n}", name=f"Instrument {n}", **terms, **about) for n in range(INSTRUMENTS)), batch_size=500
    )
    people = Person.objects.bulk_create(
        Person(email=f"p{n}@example.org", name=f"Person {n}", password="!") for n in range(PEOPLE)
    )
    Membership.objects.bulk_create(Membership(person=person, organisation=home) for person in people)
    instruments = list(Instrument.objects.order_by("pk")[: BUSY + 500])
    orders = Order.objects.bulk_create(
        Order(title="benchmark", person=person, organisation=home, created_at=now) for person in people
    )
    first = now - HOUR * (200 + 2 * (rows // BUSY))
    past = [(n % PEOPLE, instruments[n], first) for n in range(BUSY)]
    week = [(n % PEOPLE, instruments[BUSY + n % 500], now + HOUR * (24 * 30 + n // 500)) for n in range(WEEK_EVENTS)]
    Booking.objects.bulk_create(
        (
            Booking(
                order=orders[who], person=people[who], organisation=home, instrument=instrument,
                starts_at=start, ends_at=start + HOUR, created_at=now, synthetic=True,
            )
            for who, instrument, start in past + week
        ),
        batch_size=1000,
    )  # fmt: skip
    _repeat_every_two_hours(rows // BUSY - 1)
    return instruments, people, now


def _repeat_every_two_hours(times: int) -> None:
    """The oldest booking of each busy instrument is there again every two hours, so often; in one statement.

    Oldest first, as they come in life; the triggers and the exclusion constraint judge each of them.
    """
    from django.db import connection

    from liqi.access.models import Booking

    moved = {"starts_at", "ends_at", "held_from", "held_until"}
    columns = [field.column for field in Booking._meta.concrete_fields if field.column != "id"]
    if connection.vendor == "sqlite":
        shift = "strftime('%Y-%m-%d %H:%M:%S', {}, '+' || (2 * k) || ' hours')"
        steps = f"(WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < {times}) SELECT k FROM n)"
    else:
        shift, steps = "{} + k * interval '2 hours'", f"(SELECT generate_series(1, {times}) AS k)"
    values = ", ".join(shift.format(f"b.{name}") if name in moved else f"b.{name}" for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO access_booking ({', '.join(columns)}) SELECT {values} FROM {steps} AS steps "
            f"CROSS JOIN (SELECT * FROM access_booking ORDER BY id LIMIT {BUSY}) AS b ORDER BY k"
        )
        cursor.execute("ANALYZE access_booking")


def syncs_per_second(folder: Path, seconds: float = 2.0) -> float:
    """How often a second the disk below the folder keeps 8 kB for good: no durable commit is faster than that."""
    count, begin = 0, time.perf_counter()
    with tempfile.TemporaryFile(dir=folder) as file:
        while time.perf_counter() - begin < seconds:
            os.pwrite(file.fileno(), bytes(8192), 0)
            os.fdatasync(file.fileno())
            count += 1
    return count / (time.perf_counter() - begin)


def spread(seconds: list[float]) -> dict[str, float]:
    """Median, 95th and 99th percentile in milliseconds."""
    ordered = sorted(seconds)
    return {
        f"p{share}_ms": round(ordered[min(len(ordered) - 1, len(ordered) * share // 100)] * 1000, 1)
        for share in (50, 95, 99)
    }
