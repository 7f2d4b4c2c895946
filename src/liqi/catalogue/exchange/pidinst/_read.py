"""PIDINST documents to drafts."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from liqi.catalogue.exchange import _cells as cells
from liqi.catalogue.exchange._draft import Draft
from liqi.catalogue.exchange._facts import UNKNOWN, as_code
from liqi.catalogue.exchange._incoming import Incoming
from liqi.catalogue.exchange._look import Look
from liqi.catalogue.exchange._text import decode
from liqi.catalogue.exchange.pidinst._forms import SCHEMA_VERSION, Document, from_json, from_xml, validator
from liqi.catalogue.exchange.pidinst._handle_record import PREFIX
from liqi.taxonomy import CLASS_SCHEME, bare_identifier, find_doi


def recognises(look: Look) -> bool:
    """Whether it is XML with the root `instrument`, or JSON with the schema's required keys or ePIC's types."""
    if look.shape == "xml":
        return look.root == "instrument"
    has_keys = '"landingPage"' in look.text and '"manufacturers"' in look.text
    return look.shape == "json" and (has_keys or f'"{PREFIX}' in look.text)


def read(content: bytes | Incoming, mapping: Mapping[str, str] | None = None) -> Iterator[Draft]:
    """One draft an instrument: a single record, a JSON list of records, or XML."""
    text = decode(content).strip()
    documents = [from_xml(text)] if text.startswith("<") else from_json(text)
    for place, document in enumerate(documents, start=1):
        draft = Draft(place, "instrument", {}, "", {"found": document})
        problems = sorted(validator().iter_errors(document), key=lambda problem: problem.json_path)
        for problem in problems:
            draft.reject(
                problem.json_path,
                "schema",
                _("found %(found)s; expected PIDINST %(schema_version)s.")
                % {"found": problem.message[:200], "schema_version": SCHEMA_VERSION},
            )
        if not problems and isinstance(document, dict):
            draft.raw = _without_contacts(draft, document)
            _fill(draft, document)
        yield draft


def _without_contacts(draft: Draft, document: Document) -> Document:
    """The document as it is kept: contacts of owners are private until somebody marks them public."""
    kept = copy.deepcopy(document)
    dropped = [owner.pop("ownerContact", None) for owner in kept["owners"]]
    if any(dropped):
        draft.remark("$.owners", "contact_dropped", _("found a contact of an owner; not kept: contacts are private."))
    return kept


def _fill(draft: Draft, document: Document) -> None:
    identifier = document["identifier"]
    draft.ref = f"{identifier['identifierType']}:{identifier['identifier']}"[:300]
    draft.fields |= {
        "name": document["name"].strip()[:300],
        "description": document.get("description", ""),
        "model": document.get("model", {}).get("modelName", "")[:200],
        "measured_variables": [name for name in document.get("measuredVariables", []) if name.strip()],
        "website": document["landingPage"][:300] if document["landingPage"].startswith(("http:", "https:")) else "",
    }
    if not draft.fields["name"]:
        draft.reject("$.name", "name_missing", _("found an empty name; expected one."))
    _who(draft, document)
    _identifiers(draft, document)
    _days(draft, document)
    _types(draft, document)


def _who(draft: Draft, document: Document) -> None:
    owner, maker = document["owners"][0], document["manufacturers"][0]["manufacturerName"].strip()
    name, ror = owner["ownerName"].strip(), owner.get("ownerIdentifier", {})
    is_ror = ror.get("ownerIdentifierType", "").upper() == "ROR"
    if maker and maker.lower() not in UNKNOWN:
        draft.fields["maker"] = maker
    if name and name.lower() not in UNKNOWN:
        draft.fields["institution"] = {
            "name": name,
            "name_en": name if name.isascii() else "",
            "ror_id": f"https://ror.org/{ror['ownerIdentifier'].rsplit('/', 1)[-1]}" if is_ror else "",
        }


def _identifiers(draft: Draft, document: Document) -> None:
    """DOI, Handle and serial number go to their fields, all others to the list."""
    identifier = document["identifier"]
    kept: list[dict[str, str]] = []
    _one_identifier(draft, kept, identifier["identifierType"], identifier["identifier"])
    for other in document.get("alternateIdentifiers", []):
        kind, value = other["alternateIdentifierType"], other["alternateIdentifier"]
        if kind == "SerialNumber" and "serial" not in draft.fields:
            draft.fields["serial"] = value[:120]
            continue
        named = other.get("alternateIdentifierName", "")
        _one_identifier(draft, kept, named if kind == "Other" and named else kind, value)
    draft.fields["identifiers"] = kept
    draft.fields["related"] = [
        {
            "relation": other["relationType"],
            "identifier": other["relatedIdentifier"],
            "type": other["relatedIdentifierType"],
        }
        for other in document.get("relatedIdentifiers", [])
    ]


def _one_identifier(draft: Draft, kept: list[dict[str, str]], kind: str, value: str) -> None:
    if kind.upper() == "DOI" and (doi := find_doi(value)) and "doi" not in draft.fields:
        draft.fields["doi"] = doi
    elif kind.upper() == "HANDLE" and value.strip() and "handle" not in draft.fields:
        draft.fields["handle"] = bare_identifier(value)[:200]
    else:
        kept.append({"type": kind, "value": value})


def _days(draft: Draft, document: Document) -> None:
    fields = {"Commissioned": "commissioned_on", "DeCommissioned": "decommissioned_on"}
    for entry in document.get("dates", []):
        cells.day(draft, fields[entry["dateType"]], entry["date"])
        if entry["dateType"] == "DeCommissioned":
            draft.fields["status"] = "retired"


def _types(draft: Draft, document: Document) -> None:
    """The class, where a type says it by our scheme or by a name we know; codes of other schemes beside it."""
    named: list[str] = []
    others: list[dict[str, str]] = []
    for kind in document.get("instrumentTypes", []):
        code: dict[str, Any] = kind.get("instrumentTypeIdentifier", {})
        scheme = code.get("instrumentTypeIdentifierType", "")
        if scheme.startswith(f"{CLASS_SCHEME}/") and "class_code" not in draft.fields:
            cells.class_fields(draft, code["instrumentTypeIdentifier"], scheme.partition("/")[2])
        elif "/" in scheme:
            others.append(as_code(scheme, code["instrumentTypeIdentifier"]))
        named.append(kind["instrumentTypeName"])
    if others:
        draft.fields["codes"] = others
    if "class_code" not in draft.fields:
        cells.typed_class(draft, "instrumentTypes", named)
