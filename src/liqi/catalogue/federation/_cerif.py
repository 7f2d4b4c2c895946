"""The format `cerif_openaire`: Equipment and OrgUnit, as `catalogue/exchange/cerif.py` writes and reads them."""

from typing import Any

from lxml import etree

from liqi.catalogue.exchange import cerif
from liqi.catalogue.exchange._xml import local
from liqi.catalogue.federation._datacite import LANG, of_drafts

NAMESPACE = cerif.NAMESPACE
SCHEMA = "https://www.openaire.eu/schema/cris/1.2/openaire-cerif-profile.xsd"


def element(kind: str, record: Any, site: str) -> Any:
    """The record as Equipment or OrgUnit."""
    return cerif.element(record, site)


def read(found: Any) -> tuple[str, dict[str, Any]]:
    """Kind and fields as Equipment or OrgUnit says them; raises UnreadableFile."""
    if local(found) == "OrgUnit":
        return _org_unit(found)
    return of_drafts(list(cerif.read(bytes(etree.tostring(found)))), "CERIF record")


def _org_unit(found: Any) -> tuple[str, dict[str, Any]]:
    names = {one.get(LANG, "")[:2].lower(): (one.text or "").strip() for one in reversed(found.findall("{*}Name"))}
    ror = (found.findtext("{*}RORID") or "").strip()
    return "institution", {
        "name": names.get("zh") or names.get("en") or next(iter(names.values()), ""),
        "name_en": names.get("en", ""),
        "ror_id": f"https://ror.org/{ror.rsplit('/', 1)[-1]}" if ror else "",
    }
