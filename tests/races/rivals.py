"""One race of racers who want different things of the same bookings, run as a program.

``python -m tests.races.rivals KIND --rounds N`` races eight processes on the database that LIQI_DATA and
LIQI_DATABASE_URL name, and prints what happened as JSON.

outage: a steward declares the slot out of use while others book it, move onto it, or take a cancelled booking back.
answer: stewards approve and refuse a request that its owner cancels.
exchange: stewards swap two bookings that their owners move.
proposal: a swap is accepted, declined and taken back, while one of its two bookings moves.

In every second round one side waits a moment, so that each of the two is the faster one in some rounds.
"""

import argparse
import json
import time
from collections import Counter, defaultdict
from typing import Any

from tests.races import audit
from tests.races.race import NOW, make_tables, period, ready
from tests.races.start import Turn, abreast, alone, in_rounds

RACERS = 8
HEAD_START_SECONDS = 0.03
PARTS = {
    "outage": ("declare", *["book"] * 5, "move", "restore"),
    "answer": (*["approve"] * 3, *["refuse"] * 2, *["cancel"] * 3),
    "exchange": (*["swap"] * 4, *["move"] * 4),
    "proposal": (*["accept"] * 3, *["withdraw"] * 2, "decline", *["move"] * 2),
}
PATIENT = {"outage": {"book", "move", "restore"}, "answer": {"cancel"}, "exchange": {"swap"}, "proposal": {"move"}}
"""The parts that wait a moment in every second round."""


def prepare(kind: str, rounds: int) -> None:
    """A migrated database with an instrument of one place and one of two, the racers, and what each round is about."""
    ready()
    from liqi.access.models import BookingTerms
    from liqi.accounts.models import Person
    from liqi.catalogue.models import Instrument

    make_tables()
    people = Person.objects.bulk_create(
        Person(email=f"racer{number}@example.org", name=f"Racer {number}", password="!", is_operator=True)
        for number in range(RACERS)
    )
    for places in (1, 2):
        thing = Instrument.objects.create(
            key=f"race-{places}", name=f"Raced {places}", source="race", created_at=NOW, updated_at=NOW, shared=True,
            bookable=True, horizon_days=10_000,
        )  # fmt: skip
        BookingTerms.objects.create(instrument=thing, positions=places, updated_at=NOW)
    for number in range(rounds):
        _set_up(kind, number, rounds, people)


def _set_up(kind: str, number: int, rounds: int, people: list[Any]) -> None:
    """The bookings that the round is about."""
    from liqi.access import swap

    if kind == "outage":
        _put(people[6], rounds + number, number)  # is moved onto the slot
        _put(people[7], number, number, "cancelled")
    elif kind == "answer":
        _put(people[7], number, 0, "requested")
    else:
        pair = [_put(people[who], 3 * number + who, 0) for who in (0, 1)]
        if kind == "proposal":
            swap.propose(given=pair[0], wanted=pair[1], person=people[0], now=NOW)


def _put(person: Any, slot: int, number: int, state: str = "confirmed") -> Any:
    from liqi.access.models import Booking, Order

    thing = _instrument(number)
    start, end = period(slot)
    order = Order.objects.create(title="race", person=person, instrument=thing, created_at=NOW)
    return Booking.objects.create(
        order=order, instrument=thing, person=person, starts_at=start, ends_at=end, state=state, created_at=NOW,
        expires_at=start if state == "requested" else None, cancelled_at=NOW if state == "cancelled" else None,
    )  # fmt: skip


def _instrument(number: int) -> Any:
    """The one of two places in every second round."""
    from liqi.catalogue.models import Instrument

    return Instrument.objects.select_related("institution").get(key=f"race-{1 + number % 2}")


def run(racer: int, kind: str, rounds: int, gate: Any, told: Any) -> None:
    """The racer does its part in every round."""
    ready()
    from liqi.access.booking import Refused, SlotTaken
    from liqi.accounts.models import Person

    people = list(Person.objects.order_by("pk"))
    part = PARTS[kind][racer]
    turns = {"outage": _outage, "answer": _answer, "exchange": _exchange, "proposal": _proposal}

    def get_ready(number: int) -> Turn:
        act = turns[kind](part, number, rounds, racer, people)

        def turn() -> str:
            if number // 2 % 2 and part in PATIENT[kind]:  # in two rounds of four, one on each instrument
                time.sleep(HEAD_START_SECONDS)
            try:
                act()
            except SlotTaken:
                return f"{part}: taken"
            except Refused as refused:
                return f"{part}: {refused.objections[0].code}"
            return f"{part}: done"

        return turn

    in_rounds(get_ready, rounds, gate, told)


def _outage(part: str, number: int, rounds: int, racer: int, people: list[Any]) -> Any:
    from liqi.access import booking, outages

    thing, person, (start, end) = _instrument(number), people[racer], period(number)
    if part == "declare":
        place = 0 if number % 2 else None
        facts = {"instrument": thing, "starts_at": start, "ends_at": end, "words": "leak", "position": place}
        return lambda: outages.declare(person=person, now=NOW, **facts)
    if part == "book":
        return lambda: booking.book(instrument=thing, person=person, starts_at=start, ends_at=end, now=NOW)
    if part == "move":
        mine = _booking(person, rounds + number)
        return lambda: booking.move(booking=mine, person=person, starts_at=start, ends_at=end, now=NOW)
    mine = _booking(person, number)
    return lambda: booking.restore(booking=mine, person=person, now=NOW)


