"""How many records a question finds, and the exact counts of every facet, each under all filters but its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import tantivy
from tantivy import Query

from liqi.catalogue.models import InstitutionKind
from liqi.catalogue.search._facts import bands
from liqi.catalogue.search._filters import Filters
from liqi.taxonomy import (
    FACILITY_KINDS,
    STAGES,
    class_prefix,
    classes,
    in_language,
    label,
    large_class,
    makers,
    place_label,
    techniques,
    to_hant,
)

FACETS = (
    *("kind", "class", "class_middle", "class_small", "place", "country", "maker", "origin", "made_in", "technique"),
    *("value", "year", "shared", "bookable", "status", "owner", "facility", "stage", "source"),
)
"""Every facet, in the order in which a page shows them."""

_FIELD = {"place": "region", "class_middle": "class", "class_small": "class"}
_MOST = {"maker": 30, "source": 30, "technique": 30, "class_middle": 100, "class_small": 700, "origin": 40}
_SHOWN = 60
_EVERY = 65_000
"""More than any field has values: the counts of a facet are never cut off within a segment."""
TOTAL = "kind"


@dataclass(frozen=True, slots=True)
class FacetCount:
    """A choice of a facet, what it is called, and how many records of the question have it."""

    code: str
    label: str
    count: int


Counts = dict[str, dict[str, int]]


def count(
    at: tantivy.Searcher, query_of: Callable[[Filters], Query], filters: Filters, facets: Sequence[str]
) -> tuple[int, Counts]:
    """The number of records under all filters, and for each field of each facet its codes and their counts."""
    groups: dict[Filters, list[str]] = {filters: []}
    for facet in facets:
        groups.setdefault(filters.without(facet), []).append(facet)
    total, found = 0, {}
    for wanted, names in groups.items():
        columns = list(dict.fromkeys(_FIELD.get(name, name) for name in names))
        if wanted == filters and not columns:
            columns = [TOTAL]
        answer = _aggregated(at, query_of(wanted), columns)
        if wanted == filters:
            first = next((one for one in columns if one not in ("technique", "stage")), "")
            answer = answer if first else answer | _aggregated(at, query_of(wanted), [TOTAL])
            total = sum(answer[first or TOTAL].values())
        for name in names:
            found[name] = _levels(name, answer[_FIELD.get(name, name)])
    return total, {name: found[name] for name in facets}


def _aggregated(at: tantivy.Searcher, query: Query, columns: Sequence[str]) -> Counts:
    wanted = {name: {"terms": {"field": name, "size": _EVERY, "segment_size": _EVERY}} for name in columns}
    answer = at.aggregate(query, wanted)
    return {
        name: {str(bucket["key"]): int(bucket["doc_count"]) for bucket in answer[name]["buckets"]} for name in columns
    }


def _levels(facet: str, counts: Mapping[str, int]) -> dict[str, int]:
    """The codes of the facet's own level; classes are counted once, by their full code."""
    if not facet.startswith("class"):
        return {code: number for code, number in counts.items() if code}
    found: dict[str, int] = {}
    for code, number in counts.items():
        if level := _of_level(facet, code):
            found[level] = found.get(level, 0) + number
    return found


def _of_level(facet: str, code: str) -> str:
    if facet == "class":
        return large_class(code)
    prefix = class_prefix(code)
    if facet == "class_middle":
        return f"{prefix[:4]}00" if len(prefix) >= 4 else ""
    return code if len(prefix) >= 6 else ""


def named(counts: Counts, filters: Filters, language: str) -> dict[str, tuple[FacetCount, ...]]:
    """The choices of each facet with their names: most first, bands and years in their order, chosen ones always."""
    return {facet: _named(facet, found, filters, language) for facet, found in counts.items()}


