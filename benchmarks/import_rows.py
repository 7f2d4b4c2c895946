"""How many rows of a table a second the importer takes in, and how much memory it needs.

    ./run bench import_rows [--rows 100000] [--again]

The table is made here: class names, makers and institutions of the taxonomy, costs, dates, places, one row in fifty
with something to repair. It is read from disk into an empty data folder; `--again` reads it once more, unchanged.
"""

import argparse
import csv
import json
import os
import random
import resource
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

HEADER = (
    *("id", "name", "name_en", "class", "maker", "model", "serial", "institution", "place", "value_cny", "acquired_on"),
    *("shared", "status", "description", "website"),
)


def write_table(path: Path, rows: int) -> None:
    """A table of so many instruments, the same each time."""
    from liqi.taxonomy import classes, divisions, makers

    chance = random.Random(20_261_122)
    kinds = [one for one in classes().values() if len(one.code) == 6 and not one.code.endswith("00")]
    brands = [one.name_en for one in makers().values()]
    places = [one.name_zh for one in divisions().values()][:400]
    owners = [f"{chance.choice(places)}{word}" for word in ("大学", "研究院", "医院", "检测中心") for _ in range(150)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for n in range(rows):
            kind, odd = chance.choice(kinds), n % 50 == 0
            writer.writerow(
                [
                    f"B{n:07d}",
                    f"{kind.name_zh}（GC-{n % 900}）" if odd else kind.name_zh,
                    f"instrument {n}",
                    kind.code.lstrip("0") if odd else kind.code,
                    chance.choice(brands),
                    "" if odd else f"M{n % 2000}",
                    f"SN{n}",
                    chance.choice(owners),
                    chance.choice(places),
                    "41.5万" if odd else chance.randrange(50_000, 9_000_000),
                    "20240517" if odd else f"20{n % 25:02d}-{n % 12 + 1:02d}-{n % 28 + 1:02d}",
                    chance.choice(("是", "否")),
                    "正常",
                    f"{kind.name_zh}，用于样品 {n} 的测定与分析。",
                    f"https://example.org/{n}",
                ]
            )


def main() -> None:
    """Print one JSON line a reading."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--again", action="store_true")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LIQI_DATA"] = folder
        from liqi.server.setup import prepare

        prepare(Path(folder))
        path = Path(folder) / "rows.csv"
        write_table(path, wanted.rows)
        from liqi.catalogue import importer

        for reading in ("first", "again")[: 2 if wanted.again else 1]:
            begun, busy = time.perf_counter(), time.process_time()
            found = importer.import_file(path, now=datetime.now(UTC))
            seconds = time.perf_counter() - begun
            peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                json.dumps(
                    {
                        "reading": reading,
                        **{name: found[name] for name in ("read", "created", "updated", "unchanged", "rejected")},
                        "problems": len(found["problems"]),
                        "megabytes": round(path.stat().st_size / 1e6, 1),
                        "seconds": round(seconds, 1),
                        "processor_seconds": round(time.process_time() - busy, 1),
                        "rows_per_second": round(found["read"] / seconds),
                        "peak_memory_mb": round(peak_mb),
                    }
                )
            )


if __name__ == "__main__":
    main()
