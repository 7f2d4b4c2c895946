"""What is new in the searches that a person keeps."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from liqi.accounts.models import Person
from liqi.catalogue import saved_search, search
from liqi.catalogue.models import SavedSearch
from liqi.web import narrowing, questions


@dataclass(frozen=True)
class Kept:
    """A saved search: how many records it finds, how many of them came since the person looked, in other words."""

    saved: SavedSearch
    total: int
    new: int
    words: str


def of(person: Person, *, muted: bool = False, most: int = saved_search.MOST) -> list[Kept]:
    """The searches of the person, those with something new first; muted ones where asked for."""
    rows = [saved for saved in saved_search.of(person) if muted or saved.notify][:most]
    return sorted(map(kept, rows), key=lambda row: -row.new)


def kept(saved: SavedSearch) -> Kept:
    """The saved search with what it finds now, and what of that is new."""
    question = questions.read(QueryDict(saved.address))
    total = search.count(question.text, question.filters)
    new = search.count(question.text, question.filters, since=saved.seen_at)
    return Kept(saved, total, new, title(saved.address))


def title(address: str) -> str:
    """A question in words: what was typed and every filter."""
    asked = QueryDict(address)
    empty = search.Found(0, 0.0, ())
    words = [asked.get("q", ""), *(chip["label"] for chip in narrowing.chips(asked, empty))]
    return " · ".join(word for word in words if word) or _("Everything")
