"""Needs in words: how often the right technique is first or among five, by words, by meaning and joined; and how fast.

./run bench match                 the questions of benchmarks/needs.jsonl, by split
./run bench match --pack          computes the vectors of the package anew, after uses were changed
./run bench match --data FOLDER   times whole answers with offers over the catalogue of that data folder
"""

import argparse
import json
import os
import statistics
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

NEEDS = Path(__file__).with_name("needs.jsonl")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--pack", action="store_true", help="Write the vectors of every use into the package.")
    options.add_argument("--data", type=Path, help="Time whole answers over this data folder.")
    options.add_argument("--more", type=Path, help="Questions of another file: id, lang, text, accept.")
    asked = options.parse_args()
    if asked.pack:
        pack()
        return
    rows = [json.loads(line) for line in NEEDS.read_text(encoding="utf-8").splitlines()]
    if asked.more:
        lines = asked.more.read_text(encoding="utf-8").splitlines()
        rows += [json.loads(line) | {"split": asked.more.stem} for line in lines]
    started = time.perf_counter()
    from liqi.planning import matching

    matching.warm()
    print(f"first question: {time.perf_counter() - started:.1f} s")
    for split in dict.fromkeys(row["split"] for row in rows):
        report(split, [row for row in rows if row["split"] == split])
    if asked.data:
        whole(asked.data, [row["text"] for row in rows])


def report(split: str, rows: list[dict[str, Any]]) -> None:
    """One line for each way of ranking, with the two languages apart."""
    from liqi.planning.matching import _match, match

    described = _match._described(())  # noqa: SLF001 - the two lists before they are joined
    ranks: dict[str, list[int]] = {"words": [], "meaning": [], "joined": []}
    took = []
    for row in rows:
        started = time.perf_counter()
        found = match(row["text"], limit=5)
        took.append((time.perf_counter() - started) * 1000)
        words = described.index.scores(row["text"])
        vector = _match._meaning(row["text"])  # noqa: SLF001
        near = described.meanings().near(vector) if vector is not None else {}
        ordered = {
            "words": sorted(words, key=lambda key: -words[key]),
            "meaning": sorted(near, key=lambda key: -near[key][0]),
            "joined": [one.technique for one in found.found],
        }
        for name, keys in ordered.items():
            ranks[name].append(next((at for at, key in enumerate(keys) if key in row["accept"]), 999))
    median, slow = statistics.median(took), sorted(took)[int(len(took) * 0.95)]
    print(f"\n{split}: {len(rows)} questions, {median:.0f} ms median, {slow:.0f} ms p95")
    for name, found_at in ranks.items():
        parts = [("all", found_at)]
        for language in ("zh", "en"):
            parts.append((language, [at for at, row in zip(found_at, rows, strict=True) if row["lang"] == language]))
        said = "   ".join(
            f"{label} hit@1 {share(several, 1):.2f} hit@3 {share(several, 3):.2f} hit@5 {share(several, 5):.2f}"
            for label, several in parts
            if several
        )
        print(f"  {name:8} {said}")


def share(ranks: list[int], depth: int) -> float:
    return sum(at < depth for at in ranks) / len(ranks)


def whole(folder: Path, texts: list[str]) -> None:
    """The time of whole answers: understanding, techniques, offers, verdicts, first free times."""
    os.environ["LIQI_DATA"] = str(folder)
    from liqi.server.setup import prepare

    prepare()
    from liqi.access import matching
    from liqi.catalogue.models import Instrument

    now = datetime.now(UTC)
    took = []
    for text in [*texts[:5], *texts]:
        started = time.perf_counter()
        matching.match(matching.understand(f"{text} 500公里以内 合肥 2000元以内", now=now), now=now)
        took.append((time.perf_counter() - started) * 1000)
    took = sorted(took[5:])
    print(f"\nwhole answers, {Instrument.objects.count()} instruments: {statistics.median(took):.0f} ms median, "
          f"{took[int(len(took) * 0.95)]:.0f} ms p95")  # fmt: skip


def pack() -> None:
    """The vectors of every use are in the package."""
    from liqi.planning.matching import _passages
    from liqi.taxonomy import techniques

    several = [passage for one in techniques().values() for passage in _passages.passages(one)]
    path = Path(_passages.__file__).parent / "data" / "vectors.npz"
    arrays: dict[str, Any] = _passages.pack(several)
    np.savez_compressed(path, **arrays)
    print(f"{len(several)} passages in {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
