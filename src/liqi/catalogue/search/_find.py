"""Finding: hits, how many there are, and the counts of every facet."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

import tantivy
from tantivy import Query

from liqi.catalogue.search import _facets, _hits, _spelling
from liqi.catalogue.search._build import TIERS_HOLD
from liqi.catalogue.search._concepts import table
from liqi.catalogue.search._facets import FACETS, Counts, FacetCount
from liqi.catalogue.search._filters import Filters, queries
from liqi.catalogue.search._hits import Hit
from liqi.catalogue.search._nearest import nearest
from liqi.catalogue.search._query import matching, ranked
from liqi.catalogue.search._question import Unit, instead, known, looser, read, split
from liqi.catalogue.search._sound import names_like
from liqi.catalogue.search._spelling import meant
from liqi.catalogue.search._store import points, searcher

FEW = 3
"""Fewer hits than this, and the question is read more loosely."""
BROAD = 2_000
"""More hits than this, and they are put in order tier by tier of their quality, not all at once."""
MOST_OFFSET = 10_000
Sort = Literal["relevance", "newest", "value", "name", "nearest"]
_ORDERS = {
    "newest": ("added", tantivy.Order.Desc),
    "value": ("value_cny", tantivy.Order.Desc),
    "name": ("spelling", tantivy.Order.Asc),
}
SORTS = ("relevance", *_ORDERS, "nearest")


@dataclass(frozen=True, slots=True)
class Found:
    """All that is known of the answer; `loosely` says that the words were not found as they were asked.

    `meant` holds other questions that find more, each with how many records it finds.
    """

    total: int
    took_ms: float
    hits: tuple[Hit, ...]
    facets: dict[str, tuple[FacetCount, ...]] = field(default_factory=dict)
    loosely: bool = False
    meant: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """How a question was read in the end, and what it counts."""

    at: tantivy.Searcher
    units: tuple[Unit, ...]
    filters: Filters
    total: int
    counts: Counts
    how: str = ""
    """Nothing where every word stands as asked or as a synonym; "looser"; "any" where one word is enough."""

    def matching(self, filters: Filters | None = None) -> Query:
        """The query that decides what is found, under these filters or its own."""
        return matching(self.units, _narrowed(self.at, filters or self.filters), every=self.how != "any")

    def ranked(self, tier: int | None = None) -> Query:
        """The query that also puts in order, of one tier or of all."""
        return ranked(self.units, _narrowed(self.at, self.filters), every=self.how != "any", tier=tier)


def find(
    text: str,
    filters: Filters | None = None,
    *,
    limit: int = 20,
    offset: int = 0,
    language: str = "zh-hans",
    facets: Sequence[str] = FACETS,
    sort: Sort = "relevance",
) -> Found:
    """The records that meet every word of the text (or a synonym of it) and pass the filters, best first.

    Sorted by value, records without one come last; sorted by distance, only those with a place on earth are listed.
    """
    started = time.perf_counter()
    filters = filters or Filters()
    got = answer(text, filters, facets)
    offset = min(offset, MOST_OFFSET)
    hits = _listed(got, limit, offset, language, sort) if limit and got.total > offset else ()
    others: tuple[tuple[str, int], ...] = ()
    if got.units and (got.how or got.total < FEW):
        others = meant(got.at, read(text), lambda other: _total(got.at, other, filters), 0 if got.how else got.total)
    named = _facets.named(got.counts, filters, language)
    took = (time.perf_counter() - started) * 1000
    return Found(got.total, round(took, 2), hits, named, bool(got.how), others)


def count(text: str, filters: Filters | None = None, *, since: datetime | None = None) -> int:
    """How many records `find` counts; with `since`, how many of these were added later."""
    got = answer(text, filters or Filters())
    if since is None or not got.total:
        return got.total
    return counted_by(got.at.search(got.matching(replace(got.filters, added_after=since)), 1))


def ready() -> None:
    """Names and words are read, so that the first question is answered as fast as the later ones."""
    table()
    _spelling.ready()


def as_json(found: Found) -> dict[str, Any]:
    """The JSON document of `liqi search`."""
    return {
        "total": found.total,
        "took_ms": found.took_ms,
        "loosely": found.loosely,
        "meant": [{"text": text, "total": total} for text, total in found.meant],
        "hits": [
            {
                "id": hit.key,
                "kind": hit.kind,
                "name": hit.name,
                "name_en": hit.name_en,
                "institution": hit.institution,
                "place": hit.place,
                "score": hit.score,
                **({} if hit.km is None else {"km": hit.km}),
            }
            for hit in found.hits
        ],
        "facets": {
            name: [{"code": one.code, "label": one.label, "count": one.count} for one in counts]
            for name, counts in found.facets.items()
        },
    }


def answer(text: str, filters: Filters, facets: Sequence[str] = ()) -> Answer:
    """Strictly; if too little is found, more loosely; by sound; by the names known; at last by any of the words."""
    at, units = searcher(), read(text)

    def counted(asked: tuple[Unit, ...], how: str) -> Answer:
        def query_of(wanted: Filters) -> Query:
            return matching(asked, _narrowed(at, wanted), every=how != "any")

        return Answer(at, asked, filters, *_facets.count(at, query_of, filters, facets), how)

    best = counted(units, "")
    if not units or best.total >= FEW:
        return best
    pieces = tuple(piece for one in units for piece in split(one))
    for wider in (tuple(map(looser, units)), pieces, tuple(map(looser, pieces)), tuple(map(_by_sound, units))):
        if wider == units:
            continue
        wide = counted(wider, "looser")
        best = wide if wide.total > best.total else best
        if best.total:
            return best
    core = known(pieces)
    if 0 < len(core) < len(pieces) and (heard := counted(core, "looser")).total:
        return heard
    return counted(pieces, "any") if len(pieces) > 1 else best


def _by_sound(one: Unit) -> Unit:
    names = names_like(one.text)
    return instead(one, names, "sound") if names else one


def _total(at: tantivy.Searcher, text: str, filters: Filters) -> int:
    return counted_by(at.search(matching(read(text), _narrowed(at, filters)), 1))


def counted_by(result: Any) -> int:
    """How many records the search found (the types of the engine do not know that it says so)."""
    return int(result.count or 0)


def _narrowed(at: tantivy.Searcher, filters: Filters) -> list[Query]:
    return queries(filters, points(at) if filters.near is not None else ())


def _listed(got: Answer, limit: int, offset: int, language: str, sort: Sort) -> tuple[Hit, ...]:
    if sort == "nearest" and got.filters.near is not None:
        return nearest(got.at, got.matching(), got.filters.near, limit, offset, got.units, language)
    if sort in _ORDERS:
        column, order = _ORDERS[sort]
        found = got.at.search(got.matching(), limit, count=False, offset=offset, order_by_field=column, order=order)
        return _hits.read(got.at, [(0.0, where) for _key, where in found.hits], got.units, language)
    return _hits.read(got.at, _best(got, limit, offset), got.units, language)


def _best(got: Answer, limit: int, offset: int) -> list[tuple[float, Any]]:
    """The best hits by score; where very many fit, those of the best records first, tier by tier."""
    if got.total <= BROAD:
        return list(got.at.search(got.ranked(), limit, count=False, offset=offset, weight_by_field="weight").hits)
    found: list[tuple[float, Any]] = []
    for tier in range(len(TIERS_HOLD) + 1):
        result = got.at.search(got.ranked(tier), limit - len(found), offset=offset, weight_by_field="weight")
        found += result.hits
        if len(found) >= limit:
            break
        offset = max(0, offset - counted_by(result))
    return found
