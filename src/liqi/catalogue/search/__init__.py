"""Search over the whole catalogue in three scripts, with facets."""

from liqi.catalogue.search._find import FacetCount, Found, Hit, Why, as_json, facet_label, find
from liqi.catalogue.search._keys import keys
from liqi.catalogue.search._order import varied
from liqi.catalogue.search._query import (
    Filters,
    UnknownFilter,
    class_code,
    maker_key,
    origin_code,
    place_code,
)
from liqi.catalogue.search._store import apply_changes, rebuild
from liqi.catalogue.search.changes import note

__all__ = [
    "FacetCount",
    "Filters",
    "Found",
    "Hit",
    "UnknownFilter",
    "Why",
    "apply_changes",
    "as_json",
    "class_code",
    "facet_label",
    "find",
    "keys",
    "maker_key",
    "note",
    "origin_code",
    "place_code",
    "rebuild",
    "varied",
]
