"""A list of instruments inside another page: found by words, narrowed to a class or maker, paged, exported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import translation

from liqi import taxonomy
from liqi.catalogue import holdings
from liqi.catalogue.models import Instrument
from liqi.web import tables

PAGE = 25
COLUMNS = (
    *("key", "name", "name_en", "class_code", "maker__name", "maker_text", "model", "institution__name"),
    *("facility__name", "city", "country", "made_in", "value_cny", "acquired_on", "shared", "bookable", "status"),
    *("source", "confirmed_on", "synthetic"),
)


@dataclass(frozen=True)
class Listed:
    """One page of the list as the address asks for it, and what it is narrowed by."""

    page: Page[Instrument]
    find: str
    chosen: str
    chosen_label: str
    bookable: bool

    @property
    def narrowed(self) -> bool:
        """Whether the list shows less than everything."""
        return bool(self.find or self.chosen or self.bookable)


def read(request: HttpRequest, rows: QuerySet[Instrument], *, total: int) -> Listed:
    """The page that the address asks for; `total` is the length of the whole list, which is not counted again."""
    rows, find, chosen, bookable = _narrow(request, rows)
    shown: Paginator[Any] = Paginator(rows.select_related("maker", "institution").defer("source_row"), PAGE)
    if not (find or chosen or bookable):
        shown.count = total
    label = taxonomy.label(chosen, translation.get_language() or "") if chosen else ""
    return Listed(shown.get_page(request.GET.get("page")), find, chosen, label, bookable)


def export(request: HttpRequest, name: str, rows: QuerySet[Instrument]) -> StreamingHttpResponse | None:
    """The whole narrowed list as a file where the address asks for `format=csv`, else None."""
    if request.GET.get("format") != "csv":
        return None
    found = _narrow(request, rows)[0].values_list(*COLUMNS)
    return tables.as_csv(name, COLUMNS, found.iterator(chunk_size=2000))


def _narrow(request: HttpRequest, rows: QuerySet[Instrument]) -> tuple[QuerySet[Instrument], str, str, bool]:
    find, chosen = request.GET.get("find", "").strip()[:100], request.GET.get("class", "")
    bookable = request.GET.get("bookable") == "1"
    chosen = chosen if chosen in taxonomy.classes() else ""
    if find:
        named = Q(name__icontains=find) | Q(name__icontains=taxonomy.to_hans(find))
        rows = rows.filter(named | Q(name_en__icontains=find) | Q(model__icontains=find))
    if chosen:
        rows = rows.filter(holdings.below(chosen))
    if bookable:
        rows = rows.filter(bookable=True)
    return rows.order_by("name", "id"), find, chosen, bookable
