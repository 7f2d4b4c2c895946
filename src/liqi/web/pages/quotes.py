"""Quotes: mine and those I made; one with its lines, to be accepted or declined."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from liqi.access.commissions import quoting, subsidy
from liqi.access.commissions.states import NotPossible
from liqi.access.models import Quote
from liqi.access.money import books, quotes
from liqi.access.money.refusal import Unable
from liqi.accounts.membership import NotAllowed
from liqi.web import leaflet, tables
from liqi.web.asked import signed_in

PAGE = 50
COLUMNS = ("number", "title", "buyer", "made_at", "valid_until", "net_cny", "tax_cny", "state")


@require_safe
@login_required
def index(request: HttpRequest) -> HttpResponseBase:
    """The quotes made for the person and their organisations, and those of institutions whose money they look after."""
    person = signed_in(request)
    mine = Q(organisation__memberships__person=person) | Q(person=person)
    state = request.GET.get("state", "")
    rows = Quote.objects.filter(mine | Q(seller__in=books.kept_by(person))).distinct()
    if state in Quote.State.values:
        rows = rows.filter(state=state)
    rows = rows.select_related("organisation", "person", "seller").order_by("-made_at", "-pk")
    if request.GET.get("format") == "csv":
        lines = (
            (
                one.number,
                one.title,
                books.named(one.organisation, one.person),
                one.made_at,
                one.valid_until,
                one.net,
                one.tax,
                one.state,
            )
            for one in rows
        )
        return tables.as_csv("liqi-quotes", COLUMNS, lines)
    facts = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "state": state,
        "states": Quote.State.values,
        "crumbs": [(_("My bench"), reverse("bench")), (_("Quotes"), "")],
    }
    return render(request, "money/quotes.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def show(request: HttpRequest, number: str) -> HttpResponseBase:
    """One quote; a POST accepts, declines or withdraws it."""
    person, quote = signed_in(request), _seen(request, number)
    if request.method == "POST":
        try:
            quoting.answer(quote=quote, verb=request.POST.get("do", ""), person=person, now=timezone.now())
            messages.success(request, _("Done."))
        except (Unable, NotPossible) as problem:
            messages.error(request, str(problem))
        return redirect("quote", quote.number)
    buyer = quote.person_id == person.pk or (
        quote.organisation is not None and person.memberships.filter(organisation=quote.organisation).exists()
    )
    facts = {
        "quote": quote,
        "buyer": buyer,
        "may_bill": books.keeps(person, quote.seller),
        "split": _split(quote),
        "example": quote.synthetic,
        "over": quote.valid_until < books.day_of(timezone.now()),
        "crumbs": [(_("Quotes"), reverse("quotes")), (quote.number, "")],
    }
    return render(request, "money/quote.html", facts)


@require_safe
@login_required
def pdf(request: HttpRequest, number: str) -> HttpResponse:
    """The quote on paper."""
    quote = _seen(request, number)
    made = leaflet.offer(quote, language=translation.get_language() or "en", split=_split(quote))
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{quote.number}.pdf"'
    return answer


def _split(quote: Quote) -> subsidy.Split | None:
    """Who pays how much of a quote that stands."""
    if quote.order is None or quote.state not in (Quote.State.OFFERED, Quote.State.ACCEPTED):
        return None
    return subsidy.split(quote.order, quote.gross, on=books.day_of(timezone.now()))


def _seen(request: HttpRequest, number: str) -> Quote:
    rows = Quote.objects.select_related(
        "seller__organisation",
        "organisation",
        "person",
        "order__service__institution",
        "order__organisation",
        "made_by",
    )
    quote = get_object_or_404(rows, number=number)
    if not quotes.may_see(quote, signed_in(request)):
        raise NotAllowed(
            _("This quote is for %(buyer)s; ask them.") % {"buyer": books.named(quote.organisation, quote.person)}
        )
    return quote
