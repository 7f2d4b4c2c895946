"""Lines of the journal as people read them: what was done, to what, with which facts; on pages, and as a file."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils import dateparse, timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from liqi.access.commissions import states
from liqi.access.models import Commission, Incident
from liqi.accounts.models import JournalEntry
from liqi.observatory.models import Project
from liqi.web import tables
from liqi.web.deed_facts import FACTS
from liqi.web.deed_words import DEEDS, THINGS

PAGE = 50
MOST_ROWS = 50_000
"""How many lines a file holds."""
HEADER = ("at", "person", "verb", "thing", "id", "facts")
STEPS: dict[str, dict[Any, Any]] = {
    "state": dict(Project.State.choices),
    "exit": {way: words for way, words in Project.Exit.choices if way},
}
"""What a project's state and its way out are called."""
SEVERITIES = dict(Incident.Severity.choices)
_HASH = re.compile(r"[0-9a-f]{40,}")
HASH_SHOWN = 12
"""Of a hash the first letters are enough to tell files apart; the file of the journal has it whole."""


@dataclass(frozen=True)
class Deed:
    """One line of the journal with the words for what was done, to what, and its facts."""

    line: JournalEntry
    words: str
    thing: str
    facts: list[tuple[str, str]]


def read(lines: Iterable[JournalEntry]) -> list[Deed]:
    """Each line with its words; moments among its facts are on the clock of the page."""
    return [Deed(one, str(DEEDS.get(one.verb, one.verb)), _thing(one), list(_facts(one))) for one in lines]


def as_csv(name: str, lines: QuerySet[JournalEntry]) -> HttpResponseBase:
    """The lines as a file of this name, in the words that the journal keeps."""
    cells = (
        (one.at.isoformat(), str(one.person or ""), one.verb, one.thing, one.thing_id, one.facts)
        for one in lines[:MOST_ROWS]
    )
    return tables.as_csv(name, HEADER, cells)


def page_of(request: HttpRequest, lines: QuerySet[JournalEntry]) -> Page[JournalEntry]:
    """The page of the lines that is asked for."""
    return Paginator(lines, PAGE).get_page(request.GET.get("page"))


def _thing(line: JournalEntry) -> str:
    kind = line.thing.rpartition(".")[2]
    return f"{THINGS.get(kind, kind)} {line.thing_id}"


def _facts(line: JournalEntry) -> Iterator[tuple[str, str]]:
    """Names and values of what the line keeps, without blanks; the states of orders and projects in words."""
    of_order, of_project = line.thing == "access.order", line.thing == "observatory.project"
    for name, value in line.facts.items():
        if of_order and name in ("before", "after") and value in Commission.State.values:
            yield _name(name), states.words(value)
        elif of_project and value in STEPS.get(name, {}):
            yield _name(name), str(STEPS[name][value])
        elif name == "severity" and value in SEVERITIES:
            yield _name(name), str(SEVERITIES[value])
        elif value not in (None, "", [], {}):
            yield _name(name), _shown(value)


def _name(name: str) -> str:
    return str(FACTS.get(name) or name.removesuffix("_at").replace("_", " "))


def _shown(value: Any) -> str:
    """A fact as people read it: a moment on their clock, a list with the commas of their language.

    >>> _shown(["a", 3])
    'a、3'
    """
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return pgettext("list", ", ").join(_shown(one) for one in value)
    if isinstance(value, str) and _HASH.fullmatch(value):
        return f"{value[:HASH_SHOWN]}…"
    if isinstance(value, dict):
        return pgettext("list", ", ").join(f"{_name(str(name))} {_shown(one)}" for name, one in value.items())
    found = dateparse.parse_datetime(value) if isinstance(value, str) and len(value) > 15 else None
    if found is None or found.tzinfo is None:
        return str(value)
    return timezone.localtime(found).strftime("%Y-%m-%d %H:%M")
