"""Amounts of money on pages, and what a bill says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liqi.access.money import books, budgets, tables
from liqi.access.money.pricing import Line
from liqi.accounts import membership
from liqi.accounts.models import Organisation, Person
from liqi.catalogue.models import Instrument
from liqi.web import pricelines
from liqi.web.numbers import GROUP

register = template.Library()

STATES: dict[str, tuple[Any, str]] = {
    "proposed": (pgettext_lazy("charge", "proposed"), "warn"),
    "confirmed": (pgettext_lazy("charge", "confirmed"), "good"),
    "waived": (pgettext_lazy("charge", "waived"), ""),
    "invoiced": (pgettext_lazy("charge", "invoiced"), "good"),
    "settled": (pgettext_lazy("charge", "paid from budget"), "good"),
    "open": (pgettext_lazy("invoice", "to be paid"), "warn"),
    "paid": (pgettext_lazy("invoice", "paid"), "good"),
    "credited": (pgettext_lazy("invoice", "taken back"), ""),
    "offered": (pgettext_lazy("quote", "stands"), "warn"),
    "accepted": (pgettext_lazy("quote", "accepted"), "good"),
    "declined": (pgettext_lazy("quote", "declined"), "bad"),
    "withdrawn": (pgettext_lazy("quote", "withdrawn"), ""),
    "expired": (pgettext_lazy("quote", "over"), ""),
    "applied": (pgettext_lazy("voucher", "applied for"), "warn"),
    "issued": (pgettext_lazy("voucher", "issued"), "good"),
    "refused": (pgettext_lazy("voucher", "refused"), "bad"),
    "reserved": (pgettext_lazy("voucher", "reserved"), "warn"),
    "used": (pgettext_lazy("voucher", "on an invoice"), "warn"),
    "submitted": (pgettext_lazy("voucher", "handed in"), "warn"),
    "redeemed": (pgettext_lazy("voucher", "redeemed"), "good"),
    "released": (pgettext_lazy("voucher", "given back"), ""),
}
KINDS = {
    "use": _("use"),
    "service": _("service"),
    "late cancellation": _("late cancellation"),
    "no-show": _("no-show"),
    "extra": _("extra"),
    "credit": _("credit"),
    "contract": _("contract"),
    "invoice": _("invoice"),
    "result": _("result"),
    "payment": _("payment"),
    "credit note": _("credit note"),
    "inspection": _("inspection"),
    "move": _("moved"),
    "repair": _("repair"),
    "consent": _("consent of customs"),
    "yearly report": _("yearly report"),
    "end of supervision": _("end of supervision"),
    "note": _("note"),
    "budget": _("money added"),
    "set aside": _("set aside"),
    "given back": _("given back"),
}


@register.filter
def yuan(value: Decimal | int | None) -> str:
    """An amount with two places, such as ¥ 1 234.50; blank for none."""
    return "" if value is None else f"¥\u00a0{value:,.2f}".replace(",", GROUP)


@register.inclusion_tag("money/state.html")
def money_state(code: str) -> dict[str, Any]:
    """The state of a charge, quote, invoice or voucher with its colour."""
    words, tone = STATES.get(code, (code, ""))
    return {"words": words, "tone": tone}


@register.filter
def money_kind(code: str) -> str:
    """What kind of charge, document or event that is."""
    return str(KINDS.get(code, KINDS.get(code.removeprefix("reversal of "), code)))


@register.filter
def user_class(code: str) -> str:
    """The class of user a price is for."""
    return str(pricelines.CLASSES.get(code, code))


@register.inclusion_tag("money/lines.html")
def money_lines(lines: Iterable[Any], net: Decimal, tax: Decimal, percent: Decimal | None = None) -> dict[str, Any]:
    """The table of lines with its sums."""
    return {"lines": pricelines.shown(lines), "net": net, "tax": tax, "percent": percent, "gross": net + tax}


@register.inclusion_tag("money/price_of_period.html", takes_context=True)
def price_of_period(
    context: template.Context, instrument: Instrument, starts_at: datetime | None, ends_at: datetime | None
) -> dict[str, Any]:
    """What the period costs the reader, line by line, and what is left of the budget that pays it."""
    organisation = _home(context)
    if starts_at is None or ends_at is None:
        return {"priced": None}
    found = tables.of_instrument(instrument, organisation=organisation, starts_at=starts_at, ends_at=ends_at)
    budget = budgets.of(organisation, instrument.institution) if found else None
    return {"priced": found, "lines": pricelines.shown(found.lines) if found else [], "budget": budget}


@register.inclusion_tag("money/price_for_me.html", takes_context=True)
def price_for_me(context: template.Context, instrument: Instrument) -> dict[str, Any]:
    """The prices that hold for the reader today, as what class of user and by which table."""
    table = tables.found(instrument, on=books.day_of(timezone.now()))
    if table is None:
        return {"table": None, "instrument": instrument}
    own = tables.user_class(_home(context), instrument.institution)
    rows = [row for row in table.rows.all() if row.user_class in ("", own)]
    special = {(row.unit, row.item) for row in rows if row.user_class}
    rows = [row for row in rows if row.user_class or (row.unit, row.item) not in special]
    lines = [Line(row.unit, Decimal(1), row.price, row.price, row.when, row.item, row.above) for row in rows]
    return {"table": table, "own": own, "lines": pricelines.shown(lines), "instrument": instrument}


def _home(context: template.Context) -> Organisation | None:
    person = getattr(context.get("request"), "user", None)
    return membership.home_of(person) if isinstance(person, Person) else None
