"""Money to confirm: the queue of charges, confirmed, corrected, waived and undone with the keyboard."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from liqi.access.models import Charge
from liqi.access.money import amounts, books, budgets, charges, quotes
from liqi.access.money.refusal import Unable
from liqi.accounts.models import Person
from liqi.web import pricelines, tables
from liqi.web.asked import number, signed_in
from liqi.web.templatetags.money import STATES

PAGE = 50
SORTS = {
    "used_on": gettext_lazy("Oldest first"),
    "-used_on": gettext_lazy("Newest first"),
    "-net": gettext_lazy("Dearest first"),
}
COLUMNS = ("cause", "kind", "title", "payer", "used_on", "net_cny", "tax_cny", "state", "invoice", "synthetic")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def queue(request: HttpRequest) -> HttpResponseBase:
    """The charges that wait, the first with its lines; a POST confirms, corrects, waives or undoes."""
    person = signed_in(request)
    if request.method == "POST":
        return _act(request, person)
    rows, state, find, sort = _found(request, person)
    if request.GET.get("format") == "csv":
        return tables.as_csv("liqi-charges", COLUMNS, (_row(charge) for charge in rows.iterator(chunk_size=1000)))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    first = _first(request, rows, state, list(page))
    sums = rows.aggregate(net=Sum("net"), tax=Sum("tax"))
    facts: dict[str, Any] = {
        "page": page,
        "state": state,
        "find": find,
        "sort": sort,
        "sorts": SORTS.items(),
        "first": first,
        "sum": (sums["net"] or 0) + (sums["tax"] or 0),
        "states": [(code, STATES[code][0]) for code in Charge.State.values],
        "edit": pricelines.shown(first.lines) if first else [],
        "budget": budgets.of(first.organisation, first.seller) if first and not first.budget else None,
        "example": bool(first and first.synthetic),
        "crumbs": [(_("Manager's desk"), reverse("desk")), (_("Money to confirm"), "")],
    }
    return render(request, "money/queue.html", facts)


@require_POST
@login_required
def undo(request: HttpRequest) -> HttpResponseBase:
    """What was confirmed or waived waits again."""
    chosen = Charge.objects.filter(pk__in=_numbers(request.GET.getlist("charge")))
    charges.undo(chosen, person=signed_in(request), now=timezone.now())
    messages.success(request, _("Taken back; it waits again."))
    return redirect("charges")


def _act(request: HttpRequest, person: Person) -> HttpResponseBase:
    given, now = request.POST, timezone.now()
    back = request.get_full_path().replace("at=", "was=")
    if undone := given.get("undo"):
        charges.undo([get_object_or_404(Charge, pk=number(undone))], person=person, now=now)
        messages.success(request, _("Taken back; it waits again."))
        return redirect(back)
    do = given.get("do", "")
    if do == "all":
        rows, state, _find, _sort = _found(request, person)
        page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
        chosen = list(page) if state == Charge.State.PROPOSED else []
    else:
        chosen = list(Charge.objects.filter(pk__in=_numbers(given.getlist("charge"))))
    if not chosen:
        messages.error(request, _("Found no charge chosen; tick at least one."))
        return redirect(back)
    try:
        said = _done(do, chosen, request, person)
    except Unable as problem:
        messages.error(request, str(problem))
        return redirect(back)
    undo_address = f"{reverse('charges_undo')}?{'&'.join(f'charge={each.pk}' for each in chosen)}"
    messages.success(request, said, extra_tags=undo_address if do in ("confirm", "all", "waive") else "")
    return redirect(back)


def _done(do: str, chosen: list[Charge], request: HttpRequest, person: Person) -> str:
    given, now, first = request.POST, timezone.now(), chosen[0]
    reason = given.get("reason", "")
    if do in ("confirm", "all"):
        charges.confirm(chosen, person=person, now=now)
        return _("Confirmed: %(count)s") % {"count": len(chosen)}
    if do == "waive":
        charges.waive(chosen, reason=reason, person=person, now=now)
        return _("Waived: %(title)s") % {"title": first.title}
    if do == "correct":
        typed = zip(given.getlist("text"), given.getlist("quantity"), given.getlist("price"), strict=False)
        rows = [
            {"text": text, "quantity": _quantity(quantity), "price": amounts.read(price)}
            for text, quantity, price in typed
            if text.strip() and quantity.strip()
        ]
        charges.correct(first, lines=quotes.lines_of(rows), reason=reason, person=person, now=now)
        return _("Corrected: %(title)s") % {"title": first.title}
    budget = budgets.of(first.organisation, first.seller) if do == "budget" else None
    if do not in ("budget", "invoice"):
        raise Unable(_("Found no such step; use the buttons of the page."))
    charges.pay_by(first, budget, person=person, now=now)
    return _("Paid from %(budget)s.") % {"budget": budget} if budget else _("It will stand on an invoice.")


def _quantity(text: str) -> Decimal:
    value = amounts.number(text)
    if value.is_finite() and 0 < value < 10**7:
        return value
    raise Unable(_("Found quantity “%(found)s”; expected a number above 0.") % {"found": text[:40]})


def _found(request: HttpRequest, person: Person) -> tuple[QuerySet[Charge], str, str, str]:
    asked = request.GET
    state = asked.get("state", "")
    state = state if state in Charge.State.values else str(Charge.State.PROPOSED)
    find, sort = asked.get("find", "").strip()[:100], asked.get("sort", "")
    sort = sort if sort in SORTS else "used_on"
    rows = Charge.objects.filter(seller__in=books.kept_by(person), state=state)
    if find:
        rows = rows.filter(
            Q(title__icontains=find) | Q(organisation__name__icontains=find) | Q(person__name__icontains=find)
        )
    rows = rows.select_related(
        "organisation", "person", "budget__available", "budget__reserved", "invoice", "seller", "order"
    )
    return rows.order_by(F("net").desc() if sort == "-net" else sort, "pk"), state, find, sort


def _first(request: HttpRequest, rows: QuerySet[Charge], state: str, page: list[Charge]) -> Charge | None:
    """The charge that is looked at: the one of the address, else the first that waits."""
    at = number(request.GET.get("at", ""))
    if at and (found := rows.filter(pk=at).first()):
        return found
    return page[0] if page and state == Charge.State.PROPOSED else None


def _row(charge: Charge) -> tuple[Any, ...]:
    payer = books.named(charge.organisation, charge.person)
    number = charge.invoice.number if charge.invoice else ""
    return (
        charge.cause,
        charge.kind,
        charge.title,
        payer,
        charge.used_on,
        charge.net,
        charge.tax,
        charge.state,
        number,
        charge.synthetic,
    )


def _numbers(given: list[str]) -> list[int]:
    return [found for each in given if (found := number(each))]
