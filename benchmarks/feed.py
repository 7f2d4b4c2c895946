"""The feed of a week of 9,218 events on 500 instruments, on both databases; `--peer PYTHON` measures NEMO beside it.

The bar: at most 5 queries, under 300 ms. Ours is measured in the domain (`calendar.week`) and through the JSON
interface with the whole middleware, as a signed-in member; NEMO through the address of its own calendar.
"""

import argparse
import json
import os
import sys
import time
from typing import Any

from benchmarks import _access
from benchmarks._access import BUSY, HOUR, WEEK_EVENTS

ROUNDS = 15


def measure(rows: int) -> dict[str, Any]:
    """Both ways on the database of this process's environment."""
    instruments, people, now = _access.prepare(rows)
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from liqi.access import calendar
    from liqi.catalogue.models import Instrument

    client = Client(SERVER_NAME="localhost")
    client.force_login(people[0])
    start = now + 30 * 24 * HOUR
    shown = [instrument.key for instrument in instruments[BUSY:]]

    def by_verb() -> list[Any]:
        asked = Instrument.objects.filter(key__in=shown).only("pk", "key")
        return calendar.week(asked, start, person=people[0])

    def by_http() -> list[Any]:
        query = {"instrument": shown, "start": start.isoformat(), "end": (start + 7 * 24 * HOUR).isoformat()}
        events: list[Any] = json.loads(client.get("/api/bookings/feed", query).content)
        return events

    found = {}
    for name, way in (("calendar.week", by_verb), ("json interface", by_http)):
        with CaptureQueriesContext(connection) as caught:
            events = way()
        queries = len(caught)  # now: the next request empties the log
        if len(events) != WEEK_EVENTS:
            raise SystemExit(f"found {len(events)} events, expected {WEEK_EVENTS}")
        taken, cpu_s = [], time.process_time()
        for _round in range(ROUNDS):
            begin = time.perf_counter()
            way()
            taken.append(time.perf_counter() - begin)
        cpu_ms = round((time.process_time() - cpu_s) / ROUNDS * 1000, 1)
        found[name] = {
            "queries": queries,
            "cpu_ms_each": cpu_ms,
            "best_ms": round(min(taken) * 1000, 1),
            **_access.spread(taken),
        }
    return found


def main() -> None:
    """Print the figures as JSON lines, then the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--peer", metavar="PYTHON", help="a Python with NEMO installed, and nothing of Liqi")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        json.dump(measure(asked.rows), sys.stdout)
        return
    with _access.databases() as places:
        ours = {
            name: _access.in_child("benchmarks.feed", where, "--rows", str(asked.rows))
            for name, where in places.items()
        }
    for name, ways in ours.items():
        for way, figures in ways.items():
            print(f"Liqi, {name}, {way}: {json.dumps(figures)}; load {os.getloadavg()[0]:.1f}", flush=True)
    if asked.peer:
        theirs = _access.peer(asked.peer, "feed")
        print(f"NEMO, SQLite: {json.dumps(theirs)}; load {os.getloadavg()[0]:.1f}")
        for name, ways in ours.items():
            for way, figures in ways.items():
                print(f"  Liqi, {name}, {way}: {theirs['ms'] / figures['p50_ms']:.0f} times as fast as NEMO")


if __name__ == "__main__":
    main()
