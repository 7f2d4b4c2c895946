"""What is done with an order of a service: its steps, quote, results, feedback, report; the list of one's orders."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liqi.access import orders
from liqi.access.commissions import feedback as feedbacks
from liqi.access.commissions import progress, queue, quoting, results, subsidy, terms
from liqi.access.commissions.results import Reading
from liqi.access.commissions.states import NotPossible
from liqi.access.models import Commission, Order, Quote
from liqi.access.money.refusal import Unable
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Organisation
from liqi.web import leaflet, tables
from liqi.web.asked import signed_in

PAGE = 50
SORTS = {"newest": "-created_at", "oldest": "created_at", "due": "commission__due_on"}
CSV = ("key", "title", "service", "state", "samples", "due_on", "created_at", "organisation", "synthetic")


@require_safe
@login_required
def index(request: HttpRequest) -> HttpResponseBase:
    """My orders and those of my organisations: by state, by words, as a file."""
    person = signed_in(request)
    rows = queue.mine(person)
    state, find = request.GET.get("state", ""), request.GET.get("find", "").strip()
    if state in Commission.State.values:
        rows = rows.filter(commission__state=state)
    elif state == "own use":
        rows = rows.filter(kind=Order.Kind.OWN_USE)
    if find:
        rows = rows.filter(title__icontains=find)
    sort = request.GET.get("sort", "")
    rows = rows.order_by(SORTS.get(sort, "-created_at"), "pk")
    if request.GET.get("format") == "csv":
        return tables.as_csv("orders", CSV, (_row(one) for one in rows[:5000]))
    today = progress.today(timezone.now())
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    facts = {
        "page": page,
        "rows": [queue.card(one, today) if hasattr(one, "commission") else None for one in page],
        "orders": list(page),
        "states": [*Commission.State.choices, ("own use", _("own use of an instrument"))],
        "sorts": [("newest", _("Newest first")), ("oldest", _("Oldest first")), ("due", _("By promised day"))],
        "state": state,
        "sort": sort,
        "find": find,
        "today": today,
        "example": any(one.synthetic for one in page),
        "crumbs": [(_("My bench"), reverse("bench")), (_("My orders"), "")],
    }
    return render(request, "orders/index.html", facts)


def _row(order: Any) -> tuple[Any, ...]:
    commission = getattr(order, "commission", None)
    return (
        order.key, order.title, order.service.name if order.service else "", commission.state if commission else "",
        order.sample_count, commission.due_on if commission else None, order.created_at.isoformat(),
        order.organisation.name if order.organisation else "", order.synthetic,
    )  # fmt: skip


@require_POST
@login_required
def step(request: HttpRequest, key: str, verb: str) -> HttpResponse:
    """The order makes a step of the table; a refusal is said on its page."""
    commission, person = _commission(request, key), signed_in(request)
    now, number = timezone.now(), request.POST.get("quote", "")
    try:
        if number:  # the one that was looked at, and no other that was made since
            seen = get_object_or_404(Quote, number=number, order=commission.order)
            quoting.answer(quote=seen, verb=verb, person=person, now=now)
            commission.refresh_from_db(fields=["state"])
            done = commission
        else:
            reason = request.POST.get("reason", "")
            done = progress.take(commission=commission, verb=verb, person=person, now=now, reason=reason)
    except (NotPossible, Unable) as problem:
        return _back(request, key, str(problem))
    text = _("Done: the order is “%(state)s” now.")
    messages.success(request, text % {"state": done.get_state_display()})
    return redirect("order", key=key)


@require_POST
@login_required
def quote(request: HttpRequest, key: str) -> HttpResponse:
    """The customer has a quote with the lines that were typed."""
    commission = _commission(request, key)
    names = ("text", "quantity", "price")
    lines = [
        dict(zip(names, line, strict=True))
        for line in zip(*(request.POST.getlist(name) for name in names), strict=False)
        if any(part.strip() for part in line[:1])
    ]
    try:
        quoting.offer(
            commission=commission, rows=lines, person=signed_in(request), now=timezone.now(),
            tax_percent=request.POST.get("tax_percent", "0"), valid_until=_day(request.POST.get("valid_until", "")),
            text=request.POST.get("note", ""),
        )  # fmt: skip
    except (NotPossible, Unable) as problem:
        return _back(request, key, str(problem))
    messages.success(request, _("The quote is with the customer."))
    return redirect("order", key=key)


@require_POST
@login_required
def voucher(request: HttpRequest, key: str) -> HttpResponse:
    """The customer names the voucher that pays a part, or none; why it cannot pay is said on its page."""
    commission = _commission(request, key)
    number = request.POST.get("voucher", "")
    try:
        done = subsidy.name(commission=commission, number=number, person=signed_in(request), now=timezone.now())
    except (NotPossible, Unable) as problem:
        return _back(request, key, str(problem))
    if done.voucher is None:
        messages.success(request, _("No voucher pays for this order."))
    else:
        messages.success(request, _("Voucher %(number)s pays a part of this order.") % {"number": done.voucher.number})
    return redirect("order", key=key)


@require_POST
@login_required
def write(request: HttpRequest, key: str) -> HttpResponse:
    """Results are written beside the samples, all lines or none; also what the report says on top."""
    commission, person = _commission(request, key), signed_in(request)
    names = ("sample", "quantity", "value", "uncertainty", "unit", "method")
    lines = zip(*(request.POST.getlist(name) for name in names), strict=False)
    readings = [Reading(*(part.strip() for part in line)) for line in lines if line[2].strip()]
    try:
        made = results.write(order=commission.order, readings=readings, person=person, now=timezone.now())
        results.conclude(
            order=commission.order, text=request.POST.get("conclusion", ""), person=person, now=timezone.now()
        )
    except (NotPossible, results.WrongResults) as problem:
        return _back(request, key, str(problem))
    messages.success(request, _("Written: %(n)d results.") % {"n": len(made)})
    return redirect("order", key=key)


@require_POST
@login_required
def feedback(request: HttpRequest, key: str) -> HttpResponse:
    """The customer's grade and words."""
    order, grade = _commission(request, key).order, request.POST.get("grade", "")
    try:
        feedbacks.give(
            order=order, grade=int(grade) if grade.isdecimal() else 0, person=signed_in(request), now=timezone.now(),
            text=request.POST.get("words", ""),
        )  # fmt: skip
    except (NotPossible, ValueError) as problem:
        return _back(request, key, str(problem))
    messages.success(request, _("Thank you; the facility reads it."))
    return redirect("order", key=key)


