"""The one place that maps our records to the keys of the national interface and back."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from liqi.catalogue.exchange._draft import Draft
from liqi.catalogue.exchange.national import _facility, _instrument, _reported, dictionary
from liqi.catalogue.exchange.national._codecs import CENT, WAN, Home, decimal_text, in_wan, split
from liqi.catalogue.exchange.national._instrument import LARGEST_PICTURE_BYTES, inner_id, picture_of, share_mode
from liqi.catalogue.exchange.national._reported import CLOCK
from liqi.catalogue.exchange.national.dictionary import NONE
from liqi.catalogue.models import CustomsRecord, Facility, InstitutionYear, Instrument, ServiceRecord

__all__ = [
    "CENT",
    "CLOCK",
    "HOMES",
    "LARGEST_PICTURE_BYTES",
    "WAN",
    "Home",
    "Record",
    "canonical",
    "decimal_text",
    "filled",
    "finish",
    "in_wan",
    "inner_id",
    "number_of",
    "payload",
    "picture_of",
    "read",
    "share_mode",
    "split",
]

HOMES: dict[str, dict[str, Home]] = {
    "center": _facility.CENTRE,
    "facility": _facility.INFRASTRUCTURE,
    "instrument": _instrument.HOMES,
    "customs": _reported.CUSTOMS,
    "service_record": _reported.SERVICE,
    "institution_year": _reported.YEAR,
}
"""Record and key: where the field lives with us, how it is written and how it is read."""
_KINDS = {"center": "facility", "customs": "customs_record"}
_LONGEST = {
    "instrument": {"name": 300, "name_en": 300, "model": 200, "maker": 200, "department": 200, "carrier_name": 200,
                   "city": 120, "county": 120, "address": 300, "booking_url": 300},
    "facility": {"name": 300, "name_en": 300, "acronym": 60, "competent_department": 200, "approving_department": 200,
                 "website": 300, "city": 120, "county": 120, "address": 300},
}  # fmt: skip
_ADDRESSES = ("booking_url", "website")

Record = Instrument | Facility | CustomsRecord | ServiceRecord | InstitutionYear


def payload(
    record: str, one: Record, *, submit: bool = False, more: Mapping[str, Any] | None = None, fill: bool = True
) -> dict[str, Any]:
    """The record as the interface wants it today: every key but those dropped in 2019, blank where nothing is known.

    `more` gives values that other records decide: the figures of a year, the hours of an instrument. With `fill`, the
    word for nothing stands where the interface refuses a blank (dictionary.NONE_ALLOWED). A customs record also names
    its instrument and the results their year: with the institution's code, which the envelope carries, that is the key
    under which the platform keeps them.
    """
    known = dictionary.fields(record)
    made = {key: home.write(one) for key, home in HOMES[record].items() if not known[key].dropped}
    made |= more or {}
    if "auditStatus" in made:
        made["auditStatus"] = "0" if submit else "-1"
    if isinstance(one, CustomsRecord):
        made["innerId"] = inner_id(one.instrument)
    if isinstance(one, InstitutionYear):
        made["year"] = str(one.year)
    return filled(record, made) if fill else made


def filled(record: str, made: Mapping[str, Any]) -> dict[str, Any]:
    """The same with the word for nothing wherever the interface refuses a blank."""
    needed = dictionary.NONE_ALLOWED.get(record, ())
    return {key: NONE if key in needed and value in ("", None) else value for key, value in made.items()}


def number_of(record: str, one: Record) -> str:
    """The institution's own number of the record: with its code, the key under which the platform keeps it."""
    if isinstance(one, CustomsRecord):
        return "/".join(filter(None, (inner_id(one.instrument), one.declaration_number, one.item_number)))
    if isinstance(one, ServiceRecord):
        return one.source_ref
    if isinstance(one, InstitutionYear):
        return str(one.year)
    return inner_id(one)


def read(record: str, given: Mapping[str, Any], *, row: int = 1, raw: Mapping[str, Any] | None = None) -> Draft:
    """The draft that the keys and values of one record make; `service_unit` (2016) is read as a centre."""
    record = "center" if record == "service_unit" else record
    draft = Draft(row, _KINDS.get(record, record), {}, "", dict(raw if raw is not None else given))
    draft.fields |= dict(_facility.KINDS.get(record, {}))
    for key, home in HOMES[record].items():
        value = given.get(key)
        if home.read is not None and value not in (None, ""):
            home.read(draft, value if isinstance(value, dict) else str(value).strip())
    return finish(draft, given) if given else draft


def finish(draft: Draft, given: Mapping[str, Any]) -> Draft:
    """The draft when all its fields are read: what they say together, and what is missing or too long."""
    if draft.kind in ("instrument", "facility") and not draft.fields.get("name"):
        draft.reject("cname", "name_missing", _("found no name; expected one in every row."))
    if draft.kind == "service_record":
        commissioned = _reported.COMMISSIONED in draft.fields.get("ways", [])
        draft.fields["quantity_unit"] = "samples" if commissioned else "hours"
    if draft.kind == "customs_record":
        draft.fields["instrument"] = str(given.get("innerId", ""))
    if not draft.ref and draft.kind in ("instrument", "facility"):
        draft.reject(
            "innerId", "number_missing", _("found no number of the institution's own; expected one in every row.")
        )
    for name, longest in _LONGEST.get(draft.kind, {}).items():
        if len(str(draft.fields.get(name, ""))) > longest:
            draft.reject(
                name,
                "too_long",
                _("found %(found)s characters; expected at most %(longest)s.")
                % {"found": len(draft.fields[name]), "longest": longest},
            )
    for name in _ADDRESSES:
        if (address := draft.fields.get(name)) and not address.startswith(("http://", "https://")):
            draft.fields.pop(name)
            draft.remark(
                name,
                "website_dropped",
                _("found %(found)r; expected an address that begins with http.") % {"found": address},
            )
    return draft


def canonical(made: Mapping[str, Any]) -> bytes:
    """The payload as bytes that are the same whenever it says the same."""
    return json.dumps(made, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
