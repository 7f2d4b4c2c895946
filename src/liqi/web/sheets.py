"""The form of a record: its fields in sections, as inputs with what stands in them, and what was typed, read back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from liqi import taxonomy
from liqi.catalogue import editing
from liqi.web import choices, fieldnames, scripts

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BLANK_ROWS = 3
SECTIONS: dict[str, Sequence[tuple[str, Any, str]]] = {
    "instrument": (
        ("what", _("What it is"), "name name_en class_code maker maker_text model serial status description functions "
         "specification keywords website"),
        ("can", _("What it can do"), "capabilities techniques measured_variables calibrated_on calibration_due_on "
         "calibration portable"),
        ("where", _("Where it stands"), "institution facility department parent country province city county address "
         "postcode latitude longitude carrier_kind carrier_name"),
        ("use", _("Use and booking"), "shared bookable booking_url price_cny_per_hour fees opening_hours time_zone "
         "min_minutes max_minutes notice_minutes horizon_days training_required training user_rules service_content"),
        ("life", _("Life and money"), "value_cny made_in acquired_on commissioned_on decommissioned_on end_of_life_on "
         "built_year obtained purpose one_off customs_supervised funds run_hours outside_hours hours_year"),
        ("contacts", _("Contacts"), "contacts"),
        ("links", _("Identifiers and links"), "doi handle identifiers codes related subjects achievements"),
        ("record", _("The record"), "confirmed_on confidence licence"),
    ),
    "facility": (
        ("what", _("What it is"), "name name_en acronym kind field status description functions specification "
         "website"),
        ("stages", _("Stages of the chain it serves"), "frontier_research applied_research industrial_technology "
         "industrialisation"),
        ("where", _("Where it stands"), "institution parent country province city county address postcode latitude "
         "longitude"),
        ("national", _("National record"), "register device_category level competent_department approving_department "
         "founded_on accepted_on opened_year cost_cny floor_area_m2 instrument_count accredited subjects "
         "domestic_users foreign_users achievements documents"),
        ("contacts", _("Contacts"), "contacts"),
        ("links", _("Identifiers and links"), "doi handle identifiers codes"),
        ("record", _("The record"), "confirmed_on confidence licence"),
    ),
    "institution": (
        ("what", _("What it is"), "name name_en aliases kind website parent"),
        ("where", _("Where it stands"), "country province city county address postcode latitude longitude"),
        ("contacts", _("Contacts"), "contacts"),
        ("links", _("Identifiers and links"), "ror_id credit_code national_code identifiers codes"),
        ("record", _("The record"), "confirmed_on confidence licence"),
    ),
    "service": (
        ("what", _("What it is"), "name name_en institution facility description techniques sample_types instruments"),
        ("terms", _("Terms"), "price_cny price_unit turnaround_days open"),
        ("contacts", _("Contacts"), "contacts"),
        ("links", _("Identifiers and links"), "doi handle identifiers codes"),
        ("record", _("The record"), "confirmed_on confidence licence"),
    ),
    "maker": (
        ("what", _("What it is"), "name name_en aliases brand_country city founded_year website"),
        ("links", _("Identifiers and links"), "identifiers codes"),
        ("record", _("The record"), "confirmed_on confidence licence"),
    ),
}  # fmt: skip
"""The sections of each form: address within the page, title, fields in order."""
OPEN = ("what", "can", "terms", "stages")
HINTS = {
    "class_code": _("Six digits, or a name; the list helps."),
    "maker": _("As it is called in the catalogue; otherwise leave it empty and write it below."),
    "institution": _("Its name as the catalogue has it, or its identifier."),
    "facility": _("Its name as the catalogue has it, or its identifier."),
    "parent": _("The identifier of the record that this one is a part of."),
    "capabilities": _("One value, or a range from low to high. Quantities of the list can be searched by number."),
    "opening_hours": _("Such as 09:00-12:00, 13:00-17:30; empty means closed, a wholly empty week means always open."),
    "contacts": _("Only those marked public are shown, harvested or exported to others."),
    "related": _("Articles and records; the relation in the words of DataCite, such as IsDescribedBy."),
    "doi": _("Such as 10.1000/xyz, without an address before it."),
    "instruments": _("Names or identifiers, one a line."),
    "subjects": _("Three digits, one a line."),
    "run_hours": _("What the institution declares for the year; metered sessions are counted apart."),
}


@dataclass
class Input:
    """One field of the form: how it is typed, what stands in it, what is wrong with it."""

    name: str
    label: str
    kind: str
    value: Any = ""
    choices: Sequence[Any] = ()
    columns: Sequence[tuple[str, str]] = ()
    hint: str = ""
    wrong: str = ""
    list_id: str = ""
    needed: bool = False


@dataclass
class Section:
    """A part of the form."""

    id: str
    title: str
    open: bool
    inputs: list[Input] = field(default_factory=list)


def build(
    kind: str, record: Any, *, typed: QueryDict | None, problems: Mapping[str, str], language: str, fresh: set[str]
) -> list[Section]:
    """The sections with what was typed, else what is on record; fields in `fresh` show the record all the same."""
    found = []
    for id_, title, names in SECTIONS[kind]:
        inputs = []
        for name in names.split():
            one = shape(kind, name, record)
            one.value = (
                _typed(one, typed) if typed is not None and name not in fresh else _stored(one, record, language)
            )
            one.wrong = problems.get(name, "")
            one.choices = one.choices or choices.of(one.name, one.kind, one.value, language)
            inputs.append(one)
        is_open = id_ in OPEN or any(one.wrong for one in inputs)
        found.append(Section(id_, str(title), is_open, inputs))
    return found


def shape(kind: str, name: str, record: Any) -> Input:
    """The input of a field, empty."""
    hint, label = str(HINTS.get(name, "")), fieldnames.label(name)
    one = Input(name, label, "text", hint=hint, needed=name == "name")
    if name in ROWS:
        one.kind, one.columns = "rows", [(column, choices.column(column)) for column in ROWS[name]]
        return one
    if name in ("opening_hours", "techniques"):
        one.kind = name
        return one
    if name in ("class_code", "maker", "institution", "facility"):
        one.kind, one.list_id = "text", name
        return one
    if name in LINES or name == "instruments":
        one.kind = "lines"
        return one
    one.kind = _plain_kind(record._meta.get_field(name), name)
    return one


ROWS = {
    "capabilities": ("quantity", "value", "low", "high", "unit"),
    "contacts": ("role", "name", "position", "unit", "phone", "email", "address", "postcode", "public"),
    "identifiers": ("type", "value"),
    "codes": ("scheme", "edition", "code"),
    "related": ("relation", "identifier", "type"),
    "documents": ("kind", "name", "address"),
}
LINES = {"keywords", "measured_variables", "funds", "aliases", "sample_types", "subjects"}
CHOSEN = {"country", "province", "made_in", "brand_country", "time_zone", "kind", "field"}


def _plain_kind(found: Any, name: str) -> str:
    if isinstance(found, models.BooleanField):
        return "maybe" if found.null else "check"
    if name in CHOSEN or found.choices:
        return "select"
    if isinstance(found, models.DateField):
        return "date"
    if isinstance(found, models.TextField):
        return "long"
    return "url" if isinstance(found, models.URLField) else "text"


def _stored(one: Input, record: Any, language: str) -> Any:
    """What is on record, as the input shows it."""
    if one.kind == "rows":
        return _with_blanks(one, editing.current(record, one.name))
    if one.kind == "lines":
        words = editing.current(record, one.name)
        return "\n".join(str(word) for word in words or [])
    value = getattr(record, one.name, None)
    if one.kind == "opening_hours":
        return [(day, ", ".join("-".join(ends) for ends in (value or {}).get(day, ()))) for day in DAYS]
    if one.kind == "techniques":
        return list(value or [])
    if isinstance(value, models.Model):
        return scripts.name_of(value, language) if one.list_id else getattr(value, "key", "")
    if one.name == "class_code" and value in taxonomy.classes():
        return f"{value} {taxonomy.label(value, language)}"
    if one.kind == "maybe":
        return {True: "true", False: "false", None: ""}[value]
    if one.kind == "check":
        return bool(value)
    text = "" if value is None else str(editing.as_json(value))
    return text.rstrip("0").rstrip(".") if re.fullmatch(r"-?\d+\.\d+", text) else text


def _typed(one: Input, typed: QueryDict) -> Any:
    """What was typed, as the input shows it again."""
    if one.kind == "rows":
        return _with_blanks(one, rows_of(typed, one.name))
    if one.kind == "opening_hours":
        return [(day, typed.get(f"opening_hours.{day}", "")) for day in DAYS]
    if one.kind == "techniques":
        return typed.getlist("techniques")
    if one.kind == "check":
        return one.name in typed
    return typed.get(one.name, "")


def _with_blanks(one: Input, rows: Sequence[Mapping[str, Any]]) -> list[list[tuple[str, str, Any]]]:
    """Rows of (name of the input, column, value) with empty ones to be filled at the end."""
    names = [column for column, _label in one.columns]
    return [
        [(f"{one.name}.{at}.{column}", column, _cell(row.get(column, ""))) for column in names]
        for at, row in enumerate([*rows, *[{}] * BLANK_ROWS])
    ]


def _cell(value: Any) -> Any:
    """The value as people type it: a whole number without a point."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return "" if value is None else value


