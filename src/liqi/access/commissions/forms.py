"""Forms of services: fields that the manager defines, kept as JSON Schema 2020-12 in versions, and answers to them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _

from liqi.access.commissions import keepers
from liqi.access.models import ServiceForm
from liqi.accounts import journal
from liqi.accounts.models import Person
from liqi.catalogue.models import Service

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

__all__ = ["KINDS", "Field", "WrongForm", "define", "fields_of", "newest", "problems", "schema_of", "typed"]

KINDS = ("text", "long", "number", "choice", "several", "date", "yes", "file")
DIALECT = "https://json-schema.org/draft/2020-12/schema"
MOST_FIELDS, LONGEST_TEXT = 60, 4000
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


class WrongForm(ValueError):
    """The form cannot be kept as it is; the message says which field and why."""


@dataclass(frozen=True)
class Field:
    """One question of a form."""

    name: str
    """How the answer is called in the data; it stays the same from version to version."""
    kind: str
    title: str
    title_en: str = ""
    hint: str = ""
    unit: str = ""
    options: tuple[str, ...] = field(default=())
    required: bool = False
    minimum: Decimal | None = None
    maximum: Decimal | None = None

    def label(self, language: str) -> str:
        """The title in English where asked for and given, else as the manager wrote it."""
        return (self.title_en if language == "en" else "") or self.title or self.title_en


def newest(service: Service) -> ServiceForm | None:
    """The form that new orders of the service answer; None where it asks nothing more."""
    return ServiceForm.objects.filter(service=service).order_by("-version").first()


def define(
    *, service: Service, fields: Sequence[Field], sample_fields: Sequence[Field], person: Person, now: datetime
) -> ServiceForm:
    """These questions are the newest version of the form; orders under way keep the version they answered.

    The same questions again make no new version. Raises WrongForm, and NotAllowed for who does not keep the service.
    """
    keepers.require_keeper(person, service)
    schema, sample_schema = schema_of(fields), schema_of(sample_fields)
    with transaction.atomic():
        Service.everything.select_for_update().get(pk=service.pk)
        last = newest(service)
        if last is not None and (last.schema, last.sample_schema) == (schema, sample_schema):
            return last
        version = (ServiceForm.objects.filter(service=service).aggregate(n=Max("version"))["n"] or 0) + 1
        made = ServiceForm.objects.create(
            service=service, version=version, schema=schema, sample_schema=sample_schema, made_by=person, made_at=now
        )
        journal.write(person=person, verb="defined form", thing=service, at=now, version=version)
    return made


def schema_of(fields: Sequence[Field]) -> dict[str, Any]:
    """The JSON Schema 2020-12 of the fields; their order is kept in `x-position`. Raises WrongForm."""
    from jsonschema import Draft202012Validator  # takes a moment to load, here and below
    from jsonschema.exceptions import SchemaError

    if len(fields) > MOST_FIELDS:
        raise WrongForm(_("Found %(n)d fields; expected at most %(most)d.") % {"n": len(fields), "most": MOST_FIELDS})
    seen: set[str] = set()
    for one in fields:
        _check(one, seen)
    schema = {
        "$schema": DIALECT,
        "type": "object",
        "properties": {one.name: _property(one, place) for place, one in enumerate(fields)},
        "required": [one.name for one in fields if one.required],
        "additionalProperties": False,
    }
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as problem:
        raise WrongForm(_("This is no JSON Schema 2020-12: %(problem)s.") % {"problem": problem.message}) from None
    return schema


def fields_of(schema: Mapping[str, Any]) -> list[Field]:
    """The fields of a schema that `schema_of` made, in their order; raises WrongForm for any other schema."""
    required = set(schema.get("required", ()))
    rows = sorted(schema.get("properties", {}).items(), key=lambda item: item[1].get("x-position", 0))
    found = [_field(name, one, name in required) for name, one in rows]
    return found


def problems(form: ServiceForm | None, answers: Mapping[str, Any], *, of_sample: bool = False) -> list[str]:
    """What is wrong with the answers, each in a sentence that names the question; nothing where all is well."""
    return [said for _name, said in wrong_fields(form, answers, of_sample=of_sample).items()]


def wrong_fields(form: ServiceForm | None, answers: Mapping[str, Any], *, of_sample: bool = False) -> dict[str, str]:
    """The sentence about each field whose answer is wrong."""
    schema = {} if form is None else (form.sample_schema if of_sample else form.schema)
    if not schema:
        return {}
    from jsonschema import Draft202012Validator, FormatChecker

    titles = {one.name: one for one in fields_of(schema)}
    checker = Draft202012Validator(schema, format_checker=FormatChecker(["date"]))
    found: dict[str, str] = {}
    for error in sorted(checker.iter_errors(dict(answers)), key=lambda one: list(map(str, one.absolute_path))):
        for name in _names(error, schema):
            found.setdefault(name, _sentence(error, titles.get(name), name))
    return found


def typed(fields: Iterable[Field], texts: Mapping[str, str]) -> dict[str, Any]:
    """The answers that these texts stand for: numbers as numbers, blank ones left out; what is no number stays text."""
    found: dict[str, Any] = {}
    for one in fields:
        text = texts.get(one.name, "").strip()
        if not text:
            continue
        found[one.name] = _typed(one, text)
    return found


def renamed(fields: Sequence[Field]) -> list[Field]:
    """The fields, those without a name given a free one, so that a person need not think of names."""
    taken = {one.name for one in fields}
    made = []
    number = 0
    for one in fields:
        if not one.name:
            number += 1
            while f"f{number}" in taken:
                number += 1
            one = replace(one, name=f"f{number}")
            taken.add(one.name)
        made.append(one)
    return made


def _check(one: Field, seen: set[str]) -> None:
    title = one.title or one.title_en or one.name
    if not _NAME.fullmatch(one.name) or one.name in seen:
        raise WrongForm(
            _("Field “%(title)s”: found the name “%(name)s”; expected a-z, 0-9 and _, each name once.")
            % {"title": title, "name": one.name}
        )
    seen.add(one.name)
    if not (one.title or one.title_en):
        raise WrongForm(_("Field %(name)s: found no title; write what is asked.") % {"name": one.name})
    if one.kind not in KINDS:
        raise WrongForm(
            _("Field “%(title)s”: found the kind “%(kind)s”; expected one of %(known)s.")
            % {"title": title, "kind": one.kind, "known": ", ".join(KINDS)}
        )
    if one.kind in ("choice", "several") and len(set(one.options)) < 2:
        raise WrongForm(_("Field “%(title)s”: found fewer than two choices; write one a line.") % {"title": title})
    if one.minimum is not None and one.maximum is not None and one.minimum > one.maximum:
        raise WrongForm(
            _("Field “%(title)s”: found %(low)s as the least and %(high)s as the most; expected the least first.")
            % {"title": title, "low": one.minimum, "high": one.maximum}
        )


def _property(one: Field, place: int) -> dict[str, Any]:
    made: dict[str, Any] = {"title": one.title or one.title_en, "x-kind": one.kind, "x-position": place}
    if one.kind == "number":
        made["type"] = "number"
        made |= {
            name: _plain(value)
            for name, value in (("minimum", one.minimum), ("maximum", one.maximum))
            if value is not None
        }
    elif one.kind == "yes":
        made["type"] = "boolean"
    elif one.kind == "several":
        made |= {"type": "array", "uniqueItems": True, "items": {"type": "string", "enum": list(one.options)}}
    else:
        made["type"] = "string"
        limits: dict[str, dict[str, Any]] = {
            "choice": {"enum": list(one.options)},
            "date": {"format": "date"},
            "file": {"maxLength": 64},
        }
        made |= limits.get(one.kind, {"maxLength": 200 if one.kind == "text" else LONGEST_TEXT})
    for name, text in (("description", one.hint), ("x-title-en", one.title_en), ("x-unit", one.unit)):
        if text:
            made[name] = text
    return made


def _field(name: str, one: Mapping[str, Any], required: bool) -> Field:
    kind = one.get("x-kind") or _kind_of(one)
    options = one.get("enum") or one.get("items", {}).get("enum", ())
    return Field(
        name=name, kind=kind, title=str(one.get("title", name)), title_en=str(one.get("x-title-en", "")),
        hint=str(one.get("description", "")), unit=str(one.get("x-unit", "")),
        options=tuple(map(str, options)), required=required,
        minimum=_decimal(one.get("minimum")), maximum=_decimal(one.get("maximum")),
    )  # fmt: skip


def _kind_of(one: Mapping[str, Any]) -> str:
    """The kind of field for a property that a program wrote without saying it."""
    if "enum" in one:
        return "choice"
    if one.get("format") == "date":
        return "date"
    known = {"number": "number", "integer": "number", "boolean": "yes", "array": "several", "string": "text"}
    kind = known.get(str(one.get("type")))
    if kind is None:
        raise WrongForm(
            _("Found a field of type %(type)s; expected string, number, boolean, or array of choices.")
            % {"type": one.get("type")}
        )
    return kind


def _names(error: "ValidationError", schema: Mapping[str, Any]) -> list[str]:
    given: Any = error.instance
    if error.validator == "required":
        return [name for name in schema.get("required", ()) if name not in given]
    if error.validator == "additionalProperties":
        return [name for name in given if name not in schema.get("properties", {})]
    return [str(error.absolute_path[0])] if error.absolute_path else [""]


def _sentence(error: "ValidationError", one: Field | None, name: str) -> str:
    facts = {
        "title": (one.label(translation.get_language() or "") if one else name) or name,
        "found": str(error.instance)[:60],
        "limit": error.validator_value,
    }
    if error.validator == "required":
        return _("“%(title)s” is not answered") % facts
    if error.validator == "additionalProperties":
        return _("“%(title)s” is not asked in this form") % facts
    if error.validator == "type" and one is not None and one.kind == "number":
        return _("“%(title)s”: found “%(found)s”; expected a number") % facts
    if error.validator == "minimum":
        return _("“%(title)s”: found %(found)s; expected at least %(limit)s") % facts
    if error.validator == "maximum":
        return _("“%(title)s”: found %(found)s; expected at most %(limit)s") % facts
    if error.validator == "enum":
        choices: Any = error.validator_value
        known = ", ".join(map(str, choices))
        return _("“%(title)s”: found “%(found)s”; expected one of %(known)s") % {**facts, "known": known}
    if error.validator == "format":
        return _("“%(title)s”: found “%(found)s”; expected a day such as 2026-11-21") % facts
    if error.validator == "maxLength":
        return _("“%(title)s”: found too long a text; expected at most %(limit)s characters") % facts
    return _("“%(title)s”: found “%(found)s”, which does not fit the question") % facts


def _typed(one: Field, text: str) -> Any:
    if one.kind == "number":
        number = _decimal(text.replace(",", "."))
        return text if number is None else _plain(number)
    if one.kind == "yes":
        return {
            "yes": True,
            "true": True,
            "1": True,
            "on": True,
            "是": True,
            "no": False,
            "false": False,
            "0": False,
            "否": False,
        }.get(text.lower(), text)
    if one.kind == "several":
        return [part.strip() for part in re.split(r"[;；\n]", text) if part.strip()]
    return text


def _decimal(value: Any) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _plain(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
