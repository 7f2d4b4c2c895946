"""Where a harvested record comes from: kept beside it, and told on (OAI-PMH provenance, Implementation Guidelines)."""

from typing import Any

from lxml import etree

from liqi.catalogue.exchange._xml import fit, local

PROVENANCE = "http://www.openarchives.org/OAI/2.0/provenance"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_XSD = "http://www.openarchives.org/OAI/2.0/provenance.xsd"
_NAMES: Any = {None: PROVENANCE, "xsi": _XSI}
KEY = "oai"
"""Under this name the source row of a harvested record keeps a list of descriptions, the nearest first."""
PARTS = ("baseURL", "identifier", "datestamp", "metadataNamespace")
MOST_RELAYS = 10


def element(record: Any) -> Any:
    """The provenance of a harvested record, None for one that is at home here."""
    row = record.source_row
    descriptions = row.get(KEY) if isinstance(row, dict) else None
    if not isinstance(descriptions, list) or not descriptions:
        return None
    root = etree.Element(f"{{{PROVENANCE}}}provenance", nsmap=_NAMES)
    root.set(f"{{{_XSI}}}schemaLocation", f"{PROVENANCE} {_XSD}")
    parent = root
    for one in descriptions[:MOST_RELAYS]:
        parent = etree.SubElement(parent, f"{{{PROVENANCE}}}originDescription")
        parent.set("harvestDate", str(one["harvestDate"]))
        parent.set("altered", "true")
        for name in PARTS:
            etree.SubElement(parent, f"{{{PROVENANCE}}}{name}").text = fit(one[name])
    return root


def read(about: Any) -> list[dict[str, str]]:
    """The descriptions in an `about` element, the nearest first."""
    found: list[dict[str, str]] = []
    inside = next((one for one in about.iter(f"{{{PROVENANCE}}}originDescription")), None)
    while inside is not None and len(found) < MOST_RELAYS:
        one = {local(child): (child.text or "").strip()[:500] for child in inside if local(child) in PARTS}
        found.append({"harvestDate": inside.get("harvestDate", "")[:40], **{name: one.get(name, "") for name in PARTS}})
        inside = next((child for child in inside if local(child) == "originDescription"), None)
    return found
