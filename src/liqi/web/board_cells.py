"""Cells and fields of the boards: a value as it is read, a field as it is typed, what a board adds to its list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import translation
from django.utils.translation import gettext as _

from liqi import taxonomy
from liqi.observatory import boards, scenarios, targets
from liqi.observatory.boards import Board
from liqi.observatory.models import Scenario, Target, Trial, TrialStep
from liqi.web import numbers

MOST_OPTIONS = 500
"""So many records stand in a list to choose from; a name beyond them can be typed all the same."""
STATES: dict[str, Any] = {
    "met": ("good", lambda: _("met")),
    "on track": ("good", lambda: _("on track")),
    "behind": ("warn", lambda: _("behind")),
    "missed": ("bad", lambda: _("missed")),
    "not known": ("", lambda: _("not known")),
}


FORMS: dict[str, Any] = {
    "idea": lambda: _("idea (TRL 1 to 3)"),
    "sample": lambda: _("sample (TRL 4 to 6)"),
    "product": lambda: _("product (TRL 7 to 9)"),
    "commodity": lambda: _("commodity (sold)"),
}
"""What a project has to show, and the readiness that it stands for."""


@dataclass(frozen=True)
class Cell:
    """What stands in a cell: words, whether they are a number, and a state's colour where they are one."""

    label: str
    text: str
    number: bool = False
    state: str | None = None


def cell(record: Any, name: str) -> Cell:
    """The value of this field of the record, as it is read."""
    value = getattr(record, name)
    label = boards.label(type(record), name)
    if value is None or value == "":
        return Cell(label, "")
    if isinstance(value, bool):
        return Cell(label, _("yes") if value else _("no"))
    if isinstance(value, Decimal | int):
        plain = name in ("founded", "level")
        return Cell(label, str(value) if plain else numbers.thin(float(value) if value % 1 else int(value)), True)
    if isinstance(value, date):
        return Cell(label, value.isoformat())
    if name == "country":
        return Cell(label, taxonomy.place_label(value, translation.get_language() or ""))
    field: Any = type(record)._meta.get_field(name)
    return Cell(label, str(getattr(record, f"get_{name}_display")() if field.choices else value))


def fields(board: Board, typed: dict[str, str], record: Any = None) -> list[dict[str, Any]]:
    """The fields of the form, with what was typed, or what the record says."""
    found = []
    for name in board.fields:
        field: Any = board.model._meta.get_field(name)
        value = typed.get(name, boards.said(record, name) if record is not None else _default(field))
        found.append(
            {
                "name": name,
                "label": boards.label(board.model, name),
                "kind": _kind(field),
                "value": value,
                "needed": not (field.null or field.blank or field.has_default()),
                "most": getattr(field, "max_length", None) or "",
                "options": _options(field),
                "blank": field.null or field.blank,
            }
        )
    return found


def filter_options(board: Board, name: str, days: Sequence[str]) -> list[tuple[str, str]]:
    """What a filter of the board lets choose: the terms of the field, values on record, or these days."""
    if name == "due_before":
        return [(day, _("before %(day)s") % {"day": day}) for day in days]
    if name == "form":
        return [(form, words()) for form, words in FORMS.items()]
    field: Any = board.model._meta.get_field(name)
    if isinstance(field, models.ForeignKey) and field.null:
        return [("-", _("none recorded")), *_options(field)]
    if isinstance(field, models.ForeignKey) or field.choices or isinstance(field, models.BooleanField):
        return _options(field)
    values = board.model.objects.there().exclude(**{name: ""}).order_by(name).values_list(name, flat=True).distinct()
    if name == "class_code":
        return [(code, taxonomy.label(code, translation.get_language() or "")) for code in values[:MOST_OPTIONS]]
    if name == "country":
        return [(code, taxonomy.place_label(code, translation.get_language() or "")) for code in values[:MOST_OPTIONS]]
    return [(value, value) for value in values[:MOST_OPTIONS]]


def more_heads(board: Board) -> list[str]:
    """The heads of the columns that this board adds to its list."""
    heads = {
        "targets": [_("Reached"), _("Done"), _("Time gone"), _("State")],
        "scenarios": [_("State")],
        "trials": [_("Next step")],
    }
    return heads.get(board.name, [])


def more_cells(board: Board, records: Sequence[Any], on: date) -> dict[int, list[Cell]]:
    """What those columns say of each record."""
    heads = more_heads(board)
    if board.name == "targets":
        rows = Target.objects.filter(pk__in=[one.pk for one in records])
        return {line.target.pk: _standing(line, heads) for line in targets.standings(rows, on=on)}
    if board.name == "scenarios":
        return {one.pk: [_published(one, heads[0])] for one in records}
    if board.name == "trials":
        return {one.pk: [_next(one, heads[0])] for one in records}
    return {}


def _standing(line: targets.Line, heads: list[str]) -> list[Cell]:
    colour, words = STATES[line.standing.state]
    reached = numbers.thin(float(line.reading.amount)) if line.reading else ""
    done = "" if line.standing.done is None else numbers.share(line.standing.done)
    gone = numbers.share(line.standing.elapsed)
    texts = zip(heads, (reached, done, gone), strict=False)
    return [*(Cell(head, text, True) for head, text in texts), Cell(heads[3], words(), False, colour)]


def _published(one: Scenario, head: str) -> Cell:
    if one.published_at:
        return Cell(head, _("published"), False, "good")
    lost = scenarios.missing(one)
    if not lost:
        return Cell(head, _("ready to publish"), False, "")
    names = ", ".join(boards.label(Scenario, name) for name in lost)
    return Cell(head, _("missing: %(names)s") % {"names": names}, False, "warn")


def _next(one: Trial, head: str) -> Cell:
    kinds = scenarios.next_steps(one)
    if not kinds:
        return Cell(head, _("passed"), False, "good")
    return Cell(head, " / ".join(str(TrialStep.Kind(kind).label) for kind in kinds), False, "")


def _kind(field: Any) -> str:
    if isinstance(field, models.ForeignKey):
        return "link"
    if field.choices:
        return "choice"
    if isinstance(field, models.BooleanField):
        return "yes"
    if isinstance(field, models.DateField):
        return "day"
    if isinstance(field, models.IntegerField | models.DecimalField):
        return "number"
    return "long" if (field.max_length or 0) >= 500 else "text"


def _options(field: Any) -> list[tuple[str, str]]:
    if isinstance(field, models.ForeignKey):
        linked: Any = field.related_model
        return [(str(one), str(one)) for one in linked.objects.filter(withdrawn_at=None)[:MOST_OPTIONS]]
    if field.choices:
        return [(str(code), str(words)) for code, words in field.choices]
    if isinstance(field, models.BooleanField):
        return [("yes", _("yes")), ("no", _("no"))]
    return []


def _default(field: Any) -> str:
    if not field.has_default():
        return ""
    value = field.get_default()
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
