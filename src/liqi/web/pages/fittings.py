"""Fittings: what is on the instrument now, what was on it when, and what my bookings need."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liqi.access import belonging
from liqi.access.care import fittings
from liqi.access.care.refusal import NotAllowed, NotPossible
from liqi.access.models import Booking, FittedState, Fitting
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument
from liqi.web import asked
from liqi.web.scripts import name_of

MOST_LINES, MOST_BOOKINGS = 100, 20


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def show(request: HttpRequest, key: str) -> HttpResponse:
    """What is fitted now, the dated history, and the needs of bookings to come."""
    shown = get_object_or_404(Instrument.objects.select_related("facility", "institution"), key=key)
    person, now, wrong = asked.signed_in(request), timezone.now(), ""
    if request.method == "POST":
        try:
            messages.success(request, _act(request, shown, person, now))
        except (NotPossible, NotAllowed) as problem:
            wrong = str(problem)
        else:
            return redirect("instrument_fittings", key=key)
    care = belonging.looks_after(person, shown)
    known = fittings.of(shown, now=now)
    in_session = shown.sessions.filter(person=person, ended_at=None).exists()
    facts = {
        "instrument": shown,
        "care": care,
        "may_fit": care or in_session,
        "known": known,
        "history": _history(shown),
        "coming": _coming(shown, person, care, known, now) if known else [],
        "typed": request.POST.dict(),
        "wrong": wrong,
        "example": shown.synthetic,
        "crumbs": [
            (name_of(shown, translation.get_language()), reverse("instrument", args=[key])), (_("What is fitted"), ""),
        ],
    }  # fmt: skip
    return render(request, "fittings/show.html", facts, status=422 if wrong else 200)


def _history(shown: Instrument) -> Any:
    return FittedState.objects.filter(fitting__instrument=shown).select_related("fitting", "person")[:MOST_LINES]


def _coming(
    shown: Instrument, person: Person, care: bool, known: list[fittings.Now], now: datetime
) -> list[tuple[Booking, list[tuple[Fitting, str]]]]:
    """My next bookings here, for a steward everybody's, each with what it needs of every fitting."""
    rows: Any = Booking.objects.live().filter(instrument=shown).ahead(now)
    rows = rows if care else rows.filter(person=person)
    rows = rows.select_related("person").prefetch_related("fitting_needs").order_by("starts_at")[:MOST_BOOKINGS]
    found = []
    for booked in rows:
        needs = {one.fitting_id: one.value for one in booked.fitting_needs.all()}
        found.append((booked, [(one.fitting, needs.get(one.fitting.pk, "")) for one in known]))
    return found


def _act(request: HttpRequest, shown: Instrument, person: Person, now: datetime) -> str:
    given, do = request.POST, request.POST.get("do", "")
    if do == "add":
        fittings.add(
            instrument=shown, person=person, name=given.get("name", ""), now=now,
            choices=given.get("choices", "").splitlines(),
        )  # fmt: skip
        return _("Say now what is fitted.")
    rows = Fitting.objects.select_related("instrument").filter(instrument=shown)
    fitting = get_object_or_404(rows, pk=asked.number(given.get("fitting", "")))
    if do == "fit":
        value, words = given.get("value", ""), given.get("words", "")
        fittings.fit(fitting=fitting, person=person, value=value, words=words, now=now)
        return _("%(name)s: %(value)s is fitted from now on.") % {"name": fitting.name, "value": value}
    if do == "end":
        fittings.end(fitting=fitting, person=person, now=now)
        return _("It is kept no longer; its history stays.")
    if do == "need":
        booked = get_object_or_404(
            Booking.objects.live().select_related("instrument"), pk=asked.number(given.get("booking", ""))
        )
        fittings.need(booking=booked, fitting=fitting, person=person, value=given.get("value", ""), now=now)
        return _("It is on record; the stewards are reminded a day ahead.")
    raise NotPossible(_("This is not one of the things that can be done here."))
