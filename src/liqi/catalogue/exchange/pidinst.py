"""PIDINST 1.0: persistent identification of instruments, as JSON and as XML, read and written.

Both forms are one document; XML is turned into the JSON form and checked against the schemas of the working group.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema
from lxml import etree

from liqi.catalogue.exchange import _cells as cells
from liqi.catalogue.exchange._draft import Draft, UnreadableFile
from liqi.catalogue.exchange._text import decode
from liqi.catalogue.models import Instrument
from liqi.taxonomy import CLASS_EDITION, CLASS_SCHEME, find_class, label, term_for

SOURCE = "PIDINST"
SCHEMA_VERSION = "1.0"
CLASS_TYPE = f"{CLASS_SCHEME}/{CLASS_EDITION}"
UNSAYABLE = (
    *("value_cny", "made_in", "country", "province", "city", "latitude", "status", "techniques", "shared"),
    *("opening_hours", "price_cny_per_hour", "facility_id"),
)
"""Fields of ours that PIDINST has no place for."""
_LISTS = {
    "owners": "owner",
    "manufacturers": "manufacturer",
    "instrumentTypes": "instrumentType",
    "measuredVariables": "measuredVariable",
    "dates": "date",
    "relatedIdentifiers": "relatedIdentifier",
    "alternateIdentifiers": "alternateIdentifier",
}
Document = dict[str, Any]


def recognises(text: str) -> bool:
    """Whether it is XML with the root `instrument`, or JSON with the schema's required keys."""
    start = text[:4000].lstrip()
    if start.startswith("<"):
        return "<instrument" in start
    return start[:1] in ("{", "[") and '"landingPage"' in text and '"manufacturers"' in text


def read(content: bytes, mapping: Mapping[str, str] | None = None) -> Iterator[Draft]:
    """One draft an instrument: a single record, a JSON list of records, or XML."""
    text = decode(content).strip()
    documents = [_from_xml(text)] if text.startswith("<") else _from_json(text)
    for place, document in enumerate(documents, start=1):
        draft = Draft(place, "instrument", {}, "", document if isinstance(document, dict) else {"found": document})
        problems = sorted(_validator().iter_errors(document), key=lambda problem: problem.json_path)
        for problem in problems:
            draft.reject(
                problem.json_path, "schema", f"found {problem.message[:200]}; expected PIDINST {SCHEMA_VERSION}."
            )
        if not problems:
            _fill(draft, document)
        yield draft


def write(instruments: Sequence[Instrument], form: str, site: str) -> tuple[dict[str, bytes], list[dict[str, str]]]:
    """Files by name in the form "json" or "xml", and what could not be said: record, field, reason.

    `site` is the address that landing pages begin with, for instruments that name none of their own.
    """
    made: dict[str, bytes] = {}
    losses: list[dict[str, str]] = []
    for one in instruments:
        document, lost = document_of(one, site)
        losses += lost
        made[f"{one.key}.{form}"] = _xml(document) if form == "xml" else _json(document)
    return made, losses


def document_of(one: Instrument, site: str) -> tuple[Document, list[dict[str, str]]]:
    """The instrument as a PIDINST document, and the losses."""
    losses = [
        {"record": one.key, "field": name.removesuffix("_id"), "reason": "PIDINST 1.0 has no place for it"}
        for name in UNSAYABLE
        if getattr(one, name) not in (None, "", [], {}, False, "unknown")
    ]
    kept = one.source_row if isinstance(one.source_row.get("owners"), list) else {}
    document: Document = {
        "identifier": _identifier(one),
        "schemaVersion": SCHEMA_VERSION,
        "landingPage": one.website or f"{site.rstrip('/')}/instruments/{one.key}/",
        "name": one.name,
        "owners": _owners(one, kept, losses),
        "manufacturers": _manufacturers(one, kept, losses),
    }
    if one.model:
        identified = kept.get("model", {}).get("modelIdentifier")
        document["model"] = {"modelName": one.model} | ({"modelIdentifier": identified} if identified else {})
    if one.description:
        document["description"] = one.description
    document |= _typed(one, kept) | _measured(one) | _dated(one, kept) | _identified(one)
    return document, losses


