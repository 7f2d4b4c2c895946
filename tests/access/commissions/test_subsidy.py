"""A voucher is named with the order, held with the accepted quote, taken off the invoice, given back with the order."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liqi.access import orders
from liqi.access.commissions import drafts, quoting, subsidy
from liqi.access.commissions.states import NotPossible
from liqi.access.models import (
    BillingProfile,
    Charge,
    Commission,
    Order,
    Quote,
    Voucher,
    VoucherAllowance,
    VoucherProgramme,
    VoucherUse,
)
from liqi.access.money import budgets, charges, invoices, proposals, vouchers
from liqi.access.money.pricing import Line, total
from liqi.access.money.refusal import Unable
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import JournalEntry, Organisation, Person
from liqi.catalogue.models import Service
from tests.access.commissions.conftest import register, take
from tests.access.conftest import NOW, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(guest: Person) -> Organisation:
    found = guest.organisations.get()
    BillingProfile.objects.create(organisation=found, legal_name="Small firm Ltd", place="630100")
    return found


@pytest.fixture
def programme(db: None) -> VoucherProgramme:
    return VoucherProgramme.objects.create(
        key="p", title="Voucher of the province", authority="Province", rate=Decimal("0.5"), cap_year=Decimal(2000),
        step=Decimal(10), valid_from=date(2026, 1, 1),
    )  # fmt: skip


@pytest.fixture
def voucher(programme: VoucherProgramme, firm: Organisation, guest: Person) -> Voucher:
    made = vouchers.apply(programme, organisation=firm, asked=Decimal(2000), subject={}, person=guest, now=NOW)
    return vouchers.issue(made, person=make_person("Op", is_operator=True), now=NOW)


def name(order: Order, number: str, person: Person) -> Commission:
    return subsidy.name(commission=Commission.objects.get(order=order), number=number, person=person, now=NOW)


def quoted(order: Order, wei: Person, price: str = "1000") -> Quote:
    rows = [{"text": "Work", "quantity": "1", "price": price}]
    return quoting.offer(commission=order.commission, rows=rows, person=wei, now=NOW, tax_percent="6")


def accepted(order: Order, guest: Person, wei: Person) -> None:
    register(order, guest, "A")
    take(order, "submit", guest)
    quoted(order, wei)
    take(order, "accept", guest)


def piece(price: str) -> Line:
    return Line("item", Decimal(1), Decimal(price), Decimal(price))


def vials(order: Order, person: Person, price: str) -> Charge:
    """A proposed charge for consumables of the order."""
    assert order.service is not None
    return charges.keep(
        "extra:1", total([piece(price)], Decimal(0)), now=NOW, kind="extra", title="Vials",
        seller=order.service.institution, organisation=order.organisation, person=person, order=order,
        used_on=NOW.date(),
    )  # fmt: skip


def held() -> Decimal:
    """What the three sums say is held; they are one figure."""
    found = {
        VoucherProgramme.objects.get().reserved,
        sum((one.reserved for one in Voucher.objects.all()), Decimal(0)),
        sum((one.reserved for one in VoucherAllowance.objects.all()), Decimal(0)),
    }
    assert len(found) == 1
    return found.pop()


def test_the_voucher_of_a_draft_is_held_when_the_quote_is_accepted(
    order: Order, voucher: Voucher, guest: Person, wei: Person
) -> None:
    drafts.write(commission=order.commission, answers={}, person=guest, now=NOW, voucher=voucher.number)
    assert held() == 0
    register(order, guest, "A")
    take(order, "submit", guest)
    quote = quoted(order, wei)
    before = subsidy.split(order, quote.gross, on=date(2026, 11, 21))
    assert before is not None
    assert (before.pays, before.rest, before.held) == (Decimal(530), Decimal(530), False)
    take(order, "accept", guest)
    assert held() == 530
    after = subsidy.split(order, quote.gross, on=date(2026, 11, 21))
    assert after is not None
    assert (after.pays, after.rest, after.held, after.voucher) == (Decimal(530), Decimal(530), True, voucher)


def test_the_voucher_is_held_also_where_the_order_is_taken_on_at_the_listed_price(
    order: Order, voucher: Voucher, guest: Person, bring: Callable[[Order, str], Commission]
) -> None:
    name(order, voucher.number, guest)
    bring(order, "accepted")
    assert held() == 800


def test_the_invoice_of_the_order_is_split_and_a_credit_note_gives_the_part_back_to_the_order(
    order: Order, voucher: Voucher, guest: Person, han: Person, bring: Callable[[Order, str], Commission]
) -> None:
    name(order, voucher.number, guest)
    commission = bring(order, "released")
    charge = Charge.objects.get(order=order)
    charges.confirm([charge], person=han, now=NOW)
    invoice = invoices.write([charge], person=han, now=NOW)
    assert (invoice.gross, invoice.voucher, invoice.payable) == (1600, 800, 800)
    assert VoucherUse.objects.get().state == "used"
    with pytest.raises(NotPossible, match="billed already"):
        subsidy.name(commission=commission, number="", person=guest, now=NOW)
    invoices.take_back(invoice, reason="wrong", person=han, now=NOW)
    assert (VoucherUse.objects.get().state, held()) == ("reserved", 800)


def test_what_is_billed_before_the_work_leaves_the_voucher_to_the_agreed_price(
    order: Order, voucher: Voucher, guest: Person, han: Person, bring: Callable[[Order, str], Commission]
) -> None:
    name(order, voucher.number, guest)
    bring(order, "in work")
    extra = vials(order, guest, "20")
    charges.confirm([extra], person=han, now=NOW)
    assert invoices.write([extra], person=han, now=NOW).voucher == 0
    service = proposals.of_order(order, now=NOW)
    assert service is not None
    charges.confirm([service], person=han, now=NOW)
    assert invoices.write([service], person=han, now=NOW).voucher == 800


def test_a_service_that_became_cheaper_cuts_the_voucher_whatever_else_stands_on_the_invoice(
    order: Order, voucher: Voucher, guest: Person, han: Person, bring: Callable[[Order, str], Commission]
) -> None:
    name(order, voucher.number, guest)
    bring(order, "released")
    service = Charge.objects.get(order=order)
    charges.correct(service, lines=[piece("800")], reason="one sample failed", person=han, now=NOW)
    extra = vials(order, guest, "800")
    given_back = charges.keep(
        "consumables:order:1:1", total([piece("-300")], Decimal(0)), now=NOW, kind="credit", title="Vials",
        seller=extra.seller, organisation=order.organisation, person=guest, order=order, used_on=NOW.date(),
    )  # fmt: skip
    both = charges.confirm([service, extra, given_back], person=han, now=NOW)
    invoice = invoices.write(both, person=han, now=NOW)
    assert (invoice.gross, invoice.voucher) == (1300, 400)
    use = VoucherUse.objects.get()
    assert (use.amount, use.contract, held()) == (400, 800, 400)


def test_naming_the_voucher_of_a_billed_order_again_holds_nothing_more_of_it(
    order: Order, voucher: Voucher, guest: Person, han: Person, bring: Callable[[Order, str], Commission]
) -> None:
    name(order, voucher.number, guest)
    bring(order, "released")
    service = Charge.objects.get(order=order)
    charges.correct(service, lines=[piece("5")], reason="nearly nothing", person=han, now=NOW)
    charges.confirm([service], person=han, now=NOW)
    assert invoices.write([service], person=han, now=NOW).voucher == 0
    assert name(order, voucher.number, guest).voucher == voucher
    assert (held(), VoucherUse.objects.get().state) == (0, "released")


def test_choices_and_a_split_read_what_each_year_holds_once(
    order: Order, voucher: Voucher, programme: VoucherProgramme, firm: Organisation, guest: Person
) -> None:
    for _more in range(3):
        vouchers.apply(programme, organisation=firm, asked=Decimal(300), subject={}, person=guest, now=NOW)
    assert order.service is not None
    with CaptureQueriesContext(connection) as asked:
        assert len(subsidy.choices(guest, order.service.institution, on=NOW.date())) == 4
    assert len(asked.captured_queries) == 2
    name(order, voucher.number, guest)
    order = Order.objects.select_related("service__institution", "organisation").get()
    with CaptureQueriesContext(connection) as asked:
        assert subsidy.split(order, Decimal(1000), on=NOW.date()) is not None
    assert sum("voucherallowance" in one["sql"] for one in asked.captured_queries) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"state": "applied"}, "not decided yet"),
        ({"state": "refused"}, "refused or taken back"),
        ({"valid_until": date(2026, 11, 20)}, "ended on 2026-11-20"),
        ({"reserved": Decimal(1995)}, "Less than ¥ 10"),
    ],
)
def test_a_voucher_that_cannot_pay_is_refused_at_once_with_the_reason(
    order: Order, voucher: Voucher, guest: Person, change: dict[str, object], words: str
) -> None:
    Voucher.objects.filter(pk=voucher.pk).update(**change)
    with pytest.raises(Unable, match=words):
        name(order, voucher.number, guest)
    assert Commission.objects.get(order=order).voucher is None
    (choice,) = subsidy.choices(guest, order.service.institution, on=NOW.date(), named=voucher)
    assert words in choice.why_not


def test_a_provider_of_another_region_is_refused_at_once(order: Order, voucher: Voucher, guest: Person) -> None:
    VoucherProgramme.objects.update(provider_places=["310000"])
    with pytest.raises(Unable, match="pays providers in 310000"):
        name(order, voucher.number, guest)


def test_a_voucher_of_another_firm_is_not_known_and_one_of_an_own_other_firm_is_refused(
    service: Service, order: Order, voucher: Voucher, guest: Person, wei: Person
) -> None:
    stranger = make_person("Stranger", Organisation.objects.create(name="Other firm"))
    theirs = orders.open(person=stranger, title="Roots", service=service, now=NOW)
    for number in (voucher.number, "V-1"):
        with pytest.raises(Unable, match="expected one of your firm"):
            name(theirs, number, stranger)
    own = orders.open(person=guest, title="Bark", service=service, now=NOW, organisation=_joined(guest, "Second firm"))
    with pytest.raises(Unable, match="for orders of Small firm"):
        name(own, voucher.number, guest)
    with pytest.raises(NotAllowed):
        name(order, voucher.number, wei)


def _joined(person: Person, title: str) -> Organisation:
    from liqi.accounts.models import Membership

    made = Organisation.objects.create(name=title, kind=Organisation.Kind.FIRM)
    Membership.objects.create(person=person, organisation=made)
    return made


def test_a_voucher_that_ended_before_the_quote_is_accepted_stops_the_acceptance_until_it_is_taken_off(
    order: Order, voucher: Voucher, guest: Person, wei: Person
) -> None:
    name(order, voucher.number, guest)
    register(order, guest, "A")
    take(order, "submit", guest)
    quote = quoted(order, wei)
    Voucher.objects.update(valid_until=NOW.date() - timedelta(days=1))
    shown = subsidy.split(order, quote.gross, on=NOW.date())
    assert shown is not None
    assert (shown.pays, "ended on" in shown.why_not) == (0, True)
    with pytest.raises(Unable, match="Name another voucher"):
        take(order, "accept", guest)
    quote.refresh_from_db()
    assert (quote.state, Commission.objects.get(order=order).state) == ("offered", "quoted")
    name(order, "", guest)
    assert take(order, "accept", guest).state == "accepted"
    assert held() == 0


@pytest.mark.parametrize(("verb", "by_customer"), [("withdraw", True), ("refuse", False)])
def test_an_order_that_ends_gives_the_voucher_back(
    order: Order, voucher: Voucher, guest: Person, wei: Person, verb: str, by_customer: bool
) -> None:
    name(order, voucher.number, guest)
    accepted(order, guest, wei)
    assert held() == 530
    take(order, verb, guest if by_customer else wei, reason="cannot")
    assert (held(), VoucherUse.objects.get().state) == (0, "released")
    with pytest.raises(NotPossible, match="nothing is to be paid"):
        name(order, "", guest)


def test_a_withdrawn_order_that_is_taken_up_again_can_be_quoted_anew_and_holds_its_voucher_again(
    order: Order, voucher: Voucher, guest: Person, wei: Person
) -> None:
    name(order, voucher.number, guest)
    accepted(order, guest, wei)
    take(order, "withdraw", guest)
    take(order, "reopen", guest)
    take(order, "submit", guest)
    quoted(order, wei, "500")
    take(order, "accept", guest)
    assert held() == 260
    assert sorted(order.quotes.values_list("state", flat=True)) == ["accepted", "withdrawn"]


def test_a_voucher_named_after_the_acceptance_is_held_at_once_and_changed_for_another(
    order: Order, voucher: Voucher, programme: VoucherProgramme, firm: Organisation, guest: Person, wei: Person
) -> None:
    accepted(order, guest, wei)
    name(order, voucher.number, guest)
    assert held() == 530
    VoucherProgramme.objects.update(cap_year=Decimal(4000))
    VoucherAllowance.objects.update(cap=Decimal(4000))
    programme.refresh_from_db()
    second = vouchers.apply(programme, organisation=firm, asked=Decimal(300), subject={}, person=guest, now=NOW)
    vouchers.issue(second, person=Person.objects.get(name="Op"), now=NOW)
    name(order, second.number, guest)
    assert held() == 300
    assert list(VoucherUse.objects.order_by("pk").values_list("state", flat=True)) == ["released", "reserved"]
    subsidy.give_back(use=VoucherUse.objects.get(state="reserved"), person=guest, now=NOW)
    assert (held(), Commission.objects.get(order=order).voucher) == (0, None)


def test_a_voucher_is_used_from_the_list_of_accepted_quotes(
    order: Order, voucher: Voucher, guest: Person, wei: Person
) -> None:
    with pytest.raises(Unable, match="no accepted quote"):
        subsidy.use(order=order, number=voucher.number, person=guest, now=NOW)
    accepted(order, guest, wei)
    assert subsidy.use(order=order, number=voucher.number, person=guest, now=NOW).amount == 530
    assert subsidy.use(order=order, number=voucher.number, person=guest, now=NOW).amount == 530
    assert VoucherUse.objects.count() == 1


def test_a_group_with_a_budget_is_invoiced_where_a_voucher_pays_a_part(
    order: Order, voucher: Voucher, firm: Organisation, guest: Person, wei: Person,
    bring: Callable[[Order, str], Commission],
) -> None:  # fmt: skip
    assert order.service is not None
    seller, keeper = order.service.institution, Person.objects.get(name="Op")
    budget = budgets.begin(seller=seller, organisation=firm, title="2026", person=keeper, now=NOW, amount=Decimal(2000))
    bring(order, "released")
    charge = Charge.objects.get(order=order)
    assert charge.budget == budget
    name(order, voucher.number, guest)
    charge.refresh_from_db()
    assert charge.budget is None
    said = JournalEntry.objects.get(verb="paid by")
    assert (said.person, said.thing_id, said.facts["before"]) == (guest, str(charge.pk), "2026")
    with pytest.raises(Unable, match="so it is invoiced"):
        charges.pay_by(charge, budget, person=keeper, now=NOW)
    name(order, "", guest)
    assert charges.pay_by(charge, budget, person=keeper, now=NOW).budget == budget
