"""Jisc equipment data (data model of 2025, which followed UNIQUIP): its table read and written.

The five sections of the model are Description, Details, Access, Relations and Funding. The titles up to
managingDepartment are those of Jisc's template as the University of Leeds publishes them with their section numbers
(equipment.library.leeds.ac.uk/uniquip); of the fields after it only the sections were to be had, so `AFTER` holds
titles in the same manner, chosen here. The reader also takes the words of the data model ("Internal record ID",
"Commissioned date") and ignores case, spaces and numbers of sections.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi.catalogue.exchange import _cells as cells
from liqi.catalogue.exchange import _facts as facts
from liqi.catalogue.exchange._draft import ContentRefs, Draft, UnreadableFile
from liqi.catalogue.exchange._header import plain
from liqi.catalogue.exchange._incoming import Incoming
from liqi.catalogue.exchange._look import Look
from liqi.catalogue.exchange._text import STRAY, table_of
from liqi.catalogue.models import Facility, Instrument
from liqi.taxonomy import find_doi

SOURCE = "Jisc equipment data"
TITLE, SUFFIX, MEDIA_TYPE = "Jisc equipment data 2025 (CSV)", ".csv", "text/csv"
REASON = gettext_lazy("Jisc's data model has no place for it")
DESCRIPTION = ("type", "institutionID", "doi", "name", "description")
DETAILS = (
    *("manufacturer", "manufacturerID", "model", "modelID", "commissionedDate", "decommissionedDate"),
    *("measuredVariables", "subject", "infraportalDiscipline"),
)
ACCESS = ("contactName", "contactID", "contactEmail", "managingDepartment")
AFTER = ("website", "siteLocation", "serialNumber", "relatedFacilityID", "relatedIdentifier", "funder", "grantID")
COLUMNS = (*DESCRIPTION, *DETAILS, *ACCESS, *AFTER)
_OTHER_TITLES = {
    **{"internalrecordid": "institutionID", "internalid": "institutionID", "recordid": "institutionID"},
    **{"digitalobjectidentifier": "doi", "digitalobjectidentifierdoi": "doi", "equipmenttype": "type"},
    **{"manufacturername": "manufacturer", "modelname": "model", "manufactureridentifier": "manufacturerID"},
    **{"modelidentifier": "modelID", "commissioned": "commissionedDate", "decommissioned": "decommissionedDate"},
    **{"datecommissioned": "commissionedDate", "datedecommissioned": "decommissionedDate"},
    **{"measuredvariable": "measuredVariables", "subjects": "subject", "discipline": "infraportalDiscipline"},
    **{"department": "managingDepartment", "landingpage": "website", "webaddress": "website", "url": "website"},
    **{"relatedfacility": "relatedFacilityID", "grantnumber": "grantID", "location": "siteLocation"},
}
_BY_PLAIN = {title.lower(): title for title in COLUMNS} | _OTHER_TITLES
HEADERS = frozenset({plain(title) for title in COLUMNS} | {"internal record id", "digital object identifier"})
PRIVATE = ("contactName", "contactID", "contactEmail")
"""Columns about people are not kept: contacts are private until somebody marks them public."""
MANY = "; "
_BOTH = frozenset({"name", "doi", "description", "website", "city", "subjects"})
CARRIES = {
    "instrument": _BOTH
    | {
        *("maker", "maker_text", "model", "serial", "measured_variables", "commissioned_on", "decommissioned_on"),
        *("department", "related", "parent", "parts", "twins"),
    },
    "facility": _BOTH,
}
"""Fields of ours that the model has a place for; everything else is a loss."""


def recognises(look: Look) -> bool:
    """Whether the header has Jisc's internal id and at least three more of its titles, and is not UNIQUIP 1.0."""
    if look.shape != "table":
        return False
    found = {title for cell in look.header if (title := _title(cell))}
    return "institutionID" in found and len(found) >= 4


def read(content: bytes | Incoming, mapping: Mapping[str, str] | None = None) -> Iterator[Draft]:
    """One draft a row, an instrument or a facility by its type."""
    table = table_of(content, HEADERS)
    at = {title: place for place, cell in reversed(list(enumerate(table.header))) if (title := _title(cell))}
    if "name" not in at:
        raise UnreadableFile(
            _("found the columns %(found)s; expected at least institutionID and name of Jisc's template; name them so.")
            % {"found": ", ".join(table.header[:8])}
        )
    refs = ContentRefs()
    for place, row in enumerate(table.rows, start=table.first):
        if any(row):
            given = {title: row[n] for title, n in at.items() if n < len(row) and row[n]}
            draft = _draft(place, given, refs)
            if len(row) > len(table.header) and any(row[len(table.header) :]):
                draft.reject(
                    "",
                    "too_many_cells",
                    _("found %(found)s cells; expected %(width)s: a quote?")
                    % {"found": len(row), "width": len(table.header)},
                )
            yield draft


def write(records: Iterable[Any], out: Path, *, site: str) -> Iterator[Path]:
    """One table of all records is in the folder, as jisc.csv."""
    path = out / "jisc.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for one in records:
            writer.writerow(row(one, site))
    yield path


def content(one: Any, site: str) -> bytes:
    """The table with one record."""
    from io import StringIO

    file = StringIO(newline="")
    writer = csv.DictWriter(file, COLUMNS)
    writer.writeheader()
    writer.writerow(row(one, site))
    return file.getvalue().encode("utf-8-sig")