def _from_json(text: str) -> list[Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise UnreadableFile(f"found JSON that cannot be parsed ({problem}); export the record again.") from None
    return found if isinstance(found, list) else [found]


def _from_xml(text: str) -> Document:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as problem:
        raise UnreadableFile(f"found XML that cannot be parsed ({problem}); export the record again.") from None
    info: Any = root.getroottree().docinfo
    if info.doctype:
        raise UnreadableFile("found a document type of its own in the XML; expected a plain record; take it out.")
    if not _xsd().validate(root):
        errors: Any = _xsd().error_log
        first = errors[0]
        raise UnreadableFile(f"found {first.message}; expected PIDINST {SCHEMA_VERSION} XML.")
    return {str(child.tag): _value(child) for child in root}


def _value(element: Any) -> Any:
    tag = str(element.tag)
    if tag in _LISTS:
        return [_value(child) for child in element]
    text = (element.text or "").strip()
    if element.attrib:
        return {tag: text, **{str(key): str(value) for key, value in element.attrib.items()}}
    if len(element):
        return {str(child.tag): _value(child) for child in element}
    return text


def _json(document: Document) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


def _xml(document: Document) -> bytes:
    root = etree.Element("instrument")
    for tag, value in document.items():
        _append(root, tag, value)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _append(parent: Any, tag: str, value: Any) -> None:
    element = etree.SubElement(parent, tag)
    if isinstance(value, list):
        for item in value:
            _append(element, _LISTS[tag], item)
    elif isinstance(value, dict) and tag in value:
        element.text = value[tag]
        for key, attribute in value.items():
            if key != tag:
                element.set(key, attribute)
    elif isinstance(value, dict):
        for child, inner in value.items():
            _append(element, child, inner)
    else:
        element.text = str(value)


@cache
def _validator() -> jsonschema.Draft202012Validator:
    text = files("liqi.catalogue.exchange").joinpath("schemas", "pidinst-schema-1_0.schema.json").read_text("utf-8")
    return jsonschema.Draft202012Validator(json.loads(text))


@cache
def _xsd() -> etree.XMLSchema:
    content = files("liqi.catalogue.exchange").joinpath("schemas", "pidinst-schema-1_0.xsd").read_bytes()
    return etree.XMLSchema(etree.fromstring(content))


def _fill(draft: Draft, document: Document) -> None:
    identifier = document["identifier"]
    owner, maker = document["owners"][0], document["manufacturers"][0]
    ror = owner.get("ownerIdentifier", {})
    is_ror = ror.get("ownerIdentifierType", "").upper() == "ROR"
    draft.ref = f"{identifier['identifierType']}:{identifier['identifier']}"
    draft.fields |= {
        "name": document["name"][:300],
        "description": document.get("description", ""),
        "model": document.get("model", {}).get("modelName", "")[:200],
        "maker": maker["manufacturerName"],
        "institution": {
            "name": owner["ownerName"],
            "name_en": owner["ownerName"],
            "ror_id": f"https://ror.org/{ror['ownerIdentifier'].rsplit('/', 1)[-1]}" if is_ror else "",
        },
        "identifiers": _all_identifiers(document),
        "capabilities": [{"quantity": name, "value": "", "unit": ""} for name in document.get("measuredVariables", [])],
        "website": document["landingPage"][:300],
    }
    if not document["name"].strip():
        draft.reject("$.name", "name_missing", "found an empty name; expected one.")
    serials = [a for a in document.get("alternateIdentifiers", []) if a["alternateIdentifierType"] == "SerialNumber"]
    if serials:
        draft.fields["serial"] = serials[0]["alternateIdentifier"][:120]
    for entry in document.get("dates", []):
        if entry["dateType"] == "Commissioned":
            cells.day(draft, "acquired_on", entry["date"])
        else:
            draft.fields["status"] = "retired"
    _class(draft, document)


def _class(draft: Draft, document: Document) -> None:
    for kind in document.get("instrumentTypes", []):
        code = kind.get("instrumentTypeIdentifier", {})
        if code.get("instrumentTypeIdentifierType") == CLASS_TYPE:
            cells.class_fields(draft, code["instrumentTypeIdentifier"])
            return
        name = kind["instrumentTypeName"]
        term = term_for(name)
        if found := find_class(name) or (term.class_code if term else None):
            cells.class_fields(draft, found)
            return


def _all_identifiers(document: Document) -> list[dict[str, str]]:
    identifier = document["identifier"]
    found = [{"type": identifier["identifierType"], "value": identifier["identifier"], "relation": "IsPrimary"}]
    for other in document.get("alternateIdentifiers", []):
        entry = {
            "type": other["alternateIdentifierType"],
            "value": other["alternateIdentifier"],
            "relation": "Alternate",
        }
        named = other.get("alternateIdentifierName")
        found.append(entry | ({"name": named} if named else {}))
    for other in document.get("relatedIdentifiers", []):
        entry = {
            "type": other["relatedIdentifierType"],
            "value": other["relatedIdentifier"],
            "relation": other["relationType"],
        }
        named = other.get("relatedIdentifierName")
        found.append(entry | ({"name": named} if named else {}))
    return found


def _identifier(one: Instrument) -> Document:
    primary = next((entry for entry in one.identifiers if entry.get("relation") == "IsPrimary"), None)
    if primary is None:
        return {"identifier": one.key, "identifierType": "Liqi key"}
    return {"identifier": primary["value"], "identifierType": primary["type"]}


def _owners(one: Instrument, kept: Document, losses: list[dict[str, str]]) -> list[Document]:
    if one.institution is None:
        losses.append(
            {"record": one.key, "field": "institution", "reason": "PIDINST asks for an owner; none is recorded"}
        )
        return [{"ownerName": "unknown"}]
    name = one.institution.name_en or one.institution.name
    before = kept.get("owners", [])
    if before and one.institution.name in (before[0]["ownerName"], name):
        return list(before)
    if before and before[0].get("ownerIdentifier", {}).get("ownerIdentifier", "?") in (one.institution.ror_id or ""):
        return list(before)
    ror = (one.institution.ror_id or "").rsplit("/", 1)[-1]
    identified = {"ownerIdentifier": {"ownerIdentifier": ror, "ownerIdentifierType": "ROR"}} if ror else {}
    return [{"ownerName": name, **identified}]


def _manufacturers(one: Instrument, kept: Document, losses: list[dict[str, str]]) -> list[Document]:
    before = kept.get("manufacturers", [])
    if before and before[0]["manufacturerName"] == one.maker_text:
        return list(before)
    name = one.maker_text or (one.maker.name_en or one.maker.name if one.maker else "")
    if not name:
        losses.append(
            {"record": one.key, "field": "maker", "reason": "PIDINST asks for a manufacturer; none is recorded"}
        )
    return [{"manufacturerName": name or "unknown"}]


def _typed(one: Instrument, kept: Document) -> Document:
    if kept.get("instrumentTypes"):
        return {"instrumentTypes": kept["instrumentTypes"]}
    if not one.class_code:
        return {}
    code = {"instrumentTypeIdentifier": one.class_code, "instrumentTypeIdentifierType": CLASS_TYPE}
    return {"instrumentTypes": [{"instrumentTypeName": label(one.class_code, "en"), "instrumentTypeIdentifier": code}]}


def _measured(one: Instrument) -> Document:
    names = [str(entry["quantity"]) for entry in one.capabilities if entry.get("quantity")]
    return {"measuredVariables": names} if names else {}


def _dated(one: Instrument, kept: Document) -> Document:
    found = [entry for entry in kept.get("dates", []) if entry["dateType"] != "Commissioned"]
    if one.acquired_on:
        found.insert(0, {"date": one.acquired_on.isoformat(), "dateType": "Commissioned"})
    return {"dates": found} if found else {}


def _identified(one: Instrument) -> Document:
    related, alternate = [], []
    for entry in one.identifiers:
        relation = entry.get("relation", "Alternate")
        named = entry.get("name")
        if relation == "Alternate":
            kind = entry["type"] if entry["type"] in ("SerialNumber", "InventoryNumber", "Other") else "Other"
            item = {"alternateIdentifier": entry["value"], "alternateIdentifierType": kind}
            if kind == "Other" and not named and entry["type"] != "Other":
                named = entry["type"]
            alternate.append(item | ({"alternateIdentifierName": named} if named else {}))
        elif relation != "IsPrimary":
            item = {
                "relatedIdentifier": entry["value"],
                "relatedIdentifierType": entry["type"],
                "relationType": relation,
            }
            related.append(item | ({"relatedIdentifierName": named} if named else {}))
    if one.serial and not any(item["alternateIdentifierType"] == "SerialNumber" for item in alternate):
        alternate.append({"alternateIdentifier": one.serial, "alternateIdentifierType": "SerialNumber"})
    found: Document = {}
    if related:
        found["relatedIdentifiers"] = related
    if alternate:
        found["alternateIdentifiers"] = alternate
    return found
