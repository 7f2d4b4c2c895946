"""DataCite metadata 4.5: instruments and facilities as JSON read and written, as XML written.

The mapping follows the table of PIDINST properties in DataCite's own documentation of the schema (4.5) and the
cookbook of the PIDINST working group: Creator is the maker, HostingInstitution the owner, the type stands both as
Subject and as TechnicalInfo, the model and the measured variables as TechnicalInfo.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy

from liqi.catalogue.exchange._files import one_each
from liqi.catalogue.exchange.datacite._read import read, recognises
from liqi.catalogue.exchange.datacite._write import CARRIES, KERNEL, as_json, document, lost
from liqi.catalogue.exchange.datacite._xml_form import as_xml, element_of

SOURCE = "DataCite"
TITLE, SUFFIX, MEDIA_TYPE = "DataCite 4.5 (JSON)", ".json", "application/vnd.datacite.datacite+json"
REASON = gettext_lazy("DataCite 4.5 has no place for it")

__all__ = [
    "CARRIES",
    "KERNEL",
    "MEDIA_TYPE",
    "REASON",
    "SOURCE",
    "SUFFIX",
    "TITLE",
    "as_json",
    "as_xml",
    "content",
    "document",
    "element",
    "lost",
    "read",
    "recognises",
    "write",
]


def content(one: Any, site: str) -> bytes:
    """The JSON file of one record."""
    return as_json(document(one, site))


def element(one: Any, site: str) -> Any:
    """The record as the element `resource` of DataCite's XML (kernel 4), as oai_datacite carries it."""
    return element_of(document(one, site))


def write(records: Iterable[Any], out: Path, *, site: str) -> Iterator[Path]:
    """A JSON file for each record is in the folder."""
    return one_each(records, out, SUFFIX, lambda one: content(one, site))
