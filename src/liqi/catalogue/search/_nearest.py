"""Hits in the order of their distance from a place."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

import tantivy
from tantivy import Occur, Query

from liqi.catalogue.search import _hits
from liqi.catalogue.search._filters import Near, place_of
from liqi.catalogue.search._hits import Hit
from liqi.catalogue.search._question import Unit
from liqi.catalogue.search._schema import SCHEMA
from liqi.taxonomy import distance_km

_EVERY = 65_000


def nearest(
    at: tantivy.Searcher, query: Query, near: Near, limit: int, offset: int, units: Sequence[Unit], language: str
) -> tuple[Hit, ...]:
    """The hits of the query that have a place on earth, the nearest first; at one place in the order of the index."""
    counts = {bucket["key"]: int(bucket["doc_count"]) for bucket in at.aggregate(
        query, {"point": {"terms": {"field": "point", "size": _EVERY, "segment_size": _EVERY}}}
    )["point"]["buckets"] if bucket["key"]}  # fmt: skip
    centre = (near.latitude, near.longitude)
    order = sorted(counts, key=lambda point: (distance_km(centre, place_of(point)), point))
    ends = list(accumulate(counts[point] for point in order))
    first = next((number for number, end in enumerate(ends) if end > offset), len(order))
    last = next((number for number, end in enumerate(ends) if end >= offset + limit), len(order) - 1)
    before = ends[first - 1] if first else 0
    found: list[Hit] = []
    for point in order[first : last + 1]:
        here = Query.boolean_query([(Occur.Must, query), (Occur.Must, Query.term_query(SCHEMA, "point", point))])
        wanted = offset + limit - before - len(found)
        result = at.search(here, min(wanted, counts[point]), count=False)
        km = round(distance_km(centre, place_of(point)), 1)
        read = _hits.read(at, [(0.0, where) for _score, where in result.hits], units, language)
        found += [replace(hit, km=km) for hit in read]
    return tuple(found[offset - before : offset - before + limit])
