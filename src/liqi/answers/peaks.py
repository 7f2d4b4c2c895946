"""Peaks of a chromatogram changed by hand: integrated anew while a limit moves, kept as rules in a run of its own."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeGuard

from django.db import transaction
from django.utils.translation import gettext as _

from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.answers import run, storage
from liqi.answers.models import Run, StoredFile

METHOD = "chrom.area"
REPORT = "chemreport"
MOST_BYTES = 1 << 28
SHOWN_POINTS = 3000
_LATEST_MIN = 1e9
"""No chromatogram is as long, nor any number that compares with it a time."""


class NotPossible(ValueError):
    """The peaks of this run cannot be changed; the message says why."""


def of_run(one: Run, person: Person | None, file: str = "") -> StoredFile:
    """The chromatogram to change: the run's only one, or the one whose key is given; raises NotPossible, NotAllowed."""
    if one.method != METHOD or one.state != Run.State.DONE:
        words = _("Found a run of %(method)s; expected an answer of chrom.area to change its peaks.")
        raise NotPossible(words % {"method": one.method})
    files = list(one.files.order_by("pk"))
    if StoredFile.objects.visible_to(person).filter(pk__in=[each.pk for each in files]).count() < len(files):
        raise NotAllowed(_("The files of this answer are not released with it; ask its owner for them."))
    signals = [each for each in files if each.format != REPORT]
    chosen = next((each for each in signals if each.key == file), signals[0] if signals else None)
    if chosen is None or chosen.size > MOST_BYTES:
        raise NotPossible(_("Found no chromatogram of at most 256 MiB; start the run with the signal's file."))
    return chosen


def edits_of(one: Run) -> list[Any]:
    """The changes that the run was computed with."""
    from liqi.methods.chromatography import parse_edits

    return list(parse_edits(one.parameters.get("edits")))


def integrated(one: Run, file: StoredFile, told: object, ends: object = None) -> dict[str, Any]:
    """The peaks with these changes, and the signal between two times in minutes as a screen shows it.

    Raises BadParameter for changes that are none, UnreadableFile for a file that is none.
    """
    from liqi.methods.chromatography import integrate, parse_edits
    from liqi.methods.chromatography.area import settings_of

    edits = parse_edits(json.dumps(told))
    trace = _trace(file.sha256, str(one.parameters.get("trace") or ""))
    found = integrate(trace, settings_of(one.parameters), edits)
    return {"peaks": [_peak(each) for each in found.peaks], "unit": trace.unit, "trace": trace.name,
            "signal": _signal(found.trace, ends)}  # fmt: skip


@lru_cache(maxsize=4)
def _trace(sha256: str, name: str) -> Any:
    """The trace of this name, of the file of this SHA-256; the last few stay in memory."""
    from liqi.methods.chromatography import read_chromatogram

    return read_chromatogram(storage.path_of(sha256)).trace(name)


def _peak(one: Any) -> dict[str, Any]:
    rules = one.rules
    told = {
        name: getattr(one, name) for name in ("number", "time_min", "area", "u_area", "height", "name", "resolution")
    }
    told |= {"percent": one.area_percent, "label": one.label, "is_edited": rules.is_edited, "split": rules.split}
    told |= {"start": rules.start_min, "end": rules.end_min, "kinds": rules.start_kind + rules.end_kind}
    return told | {"base_start": rules.base_start, "base_end": rules.base_end}


def _signal(trace: Any, ends: object) -> dict[str, Any]:
    from liqi.methods.chromatography import thinned

    low, high = float(trace.time_min[0]), float(trace.time_min[-1])
    told = {"whole": [low, high]}
    if _are_times(ends):
        inside = (trace.time_min >= min(ends)) & (trace.time_min <= max(ends))
        if inside.sum() > 2:
            trace = replace(trace, time_min=trace.time_min[inside], signal=trace.signal[inside])
    places = thinned(trace, SHOWN_POINTS)
    x, y = trace.time_min[places], trace.signal[places]
    return told | {"x": x.round(5).tolist(), "y": [float(f"{each:.7g}") for each in y.tolist()]}


def _are_times(ends: object) -> TypeGuard[list[float]]:
    """Whether these are two numbers; NaN, infinity and what no float holds are none."""
    if not isinstance(ends, list) or len(ends) != 2:
        return False
    return all(isinstance(each, int | float) and abs(each) < _LATEST_MIN for each in ends)


def save(one: Run, file: StoredFile, told: object, *, person: Person, now: datetime) -> Run:
    """A run with these changes among its settings begins; the run before stays as it is.

    Raises NotPossible where nothing was changed, BadParameter for changes that are none.
    """
    integrated(one, file, told)
    before = edits_of(one)
    after = told if isinstance(told, list) else []
    if after == before:
        raise NotPossible(_("Found the peaks as they were; change one before you save."))
    fresh = after[len(before) :] if after[: len(before)] == before else after
    others = [each for each in one.files.order_by("pk") if each.format == REPORT]
    given: Mapping[str, Any] = {name: value for name, value in one.parameters.items() if value is not None}
    with transaction.atomic():
        started = run.start(
            method=one.method, files=[file, *others], person=person, now=now, order=one.order,
            parameters={**given, "edits": json.dumps(after, ensure_ascii=False)},
        )  # fmt: skip
        run.changed_by_hand(started, of=one, changes=fresh, person=person, now=now)
    return started
