"""DataCite JSON to drafts: the document itself, a list of them, or the answer of DataCite's own interface."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema
from django.utils.translation import gettext as _

from liqi.catalogue.exchange import _cells as cells
from liqi.catalogue.exchange import _facts as facts
from liqi.catalogue.exchange import _places as places
from liqi.catalogue.exchange._draft import ContentRefs, Draft, UnreadableFile
from liqi.catalogue.exchange._incoming import Incoming
from liqi.catalogue.exchange._look import Look
from liqi.catalogue.exchange._text import decode
from liqi.catalogue.exchange.datacite._write import (
    FACILITY_KIND,
    MODEL,
    RELATIONS,
    RESOURCE_TYPES,
    SUBJECTS,
    SYNTHETIC,
    TECHNIQUES,
    TYPE,
    VARIABLE,
    Document,
)
from liqi.taxonomy import CLASS_SCHEME, FACILITY_KINDS, bare_identifier, find_doi, find_place, techniques

_TEXT = {"type": "string"}


def _entries(*required: str) -> dict[str, Any]:
    return {
        "type": "array",
        "items": {"type": "object", "required": list(required), "properties": dict.fromkeys(required, _TEXT)},
    }


_SHAPE = jsonschema.Draft202012Validator(
    {
        "type": "object",
        "required": ["titles", "types"],
        "properties": {
            "doi": {"type": ["string", "null"]},
            "url": {"type": ["string", "null"]},
            "titles": {**_entries("title"), "minItems": 1},
            "types": {"type": "object", "required": ["resourceTypeGeneral"]},
            "creators": _entries("name"),
            "contributors": _entries("name"),
            "publisher": {"type": ["object", "string", "null"]},
            "subjects": _entries("subject"),
            "dates": _entries("date", "dateType"),
            "alternateIdentifiers": _entries("alternateIdentifier", "alternateIdentifierType"),
            "relatedIdentifiers": _entries("relatedIdentifier", "relatedIdentifierType", "relationType"),
            "descriptions": _entries("description", "descriptionType"),
            "geoLocations": {"type": "array", "items": {"type": "object"}},
        },
    }
)
"""What the reader needs of the document; further properties are left alone."""
_OURS = {theirs: ours for ours, theirs in RELATIONS.items()}


def recognises(look: Look) -> bool:
    """Whether it is JSON that names DataCite's kernel, or has its titles and its general type of resource."""
    if look.shape != "json":
        return False
    return "datacite.org/schema/kernel" in look.text or (
        '"resourceTypeGeneral"' in look.text and '"titles"' in look.text
    )


def read(content: bytes | Incoming, mapping: Mapping[str, str] | None = None) -> Iterator[Draft]:
    """One draft a document; those that are no instrument and no facility are given back."""
    refs = ContentRefs()
    for place, document in enumerate(_documents(decode(content)), start=1):
        draft = Draft(place, "instrument", {}, "", document if isinstance(document, dict) else {"found": document})
        problems = sorted(_SHAPE.iter_errors(document), key=lambda problem: problem.json_path)
        for problem in problems[:20]:
            draft.reject(
                problem.json_path,
                "schema",
                _("found %(found)s; expected DataCite 4.5 JSON.") % {"found": problem.message[:200]},
            )
        if not problems:
            _fill(draft, document, refs)
        yield draft


