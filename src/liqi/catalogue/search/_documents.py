"""Records of the catalogue as documents of the index."""

import json
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any

import tantivy

from liqi.catalogue.models import Facility, Institution, Instrument, Maker, Service
from liqi.catalogue.search._schema import GRAMS, PARTS, SCHEMA, WEIGHTS, WHOLE
from liqi.catalogue.search._tokens import grams, squashed, tokens
from liqi.taxonomy import class_prefix, classes, find_place, large_class, place, techniques

Row = dict[str, Any]
_PLACED = ("country", "province", "city", "latitude", "longitude")
_RECORD = ("id", "key", "name", "name_en", "synthetic")
_CHUNK = 5000
BOUNDARY = "|"
"""Stands between the parts, so that no phrase reaches from one into the next; no token is like it."""
TEXT_SHOWN = 400


class Documents:
    """Turns rows of the catalogue into documents; institutions, facilities and makers are read once."""

    def __init__(self) -> None:
        self._institutions = {row["id"]: row for row in Institution.objects.values(*_RECORD, *_PLACED, "aliases")}
        self._facilities = {row["id"]: row for row in Facility.objects.values(*_RECORD, *_PLACED, "institution_id")}
        self._makers: dict[int, Row] = {}
        for maker in Maker.objects.values("id", "key", "name", "name_en", "aliases", "brand_country"):
            self._makers[maker["id"]] = dict(maker)
        self._tokens = lru_cache(maxsize=100_000)(tokens)
        self._grams = lru_cache(maxsize=100_000)(grams)

    def all(self) -> Iterator[tantivy.Document]:
        """Every record of the catalogue."""
        for kind in KINDS:
            yield from self.of(kind)

    def of(self, kind: str, keys: Iterable[str] | None = None) -> Iterator[tantivy.Document]:
        """The records of a kind, those with these keys or all of them."""
        model, fields = KINDS[kind]
        build: Callable[[Row], tantivy.Document] = getattr(self, f"_{kind}")
        rows = model.objects.order_by("id").values(*fields)
        if keys is not None:
            rows = rows.filter(key__in=list(keys))
        for row in rows.iterator(chunk_size=_CHUNK):
            yield build(row)

    def _document(self, kind: str, row: Row, **parts: Any) -> tantivy.Document:
        texts: dict[str, list[str]] = {part: [text for text in parts.pop(part, ()) if text] for part in PARTS}
        codes: dict[str, list[str]] = {
            "key": [f"{kind}:{row['key']}"],
            "kind": [kind],
            "squashed": [*{squashed(text) for text in (row["key"], *texts["name"], *parts.pop("exact", ()))} - {""}],
            **{field: [code for code in given if code] for field, given in parts.pop("codes").items()},
        }
        shown = {
            "key": row["key"],
            "synthetic": row["synthetic"],
            "name": row["name"],
            "name_en": row["name_en"],
            **parts.pop("show"),
            "texts": texts | {"text": [" ".join(texts["text"])[:TEXT_SHOWN]]},
        }
        fields: dict[str, Any] = codes | parts
        said = {part: " | ".join(texts[part]) for part in PARTS}
        stream = {part: (tokens if part == "name" else self._tokens)(said[part]) for part in PARTS}
        near = {part: (grams if part == "name" else self._grams)(said[part]) for part in PARTS}
        fields[WHOLE] = [f" {BOUNDARY} ".join(stream.values())]
        fields[GRAMS] = [" ".join(near.values())]
        for field in WEIGHTS:
            fields[field] = [f"{stream[field]} {near[field]}"]
        fields["show"] = [json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()]
        return tantivy.Document.from_dict(fields, SCHEMA)

    def _instrument(self, row: Row) -> tantivy.Document:
        institution = self._institutions.get(row["institution_id"]) or {}
        facility = self._facilities.get(row["facility_id"]) or {}
        maker: Row = self._makers.get(row["maker_id"]) or {}
        measured = [f"{c.get('quantity', '')} {c.get('value', '')} {c.get('unit', '')}" for c in row["capabilities"]]
        value = row["value_cny"]
        numbers: dict[str, Any] = {"shared": [int(row["shared"])], "bookable": [int(row["bookable"])]}
        if value is not None:
            numbers["value_cny"] = [float(Decimal(value))]
        return self._document(
            "instrument",
            row,
            name=[row["name"], row["name_en"], row["model"]],
            label=[
                maker.get("name"),
                maker.get("name_en"),
                *maker.get("aliases", ()),
                row["maker_text"],
                *class_names(row["class_code"]),
            ],
            place=[*owner_names(institution, facility), *place_names(row)],
            text=[row["description"], *measured, *technique_names(tuple(row["techniques"]))],
            exact=[row["class_code"], row["serial"]],
            codes={
                "class": [large_class(row["class_code"])],
                "class_below": class_codes(row["class_code"]),
                "maker": [maker.get("key")],
                "origin": [maker.get("brand_country")],
                **place_codes(row),
            },
            show={
                "institution": institution.get("name", ""),
                "institution_en": institution.get("name_en", ""),
                "institution_key": institution.get("key", ""),
                "maker": maker.get("name") or row["maker_text"],
                "maker_en": maker.get("name_en") or row["maker_text"],
                "model": row["model"],
                "bookable": row["bookable"],
                "class": row["class_code"],
                **where(row),
            },
            **numbers,
        )

    def _facility(self, row: Row) -> tantivy.Document:
        institution = self._institutions.get(row["institution_id"]) or {}
        return self._document(
            "facility",
            row,
            name=[row["name"], row["name_en"]],
            place=[*owner_names(institution), *place_names(row)],
            text=[row["description"]],
            codes=place_codes(row),
            show={
                "institution": institution.get("name", ""),
                "institution_en": institution.get("name_en", ""),
                "institution_key": institution.get("key", ""),
                **where(row),
            },
        )

    def _institution(self, row: Row) -> tantivy.Document:
        return self._document(
            "institution",
            row,
            name=[row["name"], row["name_en"], *row["aliases"]],
            place=place_names(row),
            codes=place_codes(row),
            show={
                "institution": row["name"],
                "institution_en": row["name_en"],
                "institution_key": row["key"],
                **where(row),
            },
        )

    def _service(self, row: Row) -> tantivy.Document:
        facility = self._facilities.get(row["facility_id"]) or {}
        institution = self._institutions.get(row["institution_id"]) or {}
        placed = facility if facility.get("country") else institution
        return self._document(
            "service",
            row,
            name=[row["name"], row["name_en"]],
            place=[*owner_names(institution, facility), *place_names(placed)],
            text=[row["description"], *technique_names(tuple(row["techniques"])), *row["sample_types"]],
            codes=place_codes(placed),
            show={
                "institution": institution.get("name", ""),
                "institution_en": institution.get("name_en", ""),
                "institution_key": institution.get("key", ""),
                **where(placed),
            },
        )


