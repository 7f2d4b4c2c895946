"""Finding: hits, how many there are, and the counts of every facet."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import tantivy

from liqi.catalogue.search._query import Filters, build, matching
from liqi.catalogue.search._question import Unit, looser, matches, read, split
from liqi.catalogue.search._store import searcher
from liqi.catalogue.search._tokens import tokens
from liqi.taxonomy import in_language, label, makers, place_label

FEW = 3
"""Fewer hits than this, and the question is read more loosely."""
MOST_OFFSET = 10_000
FACETS = ("kind", "class", "place", "country", "maker", "origin", "shared")
_FIELD = {"place": "region"}
_SIZE = {"kind": 10, "class": 20, "place": 60, "country": 60, "maker": 30, "origin": 40, "shared": 3}
SNIPPET = 60
_tokens = lru_cache(maxsize=8192)(tokens)


@dataclass(frozen=True, slots=True)
class Why:
    """What in the record met one unit of the question: the field, the words that met it, and a piece of its text."""

    asked: str
    field: str
    words: str
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A record found: its key, kind and what a list shows of it."""

    key: str
    kind: str
    name: str
    name_en: str
    institution: str
    institution_key: str
    place: str
    point: tuple[float, float] | None
    maker: str
    model: str
    class_code: str
    synthetic: bool
    bookable: bool
    score: float
    why: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class FacetCount:
    """A choice of a facet, what it is called, and how many records of the question have it."""

    code: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Found:
    """All that is known of the answer; `loosely` says that the words were not found as they were asked."""

    total: int
    took_ms: float
    hits: tuple[Hit, ...]
    facets: dict[str, tuple[FacetCount, ...]] = field(default_factory=dict)
    loosely: bool = False


def find(
    text: str,
    filters: Filters | None = None,
    *,
    limit: int = 20,
    offset: int = 0,
    language: str = "zh-hans",
    facets: Sequence[str] = FACETS,
    by_value: bool = False,
) -> Found:
    """The records that meet every word of the text (or a synonym of it) and pass the filters, best first.

    `by_value` puts the highest value first instead; records without a value come last.
    """
    started = time.perf_counter()
    filters = filters or Filters()
    at = searcher()
    offset = min(offset, MOST_OFFSET)
    units, result, loosely = answer(at, read(text), filters, limit, offset)
    if by_value:
        asked = build(units, filters, every=loosely != "any")
        order = tantivy.Order.Desc
        result = at.search(asked, max(limit, 1), offset=offset, order_by_field="value_cny", order=order)
    counts = _facets(at, units, filters, facets, language, loosely == "any") if facets else {}
    hits = tuple(_hit(at, score, address, units, language) for score, address in result.hits) if limit else ()
    took = (time.perf_counter() - started) * 1000
    return Found(_count(result), round(took, 2), hits, counts, bool(loosely))


def as_json(found: Found) -> dict[str, Any]:
    """The JSON document of `liqi search`."""
    return {
        "total": found.total,
        "took_ms": found.took_ms,
        "hits": [
            {
                "id": hit.key,
                "kind": hit.kind,
                "name": hit.name,
                "name_en": hit.name_en,
                "institution": hit.institution,
                "place": hit.place,
                "score": hit.score,
            }
            for hit in found.hits
        ],
        "facets": {
            name: [{"code": one.code, "label": one.label, "count": one.count} for one in counts]
            for name, counts in found.facets.items()
        },
    }


def answer(
    at: tantivy.Searcher, units: tuple[Unit, ...], filters: Filters, limit: int, offset: int
) -> tuple[tuple[Unit, ...], tantivy.SearchResult, str]:
    """Strictly; if too little is found, more loosely; if nothing at all, by any of the words."""

    def searched(asked: tuple[Unit, ...], *, every: bool = True) -> tantivy.SearchResult:
        return at.search(build(asked, filters, every=every), max(limit, 1), offset=offset)

    best = (units, searched(units), "")
    if not units or _count(best[1]) >= FEW:
        return best
    pieces = tuple(piece for one in units for piece in split(one))
    for wider in (tuple(map(looser, units)), pieces, tuple(map(looser, pieces))):
        result = searched(wider)
        if _count(result) > _count(best[1]):
            best = (wider, result, "looser")
        if _count(best[1]):
            return best
    if len(pieces) > 1:
        best = (pieces, searched(pieces, every=False), "any")
    return best


