"""What a record is called for good: its own key, which never changes and is never given twice, and what others issued.

A key is made once, from the source and the source's reference (`slug`, with a hash where that is not readable), and
stands in the permanent address /id/<key>. A record is never deleted, so a key is never free again: the address of a
merged record leads to the one that was kept, that of a removed one says what stood there.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.crypto import salted_hmac

from liqi.catalogue.models import Facility, Institution, Instrument, Record, Service
from liqi.taxonomy import bare_identifier, find_doi, find_handle, find_ror

KINDS: dict[str, type[Record]] = {
    "institution": Institution,
    "facility": Facility,
    "instrument": Instrument,
    "service": Service,
}
"""The kinds of records that have an identifier, in the order in which others need them: owners before what is owned."""
COLLECTIONS = {
    "institution": "OrgUnits",
    "facility": "Facilities",
    "instrument": "Equipments",
    "service": "Services",
}
"""What the kind is called inside OAI identifiers (OpenAIRE Guidelines for CRIS Managers 1.2, Internal Identifiers)."""
_CSTR = re.compile(r"\d{5}\.\d{2}\.\S+")


@dataclass(frozen=True)
class Standing:
    """What a key stands for: the record, and the one to go to instead where it was merged into another."""

    kind: str
    record: Any
    kept: Any = None

    @property
    def removed(self) -> bool:
        """Whether nothing is here any more, not even another record to go to."""
        return self.record.removed_at is not None and self.kept is None


def repository() -> str:
    """The name of this catalogue in OAI identifiers: LIQI_REPOSITORY, else one made from the secret of this data."""
    named = str(getattr(settings, "LIQI_REPOSITORY", ""))
    return named or _made_name(str(settings.SECRET_KEY))


@cache
def _made_name(secret: str) -> str:
    """A name that no other installation has; .invalid is no domain (RFC 2606)."""
    return f"liqi-{salted_hmac('liqi.repository', 'liqi', secret).hexdigest()[:10]}.invalid"


def oai_identifier(kind: str, key: str) -> str:
    """The identifier of the record in OAI-PMH."""
    return f"oai:{repository()}:{COLLECTIONS[kind]}/{key}"


def read_oai_identifier(text: str) -> tuple[str, str] | None:
    """Kind and key, None where the identifier is not one of this catalogue."""
    start = f"oai:{repository()}:"
    collection, slash, key = text.removeprefix(start).partition("/")
    kind = next((kind for kind, name in COLLECTIONS.items() if name == collection), None)
    return (kind, key) if text.startswith(start) and slash and kind and key and "\x00" not in key else None


def find(key: str, kinds: Iterable[str] = KINDS) -> list[Standing]:
    """Every record of these kinds that has the key, instruments first; merged ones with the record that was kept."""
    found: list[Standing] = []
    if "\x00" in key:  # PostgreSQL has no such text
        return found
    for kind in sorted(kinds, key=lambda kind: kind != "instrument"):
        rows: Any = KINDS[kind].everything.filter(key=key)
        if kind == "instrument":
            rows = rows.select_related("institution", "facility", "merged_into")
        found += [Standing(kind, row, _kept(row)) for row in rows]
    return found


def _kept(row: Any) -> Any:
    """The record that this one was merged into, at the end of a chain of merges; None where it was not."""
    seen = {row.pk}
    kept = getattr(row, "merged_into", None)
    while kept is not None and kept.merged_into_id is not None and kept.pk not in seen:
        seen.add(kept.pk)
        kept = Instrument.everything.select_related("merged_into").get(pk=kept.merged_into_id)
    return kept if kept is not None and kept.removed_at is None else None


def address_of(scheme: str, value: str) -> str:
    """Where the identifier resolves, blank when its scheme has no resolver or its shape is wrong.

    >>> address_of("DOI", "10.5442/NI000001"), address_of("CSTR", "CSTR:31124.02.SSRF.BL12SW")
    ('https://doi.org/10.5442/NI000001', 'https://cstr.cn/31124.02.SSRF.BL12SW')
    """
    found, kind = bare_identifier(value), scheme.strip().lower()
    if kind == "doi" and find_doi(value):
        return f"https://doi.org/{found}"
    if kind in ("handle", "hdl") and find_handle(value):
        return f"https://hdl.handle.net/{found}"
    if kind == "cstr" and _CSTR.fullmatch(found):
        return f"https://cstr.cn/{found}"
    if kind == "ror":
        return find_ror(value)
    if kind in ("url", "uri", "purl", "w3id") and value.startswith(("https://", "http://")):
        return value
    return ""


def persistent(record: Any) -> list[tuple[str, str, str]]:
    """The identifiers that others resolve: (scheme, value, address); DOI first, then Handle, then the rest."""
    given = [("DOI", record.doi), ("Handle", record.handle)]
    given += [(str(one.get("type", "")), str(one.get("value", ""))) for one in record.identifiers if _own(one)]
    found = [(scheme, bare_identifier(value), address_of(scheme, value)) for scheme, value in given if value]
    return list(dict.fromkeys(one for one in found if one[2]))


def _own(entry: Any) -> bool:
    """Whether the entry identifies the record itself, not something related to it."""
    return isinstance(entry, dict) and entry.get("relation", "IsPrimary") in ("", "IsPrimary", "Alternate")


def cite_as(record: Any, site: str) -> str:
    """The address to cite: the DOI's or Handle's, else the permanent address here."""
    found = persistent(record)
    return found[0][2] if found else f"{site.rstrip('/')}/id/{record.key}"
