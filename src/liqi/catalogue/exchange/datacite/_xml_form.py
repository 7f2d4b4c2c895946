"""The XML form of a DataCite document: the same content in the elements of kernel 4."""

from typing import Any

from lxml import etree

from liqi.catalogue.exchange._xml import fit

_KERNEL = "http://datacite.org/schema/kernel-4"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_SPACES: Any = {None: _KERNEL, "xsi": _XSI}
_WHERE = f"{_KERNEL} http://schema.datacite.org/meta/kernel-4.5/metadata.xsd"
_ATTRIBUTES = {
    "subjects": ("subject", "subject", ("subjectScheme", "classificationCode")),
    "dates": ("date", "date", ("dateType", "dateInformation")),
    "alternateIdentifiers": ("alternateIdentifier", "alternateIdentifier", ("alternateIdentifierType",)),
    "relatedIdentifiers": ("relatedIdentifier", "relatedIdentifier", ("relatedIdentifierType", "relationType")),
    "descriptions": ("description", "description", ("descriptionType",)),
    "titles": ("title", "title", ("titleType",)),
}
"""List: the element of an entry, the key of its text, the keys that are attributes."""


def as_xml(document: dict[str, Any]) -> bytes:
    """The XML file of the document."""
    return bytes(etree.tostring(element_of(document), xml_declaration=True, encoding="UTF-8", pretty_print=True))


def element_of(document: dict[str, Any]) -> Any:
    """The document as the element `resource`.

    Without a DOI the identifier is the address: harvesters ask for one, and DataCite's list of types ends at DOI.
    """
    root = etree.Element(f"{{{_KERNEL}}}resource", nsmap=_SPACES)
    root.set(f"{{{_XSI}}}schemaLocation", _WHERE)
    doi = document.get("doi")
    _add(root, "identifier", doi or document["url"], identifierType="DOI" if doi else "URL")
    _agents(root, "creators", "creator", document["creators"])
    _list(root, document, "titles")
    publisher = document["publisher"]
    more = {key: value for key, value in publisher.items() if key not in ("name", "schemeUri")}
    uri = {"schemeURI": publisher["schemeUri"]} if "schemeUri" in publisher else {}
    _add(root, "publisher", publisher["name"], **more, **uri)
    _add(root, "publicationYear", document["publicationYear"])
    kind = document["types"]
    _add(root, "resourceType", kind.get("resourceType", ""), resourceTypeGeneral=kind["resourceTypeGeneral"])
    _list(root, document, "subjects")
    _agents(root, "contributors", "contributor", document.get("contributors", []))
    for name in ("dates", "alternateIdentifiers", "relatedIdentifiers", "descriptions"):
        _list(root, document, name)
    _places(root, document.get("geoLocations", []))
    return root


def _add(parent: Any, tag: str, text: str = "", **attributes: str) -> Any:
    node = etree.SubElement(parent, f"{{{_KERNEL}}}{tag}")
    node.text = fit(text) or None
    for key, value in attributes.items():
        node.set(key, fit(value))
    return node


def _list(root: Any, document: dict[str, Any], name: str) -> None:
    if not document.get(name):
        return
    tag, text, attributes = _ATTRIBUTES[name]
    parent = _add(root, name)
    for entry in document[name]:
        node = _add(parent, tag, entry[text], **{key: entry[key] for key in attributes if key in entry})
        if "lang" in entry:
            node.set(_LANG, entry["lang"])


def _agents(root: Any, plural: str, singular: str, entries: list[dict[str, Any]]) -> None:
    if not entries:
        return
    parent = _add(root, plural)
    for entry in entries:
        kind = {"contributorType": entry["contributorType"]} if "contributorType" in entry else {}
        node = _add(parent, singular, **kind)
        _add(node, f"{singular}Name", entry["name"], nameType=entry["nameType"])
        for known in entry.get("nameIdentifiers", []):
            scheme = {"nameIdentifierScheme": known["nameIdentifierScheme"], "schemeURI": known["schemeUri"]}
            _add(node, "nameIdentifier", known["nameIdentifier"], **scheme)


def _places(root: Any, entries: list[dict[str, Any]]) -> None:
    if not entries:
        return
    parent = _add(root, "geoLocations")
    for entry in entries:
        node = _add(parent, "geoLocation")
        if "geoLocationPlace" in entry:
            _add(node, "geoLocationPlace", entry["geoLocationPlace"])
        if point := entry.get("geoLocationPoint"):
            inner = _add(node, "geoLocationPoint")
            for key in ("pointLongitude", "pointLatitude"):
                _add(inner, key, str(point[key]))
