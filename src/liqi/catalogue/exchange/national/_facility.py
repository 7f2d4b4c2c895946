"""The instrument centre (仪器中心, 11 keys) and the large infrastructure (重大科研基础设施, 25 keys)."""

import re
from decimal import Decimal
from typing import Any

from liqi.catalogue.exchange._draft import Draft
from liqi.catalogue.exchange.national import _codecs as say
from liqi.catalogue.exchange.national._codecs import Home, without_none
from liqi.catalogue.exchange.national._instrument import inner_id_home, owner
from liqi.catalogue.exchange.national._people import CHIEF, OPERATIONS, REPORTING, whole
from liqi.catalogue.models import Facility, FacilityStatus, Register

DOCUMENTS = {
    "organizationFile": ("organisation rules",),
    "openFile": ("access and charging rules",),
    "applyFile": ("application rules",),
    "layoutImage": ("layout picture", "key part picture", "operation picture"),
}
"""The kinds of a facility's documents that each key holds."""
KINDS: dict[str, dict[str, Any]] = {
    "center": {
        "register": Register.CENTRE, "facility_class": "support", "kind": "service_platform", "applied_research": True,
    },
    "facility": {
        "register": Register.INFRASTRUCTURE, "facility_class": "support", "kind": "large_facility",
        "frontier_research": True,
    },
}  # fmt: skip
"""What a facility read from either record is with us."""


def document(one: Facility, kind: str) -> str:
    """The address of the facility's document of this kind."""
    return next((str(entry.get("address", "")) for entry in one.documents if entry.get("kind") == kind), "")


def read_document(draft: Draft, kind: str, cell: str) -> None:
    """The document is listed under its kind."""
    if without_none(cell):
        others = [entry for entry in draft.fields.get("documents", []) if entry["kind"] != kind]
        draft.fields["documents"] = [*others, {"kind": kind, "name": cell.rsplit("/", 1)[-1], "address": cell}]


def _documents(key: str) -> Home:
    def write(one: Facility) -> str:
        return ",".join(filter(None, (document(one, kind) for kind in DOCUMENTS[key])))

    def read(draft: Draft, cell: str) -> None:
        for kind, address in zip(DOCUMENTS[key], re.split("[,，]", without_none(cell)), strict=False):
            read_document(draft, kind, address)

    return Home("Facility.documents", write, read)


def _read_host(draft: Draft, cell: str) -> None:
    if without_none(cell):
        owner(draft)["name"] = cell


def _worth(one: Facility) -> str:
    """What the centre says its instruments are worth, else their sum here."""
    if one.cost_cny is not None or not one.pk:
        return say.in_wan(one.cost_cny)
    values = [each.value_cny for each in one.instruments.all() if each.value_cny is not None]
    return say.in_wan(sum(values, Decimal(0))) if values else ""


def _count(one: Facility) -> str:
    if one.instrument_count is not None or not one.pk:
        return say.decimal_text(one.instrument_count)
    count = sum(each.removed_at is None for each in one.instruments.all())
    return str(count) if count else ""


CENTRE: dict[str, Home] = {
    "cname": say.text("Facility", "name"),
    "innerId": inner_id_home("Facility"),
    "worth": Home("Facility.cost_cny", _worth, say.wan("Facility", "cost_cny").read),
    "area": say.number("Facility", "floor_area_m2"),
    "establish": say.day("Facility", "founded_on"),
    "instruNum": Home("Facility.instrument_count", _count, say.number("Facility", "instrument_count", whole=True).read),
    "accept": say.truth("Facility", "accredited"),
    "subject": say.several("Facility", "subjects", "subject"),
    "serviceContent": say.text("Facility", "description"),
    "url": say.text("Facility", "website"),
    "level": say.listed("Facility", "level", "level"),
}
INFRASTRUCTURE: dict[str, Home] = {
    "cname": say.text("Facility", "name"),
    "ename": say.text("Facility", "name_en"),
    "enameShort": say.text("Facility", "acronym"),
    "innerId": inner_id_home("Facility"),
    "worth": say.wan("Facility", "cost_cny"),
    "beginDate": say.day("Facility", "accepted_on"),
    "url": say.text("Facility", "website"),
    "deviceCategory": say.listed("Facility", "device_category", "facility_category"),
    "construction": say.choice(
        "Facility", "status", {FacilityStatus.BUILDING: "在建", FacilityStatus.OPERATING: "建成"}
    ),
    "competentDep": say.text("Facility", "competent_department"),
    "supInsname": Home("Institution.name", lambda one: one.institution.name if one.institution else "", _read_host),
    "approvalDep": say.text("Facility", "approving_department"),
    "technical": say.text("Facility", "specification"),
    "function": say.text("Facility", "functions"),
    "subject": say.several("Facility", "subjects", "subject"),
    "serviceContent": say.text("Facility", "domestic_users"),
    "requirement": say.text("Facility", "foreign_users"),
    "achievement": say.text("Facility", "achievements"),
    "sciContact": whole(CHIEF),
    "runContact": whole(OPERATIONS),
    "contact": whole(REPORTING),
    "organizationFile": _documents("organizationFile"),
    "openFile": _documents("openFile"),
    "applyFile": _documents("applyFile"),
    "layoutImage": _documents("layoutImage"),
}
