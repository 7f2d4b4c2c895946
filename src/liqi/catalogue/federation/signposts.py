"""Signposting (FAIR profile, https://signposting.org/FAIR/): typed links of a landing page, for machines.

Level 1 is the Link header (RFC 8288), level 2 the same links as a link set (RFC 9264) in JSON and in text. A header is
kept short, for proxies cut long ones; the link set has everything.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from liqi.catalogue.federation.identifiers import cite_as

MOST_HEADER_BYTES = 3000
MOST_ITEMS = 500
TYPES = {
    "instrument": "https://schema.org/IndividualProduct",
    "facility": "https://schema.org/ResearchOrganization",
    "institution": "https://schema.org/Organization",
}
LICENCES = {
    "CC0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC0 1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC BY-SA 4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC BY-NC 4.0": "https://creativecommons.org/licenses/by-nc/4.0/",
}
"""Licences by the names that sources give them."""
JSON, TEXT = "application/linkset+json", "application/linkset"


@dataclass(frozen=True)
class Link:
    """One typed link, with attributes such as the media type of its target."""

    relation: str
    target: str
    attributes: dict[str, str] = field(default_factory=dict)


def links_of(
    kind: str, record: Any, site: str, described_by: Iterable[tuple[str, str]], items: Iterable[str] = ()
) -> list[Link]:
    """The links of the landing page of the record; `described_by` are pairs of address and media type."""
    root = site.rstrip("/")
    found = [Link("cite-as", cite_as(record, site))]
    found += [Link("type", TYPES[kind]), Link("type", "https://schema.org/AboutPage")]
    found += [Link("author", target) for target in _authors(kind, record, root)]
    found += [Link("describedby", address, {"type": media}) for address, media in described_by]
    if licence := _licence(record.licence):
        found.append(Link("license", licence))
    for name, plural in (("facility", "facilities"), ("institution", "institutions")):
        whole = getattr(record, name, None)
        if name != kind and whole is not None and whole.removed_at is None:
            found.append(Link("collection", f"{root}/{plural}/{quote(whole.key)}/"))
    found += [Link("item", target, {"type": "text/html"}) for target in list(items)[:MOST_ITEMS]]
    return found


def _authors(kind: str, record: Any, root: str) -> list[str]:
    """Who made the thing: the maker of an instrument (as in PIDINST and DataCite), else the institution by its ROR."""
    maker = getattr(record, "maker", None)
    if maker is not None:
        return [f"{root}/makers/{quote(maker.key)}/"]
    owner = record if kind == "institution" else getattr(record, "institution", None)
    return [owner.ror_id] if owner is not None and owner.ror_id else []


def _licence(text: str) -> str:
    if text.startswith(("https://", "http://")):
        return text
    return LICENCES.get(re.sub(r"[\s_]+", " ", text.strip()).upper().replace("CC-BY", "CC BY"), "")


def header(links: Sequence[Link], linkset: str) -> str:
    """The value of the Link header: all links where they are short, else those that lead to the link set."""
    sets = [Link("linkset", linkset, {"type": JSON}), Link("linkset", f"{linkset}?format=text", {"type": TEXT})]
    full = ", ".join(map(_written, [*links, *sets]))
    if len(full) <= MOST_HEADER_BYTES:
        return full
    few = [one for one in links if one.relation in ("cite-as", "type")]
    return ", ".join(map(_written, [*few, *sets]))


def as_json(links: Sequence[Link], anchor: str) -> dict[str, Any]:
    """The link set in its JSON form (RFC 9264, section 4.2)."""
    context: dict[str, Any] = {"anchor": anchor}
    for one in links:
        context.setdefault(one.relation, []).append({"href": _uri(one.target), **one.attributes})
    return {"linkset": [context]}


def as_text(links: Sequence[Link], anchor: str) -> str:
    """The link set in its text form (RFC 9264, section 4.1)."""
    return ",\n".join(_written(one, anchor) for one in links) + "\n"


def _written(link: Link, anchor: str = "") -> str:
    parts = [f"<{_uri(link.target)}>", f'rel="{link.relation}"']
    parts += [f'{name}="{value}"' for name, value in link.attributes.items()]
    return " ; ".join([*parts, f'anchor="{_uri(anchor)}"'] if anchor else parts)


def _uri(text: str) -> str:
    """The address in ASCII, so that a header can hold it."""
    return quote(text, safe="%/:=&?~#+!$,;'@()*[]-._")