def row(one: Any, site: str) -> dict[str, str]:
    """The record as a row of Jisc's table."""
    contact = facts.public_contact(one)
    made = {
        "type": "facility" if isinstance(one, Facility) else "equipment",
        "institutionID": one.key,
        "doi": one.doi,
        "name": one.name,
        "description": one.description,
        "subject": MANY.join(str(code) for code in one.subjects),
        "website": facts.landing(one, site),
        "siteLocation": one.city,
    }
    if contact:
        made |= {"contactName": contact.name, "contactEmail": contact.email}
    if isinstance(one, Instrument):
        made |= _details(one, site)
    return made


def lost(one: Any) -> Iterator[tuple[str, str]]:
    """Values that do not fit: lists whose entries hold the mark between entries, relations that are not whole."""
    for name in ("measured_variables", "subjects"):
        if any(re.search(r"[;|]", str(entry)) for entry in getattr(one, name, [])):
            yield name, _("an entry holds a mark that separates entries in a cell (; or |)")
    if isinstance(one, Instrument) and any(not _sayable(entry) for entry in one.related):
        yield "related", _("a relation without type, or with the marks that separate its parts, cannot be written")


def _details(one: Instrument, site: str) -> dict[str, str]:
    return {
        "manufacturer": facts.maker_name(one),
        "model": one.model,
        "commissionedDate": str(one.commissioned_on or ""),
        "decommissionedDate": str(one.decommissioned_on or ""),
        "measuredVariables": MANY.join(str(name) for name in one.measured_variables),
        "managingDepartment": one.department,
        "serialNumber": one.serial,
        "relatedFacilityID": one.facility.key if one.facility else "",
        "relatedIdentifier": MANY.join(_relations(one, site)),
    }


def _sayable(entry: dict[str, Any]) -> bool:
    parts = [str(entry.get(name, "")) for name in ("relation", "type", "identifier")]
    return all(parts) and not any(re.search(r"[\s;|]", part) for part in parts)


def _relations(one: Instrument, site: str) -> Iterator[str]:
    for entry in one.related:
        if _sayable(entry):
            yield f"{entry['relation']} {entry['type']} {entry['identifier']}"
    for relation, other in facts.near(one):
        kind, value = facts.identifier(other, site)
        yield f"{relation} {kind} {value}"


def _title(cell: str) -> str:
    """The title of ours that a header's cell means, or nothing."""
    return _BY_PLAIN.get(re.sub(r"[^a-z]", "", cell.lower()), "")


def _draft(place: int, given: dict[str, str], refs: ContentRefs) -> Draft:
    kept = {title: cell for title, cell in given.items() if title not in PRIVATE}
    kind = "facility" if given.get("type", "").lower() == "facility" else "instrument"
    draft = Draft(place, kind, {}, "", dict(kept))
    if given.get("type", "").lower() not in ("", "equipment", "facility"):
        draft.reject(
            "type", "type_unknown", _("found type %(type)r; expected equipment or facility.") % {"type": given["type"]}
        )
    draft.ref = given.get("institutionID", "")[:300]
    if not draft.ref:
        draft.ref = refs.ref(kept)
        draft.remark("institutionID", "id_missing", _("found no internal id; the row is known by its content instead."))
    if any(STRAY in cell for cell in kept.values()):
        draft.remark("", "repaired_text", _("found bytes that are not UTF-8; each became a mark."))
    _say(draft, given)
    if kind == "instrument":
        _say_details(draft, given)
    else:
        draft.fields |= {"facility_class": "support", "kind": "service_platform"}
    return draft


def _say(draft: Draft, given: dict[str, str]) -> None:
    if not given.get("name"):
        draft.reject("name", "name_missing", _("found no name; expected one in every row."))
    name = given.get("name", "")
    if len(name) > 300:
        draft.remark(
            "name",
            "repaired_text",
            _("found a name of %(found)s characters; kept the first 300.") % {"found": len(name)},
        )
    draft.fields |= {"name": name[:300], "name_en": name[:300] if name.isascii() else ""}
    draft.fields |= {"description": given.get("description", ""), "city": given.get("siteLocation", "")[:120]}
    draft.fields["subjects"] = _several(given.get("subject", ""))
    if doi := given.get("doi", ""):
        draft.fields["doi"] = find_doi(doi)
        if not draft.fields["doi"]:
            draft.reject(
                "doi",
                "doi_unreadable",
                _("found %(found)r; expected a DOI such as 10.1234/abcd.") % {"found": doi[:80]},
            )
    if (website := given.get("website", "")).startswith(("http://", "https://")):
        draft.fields["website"] = website[:300]


def _say_details(draft: Draft, given: dict[str, str]) -> None:
    makers = _several(given.get("manufacturer", ""))
    if makers and makers[0].lower() not in facts.UNKNOWN:
        draft.fields["maker"] = makers[0][:200]
    draft.fields |= {
        "model": given.get("model", "")[:200],
        "serial": given.get("serialNumber", "")[:120],
        "department": given.get("managingDepartment", "")[:200],
        "measured_variables": _several(given.get("measuredVariables", "")),
        "keywords": _several(given.get("infraportalDiscipline", "")),
        "related": [entry for text in _several(given.get("relatedIdentifier", "")) if (entry := _relation(text))],
        "shared": True,
    }
    cells.day(draft, "commissioned_on", given.get("commissionedDate", ""))
    cells.day(draft, "decommissioned_on", given.get("decommissionedDate", ""))
    if draft.fields.get("decommissioned_on"):
        draft.fields["status"] = "retired"
    cells.suggest_class(draft, "name", [draft.fields["name"]])


def _several(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;|]", text) if part.strip()]


def _relation(text: str) -> dict[str, str] | None:
    parts = text.split()
    if len(parts) == 3:
        return {"relation": parts[0], "type": parts[1], "identifier": parts[2]}
    return {"relation": "IsDescribedBy", "type": "URL", "identifier": text} if text.startswith("http") else None
