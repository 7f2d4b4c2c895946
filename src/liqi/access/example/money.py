"""Money of the example: prices, a budget, charges to confirm, invoices, a voucher; made up, and marked so."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from liqi.access.example.people import MANAGER, MEMBER, OPERATOR
from liqi.access.models import (
    BillingProfile,
    Budget,
    Charge,
    CustomsTerms,
    Invoice,
    PriceTable,
    Quote,
    Session,
    VoucherProgramme,
)
from liqi.access.money import books, budgets, charges, invoices, payments, pricing, proposals, quotes, tables, vouchers
from liqi.access.opening import utc
from liqi.accounts import membership
from liqi.accounts.models import Organisation, Person
from liqi.catalogue.models import CustomsRecord, Institution

__all__ = ["load"]

ROWS: tuple[tuple[str, str, str, str, str], ...] = (
    ("hour", "internal", "", "", "120"),
    ("hour", "internal", "night", "", "60"),
    ("hour", "academic", "", "", "240"),
    ("hour", "industry", "", "", "480"),
    ("hour", "industry", "weekend", "", "360"),
    ("staff hour", "", "", "", "150"),
    ("sample", "", "", "", "80"),
    ("item", "", "", "进样小瓶 (示例)", "2.50"),
)
SESSIONS = 40


@transaction.atomic
def load(*, now: datetime) -> int:
    """Synthetic money stands at the demo manager's institution; how many charges. A second time adds nothing."""
    now = utc(now)
    people = {person.email: person for person in Person.objects.filter(email__in=(MEMBER, MANAGER, OPERATOR))}
    if len(people) < 3 or PriceTable.objects.filter(synthetic=True).exists():
        return 0
    manager, member = people[MANAGER], people[MEMBER]
    seller = Institution.objects.filter(
        instruments__sessions__synthetic=True, pk__in=books.kept_by(manager).values("pk")
    ).first()
    if seller is None:
        return 0
    _prices(seller, manager, now)
    _programme(people[OPERATOR], member, now)
    group = membership.home_of(member)
    if group is not None:
        _budget(seller, group, manager, now)
        _quote(seller, group, manager, member, now)
    made = [charge for session in _sessions(seller) if (charge := proposals.of_session(session, now=now))]
    by_invoice = [charge for charge in made if charge.budget_id is None and charge.organisation_id is not None]
    confirmed = charges.confirm(by_invoice[: SESSIONS // 2], person=manager, now=now - timedelta(days=1))
    _invoiced(seller, confirmed, manager, now)
    _customs(seller, now)
    return len(made)


def _prices(seller: Institution, manager: Person, now: datetime) -> None:
    values: dict[str, Any] = {
        "title": "仪器机时与服务收费 (示例)",
        "valid_from": (now - timedelta(days=365)).date(),
        "tax_percent": Decimal(6),
        "step_minutes": 30,
        "minimum": Decimal(50),
        "late_percent": Decimal(50),
        "late_hours": 12,
        "absent_percent": Decimal(100),
        "synthetic": True,
    }
    rows = [
        {"unit": unit, "user_class": klass, "when": when, "item": item, "price": Decimal(price)}
        for unit, klass, when, item, price in ROWS
    ]
    table = tables.save(seller=seller, person=manager, now=now, values=values, rows=rows)
    tables.publish(table, person=manager, now=now)


def _budget(seller: Institution, group: Organisation, manager: Person, now: datetime) -> None:
    made = budgets.begin(
        seller=seller, organisation=group, title="2026 年测试费 (示例)", person=manager, now=now, amount=Decimal(20_000)
    )
    Budget.objects.filter(pk=made.pk).update(synthetic=True)


def _quote(seller: Institution, group: Organisation, manager: Person, member: Person, now: datetime) -> None:
    lines = [
        pricing.Line("sample", Decimal(24), Decimal(80), Decimal(1920), text="茶叶农药残留筛查"),
        pricing.Line("staff hour", Decimal(2), Decimal(150), Decimal(300)),
    ]
    made = quotes.offer(
        seller=seller,
        lines=lines,
        person=manager,
        now=now,
        buyer=member,
        organisation=group,
        tax_percent=Decimal(6),
        title="茶叶农药残留 24 样 (示例)",
    )
    Quote.objects.filter(pk=made.pk).update(synthetic=True)


def _sessions(seller: Institution) -> list[Session]:
    rows = Session.objects.filter(instrument__institution=seller, synthetic=True, effective_hours__gt=0)
    rows = rows.select_related(
        "instrument__institution__organisation", "organisation", "person", "booking__order__project"
    )
    return list(rows.order_by("-ended_at", "pk")[:SESSIONS])


def _invoiced(seller: Institution, confirmed: list[Charge], manager: Person, now: datetime) -> None:
    """Two buyers get invoices, one of them overdue and one paid in part."""
    if seller.organisation is not None:
        BillingProfile.objects.get_or_create(
            organisation=seller.organisation, defaults={"legal_name": seller.name, "tax_number": "91000000EXAMPLE01X"}
        )
    ready = [own for _organisation, _person, own in invoices.ready(seller) if own[0].synthetic][:2]
    for place, own in enumerate(ready):
        at = now - timedelta(days=1)
        invoice = invoices.write(own, person=manager, now=at, due_on=None if place else books.day_of(at))
        if place:
            paid = payments.record(
                seller=seller,
                received_on=books.day_of(now),
                amount=(invoice.payable / 2).quantize(Decimal("0.01")),
                person=manager,
                now=now,
                payer=invoice.parties["buyer"]["name"],
                reference=invoice.number,
                source="example",
                synthetic=True,
            )
            payments.match(paid, Invoice.objects.get(pk=invoice.pk), person=manager, now=now)


def _programme(operator: Person, member: Person, now: datetime) -> None:
    """A made-up programme with the terms of a published one (青海省科技创新券管理办法, 2025-06) and one voucher."""
    programme = VoucherProgramme.objects.create(
        key="example",
        title="科技创新券 (示例)",
        title_en="Innovation voucher (example)",
        authority="示例科技主管部门",
        document="条款仿照《青海省科技创新券管理办法》（2025-06）：共享仪器全额、其他八成，每家每年 20 万元",
        rate=Decimal("0.8"),
        rate_sharing=Decimal(1),
        cap_year=Decimal(200_000),
        total=Decimal(5_000_000),
        step=Decimal("0.01"),
        valid_from=date(now.year, 1, 1),
        synthetic=True,
    )
    firm, _made = Organisation.objects.get_or_create(
        name="示例新材料有限公司", parent=None, defaults={"kind": Organisation.Kind.FIRM, "synthetic": True}
    )
    membership.join(person=member, organisation=firm, by=None, now=now)
    BillingProfile.objects.get_or_create(
        organisation=firm, defaults={"legal_name": firm.name, "tax_number": "91000000EXAMPLE00X", "place": "340100"}
    )
    asked: dict[str, Any] = {"organisation": firm, "subject": {}, "person": member, "now": now}
    first = vouchers.apply(programme, asked=Decimal(50_000), **asked)
    vouchers.issue(first, person=operator, now=now)
    vouchers.apply(programme, asked=Decimal(30_000), **asked)


def _customs(seller: Institution, now: datetime) -> None:
    records = CustomsRecord.objects.filter(instrument__institution=seller, instrument__synthetic=True)
    for place, record in enumerate(records.order_by("pk")[:5]):
        start = (now - timedelta(days=365 * 3 - 60 * (place + 1))).date()
        CustomsTerms.objects.get_or_create(
            record=record,
            defaults={
                "supervised_from": start,
                "supervised_until": start.replace(year=start.year + 3, day=min(start.day, 28)),
                "synthetic": True,
            },
        )
