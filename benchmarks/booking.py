"""Bookings per second with a million rows in the table, on both databases; `--peer PYTHON` measures NEMO beside it.

One process, one thread, one booking after the other: through the verb, and through the JSON interface with the
whole middleware (Django's test client), by a token as programs do and signed in as pages do. Then the same process
with several threads, as the server has them: on PostgreSQL bookings that are kept at the same moment share one wait
for the disk. The bar is 300 a second. NEMO is
measured through the address of its own calendar page with the same client. All in one run, so that ratios hold on a
busy machine.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import _access
from benchmarks._access import HOUR
from tests import postgresql

TRIES = 300
THREADS = (4, 16)


def measure(rows: int) -> dict[str, Any]:
    """Both ways on the database of this process's environment."""
    instruments, people, now = _access.prepare(rows)
    from django.db import connection
    from django.test import Client
    from django.utils import timezone

    from liqi.access import booking
    from liqi.access.models import Booking
    from liqi.accounts import tokens

    token = tokens.issue(person=people[0], name="benchmark", scopes=["book"], days=1, now=timezone.now())
    programs = {
        "json interface, by token": Client(
            SERVER_NAME="localhost", headers={"Authorization": f"Bearer {token.secret}"}
        ),
        "json interface, signed in": Client(SERVER_NAME="localhost"),
    }
    programs["json interface, signed in"].force_login(people[0])
    last = Booking.objects.order_by("-ends_at").values_list("ends_at", flat=True)[0]
    first = max(now + 400 * 24 * HOUR, last.replace(minute=0) + 3 * HOUR)

    def by_verb(number: int) -> None:
        start = first + 2 * HOUR * (2 * (TRIES + 10) + number)
        booking.book(
            instrument=instruments[number % 50], person=people[0], starts_at=start, ends_at=start + HOUR,
            now=timezone.now(),
        )  # fmt: skip

    def by_http(client: Client, shift: int, number: int) -> None:
        start = first + 2 * HOUR * (number + shift)
        wish = {
            "instrument": f"i{number % 50}", "start": start.isoformat(), "end": (start + HOUR).isoformat(),
        }  # fmt: skip
        reply = client.post("/api/bookings", wish, content_type="application/json")
        if reply.status_code != 201:
            raise SystemExit(f"booking {number} was refused: {reply.status_code} {reply.content[:300]!r}")

    found = {}
    ways: dict[str, Callable[[int], None]] = {
        name: partial(by_http, client, shift * (TRIES + 10)) for shift, (name, client) in enumerate(programs.items())
    }
    for name, way in (ways | {"verb": by_verb}).items():
        way(-1)  # the first request of a process loads code and templates; the peer has one too
        statements = _statements(lambda way=way: way(-2))
        taken, cpu_s = [], time.process_time()
        for number in range(TRIES):
            begin = time.perf_counter()
            way(number)
            taken.append(time.perf_counter() - begin)
        cpu_ms = (time.process_time() - cpu_s) / TRIES * 1000
        found[name] = {
            "per_second": round(TRIES / sum(taken), 1), "cpu_ms_each": round(cpu_ms, 2), **_access.spread(taken),
            "statements": statements,
        }  # fmt: skip
    if connection.vendor == "postgresql":
        for threads in THREADS:
            after = first + 2 * HOUR * (5 * TRIES + threads * TRIES)
            found[f"verb, {threads} threads"] = _abreast(threads, instruments, people, after)
    return found


def _abreast(threads: int, instruments: list[Any], people: list[Any], first: datetime) -> dict[str, Any]:
    """TRIES bookings shared out among threads that each book for one person on one instrument of their own."""
    from concurrent.futures import ThreadPoolExecutor
    from threading import Barrier

    from django.db import connection
    from django.utils import timezone

    from liqi.access import booking

    gate, each = Barrier(threads + 1), TRIES // threads

    def book(number: int) -> None:
        connection.ensure_connection()
        gate.wait()
        for turn in range(each):
            start = first + 2 * HOUR * turn
            booking.book(
                instrument=instruments[number], person=people[number], starts_at=start, ends_at=start + HOUR,
                now=timezone.now(),
            )  # fmt: skip
        connection.close()

    with ThreadPoolExecutor(threads) as pool:
        working = [pool.submit(book, number) for number in range(threads)]
        gate.wait()
        begin, cpu_s = time.perf_counter(), time.process_time()
        for one in working:
            one.result()
        taken_s = time.perf_counter() - begin
    made = each * threads
    cpu_ms = (time.process_time() - cpu_s) / made * 1000
    return {"per_second": round(made / taken_s, 1), "cpu_ms_each": round(cpu_ms, 2)}


def _statements(act: Callable[[], None]) -> dict[str, int]:
    """What is sent to the database for one booking, by the first word of each statement; COMMIT waits for the disk."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        act()
    return dict(Counter(each["sql"].split(None, 1)[0] for each in seen))


def main() -> None:
    """Print the figures as JSON lines, then the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--peer", metavar="PYTHON", help="a Python with NEMO installed, and nothing of Liqi")
    parser.add_argument("--on", choices=["SQLite", "PostgreSQL"], help="one database only")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        json.dump(measure(asked.rows), sys.stdout)
        return
    print(f"{asked.rows} bookings in the table, {TRIES} more made one by one; load {os.getloadavg()[0]:.1f}")
    _print_disk()
    with _access.databases() as places:
        if durable := places.get("PostgreSQL"):
            # the promise of SQLite in WAL mode: kept when the program dies, not when the power fails
            address = f"{durable['LIQI_DATABASE_URL']}?options=-c%20synchronous_commit%3Doff"
            places["PostgreSQL, no wait for the disk"] = {**durable, "LIQI_DATABASE_URL": address}
        chosen = {name: where for name, where in places.items() if name.startswith(asked.on or "")}
        ours = {name: _run(name, where, asked.rows) for name, where in chosen.items()}
        if asked.peer:
            theirs = _access.peer(asked.peer, "booking")["per_second"]
            print(f"NEMO, SQLite: {theirs:.1f}/s; load {os.getloadavg()[0]:.1f}", flush=True)
            for name, ways in ours.items():
                for way, figures in ways.items():
                    print(f"  Liqi, {name}, {way}: x{figures['per_second'] / theirs:.1f} of NEMO")


def _print_disk() -> None:
    """What PostgreSQL's own tool says of the disk, where it is installed: a durable commit is one such write."""
    folder = postgresql.binaries()
    if folder is None or not (folder / "pg_test_fsync").exists():
        return
    with tempfile.TemporaryDirectory() as place:
        words = [str(folder / "pg_test_fsync"), "-s", "2", "-f", f"{place}/file"]
        told = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    for line in told.splitlines()[3:10]:
        print(f"  pg_test_fsync: {line.strip()}")


def _run(name: str, where: dict[str, str], rows: int) -> dict[str, Any]:
    measured = _access.in_child("benchmarks.booking", where, "--rows", str(rows))
    syncs = _access.syncs_per_second(Path(tempfile.gettempdir()))  # where the databases are
    for way, figures in measured.items():
        print(f"Liqi, {name}, {way}: {json.dumps(figures)}; load {os.getloadavg()[0]:.1f}", flush=True)
    print(f"  the disk keeps {syncs:.0f} writes a second for good")
    return measured


if __name__ == "__main__":
    main()
