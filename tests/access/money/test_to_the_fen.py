"""Amounts at their edges: nothing is lost or found by rounding, and what is free, huge or odd is one sentence."""

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree

from liqi.access import booking
from liqi.access.models import Account, Charge, Hold, Invoice, Order, Session, VoucherProgramme
from liqi.access.money import (
    amounts,
    books,
    budgets,
    charges,
    invoices,
    ledger,
    payments,
    pricing,
    proposals,
    quotes,
    ubl,
    vouchers,
)
from liqi.access.money.pricing import Line, Rate, Table, Use, bands, price
from liqi.access.money.refusal import Unable
from liqi.accounts.models import Organisation, Person
from liqi.catalogue.models import Institution, Instrument
from liqi.web import pricelines
from tests.access.conftest import NOW, at
from tests.access.money.conftest import cny, propose

fen = st.integers(1, 5_000).map(lambda whole: Decimal(whole) / 100)
rates = st.sampled_from([Decimal(text) for text in ("0", "1", "3", "6", "9", "13")])
plainly = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
in_database = settings(
    plainly, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/Santiago", "America/Havana", "Australia/Lord_Howe", "Asia/Beirut")


@pytest.mark.parametrize("text", ["1" * 40, "0." + "0" * 39 + "1", "NaN", "sNaN", "Infinity", "1e400", "1_000", "12,50",
                                  "1,23,456", "-0.01", "", "1e-3"])  # fmt: skip
def test_what_is_no_amount_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(Unable, match="expected"):
        amounts.read(text)


@pytest.mark.parametrize(
    ("text", "value"), [("0", "0.00"), ("1,234,567.8", "1234567.80"), ("¥ 12", "12.00"), ("1，234", "1234.00"),
                        ("3." + "0" * 40, "3.00"), ("9999999999.99", "9999999999.99")],
)  # fmt: skip
def test_an_amount_is_read_as_it_is_written(text: str, value: str) -> None:
    assert str(amounts.read(text)) == value


@pytest.mark.parametrize(
    ("quantity", "each"), [("1e15", "9999999999.99"), ("NaN", "1"), ("1", "1" * 40), ("1e40", "1"), ("1", "Infinity")]
)
def test_a_line_that_no_book_can_hold_is_refused_in_one_sentence(quantity: str, each: str) -> None:
    with pytest.raises(Unable, match="expected"):
        quotes.lines_of([{"text": "Work", "quantity": quantity, "price": each}])


@plainly
@given(
    edges=st.lists(st.integers(1, 40), min_size=1, max_size=4, unique=True), had=st.integers(0, 45),
    more=st.integers(1, 45), cents=st.lists(fen, min_size=5, max_size=5),
)  # fmt: skip
@example(edges=[10], had=0, more=10, cents=[Decimal(80), Decimal(60)] * 2 + [Decimal(1)])
@example(edges=[10], had=10, more=1, cents=[Decimal(80), Decimal(60)] * 2 + [Decimal(1)])
def test_each_sample_costs_what_its_tier_says_also_at_the_edge(
    edges: list[int], had: int, more: int, cents: list[Decimal]
) -> None:
    """The 10th is not above 10, the 11th is; bought at once or one by one it is the same money."""
    lows = [0, *sorted(edges)]
    table = Table("t", tuple(Rate("sample", cents[at], above=Decimal(low)) for at, low in enumerate(lows)))
    found = price(table, Use("", pieces={("sample", ""): Decimal(more)}, already={"sample": Decimal(had)}))
    tier = [max(at for at, low in enumerate(lows) if low < number) for number in range(had + 1, had + more + 1)]
    assert found.net == sum(cents[at] for at in tier)
    assert sum(line.quantity for line in found.lines) == more


@plainly
@given(
    zone=st.sampled_from(ZONES), start=st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31)),
    minutes=st.integers(1, 4 * 24 * 60),
)  # fmt: skip
@example(zone="America/Santiago", start=datetime(2026, 9, 5, 22), minutes=300)  # its midnight is left out
@example(zone="America/Havana", start=datetime(2026, 11, 1, 2), minutes=600)  # its midnight comes twice
@example(zone="Europe/Berlin", start=datetime(2026, 10, 24, 20), minutes=720)
def test_every_minute_is_counted_once_and_under_its_own_hours_on_any_clock(
    zone: str, start: datetime, minutes: int
) -> None:
    begin = start.replace(tzinfo=ZoneInfo("UTC"), microsecond=0)
    end, at, here = begin + timedelta(minutes=minutes), begin, ZoneInfo(zone)
    for when, length in bands(begin, end, zone):
        assert length > timedelta(0)
        for moment in (at, at + length / 2, at + length - timedelta(seconds=1)):
            local = moment.astimezone(here)
            night = not 8 <= local.hour < 20
            assert when == ("weekend" if local.isoweekday() > 5 else "night" if night else "")
        at += length
    assert at == end


