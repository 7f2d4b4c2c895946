"""The queue of requests that wait for a steward's yes: answered by keyboard, with words, and taken back by undo."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liqi.access import approval, rules
from liqi.access.models import Booking
from liqi.accounts.naming import called
from liqi.web import periods, tables
from liqi.web.asked import signed_in

PAGE = 30


@require_safe
@login_required
def queue(request: HttpRequest) -> HttpResponseBase:
    """The requests, those that expire first at the top; the one that is looked at has its answer beside it."""
    person = signed_in(request)
    rows = approval.waiting_for(person).select_related("instrument__facility", "person", "organisation", "order")
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(instrument__name__icontains=text) | rows.filter(person__name__icontains=text)
    if request.GET.get("format") == "csv":
        return tables.as_csv("requests", _COLUMNS, map(_row, rows[:5000]))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown = [(each, periods.in_words(each.starts_at, each.ends_at, person.time_zone)) for each in page]
    at = request.GET.get("at", "")
    place = next((number for number, (each, _when) in enumerate(shown) if str(each.pk) == at), 0)
    facts: dict[str, Any] = {
        "page": page,
        "rows": shown,
        "text": text,
        "chosen": shown[place][0] if shown else None,
        "before": shown[place - 1][0].pk if place else None,
        "after": shown[place + 1][0].pk if place + 1 < len(shown) else None,
        "now": timezone.now(),
        "zone": person.time_zone,
        "example": any(each.synthetic for each, _when in shown),
        "crumbs": [(_("Manager's desk"), reverse("desk")), (_("Requests"), "")],
    }
    return render(request, "desk/approvals.html", facts)


_COLUMNS = ("instrument", "person", "organisation", "start", "end", "expires", "order")


def _row(each: Booking) -> tuple[str, ...]:
    moments = (each.starts_at, each.ends_at, each.expires_at)
    said = [moment.isoformat() if moment else "" for moment in moments]
    return (each.instrument.name, str(each.person), str(each.organisation or ""), *said, each.order.key)


@require_POST
@login_required
def answer(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """The request is approved, refused, or waits again; the next one is shown."""
    person, now = signed_in(request), timezone.now()
    booked = get_object_or_404(
        Booking.objects.select_related("instrument__institution", "person", "order", "organisation"), pk=pk
    )
    words = request.POST.get("words", "")[:2000]
    if verb == "approve":
        codes = {code for rule in rules.RULES for code in rule.CODES} if request.POST.get("override") else ()
        approval.approve(booking=booked, person=person, now=now, words=words, waive=codes, reason=words)
        said = _("Approved: %(person)s, %(instrument)s.")
    elif verb == "refuse":
        approval.refuse(booking=booked, person=person, now=now, words=words)
        said = _("Refused: %(person)s, %(instrument)s.")
    elif verb == "undo":
        approval.undo(booking=booked, person=person, now=now)
        said = _("Waiting again: %(person)s, %(instrument)s.")
    else:
        raise Http404
    undo = reverse("approval_answer", args=[pk, "undo"]) if verb != "undo" else ""
    messages.success(
        request, said % {"person": booked.person, "instrument": called(booked.instrument)}, extra_tags=undo
    )
    after = request.POST.get("after", "")
    return redirect(f"{reverse('approvals')}?at={after if after.isdecimal() else pk}")
