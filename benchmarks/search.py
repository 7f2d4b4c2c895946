"""Search at scale beside SQLite FTS5 and PostgreSQL: build, size, memory and the time of questions, in one run.

./run bench search                       1,000,000 records, all three engines, by turns
./run bench search --records 5000000 --engines liqi

A question asks for the best twenty, how many there are, and the counts of three facets; a quarter of them within one
province, a quarter only for what is shared. Nothing is kept between questions. Prints one JSON document.
"""

import argparse
import json
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

TWO_CHARACTERS = ("质谱", "色谱", "激光", "定序", "岛津", "光刻", "核磁", "电镜", "光谱", "显微")
WORDS = [
    *("质谱仪", "質譜儀", "mass spectrometer", "气相色谱", "氣相層析", "GC-MS", "显微镜", "電子顯微鏡", "microscope"),
    *("核磁共振", "NMR", "激光", "X射线衍射", "XRD", "扫描电镜", "JEM-2100F", "Q Exactive", "安捷伦 6470", "岛津"),
    *("布鲁克", "流式细胞仪", "定序", "PCR", "分光光度计", "浙江大学", "上海 质谱", "合肥 显微镜", "示波器", "仪"),
    *("合肥质谱仪", "气象色谱", "orbitrp", "六维力", "光刻", "同步辐射", "原子力", "离子色谱 青岛", "国仪量子"),
]
PROVINCES = ("110000", "310000", "340000", "440000", "320000")
FACETS = ("class", "place", "country")
PAGES = 30
BLOCK = 25
"""So many questions one engine answers before the next does: each in its own warm cache, none at a better hour."""


