"""ROR: organisations of the world as CSV, the register's own dump or a reduced list with `ror_id`."""

import re
from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from liqi.catalogue.exchange import _places as places
from liqi.catalogue.exchange._draft import Draft, UnreadableFile
from liqi.catalogue.exchange._incoming import Incoming
from liqi.catalogue.exchange._look import Look
from liqi.catalogue.exchange._text import table_of
from liqi.catalogue.models import InstitutionKind
from liqi.taxonomy import cities, find_ror

SOURCE = "ROR"
_TITLES = {
    "id": ("ror_id", "id"),
    "name": ("name", "names.types.ror_display"),
    "names_zh": ("names_zh", "name_zh"),
    "aliases": ("acronyms", "names.types.acronym"),
    "types": ("types", "kind"),
    "status": ("status",),
    "country": ("country_code", "country", "locations.geonames_details.country_code"),
    "city": ("city", "locations.geonames_details.name"),
    "geonames_id": ("geonames_id", "locations.geonames_id"),
    "lat": ("lat", "latitude", "locations.geonames_details.lat"),
    "lng": ("lng", "longitude", "locations.geonames_details.lng"),
    "website": ("website", "links.type.website"),
}
HEADERS = frozenset(title for titles in _TITLES.values() for title in titles)


def recognises(look: Look) -> bool:
    """Whether the header has ror_id and nothing of a table of ours, or the columns of the register's own CSV."""
    if look.shape != "table":
        return False
    ours = look.titles & {"kind", "institution", "maker", "model", "class"}
    return ("ror_id" in look.header and not ours) or {"id", "names.types.ror_display"} <= set(look.header)


def read(content: bytes | Incoming, mapping: Mapping[str, str] | None = None) -> Iterator[Draft]:
    """One draft an organisation; those that are no longer active are marked so in the row and left out."""
    table = table_of(content, HEADERS)
    header = table.header
    at = {field: next((header.index(t) for t in titles if t in header), -1) for field, titles in _TITLES.items()}
    if at["id"] < 0 or at["name"] < 0:
        raise UnreadableFile(_("found no column ror_id (or id) and name; expected a table of ROR organisations."))
    for place, row in enumerate(table.rows, start=table.first):
        if any(row):
            given = {field: row[n] if 0 <= n < len(row) else "" for field, n in at.items()}
            raw = {title: cell for title, cell in zip(header, row, strict=False) if cell}
            yield _draft(place, given, raw)


def _draft(place: int, given: dict[str, str], raw: dict[str, str]) -> Draft:
    ror = find_ror(given["id"])
    draft = Draft(place, "institution", {}, ror.rsplit("/", 1)[-1] or given["id"], dict(raw))
    if not ror:
        draft.reject(
            "ror_id",
            "id_unreadable",
            _("found %(found)r; expected an id such as https://ror.org/00py81415.") % {"found": given["id"]},
        )
    else:
        draft.fields["ror_id"] = ror
    chinese = [name.strip() for name in re.split(r"[|;；]", given["names_zh"]) if name.strip()]
    if not given["name"] and not chinese:
        draft.reject("name", "name_missing", _("found no name; expected one in every row."))
    aliases = [*chinese[1:], *(a.strip() for a in re.split(r"[|;]", given["aliases"]) if a.strip())]
    kinds = [kind.strip() for kind in re.split(r"[|;]", given["types"].lower())]
    draft.fields |= {
        "name": (chinese[0] if chinese else given["name"])[:300],
        "name_en": given["name"][:300],
        "aliases": aliases,
        "kind": next((kind for kind in kinds if kind in InstitutionKind.values), InstitutionKind.OTHER),
    }
    if given["website"].startswith(("http://", "https://")):
        draft.fields["website"] = given["website"].split(";")[0].strip()[:300]
    places.country(draft, "country", given["country"])
    places.point(draft, given["lat"], given["lng"])
    known = cities().get(given["geonames_id"])
    chinese_place = draft.fields.get("country") in ("CN", "HK", "MO", "TW")
    draft.fields["city"] = (known.name_zh if known and known.name_zh and chinese_place else given["city"])[:120]
    if given["status"] not in ("", "active"):
        draft.remark(
            "status",
            "not_active",
            _("found status %(status)s; kept as a record of the past.") % {"status": given["status"]},
        )
    return draft