def _answer(part: str, number: int, _rounds: int, racer: int, people: list[Any]) -> Any:
    from liqi.access import approval, booking

    asked = _booking(people[7], number)
    verb = {"approve": approval.approve, "refuse": approval.refuse, "cancel": booking.cancel}[part]
    return lambda: verb(booking=asked, person=people[racer], now=NOW)


def _exchange(part: str, number: int, _rounds: int, racer: int, people: list[Any]) -> Any:
    from liqi.access import booking, swap

    one, other = (_booking(people[who], 3 * number + who) for who in (0, 1))
    if part == "swap":
        first, second = (one, other) if racer % 2 else (other, one)
        return lambda: swap.swap(one=first, other=second, person=people[racer], now=NOW)
    mine = (one, other)[racer % 2]
    start, end = period(3 * number + 2, racer % 2)  # both owners want the same free time, a quarter hour apart
    return lambda: booking.move(booking=mine, person=mine.person, starts_at=start, ends_at=end, now=NOW)


def _proposal(part: str, number: int, _rounds: int, _racer: int, people: list[Any]) -> Any:
    from liqi.access import booking, swap
    from liqi.access.models import Swap

    if part == "move":
        mine, (start, end) = _booking(people[0], 3 * number), period(3 * number + 2)
        return lambda: booking.move(booking=mine, person=people[0], starts_at=start, ends_at=end, now=NOW)
    related = ("proposed_by", "given__instrument", "given__person", "given__order")
    rows = Swap.objects.select_related(*related, "wanted__instrument", "wanted__person", "wanted__order")
    made = rows.get(given__person=people[0], given__starts_at=period(3 * number)[0])
    verb = {"accept": swap.accept, "withdraw": swap.withdraw, "decline": swap.decline}[part]
    return lambda: verb(proposal=made, person=people[0 if part == "withdraw" else 1], now=NOW)


def _booking(person: Any, slot: int) -> Any:
    from liqi.access.models import Booking

    rows = Booking.objects.select_related("order", "person", "instrument", "organisation")
    return rows.filter(person=person, starts_at=period(slot)[0]).order_by("pk")[0]


def summary(kind: str) -> dict[str, Any]:
    """What stands in the tables; ``strange`` counts what no order of turns explains."""
    found = {"doubles": audit.doubles(), "lost": audit.lost()}
    return found | ({"strange": _untold()} if kind == "outage" else _stories(kind))


def _untold() -> int:
    """Live bookings inside an outage of their place whose people were not told."""
    from liqi.access.models import Booking, Outage, StruckBooking

    count = 0
    for outage in Outage.objects.standing():
        assert outage.ends_at is not None
        met = Booking.objects.live().filter(instrument=outage.instrument).meeting(outage.starts_at, outage.ends_at)
        if outage.position is not None:
            met = met.filter(position=outage.position)
        count += met.exclude(pk__in=StruckBooking.objects.filter(outage=outage).values("booking")).count()
    return count


SOUND = {
    "answer": {
        ("refused",): "refused", ("cancelled",): "cancelled", ("approved", "cancelled"): "cancelled",
    },
    "exchange": {("swapped", "swapped"): "", ("moved",): ""},
    "proposal": {("swapped", "swapped"): "done", ("moved",): "closed"},
}  # fmt: skip
"""What the journal may say of a round, and what then stands."""


def _stories(kind: str) -> dict[str, Any]:
    """Rounds by what the journal says of them, and those that say what cannot be."""
    from liqi.access.models import Booking, Swap
    from liqi.accounts.models import JournalEntry

    rows = list(Booking.objects.order_by("pk").values_list("pk", "state"))
    width = 1 if kind == "answer" else 2
    of = {str(pk): number // width for number, (pk, _state) in enumerate(rows)}
    said: dict[int, list[str]] = defaultdict(list)
    for thing, verb in (
        JournalEntry.objects.filter(thing="access.booking").order_by("pk").values_list("thing_id", "verb")
    ):
        said[of[thing]].append(verb)
    ended = [state for _pk, state in rows] if kind == "answer" else [""] * (len(rows) // 2)
    if kind == "proposal":
        states = Swap.objects.order_by("pk").values_list("state", flat=True)
        ended = [{"done": "done", "proposed": "open"}.get(state, "closed") for state in states]
    stories = Counter(" ".join(said[number]) for number in range(len(ended)))
    strange = sum(SOUND[kind].get(tuple(said[number])) != end for number, end in enumerate(ended))
    return {"strange": strange, "stories": dict(stories)}


def main(kind: str, rounds: int) -> dict[str, Any]:
    """What the racers were told, and what stands in the database afterwards."""
    alone(prepare, kind, rounds)
    return {"outcomes": dict(abreast(RACERS, run, kind, rounds)), "processes": RACERS, **alone(summary, kind)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=tuple(PARTS))
    parser.add_argument("--rounds", type=int, default=20)
    given = parser.parse_args()
    print(json.dumps(main(given.kind, given.rounds)))
