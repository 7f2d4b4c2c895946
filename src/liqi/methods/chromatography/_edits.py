"""What a person changes of an integration, as JSON: ends and baselines moved, peaks added, taken out, cut or joined.

A list of objects, in order: `{"peak": 8.79, "start": 8.4, "end": 9.5, "base_start": 1.1, "base_end": 1.2, "split":
"drop", "name": "caffeine"}` (all but `peak` may be left out), `{"remove": 8.79}`, `{"add": [8.4, 9.5]}`,
`{"cut": 8.9}` and `{"join": [8.79, 9.1]}`; times in minutes.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from liqi.methods._errors import BadParameter
from liqi.methods.chromatography._baseline import Cut
from liqi.methods.chromatography._peak import ALONE, DROP, FIT, SKIM, VALLEY
from liqi.methods.chromatography._skimming import release, skim
from liqi.methods.chromatography._trace import Floats, Trace

Edit = Mapping[str, Any]
_SPLITS = (ALONE, DROP, FIT, VALLEY, SKIM)
_KEYS = {
    "peak": {"peak", "start", "end", "base_start", "base_end", "split", "name"},
    "remove": {"remove"},
    "add": {"add", "name"},
    "cut": {"cut"},
    "join": {"join"},
}
_EXPECTED = "a list of objects with peak, remove, add, cut or join"


def parse_edits(text: str | None) -> list[Edit]:
    """Return the edits of a JSON text; raise `BadParameter` for anything else.

    >>> parse_edits('[{"remove": 8.79}]')
    [{'remove': 8.79}]
    """
    if not text or not text.strip():
        return []
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        raise BadParameter("edits", text[:60], "JSON") from None
    if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
        raise BadParameter("edits", text[:60], _EXPECTED)
    for one in told:
        _check(one)
    return told


def _check(one: Edit) -> None:
    kind = next((key for key in _KEYS if key in one), None)
    if kind is None or not set(one) <= _KEYS[kind]:
        raise BadParameter("edits", json.dumps(one)[:80], _EXPECTED)
    for key, value in one.items():
        pair = key in ("add", "join")
        numbers = value if pair and isinstance(value, list) else [value]
        if key == "name":
            good = isinstance(value, str) and len(value) <= 200
        elif key == "split":
            good = value in _SPLITS
        else:
            good = len(numbers) == 1 + pair and all(_is_number(each) for each in numbers)
        if not good:
            expected = " or ".join(_SPLITS) if key == "split" else "words" if key == "name" else "numbers, in minutes"
            raise BadParameter("edits", f"{key}: {str(value)[:40]}", expected)


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= sys.float_info.max  # an integer of a thousand digits has no float


def edited(cuts: Sequence[Cut], trace: Trace, fine: Floats, edits: Sequence[Edit]) -> list[Cut]:
    """Return the cuts as a person changed them, in order of time; raise `BadParameter` where a peak is not there."""
    found = list(cuts)
    for one in edits:
        if "remove" in one:
            found.remove(_near(found, trace, one["remove"]))
        elif "add" in one:
            found.append(_added(trace, fine, one))
        elif "cut" in one:
            found += _halves(found, trace, fine, float(one["cut"]))
        elif "join" in one:
            first, last = sorted((_near(found, trace, at) for at in one["join"]), key=lambda cut: cut.apex)
            found = _joined(found, fine, first, last)
        else:
            _move(found, _near(found, trace, one["peak"]), trace, fine, one)
    return sorted(found, key=lambda cut: cut.apex)


def _place(trace: Trace, time_min: float) -> int:
    return int(np.clip(np.searchsorted(trace.time_min, time_min), 0, trace.time_min.size - 1))


def _near(cuts: Sequence[Cut], trace: Trace, time_min: float) -> Cut:
    """Return the peak whose apex is nearest, of those the time lies in or close to."""
    at = _place(trace, time_min)
    close = [one for one in cuts if one.start <= at <= one.end or abs(one.apex - at) <= 2]
    if not close:
        raise BadParameter("edits", f"no peak at {time_min:g} min", "the retention time of a peak in the table")
    return min(close, key=lambda one: abs(one.apex - at))


def _line(fine: Floats, start: int, end: int) -> tuple[int, float, int, float]:
    return start, float(fine[start]), end, float(fine[end])


def _ends(trace: Trace, first_min: float, last_min: float) -> tuple[int, int]:
    start, end = _place(trace, first_min), _place(trace, last_min)
    if end - start < 3:
        raise BadParameter("edits", f"{first_min:g} to {last_min:g} min", "a start before an end, three points apart")
    return start, end


def _added(trace: Trace, fine: Floats, one: Edit) -> Cut:
    start, end = _ends(trace, *one["add"])
    line = _line(fine, start, end)
    cut = Cut(start, start, end, "B", "B", line, ALONE, one.get("name", ""), True)
    above = fine[start : end + 1] - cut.base(np.arange(start, end + 1))
    cut.apex = start + int(np.argmax(above))
    return cut


def _halves(cuts: list[Cut], trace: Trace, fine: Floats, time_min: float) -> list[Cut]:
    """Cut a peak in two at a time, the line kept; the first half stays in the list, the second is returned."""
    at = _place(trace, time_min)
    cut = next((one for one in cuts if one.start + 2 < at < one.end - 2), None)
    if cut is None:
        raise BadParameter("edits", f"no peak around {time_min:g} min", "a time within a peak")
    second = Cut(at, at, cut.end, "V", cut.end_kind, cut.line, DROP, "", True)
    cut.end, cut.end_kind, cut.split, cut.is_edited = at, "V", DROP, True
    for half in (cut, second):
        half.apex = half.start + int(
            np.argmax(fine[half.start : half.end + 1] - half.base(np.arange(half.start, half.end + 1)))
        )
    return [second]


def _joined(cuts: list[Cut], fine: Floats, first: Cut, last: Cut) -> list[Cut]:
    inside = [one for one in cuts if first.apex <= one.apex <= last.apex]
    top = max(inside, key=lambda one: float(fine[one.apex] - one.base(one.apex)))
    line = first.line if first.line == last.line else _line(fine, first.start, last.end)
    kinds = (first.start_kind, last.end_kind)
    whole = Cut(first.start, top.apex, last.end, *kinds, line, DROP if "V" in kinds else ALONE, top.name, True)
    return [*(one for one in cuts if one not in inside), whole]


def _move(cuts: Sequence[Cut], cut: Cut, trace: Trace, fine: Floats, one: Edit) -> None:
    """Change a cut; a neighbour that shares the valley which moves goes along with it."""
    cut.name = one.get("name", cut.name)
    if set(one) <= {"peak", "name"}:
        return
    cut.is_edited = True
    asked = one.get("split", cut.split)
    if cut.split == SKIM and (asked != SKIM or "start" in one or "end" in one):
        release(cut)
        one = {"split": asked, **one}
    elif asked == SKIM and cut.split == SKIM:
        one = {key: value for key, value in one.items() if key != "split"}
    if asked == SKIM and cut.split != SKIM:
        given = [one.get("start", float(trace.time_min[cut.start])), one.get("end", float(trace.time_min[cut.end]))]
        skim(cuts, cut, fine, _ends(trace, *given) if {"start", "end"} & set(one) else None)
        return
    first = one.get("start", float(trace.time_min[cut.start]))
    last = one.get("end", float(trace.time_min[cut.end]))
    start, end = _ends(trace, first, last)
    moved = {cut.start: start, cut.end: end}
    for other in cuts:
        if other is not cut and other.end == cut.start and cut.start_kind == "V":
            other.end = moved[cut.start]
        if other is not cut and other.start == cut.end and cut.end_kind == "V":
            other.start = moved[cut.end]
    has_own_line = "V" not in (cut.start_kind, cut.end_kind) or one.get("split") == VALLEY
    cut.start, cut.end = start, end
    if has_own_line and (moved != {start: start, end: end} or one.get("split") == VALLEY):
        cut.line = _line(fine, start, end)
    if "base_start" in one or "base_end" in one:
        low = float(one.get("base_start", cut.base(start)))
        high = float(one.get("base_end", cut.base(end)))
        cut.line = (start, low, end, high)
    cut.split = one.get("split", cut.split)
    above = fine[start : end + 1] - cut.base(np.arange(start, end + 1))
    if not start < cut.apex < end:
        cut.apex = start + int(np.argmax(above))
