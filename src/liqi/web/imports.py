"""The words of the import pages: our fields as choices, the kinds of problems, the states of a file."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from liqi.catalogue.exchange import table
from liqi.web import fieldnames

GROUPS = {
    "record": _("The record"),
    "instrument": _("The instrument"),
    "access": _("Use and booking"),
    "place": _("Owner and place"),
    "contact": _("Contact (kept private)"),
    "facility": _("Only for facilities"),
    "institution": _("Only for institutions"),
    "service": _("Only for services"),
}
LABELS = {
    "kind": _("Kind of record"),
    "id": _("Number in your list"),
    "class": _("Class (code or name)"),
    "class_edition": _("Edition of the class"),
    "institution_en": _("Institution in English"),
    "place": _("Place in one cell"),
    "value_wan": _("Value in 10,000 CNY"),
    "value_other": _("Value in another currency (kept in the row only)"),
    "contact_name": _("Contact: name"),
    "contact_role": _("Contact: role"),
    "contact_position": _("Contact: position"),
    "contact_unit": _("Contact: unit"),
    "contact_phone": _("Contact: telephone"),
    "contact_email": _("Contact: e-mail"),
    "contact_address": _("Contact: address"),
    "contact_postcode": _("Contact: postcode"),
    "contact_public": _("Contact may be shown"),
    "facility_kind": _("Kind of facility"),
    "institution_kind": _("Kind of institution"),
    "stages": _("Stages that it serves"),
}
STATES = {
    "mapping": (_("waits for its columns"), "warn"),
    "checking": (_("being read"), ""),
    "checked": (_("waits for you"), "warn"),
    "importing": (_("being imported"), ""),
    "done": (_("imported"), "good"),
    "failed": (_("not read"), "bad"),
    "cancelled": (_("given up"), ""),
}
VERBS = {"imported": _("imported"), "undid": _("undone")}
STEPS = {"reading": _("Reading"), "comparing": _("Comparing with the catalogue"), "keeping": _("Importing")}
CODES = {
    "repaired_class_code": _("Class code mended"),
    "repaired_value": _("Amount read with its unit"),
    "repaired_date": _("Date written another way"),
    "repaired_maker": _("Spelling of a known maker"),
    "repaired_name": _("Model taken out of the name"),
    "repaired_text": _("Damaged characters"),
    "repaired_encoding": _("Other encoding than UTF-8"),
    "repaired_header": _("Titles above the header"),
    "repaired_script": _("Institution in another script"),
    "repaired_division": _("Division code read"),
    "formula_without_value": _("Formulas without a value"),
    "sheet_chosen": _("Several sheets"),
    "mapping_used": _("A saved mapping was used"),
    "name_placeholder": _("A word for nothing as name"),
    "spam_suspected": _("Looks like advertising"),
    "misprint_suspected": _("Looks like a misprint"),
    "swap_suspected": _("Looks like a swapped word"),
    "not_an_instrument": _("Looks like a computer or office device"),
    "class_suggested": _("The name suggests a class"),
    "serial_repeated": _("One serial number many times"),
    "cost_outlier": _("Cost far above the rest"),
    "website_dropped": _("Address left out"),
    "email_dropped": _("E-mail address left out"),
    "place_unknown": _("Place not in our table"),
    "facility_unknown": _("Facility not found"),
    "kind_unknown": _("Unknown kind of record"),
    "left_out": _("Removed records left as they are"),
    "cut_short": _("Too long, cut short"),
    "more_remarks": _("More remarks"),
    "name_missing": _("No name"),
    "id_twice": _("One number twice"),
    "too_long": _("Too long"),
    "too_many_cells": _("More cells than the header"),
    "not_yours": _("Not your institution"),
    "class_unknown": _("Unknown class"),
    "value_unreadable": _("Amount not understood"),
    "date_unreadable": _("Date not understood"),
    "truth_unreadable": _("Neither yes nor no"),
    "country_unknown": _("Unknown country"),
    "point_unreadable": _("Point not on Earth"),
    "number_unreadable": _("Number not understood"),
    "status_unknown": _("Unknown condition"),
    "technique_unknown": _("Unknown technique"),
    "instrument_unknown": _("Instrument not found"),
    "schema": _("Not as its standard says"),
}


def label(field: str) -> str:
    """The words for a column of ours."""
    return str(LABELS.get(field) or fieldnames.LABELS.get(field) or field.replace("_", " "))


def choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Our columns in groups, as a select shows them."""
    return [(str(GROUPS[group]), [(field, label(field)) for field in fields]) for group, fields in table.GROUPS.items()]


def words(code: str) -> str:
    """The words for a kind of problem."""
    return str(CODES.get(code) or code.replace("_", " "))


def kinds(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The kinds of problems with their words: what rejects rows, what a person should look at, what was mended."""
    said = []
    for kind in found:
        code = str(kind["code"])
        mended = code.startswith("repaired_") or code in ("mapping_used", "sheet_chosen")
        tone = "bad" if kind["fatal"] else ("" if mended else "warn")
        said.append({**kind, "words": words(code), "tone": tone})
    return sorted(said, key=lambda kind: ["bad", "warn", ""].index(kind["tone"]))
