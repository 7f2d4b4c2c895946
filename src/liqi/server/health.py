"""The health of an installation: its database, its files, the room on its disk."""

import shutil
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

NAMED_AT_MOST = 100
"""So many hashes are listed of each kind of finding; the counts are of all."""
LITTLE_ROOM_BYTES = 10**9


def examine(*, now: datetime, quick: bool, sweep: bool, tell: Callable[[int, int], None]) -> dict[str, Any]:
    """All facts as one document; `ok` is whether nothing is wrong, `problems` says what is and what to do."""
    from django.conf import settings

    from liqi import __version__
    from liqi.answers import audit
    from liqi.server import deposits

    database = _database()
    found = audit.examine(now=now, read=not quick, tell=tell)
    swept = audit.sweep(found.unnamed, now=now) if sweep else []
    drafts, draft_bytes = audit.drafts()
    free = shutil.disk_usage(Path(settings.LIQI_DATA)).free
    folder = Path(settings.LIQI_DATA)
    damaged = deposits.damaged(folder) if not quick else []
    left = deposits.orphans(folder, now=now)
    left_bytes = sum(path.stat().st_size for path in left)
    facts: dict[str, Any] = {
        "checked_at": now.isoformat(),
        "version": __version__,
        "database": database,
        "files": {
            **{name: value for name, value in asdict(found).items() if name in ("there", "bytes", "read")},
            "damaged": found.damaged[:NAMED_AT_MOST],
            "missing": found.missing[:NAMED_AT_MOST],
            "without_record": {"count": len(found.unnamed), "bytes": sum(one.size for one in found.unnamed)},
            "swept": len(swept),
            "drafts": {"count": drafts, "bytes": draft_bytes},
        },
        "other_files": {
            "damaged": damaged,
            "without_record": {"count": len(left), "bytes": left_bytes},
            "swept": deposits.sweep(left, now=now) if sweep else 0,
        },
        "disk": {"folder": str(settings.LIQI_DATA), "free_bytes": free},
    }
    problems = [f"the database is damaged ({one}); restore a backup." for one in database["problems"]]
    for what, hashes in (("damaged", found.damaged), ("missing", found.missing), ("damaged", damaged)):
        if hashes:
            problems.append(f"{len(hashes)} stored files are {what}, the first {hashes[0]}; restore a backup.")
    if free < LITTLE_ROOM_BYTES:
        problems.append(f"only {free:,} bytes are free in {settings.LIQI_DATA}; make room.")
    return {"ok": not problems, "problems": problems, **facts}


def _database() -> dict[str, Any]:
    from django.db import connection

    problems: list[str] = []
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA integrity_check(10)")
            problems += [line for (line,) in cursor.fetchall() if line != "ok"]
            cursor.execute("PRAGMA foreign_key_check")
            problems += [f"a row of {row[0]} names a missing one of {row[2]}" for row in cursor.fetchmany(10)]
        tables = len(connection.introspection.table_names(cursor))
    from liqi.server.backup import rows

    return {"kind": connection.vendor, "tables": tables, "rows": rows(), "problems": problems}
