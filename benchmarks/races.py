"""Every race at full size: eight racers or more at once, both databases, every path: no doubles, nothing lost."""

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from tests import postgresql
from tests.races import course, race, rivals, use

OVER_HTTP = ("create", "repeat")
KIND = {"won", "taken", "same"}
"""What a racer of a booking is told in a sound race."""
ROUNDS = {
    "offer": ("offer",),
    "money": ("money",),
    "voucher": ("voucher",),
    "seat": ("seat",),
    "lot": ("lot",),
    "quota": ("quota",),
    "once": ("once", "--racers", "8"),
    "steps": ("steps", "--racers", "8"),
    "edit": ("edit", "--racers", "8"),
    **{f"rivals-{kind}": ("rivals", kind) for kind in rivals.PARTS},
    **{f"use-{kind}": ("use", kind) for kind in use.KINDS},
}
"""The races that are run in rounds: an offer, money, training, a lot, a group's quota, a request that comes again, an
order's steps, a record's edits, use."""
SOUND = {
    "doubles": 0, "lost": 0, "close": 0, "strange": 0, "deadlocks": 0, "over": 0, "balanced": True, "overdrawn": 0,
    "numbers without holes": True, "chained": True, "chains_whole": True,
}  # fmt: skip
"""What must come of a race where it says so."""
NAMES = (*race.KINDS, *(f"{kind}-http" for kind in OVER_HTTP), *ROUNDS)


def main() -> None:
    """Print what came of each race as one JSON line; end with 1 if two bookings met or a racer failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slots", type=int, default=1000, help="slots of a race for bookings, rounds of the others")
    parser.add_argument("--racers", type=int, default=8)
    parser.add_argument("--kinds", nargs="*", default=NAMES, choices=NAMES)
    parser.add_argument("--database", nargs="*", default=("sqlite", "postgresql"), choices=("sqlite", "postgresql"))
    asked = parser.parse_args()
    wrong = 0
    if "sqlite" in asked.database:
        wrong += sum(_show("SQLite", name, asked) for name in asked.kinds)
    if "postgresql" in asked.database and not postgresql.missing():
        with postgresql.server(durable=True) as address:
            wrong += sum(_show("PostgreSQL", name, asked, address) for name in asked.kinds)
    raise SystemExit(1 if wrong else 0)


def _show(database: str, name: str, asked: argparse.Namespace, server: str = "") -> int:
    with tempfile.TemporaryDirectory(prefix="liqi-race-") as folder:
        where = course.fresh(Path(folder), server)
        began = time.perf_counter()
        try:
            seen = _run(name, asked, where)
        except RuntimeError as problem:
            seen = {"fault": str(problem)}
        seen = {"seconds": round(time.perf_counter() - began), **seen, **_deadlocks(where)}
    wrong = _wrong(seen)
    print(json.dumps({"database": database, "race": name, "size": asked.slots, **seen, "wrong": wrong}), flush=True)
    return len(wrong)


def _run(name: str, asked: argparse.Namespace, where: dict[str, str]) -> dict[str, Any]:
    if name in ROUNDS:
        return course.program(*ROUNDS[name], "--rounds", str(asked.slots), where=where)
    kind, _, way = name.partition("-")
    return course.run(kind, slots=asked.slots, racers=asked.racers, way=way or "verb", where=where)


def _deadlocks(where: dict[str, str]) -> dict[str, int]:
    """How often PostgreSQL had to end one of two that waited for each other, also where it was tried again."""
    import psycopg

    if "LIQI_DATABASE_URL" not in where:
        return {}
    with psycopg.connect(where["LIQI_DATABASE_URL"]) as connection:
        found = connection.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return {"deadlocks": int((found.fetchone() or (0,))[0])}


def _wrong(seen: dict[str, Any]) -> list[str]:
    """What must not come of any race: bookings that meet, lost changes, faults of racers, deadlocks, broken sums."""
    broken = [name for name, value in SOUND.items() if seen.get(name, value) != value]
    outcomes = [name for name, count in seen.get("outcomes", {}).items() if count]
    if "close" in seen:
        broken += [name for name in outcomes if name not in KIND]
    broken += [name for name in outcomes if "Error" in name or "Exception" in name or "DoesNot" in name]
    return [*broken, *(["fault"] if "fault" in seen else [])]


if __name__ == "__main__":
    main()