def _count(result: Any) -> int:
    return int(result.count or 0)


def _facets(
    at: tantivy.Searcher,
    units: tuple[Unit, ...],
    filters: Filters,
    facets: Sequence[str],
    language: str,
    any_word: bool,
) -> dict[str, tuple[FacetCount, ...]]:
    """Counts of each facet under all filters but its own."""
    groups: dict[Filters, list[str]] = {}
    for facet in facets:
        groups.setdefault(filters.without(facet), []).append(facet)
    found: dict[str, tuple[FacetCount, ...]] = {}
    for wanted, names in groups.items():
        asked = matching(units, wanted, every=not any_word)
        spec = {name: {"terms": {"field": _FIELD.get(name, name), "size": _SIZE[name]}} for name in names}
        answer = at.aggregate(asked, spec)
        for name in names:
            found[name] = tuple(
                FacetCount(code, facet_label(name, code, language), int(bucket["doc_count"]))
                for bucket in answer[name]["buckets"]
                if (code := _code(bucket["key"]))
            )
    return {name: found[name] for name in facets}


def _code(key: Any) -> str:
    return str(int(key)) if isinstance(key, int | float) else str(key)


def facet_label(facet: str, code: str, language: str) -> str:
    """What a choice of a facet is called."""
    if facet == "class":
        return label(code, language)
    if facet in ("place", "country", "origin"):
        return place_label(code, language)
    if facet == "maker" and code in makers():
        known = makers()[code]
        return in_language(language, hans=known.name_zh, en=known.name_en)
    words = _WORDS.get((facet, code))
    return in_language(language, hans=words[0], en=words[1]) if words else code


_WORDS = {
    ("kind", "instrument"): ("仪器", "Instruments"),
    ("kind", "facility"): ("设施", "Facilities"),
    ("kind", "institution"): ("机构", "Institutions"),
    ("kind", "service"): ("服务", "Services"),
    ("shared", "1"): ("对外共享", "Shared"),
    ("shared", "0"): ("未共享", "Not shared"),
}


def _hit(at: tantivy.Searcher, score: Any, address: tantivy.DocAddress, units: tuple[Unit, ...], language: str) -> Hit:
    document = at.doc(address)
    shown = json.loads(bytes(document["show"][0]))
    point = shown["point"]
    return Hit(
        key=shown["key"],
        kind=document["kind"][0],
        name=shown["name"],
        name_en=shown["name_en"],
        institution=in_language(language, hans=shown["institution"], en=shown["institution_en"]),
        institution_key=shown["institution_key"],
        place=shown_place(shown, language),
        point=(point[0], point[1]) if point else None,
        maker=in_language(language, hans=shown.get("maker", ""), en=shown.get("maker_en", "")),
        model=shown.get("model", ""),
        class_code=shown.get("class", ""),
        synthetic=shown["synthetic"],
        bookable=shown.get("bookable", False),
        score=round(float(score or 0), 4),
        why=_why(units, shown["texts"]),
    )


def shown_place(shown: dict[str, Any], language: str) -> str:
    """City, province and country in the reader's language, without saying one thing twice."""
    province = shown["province"] if shown["country"] == "CN" else ""
    names = [place_label(code, language) for code in (shown["country"], province) if code]
    city = shown["city"]
    if city and all(city not in name and name not in city for name in names):
        names.append(city)
    if language == "en":
        return ", ".join(reversed(names))
    return " ".join(names[1:] if shown["country"] == "CN" and len(names) > 1 else names)


def _why(units: tuple[Unit, ...], texts: dict[str, list[str]]) -> tuple[Why, ...]:
    fields = {name: _tokens(" | ".join(parts)) for name, parts in texts.items()}
    found = []
    for one in units:
        for alternative in one.alternatives:
            if inside := matches(alternative, fields):
                found.append(Why(one.text, inside, alternative.text, _snippet(texts[inside], alternative.text)))
                break
    return tuple(found)


def _snippet(parts: list[str], words: str) -> str:
    needle = _tokens(words).split(" ")[0]
    text = next((part for part in parts if needle in _tokens(part).split(" ")), parts[0] if parts else "")
    if len(text) <= SNIPPET:
        return text
    at = max(0, text.lower().find(words.split(" ")[0][:2].lower()) - SNIPPET // 3)
    return f"{'…' if at else ''}{text[at : at + SNIPPET]}…"
