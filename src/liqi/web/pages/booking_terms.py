"""Booking terms of an instrument: positions, buffers, set-up families and the time between them, approval."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liqi.access import belonging, terms
from liqi.access.models import BookingTerms
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.catalogue.models import Instrument
from liqi.web.scripts import name_of

NUMBERS = ("positions", "before_minutes", "after_minutes", "approval_hours")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """The form of the terms, the instrument's own or for all of its facility; posting it sets them."""
    assert isinstance(request.user, Person)
    instrument = get_object_or_404(Instrument.objects.select_related("facility", "institution"), key=key)
    if not belonging.looks_after(request.user, instrument):
        words = _("Only a steward of %(thing)s may set its booking terms; ask one.")
        raise NotAllowed(words % {"thing": called(instrument)})
    row = terms.stored(instrument) or (terms.stored(instrument.facility) if instrument.facility else None)
    typed: dict[str, Any] = {name: getattr(row or BookingTerms(), name) for name in terms.FIELDS}
    wrong: dict[str, str] = {}
    if request.method == "POST":
        typed = _typed(request)
        for_all = bool(request.POST.get("facility")) and instrument.facility is not None
        try:
            thing = instrument.facility if for_all and instrument.facility is not None else instrument
            terms.change(thing, person=request.user, now=timezone.now(), **typed)
            messages.success(request, _("The terms hold for every booking from now on; those made before keep theirs."))
            return redirect("booking_terms", key=key)
        except terms.BadTerms as problem:
            wrong = problem.wrong
    families = typed["families"] if isinstance(typed["families"], list) else []
    setup = typed["setup_minutes"] if isinstance(typed["setup_minutes"], dict) else {}
    facts = {
        "instrument": instrument,
        "typed": typed,
        "wrong": wrong,
        "own": terms.stored(instrument) is not None,
        "families": "\n".join(str(each) for each in families),
        "grid": [
            (
                first,
                [(then, f"setup:{at}:{to}", setup.get(first, {}).get(then, "")) for to, then in enumerate(families)],
            )
            for at, first in enumerate(families)
        ],
        "names": families,
        "said": terms.of(instrument).in_words(),
        "example": instrument.synthetic,
        "crumbs": [
            (name_of(instrument, get_language()), f"/instruments/{instrument.key}/"),
            (_("Calendar"), reverse("instrument_calendar", args=[instrument.key])),
            (_("Booking terms"), ""),
        ],
    }
    return render(request, "booking/terms.html", facts, status=422 if wrong else 200)


def _typed(request: HttpRequest) -> dict[str, Any]:
    values = request.POST
    families = list(dict.fromkeys(line.strip() for line in values.get("families", "").splitlines() if line.strip()))
    before = values.getlist("names")
    setup: dict[str, dict[str, Any]] = {}
    for at, first in enumerate(before):
        for to, then in enumerate(before):
            text = values.get(f"setup:{at}:{to}", "").strip()
            if text and first in families and then in families:
                setup.setdefault(first, {})[then] = _number(text)
    found: dict[str, Any] = {name: _number(values.get(name, "")) for name in NUMBERS}
    return found | {"families": families, "setup_minutes": setup, "approval": values.get("approval", "never")}


def _number(text: str) -> Any:
    """The whole number that was typed, else the text, which the terms refuse with a word."""
    return int(text) if text.strip().isdecimal() and len(text) < 9 else text
