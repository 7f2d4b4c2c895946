"""One race for offers, run as a program: the person takes it, refuses it, the clock ends it, newcomers want the time.

``python -m tests.races.offer --rounds N`` races eight processes on the database that LIQI_DATA and LIQI_DATABASE_URL
name, and prints what happened as JSON. In every round one offer is at stake; a second person waits for the same time.
The offers are laid out a few rounds at a time, each few on an instrument of their own: the list that the clock walks
through stays short, so that a round at the end of a long race costs what one at its beginning does.
"""

import json
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.races.race import ready
from tests.races.start import abreast, alone

NOW = datetime(2040, 1, 1, tzinfo=UTC)
AT_ONCE = 10
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
    from django.core.management import call_command

    from liqi.accounts.models import Person

    call_command("migrate", verbosity=0)
    for number in range(5):
        Person.objects.create(email=f"racer{number}@example.org", name=f"Racer {number}", password="!")


def lay_out(numbers: range) -> None:
    """One instrument, an open offer for each round, somebody who waits behind it; nobody waits from before."""
    from liqi.access import waiting
    from liqi.access.models import Offer, Wish
    from liqi.accounts.models import Person
    from liqi.catalogue.models import Instrument

    for left in Wish.objects.waiting(NOW).select_related("person", "order"):
        waiting.withdraw(wish=left, person=left.person, now=ends(numbers[0]))
    thing = Instrument.objects.create(
        key=key(numbers[0]), name="Raced", source="race", created_at=NOW, updated_at=NOW, shared=True, bookable=True,
        horizon_days=10_000,
    )  # fmt: skip
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

    people = list(Person.objects.order_by("pk"))
    related = ("wish__person", "booking__instrument", "booking__person", "booking__order")

    def act(number: int) -> str:
        now, part = ends(number), PARTS[racer]
        offer = Offer.objects.select_related(*related).get(wish__person=people[0], booking__starts_at=slot(number))
        thing = Instrument.objects.get(key=key(number))
        gate.wait(120)
        try:
            if part == "accept":
                waiting.accept(offer=offer, person=people[0], now=now - SECOND)
            elif part == "expire":
                waiting.due(now=now)
            elif part == "refuse":
                waiting.refuse(offer=offer, person=people[0], now=now - SECOND)
            else:
                booking.book(
                    instrument=thing, person=people[racer - 3], starts_at=slot(number), ends_at=slot(number) + HOUR,
                    now=now,
                )  # fmt: skip
        except booking.SlotTaken:
            return f"{part} taken"
        except Refused:
            return f"{part} refused"
        return part

    seen: Counter[str] = Counter()
    for first in range(0, rounds, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, rounds))
        if racer == 0:
            lay_out(numbers)
        gate.wait(120)
        for number in numbers:
            try:
                seen[act(number)] += 1
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
