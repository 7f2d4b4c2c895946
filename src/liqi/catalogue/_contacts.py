"""Contacts that an import brings: cut to what a row holds, and only those that are not there yet."""

from collections.abc import Mapping
from typing import Any

from liqi.catalogue.models import (
    Contact,
)

_CONTACT = ("role", "name", "position", "unit", "phone", "email", "address", "postcode", "public")


def fitting(contact: Mapping[str, Any]) -> dict[str, Any]:
    """The contact within the lengths of its fields."""
    kept = {name: contact[name] for name in _CONTACT if contact.get(name)}
    for name, value in kept.items():
        if isinstance(value, str):
            kept[name] = value[: _longest(name)]
    return kept


def _longest(name: str) -> int | None:
    field: Any = Contact._meta.get_field(name)
    return field.max_length  # type: ignore[no-any-return]


def missing(row: Any, contacts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if not contacts:
        return []
    there = [{name: getattr(one, name) for name in _CONTACT} for one in row.contacts.all()]
    return [one for one in contacts if not any(one.items() <= have.items() for have in there)]
