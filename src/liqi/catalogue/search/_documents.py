"""Records of the catalogue as documents of the index."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from json import JSONEncoder
from json.encoder import encode_basestring as quoted
from typing import Any

import tantivy

from liqi.catalogue.models import Facility, Institution, Instrument, Maker, Service
from liqi.catalogue.search import _facts, _rows
from liqi.catalogue.search._concepts import NONE, all_standing, terms_of, terms_of_name
from liqi.catalogue.search._names import (
    TEXT_SHOWN,
    Row,
    class_codes,
    class_names,
    division_codes,
    owner_names,
    place_names,
    technique_names,
)
from liqi.catalogue.search._rows import Owners
from liqi.catalogue.search._said import BOUNDARY, Said, filled, measured, said, said_one, together
from liqi.catalogue.search._schema import CAN, COLUMNS, GRAMS, SCHEMA, WHOLE
from liqi.catalogue.search._tokens import squashed
from liqi.taxonomy import STAGES

_PLACED = ("country", "province", "city", "latitude", "longitude")
_RECORD = ("id", "key", "name", "name_en", "synthetic", "source", "confirmed_on", "created_at")
_CHUNK = 5000
_json = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_nothing: Row = {}


class Documents:
    """Turns rows of the catalogue into documents; `every` reads all owners first, for a whole index."""

    def __init__(self, *, today: date, tiers: Sequence[float] = (), every: bool = True) -> None:
        self._today, self._tiers, self._every = today, tiers, every
        self._institutions = Owners(Institution, (*_PLACED, "kind"), every=every)
        self._facilities = Owners(Facility, (*_PLACED, "kind", *STAGES), every=every)
        self._makers = Owners(Maker, ("aliases", "brand_country"), every=every)
        self._label = lru_cache(maxsize=100_000)(self._label_of)
        self._place = lru_cache(maxsize=200_000)(self._place_of)
        self._owned = lru_cache(maxsize=100_000)(self._owned_by)

    def of(self, kind: str, keys: Iterable[str] | None = None, *, ids: range | None = None) -> Iterator[Any]:
        """The records of a kind: those with these keys, those with an id of the range, or all of them."""
        model, fields = KINDS[kind]
        build: Callable[[Row], Any] = getattr(self, f"_{kind}")
        rows = _rows.of(model, fields)
        if ids is not None:
            rows = rows.filter(id__gte=ids.start, id__lt=ids.stop)
        if keys is None:
            yield from map(build, map(_rows.read, rows.iterator(chunk_size=_CHUNK)))
            return
        some = [_rows.read(row) for row in rows.filter(key__in=list(keys))]
        for name, owners in (("institution_id", self._institutions), ("facility_id", self._facilities)):
            owners.need(row.get(name) for row in some)
        self._makers.need(row.get("maker_id") for row in some)
        yield from map(build, some)

    def qualities(self, kind: str, every: int) -> list[float]:
        """The quality of every n-th record of a kind."""
        model, fields = KINDS[kind]
        ids = list(model.objects.order_by("id").values_list("id", flat=True))[::every]
        found: list[float] = []
        for at in range(0, len(ids), 500):
            rows = _rows.of(model, fields).filter(id__in=ids[at : at + 500])
            found += [_facts.quality(_rows.read(row), self._today) for row in rows]
        return found

    def _document(
        self, kind: str, row: Row, *, names: list[str], label: Said, place: Said, text: Said,
        exact: Iterable[str] = (), facts: dict[str, list[Any]], show: str, shown_text: str,
    ) -> tantivy.Document:  # fmt: skip
        name = said(tuple(names))
        same = {squashed(row["key"]), *name.squashed, *map(squashed, exact)} - {""}
        quality = _facts.quality(row, self._today)
        stand = all_standing((name.phrases, label.phrases, place.phrases, text.phrases))
        fields: dict[str, list[Any]] = {
            **_BLANK,
            **facts,
            "kind": [kind],
            "key": [f"{kind}:{row['key']}"],
            "source": [row["source"]],
            "squashed": [*same],
            "point": [_facts.point(row)],
            "row": [row["id"] * len(KINDS) + NUMBER[kind]],
            "added": [_rows.second(row["created_at_text"])],
            "spelling": [_facts.spelling(row["name"])],
            "weight": [_facts.weight(row, self._today)],
            "tier": [str(sum(quality < limit for limit in self._tiers))],
            WHOLE: [f" {BOUNDARY} ".join((name.tokens, label.tokens, place.tokens, text.tokens))],
            GRAMS: [f"{name.grams} {label.grams} {place.grams} {text.grams} {terms_of(name.phrases, stand)}"],
            "name": [f"{name.tokens} {terms_of_name(name.phrases)}"],
            "label": [f"{label.tokens} {terms_of(NONE, label.phrases)}"],
        }
        own = (
            f'{{"key":{quoted(row["key"])},"kind":"{kind}","synthetic":{"true" if row["synthetic"] else "false"},'
            f'"names":[{",".join(map(quoted, names))}],"name":{quoted(row["name"])},'
            f'"name_en":{quoted(row["name_en"])},"text":{quoted(shown_text)}'
        )
        fields["show"] = [f"{own},{show}}}".encode()]
        return tantivy.Document.from_dict(fields, SCHEMA)

    def _instrument(self, row: Row) -> tantivy.Document:
        maker, code = self._makers[row["maker_id"]], row["class_code"]
        label, maker_json = self._label(row["maker_id"], row["maker_text"], code)
        place, place_json = self._place(
            row["institution_id"], row["facility_id"], row["country"], row["province"], row["city"]
        )
        techniques = tuple(row["techniques"])
        texts = filled(
            *(row["description"], row["functions"], row["specification"], row["service_content"]),
            *(*row["keywords"], *row["measured_variables"]),
            *(measured(one) for one in row["capabilities"]),
        )
        year, value = _facts.year(row), row["value"]
        facts: dict[str, list[Any]] = {
            **self._owned(row["institution_id"], row["facility_id"], row["country"], row["province"], row["city"]),
            "class": [code],
            "class_below": list(class_codes(code)),
            "maker": [maker.get("key", "")],
            "origin": [maker.get("brand_country", "")],
            "made_in": [row["made_in"]],
            "technique": list(techniques),
            "value": [_facts.band(value)],
            "year": [str(year or "")],
            "shared": [str(int(row["shared"]))],
            "bookable": [str(int(row["bookable"]))],
            "status": [row["status"]],
        }
        if value is not None:
            facts["value_cny"] = [value]
        if year:
            facts["built_year"] = [float(year)]
        if row["capabilities"] and (can := _facts.abilities(row["capabilities"])):
            facts[CAN] = [can]
        return self._document(
            "instrument",
            row,
            names=filled(row["name"], row["name_en"], row["model"]),
            label=label,
            place=place,
            text=together(*map(said_one, texts), said(technique_names(techniques))),
            exact=(code, row["serial"]),
            facts=facts,
            show=f'{maker_json},{place_json},{where(row)},"model":{quoted(row["model"])},"class":{quoted(code)},'
            f'"bookable":{"true" if row["bookable"] else "false"},"techniques":{_rows.shown(techniques)}',
            shown_text=" ".join(texts)[:TEXT_SHOWN],
        )

    def _plain(
        self, kind: str, row: Row, placed: Row, *, names: Iterable[str], texts: Iterable[str] = (), **facts: list[Any]
    ) -> tantivy.Document:
        """A record without maker and class."""
        institution_id = row["id"] if kind == "institution" else row["institution_id"]
        facility_id = row["id"] if kind == "facility" else row.get("facility_id")
        here = (placed.get("country", ""), placed.get("province", ""), placed.get("city", ""))
        place, place_json = self._place(institution_id, row.get("facility_id"), *here)
        if kind == "institution":
            place = said(place_names(*here))
        techniques = tuple(row.get("techniques", ()))
        said_texts = filled(*texts)
        return self._document(
            kind,
            {**row, "latitude": placed.get("latitude"), "longitude": placed.get("longitude")},
            names=filled(*names),
            label=said(()),
            place=place,
            text=together(*map(said_one, said_texts), said(technique_names(techniques))),
            facts={**self._owned(institution_id, facility_id, *here), "technique": list(techniques), **facts},
            show=f'"makers":[],"maker":"","maker_en":"",{place_json},{where(placed)},"model":"","class":"",'
            f'"bookable":false,"techniques":{_rows.shown(techniques)}',
            shown_text=" ".join(said_texts)[:TEXT_SHOWN],
        )

    def _facility(self, row: Row) -> tantivy.Document:
        self._facilities.need([row["id"]])
        texts = (row["description"], row["functions"], row["specification"])
        names = (row["name"], row["name_en"], row["acronym"])
        return self._plain("facility", row, row, names=names, texts=texts, status=[row["status"]])

    def _institution(self, row: Row) -> tantivy.Document:
        self._institutions.need([row["id"]])
        return self._plain("institution", row, row, names=(row["name"], row["name_en"], *row["aliases"]))

    def _service(self, row: Row) -> tantivy.Document:
        facility, institution = self._facilities[row["facility_id"]], self._institutions[row["institution_id"]]
        placed = facility if facility.get("country") else institution
        texts = (row["description"], *row["sample_types"])
        return self._plain("service", row, placed, names=(row["name"], row["name_en"]), texts=texts)

    def _label_of(self, maker_id: int | None, maker_text: str, code: str) -> tuple[Said, str]:
        maker = self._makers[maker_id]
        names = filled(maker.get("name"), maker.get("name_en"), *maker.get("aliases", ()), maker_text)
        shown = {
            "makers": names,
            "maker": maker.get("name") or maker_text,
            "maker_en": maker.get("name_en") or maker_text,
        }
        return said((*names, *class_names(code))), _json(shown)[1:-1]

    def _place_of(
        self, institution_id: int | None, facility_id: int | None, country: str, province: str, city: str
    ) -> tuple[Said, str]:
        institution = self._institutions[institution_id]
        owners = owner_names(institution, self._facilities[facility_id])
        shown = {
            "owners": owners,
            "institution": institution.get("name", ""),
            "institution_en": institution.get("name_en", ""),
            "institution_key": institution.get("key", ""),
            "country": country,
            "province": province,
            "city": city,
        }
        return said((*owners, *place_names(country, province, city))), _json(shown)[1:-1]

    def _owned_by(
        self, institution_id: int | None, facility_id: int | None, country: str, province: str, city: str
    ) -> dict[str, list[Any]]:
        institution, facility = self._institutions[institution_id], self._facilities[facility_id]
        return {
            "country": [country],
            "region": [province or country],
            "where": list(division_codes(country, province, city)),
            "owner": [institution.get("kind", "")],
            "facility": [facility.get("kind", "")],
            "stage": facility.get("stages", []),
        }


_TEXTS = ("description", "functions", "specification")
KINDS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "instrument": (
        Instrument,
        (
            *(*_RECORD, *_PLACED, *_TEXTS, "service_content", "keywords", "measured_variables"),
            *("institution_id", "facility_id", "maker_id", "maker_text", "model", "serial", "class_code"),
            *("techniques", "capabilities", "shared", "bookable", "value_cny", "made_in", "status"),
            *("built_year", "acquired_on"),
        ),
    ),
    "facility": (Facility, (*_RECORD, *_PLACED, *_TEXTS, "institution_id", "acronym", "status")),
    "institution": (Institution, (*_RECORD, *_PLACED, "aliases")),
    "service": (Service, (*_RECORD, "institution_id", "facility_id", "techniques", "sample_types", "description")),
}
"""Each kind of record that is searched: its model and the columns that are read."""

NUMBER = {kind: number for number, kind in enumerate(KINDS)}
_BLANK: dict[str, list[Any]] = {field: [""] for field in COLUMNS}


def where(row: Row) -> str:
    """The point of a hit, as JSON."""
    if row.get("latitude") is None:
        return '"point":null'
    return f'"point":[{row["latitude"]},{row["longitude"]}]'


__all__ = ["KINDS", "NUMBER", "Documents"]