def _named(facet: str, counts: Mapping[str, int], filters: Filters, language: str) -> tuple[FacetCount, ...]:
    order = sorted(counts, key=lambda code: (-counts[code], code))[: _MOST.get(facet, _SHOWN)]
    if facet == "value":
        order = [code for code in bands() if code in counts]
    elif facet == "year":
        order.sort(reverse=True)
    elif facet in ("class_middle", "class_small"):
        above = tuple(class_prefix(code) for code in filters.classes)
        order = [code for code in order if not above or code.startswith(above) or class_prefix(code) in above]
    return tuple(FacetCount(code, facet_label(facet, code, language), counts[code]) for code in order)


def facet_label(facet: str, code: str, language: str) -> str:
    """What a choice of a facet is called."""
    if facet in ("class", "class_middle", "class_small"):
        return label(code, language) if code in classes() else code
    if facet in ("place", "country", "origin", "made_in"):
        return place_label(code, language)
    if facet == "maker" and code in makers():
        known = makers()[code]
        return in_language(language, hans=known.name_zh, en=known.name_en)
    if facet == "technique" and code in techniques():
        return techniques()[code].label(language)
    terms: Mapping[str, Any] = STAGES if facet == "stage" else FACILITY_KINDS if facet == "facility" else {}
    if code in terms:
        return in_language(language, hans=terms[code].zh_hans, hant=terms[code].zh_hant, en=terms[code].en)
    if facet == "value":
        return _band_label(code, language)
    words = _WORDS.get((facet, code))
    return in_language(language, hans=words[0], en=words[1]) if words else code


def _band_label(code: str, language: str) -> str:
    low, high = (int(end) if end else None for end in code.split("-"))
    if language == "en":
        ends = [None if end is None else f"{end:,}" for end in (low, high)]
        return f"under CNY {ends[1]}" if low is None else f"CNY {ends[0]} " + (f"to {ends[1]}" if high else "and more")
    ends = [None if end is None else str(end // 10_000) for end in (low, high)]
    said = f"{ends[1]} 万元以下" if low is None else f"{ends[0]}–{ends[1]} 万元" if high else f"{ends[0]} 万元及以上"
    return to_hant(said) if language == "zh-hant" else said


_WORDS = {
    ("kind", "instrument"): ("仪器", "Instruments"),
    ("kind", "facility"): ("设施", "Facilities"),
    ("kind", "institution"): ("机构", "Institutions"),
    ("kind", "service"): ("服务", "Services"),
    ("shared", "1"): ("对外共享", "Shared"),
    ("shared", "0"): ("未共享", "Not shared"),
    ("bookable", "1"): ("可在此预约", "Can be booked here"),
    ("bookable", "0"): ("不可在此预约", "Cannot be booked here"),
    ("status", "working"): ("正常", "Working"),
    ("status", "restricted"): ("受限", "Restricted"),
    ("status", "down"): ("停机", "Down"),
    ("status", "retired"): ("退役", "Retired"),
    ("status", "unknown"): ("未知", "Not known"),
    ("status", "planned"): ("规划中", "Planned"),
    ("status", "building"): ("在建", "Being built"),
    ("status", "operating"): ("运行中", "Operating"),
    ("status", "closed"): ("已关闭", "Closed"),
    ("owner", InstitutionKind.EDUCATION): ("高校", "University or college"),
    ("owner", InstitutionKind.FACILITY): ("科研院所与设施", "Research institute or facility"),
    ("owner", InstitutionKind.COMPANY): ("企业", "Company"),
    ("owner", InstitutionKind.GOVERNMENT): ("政府机构", "Government body"),
    ("owner", InstitutionKind.HEALTHCARE): ("医疗机构", "Hospital or clinic"),
    ("owner", InstitutionKind.NONPROFIT): ("非营利组织", "Non-profit body"),
    ("owner", InstitutionKind.ARCHIVE): ("档案馆与图书馆", "Archive or library"),
    ("owner", InstitutionKind.OTHER): ("其他", "Other"),
}
