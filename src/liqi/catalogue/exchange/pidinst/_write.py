"""Instruments to PIDINST documents, and what such a document cannot say."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi.catalogue.exchange import _facts as facts
from liqi.catalogue.exchange.pidinst._forms import SCHEMA_VERSION, Document
from liqi.catalogue.models import Instrument
from liqi.taxonomy import classes, label

CARRIES = {
    "instrument": frozenset(
        {
            *("name", "doi", "handle", "identifiers", "related", "parent", "parts", "twins", "website", "description"),
            *("institution", "maker", "maker_text", "model", "serial", "class_code", "class_scheme", "class_edition"),
            *("codes", "measured_variables", "commissioned_on", "decommissioned_on"),
        }
    )
}
"""Fields of ours that PIDINST 1.0 has a place for; everything else is a loss."""
REASON = gettext_lazy("PIDINST 1.0 has no place for it")
RELATED_TYPES = frozenset(
    {
        *("ARK", "arXiv", "bibcode", "DOI", "EAN13", "EISSN", "Handle", "IGSN", "ISBN", "ISSN", "ISTC", "LISSN"),
        *("PMID", "PURL", "RAiD", "RRID", "UPC", "URL", "URN", "w3id"),
    }
)
RELATIONS = frozenset(
    {
        *("IsDescribedBy", "IsNewVersionOf", "IsPreviousVersionOf", "HasComponent", "IsComponentOf", "References"),
        *("HasMetadata", "WasUsedIn", "IsIdenticalTo", "IsAttachedTo"),
    }
)


def document(one: Instrument, site: str) -> Document:
    """The instrument as a PIDINST document; `site` is the address that the pages here begin with."""
    kind, value = facts.identifier(one, site)
    kept = one.source_row if isinstance(one.source_row.get("owners"), list) else {}
    made: Document = {
        "identifier": {"identifier": value, "identifierType": kind},
        "schemaVersion": SCHEMA_VERSION,
        "landingPage": facts.landing(one, site),
        "name": one.name,
        "owners": _owners(one, kept),
        "manufacturers": _manufacturers(one, kept),
    }
    if one.model:
        identified = kept.get("model", {}).get("modelIdentifier")
        made["model"] = {"modelName": one.model} | ({"modelIdentifier": identified} if identified else {})
    if one.description:
        made["description"] = one.description
    lists = {
        "instrumentTypes": _types(one, kept),
        "measuredVariables": [str(name) for name in one.measured_variables],
        "dates": _dates(one),
        "relatedIdentifiers": list(_related(one, site)),
        "alternateIdentifiers": _alternates(one),
    }
    return made | {name: entries for name, entries in lists.items() if entries}


def lost(one: Instrument) -> Iterator[tuple[str, str]]:
    """Fields that PIDINST has a place for, with values that do not fit it; and what it asks for and got unknown."""
    if one.institution is None:
        yield "institution", _("PIDINST asks for an owner and none is recorded; 'unknown' was written")
    if not facts.maker_name(one):
        yield "maker", _("PIDINST asks for a manufacturer and none is recorded; 'unknown' was written")
    if not all(_sayable(entry) for entry in one.related):
        yield "related", _("PIDINST's list of relations or of identifier types does not have it")


def _sayable(entry: dict[str, Any]) -> bool:
    return entry.get("relation") in RELATIONS and entry.get("type") in RELATED_TYPES and bool(entry.get("identifier"))


def _owners(one: Instrument, kept: Document) -> list[Document]:
    """The owner on record first; the further owners of the document that the record came from stay beside it."""
    owner = one.institution
    if owner is None:
        return [{"ownerName": "unknown"}]
    ror, name = facts.ror_of(owner), facts.owner_name(one)
    before = [{key: value for key, value in entry.items() if key != "ownerContact"} for entry in kept.get("owners", [])]
    first = before[0] if before else {}
    same_ror = ror and str(first.get("ownerIdentifier", {}).get("ownerIdentifier", "")).endswith(ror)
    if not before or not (same_ror or first["ownerName"] in (owner.name, name)):
        identified = {"ownerIdentifier": {"ownerIdentifier": ror, "ownerIdentifierType": "ROR"}} if ror else {}
        before = [{"ownerName": name, **identified}]
    contact = facts.public_contact(one)
    if contact and contact.email:
        before[0] = {"ownerName": before[0]["ownerName"], "ownerContact": contact.email, **before[0]}
    return before


def _manufacturers(one: Instrument, kept: Document) -> list[Document]:
    before, name = kept.get("manufacturers", []), facts.maker_name(one)
    if before and before[0]["manufacturerName"] == name:
        return list(before)
    return [{"manufacturerName": name or "unknown"}]


def _types(one: Instrument, kept: Document) -> list[Document]:
    found: list[Document] = list(kept.get("instrumentTypes", []))
    told = {_coded(entry) for entry in found}
    wanted = [(facts.class_scheme(one), one.class_code)] if one.class_code else []
    for scheme, code in [*wanted, *facts.codes(one)]:
        if (scheme, code) in told:
            continue
        name = label(code, "en") if code in classes() and code == one.class_code else code
        identified = {"instrumentTypeIdentifier": code, "instrumentTypeIdentifierType": scheme}
        found.append({"instrumentTypeName": name, "instrumentTypeIdentifier": identified})
    return found


def _coded(entry: Document) -> tuple[str, str]:
    code = entry.get("instrumentTypeIdentifier", {})
    return code.get("instrumentTypeIdentifierType", ""), code.get("instrumentTypeIdentifier", "")


def _dates(one: Instrument) -> list[Document]:
    days = (("Commissioned", one.commissioned_on), ("DeCommissioned", one.decommissioned_on))
    return [{"date": day.isoformat(), "dateType": kind} for kind, day in days if day]


def _related(one: Instrument, site: str) -> Iterator[Document]:
    """What is on record as related, then what the catalogue knows: its whole, its parts, its merged twins."""
    told = set()
    given = one.source_row.get("relatedIdentifiers")
    names = {
        entry.get("relatedIdentifier"): entry.get("relatedIdentifierName")
        for entry in (given if isinstance(given, list) else [])
        if isinstance(entry, dict)
    }
    for entry in [*_older(one), *one.related]:
        if not _sayable(entry):
            continue
        made = {
            "relatedIdentifier": entry["identifier"],
            "relatedIdentifierType": entry["type"],
            "relationType": entry["relation"],
        }
        told.add((entry["relation"], entry["identifier"]))
        named = names.get(entry["identifier"]) or entry.get("name")
        yield made | ({"relatedIdentifierName": named} if named else {})
    for relation, other in facts.near(one):
        kind, value = facts.identifier(other, site)
        if kind not in RELATED_TYPES:
            kind, value = "URL", facts.address(other, site)
        if (relation, value) not in told:
            yield {"relatedIdentifier": value, "relatedIdentifierType": kind, "relationType": relation}


def _older(one: Instrument) -> list[dict[str, Any]]:
    """Relations that earlier versions kept among the identifiers."""
    return [
        {**entry, "identifier": entry.get("value", "")}
        for entry in one.identifiers
        if entry.get("relation") not in (None, "", "Alternate", "IsPrimary")
    ]


def _alternates(one: Instrument) -> list[Document]:
    found: list[Document] = []
    if one.serial:
        found.append({"alternateIdentifier": one.serial, "alternateIdentifierType": "SerialNumber"})
    for entry in facts.others(one):
        kind, value = str(entry.get("type") or "Other"), str(entry.get("value", ""))
        if not value or (kind == "SerialNumber" and value == one.serial):
            continue
        listed = kind in ("SerialNumber", "InventoryNumber", "Other")
        item = {"alternateIdentifier": value, "alternateIdentifierType": kind if listed else "Other"}
        named = entry.get("name") or ("" if listed else kind)
        found.append(item | ({"alternateIdentifierName": named} if named else {}))
    return found
