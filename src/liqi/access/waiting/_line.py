"""The line: who is next, by priority, then fair share, then who came first."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Prefetch, QuerySet

from liqi.access.models import Booking, Offer, WaitingTerms, Wish
from liqi.access.waiting._terms import terms_of
from liqi.catalogue.models import Instrument

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Turn:
    """A wish in the line, with what gave it its place."""

    wish: Wish
    offers: int
    """Offers that the person had lately on these instruments, whatever came of them."""
    hours: int
    """Whole hours that the person booked lately on these instruments."""

    @property
    def rank(self) -> tuple[int, int, int, datetime, int]:
        """Lower is sooner: priority first, then fewest offers, then fewest hours, then who came first."""
        return (-self.wish.priority, self.offers, self.hours, self.wish.created_at, self.wish.pk)


def asked(wishes: QuerySet[Wish]) -> QuerySet[Wish]:
    """The wishes with everything that the line and an offer need to know of them."""
    instruments = Instrument.objects.select_related("institution").order_by("pk")
    return wishes.select_related("person", "organisation", "order").prefetch_related(
        Prefetch("instruments", instruments)
    )


def in_line(wishes: Iterable[Wish], *, now: datetime) -> list[Turn]:
    """The wishes in the order in which they are served; three queries, however many there are.

    Lately is the longest time that counts for any of the wished instruments (``fair_days``).
    """
    wishes = list(wishes)
    instruments = {one.pk: one for wish in wishes for one in wish.instruments.all()}
    if not instruments:
        return []
    terms = terms_of(instruments.values())
    people = {wish.person_id for wish in wishes}
    offers, hours = _lately(people, terms, now)
    turns = []
    for wish in wishes:
        pairs = [(wish.person_id, one.pk) for one in wish.instruments.all()]
        turns.append(
            Turn(wish, sum(offers[pair] for pair in pairs), sum((hours[pair] for pair in pairs), HOUR * 0) // HOUR)
        )
    return sorted(turns, key=lambda turn: turn.rank)


def line(instrument: Instrument, *, now: datetime) -> list[Turn]:
    """Who waits for the instrument, the next one first."""
    return in_line(asked(Wish.objects.waiting(now).filter(instruments=instrument)), now=now)


def place(wish: Wish, *, now: datetime) -> int:
    """How many stand before the wish on its instruments, counting each once; its own place is one more."""
    rivals = Wish.objects.waiting(now).filter(instruments__in=wish.instruments.all()).distinct()
    turns = in_line(asked(rivals), now=now)
    return next((number for number, turn in enumerate(turns, 1) if turn.wish.pk == wish.pk), 0)


def _lately(
    people: Collection[int], terms: dict[int, WaitingTerms], now: datetime
) -> tuple[dict[tuple[int, int], int], dict[tuple[int, int], timedelta]]:
    since = {pk: now - timedelta(days=each.fair_days) for pk, each in terms.items()}
    first = min(since.values())
    offers: dict[tuple[int, int], int] = defaultdict(int)
    hours: dict[tuple[int, int], timedelta] = defaultdict(timedelta)
    made = Offer.objects.filter(wish__person__in=people, booking__instrument__in=terms, made_at__gte=first)
    for person, instrument, at in made.values_list("wish__person_id", "booking__instrument_id", "made_at"):
        if at >= since[instrument]:
            offers[person, instrument] += 1
    held = Booking.objects.filter(
        person__in=people, instrument__in=terms, ends_at__gt=first, state=Booking.State.CONFIRMED
    )
    for person, instrument, start, end in held.values_list("person_id", "instrument_id", "starts_at", "ends_at"):
        if end > since[instrument]:
            hours[person, instrument] += end - start
    return offers, hours
