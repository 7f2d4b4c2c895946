"""Suggestions of a class from the name: how often right, and whether the confidence is true.

    ./run bench suggest_class [--wrong]

Labelled names (`benchmarks/labels`), the classes' own names, and the records of the example that come with a class. A
suggestion is right when the record's class is the suggested one, one below it or the one above it.
"""

import csv
import itertools
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from liqi.catalogue._example.rows import table
from liqi.taxonomy import class_prefix, classes, suggest_class
from liqi.taxonomy._suggestions import LEVEL, SLOPE, Suggestion

LABELS = Path(__file__).parent / "labels"
BANDS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 1.01)


@dataclass(frozen=True)
class Case:
    """A record: name, model, maker, and its class, or nothing where the name does not tell."""

    name: str
    model: str
    maker: str
    code: str


def fits(suggested: str, code: str) -> bool:
    """Whether one of the two is the other or above it."""
    return suggested.startswith(class_prefix(code)) or code.startswith(class_prefix(suggested))


def labelled(name: str) -> list[Case]:
    with (LABELS / name).open(encoding="utf-8") as lines:
        return [Case(row["name"], "", "", row["class"]) for row in csv.DictReader(lines, delimiter="\t")]


def own_names() -> list[Case]:
    return [
        Case(entry.name_zh, "", "", entry.code)
        for entry in classes().values()
        if entry.level > 1 and entry.name_zh != "其他"
    ]


def products(pick: Callable[[dict[str, str]], tuple[str, str]]) -> list[Case]:
    """The products of the example's synthetic instruments: their names and models are real ones."""
    found = {pick(row): Case(*pick(row), row["maker"], row["class_code"]) for row in table("example_products.csv")}
    return list(found.values())


def pnnl() -> list[Case]:
    """The instruments of a laboratory by what its own list calls their kind; folders and queues left out."""
    found = []
    for row in table("us_pnnl.csv"):
        model = row["instrument_class"].replace("_", " ")
        if "Data" not in model:
            ends = {"LC": "010502", "GC": "010501", "Sequencer": "011007", "UV": "010401"}
            kind = next((code for word, code in ends.items() if model.endswith(word)), "010200")
            found.append(Case(row["instrument"].replace("_", " "), model, "", kind))
    return found


SETS: dict[str, Callable[[], list[Case]]] = {
    "St Andrews, tuned on": lambda: labelled("st_andrews.tsv"),
    "St Andrews, second draw, tuned on": lambda: labelled("st_andrews_second.tsv"),
    "St Andrews, unseen": lambda: labelled("st_andrews_unseen.tsv"),
    "Chinese names": lambda: labelled("names_zh.tsv"),
    "names of the classes": own_names,
    "products, Chinese name": lambda: products(lambda row: (row["name"], "")),
    "products, English name": lambda: products(lambda row: (row["name_en"], "")),
    "products, model alone": lambda: products(lambda row: ("", row["model"])),
    "PNNL, name and model": pnnl,
}


def main() -> None:
    """Print the table of hits, the reliability of the confidence, and the best fit of its two numbers."""
    suggest_class("质谱仪")
    print("| names | with a class | hit@1 | hit@3 | exact at 1 | ms each |\n| --- | --- | --- | --- | --- | --- |")
    for title, cases in SETS.items():
        print(_line(title, cases()))
    tuned = [case for name in ("st_andrews", "st_andrews_second", "names_zh") for case in labelled(f"{name}.tsv")]
    unseen = [*labelled("st_andrews_unseen.tsv"), *pnnl()]
    print("\n| confidence | n | mean | right | n unseen | mean | right |\n| --- | --- | --- | --- | --- | --- | --- |")
    for low, high in itertools.pairwise(BANDS):
        print(f"| {low:.1f} to {min(high, 1):.1f} | {_band(tuned, low, high)} | {_band(unseen, low, high)} |")
    print(f"\nbest fit on the tuned names: level, slope = {fit(tuned)}; in use: {LEVEL}, {SLOPE}")


def _line(title: str, cases: list[Case]) -> str:
    began = time.perf_counter()
    answers = [suggest_class(case.name, case.model, case.maker) for case in cases]
    each = (time.perf_counter() - began) / len(cases) * 1e3
    told = [(case, found) for case, found in zip(cases, answers, strict=True) if case.code]
    first = sum(bool(found) and fits(found[0].code, case.code) for case, found in told)
    three = sum(any(fits(one.code, case.code) for one in found[:3]) for case, found in told)
    exact = sum(bool(found) and found[0].code == case.code for case, found in told)
    if "--wrong" in sys.argv:
        for case, found in told:
            if not found or not fits(found[0].code, case.code):
                print(
                    f"    {case.name!r} {case.model!r} is {case.code}, said {[(o.code, o.confidence) for o in found]}"
                )
    shares = " | ".join(f"{count / len(told):.2f}" for count in (first, three, exact))
    return f"| {title} | {len(told)} of {len(cases)} | {shares} | {each:.2f} |"


def _judged(cases: list[Case]) -> Iterator[tuple[Suggestion, bool]]:
    for case in cases:
        if found := suggest_class(case.name, case.model, case.maker):
            yield found[0], bool(case.code) and fits(found[0].code, case.code)


def _band(cases: list[Case], low: float, high: float) -> str:
    within = [(one.confidence, right) for one, right in _judged(cases) if low <= one.confidence < high]
    if not within:
        return "0 | |"
    said, right = np.mean([c for c, _ in within]), np.mean([r for _, r in within])
    return f"{len(within)} | {said:.2f} | {right:.2f}"


def fit(cases: list[Case]) -> tuple[float, float]:
    """Level and slope by maximum likelihood over a grid: each suggestion against the others and "none of these"."""
    scored = []
    for case in cases:
        if found := suggest_class(case.name, case.model, case.maker, limit=20):
            none = 1 - sum(one.confidence for one in found)
            told = [one for one in found if not all(reason.kind == "near" for reason in one.why)] or found
            scores = np.array([(one.confidence / max(none, 1e-6) / np.exp(LEVEL)) ** (1 / SLOPE) for one in told])
            right = next((at for at, one in enumerate(told) if case.code and fits(one.code, case.code)), None)
            scored.append((scores, right))

    def likelihood(level: float, slope: float) -> float:
        total = 0.0
        for scores, right in scored:
            odds = np.exp(level) * scores**slope
            total += np.log((1 if right is None else odds[right]) / (1 + odds.sum()))
        return float(total)

    grid = [(a, b) for a in np.arange(-5, 2.1, 0.1) for b in np.arange(0.2, 4.1, 0.1)]
    level, slope = max(grid, key=lambda pair: likelihood(*pair))
    return round(float(level), 1), round(float(slope), 1)


if __name__ == "__main__":
    main()
