"""The format that every OAI-PMH repository offers: the fifteen elements of Dublin Core, written and read."""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from liqi.catalogue.exchange._xml import fit
from liqi.catalogue.federation.identifiers import persistent
from liqi.taxonomy import FACILITY_KINDS, label

OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
DC = "http://purl.org/dc/elements/1.1/"
SCHEMA = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
TYPES = {
    "instrument": ("Instrument", "PhysicalObject"),
    "facility": ("Facility",),
    "service": ("Service",),
    "institution": ("Institution",),
}
"""What `dc:type` says of each kind: our own word, and that of the DCMI Type Vocabulary where it has one."""

UNNAMED_KIND = FACILITY_KINDS["service_platform"]
"""What a facility is taken for when nothing says its kind, as in CERIF and DataCite."""


def element(kind: str, record: Any, site: str) -> Any:
    """The record in Dublin Core."""
    made = etree.Element(f"{{{OAI_DC}}}dc", nsmap={"oai_dc": OAI_DC, "dc": DC, "xsi": _XSI})
    made.set(f"{{{_XSI}}}schemaLocation", f"{OAI_DC} {SCHEMA}")
    for name, text, language in _said(kind, record, site):
        if text:
            one = etree.SubElement(made, f"{{{DC}}}{name}")
            one.text = fit(text)
            if language:
                one.set("{http://www.w3.org/XML/1998/namespace}lang", language)
    return made


def _said(kind: str, record: Any, site: str) -> Iterator[tuple[str, str, str]]:
    """Element, text and language."""
    yield "title", record.name, "" if record.name.isascii() else "zh"
    if record.name_en != record.name:
        yield "title", record.name_en, "en"
    if maker := getattr(record, "maker", None):
        yield "creator", maker.name_en or maker.name, ""
    elif text := getattr(record, "maker_text", ""):
        yield "creator", text, ""
    if code := getattr(record, "class_code", ""):
        for language in ("zh-hans", "en"):
            yield "subject", label(code, language), language[:2]
    for word in getattr(record, "keywords", []):
        yield "subject", str(word), ""
    yield "description", getattr(record, "description", ""), ""
    if record.synthetic:
        yield "description", "Synthetic example record, not a real thing.", "en"
    owner = getattr(record, "institution", None) if kind != "institution" else None
    if owner is not None:
        yield "publisher", owner.name_en or owner.name, ""
    if day := getattr(record, "commissioned_on", None) or getattr(record, "acquired_on", None):
        yield "date", day.isoformat(), ""
    for word in TYPES[kind]:
        yield "type", word, ""
    if kind == "facility":
        yield "type", record.kind, ""
    yield "identifier", f"{site.rstrip('/')}/id/{record.key}", ""
    for _scheme, _value, address in persistent(record):
        yield "identifier", address, ""
    yield "source", record.source, ""
    yield "rights", record.licence, ""


def read(found: Any) -> tuple[str, dict[str, Any]]:
    """Kind and what Dublin Core says of it: names, description, owner, maker, identifiers, landing page."""
    said: dict[str, list[str]] = {}
    for one in found:
        if text := " ".join((one.text or "").split()):
            said.setdefault(etree.QName(one).localname, []).append(text)
    kinds = {words[0].lower(): kind for kind, words in TYPES.items()}
    kind = next((kinds[word.lower()] for word in said.get("type", []) if word.lower() in kinds), "instrument")
    titles = said.get("title", [])
    document: dict[str, Any] = {
        "name": titles[0] if titles else "",
        "name_en": next((one for one in titles if one.isascii()), ""),
        "licence": "; ".join(said.get("rights", [])),
    }
    if kind != "institution" and said.get("publisher"):
        document["institution"] = {"name": said["publisher"][0]}
    if kind == "instrument":
        document |= {"maker_text": said.get("creator", [""])[0], "keywords": said.get("subject", [])[:50]}
    if kind == "facility":
        known = next((FACILITY_KINDS[word] for word in said["type"] if word in FACILITY_KINDS), UNNAMED_KIND)
        document |= {"kind": known.code, "facility_class": known.facility_class}
    if kind != "institution":
        document["description"] = "\n".join(said.get("description", []))
    addresses = [one for one in said.get("identifier", []) if one.startswith(("http://", "https://"))]
    document["identifiers"] = [{"type": "URL", "value": one} for one in addresses]
    if landing := next((one for one in addresses if "doi.org/" not in one and "hdl.handle" not in one), ""):
        document["landing_page"] = landing
    return kind, document
