"""One race for a voucher that two orders want, run as a program.

``python -m tests.races.voucher --rounds N`` races eight processes on the database that LIQI_DATA and LIQI_DATABASE_URL
name, and prints what happened as JSON. In every round a voucher pays 100 of one order. Two people give that back while
two want it for the same order, two want it for another, and two have a budget pay the charges of both. By turns the
voucher has 100, so that one of the two orders has it at a time, and 200, so that each order has it once.
"""

import json
import sys
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tests.races.race import make_tables, ready
from tests.races.start import Turn, abreast, alone, in_rounds

NOW = datetime(2040, 1, 1, tzinfo=UTC)
PARTS = ("release", "release", "same", "same", "other", "other", "budget", "budget")
SCARCE, AMPLE, CONTRACT = Decimal(100), Decimal(200), Decimal(200)


def prepare(rounds: int) -> None:
    """A migrated database with a firm, its programme, its budget, and a voucher in use for each round."""
    ready()
    from liqi.access.commissions import subsidy
    from liqi.access.models import Charge, Order, VoucherProgramme
    from liqi.access.money import budgets, charges, pricing, quotes, vouchers
    from liqi.accounts.models import Membership, Organisation, Person
    from liqi.catalogue.models import Institution

    make_tables()
    seller = Institution.objects.create(key="race", name="Race", source="race", created_at=NOW, updated_at=NOW)
    people = [
        Person.objects.create(email=f"racer{number}@example.org", name=f"Racer {number}", is_operator=True)
        for number in range(len(PARTS))
    ]
    programme = VoucherProgramme.objects.create(
        key="p", title="P", authority="A", rate=Decimal("0.5"), cap_year=AMPLE, valid_from=NOW.date(),
        total=AMPLE * rounds,
    )  # fmt: skip
    for number in range(rounds):
        firm = Organisation.objects.create(name=f"Firm {number}", kind=Organisation.Kind.FIRM)
        Membership.objects.bulk_create(Membership(person=person, organisation=firm) for person in people)
        face = AMPLE if number % 2 else SCARCE
        voucher = vouchers.apply(programme, organisation=firm, asked=face, subject={}, person=people[0], now=NOW)
        vouchers.issue(voucher, person=people[0], now=NOW)
        budgets.begin(seller=seller, organisation=firm, title="B", person=people[0], now=NOW)
        line = pricing.Line("item", Decimal(1), CONTRACT, CONTRACT)
        for name in ("same", "other"):
            order = Order.objects.create(
                key=f"{number}-{name}", title="O", person=people[0], organisation=firm, created_at=NOW
            )
            quote = quotes.offer(seller=seller, lines=[line], person=people[0], now=NOW, order=order)
            quotes.accept(quote, person=people[0], now=NOW)
            charges.keep(
                order.key, pricing.total([line], Decimal(0)), now=NOW, kind=Charge.Kind.SERVICE, title="O",
                seller=seller, organisation=firm, person=people[0], order=order, used_on=NOW.date(),
            )  # fmt: skip
            if name == "same":
                subsidy.use(order=order, number=voucher.number, person=people[0], now=NOW)


def run(racer: int, rounds: int, gate: Any, told: Any) -> None:
    """The racer does its part in every round."""
    ready()
    from liqi.access.commissions import subsidy
    from liqi.access.models import Budget, Charge, Order, Voucher, VoucherUse
    from liqi.access.money import charges, vouchers
    from liqi.access.money.refusal import Overdrawn, Unable
    from liqi.accounts.models import Person

    me, part = Person.objects.get(email=f"racer{racer}@example.org"), PARTS[racer]

    def get_ready(number: int) -> Turn:
        voucher = Voucher.objects.select_related("organisation", "programme").get(organisation__name=f"Firm {number}")
        use = VoucherUse.objects.select_related("voucher__programme", "voucher__organisation", "allowance").get(
            order__key=f"{number}-same", state="reserved"
        )
        order = Order.objects.get(key=f"{number}-{part}") if part in ("same", "other") else use.order
        budget = Budget.objects.get(organisation=order.organisation)
        both = list(Charge.objects.filter(cause__startswith=f"{number}-").order_by("-pk" if racer % 2 else "pk"))

        def turn() -> str:
            try:
                if part == "release":
                    vouchers.release(use, person=me, now=NOW)
                elif part == "budget":
                    for charge in both:
                        charges.pay_by(charge, budget, person=me, now=NOW)
                else:
                    subsidy.use(order=order, number=voucher.number, person=me, now=NOW)
            except Overdrawn:
                return f"{part}: too little left"
            except Unable:
                return f"{part}: unable"
            return f"{part}: done"

        return turn

    in_rounds(get_ready, rounds, gate, told)


def summary() -> dict[str, Any]:
    """What the vouchers pay now; ``strange`` counts sums that are not those of the uses, and orders that a budget
    pays as well."""
    from django.db.models import Sum

    from liqi.access.models import Charge, Voucher, VoucherAllowance, VoucherProgramme, VoucherUse

    live = VoucherUse.objects.exclude(state="released")
    paid = Counter[str]()
    strange = Charge.objects.filter(budget__isnull=False, order__in=live.values("order")).count()
    for rows, name in (
        (Voucher.objects.all(), "voucher"),
        (VoucherAllowance.objects.all(), "allowance"),
        (VoucherProgramme.objects.all(), "voucher__programme"),
    ):
        sums = dict(live.values_list(name).annotate(sum=Sum("amount")))
        strange += sum(row.reserved != sums.get(row.pk, 0) for row in rows)  # type: ignore[attr-defined]
    for voucher in Voucher.objects.all():
        uses = live.filter(voucher=voucher).values_list("order__key", flat=True)
        paid[" ".join(sorted(key.partition("-")[2] for key in uses)) or "nothing"] += 1
    return {"strange": strange, "paid": dict(paid)}


def main(rounds: int) -> dict[str, Any]:
    """What came of the race, and what is on record afterwards."""
    alone(prepare, rounds)
    return {"outcomes": dict(abreast(len(PARTS), run, rounds)), "processes": len(PARTS), **alone(summary)}


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[sys.argv.index("--rounds") + 1]))))
