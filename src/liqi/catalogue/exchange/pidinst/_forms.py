"""The two forms of a PIDINST document, JSON and XML, and the schemas of the working group that both must meet."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema
from django.utils.translation import gettext as _
from lxml import etree

from liqi.catalogue.exchange._draft import UnreadableFile
from liqi.catalogue.exchange._xml import fit, root_of
from liqi.catalogue.exchange.pidinst._handle_record import document_of, is_handle_record

SCHEMA_VERSION = "1.0"
LISTS = {
    "owners": "owner",
    "manufacturers": "manufacturer",
    "instrumentTypes": "instrumentType",
    "measuredVariables": "measuredVariable",
    "dates": "date",
    "relatedIdentifiers": "relatedIdentifier",
    "alternateIdentifiers": "alternateIdentifier",
}
Document = dict[str, Any]


def from_json(text: str) -> list[Any]:
    """The documents of a JSON file: one, a list of them, or the one that a Handle record carries."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise UnreadableFile(
            _("found JSON that cannot be parsed (%(reason)s); expected one record or a list; export it again.")
            % {"reason": problem}
        ) from None
    if is_handle_record(found):
        return [document_of(found)]
    return found if isinstance(found, list) else [found]


def from_xml(text: str) -> Document:
    """The document of an XML file, as its JSON form would be."""
    root = root_of(text)
    if not xsd().validate(root):
        errors: Any = xsd().error_log
        raise UnreadableFile(
            _("found %(found)s; expected PIDINST %(schema_version)s XML; mend that element.")
            % {"found": errors[0].message, "schema_version": SCHEMA_VERSION}
        )
    return {str(child.tag): _value(child) for child in root}


def as_json(document: Document) -> bytes:
    """The JSON form."""
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


def as_xml(document: Document) -> bytes:
    """The XML form."""
    return bytes(etree.tostring(element(document), xml_declaration=True, encoding="UTF-8", pretty_print=True))


def element(document: Document) -> Any:
    """The document as an XML element."""
    root = etree.Element("instrument")
    for tag, value in document.items():
        _append(root, tag, value)
    return root


@cache
def validator() -> jsonschema.Draft7Validator:
    """What checks the JSON form."""
    text = files("liqi.catalogue.exchange").joinpath("schemas", "pidinst-schema-1_0.schema.json").read_text("utf-8")
    return jsonschema.Draft7Validator(json.loads(text))


@cache
def xsd() -> etree.XMLSchema:
    """What checks the XML form."""
    content = files("liqi.catalogue.exchange").joinpath("schemas", "pidinst-schema-1_0.xsd").read_bytes()
    return etree.XMLSchema(etree.fromstring(content))


def _value(node: Any) -> Any:
    tag = str(node.tag)
    if tag in LISTS:
        return [_value(child) for child in node]
    text = (node.text or "").strip()
    if node.attrib:
        return {tag: text, **{str(key): str(value) for key, value in node.attrib.items()}}
    if len(node):
        return {str(child.tag): _value(child) for child in node}
    return text


def _append(parent: Any, tag: str, value: Any) -> None:
    node = etree.SubElement(parent, tag)
    if isinstance(value, list):
        for item in value:
            _append(node, LISTS[tag], item)
    elif isinstance(value, dict) and tag in value:
        node.text = fit(value[tag])
        for key, attribute in value.items():
            if key != tag:
                node.set(key, fit(attribute))
    elif isinstance(value, dict):
        for child, inner in value.items():
            _append(node, child, inner)
    else:
        node.text = fit(value)
