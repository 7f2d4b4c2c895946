"""The metadata formats of the OAI-PMH provider: what each is called, what it can say, and who writes it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from liqi.catalogue.federation import _cerif, _datacite, _dublin_core, _full_record
from liqi.catalogue.federation.identifiers import KINDS

_ALL = tuple(KINDS)


@dataclass(frozen=True)
class Format:
    """A metadata format; `element(kind, record, site)` writes a record, `read(element)` gives kind and document.

    A schema that begins with / stands on this site.
    """

    prefix: str
    schema: str
    namespace: str
    kinds: tuple[str, ...]
    element: Callable[[str, Any, str], Any]
    read: Callable[[Any], tuple[str, dict[str, Any]]]


_DC, _DATACITE, _CERIF, _OWN = _dublin_core, _datacite, _cerif, _full_record
_OWN_SCHEMA = "/oai/liqi-record-1.xsd"
FORMATS = {
    "oai_dc": Format("oai_dc", _DC.SCHEMA, _DC.OAI_DC, _ALL, _DC.element, _DC.read),
    "oai_datacite": Format(
        "oai_datacite", _DATACITE.SCHEMA, _DATACITE.OAI, ("facility", "instrument"), _DATACITE.element, _DATACITE.read
    ),
    "cerif_openaire": Format(
        "cerif_openaire",
        _CERIF.SCHEMA,
        _CERIF.NAMESPACE,
        ("institution", "facility", "instrument"),
        _CERIF.element,
        _CERIF.read,
    ),
    "liqi": Format("liqi", _OWN_SCHEMA, _OWN.NAMESPACE, _ALL, _OWN.element, _OWN.read),
}
"""Prefix and format."""
