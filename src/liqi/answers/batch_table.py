"""The findings of many answers side by side: a row a sample, a column a finding, what stands out marked."""

import json
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from liqi.answers import storage
from liqi.answers.finding_places import matched
from liqi.answers.models import Run
from liqi.methods import Text
from liqi.methods.phrases import finding_title

OUTLIER = 3.5
"""A modified z-score beyond this is an outlier (Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993)."""
LEAST = 5
"""Of fewer values none is called an outlier."""
Json = Any


@dataclass(frozen=True, slots=True)
class Cell:
    """What one answer found: its value with standard uncertainty, and how far it is from the others."""

    value: Json
    uncertainty: float | None
    score: float | None = None

    @property
    def is_outlier(self) -> bool:
        """Whether it stands out among the values of its column."""
        return self.score is not None and abs(self.score) > OUTLIER


@dataclass(slots=True)
class Column:
    """A finding: its name, unit, how many samples have it, middle and relative spread of the numbers; its words."""

    name: str
    unit: str
    count: int = 0
    median: float | None = None
    rsd_percent: float | None = None
    title: Text = field(default_factory=lambda: Text.same(""))


@dataclass(slots=True)
class Sample:
    """A run with what it found, in the order of the columns; None where it did not find that."""

    run: Run
    name: str
    cells: list[Cell | None] = field(default_factory=list)

    @property
    def outliers(self) -> int:
        """How many of its values stand out."""
        return sum(cell is not None and cell.is_outlier for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The table of a batch: columns that most samples have come first."""

    columns: Sequence[Column]
    samples: Sequence[Sample]


def sheet(runs: Sequence[Run]) -> Sheet:
    """Return the findings of these runs side by side; runs without an answer are rows without values."""
    found = [_findings(one.answer_sha256) if one.answer_sha256 else () for one in runs]
    names = matched([[(name, unit) for name, unit, _, _ in facts] for facts in found])
    counts = Counter(key for one in names for key in one)
    order = sorted(counts, key=lambda key: -counts[key])
    method = runs[0].method if runs else ""
    columns = [Column(name, unit, counts[name, unit], title=finding_title(method, name)) for name, unit in order]
    samples = []
    for one, keys, facts in zip(runs, names, found, strict=True):
        cells = {key: Cell(value, u) for key, (_, _, value, u) in zip(keys, facts, strict=True)}
        files = [file.name for file in one.files.all()]
        samples.append(Sample(one, files[0] if files else one.key, [cells.get(key) for key in order]))
    for at, column in enumerate(columns):
        _score(column, samples, at)
    return Sheet(columns, samples)


@lru_cache(maxsize=2000)
def _findings(sha256: str) -> tuple[tuple[str, str, Json, float | None], ...]:
    """Name, unit, value and standard uncertainty of each finding, names that come twice with their number."""
    facts = json.loads(storage.path_of(sha256).read_bytes())
    seen: Counter[tuple[str, str]] = Counter()
    made = []
    for one in facts["findings"]:
        own = (str(one["name"]).rsplit(", ", 1)[0] if one.get("time_min") else str(one["name"]), str(one["unit"]))
        seen[own] += 1
        name = own[0] if seen[own] == 1 else f"{own[0]} ({seen[own]})"
        u = one.get("uncertainty")
        made.append((name, own[1], one["value"], float(u) if isinstance(u, int | float) else None))
    return tuple(made)


def _score(column: Column, samples: Sequence[Sample], at: int) -> None:
    """Middle and spread of the column, and the modified z-score of each value: 0.6745 (x - median) / MAD.

    Where more than half of the values are equal, the mean absolute deviation times 1.2533 stands in for MAD / 0.6745.
    """
    cells = [(one, one.cells[at]) for one in samples]
    numbers = [(one, cell) for one, cell in cells if cell is not None and _is_number(cell.value)]
    if not numbers:
        return
    values = [float(cell.value) for _, cell in numbers]
    middle = statistics.median(values)
    column.median = middle
    if len(values) > 1 and statistics.fmean(values):
        column.rsd_percent = 100 * statistics.stdev(values) / abs(statistics.fmean(values))
    if len(values) < LEAST:
        return
    away = [abs(value - middle) for value in values]
    scale = statistics.median(away) / 0.6745 or 1.253314 * statistics.fmean(away)
    for (sample, cell), value in zip(numbers, values, strict=True):
        score = (value - middle) / scale if scale else 0.0
        sample.cells[at] = Cell(cell.value, cell.uncertainty, score)


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def overlaid(answers: Sequence[tuple[str, Mapping[str, Json]]], wanted: str = "") -> dict[str, Json] | None:
    """The first line of the same figure of each (name, answer) on one pair of axes; None where none has it."""
    names = line_plots(answers[0][1]) if answers else []
    chosen = wanted if wanted in names else names[0] if names else ""
    series, made = [], None
    for name, facts in answers:
        plot = next((one for one in facts["plots"] if one["name"] == chosen and one["kind"] == "line"), None)
        if plot is None or not plot["data"]["series"]:
            continue
        made = made or plot
        series.append({**plot["data"]["series"][0], "label": name})
    return {**made, "data": {"series": series, "marks": [], "overlay": True}} if made else None


def line_plots(facts: Mapping[str, Json]) -> list[str]:
    """The names of the answer's figures of one line, those of no single row."""
    return [one["name"] for one in facts["plots"] if one["kind"] == "line" and "feature" not in one["data"]]
