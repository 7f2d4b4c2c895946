"""The journal: every change writes one line, in the same transaction as the change."""

from datetime import datetime
from typing import Any

from django.db import models

from liqi.accounts import rows
from liqi.accounts.models import JournalEntry, Person


def write(*, person: Person | None, verb: str, thing: models.Model, at: datetime, **facts: Any) -> JournalEntry:
    """Keep who did what to which thing; call it inside the transaction of the change itself."""
    line = JournalEntry(
        person=person, verb=verb, thing=thing._meta.label_lower, thing_id=str(thing.pk), at=at, facts=facts
    )
    return rows.insert(line)


def read(thing: models.Model) -> models.QuerySet[JournalEntry]:
    """The lines about one thing, newest first."""
    lines = JournalEntry.objects.filter(thing=thing._meta.label_lower, thing_id=str(thing.pk))
    return lines.select_related("person").order_by("-at", "-pk")