@require_safe
@login_required
def report(request: HttpRequest, key: str) -> HttpResponse:
    """The report of the order as a PDF: samples, custody, results with uncertainty and method; once it may be seen."""
    commission, person = _commission(request, key), signed_in(request)
    if not results.seen_by(commission.order, person):
        raise NotAllowed(_("The results are not released yet; the report comes with them."))
    language = translation.get_language() or "en"
    made = leaflet.report(
        commission, site=f"{request.scheme}://{request.get_host()}", language=language, now=timezone.now()
    )
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="liqi-{key}-report.pdf"'
    return answer


@require_POST
@login_required
def group(request: HttpRequest, pk: int) -> HttpResponse:
    """Whether only leads accept quotes for the organisation; sent again, it is undone."""
    organisation = get_object_or_404(Organisation, pk=pk)
    wanted = request.POST.get("lead_accepts") == "1"
    terms.set_group(organisation=organisation, lead_accepts=wanted, person=signed_in(request), now=timezone.now())
    messages.success(request, _("Saved."))
    return redirect("organisation", pk=pk)


def _commission(request: HttpRequest, key: str) -> Commission:
    rows = Commission.objects.select_related(
        "order__service__institution", "order__service__facility", "order__person", "order__organisation", "form"
    )
    commission = get_object_or_404(rows, order__key=key)
    orders.require_sight(commission.order, signed_in(request))
    return commission


def _back(request: HttpRequest, key: str, problem: str) -> HttpResponse:
    facts = {"title": _("This cannot be done as it is"), "text": problem, "back": reverse("order", args=[key])}
    return render(request, "errors/error.html", facts, status=422)


def _day(text: str) -> date | None:
    try:
        return parse_date(text.strip()) if text.strip() else None
    except ValueError:
        return None
