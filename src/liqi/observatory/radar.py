"""The demand radar: classes of instrument that people asked for and did not get, the most asked first.

Counted over a stretch of days: searches and needs in words that nothing answered (by the class that their words
suggest), bookings that a steward refused, and wishes that stand or stood on a waiting list.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Count, Sum

from liqi import taxonomy
from liqi.access.models import Booking, Wish
from liqi.catalogue.models import Miss

DAYS = 365
MOST_TEXTS = 500
"""So many different questions are read, the most asked first; the rest is counted as not read."""
WAYS = ("searches", "refusals", "waits")


@dataclass(frozen=True, slots=True)
class Echo:
    """A class and how often it was asked for in vain, by way; the words of the questions, most asked first."""

    class_code: str
    """Empty: no class could be read from the words."""
    searches: int
    refusals: int
    waits: int
    words: tuple[str, ...]

    @property
    def count(self) -> int:
        """All ways together."""
        return self.searches + self.refusals + self.waits


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
    codes = set().union(*ways.values())
    echoes = [
        Echo(
            class_code=code,
            searches=ways["searches"][code],
            refusals=ways["refusals"][code],
            waits=ways["waits"][code],
            words=tuple(text for text, _times in words.get(code, Counter()).most_common(5)),
        )
        for code in codes
    ]
    echoes.sort(key=lambda one: (one.class_code == "", -one.count, one.class_code))
    return Radar(echoes, since, now, sum(times for _text, times in texts[MOST_TEXTS:]))


def class_of(text: str) -> str:
    """The class that the words suggest, "" where they suggest none."""
    found = taxonomy.suggest_class(text, limit=1)
    return found[0].code if found else ""