KINDS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "instrument": (
        Instrument,
        (
            *_RECORD,
            *_PLACED,
            *("institution_id", "facility_id", "maker_id", "maker_text", "model", "serial", "class_code"),
            *("techniques", "capabilities", "description", "shared", "bookable", "value_cny"),
        ),
    ),
    "facility": (Facility, (*_RECORD, *_PLACED, "institution_id", "description")),
    "institution": (Institution, (*_RECORD, *_PLACED, "aliases")),
    "service": (Service, (*_RECORD, "institution_id", "facility_id", "techniques", "sample_types", "description")),
}
"""Each kind of record that is searched: its model and the columns that are read."""


def owner_names(*owners: Row) -> list[str]:
    """The names of institution and facility."""
    return [name for owner in owners for name in (owner.get("name"), owner.get("name_en")) if name]


@lru_cache(maxsize=2048)
def class_names(code: str) -> tuple[str, ...]:
    """The names of the class and of the middle class above it; the large class would match everything."""
    found = []
    entry = classes().get(code)
    while entry is not None and entry.level > 1:
        found += [entry.label("zh-hans"), entry.label("en"), *entry.aliases]
        entry = classes().get(entry.parent)
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=2048)
def class_codes(code: str) -> tuple[str, ...]:
    """The prefixes that a filter by class may name: 2, 4 and 6 digits."""
    return tuple(dict.fromkeys((code[:2], code[:4], class_prefix(code), code))) if code else ()


@lru_cache(maxsize=4096)
def technique_names(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Labels and abbreviations of the techniques."""
    known = [techniques()[key] for key in keys if key in techniques()]
    return tuple(name for t in known for name in (t.label_en, *t.labels_zh, *t.abbreviations))


def place_names(row: Row) -> list[str]:
    """City, province and country in Chinese and English."""
    names: list[str] = []
    for code in division_codes(row.get("country", ""), row.get("province", ""), row.get("city", "")):
        if entry := place(code):
            names += [entry.name_zh, entry.name_en]
    return [*dict.fromkeys((row.get("city", ""), *names))]


def place_codes(row: Row) -> dict[str, tuple[str, ...]]:
    """Codes for the filter (every level) and for the facets (province where there is one, else country)."""
    codes = division_codes(row.get("country", ""), row.get("province", ""), row.get("city", ""))
    country, province = row.get("country", ""), row.get("province", "")
    return {"country": (country,), "region": (province or country,), "where": codes}


@lru_cache(maxsize=20_000)
def division_codes(country: str, province: str, city: str) -> tuple[str, ...]:
    """The codes of country, province and city; the city's only if it lies in that province."""
    found = find_place(city) if city and province else None
    inside = found if found and found.isdigit() and found[:2] == province[:2] and found != province else ""
    return tuple(code for code in (country, province, inside) if code)


def where(row: Row) -> Row:
    """What a hit says of its place."""
    return {
        "country": row.get("country", ""),
        "province": row.get("province", ""),
        "city": row.get("city", ""),
        "point": [row["latitude"], row["longitude"]] if row.get("latitude") is not None else None,
    }
