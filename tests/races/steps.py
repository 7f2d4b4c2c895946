"""One race of stewards, run as a program: several processes advance one order, register one barcode, fill one position.

``python -m tests.races.steps --rounds N --racers K`` races on the database that LIQI_DATA and LIQI_DATABASE_URL name,
and prints what happened as JSON.
"""

import json
import sys
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from tests.races.race import make_tables, ready
from tests.races.start import abreast, alone

NOW = datetime(2040, 1, 1, tzinfo=UTC)
KINDS = ("barcode", "position", "custody", "refuse")


def prepare(rounds: int, racers: int) -> None:
    """A migrated database with a service, a box of one position a round, and an order a round and racer."""
    ready()
    from liqi.access import orders
    from liqi.access.commissions import samples, storage
    from liqi.access.models import Commission
    from liqi.accounts.models import Person
    from liqi.catalogue.models import Facility, Institution, Service
    from liqi.taxonomy import FACILITY_KINDS

    make_tables()
    record: dict[str, Any] = {"source": "race", "created_at": NOW, "updated_at": NOW}
    house = Institution.objects.create(key="house", name="House", **record)
    kind = next(one for one in FACILITY_KINDS.values() if one.facility_class == "support")
    facility = Facility.objects.create(
        key="f", name="F", institution=house, kind=kind.code, facility_class="support", **record
    )
    service = Service.objects.create(key="raced", name="Raced", institution=house, facility=facility, **record)
    people = [
        Person.objects.create(email=f"racer{number}@example.org", name=f"Racer {number}", is_operator=True)
        for number in range(racers)
    ]
    room = storage.add(facility=facility, parent=None, kind="room", name="R", person=people[0], now=NOW)
    for number in range(rounds):
        storage.add(
            facility=facility, parent=room, kind="box", name=f"B {number}", person=people[0], now=NOW, rows=1, columns=1
        )
        order = orders.open(person=people[0], title=f"round {number}", service=service, now=NOW)
        entries = [samples.Entry(f"S{racer}") for racer in range(racers)]
        samples.register(order=order, entries=entries, person=people[0], now=NOW)
        Commission.objects.filter(order=order).update(state="submitted")


def attempt(kind: str, racer: int, number: int) -> str:
    """What a racer does in a round: all want the same thing, and one may have it."""
    from liqi.access.commissions import custody, progress, samples, storage
    from liqi.access.models import Order, StoragePlace
    from liqi.accounts.models import Person

    person = Person.objects.get(email=f"racer{racer}@example.org")
    order = Order.objects.get(title=f"round {number}")
    own = order.samples.get(name=f"S{racer}")
    try:
        if kind == "refuse":
            progress.take(commission=order.commission, verb="refuse", person=person, now=NOW, reason="race")
        elif kind == "barcode":
            entry = samples.Entry(f"X{racer}", barcode=f"TUBE-{number}")
            samples.register(order=order, entries=[entry], person=person, now=NOW)
        elif kind == "position":
            box = StoragePlace.objects.get(name=f"B {number}")
            custody.hand_over(sample=own, verb="receive", person=person, now=NOW, facts=custody.HandOver(box, "A1"))
        else:
            shared = order.samples.get(name="S0")
            custody.hand_over(
                sample=shared, verb="dispose" if shared.state == "held" else "receive", person=person, now=NOW
            )
    except (progress.NotPossible, samples.Taken, samples.WrongSamples, storage.WrongPlace) as refused:
        return type(refused).__name__
    return "won"


def run(racer: int, rounds: int, barrier: Any, results: Any) -> None:
    """The racer tries every kind in every round, together with the others."""
    ready()
    outcomes: Counter[str] = Counter()
    for kind in KINDS:
        for number in range(rounds):
            barrier.wait(120)
            try:
                outcomes[f"{kind}: {'won' if attempt(kind, racer, number) == 'won' else 'refused'}"] += 1
            except Exception as fault:  # every fault of a racer is a result of the race
                outcomes[f"{kind}: {type(fault).__name__}: {fault}".partition("\n")[0][:200]] += 1
    results.put(outcomes)


def main(rounds: int, racers: int) -> dict[str, Any]:
    """What came of the race: outcomes by kind, and what stands in the tables."""
    alone(prepare, rounds, racers)
    outcomes = abreast(racers, run, rounds)
    from liqi.access.models import CommissionStep, Custody, Sample

    chains: dict[int, list[int]] = {}
    for sample, number in Custody.objects.order_by("sample", "number").values_list("sample", "number"):
        chains.setdefault(sample, []).append(number)
    return {
        "outcomes": dict(outcomes),
        "steps": CommissionStep.objects.count(),
        "barcodes": Sample.objects.exclude(barcode="").count(),
        "positions": Sample.objects.exclude(slot="").count(),
        "chains_whole": all(chain == list(range(1, len(chain) + 1)) for chain in chains.values()),
    }


if __name__ == "__main__":
    words = dict(zip(sys.argv[1::2], sys.argv[2::2], strict=True))
    print(json.dumps(main(int(words["--rounds"]), int(words["--racers"]))))
