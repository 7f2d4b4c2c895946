"""Questions that nothing answered: unmet demand, counted by day, without the person."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from liqi.catalogue.models import Miss
from liqi.taxonomy import fold

LONGEST = 300


def record(where: str, text: str, *, day: date, filters: Mapping[str, Any] | None = None, language: str = "") -> None:
    """The question is counted for its day; `where` is search or match. Nothing is kept of who asked."""
    asked = fold(" ".join(text.split()))[:LONGEST]
    if not asked:
        return
    said = "&".join(f"{name}={value}" for name, value in sorted((filters or {}).items()) if value not in (None, "", ()))
    known: dict[str, Any] = {"where": where, "text": asked, "filters": said[:LONGEST], "language": language, "day": day}
    with transaction.atomic():
        miss, new = Miss.objects.get_or_create(**known)
        if not new:
            Miss.objects.filter(pk=miss.pk).update(count=F("count") + 1)


def read(*, where: str = "", text: str = "", since: date | None = None, until: date | None = None) -> QuerySet[Miss]:
    """The questions that fit, newest day first, the most asked of a day before the others."""
    found = Miss.objects.all()
    if where:
        found = found.filter(where=where)
    if text:
        found = found.filter(text__contains=fold(text))
    if since:
        found = found.filter(day__gte=since)
    if until:
        found = found.filter(day__lte=until)
    return found.order_by("-day", "-count", "id")
