"""Invoices: written from confirmed charges, their paper, payments matched to them, months closed."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from liqi.access.models import Charge, ClosedMonth, Invoice, Payment, PaymentMatch, Refund
from liqi.access.money import amounts, books, credit_notes, invoices, ledger, payments, refunds, ubl
from liqi.access.money.refusal import Unable
from liqi.accounts.models import Person
from liqi.catalogue.models import Institution
from liqi.web import leaflet, pricelines, tables
from liqi.web.asked import number, signed_in

PAGE = 50
COLUMNS = (
    "number",
    "kind",
    "buyer",
    "issued_on",
    "due_on",
    "net_cny",
    "tax_cny",
    "voucher_cny",
    "paid_cny",
    "credited_cny",
    "state",
    "synthetic",
)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def desk(request: HttpRequest) -> HttpResponseBase:
    """What is ready to be invoiced, what is to be matched, what was written; a POST does the next step."""
    person = signed_in(request)
    sellers = books.kept_by(person)
    if request.method == "POST":
        return _act(request, person, sellers)
    rows = Invoice.objects.filter(seller__in=sellers)
    if answer := _csv(request, rows):
        return answer
    paid = Payment.objects.filter(seller__in=sellers, matched__lt=F("amount") - F("refunded")).select_related("seller")
    waiting = list(paid.order_by("received_on", "pk")[:PAGE])
    among = {one: payments.open_invoices(one) for one in {each.seller for each in waiting}}
    with_charges = Institution.objects.filter(charges__state=Charge.State.CONFIRMED, pk__in=sellers).distinct()
    facts = _list_facts(request, rows) | {
        "ready": [
            {
                "seller": seller,
                "buyer": books.named(organisation, buyer),
                "charges": own,
                "net": sum(c.net for c in own),
            }
            for seller in with_charges
            for organisation, buyer, own in invoices.ready(seller)
        ],
        "payments": [(each, payments.proposals(each, among=among[each.seller])) for each in waiting],
        "refunds": Refund.objects.filter(payment__seller__in=sellers)
        .select_related("payment__seller")
        .order_by("-paid_on", "-pk")[:12],
        "sellers": list(sellers.order_by("name")[:200]),
        "closed": ClosedMonth.objects.filter(seller__in=sellers)
        .select_related("seller", "person")
        .order_by("-first_on")[:12],
        "crumbs": [(_("Manager's desk"), reverse("desk")), (_("Invoices"), "")],
    }
    return render(request, "money/invoices.html", facts)


@require_safe
@login_required
def mine(request: HttpRequest) -> HttpResponseBase:
    """The invoices of the person and of the organisations they act for."""
    person = signed_in(request)
    rows = Invoice.objects.filter(
        Q(organisation__memberships__person=person) | Q(organisation=None, person=person)
    ).distinct()
    if answer := _csv(request, rows):
        return answer
    facts = _list_facts(request, rows) | {"crumbs": [(_("My bench"), reverse("bench")), (_("My invoices"), "")]}
    return render(request, "money/my_invoices.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def show(request: HttpRequest, number: str) -> HttpResponseBase:
    """One invoice with its lines, payments, credit notes and files.

    A POST takes a payment off, credits some lines, or takes the whole invoice back.
    """
    person, invoice = signed_in(request), _seen(request, number)
    may_bill = books.keeps(person, invoice.seller)
    if request.method == "POST":
        return _change(request, person, invoice)
    facts = {
        "invoice": invoice,
        "today": books.day_of(timezone.now()),
        "notes": list(invoice.credit_notes.order_by("pk")),
        "parts": _parts(request, invoice) if may_bill else [],
        "matches": list(invoice.matches.select_related("payment")),
        "uses": list(invoice.voucher_uses.select_related("voucher")),
        "may_bill": may_bill,
        "lacking": ubl.lacking(invoice),
        "example": invoice.synthetic,
        "crumbs": [(_("Invoices"), reverse("invoices")), (invoice.number, "")],
    }
    return render(request, "money/invoice.html", facts)


@require_safe
@login_required
def file(request: HttpRequest, number: str, kind: str) -> HttpResponseBase:
    """The invoice as PDF in the language of the page, as CSV of its lines, or as UBL 2.1 XML."""
    invoice = _seen(request, number)
    if kind == "csv":
        header = ("line", "what", "quantity", "unit", "price_cny", "amount_cny", "tax_percent")
        lines = zip(invoice.lines, pricelines.shown(invoice.lines), strict=True)
        rows = (
            (at, line.words, line.quantity, raw.get("unit", ""), line.price, line.amount, raw.get("tax_percent", ""))
            for at, (raw, line) in enumerate(lines, start=1)
        )
        return tables.as_csv(invoice.number, header, rows)
    made = {"pdf": ("application/pdf", _pdf), "xml": ("application/xml", ubl.document)}.get(kind)
    if made is None:
        raise Http404
    answer = HttpResponse(made[1](invoice), content_type=made[0])
    answer["Content-Disposition"] = f'attachment; filename="{invoice.number}.{kind}"'
    return answer


def _pdf(invoice: Invoice) -> bytes:
    return leaflet.bill(invoice, language=translation.get_language() or "en")


def _act(request: HttpRequest, person: Person, sellers: QuerySet[Institution]) -> HttpResponseBase:
    given, now, do = request.POST, timezone.now(), request.POST.get("do", "match")
    try:
        if do == "write":
            chosen = Charge.objects.filter(pk__in=[key for key in given.getlist("charge") if key.isdecimal()])
            made = invoices.write(chosen, person=person, now=now)
            messages.success(request, _("Written: %(number)s") % {"number": made.number})
            return redirect("invoice", made.number)
        if do == "match":
            payment = get_object_or_404(Payment, pk=number(given.get("payment", "")))
            invoice = Invoice.objects.filter(number=given.get("invoice", "").strip(), seller__in=sellers).first()
            if invoice is None:
                raise Unable(_("Found no invoice of that number; give it as it stands on the paper."))
            payments.match(payment, invoice, person=person, now=now)
            messages.success(request, _("Matched to %(number)s.") % {"number": invoice.number})
            return redirect(request.get_full_path())
        seller = get_object_or_404(sellers, pk=number(given.get("seller", "")))
        messages.success(request, _brought(request, do, seller, person))
    except Unable as problem:
        messages.error(request, str(problem))
    return redirect(request.get_full_path())


def _brought(request: HttpRequest, do: str, seller: Institution, person: Person) -> str:
    given, now = request.POST, timezone.now()
    if do == "bank":
        sent = request.FILES.get("file")
        if sent is None or sent.size is None or sent.size > 5_000_000:
            raise Unable(_("Found no file, or one above 5 MB; choose the bank's list as CSV."))
        made, known = payments.bring_in(seller, sent.read(), person=person, now=now)
        return _("%(new)s payments brought in; %(known)s were there.") % {"new": len(made), "known": known}
    if do == "refund":
        payment = get_object_or_404(Payment, pk=number(given.get("payment", "")), seller=seller)
        back = refunds.give(
            payment, paid_on=_day(given.get("on", "")), amount=amounts.read(given.get("amount", "")), person=person,
            now=now, reference=given.get("reference", ""),
        )  # fmt: skip
        return _("¥ %(amount)s went back to %(payer)s.") % {"amount": back.amount, "payer": payment.payer or "–"}
    if do == "unrefund":
        refund = get_object_or_404(Refund, pk=number(given.get("refund", "")), payment__seller=seller)
        refunds.undo(refund, person=person, now=now)
        return _("The payment is open again.")
    if do == "record":
        payments.record(
            seller=seller,
            received_on=_day(given.get("on", "")),
            amount=amounts.read(given.get("amount", "")),
            person=person,
            now=now,
            payer=given.get("payer", "").strip(),
            reference=given.get("reference", "").strip(),
        )
        return _("Recorded.")
    month = given.get("month", "")
    if do != "close" or not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month) or month != given.get("again", "").strip():
        raise Unable(_("Found two different months; type the month that you chose, such as 2026-10."))
    ledger.close_month(seller, first_on=date.fromisoformat(f"{month}-01"), person=person, now=now)
    return _("%(month)s is closed.") % {"month": month}


def _change(request: HttpRequest, person: Person, invoice: Invoice) -> HttpResponseBase:
    now = timezone.now()
    try:
        if unmatched := request.POST.get("unmatch"):
            made = get_object_or_404(PaymentMatch, pk=number(unmatched), invoice=invoice)
            payments.unmatch(made, person=person, now=now)
            messages.success(request, _("The payment is free again."))
            return redirect("invoice", invoice.number)
        reason = request.POST.get("reason", "")
        if request.POST.get("do") == "credit":
            note = credit_notes.write(invoice, _wanted(request, invoice), reason=reason, person=person, now=now)
        else:
            note = invoices.take_back(invoice, reason=reason, person=person, now=now)
        messages.success(request, _("Written: %(number)s") % {"number": note.number})
        return redirect("invoice", note.number)
    except Unable as problem:
        messages.error(request, str(problem))
        return redirect("invoice", invoice.number)


def _parts(request: HttpRequest, invoice: Invoice) -> list[tuple[int, pricelines.Shown, Decimal]]:
    """The lines of which something can still be credited: the number, the words, how much, tax excluded."""
    lines = zip(pricelines.shown(invoice.lines), credit_notes.left(invoice), strict=True)
    return [(number, line, rest) for number, (line, rest) in enumerate(lines, start=1) if rest > 0]


def _wanted(request: HttpRequest, invoice: Invoice) -> dict[int, Decimal | None]:
    """What was typed beside the lines that are to be credited."""
    typed = {line: request.POST.get(f"line{line}", "").strip() for line in range(1, len(invoice.lines) + 1)}
    return {line: amounts.read(text) for line, text in typed.items() if text}


def _list_facts(request: HttpRequest, rows: QuerySet[Invoice]) -> dict[str, Any]:
    found, state, find = _narrowed(request, rows)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return {"page": page, "state": state, "find": find, "today": books.day_of(timezone.now())}


def _narrowed(request: HttpRequest, rows: QuerySet[Invoice]) -> tuple[QuerySet[Invoice], str, str]:
    state, find = request.GET.get("state", ""), request.GET.get("find", "").strip()[:100]
    if state == "overdue":
        rows = rows.filter(state=Invoice.State.OPEN, due_on__lt=books.day_of(timezone.now()))
    elif state in Invoice.State.values:
        rows = rows.filter(state=state)
    if find:
        rows = rows.filter(
            Q(number__icontains=find) | Q(organisation__name__icontains=find) | Q(person__name__icontains=find)
        )
    return rows.order_by("-issued_on", "-pk"), state, find


def _csv(request: HttpRequest, rows: QuerySet[Invoice]) -> HttpResponseBase | None:
    if request.GET.get("format") != "csv":
        return None
    found = _narrowed(request, rows)[0]
    lines = (
        (
            one.number,
            one.kind,
            one.parties.get("buyer", {}).get("name", ""),
            one.issued_on,
            one.due_on,
            one.net,
            one.tax,
            one.voucher,
            one.paid,
            one.credited,
            one.state,
            one.synthetic,
        )
        for one in found.iterator(chunk_size=1000)
    )
    return tables.as_csv("liqi-invoices", COLUMNS, lines)


def _seen(request: HttpRequest, number: str) -> Invoice:
    rows = Invoice.objects.select_related("seller", "organisation", "person", "corrects")
    invoice = get_object_or_404(rows, number=number)
    invoices.require_sight(invoice, signed_in(request))
    return invoice


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unable(_("Found a day that cannot be read, expected one such as 2026-12-01.")) from None
