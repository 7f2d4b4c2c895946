"""The history of a record as people read it: who changed what, when, from what to what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from liqi.catalogue import editing
from liqi.catalogue.federation import kept_here as differences
from liqi.catalogue.models import RecordChange
from liqi.web import fieldnames

LONGEST = 160
INNER = ("source_row",)
"""Fields that hold the row of the source as it came; where the record comes from says so elsewhere."""
PRIVATE = ("contacts",)
"""Fields of which a visitor is only told that they changed."""


@dataclass(frozen=True)
class Step:
    """One field of a change, both sides in words; `hidden` where only its having changed may be said."""

    label: str
    before: str
    after: str
    hidden: bool = False


@dataclass(frozen=True)
class Line:
    """One change: the record of it, what kind of change it was, its fields, whether it can be taken back here."""

    change: RecordChange
    cause: str
    steps: list[Step]
    can_undo: bool


def lines(changes: Iterable[RecordChange], *, may_edit: bool) -> list[Line]:
    """The changes in words, as this reader may see them."""
    return [
        Line(
            change,
            cause_of(change.cause),
            [_step(name, *ends, may_edit=may_edit) for name, ends in change.fields.items() if name not in INNER],
            may_edit and editing.can_undo(change),
        )
        for change in changes
    ]


def kept_here(record: Any) -> list[Step]:
    """The fields that stand as people here changed them (`after`), each with what the source says now (`before`)."""
    return [
        Step(fieldnames.label(name), said(theirs), said(editing.current(record, name)))
        for name, theirs in differences.shown(record).items()
        if name not in PRIVATE
    ]


def cause_of(cause: str) -> str:
    """The kind of change in words."""
    words = {
        "edit": _("edited"),
        "create": _("added"),
        "remove": _("removed"),
        "restore": _("put back"),
        "undo": _("undone"),
        "import": _("changed by an import"),
        "harvest": _("changed by a harvest"),
        "merge": _("merged"),
        "unmerge": _("unmerged"),
        "bulk": _("changed with others"),
        "bulk_edit": _("changed with others"),
        "confirm": _("confirmed"),
        "picture": _("pictures changed"),
        "class": _("class taken over from a suggestion"),
    }
    return str(words.get(cause, cause))


def _step(name: str, before: Any, after: Any, *, may_edit: bool) -> Step:
    hidden = name in PRIVATE and not may_edit
    if hidden:
        return Step(fieldnames.label(name), "", "", hidden=True)
    return Step(fieldnames.label(name), said(before), said(after))


def said(value: Any) -> str:
    """A value of a change in one short line.

    >>> said([{"type": "Asset", "value": "7"}]), said(None)
    ('Asset 7', '')
    """
    if value is None or value == "" or value == [] or value == {}:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        text = pgettext("list", ", ").join(f"{name} {said(part)}" for name, part in value.items())
    elif isinstance(value, list) and all(isinstance(part, dict) for part in value):
        text = "; ".join(" ".join(said(part) for part in row.values() if said(part)) for row in value)
    elif isinstance(value, list):
        text = pgettext("list", ", ").join(said(part) for part in value)
    else:
        text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
