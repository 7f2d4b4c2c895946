"""Plans: worth against the bound and against patience, rules kept; 50 instruments x 1,000, and ten such side by side.

./run bench plan FILE...                    50,000 counted moves from each problem (JSON, or JSON in gzip)
./run bench plan FILE... --seconds 60       so long instead
./run bench plan FILE... --together         all files as one problem, nothing shared between them
"""

import argparse
import gzip
import time
from dataclasses import replace
from functools import reduce
from pathlib import Path

from liqi.planning import schedule
from liqi.planning.schedule import Problem


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("files", type=Path, nargs="+")
    options.add_argument("--moves", type=int, default=50_000)
    options.add_argument("--seconds", type=float)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--together", action="store_true")
    asked = options.parse_args()
    problems = [schedule.read(text(file.read_bytes())) for file in asked.files]
    if asked.together:
        problems = [reduce(beside, problems)]
    print("| problem | first come | priority | value | searched | moves or s | core-s | bound | gap | rules broken |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for problem in problems:
        report(problem, asked)


def text(content: bytes) -> str:
    """The words of a file, unpacked."""
    return (gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content).decode()


def report(problem: Problem, asked: argparse.Namespace) -> None:
    """One line."""
    began = time.process_time()
    by = {order: schedule.greedy(problem, order) for order in ("first come", "priority", "value")}
    greedy_s, best = (time.process_time() - began) / 3, schedule.bound(problem)
    began = time.process_time()
    limit = {"seconds": asked.seconds} if asked.seconds else {"moves": asked.moves}
    found = schedule.search(problem, by["value"], seed=asked.seed, **limit)
    took, worth = time.process_time() - began, schedule.value(problem, found)
    patient = " | ".join(f"{schedule.value(problem, plan):,.0f}" for plan in by.values())
    print(
        f"| {problem.name} ({greedy_s:.2f} s a pass) | {patient} | {worth:,.0f} | {next(iter(limit.values())):,} | "
        f"{took:.1f} | {best:,.0f} | {1 - worth / best:.1%} | {len(schedule.broken(problem, found))} |",
        flush=True,
    )


def beside(one: Problem, other: Problem) -> Problem:
    """Both as one problem; the techniques of the other are others."""
    here, people, asked, tables, sites = (
        len(one.instruments), len(one.operators), len(one.requests), len(one.setups),
        1 + max(each.site for each in one.instruments),
    )  # fmt: skip
    return replace(
        one,
        name=f"{one.name.split('+')[0]}+{here + len(other.instruments)}x{asked + len(other.requests)}",
        setups=one.setups + other.setups,
        instruments=one.instruments
        + tuple(
            replace(each, id=each.id + here, site=each.site + sites, technique=each.technique + tables)
            for each in other.instruments
        ),
        operators=one.operators
        + tuple(
            replace(
                each, id=each.id + people, site=each.site + sites,
                techniques=frozenset(technique + tables for technique in each.techniques),
            )
            for each in other.operators
        ),
        requests=one.requests
        + tuple(
            replace(
                each, id=each.id + asked, technique=each.technique + tables,
                slots={where + here: slots for where, slots in each.slots.items()},
                before=None if each.before is None else each.before + asked,
            )
            for each in other.requests
        ),
    )  # fmt: skip
