"""A question to the catalogue as an address says it: text, filters, order; read in one way by all pages."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.http import QueryDict
from django.utils.translation import gettext as _

from liqi.catalogue import search


@dataclass(frozen=True)
class Question:
    """What the query string of the search page asks; `wrong` is the sentence to show where a filter cannot be read."""

    text: str
    filters: search.Filters
    by_value: bool = False
    wrong: str = ""


def read(asked: QueryDict) -> Question:
    """The question of the address; where one filter is wrong, no filter counts and `wrong` says why."""
    text, by_value = asked.get("q", "").strip(), asked.get("sort") == "value"
    try:
        return Question(text, _filters(asked), by_value)
    except search.UnknownFilter as problem:
        return Question(text, search.Filters(), by_value, str(problem))


def _filters(asked: QueryDict) -> search.Filters:
    def several(name: str) -> list[str]:
        return [value for value in asked.getlist(name) if value]

    shared, bookable = asked.get("shared"), asked.get("bookable")
    return search.Filters(
        kinds=tuple(several("kind")),
        classes=tuple(search.class_code(value) for value in several("class")),
        places=tuple(search.place_code(value) for value in several("place")),
        makers=tuple(search.maker_key(value) for value in several("maker")),
        origins=tuple(search.origin_code(value) for value in several("origin")),
        shared=shared == "1" if shared in ("0", "1") else None,
        bookable=True if bookable == "1" else None,
        min_value_cny=_money(asked.get("min-value")),
    )


def _money(text: str | None) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        raise search.UnknownFilter(
            _("Found %(found)s, expected a value in CNY such as 500000.") % {"found": text}
        ) from None
