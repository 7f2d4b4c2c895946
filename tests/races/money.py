"""One race for money, run as a program: the last yuan of a budget, the cap of a voucher, one charge, one invoice.

``python -m tests.races.money --rounds N`` races eight processes on the database that LIQI_DATA and LIQI_DATABASE_URL
name, and prints what happened as JSON. Every round has a budget for one booking, a voucher for one order, a charge
that all confirm at once and that all invoice at once afterwards.
"""

import json
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.races.race import make_tables, ready
from tests.races.start import abreast, alone

NOW = datetime(2040, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
RACERS = 8


def prepare(rounds: int) -> None:
    """A migrated database with what is at stake in each round."""
    ready()
    from liqi.access.models import Charge, Order, VoucherProgramme
    from liqi.access.money import budgets, charges, pricing, vouchers
    from liqi.accounts.models import Membership, Organisation, Person
    from liqi.catalogue.models import Institution, Instrument

    make_tables()
    about = {"source": "race", "created_at": NOW, "updated_at": NOW}
    seller = Institution.objects.create(key="race", name="Race", **about)
    people = [
        Person.objects.create(
            email=f"racer{number}@example.org", name=f"Racer {number}", password="!", is_operator=True
        )
        for number in range(RACERS)
    ]
    for number in range(RACERS):
        Instrument.objects.create(
            key=f"race-{number}", name="Raced", institution=seller, shared=True, bookable=True, horizon_days=10_000,
            price_cny_per_hour=100, **about,
        )  # fmt: skip
    for number in range(rounds):
        group = Organisation.objects.create(name=f"Group {number}", kind=Organisation.Kind.FIRM)
        Membership.objects.bulk_create(Membership(person=person, organisation=group) for person in people)
        budgets.begin(seller=seller, organisation=group, title="B", person=people[0], now=NOW, amount=Decimal("199.99"))
        programme = VoucherProgramme.objects.create(
            key=f"p{number}", title="P", authority="A", rate=Decimal("0.5"), cap_year=Decimal(80), valid_from=NOW.date()
        )
        voucher = vouchers.apply(
            programme, organisation=group, asked=Decimal(80), subject={}, person=people[0], now=NOW
        )
        vouchers.issue(voucher, person=people[0], now=NOW)
        Order.objects.bulk_create(
            Order(key=f"{number}-{racer}", title="O", person=people[racer], organisation=group, created_at=NOW)
            for racer in range(RACERS)
        )
        found = pricing.total([pricing.Line("item", Decimal(1), Decimal(50), Decimal(50))], Decimal(6))
        charges.keep(
            f"race:{number}", found, now=NOW, kind=Charge.Kind.SERVICE, title="C", seller=seller, organisation=group,
            person=people[0], used_on=NOW.date(),
        )  # fmt: skip


def run(racer: int, rounds: int, gate: Any, told: Any) -> None:
    """The racer wants everything of every round and tells what came of it."""
    ready()
    from liqi.access import booking
    from liqi.access.models import Charge, Order, Voucher
    from liqi.access.money import charges, invoices, vouchers
    from liqi.access.money.refusal import Unable
    from liqi.access.rules import Refused
    from liqi.accounts.models import Organisation, Person
    from liqi.catalogue.models import Institution, Instrument

    seller = Institution.objects.get(key="race")
    person = Person.objects.get(email=f"racer{racer}@example.org")
    thing = Instrument.objects.select_related("institution").get(key=f"race-{racer}")
    seen: Counter[str] = Counter()

    def tried(name: str, verb: Any) -> None:
        gate.wait(120)
        try:
            verb()
            seen[name] += 1
        except (Refused, Unable):
            seen[f"{name} refused"] += 1

    for number in range(rounds):
        group = Organisation.objects.get(name=f"Group {number}")
        start = NOW + (number + 1) * 2 * HOUR
        tried("book", lambda group=group, start=start: booking.book(
            instrument=thing, person=person, organisation=group, starts_at=start, ends_at=start + HOUR, now=NOW,
        ))  # fmt: skip
        voucher = Voucher.objects.select_related("programme", "organisation").get(organisation=group)
        order = Order.objects.get(key=f"{number}-{racer}")
        tried("reserve", lambda voucher=voucher, order=order: vouchers.reserve(
            voucher, order=order, seller=seller, contract=Decimal(100), amount=Decimal(50), person=person, now=NOW,
        ))  # fmt: skip
        charge = Charge.objects.get(cause=f"race:{number}")
        tried("confirm", lambda charge=charge: charges.confirm([charge], person=person, now=NOW))
        tried("invoice", lambda charge=charge: invoices.write([charge], person=person, now=NOW))
    told.put(seen)


def summary() -> dict[str, Any]:
    """What is on record after the race."""
    from liqi.access.models import Account, Booking, Hold, Invoice, LedgerEntry, VoucherUse
    from liqi.access.money import ledger

    counted = ledger.recount()
    numbers = sorted(int(each.rpartition("-")[2]) for each in Invoice.objects.values_list("number", flat=True))
    return {
        "balanced": sum(counted.values()) == 0
        and all(each.balance == counted.get(each.pk, 0) for each in Account.objects.all()),
        "overdrawn": Account.objects.filter(code="available", balance__gt=0).count(),
        "bookings": Booking.objects.live().count(),
        "holds": Hold.objects.filter(state="held", amount=Decimal(100)).count(),
        "uses": VoucherUse.objects.count(),
        "charge entries": LedgerEntry.objects.filter(kind="charge").count(),
        "numbers without holes": numbers == list(range(1, len(numbers) + 1)),
        "invoices": len(numbers),
    }


def main(rounds: int) -> dict[str, Any]:
    """What came of the race, and what is on record afterwards."""
    alone(prepare, rounds)
    return {"outcomes": abreast(RACERS, run, rounds), **summary()}


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[sys.argv.index("--rounds") + 1]))))