@plainly
@given(parts=st.lists(st.integers(1, 60 * 30), min_size=1, max_size=5), step=st.sampled_from([1, 6, 15, 60]))
def test_the_clock_going_back_or_forward_changes_no_sum_of_hours(parts: list[int], step: int) -> None:
    """One price by day and night: a stay costs by its true length, whatever the wall said."""
    begin = datetime(2026, 10, 24, 12, tzinfo=ZoneInfo("UTC"))
    table = Table("t", (Rate("hour", Decimal(60)),), step_minutes=step, zone="Europe/Berlin")
    for first, last in pairwise([begin, *(begin + timedelta(minutes=sum(parts[: n + 1])) for n in range(len(parts)))]):
        whole = -(-int((last - first) / timedelta(minutes=1)) // step) * step
        hours = (Decimal(whole) / 60).quantize(Decimal("0.0001"), ROUND_HALF_UP)
        assert price(table, Use("", first, last)).net == amounts.cent(hours * 60)


def balance(seller: Institution, code: str) -> Decimal:
    return sum((each.balance for each in Account.objects.filter(seller=seller, code=code)), Decimal(0))


def balanced() -> bool:
    kept = {each.pk: each.balance for each in Account.objects.filter(lines__entry__posted=True).distinct()}
    return ledger.recount() == kept and sum(kept.values()) == 0


def of_lines(lines: list[Line], tax: Decimal, **facts: object) -> Charge:
    return charges.keep(
        f"test:{Charge.objects.count() + 1}", pricing.total(lines, tax), now=NOW, kind=Charge.Kind.SERVICE,
        title="Analysis", used_on=books.day_of(NOW), **facts,
    )  # fmt: skip


def said_by_files(invoice: Invoice) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """Net, tax, what a voucher pays and what is left by the UBL; the lines of page, CSV and UBL are the same."""
    tree = etree.fromstring(ubl.document(invoice))
    names = {"c": ubl.CBC, "a": ubl.CAC}

    def one(path: str) -> Decimal:
        return Decimal(str(tree.xpath(f"string({path})", namespaces=names)) or "0")

    shown = [line.amount for line in pricelines.shown(invoice.lines)]
    by_line = tree.xpath("//a:InvoiceLine/c:LineExtensionAmount/text()", namespaces=names)
    assert shown == [Decimal(str(text)) for text in by_line]
    assert sum(shown) == invoice.net
    prices = tree.xpath("//a:InvoiceLine/a:Price/c:PriceAmount/text()", namespaces=names)
    assert [line.price for line in pricelines.shown(invoice.lines)] == [Decimal(str(text)) for text in prices]
    return (
        one("//a:LegalMonetaryTotal/c:TaxExclusiveAmount"), one("/*/a:TaxTotal/c:TaxAmount"),
        one("//a:LegalMonetaryTotal/c:PrepaidAmount"), one("//a:LegalMonetaryTotal/c:PayableAmount"),
    )  # fmt: skip


@pytest.mark.django_db
def test_what_is_free_stands_on_the_invoice_and_in_its_files(
    institution: Institution, firm: Organisation, guest: Person, steward: Person
) -> None:
    lines = [
        Line("sample", Decimal(100), cny(0), cny(0)), Line("item", Decimal(1), cny(5), cny(5), text="Report")
    ]  # fmt: skip
    charge = of_lines(lines, Decimal(6), seller=institution, organisation=firm, person=guest)
    charges.confirm([charge], person=steward, now=NOW)
    invoice = invoices.write([charge], person=steward, now=NOW)
    assert (invoice.net, invoice.tax) == (cny(5), cny("0.30"))
    assert said_by_files(invoice) == (cny(5), cny("0.30"), 0, cny("5.30"))
    free = pricelines.shown(invoice.lines)[0]
    assert (str(free.quantity), free.amount) == ("100", 0)  # a CSV says 100 and not 1E+2
    note = invoices.take_back(invoice, reason="Wrong", person=steward, now=NOW)
    assert ubl.document(note)
    assert balanced()


@pytest.mark.django_db
@in_database
@given(parts=st.lists(fen, min_size=1, max_size=6), tax=rates, from_budget=st.booleans())
@example(parts=[Decimal("0.25")] * 3, tax=Decimal(6), from_budget=True)
@example(parts=[Decimal("0.08")] * 6, tax=Decimal(6), from_budget=True)
def test_credits_by_parts_give_back_what_was_paid_to_the_fen(
    institution: Institution, group: Organisation, member: Person, steward: Person, parts: list[Decimal],
    tax: Decimal, from_budget: bool,
) -> None:  # fmt: skip
    paid = sum(parts, Decimal(0)).quantize(Decimal("0.01"))
    budget = None
    if from_budget:
        budget = budgets.begin(
            seller=institution, organisation=group, title="2026", person=steward, now=NOW, amount=cny(1000)
        )
    charge = propose(institution, str(paid), organisation=group, person=member, tax=int(tax), budget=budget)
    charges.confirm([charge], person=steward, now=NOW)
    before = balance(institution, "output tax")
    for part in parts:
        charges.credit(Charge.objects.get(pk=charge.pk), part, reason="Late", person=steward, now=NOW)
        given_back = -sum((each.gross for each in charge.corrections.all()), Decimal(0))
        assert given_back <= charge.gross
    assert given_back == charge.gross
    assert balance(institution, "output tax") == before + (charge.tax if from_budget else 0)
    if budget is not None:
        assert type(budget).objects.select_related("available").get(pk=budget.pk).left == cny(1000)
    assert balanced()


@pytest.mark.django_db
@in_database
@given(nets=st.lists(st.lists(fen, min_size=1, max_size=3), min_size=1, max_size=4), tax=rates,
       share=st.sampled_from(["1", "0.8", "0.3333"]), beside=st.sampled_from([None, "0.75", "33.33"]))  # fmt: skip
@example(nets=[[Decimal("0.75")], [Decimal("0.75")]], tax=Decimal(6), share="1", beside=None)
@example(nets=[[Decimal("0.75"), Decimal("0.75"), Decimal("0.75")]], tax=Decimal(6), share="1", beside=None)
def test_vouchers_over_several_orders_on_one_invoice_split_it_to_the_fen(
    institution: Institution, firm: Organisation, guest: Person, operator: Person, steward: Person,
    nets: list[list[Decimal]], tax: Decimal, share: str, beside: str | None,
) -> None:  # fmt: skip
    """Two vouchers, tax rounded once an invoice: what they pay and what is left is the invoice, and it is written."""
    issued = []
    for number in range(2):
        programme = VoucherProgramme.objects.create(
            key=f"p{VoucherProgramme.objects.count()}", title=f"P{number}", authority="A", rate=Decimal(share),
            cap_year=cny(10_000), step=cny("0.01"), valid_from=date(2026, 1, 1),
        )  # fmt: skip
        made = vouchers.apply(programme, organisation=firm, asked=cny(10_000), subject={}, person=guest, now=NOW)
        issued.append(vouchers.issue(made, person=operator, now=NOW))
    made_charges = []
    for number, own in enumerate(nets):
        order = Order.objects.create(title="Tea", person=guest, organisation=firm, created_at=NOW)
        contract = pricing.total([Line("item", Decimal(1), net, net) for net in own], tax).gross
        most = amounts.percent_of(contract, Decimal(share) * 100)
        if most:
            vouchers.reserve(
                issued[number % 2], order=order, seller=institution, contract=contract, person=guest, now=NOW
            )
        made_charges += [
            propose(institution, str(net), organisation=firm, person=guest, tax=int(tax), order=order) for net in own
        ]
    if beside:
        made_charges.append(propose(institution, beside, organisation=firm, person=guest, tax=int(tax)))
    charges.confirm(made_charges, person=steward, now=NOW)
    invoice = invoices.write(made_charges, person=steward, now=NOW)
    used = sum((use.amount for use in invoice.voucher_uses.all()), Decimal(0))
    assert invoice.voucher == used == balance_of_vouchers(invoice)
    assert said_by_files(invoice) == (invoice.net, invoice.tax, invoice.voucher, invoice.payable)
    assert 0 <= invoice.payable <= invoice.gross
    if share == "1" and not beside:
        assert invoice.payable == 0
    for voucher in issued:
        voucher.refresh_from_db()
        assert voucher.reserved == sum((use.amount for use in voucher.uses.exclude(state="released")), Decimal(0))
    assert balanced()


def balance_of_vouchers(invoice: Invoice) -> Decimal:
    """What the authorities owe by the ledger for this invoice."""
    lines = invoice.entry.lines.filter(account__code="vouchers")
    return sum((line.amount for line in lines), Decimal(0))


@pytest.mark.django_db
def test_two_equal_payments_of_one_day_are_two_and_reading_them_again_adds_none(
    institution: Institution, steward: Person
) -> None:
    text = "Date,Amount,Payer\n2026-11-20,50.00,Firm\n2026-11-20,50.00,Firm\n"
    made, known = payments.bring_in(institution, text.encode(), person=steward, now=NOW)
    assert (len(made), known) == (2, 0)
    made, known = payments.bring_in(institution, text.encode(), person=steward, now=NOW)
    assert (len(made), known) == (0, 2)
    assert balance(institution, "bank") == cny(100)


@pytest.mark.django_db
def test_what_a_closed_budget_set_aside_comes_free_when_another_pays(
    prices: object, institution: Institution, instrument: Instrument, group: Organisation, member: Person,
    steward: Person,
) -> None:  # fmt: skip
    first, second = (
        budgets.begin(seller=institution, organisation=group, title=title, person=steward, now=NOW, amount=cny(500))
        for title in ("old", "new")
    )
    made = booking.book(instrument=instrument, person=member, starts_at=at(1), ends_at=at(3), now=NOW)
    assert Hold.objects.get().budget == first
    budgets.close(first, person=steward, now=NOW)
    Session.objects.create(
        booking=made, instrument=instrument, person=member, organisation=group, started_at=at(1), ended_at=at(3),
        effective_hours=2,
    )  # fmt: skip
    proposals.due(now=at(9))
    charge = Charge.objects.get()
    assert charge.budget == second
    charges.confirm([charge], person=steward, now=at(9))
    assert [Hold.objects.get().state, balance(institution, "reserved")] == ["released", 0]
    charges.undo([charge], person=steward, now=at(9))
    assert balance(institution, "available") == -cny(1000)
    assert balanced()
