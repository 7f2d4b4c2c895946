"""Whatever is charged, credited, set aside, paid and taken back in any order, the ledger is what plain lists say."""

from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run

from liqi.access.models import (
    Account,
    Charge,
    Hold,
    Invoice,
    LedgerEntry,
    Order,
    Payment,
    PaymentMatch,
    Voucher,
    VoucherAllowance,
    VoucherProgramme,
    VoucherUse,
)
from liqi.access.money import budgets, charges, invoices, ledger, payments, vouchers
from liqi.access.money.refusal import Unable
from liqi.accounts.models import Organisation
from liqi.catalogue.models import Institution
from tests.access.conftest import NOW, make_person
from tests.access.money.conftest import propose
from tests.access.money.plain_books import CAP, RATE, ZERO, Bill, Books, Item, Job, Money, No

prices = st.sampled_from([Decimal(text) for text in ("0.01", "0.75", "33.33", "100.00", "123.45", "260.00")])
rates = st.sampled_from([0, 6, 13])


def has(*states: str) -> Callable[["Ledger"], bool]:
    """Whether there is a charge in one of these states."""
    return lambda self: any(each.state in states for each in self.books.items)


class Ledger(RuleBasedStateMachine):
    """A university that sells, a firm that pays invoices with a voucher, a group with a budget; nothing is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.kept = transaction.atomic()
        self.kept.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.kept.__exit__(None, None, None)

    @initialize()
    def begin(self) -> None:
        self.books = Books()
        self.keeper = make_person("Op", is_operator=True)
        self.parties = {
            "firm": Organisation.objects.create(name="Firm", kind=Organisation.Kind.FIRM),
            "group": Organisation.objects.create(name="Group"),
        }
        self.people = {name: make_person(name, party) for name, party in self.parties.items()}
        self.seller = Institution.objects.create(key="h", name="House", source="test", created_at=NOW, updated_at=NOW)
        self.budget = budgets.begin(
            seller=self.seller, organisation=self.parties["group"], title="2026", person=self.keeper, now=NOW
        )
        programme = VoucherProgramme.objects.create(
            key="p", title="P", authority="A", rate=RATE, cap_year=CAP, valid_from=date(2026, 1, 1)
        )
        made = vouchers.apply(
            programme, organisation=self.parties["firm"], asked=CAP, subject={}, person=self.people["firm"], now=NOW
        )
        self.voucher = vouchers.issue(made, person=self.keeper, now=NOW)
        self.orders: list[Order] = []
        self.fund(amount=Decimal(500))
        for of in self.parties:
            self.order_work(of=of)
            self.books.items.append(Item(of, Decimal("80.00"), 6, self.books.jobs[-1], from_budget=of == "group"))
            self.keep()
        firm, group = self.books.jobs
        self.books.reserve(firm, Decimal("84.80"))
        vouchers.reserve(
            self.voucher, order=self.order(firm), seller=self.seller, contract=Decimal("84.80"), person=self.keeper,
            now=NOW,
        )  # fmt: skip
        self.books.hold(group, Decimal("50.00"))
        budgets.hold(self.budget, Decimal(50), order=self.order(group), now=NOW)
        for of in self.parties:
            self.books.items.append(Item(of, Decimal("100.00"), 6, None, from_budget=of == "group"))
            self.keep()
            self.confirm_one(self.books.items[-1])
        self.bill_together([next(each for each in self.books.items if each.state == "confirmed")])

    def same(self, plain: Callable[[], Any], verb: Callable[[], Any]) -> None:
        """The step on the lists and the one in the ledger come to the same, done or refused."""
        before = deepcopy(self.books)
        expected = found = "done"
        try:
            plain()
        except No:
            expected = "refused"
            self.books = before
        try:
            with transaction.atomic():
                verb()
        except Unable:
            found = "refused"
        assert found == expected

    def charge(self, item: Item) -> Charge:
        """The lists keep the order in which rows are made."""
        return Charge.objects.order_by("pk")[self.books.items.index(item)]

    def pick(self, data: Any, *states: str) -> Item:
        """A charge in one of these states; there is one."""
        item: Item = data.draw(st.sampled_from([each for each in self.books.items if each.state in states]))
        return item

    def order(self, job: Job) -> Order:
        return self.orders[self.books.jobs.index(job)]

    def invoice(self, bill: Bill) -> Invoice:
        return Invoice.objects.filter(kind="invoice").order_by("pk")[self.books.bills.index(bill)]

    @rule(of=st.sampled_from(["firm", "group"]))
    def order_work(self, of: str) -> None:
        self.books.jobs.append(Job(of))
        self.orders.append(
            Order.objects.create(title="Work", person=self.people[of], organisation=self.parties[of], created_at=NOW)
        )

    @rule(data=st.data(), net=prices, rate=rates, again=st.booleans())
    def propose(self, data: Any, net: Decimal, rate: int, again: bool) -> None:
        """Proposed again under its cause, in whatever amount, it is the same charge."""
        of = data.draw(st.sampled_from(["firm", "group"]))
        fit = [
            each for each in self.books.jobs if each.of == of and not any(one.job is each for one in self.books.items)
        ]
        job = data.draw(st.sampled_from([None, *fit]))
        self.books.items.append(Item(of, net, rate, job, from_budget=of == "group"))
        self.keep()
        if again:
            self.keep(Decimal(999))

    def keep(self, net: Decimal | None = None) -> None:
        """The last item of the lists is proposed."""
        item = self.books.items[-1]
        propose(
            self.seller, str(net or item.net), organisation=self.parties[item.of], person=self.people[item.of],
            tax=item.rate, order=self.order(item.job) if item.job else None,
            budget=self.budget if item.from_budget else None, cause=f"test:{len(self.books.items)}",
        )  # fmt: skip

    @precondition(has("proposed"))
    @rule(data=st.data())
    def confirm(self, data: Any) -> None:
        self.confirm_one(self.pick(data, "proposed"))

    def confirm_one(self, item: Item) -> None:
        row = self.charge(item)
        self.same(lambda: self.books.confirm(item), lambda: charges.confirm([row], person=self.keeper, now=NOW))

    @precondition(has("settled"))
    @rule(data=st.data())
    def undo_what_a_budget_paid(self, data: Any) -> None:
        self.undo_one(self.pick(data, "settled"))

    @precondition(has("confirmed", "invoiced", "waived"))
    @rule(data=st.data())
    def undo(self, data: Any) -> None:
        self.undo_one(self.pick(data, "confirmed", "invoiced", "waived"))

    def undo_one(self, item: Item) -> None:
        row = self.charge(item)
        self.same(lambda: self.books.undo(item), lambda: charges.undo([row], person=self.keeper, now=NOW))

    @rule(data=st.data())
    def waive(self, data: Any) -> None:
        item = data.draw(st.sampled_from(self.books.items))
        row = self.charge(item)
        self.same(
            lambda: self.books.waive(item),
            lambda: charges.waive([row], reason="a gift", person=self.keeper, now=NOW),
        )

    @precondition(lambda self: any(each.state in ("confirmed", "invoiced", "settled") for each in self.books.items))
    @rule(data=st.data(), amount=prices)
    def credit(self, data: Any, amount: Decimal) -> None:
        self.credit_so_much(
            data.draw(st.sampled_from([each for each in self.books.items if each.state != "proposed"])), amount
        )

    def credit_so_much(self, item: Item, amount: Decimal) -> None:
        row = self.charge(item)
        self.same(
            lambda: self.books.credit(item, amount),
            lambda: charges.credit(row, amount, reason="too late", person=self.keeper, now=NOW),
        )

    @precondition(has("confirmed", "settled"))
    @rule(data=st.data(), over=st.sampled_from(["0.00", "0.01"]))
    def credit_by_parts(self, data: Any, over: str) -> None:
        """A fen of a charge, and then what is left of it, or a fen more."""
        at = self.books.items.index(self.pick(data, "confirmed", "settled"))
        self.credit_so_much(self.books.items[at], Decimal("0.01"))
        item = self.books.items[at]  # what is refused leaves the lists as they were: copies
        self.credit_so_much(item, item.net - item.given() + Decimal(over))

    @rule(amount=st.sampled_from([Decimal(text) for text in ("500", "0", "-80", "-0.01")]))
    def fund(self, amount: Decimal) -> None:
        self.same(
            lambda: self.books.fund(amount), lambda: budgets.add(self.budget, amount, person=self.keeper, now=NOW)
        )

    @precondition(lambda self: any(each.of == "group" for each in self.books.jobs))
    @rule(data=st.data(), amount=prices, back=st.booleans())
    def set_aside(self, data: Any, amount: Decimal, back: bool) -> None:
        job = data.draw(st.sampled_from([each for each in self.books.jobs if each.of == "group"]))
        order = self.order(job)
        kept = Hold.objects.filter(order=order).first()
        if back and kept is not None:
            held = Hold.objects.select_related("budget__available", "budget__reserved", "budget__seller").get(
                pk=kept.pk
            )
            self.same(lambda: self.books.give_back(job), lambda: budgets.release(held, now=NOW))
        elif not back:
            self.same(
                lambda: self.books.hold(job, amount), lambda: budgets.hold(self.budget, amount, order=order, now=NOW)
            )

    @precondition(lambda self: any(each.of == "firm" for each in self.books.jobs))
    @rule(data=st.data(), contract=prices)
    def reserve(self, data: Any, contract: Decimal) -> None:
        job = data.draw(st.sampled_from([each for each in self.books.jobs if each.of == "firm"]))
        order = self.order(job)
        self.same(
            lambda: self.books.reserve(job, contract),
            lambda: vouchers.reserve(
                self.voucher, order=order, seller=self.seller, contract=contract, person=self.keeper, now=NOW
            ),
        )

    @precondition(lambda self: any(each.uses for each in self.books.jobs))
    @rule(data=st.data())
    def release(self, data: Any) -> None:
        job = data.draw(st.sampled_from([each for each in self.books.jobs if each.uses]))
        at = data.draw(st.integers(0, len(job.uses) - 1))
        use = VoucherUse.objects.filter(order=self.order(job)).order_by("pk")[at]
        self.same(lambda: self.books.release(job.uses[at]), lambda: vouchers.release(use, person=self.keeper, now=NOW))

    @precondition(lambda self: any(each.state == "confirmed" for each in self.books.items))
    @rule(data=st.data())
    def bill(self, data: Any) -> None:
        firms = [each for each in self.books.items if each.of == "firm"]
        ready = [each for each in firms if each.state == "confirmed"] or firms
        items = data.draw(st.lists(st.sampled_from(ready), min_size=1, max_size=4, unique=True))
        self.bill_together(items)

    def bill_together(self, items: list[Item]) -> None:
        items.sort(key=self.books.items.index)
        rows = [self.charge(each) for each in items]
        self.same(lambda: self.books.bill(items), lambda: invoices.write(rows, person=self.keeper, now=NOW))

    @precondition(lambda self: self.books.bills)
    @rule(data=st.data())
    def take_back(self, data: Any) -> None:
        bill = data.draw(st.sampled_from(self.books.bills))
        row = self.invoice(bill)
        self.same(
            lambda: self.books.take_back(bill),
            lambda: invoices.take_back(row, reason="wrong", person=self.keeper, now=NOW),
        )

    @rule(amount=prices)
    def receive_anything(self, amount: Decimal) -> None:
        self.receive(amount)

    def receive(self, amount: Decimal) -> None:
        self.books.receive(amount)
        payments.record(
            seller=self.seller, received_on=NOW.date(), amount=amount, person=self.keeper, now=NOW,
            source=f"test {len(self.books.money)}",
        )  # fmt: skip

    @precondition(lambda self: self.books.bills)
    @rule(data=st.data())
    def pay(self, data: Any) -> None:
        bill = data.draw(st.sampled_from(self.books.bills))
        if bill.open > 0:
            self.receive(bill.open)
            self.match_with(self.books.money[-1], bill)

    @precondition(lambda self: self.books.bills and self.books.money)
    @rule(data=st.data())
    def match(self, data: Any) -> None:
        self.match_with(data.draw(st.sampled_from(self.books.money)), data.draw(st.sampled_from(self.books.bills)))

    def match_with(self, money: Money, bill: Bill) -> None:
        payment = Payment.objects.select_related("seller").order_by("pk")[self.books.money.index(money)]
        row = self.invoice(bill)
        self.same(
            lambda: self.books.match(money, bill), lambda: payments.match(payment, row, person=self.keeper, now=NOW)
        )

    @precondition(lambda self: any(each.pays for each in self.books.money))
    @rule(data=st.data())
    def unmatch(self, data: Any) -> None:
        money = data.draw(st.sampled_from([each for each in self.books.money if each.pays]))
        bill = data.draw(st.sampled_from(list(money.pays)))
        payment = Payment.objects.order_by("pk")[self.books.money.index(money)]
        rows = PaymentMatch.objects.select_related("payment__seller", "invoice", "entry__seller")
        made = rows.get(payment=payment, invoice=self.invoice(bill))
        self.same(lambda: self.books.unmatch(money, bill), lambda: payments.unmatch(made, person=self.keeper, now=NOW))

    @invariant()
    def the_books_are_the_plain_ones(self) -> None:
        sums: Counter[str] = Counter()
        for account in Account.objects.all():
            sums[account.code.replace(" ", "_")] += account.balance
            assert account.ceiling is None or account.balance <= account.ceiling
        assert {name: amount for name, amount in sums.items() if amount} == {
            name: amount for name, amount in self.books.sums.items() if amount
        }
        assert sum(sums.values()) == 0
        assert ledger.recount() == {
            each.pk: each.balance for each in Account.objects.filter(lines__entry__posted=True).distinct()
        }
        assert not LedgerEntry.objects.filter(posted=False).exists()

    @invariant()
    def nothing_is_charged_twice(self) -> None:
        assert [each.state for each in Charge.objects.order_by("pk")] == [each.state for each in self.books.items]
        billed = Counter(
            line["charge"] for bill in Invoice.objects.filter(kind="invoice").exclude(state="credited")
            for line in bill.lines
        )  # fmt: skip
        assert all(times == 1 for times in billed.values())
        for item in self.books.items:
            owed = -sum((each.net for each in item.credits if each.state in ("confirmed", "invoiced", "settled")), ZERO)
            assert item.corrects is not None or owed <= item.net

    @invariant()
    def every_record_is_in_the_state_of_the_lists(self) -> None:
        holds = {(self.orders.index(one.order), one.amount, one.state) for one in Hold.objects.select_related("order")}
        assert holds == {(at, job.held, job.hold) for at, job in enumerate(self.books.jobs) if job.hold}
        uses = Counter((one.amount, one.contract, one.state) for one in VoucherUse.objects.exclude(state="released"))
        assert uses == Counter((job.use.amount, job.use.contract, job.use.state) for job in self.books.jobs if job.use)
        bills = Invoice.objects.filter(kind="invoice").order_by("pk").values_list("net", "tax", "paid", "state")
        assert list(bills) == [(bill.net, bill.tax, bill.paid, bill.state) for bill in self.books.bills]
        assert [one.open for one in Payment.objects.order_by("pk")] == [one.open for one in self.books.money]

    @invariant()
    def what_is_owed_stands_on_bills_and_the_voucher_is_never_over(self) -> None:
        if not hasattr(self, "voucher"):
            return
        standing = Invoice.objects.filter(kind="invoice").exclude(state="credited")
        assert sum((each.open for each in standing), ZERO) == self.books.sums["receivable"]
        used = VoucherUse.objects.filter(state="used").aggregate(sum=Sum("amount"))["sum"] or ZERO
        assert used == self.books.sums["vouchers"]
        reserved = {
            Voucher.objects.get().reserved,
            VoucherProgramme.objects.get().reserved,
            sum((each.reserved for each in VoucherAllowance.objects.all()), ZERO),
            VoucherUse.objects.exclude(state="released").aggregate(sum=Sum("amount"))["sum"] or ZERO,
        }
        assert reserved == {self.books.voucher}
        assert self.books.voucher <= CAP


def live(**more: Any) -> None:
    """Live the machine's lives; raises where the ledger and the lists differ. `test_power.py` plants faults."""
    usual: dict[str, Any] = {"max_examples": 20, "stateful_step_count": 30, "deadline": None}
    run(Ledger, settings=settings(**(usual | more), suppress_health_check=list(HealthCheck)))


@pytest.mark.django_db
def test_the_ledger_is_what_plain_lists_say() -> None:
    live()
