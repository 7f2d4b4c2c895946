"""The pages that list instruments, at 10,000 of them: queries, time, bytes; `--peer PYTHON` measures NEMO's beside.

One process, Django's test client, a signed-in person, the whole middleware but no network. The bar is 10 queries,
100 ms and 100 kB; NEMO shows its list of tools on the page where they are used.
"""

import argparse
import json
import os
import statistics
import sys
import time
from typing import Any

from benchmarks import _access

INSTRUMENTS, ROUNDS, SEED = 10_000, 15, 1
PAGES = {
    "list": "/instruments/",
    "list, page 100": "/instruments/?page=100",
    "search, every record": "/search/",
    "search 質譜": "/search/?q=質譜",
}


def measure() -> dict[str, Any]:
    """Each page on a catalogue of that many generated instruments, in the data folder of this process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liqi.server.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client
    from django.utils import timezone

    from liqi.accounts.models import Person
    from liqi.catalogue import search
    from liqi.catalogue.generate import generate

    call_command("migrate", verbosity=0)
    generate(instruments=INSTRUMENTS, seed=SEED, now=timezone.now())
    search.rebuild()
    client = Client(headers={"host": "localhost"})
    client.force_login(Person.objects.create_user("bench@example.org", name="Bench"))
    return {name: _page(client, address) for name, address in PAGES.items()}


def _page(client: Any, address: str) -> dict[str, Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    taken, reply = [], None
    for _round in range(ROUNDS + 1):  # the first one warms the templates
        begin = time.perf_counter()
        reply = client.get(address)
        taken.append((time.perf_counter() - begin) * 1000)
        if reply.status_code != 200:
            raise SystemExit(f"{address} answered {reply.status_code}, expected 200")
    with CaptureQueriesContext(connection) as caught:
        client.get(address)
    assert reply is not None
    median, least = round(statistics.median(taken[1:]), 1), round(min(taken[1:]), 1)
    return {"ms": median, "least_ms": least, "queries": len(caught), "bytes": len(reply.content)}


def main() -> None:
    """Print the figures as JSON lines, then the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", metavar="PYTHON", help="a Python with NEMO installed, and nothing of Liqi")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        json.dump(measure(), sys.stdout)
        return
    with _access.databases() as places:
        ours = {name: _access.in_child("benchmarks.pages", where) for name, where in places.items()}
    for name, pages in ours.items():
        for page, figures in pages.items():
            print(f"Liqi, {name}, {page}: {json.dumps(figures)}; load {os.getloadavg()[0]:.1f}", flush=True)
    if asked.peer:
        theirs = _access.peer(asked.peer, "list")
        print(f"NEMO, SQLite, list: {json.dumps(theirs)}; load {os.getloadavg()[0]:.1f}")
        for name, pages in ours.items():
            figures = pages["list"]
            print(
                f"  Liqi, {name}: time x{figures['ms'] / theirs['ms']:.2f}, "
                f"bytes x{figures['bytes'] / theirs['bytes']:.4f}, "
                f"queries {figures['queries']} against {theirs['queries']}"
            )


if __name__ == "__main__":
    main()
