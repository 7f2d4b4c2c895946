"""The single instrument (单台套科学仪器设备): its 41 keys and where they live with us."""

from typing import Any

from django.utils.translation import gettext as _

from liqi.catalogue.exchange._draft import Draft
from liqi.catalogue.exchange.national import _codecs as say
from liqi.catalogue.exchange.national import dictionary
from liqi.catalogue.exchange.national._codecs import Home, without_none
from liqi.catalogue.exchange.national._people import part
from liqi.catalogue.exchange.national.dictionary import NONE
from liqi.catalogue.models import Facility, Instrument, InstrumentStatus, Obtained, Picture, Purpose, Register

INVENTORY = "InventoryNumber"
"""The type of identifier that holds an institution's own number of a record (the word is PIDINST's)."""
LARGEST_PICTURE_BYTES = 1_000_000
STATUS = {
    "1": "working",
    "2": "working",
    "3": "working",
    "4": "restricted",
    "5": "restricted",
    "6": "down",
    "7": "down",
}
"""What the seven words of 运行状态 mean with us; the word itself is kept as a code beside the state."""
_STATUS_BACK = {"working": "1", "restricted": "4", "down": "6", "retired": "7"}
STATUS_SCHEME, SHARE_SCHEME, EDITION = "cn-nrii-status", "cn-nrii-share-mode", "2016"


def inner_id(one: Any) -> str:
    """The institution's own number of a record: its inventory number where it has one, else our key."""
    own = (entry["value"] for entry in one.identifiers if entry.get("type") == INVENTORY)
    return next(own, "") or str(one.key)


def read_inner_id(draft: Draft, cell: str) -> None:
    """The number is the draft's reference in its source, and kept as an identifier."""
    draft.ref = cell
    draft.fields["identifiers"] = [{"type": INVENTORY, "value": cell}]


def inner_id_home(model: str) -> Home:
    """Where the institution's own number lives."""
    return Home(f"{model}.identifiers", inner_id, read_inner_id)


def owner(draft: Draft) -> dict[str, Any]:
    """The draft's institution, to be filled."""
    found: dict[str, Any] = draft.fields.setdefault("institution", {"name": "", "name_en": "", "ror_id": ""})
    return found


def _read_ins_code(draft: Draft, cell: str) -> None:
    if without_none(cell):
        owner(draft)["national_code"] = cell


def _carrier(one: Instrument) -> Facility | None:
    found = one.facility
    return found if found is not None and found.register else None


def carrier_kind(one: Instrument) -> str:
    """The code of what the instrument belongs to, the word for nothing when it stands alone."""
    if carrier := _carrier(one):
        return "1" if carrier.register == Register.CENTRE else "2"
    return one.carrier_kind if one.carrier_kind not in ("", "4") else NONE


def _read_carrier_kind(draft: Draft, cell: str) -> None:
    word = cell.removeprefix("附属于")
    found = dictionary.code("belongs_type", cell) or dictionary.code("belongs_type", f"附属于{word}")
    if found and found != "4":
        draft.fields["carrier_kind"] = found
    elif not found and cell not in (NONE, ""):
        draft.reject(
            "carrier_kind", "word_unknown", _("found %(found)r; expected 1, 2, 6, 7, 8 or 无.") % {"found": cell}
        )


def carrier_id(one: Instrument) -> str:
    """The institution's own number of the centre or infrastructure that the instrument belongs to."""
    if carrier := _carrier(one):
        return inner_id(carrier)
    related = (entry["identifier"] for entry in one.related if entry.get("relation") == "IsComponentOf")
    return next(related, "")


def _read_carrier_id(draft: Draft, cell: str) -> None:
    if number := without_none(cell):
        draft.fields["facility"] = number
        draft.fields["related"] = [{"relation": "IsComponentOf", "identifier": number, "type": INVENTORY}]


def _carrier_name(one: Instrument) -> str:
    return one.carrier_name if one.carrier_kind in ("6", "7", "8") else ""


def kept_code(one: Any, scheme: str) -> str:
    """The code that the record keeps in a scheme."""
    return next((entry["code"] for entry in one.codes if entry.get("scheme") == scheme), "")


def _keep_code(draft: Draft, scheme: str, code: str) -> None:
    others = [entry for entry in draft.fields.get("codes", []) if entry["scheme"] != scheme]
    draft.fields["codes"] = [*others, {"scheme": scheme, "edition": EDITION, "code": code}]


def _status(one: Instrument) -> str:
    kept = kept_code(one, STATUS_SCHEME)
    code = kept if STATUS.get(kept) == one.status else _STATUS_BACK.get(one.status, "")
    return dictionary.word("status", code)


