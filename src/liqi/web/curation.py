"""The card of the manager's desk that says what the records need: counts with their way to the rows."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Q

from liqi.accounts.models import Person
from liqi.catalogue import duplicates, editing, quality
from liqi.catalogue.models import Instrument

KEPT_SECONDS = 300
"""An operator's counts run over the whole catalogue; they are counted anew after this long."""


def card(person: Person, *, today: date) -> dict[str, Any]:
    """How many instruments of this person have no class or were not confirmed within a year; how many pairs wait."""
    if not person.is_operator:
        return _counted(person, today)
    found = cache.get_or_set("curation-card", lambda: _counted(person, today), KEPT_SECONDS)
    return found or {}


def _counted(person: Person, today: date) -> dict[str, Any]:
    old = Q(confirmed_on=None) | Q(confirmed_on__lt=today - quality.FRESH)
    mine = editing.editable(person, Instrument).filter(removed_at=None).order_by()
    found = mine.aggregate(
        total=Count("pk"), unclassified=Count("pk", filter=Q(class_code="")), unconfirmed=Count("pk", filter=old)
    )
    return {**found, "pairs": duplicates.of_person(person).count()}
