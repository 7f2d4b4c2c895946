"""Every race at full size: sixteen processes, both databases, through the verb and over HTTP: no doubles."""

import argparse
import json
import tempfile

from tests import postgresql
from tests.races import course, race


def main() -> None:
    """Print what came of each race as one JSON line; end with 1 if any two bookings met or a racer failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slots", type=int, default=1000)
    parser.add_argument("--racers", type=int, default=8)
    parser.add_argument("--kinds", nargs="*", default=race.KINDS, choices=race.KINDS)
    asked = parser.parse_args()
    doubles = 0
    for way, kinds in (("verb", asked.kinds), ("http", [kind for kind in asked.kinds if kind in {"create", "repeat"}])):
        for kind in kinds:
            with tempfile.TemporaryDirectory(prefix="liqi-race-") as folder:
                doubles += _show("SQLite", kind, way, asked, {"LIQI_DATA": folder})
                if postgresql.missing():
                    continue
                with postgresql.server(durable=True) as address:
                    where = {"LIQI_DATA": folder, "LIQI_DATABASE_URL": course.new_database(address)}
                    doubles += _show("PostgreSQL", kind, way, asked, where)
    raise SystemExit(1 if doubles else 0)


def _show(name: str, kind: str, way: str, asked: argparse.Namespace, where: dict[str, str]) -> int:
    seen = course.run(kind, slots=asked.slots, racers=asked.racers, way=way, where=where)
    print(json.dumps({"database": name, **seen}), flush=True)
    strange = {name for name in seen["outcomes"] if name not in {"won", "taken", "same"}}
    return int(seen["doubles"]) + int(seen["close"]) + len(strange)


if __name__ == "__main__":
    main()
