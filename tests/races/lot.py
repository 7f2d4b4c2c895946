"""One race for the last of two lots, run as a program.

``python -m tests.races.lot --rounds N`` races eight processes on the database that LIQI_DATA and LIQI_DATABASE_URL
name, and prints what happened as JSON. In every round eight stewards each want one and a half of the four that are
left, two of them in a lot that expires first; then all of them send one person's request for one of another item; then
six issue an item of their own to one session that is over, while two charge what it used.
"""

import json
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.races.race import make_tables, ready
from tests.races.start import Turn, abreast, alone, in_rounds

NOW = datetime(2040, 1, 1, tzinfo=UTC)
RACERS, CHARGING, IN_A_LOT, WANTED = 8, 2, Decimal(2), Decimal("1.5")


def prepare(rounds: int) -> None:
    """A migrated database with two items for each round and one steward for each racer."""
    ready()
    from liqi.access.care import stock
    from liqi.access.models import Session
    from liqi.accounts.models import Person
    from liqi.catalogue.models import Facility, Institution, Instrument
    from liqi.taxonomy import FACILITY_KINDS

    make_tables()
    people = [
        Person.objects.create(email=f"racer{number}@example.org", name=f"Racer {number}", is_operator=True)
        for number in range(RACERS)
    ]
    record: dict[str, Any] = {"source": "race", "created_at": NOW, "updated_at": NOW}
    kind = next(kind for kind in FACILITY_KINDS.values() if kind.facility_class == "support")
    house = Institution.objects.create(key="house", name="House", **record)
    place = Facility.objects.create(
        key="raced", name="Raced", institution=house, kind=kind.code, facility_class=kind.facility_class, **record
    )
    thing = Instrument.objects.create(key="raced", name="Raced", institution=house, facility=place, **record)
    for number in range(RACERS):
        item = stock.add(
            facility=place, person=people[0], name=f"own {number}", unit="g", now=NOW, price_cny=Decimal(1)
        )
        stock.receive(item=item, person=people[0], number="all", quantity=Decimal(rounds), now=NOW)
    for number in range(rounds):
        start = NOW + timedelta(days=number)
        used = Session.objects.create(instrument=thing, person=people[0], started_at=start)
        Session.objects.filter(pk=used.pk).update(ended_at=start + timedelta(hours=1), effective_hours=1)
        for name in (f"wanted {number}", f"sent {number}"):
            item = stock.add(facility=place, person=people[0], name=name, unit="box", now=NOW)
            for lot, days in (("late", 200), ("early", 100)):
                stock.receive(
                    item=item, person=people[0], number=lot, quantity=IN_A_LOT, now=NOW,
                    expires_on=(NOW + timedelta(days=days)).date(),
                )  # fmt: skip


def run(racer: int, rounds: int, gate: Any, told: Any) -> None:
    """The racer wants its part in every round, sends what all send in the next, and then issues its own or charges."""
    ready()
    from liqi.access import consumables
    from liqi.access.care import stock
    from liqi.access.care.refusal import NotPossible
    from liqi.access.models import Session, StockItem
    from liqi.accounts.models import Person

    me, first = (Person.objects.get(email=f"racer{number}@example.org") for number in (racer, 0))

    def get_ready(turn: int) -> Turn:
        number, part = divmod(turn, 3)
        name = (f"wanted {number}", f"sent {number}", f"own {racer}")[part]
        item = StockItem.objects.select_related("facility").get(name=name)
        session = Session.objects.get(started_at=NOW + timedelta(days=number))

        def send() -> str:
            made = stock.issue(item=item, person=first, quantity=Decimal(1), now=NOW, request_key=name)
            return f"sent: {len(made)} movement"

        def want() -> str:
            try:
                stock.issue(item=item, person=me, quantity=WANTED, now=NOW)
            except NotPossible:
                return "wanted: too little left"
            return "wanted: issued"

        def use() -> str:
            stock.issue(item=item, person=me, quantity=Decimal(1), now=NOW, session=session)
            return "used: issued"

        def charge() -> str:
            for _time in range(4):
                consumables.of_session(session, now=NOW)
            return "used: charged"

        return (want, send, charge if racer < CHARGING else use)[part]

    in_rounds(get_ready, 3 * rounds, gate, told)


def summary() -> dict[str, Any]:
    """What is left of the items, whether every lot holds the sum of its movements, and what was charged of the use."""
    from django.db.models import Sum

    from liqi.access import consumables
    from liqi.access.models import Charge, Session, StockItem, StockLot

    for session in Session.objects.all():
        consumables.of_session(session, now=NOW)
    lots = StockLot.objects.annotate(sum=Sum("movements__thousandths"))
    left = (
        StockItem.objects.exclude(name__startswith="own")
        .annotate(left=Sum("lots__left_thousandths"))
        .values_list("name", "left")
    )
    return {
        "strange": sum(lot.left_thousandths != lot.sum or lot.left_thousandths < 0 for lot in lots),
        "left": dict(Counter(f"{name.split()[0]}: {Decimal(each) / 1000:f}" for name, each in left)),
        "charged": dict(
            Counter(
                f"{net:f}"
                for net in Charge.objects.values("session").annotate(net=Sum("net")).values_list("net", flat=True)
            )
        ),
    }


def main(rounds: int) -> dict[str, Any]:
    """What came of the race, and what is left."""
    alone(prepare, rounds)
    return {"outcomes": dict(abreast(RACERS, run, rounds)), "processes": RACERS, **alone(summary)}


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[sys.argv.index("--rounds") + 1]))))
