"""One race for offers, run as a program: the person takes it, refuses it, the clock ends it, newcomers want the time.

``python -m tests.races.offer --rounds N`` races eight processes on the database that LIQI_DATA and LIQI_DATABASE_URL
name, and prints what happened as JSON. In every round one offer is at stake; a second person waits for the same time.
The offers are laid out a few rounds at a time, each few on an instrument of their own: the list that the clock walks
through stays short, so that a round at the end of a long race costs what one at its beginning does. The first few are
made by the verbs, the others are rows like them: to make all by verbs costs as much as to race for them.
"""

import json
import sys
from collections import Counter
from copy import copy
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.races.race import make_tables, ready
from tests.races.start import abreast, alone

NOW = datetime(2040, 1, 1, tzinfo=UTC)
AT_ONCE = 5
"""How many offers are laid out at a time."""
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
PARTS = ("accept", "accept", "expire", "expire", "refuse", "newcomer", "newcomer", "newcomer")


def slot(number: int) -> datetime:
    """When the time that is at stake in this round starts."""
    return NOW + timedelta(days=1) + number * 3 * HOUR


def ends(number: int) -> datetime:
    """When the offer of this round ends."""
    return NOW + 3 * HOUR + number * timedelta(minutes=1)


def key(number: int) -> str:
    """The instrument of this round."""
    return f"raced-{number // AT_ONCE}"


def prepare() -> None:
    """A migrated database with the people of the race."""
    ready()
    from liqi.accounts.models import Person

    make_tables()
    for number in range(5):
        Person.objects.create(email=f"racer{number}@example.org", name=f"Racer {number}", password="!")


def lay_out(numbers: range) -> None:
    """An open offer for each round and somebody who waits behind it, made by the verbs."""
    from liqi.access import waiting
    from liqi.access.models import Offer, Wish
    from liqi.accounts.models import Person

    thing = _instrument(numbers)
    people = list(Person.objects.order_by("pk")[:2])
    for number in numbers:
        for person in people:
            wish = waiting.join(
                person=person, instruments=[thing], earliest_at=slot(number), latest_at=slot(number) + HOUR,
                minutes=60, now=NOW,
            )  # fmt: skip
            if person == people[0]:
                Wish.objects.filter(pk=wish.pk).update(priority=1)
    waiting.offer_free(now=NOW)
    for number in numbers:
        Offer.objects.filter(booking__starts_at=slot(number)).update(expires_at=ends(number))


def lay_out_again(first: list[Any], numbers: range) -> None:
    """The same for later rounds, as rows like those of the first, an offer behind its two wishes."""
    from liqi.access.models import Booking, Offer, Order, Wish
    from liqi.access.models.order import new_key

    def like(row: Any, number: int, **changed: Any) -> Any:
        made = copy(row)
        for name, value in {"pk": None, **changed}.items():
            setattr(made, name, value)
        for name in {"starts_at", "ends_at", "held_from", "held_until", "earliest_at", "latest_at"} & vars(row).keys():
            setattr(made, name, getattr(row, name) + (slot(number) - slot(0)))
        return made

    *wishes, offer = first
    thing = _instrument(numbers)
    rounds = [(number, wish) for number in numbers for wish in wishes]
    orders = Order.objects.bulk_create(like(wish.order, n, instrument=thing, key=new_key()) for n, wish in rounds)
    waiting = Wish.objects.bulk_create(like(wish, n, order=own) for (n, wish), own in zip(rounds, orders, strict=True))
    Wish.instruments.through.objects.bulk_create(
        Wish.instruments.through(wish=wish, instrument=thing) for wish in waiting
    )
    offered = list(zip(numbers, waiting[:: len(wishes)], strict=True))
    held = Booking.objects.bulk_create(
        like(offer.booking, n, instrument=thing, order=wish.order, expires_at=ends(n)) for n, wish in offered
    )
    Offer.objects.bulk_create(
        like(offer, n, wish=wish, booking=own, expires_at=ends(n)) for (n, wish), own in zip(offered, held, strict=True)
    )


