"""Instruments, facilities and services as DataCite documents."""

import json
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from liqi.catalogue.exchange import _facts as facts
from liqi.catalogue.exchange.cerif import language
from liqi.catalogue.models import Facility, Instrument, Service
from liqi.taxonomy import FACILITY_KINDS, classes, find_doi, label, place_label, techniques

KERNEL = "http://datacite.org/schema/kernel-4"
UNKNOWN = ":unkn"
"""DataCite's own word for a value that is unknown (schema documentation, appendix on unknown information)."""
RESOURCE_TYPES = {"facility": "Research facility", "service": "Research service"}
SUBJECTS = "GB/T 13745-2009"
TECHNIQUES, FACILITY_KIND = "liqi-techniques", "liqi-facility-kinds"
MODEL, TYPE, VARIABLE = "Model: ", "Instrument type: ", "Measured variable: "
SYNTHETIC = "Synthetic record: made for trials, no such thing exists."
RELATIONS = {
    "IsDescribedBy": "IsDescribedBy",
    "IsNewVersionOf": "IsNewVersionOf",
    "IsPreviousVersionOf": "IsPreviousVersionOf",
    "HasComponent": "HasPart",
    "IsComponentOf": "IsPartOf",
    "References": "References",
    "HasMetadata": "HasMetadata",
    "IsIdenticalTo": "IsIdenticalTo",
}
"""PIDINST's relation and DataCite's; WasUsedIn and IsAttachedTo have none that means the same."""
RELATED_TYPES = frozenset(
    {
        *("ARK", "arXiv", "bibcode", "DOI", "EAN13", "EISSN", "Handle", "IGSN", "ISBN", "ISSN", "ISTC", "LISSN"),
        *("LSID", "PMID", "PURL", "UPC", "URL", "URN", "w3id"),
    }
)
_ALL = frozenset(
    {
        *("name", "name_en", "doi", "handle", "identifiers", "website", "description", "institution", "codes"),
        *("country", "province", "city", "latitude", "longitude", "synthetic"),
    }
)
CARRIES = {
    "instrument": _ALL
    | {
        *("maker", "maker_text", "model", "serial", "class_code", "class_scheme", "class_edition", "techniques"),
        *("subjects", "keywords", "measured_variables", "specification", "commissioned_on", "decommissioned_on"),
        *("acquired_on", "built_year", "related", "parent", "parts", "twins"),
    },
    "facility": _ALL | {"facility_class", "kind", "subjects", "specification", "founded_on"},
    "service": _ALL - {"website", "country", "province", "city", "latitude", "longitude"} | {"techniques"},
}
"""Fields of ours that DataCite 4.5 has a place for; everything else is a loss."""
Document = dict[str, Any]


def document(one: Any, site: str) -> Document:
    """The record as a DataCite document; `site` is the address that the pages here begin with."""
    owner = _organisation(facts.owner_name(one), facts.ror_of(one.institution))
    made: Document = {"doi": one.doi} if find_doi(one.doi) == one.doi and one.doi else {}
    made |= {
        "url": facts.landing(one, site),
        "creators": [_creator(one) if isinstance(one, Instrument) else owner],
        "titles": _titles(one),
        "publisher": _publisher(owner),
        "publicationYear": str(_year(one)),
        "types": _types(one),
    }
    lists = {
        "subjects": _once(_subjects(one)),
        "contributors": [owner | {"contributorType": "HostingInstitution"}] if one.institution else [],
        "dates": _dates(one),
        "alternateIdentifiers": _once(_alternates(one)),
        "relatedIdentifiers": _once(_related(one, site)) if isinstance(one, Instrument) else [],
        "descriptions": _once(_descriptions(one)),
        "geoLocations": _places(one),
    }
    return made | {name: found for name, found in lists.items() if found} | {"schemaVersion": KERNEL}


def as_json(made: Document) -> bytes:
    """The document as a JSON file."""
    return json.dumps(made, ensure_ascii=False, indent=2).encode()


