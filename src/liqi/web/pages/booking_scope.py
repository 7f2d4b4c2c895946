"""One booking or all it belongs to is moved, cancelled, taken back; a swap is proposed and answered."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from liqi.access import booking as bookings
from liqi.access import series, together
from liqi.access import swap as swapping
from liqi.access.models import Booking, Swap
from liqi.accounts.models import Person
from liqi.web import calendars, periods
from liqi.web.asked import signed_in

VERBS = ("move", "cancel", "restore")


@require_POST
@login_required
def change(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """This booking, this and those that follow, all of the series, or all made together; undo where it can be."""
    if verb not in VERBS:
        raise Http404
    booked, person, now = _booking(pk), signed_in(request), timezone.now()
    scope = request.POST.get("scope") or request.GET.get("scope") or "this"
    if scope not in (*series.SCOPES, "together"):
        raise Http404
    if verb == "move":
        return _move(request, booked, person, scope)
    if scope == "together":
        act: Any = together.cancel if verb == "cancel" else together.restore
        rows = act(booking=booked, person=person, now=now)
    elif scope == "this":
        act = bookings.cancel if verb == "cancel" else bookings.restore
        rows = [act(booking=booked, person=person, now=now)]
    else:
        act = series.cancel if verb == "cancel" else series.restore
        rows = act(booking=booked, scope=scope, person=person, now=now)
    if verb == "cancel":
        said = ngettext("%(count)d booking is cancelled.", "%(count)d bookings are cancelled.", len(rows))
        undo = f"{reverse('booking_scope', args=[pk, 'restore'])}?scope={scope}"
    else:
        said = ngettext("%(count)d booking is back.", "%(count)d bookings are back.", len(rows))
        undo = ""
    messages.success(request, said % {"count": len(rows)}, extra_tags=undo)
    return redirect("booking", pk=pk)


def _move(request: HttpRequest, booked: Booking, person: Person, scope: str) -> HttpResponse:
    values = {**request.GET.dict(), **request.POST.dict()}
    zone = values.get("zone") or calendars.shown_zone(values, person, booked.instrument)
    wish = periods.read({**values, "zone": zone}, booked.instrument)
    if not wish.starts_at or not wish.ends_at:
        messages.error(request, " ".join(wish.wrong.values()))
        return redirect("booking", pk=booked.pk)
    before = periods.fields_of(booked.starts_at, booked.ends_at, zone)
    minutes = values.get("tolerance", "")
    moved = series.move(
        booking=booked, scope="this" if scope == "together" else scope, person=person, starts_at=wish.starts_at,
        ends_at=wish.ends_at, now=timezone.now(), clash=values.get("clash") or "refuse",
        tolerance=timedelta(minutes=min(int(minutes), 4320) if minutes.isdecimal() else 120),
    )  # fmt: skip
    said = ngettext("%(count)d booking is moved.", "%(count)d bookings are moved.", len(moved))
    fields = periods.query({**before, "scope": "this" if scope == "this" else "all"})
    undo = f"{reverse('booking_scope', args=[booked.pk, 'move'])}?{fields}"
    messages.success(request, said % {"count": len(moved)}, extra_tags=undo)
    return redirect("booking", pk=booked.pk)


@require_POST
@login_required
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """The owner of another booking is asked to change places with this one; a steward's swap is done at once."""
    given, person, other = _booking(pk), signed_in(request), request.POST.get("wanted", "")
    wanted = get_object_or_404(_rows(), pk=other if other.isdecimal() else 0)
    if request.POST.get("at_once"):
        swapping.swap(one=given, other=wanted, person=person, now=timezone.now())
        messages.success(request, _("The two bookings have changed places."))
        return redirect("booking", pk=given.pk)
    words = request.POST.get("words", "")[:2000]
    swapping.propose(given=given, wanted=wanted, person=person, now=timezone.now(), words=words)
    messages.success(request, _("The swap is proposed; you are told when it is answered."))
    return redirect("booking", pk=given.pk)


@require_POST
@login_required
def answer(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """The proposal is accepted, declined or taken back."""
    verbs = {"accept": swapping.accept, "decline": swapping.decline, "withdraw": swapping.withdraw}
    if verb not in verbs:
        raise Http404
    rows = Swap.objects.select_related(
        "given__instrument__institution", "given__person", "given__order", "given__organisation",
        "wanted__instrument__institution", "wanted__person", "wanted__order", "wanted__organisation", "proposed_by",
    )  # fmt: skip
    proposal = get_object_or_404(rows, pk=pk)
    verbs[verb](proposal=proposal, person=signed_in(request), now=timezone.now())
    said = {
        "accept": _("The two bookings have changed places."),
        "decline": _("The proposal is declined."),
        "withdraw": _("The proposal is taken back."),
    }[verb]
    messages.success(request, said)
    return redirect("booking", pk=proposal.given_id if verb == "withdraw" else proposal.wanted_id)


def _rows() -> Any:
    return Booking.objects.select_related("instrument__institution", "person", "order", "organisation", "series")


def _booking(pk: int) -> Booking:
    found: Booking = get_object_or_404(_rows(), pk=pk)
    return found
