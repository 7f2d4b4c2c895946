"""What a person changed by hand in an answer, in words: gates drawn, peaks moved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

__all__ = ["change_words"]


def change_words(change: Mapping[str, Any]) -> str:
    """One change in words, such as "Polygon1 was added"."""
    return _gate(change) if "gate" in change else _peak(change)


def _gate(change: Mapping[str, Any]) -> str:
    words = {
        "added": _("gate %(name)s was drawn"),
        "removed": _("gate %(name)s was removed"),
        "changed": _("gate %(name)s was changed"),
    }
    return words.get(str(change.get("what")), "%(name)s") % {"name": change["gate"]}


def _peak(change: Mapping[str, Any]) -> str:
    if "remove" in change:
        return _("the peak at %(t)s min was taken out") % {"t": _min(change["remove"])}
    if "add" in change:
        first, last = change["add"]
        return _("a peak from %(a)s to %(b)s min was added") % {"a": _min(first), "b": _min(last)}
    if "cut" in change:
        return _("the peak around %(t)s min was split there") % {"t": _min(change["cut"])}
    if "join" in change:
        first, last = change["join"]
        return _("the peaks at %(a)s and %(b)s min were merged") % {"a": _min(first), "b": _min(last)}
    parts = [_SAID[key](value) for key, value in change.items() if key in _SAID]
    return _("the peak at %(t)s min: %(what)s") % {"t": _min(change.get("peak", 0)), "what": ", ".join(parts)}


def _min(value: Any) -> str:
    return f"{float(value):.3f}"


_SAID = {
    "start": lambda value: _("starts at %(t)s min") % {"t": _min(value)},
    "end": lambda value: _("ends at %(t)s min") % {"t": _min(value)},
    "base_start": lambda value: _("baseline from %(y).4g") % {"y": value},
    "base_end": lambda value: _("baseline to %(y).4g") % {"y": value},
    "split": lambda value: {
        "none": _("parted by no rule"),
        "drop": _("parted by the perpendicular"),
        "fit": _("parted by a fit"),
        "skim": _("skimmed off by the tangent"),
        "valley": _("a baseline from valley to valley"),
    }.get(value, str(value)),
    "name": lambda value: _("called %(name)s") % {"name": value},
}
"""What each part of an edit means."""
