"""The format `oai_datacite`: DataCite metadata in the envelope of its own provider, written and read.

`catalogue/exchange/datacite` knows what a record says in DataCite's terms; here is the envelope
(http://schema.datacite.org/oai/oai-1.1/), and the XML form turned back into the JSON form that is read there.
"""

import json
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from liqi.catalogue.exchange import UnreadableFile, datacite
from liqi.catalogue.exchange._xml import local
from liqi.catalogue.federation.identifiers import repository

OAI = "http://schema.datacite.org/oai/oai-1.1/"
SCHEMA = "http://schema.datacite.org/oai/oai-1.1/oai.xsd"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
VERSION = "4.5"
_NAMES: Any = {None: OAI}
_LISTS = {
    "subjects": "subject",
    "dates": "date",
    "alternateIdentifiers": "alternateIdentifier",
    "relatedIdentifiers": "relatedIdentifier",
    "rightsList": "rights",
    "descriptions": "description",
    "titles": "title",
}
"""List in JSON, and the member that is the element's text in XML; the other members are attributes."""
_AGENTS = {"creators": "creatorName", "contributors": "contributorName"}
_MEMBERS = {"schemeURI": "schemeUri", "valueURI": "valueUri", "rightsURI": "rightsUri", LANG: "lang"}
"""What attributes are called as members where the two notations differ."""
_PLAIN = ("publicationYear", "language", "version")


def element(kind: str, record: Any, site: str) -> Any:
    """The record in the envelope."""
    root = etree.Element(f"{{{OAI}}}oai_datacite", nsmap=_NAMES)
    etree.SubElement(root, f"{{{OAI}}}schemaVersion").text = VERSION
    etree.SubElement(root, f"{{{OAI}}}datacentreSymbol").text = repository()
    etree.SubElement(root, f"{{{OAI}}}payload").append(datacite.element(record, site))
    return root


def read(found: Any) -> tuple[str, dict[str, Any]]:
    """Kind and fields as DataCite says them; raises UnreadableFile."""
    inner = next((one for one in found.iter() if local(one) == "resource"), None)
    if inner is None:
        raise UnreadableFile(_("found no DataCite resource in the record; ask its keeper."))
    return of_drafts(list(datacite.read(json.dumps(_document(inner)).encode())), "DataCite resource")


def of_drafts(drafts: list[Any], what: str) -> tuple[str, dict[str, Any]]:
    """Kind and fields of the one draft; raises UnreadableFile where it was rejected, or is none or several."""
    problems = [one.message for draft in drafts for one in draft.problems if one.fatal]
    if len(drafts) != 1 or problems:
        said = "; ".join(problems)[:500]
        raise UnreadableFile(
            said or _("found %(found)s records in the %(what)s; expected one.") % {"found": len(drafts), "what": what}
        )
    return drafts[0].kind, dict(drafts[0].fields)


def _document(resource: Any) -> dict[str, Any]:
    """The element `resource` as DataCite JSON."""
    document: dict[str, Any] = {"schemaVersion": "http://datacite.org/schema/kernel-4"}
    for child in resource:
        name, text = local(child), " ".join((child.text or "").split())
        if name == "identifier":
            kind = child.get("identifierType", "")
            document["identifiers"] = [{"identifier": text, "identifierType": kind}]
            document |= {"doi": text} if kind.upper() == "DOI" else {}
        elif name in _AGENTS:
            document[name] = [_agent(one, _AGENTS[name]) for one in child]
        elif name in _LISTS:
            document[name] = [{_LISTS[name]: (one.text or "").strip(), **_members(one)} for one in child]
        elif name == "publisher":
            document[name] = {"name": text, **_members(child)}
        elif name == "resourceType":
            document["types"] = {"resourceType": text, **_members(child)}
        elif name == "geoLocations":
            document[name] = [_place(one) for one in child]
        elif name in _PLAIN:
            document[name] = text
    return document


def _agent(one: Any, called: str) -> dict[str, Any]:
    found: dict[str, Any] = _members(one)
    for child in one:
        name, text = local(child), (child.text or "").strip()
        if name == called:
            found |= {"name": text, **_members(child)}
        elif name == "nameIdentifier":
            found.setdefault("nameIdentifiers", []).append({"nameIdentifier": text, **_members(child)})
        elif name == "affiliation":
            found.setdefault("affiliation", []).append({"name": text, **_members(child)})
    return found


def _place(one: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for child in one:
        if local(child) == "geoLocationPoint":
            point = {local(part): _number((part.text or "").strip()) for part in child}
            found["geoLocationPoint"] = {name: value for name, value in point.items() if value is not None}
        elif local(child) == "geoLocationPlace":
            found["geoLocationPlace"] = (child.text or "").strip()
    return found


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _members(one: Any) -> dict[str, str]:
    return {_MEMBERS.get(name, name): value for name, value in one.attrib.items()}
