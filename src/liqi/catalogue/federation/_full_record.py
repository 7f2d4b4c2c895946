"""Our own format `liqi`: a record whole, as JSON inside one XML element, written and read back without loss.

Left out on purpose: the row as its source gave it and contacts that are not public (both may name people), the owner's
sign-in organisation here, and our own database numbers. Related records are named by their OAI identifiers, with
enough beside it (names, ROR) to stand in for them until they come themselves.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from lxml import etree

from liqi.catalogue.exchange import UnreadableFile
from liqi.catalogue.federation.identifiers import KINDS, oai_identifier

NAMESPACE = "urn:liqi:record:1"
_NAMES: Any = {None: NAMESPACE}
RELATIONS = {"institution", "facility", "parent", "maker"}
"""Relations to one other record; services also have `instruments`."""
LOCAL = {
    *("id", "key", "source", "source_ref", "source_row", "created_at", "updated_at", "removed_at"),
    *("organisation", "merged_into"),
}
"""Fields that mean something only where they stand, and those that are said in another way."""
CONTACT_FIELDS = ("role", "name", "position", "unit", "phone", "email", "address", "postcode")
MAKER_FIELDS = ("key", "name", "name_en", "aliases", "brand_country", "city", "founded_year", "website")
_UNFIT = re.compile("[\ud800-\udfff\ufffe\uffff]")
_MOST_DEPTH = 12


@cache
def fields_of(kind: str) -> dict[str, models.Field[Any, Any]]:
    """The plain fields that a record of this kind has in this format."""
    found = KINDS[kind]._meta.concrete_fields
    return {field.name: field for field in found if field.name not in LOCAL and not field.is_relation}


def element(kind: str, record: Any, site: str) -> Any:
    """The record as an element of this format."""
    made = etree.Element(f"{{{NAMESPACE}}}record", nsmap=_NAMES)
    made.set("kind", kind)
    made.set("key", record.key)
    made.text = as_text(document_of(kind, record, site))
    return made


def as_text(document: Mapping[str, Any]) -> str:
    """JSON that XML can hold: the few characters that XML has no place for are written as JSON escapes."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return _UNFIT.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def document_of(kind: str, record: Any, site: str) -> dict[str, Any]:
    """The record as plain values; blank ones are left out."""
    document: dict[str, Any] = {"landing_page": f"{site.rstrip('/')}/id/{record.key}"}
    for name, field in fields_of(kind).items():
        value = getattr(record, name)
        if value != field.get_default():
            document[name] = value if isinstance(value, list | dict | bool | int | float | None) else str(value)
    document["origin"] = {"source": record.source, "source_ref": record.source_ref}
    if record.created_at:
        document["origin"]["created_at"] = record.created_at.isoformat()
    for name in RELATIONS - {"maker"}:
        if (other := getattr(record, name, None)) is not None:
            document[name] = _named("institution" if name == "institution" else _kind(other), other)
    if maker := getattr(record, "maker", None):
        document["maker"] = {name: getattr(maker, name) for name in MAKER_FIELDS if getattr(maker, name)}
    if kind == "service":
        document["instruments"] = [_named("instrument", one) for one in record.live_instruments]
    if contacts := record.public_contacts:
        document["contacts"] = [
            {name: getattr(one, name) for name in CONTACT_FIELDS if getattr(one, name)} for one in contacts
        ]
    return document


def _kind(record: Any) -> str:
    return str(record._meta.model_name)


def _named(kind: str, other: Any) -> dict[str, Any]:
    """What stands in for another record: its identifier, names, and what it cannot be made without."""
    found = {"identifier": oai_identifier(kind, other.key), "name": other.name}
    more = {"institution": ("name_en", "ror_id"), "facility": ("name_en", "kind", "facility_class")}.get(kind, ())
    return found | {name: getattr(other, name) for name in more if getattr(other, name)}


def read(found: Any) -> tuple[str, dict[str, Any]]:
    """Kind and document of an element of this format; raises UnreadableFile where it is not one."""
    kind = found.get("kind", "")
    if found.tag != f"{{{NAMESPACE}}}record" or kind not in KINDS:
        raise UnreadableFile(
            _("found an element %(tag)r of kind %(kind)r; expected a record of %(namespace)s.")
            % {"tag": found.tag, "kind": kind, "namespace": NAMESPACE}
        )
    try:
        document = json.loads(found.text or "")
    except (ValueError, RecursionError) as problem:
        raise UnreadableFile(
            _("found a record whose JSON cannot be parsed (%(reason)s); ask its keeper.") % {"reason": problem}
        ) from None
    if "\\u0000" in (found.text or ""):
        raise UnreadableFile(_("found a NUL character in the record; expected text; ask its keeper."))
    if not isinstance(document, dict) or _depth(document) > _MOST_DEPTH:
        raise UnreadableFile(_("found a record that is no JSON object, or one nested too deeply; ask its keeper."))
    return kind, document


def _depth(value: Any, at: int = 0) -> int:
    if at > _MOST_DEPTH or not isinstance(value, dict | list):
        return at
    inside = value.values() if isinstance(value, dict) else value
    return max((_depth(one, at + 1) for one in inside), default=at)


def schema() -> bytes:
    """The XML schema of this format."""
    return files("liqi.catalogue.federation").joinpath("schemas", "liqi-record-1.xsd").read_bytes()