def lost(one: Any) -> Iterator[tuple[str, str]]:
    """Values that do not fit DataCite, and what it asks for and got unknown."""
    if one.institution is None:
        yield (
            "institution",
            _("DataCite asks for a publisher and no owner is recorded; %(word)r was written") % {"word": UNKNOWN},
        )
    if isinstance(one, Instrument):
        if not facts.maker_name(one):
            yield (
                "maker",
                _("DataCite asks for a creator and no maker is recorded; %(word)r was written") % {"word": UNKNOWN},
            )
        if not all(_sayable(entry) for entry in one.related):
            yield "related", _("DataCite has no relation or identifier type that means the same")
    if one.doi and find_doi(one.doi) != one.doi:
        yield "doi", _("it is not of the form 10.prefix/suffix")


def _once(entries: Iterator[Document]) -> list[Document]:
    found: list[Document] = []
    for entry in entries:
        if entry not in found:
            found.append(entry)
    return found


def _organisation(name: str, ror: str = "") -> Document:
    identified = {
        "nameIdentifier": f"https://ror.org/{ror}",
        "nameIdentifierScheme": "ROR",
        "schemeUri": "https://ror.org",
    }
    return {"name": name or UNKNOWN, "nameType": "Organizational"} | ({"nameIdentifiers": [identified]} if ror else {})


def _creator(one: Instrument) -> Document:
    return _organisation(facts.maker_name(one))


def _publisher(owner: Document) -> Document:
    made = {"name": owner["name"]}
    for entry in owner.get("nameIdentifiers", []):
        made |= {
            "publisherIdentifier": entry["nameIdentifier"],
            "publisherIdentifierScheme": "ROR",
            "schemeUri": entry["schemeUri"],
        }
    return made


def _titles(one: Any) -> list[Document]:
    found = [{"title": one.name, "lang": "en" if one.name == one.name_en else language(one.name)}]
    if one.name_en and one.name_en != one.name:
        found.append({"title": one.name_en, "titleType": "TranslatedTitle", "lang": "en"})
    return found


def _year(one: Any) -> int:
    for name in ("commissioned_on", "acquired_on", "founded_on"):
        if day := getattr(one, name, None):
            return int(day.year)
    return int(getattr(one, "built_year", None) or getattr(one, "opened_year", None) or one.created_at.year)


def _types(one: Any) -> Document:
    if isinstance(one, Facility):
        return {"resourceType": RESOURCE_TYPES["facility"], "resourceTypeGeneral": "Other"}
    if isinstance(one, Service):
        return {"resourceType": RESOURCE_TYPES["service"], "resourceTypeGeneral": "Service"}
    return {"resourceType": _class_label(one) or "Instrument", "resourceTypeGeneral": "Instrument"}


def _class_label(one: Instrument) -> str:
    return label(one.class_code, "en") if one.class_code in classes() else one.class_code


def _subjects(one: Any) -> Iterator[Document]:
    if isinstance(one, Instrument) and one.class_code:
        scheme = facts.class_scheme(one)
        yield {
            "subject": _class_label(one),
            "subjectScheme": scheme,
            "classificationCode": one.class_code,
            "lang": "en",
        }
    if isinstance(one, Facility):
        kind = FACILITY_KINDS[one.kind].en if one.kind in FACILITY_KINDS else one.kind
        yield {"subject": kind, "subjectScheme": FACILITY_KIND, "classificationCode": one.kind, "lang": "en"}
    for scheme, code in facts.codes(one):
        yield {"subject": code, "subjectScheme": scheme, "classificationCode": code}
    for key in getattr(one, "techniques", []):
        name = techniques()[key].label("en") if key in techniques() else key
        yield {"subject": name, "subjectScheme": TECHNIQUES, "classificationCode": key, "lang": "en"}
    for code in getattr(one, "subjects", []):
        yield {"subject": str(code), "subjectScheme": SUBJECTS, "classificationCode": str(code)}
    for word in getattr(one, "keywords", []):
        yield {"subject": str(word)}


