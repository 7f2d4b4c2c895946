"""Organisations in a rule: how a manager names them, who belongs to them, how they are said."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from liqi.accounts.models import Organisation
from liqi.accounts.naming import called

ORGANISATIONS: dict[str, Any] = {
    "type": "array",
    "items": {"type": "integer"},
    "uniqueItems": True,
    "maxItems": 200,
    "default": [],
    "format": "organisations",
}
"""The schema of a list of organisations by number; give it a title."""


def belongs(organisation: Organisation | None, numbers: Collection[int]) -> bool:
    """Whether the organisation, or one that it is a part of at any depth, is among them."""
    seen: set[int] = set()
    step = organisation
    while step is not None and step.pk not in seen:
        if step.pk in numbers:
            return True
        seen.add(step.pk)
        step = step.parent
    return False


def said_names(numbers: Collection[int]) -> str:
    """Their names; those that are gone are left out."""
    found = Organisation.objects.filter(pk__in=list(numbers)).order_by("name").only("name", "name_en")
    return ", ".join(called(one) for one in found) or _("nobody")
