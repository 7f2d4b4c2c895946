"""Which boards there are: the model, the fields that are typed, what stands in lists, who may add."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi import taxonomy
from liqi.insight import pipeline
from liqi.observatory.boards._cells import NotPossible
from liqi.observatory.models import (
    DemandLine,
    Firm,
    Kept,
    Need,
    Park,
    ParkEntry,
    Project,
    Scenario,
    Target,
    Trial,
)


class UnknownBoard(ValueError):
    """There is no board of this name; the message lists those that there are."""


def _nothing_more(_values: Mapping[str, Any]) -> None:
    """Every value that is sound by itself is sound together."""


@dataclass(frozen=True, slots=True)
class Board:
    """A board: its name, model and title; the fields in the order of the form; columns of the list."""

    name: str
    model: type[Kept]
    title: Any
    one: Any
    """What a record of it is called, for buttons."""
    fields: tuple[str, ...]
    columns: tuple[str, ...]
    key: tuple[str, ...]
    """The fields that tell one record from another when a table is taken in."""
    search: tuple[str, ...]
    filters: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    open: bool = False
    """Whether everybody who is signed in may add to it; else those who run the platform."""
    check: Callable[[Mapping[str, Any]], None] = _nothing_more
    parts: Mapping[str, Callable[[str], dict[str, Any]]] = field(default_factory=dict)
    """Filters by what follows from several fields: the name, and what a value of it asks of the fields."""
    moved: tuple[str, ...] = ()
    """Fields that a record with moves gets by its next move alone."""


def _sound_project(values: Mapping[str, Any]) -> None:
    if not 1 <= values["level"] <= 9:
        raise NotPossible(_("Found the readiness %(n)d, expected 1 to 9; correct it.") % {"n": values["level"]})
    if values["sold"] and values["level"] != 9:
        raise NotPossible(_("Found a project that is sold before readiness 9; correct one of the two."))


def _of_form(form: str) -> dict[str, Any]:
    """What `insight.pipeline.form` asks of level and sold, for projects that have not left."""
    levels = [level for level in pipeline.LEVELS for sold in (False, True) if pipeline.form(level, sold) == form]
    return {"exit": "", "level__in": levels, **({"sold": form == "commodity"} if levels and max(levels) == 9 else {})}


def _due_before(day: str) -> dict[str, Any]:
    """Lines whose day is before this one; none for what is no day."""
    try:
        return {"due_on__lt": date.fromisoformat(day)}
    except ValueError:
        return {"pk": None}


def _of_class(code: str) -> dict[str, Any]:
    """Lines of this class of instruments and of those below it; none for what is no code."""
    return {"class_code__startswith": taxonomy.class_prefix(code)} if code in taxonomy.classes() else {"pk": None}


def _sound_line(values: Mapping[str, Any]) -> None:
    if values["quantity"] < 1:
        raise NotPossible(_("Found the quantity 0, expected at least 1; correct it, or leave the line out."))


def _sound_target(values: Mapping[str, Any]) -> None:
    if values["due_on"] <= values["begun_on"]:
        raise NotPossible(_("Found a last day that is not after the first; correct one of them."))
    if values["amount"] == values["baseline"]:
        raise NotPossible(_("Found a target equal to where it starts; correct one of them."))


def _sound_entry(values: Mapping[str, Any]) -> None:
    if (values["kind"] == "alliance") != bool(values["function"]):
        raise NotPossible(_("Work of an alliance has one of its five functions, and nothing else has; correct it."))
    if values["kind"] == "milestone" and values["on"] is None:
        raise NotPossible(_("Found a milestone without its day; fill it in."))


def _sound_firm(values: Mapping[str, Any]) -> None:
    if values["founded"] is not None and not 1000 <= values["founded"] <= 2200:
        raise NotPossible(_("Found the year %(n)d, expected 1000 to 2200; correct it.") % {"n": values["founded"]})
    if values["world_rank"] == 0:
        raise NotPossible(_("Found the rank 0, expected 1 or more; correct it, or leave it empty."))


def _sound_trial(values: Mapping[str, Any]) -> None:
    if values["value_cny"] is not None and values["value_cny"] == 0:
        raise NotPossible(_("Found the value 0, expected more; correct it, or leave it empty."))


def _sound_park(values: Mapping[str, Any]) -> None:
    if values["area_km2"] is not None and values["area_km2"] == 0:
        raise NotPossible(_("Found the area 0, expected more; correct it, or leave it empty."))


def check_moves(board: Board, record: Any, changed: Iterable[str]) -> None:
    """Raise NotPossible where a field is changed that the moves of the record say already."""
    if set(board.moved) & set(changed) and record.moves.exists():
        raise NotPossible(_("Found a project that has moved; its readiness and state follow from its moves: move it."))


BOARDS: dict[str, Board] = {
    board.name: board
    for board in (
        Board(
            "projects", Project, gettext_lazy("Projects"), gettext_lazy("project"),
            ("name", "firm", "park", "derived_from", "fields", "level", "sold", "state", "exit", "cost_cny", "begun_on",
             "source"),
            ("name", "firm", "level", "state", "cost_cny", "begun_on"), ("name",), ("name", "fields", "firm__name"),
            ("state", "exit", "park", "form"), ("firm", "park", "derived_from"), check=_sound_project,
            parts={"form": _of_form}, moved=("level", "sold", "state", "exit"),
        ),
        Board(
            "needs", Need, gettext_lazy("Needs"), gettext_lazy("need"),
            ("title", "kind", "who", "field", "words", "closed_on", "source"), ("title", "kind", "who", "field"),
            ("title", "who"), ("title", "who", "field", "words"), ("kind",), open=True,
        ),
        Board(
            "scenarios", Scenario, gettext_lazy("Scenarios of first use"), gettext_lazy("scenario"),
            ("title", "field", "place", "owner", "science", "operator", "instruments", "words", "done", "still_to_do",
             "unit", "source"),
            ("title", "place", "owner", "science", "operator"), ("title",), ("title", "place", "instruments", "words"),
            (), open=True,
        ),
        Board(
            "trials", Trial, gettext_lazy("Trials"), gettext_lazy("trial"),
            ("title", "firm", "scenario", "user", "value_cny", "premium_cny", "source"),
            ("title", "firm", "user", "value_cny"), ("title",), ("title", "user", "firm__name"), (),
            ("firm", "scenario"), check=_sound_trial,
        ),
        Board(
            "demand", DemandLine, gettext_lazy("Demand of facilities"), gettext_lazy("line"),
            ("programme", "code", "item", "class_code", "quantity", "custom", "due_on", "firm", "short_board",
             "source"),
            ("item", "code", "programme", "quantity", "custom", "due_on", "firm"), ("programme", "code"),
            ("item", "code", "programme", "firm__name"),
            ("programme", "class_code", "custom", "short_board", "firm", "due_before"), ("firm",),
            check=_sound_line, parts={"class_code": _of_class, "due_before": _due_before},
        ),
        Board(
            "targets", Target, gettext_lazy("Targets of plans"), gettext_lazy("target"),
            ("plan", "place", "park", "task", "name", "unit", "baseline", "amount", "begun_on", "due_on", "source"),
            ("name", "plan", "amount", "unit", "due_on"), ("plan", "name"), ("plan", "name", "place", "task"),
            ("place",), ("park",), check=_sound_target,
        ),
        Board(
            "firms", Firm, gettext_lazy("Firms"), gettext_lazy("firm"),
            ("name", "name_en", "country", "city", "founded", "age_years", "field", "products", "product_lines",
             "world_rank", "staff", "revenue_m_eur", "research_m_eur", "mentions", "listing", "honours", "owner",
             "places", "source"),
            ("name", "country", "city", "field", "staff", "world_rank"), ("name",),
            ("name", "name_en", "field", "products", "city"), ("country", "listing"), check=_sound_firm,
        ),
        Board(
            "parks", Park, gettext_lazy("Parks"), gettext_lazy("park"),
            ("name", "place", "area_km2", "focus", "words", "source"), ("name", "place", "area_km2", "focus"),
            ("name",), ("name", "place", "focus"), (), check=_sound_park,
        ),
        Board(
            "park-entries", ParkEntry, gettext_lazy("What stands in parks"), gettext_lazy("entry"),
            ("park", "kind", "function", "title", "on", "amount", "unit", "words", "source"),
            ("park", "kind", "title", "on", "amount", "unit"), ("park", "kind", "title"), ("title", "words"),
            ("park", "kind", "function"), ("park",), check=_sound_entry,
        ),
    )
}  # fmt: skip
"""Every board by its name."""


def board(name: str) -> Board:
    """The board of this name; raises UnknownBoard."""
    if name not in BOARDS:
        words = _("Found the board “%(name)s”, expected one of %(known)s; name one of them.")
        raise UnknownBoard(words % {"name": name[:40], "known": ", ".join(BOARDS)})
    return BOARDS[name]
