"""A question to the catalogue as an address says it: text, filters, order; read in one way by all pages."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from liqi.catalogue import search

FIELD_OF = {
    **{"kind": "kind", "class": "class", "class_middle": "class", "class_small": "class", "place": "place"},
    **{"country": "place", "maker": "maker", "origin": "origin", "made_in": "made-in", "technique": "technique"},
    **{"value": "value", "year": "year", "shared": "shared", "bookable": "bookable", "status": "status"},
    **{"owner": "owner", "facility": "facility", "stage": "stage", "source": "source"},
}
"""Each facet and the field of the address that a choice of it sets."""
RANGES = ("min-value", "max-value", "from-year", "to-year", "near", "km")
CAPABILITY = "cap"
ONE_VALUE = ("shared", "bookable")
PARTS = (*dict.fromkeys(FIELD_OF.values()), *RANGES, CAPABILITY)
"""Every field of the address that narrows what is found."""


@dataclass(frozen=True)
class Question:
    """What the query string of the search page asks; `wrong` is the sentence to show where a filter cannot be read."""

    text: str
    filters: search.Filters
    sort: search.Sort = "relevance"
    wrong: str = ""


def read(asked: QueryDict) -> Question:
    """The question of the address; where one filter is wrong, no filter counts and `wrong` says why."""
    text, named = asked.get("q", "").strip()[:400], asked.get("sort", "")
    sort: Any = named if named in search.SORTS else "relevance"
    try:
        return Question(text, search.filters({name: asked.getlist(name) for name in PARTS}), sort)
    except search.UnknownFilter as problem:
        return Question(text, search.Filters(), sort, str(problem))


def address(asked: QueryDict) -> str:
    """The question as one query string: its parts in one order, without page and order, so that alike ones are same."""
    plain = QueryDict(mutable=True)
    if text := " ".join(asked.get("q", "").split()):
        plain["q"] = text
    for name in PARTS:
        if values := sorted({value.strip() for value in asked.getlist(name) if value.strip()}):
            plain.setlist(name, list(values))
    return plain.urlencode()
