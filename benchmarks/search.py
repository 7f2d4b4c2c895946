"""Search at scale: generate, index, and time questions with three facets. Writes one JSON document.

python benchmarks/search.py --instruments 1000000 --questions 400
"""

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

WORDS = [
    *("质谱仪", "質譜儀", "mass spectrometer", "气相色谱", "氣相層析", "GC-MS", "显微镜", "電子顯微鏡", "microscope"),
    *("核磁共振", "NMR", "激光", "X射线衍射", "XRD", "扫描电镜", "JEM-2100F", "Q Exactive", "安捷伦 6470", "岛津"),
    *("布鲁克", "流式细胞仪", "定序", "PCR", "分光光度计", "浙江大学", "上海 质谱", "合肥 显微镜", "示波器", "仪"),
    *("合肥质谱仪", "气象色谱", "orbitrp", "六维力", "光刻", "同步辐射", "原子力", "离子色谱 青岛", "国仪量子"),
]
PROVINCES = ("110000", "310000", "340000", "440000", "320000")
FACETS = ("class", "place", "country")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--instruments", type=int, default=1_000_000)
    options.add_argument("--questions", type=int, default=400)
    options.add_argument("--data", type=Path, help="Keep the records here, and go on with those that are there.")
    options.add_argument("--keep-index", action="store_true", help="Ask the index that is there.")
    asked = options.parse_args()
    folder = asked.data or Path(tempfile.mkdtemp(prefix="liqi-bench-"))
    os.environ["LIQI_DATA"] = str(folder)

    from liqi.server.setup import prepare

    prepare()
    from liqi.catalogue import search
    from liqi.catalogue.generate import generate
    from liqi.catalogue.models import Instrument

    result: dict[str, object] = {"instruments": asked.instruments, "questions": asked.questions, "facets": FACETS}
    missing = asked.instruments - Instrument.objects.count()
    if missing > 0:
        made = generate(instruments=missing, seed=1, now=datetime.now(UTC), report=progress)
        result |= {"generated_per_second": made["per_second"], "generate_seconds": made["seconds"]}
    if not asked.keep_index:
        started = time.perf_counter()
        result["documents"] = search.rebuild()
        result["index_seconds"] = round(time.perf_counter() - started, 1)
    result["index_mb"] = round(sum(path.stat().st_size for path in (folder / "search").rglob("*")) / 1e6, 1)
    result["database_mb"] = round((folder / "liqi.sqlite3").stat().st_size / 1e6, 1)

    dice = random.Random(5)
    for text in WORDS[:5]:
        search.find(text, facets=FACETS)
    took, worked, slowest = [], [], ("", 0.0)
    for _ in range(asked.questions):
        text = dice.choice(WORDS)
        filters = search.Filters(
            places=(dice.choice(PROVINCES),) if dice.random() < 0.25 else (),
            shared=True if dice.random() < 0.25 else None,
        )
        before, used = time.perf_counter(), time.process_time()
        search.find(text, filters, facets=FACETS)
        took.append((time.perf_counter() - before) * 1000)
        worked.append((time.process_time() - used) * 1000)
        slowest = max(slowest, (text, took[-1]), key=lambda pair: pair[1])
    took.sort()
    worked.sort()
    result |= {
        "p50_ms": round(statistics.median(took), 2),
        "p90_ms": round(took[int(len(took) * 0.9)], 2),
        "p99_ms": round(took[int(len(took) * 0.99)], 2),
        "p50_cpu_ms": round(statistics.median(worked), 2),
        "p99_cpu_ms": round(worked[int(len(worked) * 0.99)], 2),
        "slowest": [slowest[0], round(slowest[1], 1)],
    }
    print(json.dumps(result, ensure_ascii=False))


def progress(done: int) -> None:
    if done % 100_000 == 0:
        print(f"generated {done}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