def _dates(one: Any) -> list[Document]:
    """In operation from and to as Available, an interval where both ends are known; the other days by their name."""
    found: list[Document] = []
    begun, ended = getattr(one, "commissioned_on", None), getattr(one, "decommissioned_on", None)
    if begun:
        found.append({"date": f"{begun}/{ended}" if ended else str(begun), "dateType": "Available"})
    elif ended:
        found.append({"date": str(ended), "dateType": "Other", "dateInformation": "Decommissioned"})
    if day := getattr(one, "acquired_on", None):
        found.append({"date": str(day), "dateType": "Other", "dateInformation": "Acquired"})
    if day := getattr(one, "founded_on", None):
        found.append({"date": str(day), "dateType": "Created"})
    if year := getattr(one, "built_year", None):
        found.append({"date": f"{year:04}", "dateType": "Created"})
    return found


def _alternates(one: Any) -> Iterator[Document]:
    if serial := getattr(one, "serial", ""):
        yield {"alternateIdentifier": serial, "alternateIdentifierType": "SerialNumber"}
    if one.handle:
        yield {"alternateIdentifier": one.handle, "alternateIdentifierType": "Handle"}
    for entry in one.identifiers:
        if entry.get("value"):
            kind = str(entry.get("type") or "Other")
            yield {"alternateIdentifier": str(entry["value"]), "alternateIdentifierType": kind}


def _sayable(entry: dict[str, Any]) -> bool:
    return entry.get("relation") in RELATIONS and entry.get("type") in RELATED_TYPES and bool(entry.get("identifier"))


def _related(one: Instrument, site: str) -> Iterator[Document]:
    for entry in one.related:
        if _sayable(entry):
            yield _relation(entry["identifier"], entry["type"], entry["relation"])
    model = one.source_row.get("model")
    identified = model.get("modelIdentifier", {}) if isinstance(model, dict) else {}
    if isinstance(identified, dict) and identified.get("modelIdentifierType") in RELATED_TYPES:
        yield _relation(identified["modelIdentifier"], identified["modelIdentifierType"], "References")
    for relation, other in facts.near(one):
        kind, value = facts.identifier(other, site)
        if kind not in RELATED_TYPES:
            kind, value = "URL", facts.address(other, site)
        yield _relation(value, kind, relation)


def _relation(value: str, kind: str, relation: str) -> Document:
    return {"relatedIdentifier": value, "relatedIdentifierType": kind, "relationType": RELATIONS[relation]}


def _descriptions(one: Any) -> Iterator[Document]:
    if one.description:
        yield {"description": one.description, "descriptionType": "Abstract", "lang": language(one.description)}
    if isinstance(one, Instrument):
        told = [(MODEL, one.model), (TYPE, _class_label(one))]
        told += [(VARIABLE, str(name)) for name in one.measured_variables]
        for prefix, text in told:
            if text:
                yield {"description": f"{prefix}{text}", "descriptionType": "TechnicalInfo"}
    if text := getattr(one, "specification", ""):
        yield {"description": text, "descriptionType": "TechnicalInfo", "lang": language(text)}
    if one.synthetic:
        yield {"description": SYNTHETIC, "descriptionType": "Other", "lang": "en"}


def _places(one: Any) -> list[Document]:
    """City, province and country from small to large, and the point."""
    if not hasattr(one, "country"):
        return []
    names = [one.city, place_label(one.province, "en") if one.province else ""]
    names.append(place_label(one.country, "en") if one.country else "")
    made: Document = {"geoLocationPlace": ", ".join(name for name in names if name)} if any(names) else {}
    if one.latitude is not None:
        made["geoLocationPoint"] = {"pointLongitude": one.longitude, "pointLatitude": one.latitude}
    return [made] if made else []
