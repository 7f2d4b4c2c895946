"""PIDINST 1.0: persistent identification of instruments, as JSON and as XML, read and written.

Both forms are one document; XML is turned into the JSON form and checked against the schemas of the working group.
"""

from liqi.catalogue.exchange._draft import UnreadableFile
from liqi.catalogue.exchange.pidinst import json_files, xml_files
from liqi.catalogue.exchange.pidinst._forms import SCHEMA_VERSION, as_json, as_xml, element, from_xml, validator, xsd
from liqi.catalogue.exchange.pidinst._read import read, recognises
from liqi.catalogue.exchange.pidinst._write import CARRIES, document, lost

SOURCE = "PIDINST"

__all__ = [
    "CARRIES",
    "SCHEMA_VERSION",
    "SOURCE",
    "UnreadableFile",
    "as_json",
    "as_xml",
    "document",
    "element",
    "from_xml",
    "json_files",
    "lost",
    "read",
    "recognises",
    "validator",
    "xml_files",
    "xsd",
]
