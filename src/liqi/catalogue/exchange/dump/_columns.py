"""The columns of each kind of record, and the values of a record in them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi.catalogue.exchange import _facts as facts
from liqi.catalogue.models import Facility, Institution, Instrument, Maker, Service
from liqi.taxonomy import CLASS_SCHEME

MODELS: dict[Any, str] = {
    Instrument: "instrument",
    Facility: "facility",
    Institution: "institution",
    Service: "service",
    Maker: "maker",
}
NAMES = {
    "instrument": "instruments",
    "facility": "facilities",
    "institution": "institutions",
    "service": "services",
    "maker": "makers",
}
"""The name of the table of each kind."""
REASON = gettext_lazy("the table has no column for it")
_LEFT_OUT = {
    *("id", "key", "source_row", "removed_at", "merged_into", "organisation", "maker_text", "class_scheme", "stages"),
    *("facility_class", "frontier_research", "applied_research", "industrial_technology", "industrialisation"),
}
_RENAMED: dict[tuple[Any, str], str] = {
    (Instrument, "class_code"): "class",
    (Facility, "kind"): "facility_kind",
    (Institution, "kind"): "institution_kind",
}
_KEYS = {"identifiers": ("type", "value"), "related": ("relation", "identifier", "type")}
"""Lists of mappings that import takes with these keys alone."""
_CONTACT = ("name", "role", "position", "unit", "phone", "email", "address", "postcode")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, its type ("text", "words", "json", "number", "money", "whole", "truth", "day", "time")."""

    title: str
    type: str
    value: Callable[[Any], Any]


@cache
def columns(kind: str) -> tuple[Column, ...]:
    """The columns of the kind, in the order of the table."""
    model = next(model for model, name in MODELS.items() if name == kind)
    found = [Column("kind", "text", lambda one: kind), Column("id", "text", lambda one: one.key)]
    for field in model._meta.concrete_fields:
        if field.name not in _LEFT_OUT:
            found += list(_of_field(model, field))
    if model is Facility:
        found.append(Column("stages", "words", lambda one: one.stages))
    if model is Service:
        found.append(Column("instruments", "words", lambda one: [other.key for other in one.instruments.all()]))
    if model is Maker:
        found.append(Column("owners", "json", _owners))
    else:
        found += [_contact_column(name) for name in _CONTACT]
        found.append(Column("contact_public", "truth", lambda one: True if facts.public_contact(one) else None))
    return tuple(found)


def values(one: Any) -> list[Any]:
    """The record's values, one a column of its kind; None where there is none."""
    return [column.value(one) for column in columns(MODELS[type(one)])]


def lost(one: Any) -> Iterator[tuple[str, str]]:
    """What a table of one row a record cannot say."""
    if isinstance(one, Instrument) and one.class_code and one.class_scheme != CLASS_SCHEME:
        yield (
            "class_code",
            _("the column class is of the scheme %(scheme)s; give it among the codes") % {"scheme": CLASS_SCHEME},
        )
    if not isinstance(one, Maker) and len(one.contacts.all()) > 1:
        yield "contacts", _("a row has room for one contact; the first public one was written")


def _carried(model: Any, kind: str) -> frozenset[str]:
    concrete = {field.name for field in model._meta.concrete_fields}
    lists = {"service": {"instruments", "contacts"}, "maker": {"owners"}}.get(kind, {"contacts"})
    return frozenset(concrete | lists | ({"parts"} if kind in ("instrument", "facility") else set()))


CARRIES = {kind: _carried(model, kind) for model, kind in MODELS.items()}
"""Every field has a column; parts are said by the parent of each. Pictures and merged twins are not in the table."""


def _of_field(model: Any, field: Any) -> Iterator[Column]:
    name = field.name
    if field.is_relation:
        yield from _of_relation(name)
        return
    if name in _KEYS:
        yield Column(name, "json", lambda one: [{k: row.get(k, "") for k in _KEYS[name]} for row in getattr(one, name)])
        return
    title = _RENAMED.get((model, name), name)
    yield Column(title, _type_of(field), attrgetter(name))


def _of_relation(name: str) -> Iterator[Column]:
    if name == "institution":
        yield Column("institution", "text", lambda one: one.institution.name if one.institution else "")
        yield Column("institution_en", "text", lambda one: one.institution.name_en if one.institution else "")
        yield Column("ror_id", "text", lambda one: (one.institution.ror_id or "") if one.institution else "")
    elif name == "maker":
        yield Column("maker", "text", facts.maker_name)
    else:
        yield Column(name, "text", lambda one: other.key if (other := getattr(one, name)) else "")


def _type_of(field: Any) -> str:
    if isinstance(field, models.JSONField):
        words = field.default is list and field.name in _WORDS
        return "words" if words else "json"
    for kind, name in _TYPES:
        if isinstance(field, kind):
            return name
    return "text"


_WORDS = {"techniques", "subjects", "funds", "keywords", "measured_variables", "aliases", "sample_types"}
_TYPES: tuple[tuple[type, str], ...] = (
    (models.BooleanField, "truth"),
    (models.DateTimeField, "time"),
    (models.DateField, "day"),
    (models.DecimalField, "money"),
    (models.FloatField, "number"),
    (models.IntegerField, "whole"),
)


def _contact_column(name: str) -> Column:
    def value(one: Any) -> str:
        contact = facts.public_contact(one)
        return getattr(contact, name) if contact else ""

    return Column(f"contact_{name}", "text", value)


def _owners(one: Maker) -> list[dict[str, str]]:
    return [
        {
            "owner": owner.owner,
            "country": owner.owner_country,
            "from": str(owner.from_on or ""),
            "to": str(owner.to_on or ""),
            "source": owner.source,
        }
        for owner in one.owners.all()
    ]
