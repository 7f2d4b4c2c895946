"""Credit notes over some lines and money given back: the invoice stays, the ledger balances, nothing is given twice."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from liqi.access.models import (
    Account,
    Charge,
    Invoice,
    Order,
    Payment,
    PaymentMatch,
    Refund,
    VoucherProgramme,
    VoucherUse,
)
from liqi.access.money import charges, credit_notes, invoices, ledger, payments, pricing, refunds, ubl, vouchers
from liqi.access.money.refusal import MonthClosed, Unable
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import JournalEntry, Notice, Organisation, Person
from liqi.catalogue.models import Institution
from tests.access.conftest import NOW
from tests.access.money.conftest import cny, propose

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 21)


@pytest.fixture
def invoice(institution: Institution, firm: Organisation, guest: Person, steward: Person) -> Invoice:
    """Lines of 100.00, 0.75 and 0.75 at 6 %: 101.50 and a tax of 6.09."""
    made = [propose(institution, net, organisation=firm, person=guest) for net in ("100", "0.75", "0.75")]
    return billed(made, steward)


def billed(made: list[Charge], steward: Person) -> Invoice:
    charges.confirm(made, person=steward, now=NOW)
    return invoices.write(made, person=steward, now=NOW)


def paid(invoice: Invoice, steward: Person, amount: str) -> Payment:
    made = payments.record(
        seller=invoice.seller, received_on=TODAY, amount=cny(amount), person=steward, now=NOW, source=amount
    )
    payments.match(made, invoice, person=steward, now=NOW)
    return made


def credit(invoice: Invoice, steward: Person, **parts: str) -> Invoice:
    """Parts by line, such as ``line1="40"``; blank for all that is left."""
    wanted = {int(name.removeprefix("line")): cny(text) if text else None for name, text in parts.items()}
    return credit_notes.write(invoice, wanted, reason="Too late", person=steward, now=NOW)


def balance(seller: Institution, code: str) -> Decimal:
    return sum((each.balance for each in Account.objects.filter(seller=seller, code=code)), Decimal(0))


def is_balanced() -> bool:
    counted = ledger.recount()
    return sum(counted.values()) == 0 and all(one.balance == counted.get(one.pk, 0) for one in Account.objects.all())


def fresh(invoice: Invoice) -> tuple[str, Decimal, Decimal, Decimal]:
    invoice.refresh_from_db()
    return invoice.state, invoice.paid, invoice.credited, invoice.open


def test_a_part_of_an_unpaid_invoice_is_credited_and_less_is_owed(
    invoice: Invoice, institution: Institution, steward: Person, guest: Person
) -> None:
    note = credit(invoice, steward, line1="40", line2="")
    assert (note.kind, note.net, note.tax, note.corrects) == ("credit note", cny("-40.75"), cny("-2.45"), invoice)
    assert [(line["amount"], line["credits"]) for line in note.lines] == [("-40.00", 1), ("-0.75", 2)]
    assert fresh(invoice) == ("open", cny(0), cny("43.20"), cny("64.39"))
    assert credit_notes.left(invoice) == [cny(60), cny(0), cny("0.75")]
    assert (balance(institution, "receivable"), balance(institution, "output tax")) == (cny("64.39"), cny("-3.64"))
    assert balance(institution, "income") == cny("-60.75")
    assert sorted(Charge.objects.filter(kind="credit").values_list("state", "net")) == [
        ("invoiced", cny(-40)), ("invoiced", cny("-0.75")),
    ]  # fmt: skip
    assert Notice.objects.filter(person=guest, kind="invoice.part_credited").count() == 1
    assert JournalEntry.objects.get(verb="credited").facts["credit_note"] == note.number
    assert is_balanced()


def test_notes_over_every_part_have_together_the_tax_of_the_invoice_to_the_fen(
    invoice: Invoice, institution: Institution, steward: Person
) -> None:
    """Rounded each alone the three would have 6.00, 0.05 and 0.05: one fen more than the invoice."""
    notes = [credit(invoice, steward, **{f"line{number}": ""}) for number in (1, 2, 3)]
    assert [note.tax for note in notes] == [cny("-6.00"), cny("-0.05"), cny("-0.04")]
    assert fresh(invoice) == ("credited", cny(0), cny("107.59"), cny(0))
    assert [balance(institution, code) for code in ("receivable", "output tax", "income", "unbilled")] == [0, 0, 0, 0]
    for note in notes:
        said = ubl.document(note).decode()
        assert said.count(f'<cbc:TaxAmount currencyID="CNY">{-note.tax}</cbc:TaxAmount>') == 2
    with pytest.raises(Unable, match="taken back already"):
        credit(invoice, steward, line1="1")
    assert is_balanced()


def test_what_a_paid_invoice_was_credited_comes_free_and_is_given_back(
    invoice: Invoice, institution: Institution, steward: Person
) -> None:
    first, second = paid(invoice, steward, "100"), paid(invoice, steward, "7.59")
    assert fresh(invoice)[0] == "paid"
    credit(invoice, steward, line1="50")
    assert fresh(invoice) == ("paid", cny("54.59"), cny(53), cny(0))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.open, second.open) == (cny("45.41"), cny("7.59")), "what came last comes free first"
    assert PaymentMatch.objects.get().amount == cny("54.59")
    assert (balance(institution, "receivable"), balance(institution, "advances")) == (0, cny(-53))
    refunds.give(second, paid_on=TODAY, person=steward, now=NOW, reference="Bank 17")
    made = refunds.give(first, paid_on=TODAY, person=steward, now=NOW, amount=cny("45.41"))
    assert (balance(institution, "bank"), balance(institution, "advances")) == (cny("54.59"), 0)
    with pytest.raises(Unable, match=r"¥ 0\.00 of the payment are open"):
        refunds.give(first, paid_on=TODAY, person=steward, now=NOW)
    refunds.undo(made, person=steward, now=NOW)
    refunds.undo(made, person=steward, now=NOW)
    first.refresh_from_db()
    assert (first.open, balance(institution, "advances"), Refund.objects.count()) == (cny("45.41"), cny("-45.41"), 1)
    assert is_balanced()


def test_what_was_credited_is_not_credited_again_on_any_way(invoice: Invoice, steward: Person, guest: Person) -> None:
    charge = Charge.objects.filter(net=cny(100)).get()
    charges.credit(charge, cny(70), reason="On the next invoice", person=steward, now=NOW)
    assert credit_notes.left(invoice)[0] == cny(30)
    for parts, words in (
        ({"line1": "30.01"}, "at most ¥ 30"), ({"line1": "0"}, "more than 0"), ({"line4": "1"}, "lines 1 to 3"),
    ):  # fmt: skip
        with pytest.raises(Unable, match=words):
            credit(invoice, steward, **parts)
    credit(invoice, steward, line1="30")
    with pytest.raises(Unable, match="at most ¥ 0"):
        charges.credit(charge, cny(1), reason="Again", person=steward, now=NOW)
    with pytest.raises(Unable, match="credited already"):
        invoices.take_back(invoice, reason="All of it", person=steward, now=NOW)
    with pytest.raises(NotAllowed):
        credit(invoice, guest, line2="")
    with pytest.raises(Unable, match="no reason"):
        credit_notes.write(invoice, {2: None}, reason=" ", person=steward, now=NOW)
    with pytest.raises(IntegrityError, match="invoice_paid_within"), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(credited=cny("107.60"))
    assert is_balanced()


def test_a_credit_on_the_invoice_itself_leaves_less_to_be_credited(
    institution: Institution, firm: Organisation, guest: Person, steward: Person
) -> None:
    before = billed([propose(institution, "50", organisation=firm, person=guest)], steward)
    given = charges.credit(before.charges.get(), cny(30), reason="Late", person=steward, now=NOW)
    more = propose(institution, "100", organisation=firm, person=guest)
    charges.confirm([more], person=steward, now=NOW)
    invoice = invoices.write([more, given], person=steward, now=NOW)
    assert credit_notes.left(invoice) == [0, 100]
    with pytest.raises(Unable, match=r"only ¥ 74\.20"):
        credit(invoice, steward, line2="")
    credit(invoice, steward, line2="70")
    assert fresh(invoice)[0] == "credited"


@pytest.mark.parametrize("state", ["open", "paid"])
def test_the_voucher_pays_its_share_of_what_is_left_and_the_buyer_the_rest(
    institution: Institution, firm: Organisation, guest: Person, steward: Person, operator: Person, state: str
) -> None:
    invoice, use = with_voucher(institution, firm, guest, steward, operator)
    assert (invoice.gross, invoice.voucher, invoice.payable) == (1060, 530, 530)
    if state == "paid":
        paid(invoice, steward, "530")
    note = credit(invoice, steward, line1="200")
    assert (note.gross, note.voucher, note.payable) == (-212, -106, -106)
    use.refresh_from_db()
    assert (use.amount, use.contract, use.voucher.reserved) == (424, 848, 424)
    assert fresh(invoice) == (state, cny(424 if state == "paid" else 0), cny(106), cny(0 if state == "paid" else 424))
    assert (balance(institution, "vouchers"), balance(institution, "advances")) == (424, -106 if state == "paid" else 0)
    VoucherUse.objects.update(state="submitted")
    with pytest.raises(Unable, match="handed in"):
        credit(invoice, steward, line1="200")
    VoucherUse.objects.update(state="used")
    credit(invoice, steward, line1="")
    use.refresh_from_db()
    assert (use.state, use.voucher.reserved, fresh(invoice)[0]) == ("released", 0, "credited")
    assert (balance(institution, "vouchers"), balance(institution, "receivable")) == (0, 0)
    assert is_balanced()


def test_a_voucher_in_large_steps_is_not_cut_by_more_than_is_credited(
    institution: Institution, firm: Organisation, guest: Person, steward: Person, operator: Person
) -> None:
    invoice, use = with_voucher(institution, firm, guest, steward, operator, step=500)
    assert use.amount == 500
    with pytest.raises(Unable, match="whole ¥ 500"):
        credit(invoice, steward, line1="100")
    use.refresh_from_db()
    assert (use.amount, use.state, Charge.objects.filter(kind="credit").count()) == (500, "used", 0)
    assert fresh(invoice)[2] == 0


def with_voucher(
    institution: Institution, firm: Organisation, guest: Person, steward: Person, operator: Person, step: int = 1
) -> tuple[Invoice, VoucherUse]:
    programme = VoucherProgramme.objects.create(
        key="half", title="Half", authority="A", rate=Decimal("0.5"), cap_year=cny(5000), valid_from=date(2026, 1, 1),
        step=cny(step),
    )  # fmt: skip
    applied = vouchers.apply(programme, organisation=firm, asked=cny(2000), subject={}, person=guest, now=NOW)
    voucher = vouchers.issue(applied, person=operator, now=NOW)
    order = Order.objects.create(title="Tea", person=guest, organisation=firm, created_at=NOW)
    use = vouchers.reserve(voucher, order=order, seller=institution, contract=cny(1060), person=guest, now=NOW)
    invoice = billed([propose(institution, "1000", organisation=firm, person=guest, order=order)], steward)
    use.refresh_from_db()
    return invoice, use


def test_a_refund_is_of_a_day_that_was_in_a_month_that_is_open(
    institution: Institution, steward: Person, guest: Person
) -> None:
    made = payments.record(seller=institution, received_on=date(2026, 9, 30), amount=cny(10), person=steward, now=NOW)
    with pytest.raises(Unable, match="to come"):
        refunds.give(made, paid_on=date(2027, 1, 1), person=steward, now=NOW)
    with pytest.raises(NotAllowed):
        refunds.give(made, paid_on=TODAY, person=guest, now=NOW)
    ledger.close_month(institution, first_on=date(2026, 9, 1), person=steward, now=NOW)
    with pytest.raises(MonthClosed):
        refunds.give(made, paid_on=date(2026, 9, 30), person=steward, now=NOW)
    with pytest.raises(IntegrityError, match="payment_matched_within"), transaction.atomic():
        Payment.objects.update(refunded=cny(11))
    assert refunds.give(made, paid_on=TODAY, person=steward, now=NOW, amount=cny(4)).amount == 4
    assert is_balanced()


def test_a_line_of_several_is_credited_whole_with_its_quantity_and_price(
    institution: Institution, firm: Organisation, guest: Person, steward: Person
) -> None:
    lines = [
        pricing.Line("hour", Decimal(2), cny(100), cny(200)), pricing.Line("sample", Decimal(3), cny(10), cny(30)),
    ]  # fmt: skip
    charge = charges.keep(
        "two", pricing.total(lines, Decimal(6)), now=NOW, kind=Charge.Kind.USE, title="Run", seller=institution,
        organisation=firm, person=guest, used_on=TODAY,
    )  # fmt: skip
    invoice = billed([charge], steward)
    note = credit(invoice, steward, line2="", line1="50")
    assert [(one["unit"], one["quantity"], one["price"], one["amount"]) for one in note.lines] == [
        ("credit", "1", "-50.00", "-50.00"), ("sample", "-3", "10.00", "-30.00"),
    ]  # fmt: skip
    assert credit_notes.left(invoice) == [cny(150), cny(0)]
    assert Charge.objects.get(corrects=charge).net == -80
    assert 'CreditedQuantity unitCode="C62">3<' in ubl.document(note).decode()
