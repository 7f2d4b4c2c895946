"""Cells that carry our names to the fields of a draft: each by the kind of its field in the model."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from liqi.catalogue import _lists
from liqi.catalogue.exchange import _cells as cells
from liqi.catalogue.exchange import _places as places
from liqi.catalogue.exchange import _typed_cells as typed
from liqi.catalogue.exchange._columns import FIELDS
from liqi.catalogue.exchange._draft import Draft
from liqi.catalogue.models import Contact, Facility, Institution, InstitutionKind, Instrument, Service
from liqi.taxonomy import FACILITY_KINDS, STAGES, find_ror, fold

MODELS: dict[str, Any] = {
    "institution": Institution,
    "facility": Facility,
    "instrument": Instrument,
    "service": Service,
}
_KINDS = {
    **{"equipment": "instrument", "仪器": "instrument", "设备": "instrument", "instrument": "instrument"},
    **{"设施": "facility", "平台": "facility", "facility": "facility", "centre": "facility", "中心": "facility"},
    **{"单位": "institution", "机构": "institution", "institution": "institution", "organisation": "institution"},
    **{"服务": "service", "service": "service", "联系人": "contact", "contact": "contact"},
}
_SPECIAL = {
    *("class_code", "class_scheme", "class_edition", "made_in", "country", "province", "city", "latitude"),
    *("longitude", "id", "kind", "facility_class", "class", "place", "source", "ror_id", "time_zone"),
}


def kind_of(draft: Draft, text: str) -> str:
    """The kind that the cell names; an instrument where it names none."""
    kind = _KINDS.get(fold(text)) if text else "instrument"
    if kind is None:
        said = _("found %(found)r, none of %(known)s; taken as an instrument.") % {
            "found": text[:80],
            "known": ", ".join([*MODELS, "contact"]),
        }
        draft.remark("kind", "kind_unknown", said)
    return kind or "instrument"


def fill(draft: Draft, given: Mapping[str, str]) -> None:
    """The draft's fields are read from cells that carry our names."""
    readers = _readers(draft.kind)
    for name, text in given.items():
        if text and (reader := readers.get(name)):
            reader(draft, name, text)
    if not draft.fields.get("name"):
        draft.reject("name", "name_missing", _("found no name; expected one in every row."))
    _place(draft, given)
    if maker := given.get("maker", ""):
        cells.maker(draft, maker)
    _relations(draft, given)
    if draft.kind == "instrument":
        cells.class_fields(draft, given.get("class", ""), given.get("class_edition", ""))
        places.country(draft, "made_in", given.get("made_in", ""))
        if not given.get("value_cny"):
            cells.money(draft, "value_cny", given.get("value_wan", ""), unit="万")
        cells.split_model(draft)
        if other := given.get("value_other", ""):
            draft.seen_cost = cells.amount(other)
    elif draft.kind == "facility":
        _facility(draft, given)
    elif draft.kind == "institution":
        _institution(draft, given)
    if contact := contact_of(draft, given):
        draft.fields["contacts"] = [contact]


def contact_of(draft: Draft, given: Mapping[str, str]) -> dict[str, Any]:
    """The contact of the row; private unless the row says that it is public."""
    found: dict[str, Any] = {}
    for name in ("name", "role", "position", "unit", "phone", "email", "address", "postcode"):
        if text := given.get(f"contact_{name}", ""):
            field: Any = Contact._meta.get_field(name)
            most = field.max_length or 0
            if len(text) > most:
                draft.remark(
                    f"contact_{name}",
                    "cut_short",
                    _("found %(found)s characters; kept the first %(most)s.") % {"found": len(text), "most": most},
                )
            found[name] = text[:most]
    if found.get("email") and "@" not in found["email"]:
        draft.remark("contact_email", "email_dropped", _("found no address with @; left out."))
        found.pop("email")
    if found and given.get("contact_public"):
        found["public"] = fold(given["contact_public"]) in cells.YES
    return found


@cache
def _readers(kind: str) -> dict[str, typed.Reader]:
    found: dict[str, typed.Reader] = {}
    for field in MODELS.get(kind, Instrument)._meta.concrete_fields:
        if field.name in FIELDS and not field.is_relation and field.name not in _SPECIAL:
            found[field.name] = typed.reader(field)
    found["time_zone"] = typed.time_zone
    return found


def _place(draft: Draft, given: Mapping[str, str]) -> None:
    if draft.kind == "service":
        return
    places.where(draft, given.get("place", ""))
    places.country(draft, "country", given.get("country", ""))
    if province := given.get("province", ""):
        places.where(draft, province, deeper=False)
    if city := given.get("city", ""):
        draft.fields["city"] = city[:120]
        if draft.fields.get("country") not in (None, "CN"):
            places.town_point(draft)
    places.point(draft, given.get("latitude", ""), given.get("longitude", ""))


def _relations(draft: Draft, given: Mapping[str, str]) -> None:
    owner = given.get("institution", "") or given.get("institution_en", "")
    if owner and draft.kind != "institution":
        english = given.get("institution_en", "") or (owner if owner.isascii() else "")
        draft.fields["institution"] = {
            "name": owner[:300],
            "name_en": english[:300],
            "ror_id": given.get("ror_id", ""),
        }
    elif draft.kind == "service":
        draft.reject("institution", "institution_missing", _("found no institution; expected one for every service."))
    if draft.kind in ("instrument", "service") and given.get("facility"):
        draft.fields["facility"] = given["facility"]
    if draft.kind in ("instrument", "facility", "institution") and given.get("parent"):
        draft.fields["parent"] = given["parent"]
    if draft.kind == "service" and given.get("instruments"):
        draft.fields["instruments"] = _lists.words(given["instruments"])


def _facility(draft: Draft, given: Mapping[str, str]) -> None:
    kind = given.get("facility_kind", "") or "service_platform"
    known = FACILITY_KINDS.get(fold(kind).replace(" ", "_"))
    if known is None:
        draft.reject(
            "facility_kind",
            "kind_unknown",
            _("found %(found)r; expected one of %(known)s.") % {"found": kind, "known": ", ".join(FACILITY_KINDS)},
        )
        return
    draft.fields |= {"kind": known.code, "facility_class": known.facility_class}
    wanted = [fold(stage).replace(" ", "_") for stage in _lists.words(given.get("stages", ""))]
    if unknown := [stage for stage in wanted if stage not in STAGES]:
        draft.reject(
            "stages",
            "stage_unknown",
            _("found %(found)r; expected some of %(known)s.") % {"found": unknown[0], "known": ", ".join(STAGES)},
        )
    draft.fields |= {stage: True for stage in wanted if stage in STAGES}


def _institution(draft: Draft, given: Mapping[str, str]) -> None:
    kind = fold(given.get("institution_kind", "")) or "other"
    if kind not in InstitutionKind.values:
        draft.reject(
            "institution_kind",
            "kind_unknown",
            _("found %(found)r; expected one of %(known)s.")
            % {"found": kind, "known": ", ".join(InstitutionKind.values)},
        )
        return
    draft.fields["kind"] = kind
    if ror := given.get("ror_id", ""):
        if found := find_ror(ror):
            draft.fields["ror_id"] = found
        else:
            message = _("found %(found)r; expected an id such as https://ror.org/04c4dkn09, its check digits too.") % {
                "found": ror[:60]
            }
            draft.reject("ror_id", "id_unreadable", message)