def main() -> None:
    """Make the records, build every engine, ask each question of each by turns, print what was measured."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--records", type=int, default=1_000_000)
    options.add_argument("--questions", type=int, default=400)
    options.add_argument("--engines", default="liqi,fts5,postgresql")
    options.add_argument("--data", type=Path, help="Keep the records here, and go on with those that are there.")
    options.add_argument("--keep-index", action="store_true", help="Ask the index that is there.")
    asked = options.parse_args()
    with ExitStack() as stack:
        folder = asked.data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="liqi-bench-")))
        os.environ["LIQI_DATA"] = str(folder)
        from liqi.server.setup import prepare

        prepare()
        result: dict[str, Any] = {"records": asked.records, "questions": asked.questions, "facets": FACETS}
        result |= records(asked.records) | index(folder, keep=asked.keep_index)
        from benchmarks._peers import peers

        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="liqi-peers-")))
        others = stack.enter_context(peers(asked.engines.split(","), work))
        for peer in others:
            say(f"building {peer.name}")
            result[peer.name] = {"build_seconds": round(peer.build(documents()), 1), "mb": round(peer.megabytes(), 1)}
        result |= questions(asked.questions, others, result) | {"page": page()}
    print(json.dumps(result, ensure_ascii=False))


def records(wanted: int) -> dict[str, Any]:
    """So many instruments are in the database."""
    from liqi.catalogue.generate import generate
    from liqi.catalogue.models import Instrument

    missing = wanted - Instrument.objects.count()
    if missing <= 0:
        return {}
    made = generate(instruments=missing, seed=_unused_seed(), now=datetime.now(UTC), report=progress)
    return {"generated_per_second": made["per_second"], "generate_seconds": made["seconds"]}


def _unused_seed() -> int:
    """Return the first seed of which no record is there yet, so that a cut run can be gone on with."""
    from liqi.catalogue.models import Instrument

    return next(seed for seed in count(1) if not Instrument.objects.filter(key=f"gen{seed}-000001").exists())


def index(folder: Path, *, keep: bool) -> dict[str, Any]:
    """Liqi's index is built; its time, size and the peak memory of the two processes that write it."""
    from liqi.catalogue import search

    found: dict[str, Any] = {}
    if not keep:
        say("building Liqi")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started = time.perf_counter()
        found["documents"] = search.rebuild()
        found["build_seconds"] = round(time.perf_counter() - started, 1)
        peak = (
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
            resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,
        )
        found["build_peak_mb"] = {"before": before // 1000, "first": peak[0] // 1000, "second": peak[1] // 1000}
    found["mb"] = round(sum(path.stat().st_size for path in (folder / "search").rglob("*")) / 1e6, 1)
    return {"Liqi": found, "database_mb": round((folder / "liqi.sqlite3").stat().st_size / 1e6, 1)}


def documents() -> Any:
    """Every record as the peers take it."""
    from benchmarks._peers import rows
    from liqi.catalogue.search._build import today
    from liqi.catalogue.search._documents import KINDS, Documents

    made = Documents(today=today())
    return rows(document for kind in KINDS for document in made.of(kind))


def questions(number: int, others: list[Any], result: dict[str, Any]) -> dict[str, Any]:
    """Every engine answers the same questions, in blocks by turns; times in ms, and whether all count the same."""
    from liqi.catalogue import search
    from liqi.catalogue.search._find import answer

    dice = random.Random(5)
    search.ready()
    for text in (*WORDS, *TWO_CHARACTERS):  # nothing is kept of an answer; this brings the files into memory
        search.find(text, facets=FACETS)
    asked = [question(dice, search.Filters) for _ in range(number)]
    times: dict[str, list[float]] = {name: [] for name in ("Liqi", *(peer.name for peer in others))}
    totals: dict[str, list[int]] = {name: [] for name in times}
    loosely: list[bool] = []
    for at in range(0, number, BLOCK):
        say(f"question {at} of {number}")
        block = asked[at : at + BLOCK]
        units = [answer(text, filters).units for text, filters in block]
        for text, filters in block:
            started = time.perf_counter()
            found = search.find(text, filters, facets=FACETS)
            times["Liqi"].append((time.perf_counter() - started) * 1000)
            totals["Liqi"].append(found.total)
            loosely.append(found.loosely)
        for peer in others:
            for (_text, filters), read in zip(block, units, strict=True):
                started = time.perf_counter()
                totals[peer.name].append(peer.find(read, filters))
                times[peer.name].append((time.perf_counter() - started) * 1000)
    for name, took in times.items():
        short = [each for each, (text, _filters) in zip(took, asked, strict=True) if text in TWO_CHARACTERS]
        result[name] |= summary(took) | {"two_characters_p50_ms": round(statistics.median(short), 2)}
    for peer in others:
        mine, theirs = result["Liqi"], result[peer.name]
        theirs["times_slower"] = {part: round(theirs[part] / mine[part], 1) for part in ("p50_ms", "p99_ms")}
    pairs = [
        (one, totals[peer.name][at]) for peer in others for at, one in enumerate(totals["Liqi"]) if not loosely[at]
    ]
    slowest = max(range(number), key=lambda at: times["Liqi"][at])
    return {
        "slowest": [asked[slowest][0], round(times["Liqi"][slowest], 1)],
        "counts_compared": len(pairs),
        "counts_unequal": sum(one != other for one, other in pairs),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000,
    }


def question(dice: random.Random, filters: Any) -> tuple[str, Any]:
    """A question with its filters."""
    text = dice.choice((*WORDS, *TWO_CHARACTERS))
    places = (dice.choice(PROVINCES),) if dice.random() < 0.25 else ()
    return text, filters(places=places, shared=True if dice.random() < 0.25 else None)


def page() -> dict[str, float]:
    """Server time of the search page with all facets, map and twenty hits, through the whole middleware."""
    from django.test import Client

    client, took = Client(HTTP_HOST="localhost"), []
    dice = random.Random(7)
    client.get("/search/", {"q": "质谱"})
    for _ in range(PAGES):
        started = time.perf_counter()
        assert client.get("/search/", {"q": dice.choice(WORDS)}).status_code == 200
        took.append((time.perf_counter() - started) * 1000)
    return summary(took)


def summary(took: list[float]) -> dict[str, float]:
    """Median and the slow end."""
    order = sorted(took)
    return {
        "p50_ms": round(statistics.median(order), 2),
        "p90_ms": round(order[int(len(order) * 0.9)], 2),
        "p99_ms": round(order[int(len(order) * 0.99)], 2),
    }


def progress(done: int) -> None:
    """How many were generated."""
    if done % 100_000 == 0:
        say(f"generated {done}")


def say(words: str) -> None:
    """A line on stderr."""
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
