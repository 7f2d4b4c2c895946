"""Vouchers end to end: who may claim, what they pay, never over a cap, redeemed with evidence."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from liqi.access.models import (
    Account,
    BillingProfile,
    Invoice,
    Order,
    Voucher,
    VoucherAllowance,
    VoucherProgramme,
    VoucherUse,
)  # fmt: skip
from liqi.access.money import charges, entitlement, invoices, ledger, redemption, vouchers
from liqi.access.money.refusal import Overdrawn, Unable
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Organisation, Person
from liqi.catalogue.models import Institution
from tests.access.conftest import NOW
from tests.access.money.conftest import cny, propose

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 a contract"


@pytest.fixture
def qinghai(db: None) -> VoucherProgramme:
    """The terms of Qinghai, 青海省科技创新券管理办法 (2025-06): instruments 100 %, others 80 %, 200,000."""
    return VoucherProgramme.objects.create(
        key="qinghai-2025", title="青海省科技创新券", authority="青海省科学技术厅", firm_places=["630000"],
        rate=Decimal("0.8"), rate_sharing=Decimal(1), cap_year=cny(200_000), step=cny("0.01"),
        valid_from=date(2025, 6, 17),
    )  # fmt: skip


@pytest.fixture
def issued(qinghai: VoucherProgramme, firm: Organisation, guest: Person, operator: Person) -> Voucher:
    BillingProfile.objects.create(organisation=firm, legal_name="Small firm Ltd", place="630100", tax_number="91")
    voucher = vouchers.apply(qinghai, organisation=firm, asked=cny(200_000), subject={}, person=guest, now=NOW)
    return vouchers.issue(voucher, person=operator, now=NOW)


def pays(voucher: Voucher, seller: Institution, contract: int, sharing: bool) -> Decimal:
    found, why = entitlement.part(
        voucher, organisation=voucher.organisation, seller=seller, contract=cny(contract), sharing=sharing,
        on=date(2026, 11, 21),
    )  # fmt: skip
    assert bool(found) is not bool(why)
    return found


def ordered(person: Person, organisation: Organisation) -> Order:
    return Order.objects.create(title="Tea", person=person, organisation=organisation, created_at=NOW)


@pytest.mark.parametrize(
    ("contract", "sharing", "expected"),
    [(10_000, True, 10_000), (10_000, False, 8_000), (300_000, True, 200_000), (300_000, False, 200_000)],
)
def test_pays_what_the_published_rule_says(
    issued: Voucher, institution: Institution, contract: int, sharing: bool, expected: int
) -> None:
    assert pays(issued, institution, contract, sharing) == cny(expected)


def test_pays_the_same_as_the_policy_on_record(issued: Voucher, institution: Institution) -> None:
    from liqi import policy

    for fee, sharing in ((10_000, True), (10_000, False), (123_456, False)):
        said = policy.judge(
            policy.rules()["voucher.qinghai.2025"],
            {"fee": fee, "sharing": sharing, "incubatee": False, "used": 0}, on=date(2026, 11, 21),
        )  # fmt: skip
        assert pays(issued, institution, fee, sharing) == said.amount_cny


def test_hubei_pays_whole_thousands(issued: Voucher, institution: Institution) -> None:
    """鄂科技通〔2024〕54号: at most 200,000 a year, cut down to whole thousands (worked case 123,456 -> 123,000)."""
    VoucherProgramme.objects.filter(pk=issued.programme_id).update(step=cny(1000))
    issued.refresh_from_db()
    assert pays(issued, institution, 123_456, True) == cny(123_000)


def test_a_firm_from_elsewhere_or_that_the_rule_refuses_cannot_apply(
    qinghai: VoucherProgramme, firm: Organisation, guest: Person
) -> None:
    asked: dict[str, Any] = {"organisation": firm, "asked": cny(1000), "person": guest, "now": NOW}
    with pytest.raises(Unable, match="registered in 630000"):
        vouchers.apply(qinghai, subject={}, **asked)
    qinghai.firm_places = []
    qinghai.rule = {"policy": "voucher.beijing.2025.eligible"}
    subject = {"staff": 10, "sales": 1_000_000, "assets": 1_000_000, "tech_sme": True, "dishonest": False}
    with pytest.raises(Unable, match="not for you"):
        vouchers.apply(qinghai, subject=subject | {"staff": 501}, **asked)
    made = vouchers.apply(qinghai, subject=subject, **asked)
    assert (made.state, made.verdict["result"]) == ("applied", "yes")
    with pytest.raises(NotAllowed):
        vouchers.issue(made, person=guest, now=NOW)


def test_nobody_claims_by_a_rule_that_is_not_there(
    qinghai: VoucherProgramme, firm: Organisation, guest: Person
) -> None:
    qinghai.firm_places, qinghai.rule = [], {"policy": "voucher.nowhere"}
    with pytest.raises(Unable, match=r"voucher\.nowhere"):
        vouchers.apply(qinghai, organisation=firm, asked=cny(1000), person=guest, subject={}, now=NOW)


def test_providers_of_other_regions_are_not_paid(issued: Voucher, institution: Institution) -> None:
    programme = issued.programme
    programme.provider_places = ["310000", "340000"]
    for province, can in (("340000", True), ("110000", False), ("", False)):
        institution.province = province
        assert (pays(issued, institution, 100, True) > 0) is can


def test_the_sums_never_pass_their_caps(
    issued: Voucher, institution: Institution, guest: Person, firm: Organisation
) -> None:
    asked: dict[str, Any] = {"seller": institution, "person": guest, "now": NOW, "sharing": True}
    vouchers.reserve(issued, order=ordered(guest, firm), contract=cny(150_000), **asked)
    second = vouchers.reserve(issued, order=ordered(guest, firm), contract=cny(150_000), **asked)
    assert second.amount == cny(50_000)
    with pytest.raises(Overdrawn):
        vouchers.reserve(issued, order=ordered(guest, firm), contract=cny(1), **asked)
    for model in (VoucherAllowance, Voucher):
        with pytest.raises(IntegrityError, match="never_over"), transaction.atomic():
            model.objects.update(reserved=cny("200000.01"))  # type: ignore[attr-defined]
    vouchers.release(second, person=guest, now=NOW)
    assert VoucherAllowance.objects.get().reserved == cny(150_000)
    assert vouchers.reserve(issued, order=ordered(guest, firm), contract=cny(9), **asked).amount == cny(9)


def test_an_order_is_paid_in_two_parts_and_the_authority_pays_the_rest(
    issued: Voucher, institution: Institution, guest: Person, firm: Organisation, steward: Person,
    settings: Any, tmp_path: Path,
) -> None:  # fmt: skip
    settings.LIQI_DATA = tmp_path
    order = ordered(guest, firm)
    with pytest.raises(NotAllowed):
        vouchers.reserve(issued, order=order, seller=institution, contract=cny(1060), person=steward, now=NOW)
    use = vouchers.reserve(issued, order=order, seller=institution, contract=cny(1060), person=guest, now=NOW)
    assert use.amount == cny(848)
    with pytest.raises(Unable, match="already"):
        vouchers.reserve(issued, order=order, seller=institution, contract=cny(1060), person=guest, now=NOW)
    charge = propose(institution, "1000", organisation=firm, person=guest, order=order)
    charges.confirm([charge], person=steward, now=NOW)
    invoice = invoices.write([charge], person=steward, now=NOW)
    assert (invoice.gross, invoice.voucher, invoice.payable) == (cny(1060), cny(848), cny(212))
    use.refresh_from_db()
    assert (use.state, use.invoice) == ("used", invoice)
    with pytest.raises(Unable, match="lacks contract, result"):
        redemption.hand_in(issued.programme, institution, [use], person=steward, now=NOW)
    for kind in ("contract", "result"):
        redemption.add_evidence(use, kind=kind, name="../a.pdf", content=PDF, person=guest, now=NOW)
    with pytest.raises(Unable, match="no PDF"):
        redemption.add_evidence(use, kind="result", name="a", content=b"<html>", person=guest, now=NOW)
    batch = redemption.hand_in(issued.programme, institution, [use], person=steward, now=NOW)
    (row,) = redemption.rows(batch)
    named = dict(zip(redemption.HEADER, row, strict=True))
    assert (named["contract_cny"], named["voucher_cny"], named["firm_cny"]) == ("1060.00", "848.00", "212.00")
    assert (named["firm"], named["invoice"]) == ("Small firm Ltd", invoice.number)
    assert redemption.path_of(use.evidence.all()[0].sha256).read_bytes() == PDF
    with pytest.raises(Unable, match="handed in to the authority"):
        invoices.take_back(invoice, reason="x", person=steward, now=NOW)
    redemption.paid(batch, on=date(2026, 11, 21), person=steward, now=NOW)
    redemption.paid(batch, on=date(2026, 11, 21), person=steward, now=NOW)
    balances = {each.code: each.balance for each in Account.objects.all()}
    assert (balances["vouchers"], balances["bank"], balances["receivable"]) == (cny(0), cny(848), cny(212))
    assert VoucherUse.objects.get().state == "redeemed"
    assert sum(ledger.recount().values()) == 0


def test_an_order_that_became_cheaper_uses_less_of_the_voucher(
    issued: Voucher, institution: Institution, guest: Person, firm: Organisation, steward: Person
) -> None:
    order = ordered(guest, firm)
    vouchers.reserve(issued, order=order, seller=institution, contract=cny(1060), person=guest, now=NOW)
    charge = propose(institution, "500", organisation=firm, person=guest, order=order)
    charges.confirm([charge], person=steward, now=NOW)
    invoice = invoices.write([charge], person=steward, now=NOW)
    assert (invoice.voucher, invoice.payable) == (cny(424), cny(106))
    assert VoucherAllowance.objects.get().reserved == cny(424)


def test_what_an_invoice_cut_of_a_voucher_is_there_again_once_the_invoice_is_taken_back(
    issued: Voucher, institution: Institution, guest: Person, firm: Organisation, steward: Person
) -> None:
    order = ordered(guest, firm)
    use = vouchers.reserve(issued, order=order, seller=institution, contract=cny(1060), person=guest, now=NOW)
    charge = propose(institution, "500", organisation=firm, person=guest, order=order)
    charges.confirm([charge], person=steward, now=NOW)
    for _time in range(2):
        invoice = invoices.write([charge], person=steward, now=NOW)
        assert (invoice.voucher, VoucherAllowance.objects.get().reserved) == (cny(424), cny(424))
        invoices.take_back(invoice, reason="Half was missing", person=steward, now=NOW)
        use.refresh_from_db()
        assert (use.amount, use.contract, use.state, use.invoice) == (cny(848), cny(1060), "reserved", None)
        assert VoucherAllowance.objects.get().reserved == cny(848)
    invoices.write([charge], person=steward, now=NOW)
    VoucherAllowance.objects.update(cap=cny(500))  # the rest of the year went elsewhere meanwhile
    invoices.take_back(Invoice.objects.latest("pk"), reason="Wrong", person=steward, now=NOW)
    use.refresh_from_db()
    assert (use.amount, use.contract, use.state) == (cny(424), cny(530), "reserved")
    vouchers.release(use, person=guest, now=NOW)
    assert VoucherAllowance.objects.get().reserved == 0


def test_what_an_invoice_cut_to_nothing_is_reserved_again_once_it_is_taken_back(
    issued: Voucher, institution: Institution, guest: Person, firm: Organisation, steward: Person
) -> None:
    VoucherProgramme.objects.update(step=cny(1))
    order = ordered(guest, firm)
    asked: dict[str, Any] = {"seller": institution, "contract": cny(1060), "person": guest, "now": NOW}
    use = vouchers.reserve(issued, order=order, **asked)
    charge = propose(institution, "0.50", organisation=firm, person=guest, order=order)
    charges.confirm([charge], person=steward, now=NOW)
    invoice = invoices.write([charge], person=steward, now=NOW)
    use.refresh_from_db()
    assert (invoice.voucher, use.state, use.cut_by) == (0, "released", invoice)
    assert VoucherAllowance.objects.get().reserved == 0
    invoices.take_back(invoice, reason="A digit was missing", person=steward, now=NOW)
    use.refresh_from_db()
    assert (use.amount, use.contract, use.state, use.cut_by) == (cny(848), cny(1060), "reserved", None)
    assert VoucherAllowance.objects.get().reserved == cny(848)

    invoice = invoices.write([charge], person=steward, now=NOW)
    other = vouchers.reserve(issued, order=order, **asked)  # the firm named it anew
    invoices.take_back(invoice, reason="Wrong", person=steward, now=NOW)
    use.refresh_from_db()
    assert (use.state, other.state) == ("released", "reserved")
    assert VoucherAllowance.objects.get().reserved == cny(848)
