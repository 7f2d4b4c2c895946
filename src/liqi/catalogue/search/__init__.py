"""Search over the whole catalogue in three scripts, with facets."""

from liqi.catalogue.search._documents import KINDS
from liqi.catalogue.search._facets import FACETS, FacetCount, facet_label
from liqi.catalogue.search._filters import FILTER_OF, Ability, Filters, Near, UnknownFilter
from liqi.catalogue.search._find import SORTS, Found, Sort, as_json, count, find, ready
from liqi.catalogue.search._hits import Hit, Why
from liqi.catalogue.search._keys import keys
from liqi.catalogue.search._order import varied
from liqi.catalogue.search._store import apply_changes, rebuild
from liqi.catalogue.search._written import (
    ability,
    class_code,
    filters,
    maker_key,
    near,
    one_of,
    origin_code,
    place_code,
    technique_key,
)
from liqi.catalogue.search.changes import note

__all__ = [
    "FACETS",
    "FILTER_OF",
    "KINDS",
    "SORTS",
    "Ability",
    "FacetCount",
    "Filters",
    "Found",
    "Hit",
    "Near",
    "Sort",
    "UnknownFilter",
    "Why",
    "ability",
    "apply_changes",
    "as_json",
    "class_code",
    "count",
    "facet_label",
    "filters",
    "find",
    "keys",
    "maker_key",
    "near",
    "note",
    "one_of",
    "origin_code",
    "place_code",
    "ready",
    "rebuild",
    "technique_key",
    "varied",
]
