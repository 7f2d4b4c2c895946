"""What the inputs of a record's form offer: codes with the words that people read for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liqi import taxonomy
from liqi.catalogue import models
from liqi.taxonomy import FACILITY_KINDS, FIELDS
from liqi.web import forms, scripts
from liqi.web.words import word

MOST_MAKERS, MOST_NEAR = 2000, 200
COLUMNS = {
    "quantity": _("Quantity"),
    "value": pgettext_lazy("of a quantity", "Value"),
    "low": _("From"),
    "high": _("To"),
    "unit": _("Unit"),
    "role": _("Role"),
    "name": _("Name"),
    "position": _("Position"),
    "phone": _("Telephone"),
    "email": _("E-mail"),
    "address": _("Address"),
    "postcode": _("Postcode"),
    "public": _("Public"),
    "type": pgettext_lazy("of an identifier", "Type"),
    "scheme": _("Scheme"),
    "edition": _("Edition"),
    "code": _("Code"),
    "relation": _("Relation"),
    "identifier": _("Identifier"),
    "kind": _("Kind"),
}
CODES: dict[str, dict[str, Any]] = {
    "obtained": {
        "bought": _("bought"),
        "made": _("made here"),
        "given": _("given"),
        "other": _("otherwise"),
    },
    "purpose": {"general": _("general use"), "special": _("special use")},
    "register": {"centre": _("instrument centre"), "infrastructure": _("large research infrastructure")},
}


def column(name: str) -> str:
    """The head of a column of rows."""
    return str(COLUMNS.get(name, name))


def code_word(name: str, code: str) -> str:
    """The words for a code of this field."""
    return str(CODES.get(name, {}).get(code) or word(code))


def of(name: str, kind: str, value: Any, language: str) -> Sequence[Any]:
    """The choices of a select, a value that is none of them kept; techniques as (key, label, chosen)."""
    if kind == "techniques":
        chosen = set(value)
        rows = [(key, one.label(language), key in chosen) for key, one in taxonomy.techniques().items()]
        return sorted(rows, key=lambda row: (not row[2], row[1]))
    if kind == "maybe":
        return [("", _("not recorded")), ("true", _("yes")), ("false", _("no"))]
    if kind != "select":
        return ()
    if name == "time_zone":
        return [*forms.zones(), *([] if value else [("", "")])]
    found = _codes(name, language)
    if value and value not in dict(found):
        found = [*found, (value, value)]
    return found


def _codes(name: str, language: str) -> list[tuple[str, str]]:
    none = ("", "—")
    if name in ("country", "made_in", "brand_country"):
        rows = [(code, taxonomy.place_label(code, language)) for code in taxonomy.countries()]
        return [none, *sorted(rows, key=lambda row: (row[0] not in ("CN", "TW", "HK", "MO"), row[1]))]
    if name == "province":
        codes = [code for code in taxonomy.divisions() if code.endswith("0000")]
        return [none, *[(code, taxonomy.place_label(code, language)) for code in codes]]
    if name == "field":
        return [none, *[(code, scripts.label_of(term, language)) for code, term in FIELDS.items()]]
    if name == "kind":
        return [
            *[(code, scripts.label_of(term, language)) for code, term in FACILITY_KINDS.items()],
        ]
    for model in (models.Instrument, models.Facility, models.Service):
        if name in (one.name for one in model._meta.concrete_fields):
            field: Any = model._meta.get_field(name)
            blank = [none] if (field.blank and not field.has_default()) or "" in (field.default,) else []
            return [*blank, *[(str(code), code_word(name, str(code))) for code, _label in field.flatchoices]]
    return [none]


def lists(kind: str, record: Any, language: str) -> dict[str, list[Any]]:
    """What may be typed into the inputs that have a list: classes, quantities, units, makers, what is near."""
    found: dict[str, list[Any]] = {}
    if kind == "instrument":
        found["class_code"] = [
            f"{code} {one.label(language)}" for code, one in taxonomy.classes().items() if one.level == 3
        ]
        found["quantity"] = [one.label(language) for one in taxonomy.quantities().values()]
        found["unit"] = sorted({one.symbol for one in taxonomy.units() if one.symbol})
        makers = models.Maker.objects.order_by("name").only("key", "name", "name_en")[:MOST_MAKERS]
        found["maker"] = [scripts.name_of(maker, language) for maker in makers]
    institution = getattr(record, "institution", None)
    if institution is not None and kind in ("instrument", "service"):
        near = institution.facilities.order_by("name").only("key", "name", "name_en")[:MOST_NEAR]
        found["facility"] = [scripts.name_of(facility, language) for facility in near]
    return found


def names_of(record: Any) -> set[str]:
    """Everything by which a linked record may be called on a form."""
    hant = {scripts.in_script(record.name, "zh-hant")}
    return {text for text in {record.name, getattr(record, "name_en", ""), getattr(record, "key", "")} | hant if text}
