"""Two answers side by side: what differs in verdict, findings, settings, files and software."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from liqi.answers.finding_places import matched
from liqi.methods.phrases import finding_title

SAME_WITHIN = 1e-9
"""Numbers whose relative difference is at most this are the same: sums taken in another order."""


@dataclass(frozen=True, slots=True)
class Line:
    """One finding in both answers; None stands where an answer does not have it."""

    name: str
    unit: str
    before: Any
    after: Any
    uncertainties: tuple[Any, Any] = (None, None)
    title: Any = ""

    @property
    def same(self) -> bool:
        """Whether both say the same, the uncertainty included."""
        return _same(self.before, self.after) and _same(*self.uncertainties)

    @property
    def change(self) -> float | None:
        """The second value less the first, where both are numbers."""
        if isinstance(self.before, int | float) and isinstance(self.after, int | float):
            return float(self.after) - float(self.before)
        return None

    @property
    def against_uncertainty(self) -> float | None:
        """The change over its standard uncertainty, root of the sum of squares of both; None where one is not told."""
        change, (first, second) = self.change, self.uncertainties
        if change is None or not isinstance(first, int | float) or not isinstance(second, int | float):
            return None
        both = math.hypot(first, second)
        return change / both if both else None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two answers have in common and what not; `circumstances` are settings, files, versions that differ."""

    verdicts: tuple[str, str]
    lines: Sequence[Line]
    circumstances: Sequence[tuple[str, str, str]]

    @property
    def differing(self) -> list[Line]:
        """The findings that are not the same."""
        return [line for line in self.lines if not line.same]

    @property
    def same(self) -> bool:
        """Whether verdict and all findings agree."""
        return self.verdicts[0] == self.verdicts[1] and not self.differing


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> Comparison:
    """Two answers (Answer.as_json) finding by finding, those of the same name in their order."""
    sides = [before["findings"], after["findings"]]
    names = matched([[(one["name"], one["unit"]) for one in side] for side in sides])
    first, second = (_by_name(side, own) for side, own in zip(sides, names, strict=True))
    lines = [
        Line(
            key[0],
            (second.get(key) or first[key])["unit"],
            _of(first, key, "value"),
            _of(second, key, "value"),
            (_of(first, key, "uncertainty"), _of(second, key, "uncertainty")),
            (second.get(key) or first[key]).get("title") or finding_title(after["method"], key[0]).as_json(),
        )
        for key in dict.fromkeys([*first, *second])
    ]
    return Comparison((before["verdict"], after["verdict"]), lines, list(_circumstances(before, after)))


def overlaid(before: Mapping[str, Any], after: Mapping[str, Any], names: tuple[str, str]) -> list[dict[str, Any]]:
    """The lines that two answers both draw of the whole run, on one pair of axes: the first series of each, by name."""
    others = {plot["name"]: plot for plot in after["plots"]}
    made = []
    for plot in before["plots"]:
        other = others.get(plot["name"])
        if plot["kind"] != "line" or "feature" in plot["data"] or other is None or other["kind"] != "line":
            continue
        pairs = zip(names, (plot, other), strict=True)
        series = [{**one["data"]["series"][0], "label": name} for name, one in pairs if one["data"]["series"]]
        if len(series) == len(names):
            made.append({**other, "data": {"series": series, "marks": [], "overlay": True}})
    return made


def _by_name(
    findings: Sequence[Mapping[str, Any]], names: Sequence[tuple[str, str]]
) -> dict[tuple[str, int], Mapping[str, Any]]:
    seen: Counter[str] = Counter()
    found = {}
    for one, (name, _) in zip(findings, names, strict=True):
        found[name, seen[name]] = one
        seen[name] += 1
    return found


def _of(findings: Mapping[tuple[str, int], Mapping[str, Any]], key: tuple[str, int], what: str) -> Any:
    one = findings.get(key)
    return None if one is None else one[what]


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=SAME_WITHIN, abs_tol=1e-12)
    return bool(one == other)


def _circumstances(before: Mapping[str, Any], after: Mapping[str, Any]) -> Any:
    told = [_told(before), _told(after)]
    for name in dict.fromkeys([*told[0], *told[1]]):
        one, other = (side.get(name, "") for side in told)
        if one != other:
            yield name, one, other
    for n, (own, its) in enumerate(zip_longest(before["inputs"], after["inputs"]), 1):
        if not own or not its or own["sha256"] != its["sha256"]:
            yield f"file {n}", _file(own), _file(its)


def _told(answer: Mapping[str, Any]) -> dict[str, str]:
    told = {"method": f"{answer['method']} {answer['version']}"}
    told |= {name: str(value) for name, value in answer.get("software", {}).items()}
    return told | {name: str(value) for name, value in answer["parameters"].items() if value is not None}


def _file(given: Mapping[str, Any] | None) -> str:
    """The file by its name, and by the begin of its hash: two files may have one name."""
    return f"{Path(given['path']).name} ({given['sha256'][:12]})" if given else ""