def rows_of(typed: QueryDict, name: str) -> list[dict[str, Any]]:
    """The rows of that field as they were typed, empty ones left out."""
    found: dict[int, dict[str, Any]] = {}
    for given in typed:
        start, _dot, rest = given.partition(".")
        at, _dot, column = rest.partition(".")
        if start == name and at.isdigit() and len(at) < 6 and column in ROWS[name]:
            found.setdefault(int(at), {})[column] = typed[given]
    return [found[at] for at in sorted(found) if any(str(value).strip() for value in found[at].values())]


def read(kind: str, typed: QueryDict, record: Any) -> dict[str, Any]:
    """The values that were typed, for the verbs of `catalogue.editing`."""
    values: dict[str, Any] = {}
    for _id, _title, names in SECTIONS[kind]:
        for name in names.split():
            one = shape(kind, name, record)
            value = rows_of(typed, name) if one.kind == "rows" else _typed(one, typed)
            if one.kind == "opening_hours":
                value = {day: text for day, text in value if text.strip()}
            values[name] = _meant(name, value, record)
    return values


def _meant(name: str, value: Any, record: Any) -> Any:
    """The typed value, with names of what is linked already and of classes taken as what they mean."""
    if not isinstance(value, str):
        return value
    if name == "class_code" and value.strip():
        first = value.split()[0]
        return first if first.isdigit() else taxonomy.find_class(value.strip()) or value
    if record.pk is None and name in {field.name for field in record._meta.many_to_many}:
        return value
    linked = getattr(record, name, None)
    if isinstance(linked, models.Model) and value.strip() in choices.names_of(linked):
        return linked
    return value
