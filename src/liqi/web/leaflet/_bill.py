"""Bills on paper: quote, invoice, credit note and the statement of a budget, as A4 pages in a language of Liqi."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from liqi.access.commissions.subsidy import Split
from liqi.access.models import Budget, Invoice, Quote
from liqi.access.money import budgets, parties
from liqi.web import pricelines, scripts
from liqi.web.leaflet._paper import typeset
from liqi.web.templatetags.money import KINDS, yuan

__all__ = ["bill", "offer", "statement"]


def bill(invoice: Invoice, *, language: str) -> bytes:
    """The invoice or credit note as a PDF."""
    with translation.override(language):
        credit = invoice.kind == Invoice.Kind.CREDIT_NOTE
        dates = [(_("Written"), str(invoice.issued_on))]
        if not credit:
            dates.append((_("Due"), str(invoice.due_on)))
        if invoice.corrects is not None:
            partly = any("credits" in line for line in invoice.lines)
            dates.append((_("Corrects") if partly else _("Takes back"), invoice.corrects.number))
        sums = _sums(invoice.net, invoice.tax)
        if invoice.voucher:
            sums += [(_("Paid by voucher"), yuan(-invoice.voucher)), (_("Left to pay"), yuan(invoice.payable))]
        facts = _facts(
            _("Credit note") if credit else _("Invoice"), invoice.number, dates, invoice.parties, language,
            synthetic=invoice.synthetic,
        ) | {"rows": _rows(invoice.lines, language), "sums": sums, "note": invoice.reason}  # fmt: skip
    return typeset("bill.typ", facts, language)


def offer(quote: Quote, *, language: str, split: Split | None = None) -> bytes:
    """The quote as a PDF, with what a voucher pays of it."""
    with translation.override(language):
        dates = [(_("Written"), f"{quote.made_at:%Y-%m-%d}"), (_("Stands until"), str(quote.valid_until))]
        both = {
            "seller": parties.seller(quote.seller),
            "buyer": parties.buyer(quote.organisation, None if quote.organisation else quote.person),
        }
        facts = _facts(_("Quote"), quote.number, dates, both, language, synthetic=quote.synthetic)
        sums = _sums(quote.net, quote.tax)
        if split is not None and split.pays:
            words = _("Paid by voucher") if split.held else _("The voucher would pay")
            sums += [(f"{words} {split.voucher.number}", yuan(-split.pays)), (_("Left to pay"), yuan(split.rest))]
        facts |= {"rows": _rows(quote.lines, language), "sums": sums, "note": quote.text}
    return typeset("bill.typ", facts, language)


def statement(budget: Budget, *, on: date, language: str) -> bytes:
    """Every movement of a budget as a PDF."""
    with translation.override(language):
        both = {"seller": parties.seller(budget.seller), "buyer": parties.buyer(budget.organisation, None)}
        facts = _facts(
            _("Statement of a budget"), budget.title, [(_("Day"), str(on))], both, language, synthetic=budget.synthetic
        )
        rows = [
            [f"{row.entry.on} {KINDS.get(row.entry.kind, row.entry.kind)} {row.entry.text}",
             yuan(row.left_change), yuan(row.held_change), yuan(row.left)]
            for row in budgets.statement(budget)
        ]  # fmt: skip
        facts |= {
            "rows": rows,
            "sums": [(pgettext("money", "Left"), yuan(budget.left)), (_("Set aside"), yuan(budget.held))],
            "note": "",
        }
        facts["head"] = [_("What"), _("Change"), _("Set aside"), pgettext("money", "Left")]
    return typeset("bill.typ", facts, language)


def _facts(
    title: str, number: str, dates: list[tuple[str, str]], both: dict[str, Any], language: str, *, synthetic: bool
) -> dict[str, Any]:
    return {
        "title": title, "number": number, "dates": dates,
        "seller": _party(both.get("seller", {}), language), "buyer": _party(both.get("buyer", {}), language),
        "tag": _("Synthetic example: describes nothing real") if synthetic else "",
        "head": [_("What"), pgettext("on a bill", "Quantity"), _("Unit price"), _("Amount")],
        "words": {"from": _("Seller"), "for": _("Buyer"), "page": _("Page")},
    }  # fmt: skip


def _party(said: dict[str, str], language: str) -> list[str]:
    keys = ("name", "unit", "tax_number", "address", "email", "bank", "account")
    found = dict.fromkeys(said[key] for key in keys if said.get(key))
    return [scripts.in_script(text, language) for text in found]


def _rows(lines: Sequence[dict[str, Any]], language: str) -> list[list[str]]:
    return [
        [scripts.in_script(line.words, language), f"{line.quantity:f} {line.unit}", yuan(line.price), yuan(line.amount)]
        for line in pricelines.shown(lines)
    ]


def _sums(net: Any, tax: Any) -> list[tuple[str, str]]:
    first = [(_("Without tax"), yuan(net)), (_("Tax"), yuan(tax))] if tax else []
    return [*first, (_("In all"), yuan(net + tax))]
