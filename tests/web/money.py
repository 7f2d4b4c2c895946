"""Money for the world of pages: a table, a budget, a quote, an invoice of the member, a programme of vouchers."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from liqi.access.models import Budget, Charge, Invoice, PriceTable, Quote, VoucherProgramme
from liqi.access.money import books, budgets, charges, invoices, pricing, quotes, tables
from tests.web.access import Place

MONEY = (
    *("charges", "price_tables", "price_table_new", "desk_invoices", "desk_vouchers", "customs", "budgets", "quotes"),
    *("invoices", "vouchers"),
)
"""Addresses of money that need no record in their address."""


@dataclass(frozen=True)
class Money:
    """One of each."""

    table: PriceTable
    budget: Budget
    quote: Quote
    invoice: Invoice
    programme: VoucherProgramme
    charge: Charge


def money(home: Place, now: datetime) -> Money:
    """They are in the database; the member's group has the budget, the quote and the invoice; one charge waits."""
    seller, on = home.facility.institution, books.day_of(now)
    group = home.project.organisation
    values = {"title": "质谱平台", "instrument": home.triple, "valid_from": on, "tax_percent": Decimal(6)}
    rows = [{"unit": "hour", "user_class": "", "price": Decimal(100)}]
    table = tables.save(seller=seller, person=home.manager, now=now, values=values, rows=rows)
    budget = budgets.begin(
        seller=seller, organisation=group, title="2026", person=home.manager, now=now, amount=Decimal(1000)
    )
    lines = [pricing.Line("sample", Decimal(2), Decimal(50), Decimal(100), text="Pesticides")]
    quote = quotes.offer(
        seller=seller, lines=lines, person=home.manager, now=now, buyer=home.member, organisation=group, title="Tea"
    )
    facts = {
        "kind": Charge.Kind.SERVICE, "title": "Tea", "seller": seller, "organisation": group, "person": home.member,
        "used_on": on,
    }  # fmt: skip
    found = pricing.total(lines, Decimal(6))
    billed = charges.keep("test:1", found, now=now, **facts)
    charges.confirm([billed], person=home.manager, now=now)
    invoice = invoices.write([billed], person=home.manager, now=now)
    charge = charges.keep("test:2", found, now=now, budget=budget, **facts)
    programme = VoucherProgramme.objects.create(
        key="voucher", title="创新券", authority="科技厅", rate=Decimal("0.5"), cap_year=Decimal(100_000),
        valid_from=on,
        rule={"policy": "voucher.beijing.2025.eligible"},
    )  # fmt: skip
    return Money(table, budget, quote, invoice, programme, charge)
