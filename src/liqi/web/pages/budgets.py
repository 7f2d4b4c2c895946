"""Budgets: what groups may spend, with every movement; money is added by who keeps the books."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from liqi.access.models import Budget
from liqi.access.money import amounts, books, budgets
from liqi.access.money.refusal import Unable
from liqi.accounts.models import Organisation, Person
from liqi.web import leaflet, tables
from liqi.web.asked import number, signed_in

COLUMNS = ("day", "what", "text", "left_change_cny", "set_aside_change_cny", "left_cny", "set_aside_cny")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def index(request: HttpRequest) -> HttpResponseBase:
    """The budgets of one's groups and those of institutions whose money one looks after; a POST begins one."""
    person = signed_in(request)
    sellers = books.kept_by(person)
    if request.method == "POST":
        return _begin(request, person)
    rows = Budget.objects.filter(Q(organisation__memberships__person=person) | Q(seller__in=sellers)).distinct()
    find = request.GET.get("find", "").strip()[:100]
    if find:
        rows = rows.filter(Q(title__icontains=find) | Q(organisation__name__icontains=find))
    rows = rows.select_related("organisation", "seller", "available", "reserved", "project")
    rows = rows.order_by("closed", "organisation__name", "pk")
    if request.GET.get("format") == "csv":
        lines = ((one.title, str(one.organisation), one.seller.name, one.left, one.held, one.closed) for one in rows)
        header = ("budget", "group", "institution", "left_cny", "set_aside_cny", "closed")
        return tables.as_csv("liqi-budgets", header, lines)
    facts = {
        "budgets": list(rows[:500]),
        "find": find,
        "sellers": list(sellers.order_by("name")[:200]),
        "crumbs": [(_("My bench"), reverse("bench")), (_("Budgets"), "")],
    }
    return render(request, "money/budgets.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def show(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One budget with what is left, what is set aside and every movement; a POST adds money or closes it."""
    person, budget = signed_in(request), _seen(request, pk)
    if request.method == "POST":
        return _change(request, person, budget)
    facts = {
        "budget": budget,
        "rows": list(reversed(budgets.statement(budget)))[:500],
        "may_bill": books.keeps(person, budget.seller),
        "example": budget.synthetic,
        "crumbs": [(_("Budgets"), reverse("budgets")), (budget.title, "")],
    }
    return render(request, "money/budget.html", facts)


@require_safe
@login_required
def file(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """The statement as CSV or PDF."""
    budget = _seen(request, pk)
    if kind == "csv":
        lines = (
            (
                row.entry.on,
                row.entry.kind,
                row.entry.text,
                row.left_change,
                row.held_change,
                row.left,
                row.held,
            )
            for row in budgets.statement(budget)
        )
        return tables.as_csv(f"budget-{pk}", COLUMNS, lines)
    if kind != "pdf":
        raise Http404
    made = leaflet.statement(budget, on=books.day_of(timezone.now()), language=translation.get_language() or "en")
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="budget-{pk}.pdf"'
    return answer


def _begin(request: HttpRequest, person: Person) -> HttpResponseBase:
    given = request.POST
    seller = get_object_or_404(books.kept_by(person), pk=number(given.get("seller", "")))
    try:
        group = Organisation.objects.filter(name=given.get("group", "").strip()).first()
        if group is None:
            raise Unable(_("Found no group of that name; write it as it stands on its page."))
        amount = amounts.read(given.get("amount") or "0")
        title = given.get("title", "")
        made = budgets.begin(
            seller=seller, organisation=group, title=title, person=person, now=timezone.now(), amount=amount
        )
        return redirect("budget", made.pk)
    except Unable as problem:
        messages.error(request, str(problem))
        return redirect("budgets")


def _change(request: HttpRequest, person: Person, budget: Budget) -> HttpResponseBase:
    given, now = request.POST, timezone.now()
    try:
        if given.get("do") == "add":
            amount = amounts.read(given.get("amount", ""), least=None)
            budgets.add(budget, amount, person=person, now=now, text=given.get("text", "").strip())
            messages.success(request, _("Added."))
        else:
            budgets.close(budget, person=person, now=now, back=budget.closed)
            messages.success(request, _("Open again.") if budget.closed else _("Closed."))
    except Unable as problem:
        messages.error(request, str(problem))
    return redirect("budget", budget.pk)


def _seen(request: HttpRequest, pk: int) -> Budget:
    rows = Budget.objects.select_related("organisation", "seller__organisation", "available", "reserved", "project")
    budget = get_object_or_404(rows, pk=pk)
    budgets.require_sight(budget, signed_in(request))
    return budget