def clear_away() -> None:
    """Nobody waits and nothing is offered any more."""
    from liqi.access.models import Booking, Offer, Wish

    open_offers = Offer.objects.filter(state=Offer.State.OPEN)
    Booking.objects.filter(offer__in=open_offers).update(state=Booking.State.REFUSED)
    open_offers.update(state=Offer.State.TAKEN_BACK, answered_at=NOW)
    Wish.objects.filter(state=Wish.State.WAITING).update(state=Wish.State.WITHDRAWN, closed_at=NOW)


def _instrument(numbers: range) -> Any:
    from liqi.catalogue.models import Instrument

    return Instrument.objects.create(
        key=key(numbers[0]), name="Raced", source="race", created_at=NOW, updated_at=NOW, shared=True, bookable=True,
        horizon_days=10_000,
    )  # fmt: skip


def _first() -> list[Any]:
    """The two wishes of the first round and the offer, as they are on record."""
    from liqi.access.models import Offer, Wish

    wishes = list(Wish.objects.select_related("order").order_by("pk")[:2])
    return [*wishes, Offer.objects.select_related("booking").get(wish=wishes[0])]


def run(racer: int, rounds: int, gate: Any, told: Any) -> None:
    """The racer does its part in every round and tells what came of it; the first one looks at the times afterwards.

    All wait for one another before each round and not after it: on a busy machine eight that wait cost more than the
    race. No offer that a round passed on ends within the rounds that are laid out with it.
    """
    ready()
    from liqi.access import booking, waiting
    from liqi.access.models import Booking, Offer
    from liqi.access.rules import Refused
    from liqi.accounts.models import Person
    from liqi.catalogue.models import Instrument

    people, part = list(Person.objects.order_by("pk")), PARTS[racer]
    related = ("wish__person", "booking__instrument", "booking__person", "booking__order")

    def read(numbers: range) -> dict[int, Any]:
        """What the racer's part needs of each round, read before any of them begins."""
        if part == "expire":
            return {}
        if part == "newcomer":
            return dict.fromkeys(numbers, Instrument.objects.get(key=key(numbers[0])))
        laid = Offer.objects.select_related(*related).filter(wish__person=people[0], state=Offer.State.OPEN)
        offers = {each.booking.starts_at: each for each in laid.filter(booking__instrument__key=key(numbers[0]))}
        return {number: offers[slot(number)] for number in numbers}

    def act(number: int, known: dict[int, Any]) -> str:
        now = ends(number)
        gate.wait(120)
        try:
            if part == "accept":
                waiting.accept(offer=known[number], person=people[0], now=now - SECOND)
            elif part == "expire":
                waiting.due(now=now)
            elif part == "refuse":
                waiting.refuse(offer=known[number], person=people[0], now=now - SECOND)
            else:
                booking.book(
                    instrument=known[number], person=people[racer - 3], starts_at=slot(number),
                    ends_at=slot(number) + HOUR, now=now,
                )  # fmt: skip
        except booking.SlotTaken:
            return f"{part} taken"
        except Refused:
            return f"{part} refused"
        return part

    seen: Counter[str] = Counter()
    for start in range(0, rounds, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, rounds))
        if racer == 0 and start == 0:
            lay_out(numbers)
            first = _first()
        elif racer == 0:
            clear_away()
            lay_out_again(first, numbers)
        gate.wait(120)
        known = read(numbers)
        gate.wait(120)
        for number in numbers:
            try:
                seen[act(number, known)] += 1
            except Exception as problem:  # every fault of a racer is a result of the race
                seen[f"{type(problem).__name__}: {problem}".partition("\n")[0][:200]] += 1
        gate.wait(120)
        if racer == 0:
            for number in numbers:
                rows = Booking.objects.live().filter(starts_at=slot(number)).values_list("person__name", "state")
                seen[f"left: {sorted(rows)}"] += 1
    told.put(seen)


def main(rounds: int) -> dict[str, Any]:
    """What came of the race, counted over all rounds."""
    alone(prepare)
    return {"rounds": rounds, "processes": len(PARTS), "outcomes": abreast(len(PARTS), run, rounds)}


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[sys.argv.index("--rounds") + 1]))))