def _read_status(draft: Draft, cell: str) -> None:
    if code := dictionary.code("status", cell):
        draft.fields["status"] = InstrumentStatus(STATUS[code])
        _keep_code(draft, STATUS_SCHEME, code)
    elif cell != NONE:
        draft.reject(
            "status",
            "word_unknown",
            _("found %(found)r; expected one of %(known)s.") % {"found": cell, "known": say.some("status")},
        )


def share_mode(one: Instrument) -> str:
    """How the instrument is shared: 1 inside, 2 also outside, 3 not at all; blank where nobody said."""
    if one.shared:
        return "2"
    kept = kept_code(one, SHARE_SCHEME)
    return kept if kept in ("1", "3") else ("1" if one.bookable else "")


def _read_share_mode(draft: Draft, cell: str) -> None:
    if code := dictionary.code("share_mode", cell):
        draft.fields["shared"] = code == "2"
        _keep_code(draft, SHARE_SCHEME, code)
    elif cell != NONE:
        draft.reject(
            "shared",
            "word_unknown",
            _("found %(found)r; expected one of %(known)s.") % {"found": cell, "known": say.some("share_mode")},
        )


def _maker(one: Instrument) -> str:
    return one.maker_text or (one.maker.name if one.maker else "")


def _read_maker(draft: Draft, cell: str) -> None:
    if without_none(cell):
        draft.fields["maker"] = cell


def picture_of(one: Instrument) -> Picture | None:
    """The first picture that the interface takes: a JPEG of at most 1 MB."""
    pictures = one.pictures.all() if one.pk else ()
    fits = (one for one in pictures if one.media_type == "image/jpeg" and one.size <= LARGEST_PICTURE_BYTES)
    return next(fits, None)


def _image(one: Instrument) -> str:
    found = picture_of(one)
    return f"{found.sha256}.jpg" if found else ""


def _read_image(draft: Draft, cell: str) -> None:
    if cell.startswith(("http://", "https://")):
        draft.remark(
            "image",
            "picture_elsewhere",
            _("found a picture at %(found)s; add it to the record by hand.") % {"found": cell},
        )


HOMES: dict[str, Home] = {
    "innerId": inner_id_home("Instrument"),
    "insCode": Home("Institution.national_code", lambda one: one.institution.national_code, _read_ins_code),
    "cname": say.text("Instrument", "name"),
    "ename": say.text("Instrument", "name_en"),
    "instrBelongsType": Home("Instrument.carrier_kind", carrier_kind, _read_carrier_kind),
    "instrBelongsName": Home("Instrument.facility", carrier_id, _read_carrier_id),
    "resourceName": Home("Instrument.carrier_name", _carrier_name, say.text("Instrument", "carrier_name").read),
    "insideDepart": say.text("Instrument", "department"),
    "instrCategory": say.class_code("Instrument"),
    "instrSource": say.choice(
        "Instrument",
        "obtained",
        {Obtained.BOUGHT: "购置", Obtained.MADE: "研制", Obtained.GIVEN: "赠送", Obtained.OTHER: "其他"},
    ),
    "instrSupervise": say.truth("Instrument", "customs_supervised"),
    "worth": say.wan("Instrument", "value_cny"),
    "nation": say.country("Instrument", "made_in"),
    "manufacturer": Home("Instrument.maker_text", _maker, _read_maker),
    "beginDate": say.day("Instrument", "acquired_on"),
    "type": say.choice("Instrument", "purpose", {Purpose.GENERAL: "通用", Purpose.SPECIAL: "专用"}),
    "instrVersion": say.text("Instrument", "model"),
    "technical": say.text("Instrument", "specification"),
    "function": say.text("Instrument", "functions"),
    "subject": say.several("Instrument", "subjects", "subject"),
    "funds": say.several("Instrument", "funds", "funds", keep="word"),
    "serviceContent": say.text("Instrument", "service_content"),
    "achievement": say.text("Instrument", "achievements"),
    "status": Home("Instrument.status", _status, _read_status),
    "shareMode": Home(
        "Instrument.shared", lambda one: dictionary.word("share_mode", share_mode(one)), _read_share_mode
    ),
    "requirement": say.text("Instrument", "user_rules"),
    "fee": say.text("Instrument", "fees"),
    "serviceUrl": say.text("Instrument", "booking_url"),
    "runMachine": say.number("Instrument", "run_hours"),
    "serviceMachine": say.number("Instrument", "outside_hours"),
    "province": say.division("Instrument", "province"),
    "city": say.division("Instrument", "city"),
    "county": say.division("Instrument", "county"),
    "street": say.text("Instrument", "address"),
    "contact": part("name"),
    "phone": part("phone"),
    "email": part("email"),
    "address": part("address", otherwise="address"),
    "postalcode": part("postcode", otherwise="postcode"),
    "image": Home("Picture.sha256", _image, _read_image),
    "auditStatus": say.computed("Push.submit", lambda _one: ""),
}
