"""From a use to the money: charges, budgets, invoices, payments, and what is asked before booking."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from liqi.access import booking, rules
from liqi.access.models import (
    Account,
    Booking,
    Charge,
    Hold,
    Invoice,
    LedgerEntry,
    Order,
    PriceTable,
    Quote,
    RuleSetting,
    Session,
)  # fmt: skip
from liqi.access.money import (
    budgets,
    charges,
    invoices,
    ledger,
    payments,
    pricing,
    proposals,
    quotes,
    tables,
)  # fmt: skip
from liqi.access.money.refusal import Overdrawn, Unable
from liqi.access.rules import Refused, Request
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Organisation, Person
from liqi.catalogue.models import Institution, Instrument
from tests.access.conftest import NOW, at
from tests.access.money.conftest import cny, propose

pytestmark = pytest.mark.django_db


def balance(seller: Institution, code: str) -> Decimal:
    return sum((each.balance for each in Account.objects.filter(seller=seller, code=code)), Decimal(0))


def balanced() -> bool:
    counted = ledger.recount()
    return sum(counted.values()) == 0 and all(
        each.balance == counted.get(each.pk, Decimal(0)) for each in Account.objects.all()
    )


def test_the_price_depends_on_who_asks_and_when(
    prices: PriceTable, instrument: Instrument, group: Organisation, firm: Organisation
) -> None:
    def asked(organisation: Organisation | None, start: int, end: int) -> Decimal:
        found = tables.of_instrument(instrument, organisation=organisation, starts_at=at(start), ends_at=at(end))
        assert found is not None
        return found.gross

    assert asked(group, 1, 3) == cny("212.00")
    assert asked(firm, 1, 3) == cny("848.00")
    assert asked(None, 1, 3) == cny("848.00")
    assert asked(firm, 11, 13) == cny("742.00")  # 19 to 21 in Shanghai: 400 + 300


def test_without_a_table_the_price_of_the_catalogue_holds_and_blank_is_not_free(instrument: Instrument) -> None:
    asked = {"organisation": None, "starts_at": at(1), "ends_at": at(2)}
    assert tables.of_instrument(instrument, **asked) is None  # type: ignore[arg-type]
    instrument.price_cny_per_hour = Decimal(120)
    found = tables.of_instrument(instrument, **asked)  # type: ignore[arg-type]
    assert found is not None
    assert (found.gross, found.tax) == (cny(120), cny(0))


def test_a_published_table_is_not_changed_but_copied(prices: PriceTable, steward: Person, guest: Person) -> None:
    with pytest.raises(Unable, match="copy it"):
        tables.save(seller=prices.seller, person=steward, now=NOW, values={}, rows=[], table=prices)
    made = tables.copy(prices, person=steward, now=NOW, valid_from=date(2027, 1, 1))
    assert (made.published, made.rows.count(), made.tax_percent) == (False, 4, Decimal(6))
    with pytest.raises(NotAllowed):
        tables.copy(prices, person=guest, now=NOW, valid_from=date(2027, 1, 1))


def test_a_session_is_proposed_once_confirmed_undone_and_confirmed(
    prices: PriceTable, instrument: Instrument, guest: Person, firm: Organisation, steward: Person
) -> None:
    session = Session.objects.create(
        instrument=instrument, person=guest, organisation=firm, started_at=NOW - timedelta(hours=3),
        ended_at=NOW - timedelta(hours=1), idle=timedelta(minutes=30), effective_hours=Decimal("1.5"),
    )  # fmt: skip
    assert proposals.due(now=NOW) == 1
    assert proposals.due(now=NOW) == 0
    charge = Charge.objects.get()
    assert (charge.cause, charge.state) == (f"session:{session.pk}", "proposed")
    # Saturday 06:00 to 07:30 in Shanghai: the weekend has no price of its own
    assert charge.net == cny(600)
    charges.confirm([charge], person=steward, now=NOW)
    assert balance(instrument.institution, "income") == cny(-600)  # type: ignore[arg-type]
    charges.undo([charge], person=steward, now=NOW)
    assert balance(instrument.institution, "income") == 0  # type: ignore[arg-type]
    charges.confirm([charge], person=steward, now=NOW)
    charges.confirm([charge], person=steward, now=NOW)
    assert balance(instrument.institution, "unbilled") == cny(600)  # type: ignore[arg-type]
    assert balanced()


def test_only_who_keeps_the_books_confirms(institution: Institution, guest: Person) -> None:
    charge = propose(institution, "10", organisation=None, person=guest)
    with pytest.raises(NotAllowed):
        charges.confirm([charge], person=guest, now=NOW)


def test_a_correction_needs_a_reason_and_keeps_the_rate_of_tax(
    institution: Institution, guest: Person, steward: Person
) -> None:
    charge = propose(institution, "10", organisation=None, person=guest)
    lines = quotes.lines_of([{"text": "Half", "quantity": 1, "price": "5"}])
    with pytest.raises(Unable, match="no reason"):
        charges.correct(charge, lines=lines, reason=" ", person=steward, now=NOW)
    changed = charges.correct(charge, lines=lines, reason="Only half was measured", person=steward, now=NOW)
    assert (changed.net, changed.tax) == (cny(5), cny("0.30"))


def test_late_cancellation_and_absence_cost_what_the_table_says(
    prices: PriceTable, instrument: Instrument, guest: Person, firm: Organisation
) -> None:
    late = booking.book(instrument=instrument, person=guest, starts_at=at(3), ends_at=at(5), now=NOW)
    booking.cancel(booking=late, person=guest, now=at(1))
    early = booking.book(instrument=instrument, person=guest, starts_at=at(3, day=27), ends_at=at(5, day=27), now=NOW)
    booking.cancel(booking=early, person=guest, now=at(1))
    absent = booking.book(instrument=instrument, person=guest, starts_at=at(6), ends_at=at(7), now=NOW)
    Booking.objects.filter(pk=absent.pk).update(state=Booking.State.RELEASED)
    proposals.due(now=at(9))
    assert {(charge.kind, charge.net) for charge in Charge.objects.all()} == {
        ("late cancellation", cny(400)),
        ("no-show", cny(400)),
    }


def test_a_budget_is_set_aside_moved_given_back_and_settled(
    prices: PriceTable, institution: Institution, instrument: Instrument, group: Organisation, member: Person,
    steward: Person,
) -> None:  # fmt: skip
    budget = budgets.begin(
        seller=institution, organisation=group, title="2026", person=steward, now=NOW, amount=cny(500)
    )

    def state() -> tuple[Decimal, Decimal]:
        fresh = type(budget).objects.select_related("available", "reserved").get(pk=budget.pk)
        return fresh.left, fresh.held

    made = booking.book(instrument=instrument, person=member, starts_at=at(1), ends_at=at(3), now=NOW)
    assert state() == (cny(288), cny(212))
    booking.move(booking=made, person=member, starts_at=at(1), ends_at=at(5), now=NOW)
    assert state() == (cny(76), cny(424))
    with pytest.raises(Refused, match="has ¥ 76") as refused:
        booking.book(instrument=instrument, person=member, starts_at=at(6), ends_at=at(7), now=NOW)
    assert [each.code for each in refused.value.objections] == ["budget"]
    assert Booking.objects.live().count() == 1
    with pytest.raises(Refused, match="budget"):
        booking.move(booking=made, person=member, starts_at=at(1), ends_at=at(6), now=NOW)
    booking.cancel(booking=made, person=member, now=NOW)
    assert state() == (cny(500), cny(0))
    again = booking.restore(booking=Booking.objects.get(pk=made.pk), person=member, now=NOW)
    assert state() == (cny(76), cny(424))
    Session.objects.create(
        booking=again, instrument=instrument, person=member, organisation=group, started_at=at(1), ended_at=at(4),
        effective_hours=3,
    )  # fmt: skip
    proposals.due(now=at(9))
    charge = Charge.objects.get()
    assert charge.budget == budget
    (charge,) = charges.confirm([charge], person=steward, now=at(9))
    assert charge.state == "settled"
    assert state() == (cny(182), cny(0))
    assert Hold.objects.get().state == "settled"
    assert [row.left for row in budgets.statement(budget)][-1] == cny(182)
    charges.undo([charge], person=steward, now=at(9))
    assert state() == (cny(76), cny(424))
    charges.pay_by(charge, None, person=steward, now=at(9))
    assert state() == (cny(500), cny(0))
    assert balanced()


def test_more_than_the_budget_has_is_not_settled_but_can_be_invoiced(
    institution: Institution, group: Organisation, member: Person, steward: Person
) -> None:
    budget = budgets.begin(seller=institution, organisation=group, title="B", person=steward, now=NOW, amount=cny(10))
    charge = propose(institution, "20", organisation=group, person=member, budget=budget)
    with pytest.raises(Overdrawn, match="has less left"):
        charges.confirm([charge], person=steward, now=NOW)
    charges.pay_by(charge, None, person=steward, now=NOW)
    assert charges.confirm([charge], person=steward, now=NOW)[0].state == "confirmed"


def test_a_charge_of_neither_booking_nor_order_leaves_what_is_set_aside_for_others(
    prices: PriceTable, institution: Institution, instrument: Instrument, group: Organisation, member: Person,
    steward: Person,
) -> None:  # fmt: skip
    budget = budgets.begin(seller=institution, organisation=group, title="B", person=steward, now=NOW, amount=cny(500))
    booking.book(instrument=instrument, person=member, starts_at=at(1), ends_at=at(3), now=NOW)
    invoiced = propose(institution, "20", organisation=group, person=member)
    charges.confirm([invoiced], person=steward, now=NOW)
    assert Hold.objects.get().state == "held"
    settled = propose(institution, "20", organisation=group, person=member, budget=budget)
    charges.confirm([settled], person=steward, now=NOW)
    assert Hold.objects.get().state == "held"
    assert balanced()


def test_the_rules_ask_for_a_budget_and_for_paid_invoices(
    prices: PriceTable, institution: Institution, instrument: Instrument, group: Organisation, member: Person,
    steward: Person, guest: Person, firm: Organisation,
) -> None:  # fmt: skip
    for name, parameters in (("budget", {}), ("unpaid", {"days": 10})):
        RuleSetting.objects.create(
            instrument=instrument, rule=name, parameters=parameters, active=True, **_moments(RuleSetting)
        )

    def codes(person: Person, organisation: Organisation) -> list[str]:
        asked = Request(instrument, person, organisation, at(1), at(2), NOW)
        return [each.code for each in rules.objections(asked)]

    assert codes(member, group) == ["no_budget"]
    budgets.begin(seller=institution, organisation=group, title="B", person=steward, now=NOW, amount=cny(50))
    assert codes(member, group) == ["budget"]
    assert codes(guest, firm) == []
    charge = propose(institution, "20", organisation=firm, person=guest)
    charges.confirm([charge], person=steward, now=NOW)
    invoice = invoices.write([charge], person=steward, now=NOW - timedelta(days=60), due_on=date(2026, 11, 10))
    assert codes(guest, firm) == ["unpaid"]
    Invoice.objects.filter(pk=invoice.pk).update(due_on=date(2026, 11, 11))
    assert codes(guest, firm) == []


def _moments(model: type[RuleSetting]) -> dict[str, object]:
    names = {field.name for field in model._meta.fields}
    return {name: NOW for name in ("created_at", "set_at", "updated_at", "at") if name in names}


def test_an_invoice_is_numbered_paid_in_parts_and_never_over(
    institution: Institution, firm: Organisation, guest: Person, steward: Person
) -> None:
    made = [propose(institution, net, organisation=firm, person=guest) for net in ("100", "0.75", "0.75")]
    charges.confirm(made, person=steward, now=NOW)
    invoice = invoices.write(made, person=steward, now=NOW)
    assert invoice.number.endswith("2026-000001")
    assert (invoice.net, invoice.tax) == (cny("101.50"), cny("6.09"))  # 6.09, not 6.00 + 0.05 + 0.05
    assert balance(institution, "receivable") == cny("107.59")
    first = payments.record(
        seller=institution, received_on=date(2026, 11, 20), amount=cny(50), person=steward, now=NOW, payer="Small firm"
    )
    payments.match(first, invoice, person=steward, now=NOW)
    invoice.refresh_from_db()
    assert (invoice.open, invoice.state) == (cny("57.59"), "open")
    second = payments.record(
        seller=institution, received_on=date(2026, 11, 21), amount=cny(100), person=steward, now=NOW,
        reference=f"Rechnung {invoice.number}", source="x",
    )  # fmt: skip
    assert payments.proposals(second)[0].invoice == invoice
    matched = payments.match(second, invoice, person=steward, now=NOW)
    invoice.refresh_from_db()
    assert (invoice.open, invoice.state, matched.amount) == (cny(0), "paid", cny("57.59"))
    with pytest.raises(Unable):
        payments.match(second, invoice, person=steward, now=NOW, amount=cny(1))
    with pytest.raises(Unable, match="are paid"):
        invoices.take_back(invoice, reason="x", person=steward, now=NOW)
    payments.unmatch(matched, person=steward, now=NOW)
    second.refresh_from_db()
    assert second.open == cny(100)
    assert balanced()


def test_a_credit_note_takes_an_invoice_back_and_its_charges_are_free_again(
    institution: Institution, firm: Organisation, guest: Person, steward: Person
) -> None:
    charge = propose(institution, "100", organisation=firm, person=guest)
    charges.confirm([charge], person=steward, now=NOW)
    invoice = invoices.write([charge], person=steward, now=NOW)
    with pytest.raises(Unable, match="credit note"):
        charges.undo([charge], person=steward, now=NOW)
    note = invoices.take_back(invoice, reason="Wrong firm", person=steward, now=NOW)
    assert (note.kind, note.gross, note.corrects) == ("credit note", cny(-106), invoice)
    assert balance(institution, "receivable") == 0
    assert balance(institution, "output tax") == 0
    second = invoices.write([charge], person=steward, now=NOW)
    assert second.number.endswith("000002")
    assert balanced()


def test_the_database_keeps_invoices_as_they_were_sent(
    institution: Institution, firm: Organisation, guest: Person, steward: Person
) -> None:
    charge = propose(institution, "100", organisation=firm, person=guest)
    charges.confirm([charge], person=steward, now=NOW)
    invoice = invoices.write([charge], person=steward, now=NOW)
    mine = Invoice.objects.filter(pk=invoice.pk)
    for change in ({"number": "X"}, {"net": cny(1)}, {"tax": cny(1)}, {"organisation": None}):
        with pytest.raises(IntegrityError, match="invoice_unchanged"), transaction.atomic():
            mine.update(**change)
    with pytest.raises(IntegrityError, match="invoice_paid_within"), transaction.atomic():
        mine.update(paid=cny("106.01"))
    with pytest.raises(IntegrityError, match="invoice_kept"), transaction.atomic():
        mine._raw_delete(mine.db)  # type: ignore[attr-defined]


def test_a_refused_invoice_leaves_no_hole_in_the_numbers(
    institution: Institution, firm: Organisation, guest: Person, steward: Person
) -> None:
    charge = propose(institution, "100", organisation=firm, person=guest)
    with pytest.raises(Unable, match="only confirmed"):
        invoices.write([charge], person=steward, now=NOW)
    charges.confirm([charge], person=steward, now=NOW)
    assert invoices.write([charge], person=steward, now=NOW).number.endswith("000001")


def test_an_invoice_is_never_due_before_it_is_written(institution: Institution, steward: Person, guest: Person) -> None:
    charge = propose(institution, "20", organisation=None, person=guest)
    charges.confirm([charge], person=steward, now=NOW)
    with pytest.raises(Unable, match="2026-11-20 as the day of payment"):
        invoices.write([charge], person=steward, now=NOW, due_on=date(2026, 11, 20))
    assert invoices.write([charge], person=steward, now=NOW, due_on=date(2026, 11, 21)).due_on == date(2026, 11, 21)


def test_a_credit_is_at_most_what_was_charged(
    institution: Institution, firm: Organisation, guest: Person, steward: Person
) -> None:
    charge = propose(institution, "100", organisation=firm, person=guest)
    charges.confirm([charge], person=steward, now=NOW)
    given = charges.credit(charge, cny(30), reason="Late", person=steward, now=NOW)
    assert (given.net, given.tax, given.state) == (cny(-30), cny("-1.80"), "confirmed")
    with pytest.raises(Unable, match="at most ¥ 70"):
        charges.credit(charge, cny("70.01"), reason="Late", person=steward, now=NOW)
    assert invoices.write([charge, given], person=steward, now=NOW).gross == cny("74.20")


def test_a_bank_file_is_read_once_in_either_encoding(institution: Institution, steward: Person) -> None:
    text = (
        "账号,123\n交易日期,对方户名,借方发生额,贷方发生额,附言\n"
        '2026-11-20,小公司,,"1,060.00",INV\n2026/11/21,某,5.00,,费\n'
    )
    rows = payments.read_bank(text.encode("gb18030"))
    assert [(row.line, row.on, row.amount, row.payer) for row in rows] == [(3, date(2026, 11, 20), cny(1060), "小公司")]
    made, known = payments.bring_in(institution, text.encode(), person=steward, now=NOW)
    assert (len(made), known) == (1, 0)
    made, known = payments.bring_in(institution, text.encode("gb18030"), person=steward, now=NOW)
    assert (len(made), known) == (0, 1)
    with pytest.raises(Unable, match="Line 2"):
        payments.read_bank(b"Date,Amount\n20.11.2026,abc\n")
    with pytest.raises(Unable, match="no line with a date"):
        payments.read_bank(b"a,b\n1,2\n")


def test_quotes_are_accepted_expire_and_become_charges(
    institution: Institution, firm: Organisation, guest: Person, steward: Person
) -> None:
    order = Order.objects.create(title="Tea", person=guest, organisation=firm, created_at=NOW)
    lines = [pricing.Line("sample", Decimal(4), cny(50), cny(200))]
    first = quotes.offer(
        seller=institution, lines=lines, person=steward, now=NOW, order=order, valid_until=date(2026, 11, 25)
    )
    quote = quotes.offer(seller=institution, lines=lines, person=steward, now=NOW, order=order, tax_percent=Decimal(6))
    first.refresh_from_db()
    assert (first.state, quote.gross) == ("withdrawn", cny(212))
    with pytest.raises(NotAllowed):
        quotes.accept(quote, person=steward, now=NOW)
    assert quotes.accept(quote, person=guest, now=NOW).state == "accepted"
    charge = proposals.of_order(order, now=NOW)
    assert charge is not None
    assert (charge.gross, charge.order) == (cny(212), order)
    assert proposals.of_order(order, now=NOW) == charge
    other = Order.objects.create(title="Tea 2", person=guest, organisation=firm, created_at=NOW)
    late = quotes.offer(
        seller=institution, lines=lines, person=steward, now=NOW, order=other, valid_until=date(2026, 11, 21)
    )
    assert quotes.expire(now=NOW) == 0
    with pytest.raises(Unable, match="stood until"):
        quotes.accept(late, person=guest, now=at(1))
    assert quotes.expire(now=at(1)) == 1
    assert Quote.objects.get(pk=late.pk).state == "expired"


def test_reminders_are_told_three_times(
    institution: Institution, firm: Organisation, guest: Person, steward: Person
) -> None:
    charge = propose(institution, "100", organisation=firm, person=guest)
    charges.confirm([charge], person=steward, now=NOW)
    invoices.write([charge], person=steward, now=NOW)
    told = [invoices.remind(now=NOW + timedelta(days=days)) for days in range(29, 90)]
    assert sum(told) == 3
    assert LedgerEntry.objects.count() == 2