def _documents(text: str) -> list[Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise UnreadableFile(
            _("found JSON that cannot be parsed (%(reason)s); expected one record or a list; export it again.")
            % {"reason": problem}
        ) from None
    if isinstance(found, dict) and "data" in found:
        found = found["data"]
    listed = found if isinstance(found, list) else [found]
    return [one["attributes"] if isinstance(one, dict) and "attributes" in one else one for one in listed]


def _fill(draft: Draft, document: Document, refs: ContentRefs) -> None:
    kinds = document["types"]
    if kinds.get("resourceType") == RESOURCE_TYPES["facility"]:
        draft.kind = "facility"
    elif kinds["resourceTypeGeneral"] != "Instrument":
        draft.reject(
            "$.types.resourceTypeGeneral",
            "not_an_instrument",
            _("found %(found)r; expected Instrument: leave this record out.")
            % {"found": str(kinds["resourceTypeGeneral"])[:60]},
        )
    doi, url = find_doi(document.get("doi") or ""), document.get("url") or ""
    draft.ref = (f"DOI:{doi}" if doi else url)[:300] or refs.ref({"document": json.dumps(document, sort_keys=True)})
    draft.fields |= {"doi": doi, "website": url[:300] if url.startswith(("http://", "https://")) else ""}
    _titles(draft, document)
    _who(draft, document)
    _identifiers(draft, document)
    _subjects(draft, document)
    _descriptions(draft, document)
    _dates(draft, document)
    _where(draft, document)


def _titles(draft: Draft, document: Document) -> None:
    main = next((one for one in document["titles"] if not one.get("titleType")), document["titles"][0])
    other = next((one for one in document["titles"] if one.get("titleType") == "TranslatedTitle"), None)
    name = main["title"].strip()
    if not name:
        draft.reject("$.titles", "name_missing", _("found an empty title; expected a name."))
    draft.fields["name"] = name[:300]
    if other or main.get("lang") == "en":
        draft.fields["name_en"] = (other["title"].strip() if other else name)[:300]


def _known(name: str) -> str:
    plain = name.strip()
    return "" if plain.lower() in facts.UNKNOWN else plain


def _who(draft: Draft, document: Document) -> None:
    creators = [name for one in document.get("creators", []) if (name := _known(one["name"]))]
    if creators and draft.kind == "instrument":
        draft.fields["maker"] = creators[0][:200]
    publisher = document.get("publisher")
    hosts = [one for one in document.get("contributors", []) if one.get("contributorType") == "HostingInstitution"]
    if not hosts and isinstance(publisher, dict) and isinstance(publisher.get("name"), str):
        hosts = [publisher]
    owner = hosts[0] if hosts else {"name": publisher if isinstance(publisher, str) else ""}
    if name := _known(owner["name"]):
        found = re.search(r"0[a-z0-9]{8}\b", _ror(owner))
        ror = f"https://ror.org/{found.group()}" if found else ""
        draft.fields["institution"] = {"name": name, "name_en": name if name.isascii() else "", "ror_id": ror}


def _ror(owner: Document) -> str:
    listed = owner.get("nameIdentifiers")
    for entry in listed if isinstance(listed, list) else []:
        if isinstance(entry, dict) and str(entry.get("nameIdentifierScheme", "")).upper() == "ROR":
            return str(entry.get("nameIdentifier", ""))
    if str(owner.get("publisherIdentifierScheme", "")).upper() == "ROR":
        return str(owner.get("publisherIdentifier", ""))
    return ""


def _identifiers(draft: Draft, document: Document) -> None:
    kept: list[dict[str, str]] = []
    for entry in document.get("alternateIdentifiers", []):
        kind, value = entry["alternateIdentifierType"], entry["alternateIdentifier"]
        if (
            kind.replace(" ", "").lower() == "serialnumber"
            and draft.kind == "instrument"
            and "serial" not in draft.fields
        ):
            draft.fields["serial"] = value[:120]
        elif kind.upper() == "HANDLE" and "handle" not in draft.fields:
            draft.fields["handle"] = bare_identifier(value)[:200]
        elif value:
            kept.append({"type": kind, "value": value})
    draft.fields["identifiers"] = kept
    if draft.kind == "instrument":
        draft.fields["related"] = [
            {
                "relation": _OURS[entry["relationType"]],
                "identifier": entry["relatedIdentifier"],
                "type": entry["relatedIdentifierType"],
            }
            for entry in document.get("relatedIdentifiers", [])
            if entry["relationType"] in _OURS
        ]


def _subjects(draft: Draft, document: Document) -> None:
    lists: dict[str, list[Any]] = {"techniques": [], "subjects": [], "keywords": [], "codes": []}
    for entry in document.get("subjects", []):
        scheme, code = str(entry.get("subjectScheme") or ""), str(entry.get("classificationCode") or "")
        if scheme.startswith(f"{CLASS_SCHEME}/") and draft.kind == "instrument" and "class_code" not in draft.fields:
            cells.class_fields(draft, code or entry["subject"], scheme.partition("/")[2])
        elif scheme == FACILITY_KIND and code in FACILITY_KINDS:
            draft.fields |= {"kind": code, "facility_class": FACILITY_KINDS[code].facility_class}
        elif scheme == TECHNIQUES and code in techniques():
            lists["techniques"].append(code)
        elif scheme == SUBJECTS:
            lists["subjects"].append(code or entry["subject"])
        elif scheme and code:
            lists["codes"].append(facts.as_code(scheme, code))
        else:
            lists["keywords"].append(entry["subject"])
    names = ("subjects", "codes") if draft.kind == "facility" else tuple(lists)
    draft.fields |= {name: lists[name] for name in names if lists[name]}
    if draft.kind == "facility":
        draft.fields = {"facility_class": "support", "kind": "service_platform"} | draft.fields


def _descriptions(draft: Draft, document: Document) -> None:
    variables, free, abstracts, kinds = [], [], [], []
    for entry in document.get("descriptions", []):
        text = entry["description"]
        if entry["descriptionType"] == "Abstract":
            abstracts.append(text)
        elif text == SYNTHETIC:
            draft.fields["synthetic"] = True
        elif entry["descriptionType"] != "TechnicalInfo":
            continue
        elif text.startswith(MODEL) and draft.kind == "instrument":
            draft.fields["model"] = text.removeprefix(MODEL).strip()[:200]
        elif text.startswith(VARIABLE):
            variables.append(text.removeprefix(VARIABLE))
        elif text.startswith(TYPE):
            kinds.append(text.removeprefix(TYPE))
        else:
            free.append(text)
    draft.fields |= {"description": "\n".join(abstracts), "specification": "\n".join(free)}
    if draft.kind != "instrument":
        return
    draft.fields["measured_variables"] = variables
    if "class_code" not in draft.fields:
        cells.typed_class(draft, "subjects", kinds)


def _dates(draft: Draft, document: Document) -> None:
    for entry in document.get("dates", []):
        kind, said = entry["dateType"], str(entry.get("dateInformation") or "").lower()
        begun, _slash, ended = entry["date"].partition("/")
        if draft.kind == "facility":
            if kind == "Created":
                cells.day(draft, "founded_on", begun)
        elif kind == "Available" or said in ("commissioned", "decommissioned"):
            if said == "decommissioned":
                begun, ended = "", begun
            cells.day(draft, "commissioned_on", begun)
            cells.day(draft, "decommissioned_on", ended)
        elif said == "acquired":
            cells.day(draft, "acquired_on", begun)
        elif kind == "Created" and re.fullmatch(r"\d{4}", begun):
            draft.fields["built_year"] = int(begun)
    if draft.fields.get("decommissioned_on"):
        draft.fields["status"] = "retired"


def _where(draft: Draft, document: Document) -> None:
    """Country, province and city of the first place, read from its end; and its point."""
    first: Document = next(iter(document.get("geoLocations", [])), {})
    names = [name.strip() for name in str(first.get("geoLocationPlace") or "").split(",") if name.strip()]
    if names and len(code := find_place(names[-1]) or "") == 2:
        draft.fields["country"] = code
        names.pop()
    if names and draft.fields.get("country") == "CN" and (code := find_place(names[-1]) or "").endswith("0000"):
        draft.fields["province"] = code
        names.pop()
    if names:
        draft.fields["city"] = ", ".join(names)[:120]
    point = first.get("geoLocationPoint")
    if isinstance(point, dict):
        places.point(draft, str(point.get("pointLatitude", "")), str(point.get("pointLongitude", "")))
