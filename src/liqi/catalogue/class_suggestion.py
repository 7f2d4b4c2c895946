"""Records without a class: what each may be, chosen by a person, one by one or many after a look.

Nothing is set by itself: a suggestion becomes a class only by `choose` or `accept`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet

from liqi.accounts.models import Person
from liqi.catalogue import bulk_edit, editing
from liqi.catalogue.models import BulkEdit, Instrument, RecordChange
from liqi.taxonomy import Suggestion, suggest_class

__all__ = ["MOST", "Suggested", "accept", "choose", "suggest", "sure", "unclassified"]

MOST = 2000
"""Records that are looked at for one `sure`."""


@dataclass(frozen=True)
class Suggested:
    """A record without a class and the classes that it may be of, best first; none where its words do not tell."""

    record: Instrument
    suggestions: list[Suggestion]


def unclassified(person: Person) -> QuerySet[Instrument]:
    """The instruments of this person that have no class, in the order of their names."""
    rows = editing.editable(person, Instrument).filter(removed_at=None, class_code="")
    return rows.select_related("maker", "institution").order_by("name", "pk")


def suggest(records: Iterable[Instrument]) -> list[Suggested]:
    """What each record may be, by its words and by what its maker's other instruments are."""
    rows = list(records)
    usual = _usual({row.maker_id for row in rows if row.maker_id})
    return [
        Suggested(
            row,
            suggest_class(
                row.name if row.name_en in ("", row.name) else f"{row.name_en} {row.name}",
                row.model,
                str(row.maker or row.maker_text),
                usual=usual.get(row.maker_id or 0),
            ),
        )
        for row in rows
    ]


def choose(record: Instrument, code: str, *, person: Person, now: datetime) -> RecordChange | None:
    """The record is of this class; raises what `editing.change` raises."""
    return editing.change(record, {"class_code": code}, person=person, now=now, cause="class")


def sure(rows: QuerySet[Instrument], at_least: float) -> list[Suggested]:
    """Those of the first `MOST` records whose best suggestion has at least this confidence."""
    found = suggest(rows[:MOST])
    return [one for one in found if one.suggestions and one.suggestions[0].confidence >= at_least]


def accept(chosen: Mapping[str, str], *, person: Person, now: datetime) -> list[BulkEdit]:
    """The records (by key) are of the classes chosen for them: one edit for each class, all or none."""
    by_code: dict[str, list[str]] = defaultdict(list)
    for key, code in chosen.items():
        by_code[code].append(key)
    with transaction.atomic():
        return [
            bulk_edit.apply("instrument", keys, {"class_code": code}, person=person, now=now, question="class_code=")
            for code, keys in sorted(by_code.items())
        ]


def _usual(makers: set[Any]) -> dict[int, dict[str, float]]:
    """Maker to the share of each class among its classified instruments."""
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    rows = Instrument.objects.filter(maker_id__in=makers).exclude(class_code="").order_by()
    for maker, code, count in rows.values_list("maker_id", "class_code").annotate(n=Count("pk")):
        counts[maker][code] = count
    return {
        maker: {code: count / sum(classes.values()) for code, count in classes.items()}
        for maker, classes in counts.items()
    }
