"""The demand radar: classes of instrument that people asked for and did not get, the most asked first.

Counted over a stretch of days: searches and needs in words that nothing answered (by the class that their words
suggest), bookings that a steward refused, wishes that stand or stood on a waiting list, and checks before buying
(查重评议) that found none near or only full ones.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Count, F, Sum

from liqi import taxonomy
from liqi.access.models import Booking, Wish
from liqi.catalogue.models import Miss
from liqi.observatory.models import PurchaseCheck

DAYS = 365
MOST_TEXTS = 500
"""So many different questions are read, the most asked first; the rest is counted as not read."""
WAYS = ("searches", "refusals", "waits", "checks")
IN_VAIN = (PurchaseCheck.Verdict.NONE_NEAR, PurchaseCheck.Verdict.ALL_FULL)
"""What a check before buying finds where nobody near can help."""


@dataclass(frozen=True, slots=True)
class Echo:
    """A class and how often it was asked for in vain, by way; the words of the questions, most asked first."""

    class_code: str
    """Empty: no class could be read from the words."""
    searches: int
    refusals: int
    waits: int
    checks: int
    """Checks before buying that found none near or only full ones."""
    words: tuple[str, ...]

    @property
    def count(self) -> int:
        """All ways together."""
        return self.searches + self.refusals + self.waits + self.checks


@dataclass(frozen=True, slots=True)
class Radar:
    """The classes, what they were counted over, and how many questions were left unread."""

    echoes: list[Echo]
    since: datetime
    until: datetime
    unread: int


def read(*, now: datetime, days: int = DAYS) -> Radar:
    """The radar of the last so many days."""
    since = now - timedelta(days=days)
    ways: dict[str, Counter[str]] = {way: Counter() for way in WAYS}
    words: dict[str, Counter[str]] = {}
    asked = Miss.objects.filter(day__gte=since.astimezone(UTC).date()).values("text")
    texts = list(asked.annotate(times=Sum("count")).order_by("-times", "text").values_list("text", "times"))
    for text, times in texts[:MOST_TEXTS]:
        code = class_of(text)
        ways["searches"][code] += times
        words.setdefault(code, Counter())[text] += times
    refused = Booking.objects.filter(state=Booking.State.REFUSED, decided_at__gte=since, decided_at__lte=now)
    for code, times in refused.values_list("instrument__class_code").annotate(times=Count("pk")).order_by():
        ways["refusals"][code] += times
    kept = (Wish.State.WAITING, Wish.State.OVER, Wish.State.WITHDRAWN)
    waited = Wish.objects.filter(state__in=kept, created_at__gte=since, created_at__lte=now)
    pairs = waited.values_list("pk", "instruments__class_code").distinct()
    for _pk, code in pairs:
        ways["waits"][code or ""] += 1
    checked = PurchaseCheck.objects.filter(verdict__in=IN_VAIN, day__gte=since.astimezone(UTC).date())
    for code, times in checked.values_list("class_code").annotate(times=Sum("count")).order_by():
        ways["checks"][code] += times
    codes = set().union(*ways.values())
    echoes = [
        Echo(
            class_code=code,
            searches=ways["searches"][code],
            refusals=ways["refusals"][code],
            waits=ways["waits"][code],
            checks=ways["checks"][code],
            words=tuple(text for text, _times in words.get(code, Counter()).most_common(5)),
        )
        for code in codes
    ]
    echoes.sort(key=lambda one: (one.class_code == "", -one.count, one.class_code))
    return Radar(echoes, since, now, sum(times for _text, times in texts[MOST_TEXTS:]))


def note_check(class_code: str, *, place: str, verdict: str, now: datetime) -> None:
    """A check before buying is counted for its day, without the person."""
    with transaction.atomic():
        row, made = PurchaseCheck.objects.get_or_create(
            day=now.astimezone(UTC).date(), class_code=class_code, place=place[:80], verdict=verdict
        )
        if not made:
            PurchaseCheck.objects.filter(pk=row.pk).update(count=F("count") + 1)


def class_of(text: str) -> str:
    """The class that the words suggest, "" where they suggest none."""
    found = taxonomy.suggest_class(text, limit=1)
    return found[0].code if found else ""
