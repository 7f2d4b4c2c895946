"""UNIQUIP 1.0 (2015): the equipment list of United Kingdom universities, 21 columns."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from django.utils.translation import gettext as _

from liqi.catalogue.exchange import _cells as cells
from liqi.catalogue.exchange import _flags as flags
from liqi.catalogue.exchange._draft import ContentRefs, Draft, UnreadableFile
from liqi.catalogue.exchange._header import plain
from liqi.catalogue.exchange._incoming import Incoming
from liqi.catalogue.exchange._look import Look
from liqi.catalogue.exchange._text import STRAY, table_of
from liqi.taxonomy import find_city, find_maker

SOURCE = "UNIQUIP"
COLUMNS = (
    *("Type", "ID", "Name", "Description", "Related Facility ID", "Technique", "Location", "Contact Name"),
    *("Contact Telephone", "Contact URL", "Contact Email", "Secondary Contact Name", "Secondary Contact Telephone"),
    *("Secondary Contact URL", "Secondary Contact Email", "Department", "Site Location", "Building", "Service Level"),
    *("Photo", "Web Address"),
)
HEADERS = frozenset(plain(title) for title in COLUMNS)
PRIVATE = ("Contact Name", "Contact Telephone", "Contact Email")
"""Columns about people (and their Secondary twins): a private contact, and nothing of them in the row as kept."""


def recognises(look: Look) -> bool:
    """Whether the header has the required Site Location and at least three more of the columns."""
    return "site location" in look.titles and len(look.titles & HEADERS) >= 4


def read(content: bytes | Incoming, mapping: Mapping[str, str] | None = None) -> Iterator[Draft]:
    """One draft a row; rows without ID are known by their content, so that the same list can be read again."""
    table = table_of(content, HEADERS)
    header = table.header
    if "Name" not in header and "Description" not in header:
        raise UnreadableFile(_("found neither Name nor Description in the header; UNIQUIP expects one of them."))
    refs = ContentRefs()
    for place, row in enumerate(table.rows, start=table.first):
        if any(row):
            given = {title: cell for title, cell in zip(header, row, strict=False) if cell and title}
            draft = _draft(place, given, refs)
            if len(row) > len(header) and any(row[len(header) :]):
                draft.reject(
                    "",
                    "too_many_cells",
                    _("found %(found)s cells; expected %(width)s as in the header.")
                    % {"found": len(row), "width": len(header)},
                )
            yield draft


def _draft(place: int, given: dict[str, str], refs: ContentRefs) -> Draft:
    stray = any(STRAY in cell for cell in given.values())
    given = {title: cell.replace(STRAY, " ").strip() for title, cell in given.items()}
    kept = {title: cell for title, cell in given.items() if not title.removeprefix("Secondary ").startswith(PRIVATE)}
    kind = "facility" if given.get("Type", "").lower() == "facility" else "instrument"
    draft = Draft(place, kind, {}, given.get("ID") or refs.ref(kept), dict(kept))
    if stray:
        draft.remark("", "repaired_text", _("found bytes that are not UTF-8; took them away."))
    _name(draft, given)
    draft.fields["contacts"] = [one for prefix in ("", "Secondary ") if (one := _contact(given, prefix))]
    if not given.get("Site Location"):
        draft.reject("Site Location", "place_missing", _("found no Site Location; UNIQUIP requires it in every row."))
    draft.fields["city"] = given.get("Site Location", "")[:120]
    _country(draft, given)
    draft.fields["address"] = given.get("Building", "")[:300]
    for title in ("Web Address", "Contact URL"):
        if given.get(title, "").startswith(("http://", "https://")) and "website" not in draft.fields:
            draft.fields["website"] = given[title][:300]
    if kind == "facility":
        draft.fields |= {"facility_class": "support", "kind": "service_platform", "applied_research": True}
    else:
        _instrument(draft, given)
    flags.check(draft)
    return draft


def _contact(given: dict[str, str], prefix: str) -> dict[str, str]:
    """A person to ask; private, as all contacts that are taken in."""
    found = {"name": given.get(f"{prefix}Contact Name", ""), "phone": given.get(f"{prefix}Contact Telephone", "")}
    found["email"] = given.get(f"{prefix}Contact Email", "")
    if "@" not in found["email"]:
        found.pop("email")
    return {name: value for name, value in found.items() if value}


def _name(draft: Draft, given: dict[str, str]) -> None:
    name = given.get("Name") or given.get("Description", "")
    if not name:
        draft.reject("Name", "name_missing", _("found neither Name nor Description; expected one of them."))
        return
    if len(name) > 300:
        draft.remark(
            "Name",
            "repaired_text",
            _("found a name of %(found)s characters; kept the first 300.") % {"found": len(name)},
        )
    draft.fields |= {"name": name[:300], "name_en": name[:300]}
    parts = [given.get("Description", "") if given.get("Name") else "", given.get("Department", "")]
    draft.fields["description"] = ". ".join(part for part in parts if part)


def _country(draft: Draft, given: dict[str, str]) -> None:
    """The United Kingdom where an address of the row ends in .uk; the town's point where the town is known."""
    addresses = " ".join(given.get(title, "") for title in ("Web Address", "Contact URL", "Contact Email"))
    if re.search(r"\.uk\b", addresses):
        draft.fields["country"] = "GB"
        if town := find_city(given.get("Site Location", ""), "GB"):
            draft.fields |= {"latitude": town.latitude, "longitude": town.longitude}


def _instrument(draft: Draft, given: dict[str, str]) -> None:
    draft.fields["shared"] = True
    name = draft.fields.get("name", "")
    cells.suggest_class(draft, "Name", [name])
    if maker := _maker_in(name):
        draft.fields["maker"] = maker
    university = given.get("Institution Name") or given.get("Institution", "")
    if not university and given.get("Department", "").lower().startswith("university of"):
        university = given["Department"]
    if university:
        draft.fields["institution"] = {"name": university, "name_en": university, "ror_id": ""}


@lru_cache(maxsize=16384)
def _maker_in(name: str) -> str:
    """The first word that is a known maker."""
    words = (word for word in name.replace("/", " ").split() if len(word) > 3)
    return next((word for word in words if find_maker(word)), "")
