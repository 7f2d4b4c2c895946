"""How an instrument is metered: its terms, its meters, its kiosks; for its stewards. And everybody's PIN and badge."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from liqi.access.metering import kiosk, meters, terms
from liqi.access.metering.terms import NotPossible
from liqi.access.models import Kiosk, KioskPass, Meter, MeteredStretch
from liqi.catalogue.models import Instrument
from liqi.web import landing, scripts
from liqi.web.asked import in_my_care, signed_in

TERMS = (
    ("startup", gettext_lazy("Start-up that counts"), gettext_lazy("At most, before the first measuring.")),
    ("post", gettext_lazy("Post-processing that counts"), gettext_lazy("At most, after the last measuring.")),
    (
        "idle_after",
        gettext_lazy("A pause is idle running from"),
        gettext_lazy("Shorter pauses belong to the measuring."),
    ),
    (
        "forgotten_after",
        gettext_lazy("A session is forgotten after"),
        gettext_lazy("So long after its booking it is ended by rule, where the meter last saw it work."),
    ),
)
NUMBERS = ("on_from", "on_below", "working_from", "working_below")
NEW = {
    "name": "", "quantity": "power", "on_from": "10", "on_below": "8", "working_from": "200", "working_below": "160",
    "silence": "15", "topic": "", "field": "", "time_field": "",
}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def show(request: HttpRequest, key: str) -> HttpResponse:
    """The forms with what stands; one of them is sent at a time."""
    instrument = in_my_care(request, key)
    typed, wrong = dict(NEW), {}
    if request.method == "POST":
        acts = {"terms": _terms, "meter": _meter, "kiosk": _kiosk}
        act = acts.get(request.POST.get("form", ""))
        try:
            if act is None:
                raise NotPossible(_("Found an unknown form; open the page again."))
            return act(request, instrument)
        except NotPossible as problem:
            wrong[request.POST.get("form", "")] = str(problem)
            typed |= {name: request.POST.get(name, "") for name in typed}
    return _page(request, instrument, typed, wrong)


@require_POST
@login_required
def remove_meter(request: HttpRequest, pk: int) -> HttpResponse:
    """The meter takes nothing more; its stretches stay."""
    meter = get_object_or_404(Meter.objects.select_related("instrument__facility"), pk=pk)
    meters.remove(meter=meter, person=signed_in(request), now=timezone.now())
    messages.success(request, _("%(meter)s takes no more readings; what it said stays.") % {"meter": meter.name})
    return redirect("instrument_metering", meter.instrument.key)


@require_POST
@login_required
def revoke_kiosk(request: HttpRequest, pk: int) -> HttpResponse:
    """The tablet opens nothing any more."""
    found = get_object_or_404(Kiosk.objects.select_related("instrument__facility"), pk=pk)
    kiosk.revoke(kiosk=found, person=signed_in(request), now=timezone.now())
    messages.success(request, _("%(kiosk)s opens nothing any more.") % {"kiosk": found.name})
    return redirect("instrument_metering", found.instrument.key)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def my_pass(request: HttpRequest) -> HttpResponse:
    """One's PIN and badge for the tablets beside instruments."""
    person, wrong = signed_in(request), ""
    if request.method == "POST":
        given = {name: request.POST[name].strip() for name in ("pin", "badge") if request.POST.get(name, "").strip()}
        given |= {name: "" for name in ("pin", "badge") if request.POST.get("clear") == name}
        try:
            if not given:
                raise NotPossible(_("Found nothing to keep; type a PIN, or hold the badge to the reader."))
            kiosk.set_pass(person=person, now=timezone.now(), **given)
        except NotPossible as problem:
            wrong = str(problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("kiosk_pass")
    facts = {
        "known": KioskPass.objects.filter(person=person).first(),
        "wrong": wrong,
        "crumbs": [(_("Profile"), reverse("profile")), (_("PIN and badge"), "")],
    }
    return render(request, "kiosk/pass.html", facts, status=422 if wrong else 200)


def _page(request: HttpRequest, instrument: Instrument, typed: dict[str, str], wrong: dict[str, str]) -> HttpResponse:
    its = terms.of(instrument)
    rows = list(Meter.objects.filter(instrument=instrument, active=True).order_by("name"))
    levels: dict[int, str] = {}
    for stretch in MeteredStretch.objects.filter(
        meter__in=rows, ends_at__gte=timezone.now() - timedelta(days=2)
    ).order_by("ends_at"):
        levels[stretch.meter_id] = stretch.get_level_display()
    facts: dict[str, Any] = {
        "instrument": instrument,
        "terms": [(name, label, hint, getattr(its, name) // timedelta(minutes=1)) for name, label, hint in TERMS],
        "walk_up": its.walk_up,
        "meters": [(meter, levels.get(meter.pk, "")) for meter in rows],
        "quantities": Meter.Quantity.choices,
        "kiosks": Kiosk.objects.filter(instrument=instrument, revoked_at=None).order_by("name"),
        "token": request.session.pop("kiosk_address", ""),
        "typed": typed,
        "wrong": wrong,
        "example": instrument.synthetic,
        "crumbs": [
            (scripts.name_of(instrument, translation.get_language()), reverse("instrument", args=[instrument.key])),
            (_("Metering"), ""),
        ],
    }
    return render(request, "hours/metering.html", facts, status=422 if wrong else 200)


def _terms(request: HttpRequest, instrument: Instrument) -> HttpResponse:
    minutes = {name: int(_number(request, name)) for name in terms.FIELDS}
    walk_up = request.POST.get("walk_up") == "1"
    terms.change(instrument=instrument, person=signed_in(request), now=timezone.now(), walk_up=walk_up, minutes=minutes)
    messages.success(request, _("Saved."))
    return redirect("instrument_metering", instrument.key)


def _meter(request: HttpRequest, instrument: Instrument) -> HttpResponse:
    posted = request.POST
    given: dict[str, Any] = {name: posted.get(name, "").strip() for name in ("name", "topic", "field", "time_field")}
    given["quantity"] = posted.get("quantity", "")
    if given["quantity"] != Meter.Quantity.STATE:
        given |= {name: _number(request, name) for name in NUMBERS}
    given["silence"] = timedelta(minutes=max(1, _number(request, "silence")))
    known = Meter.objects.filter(instrument=instrument, name=given["name"], active=False).first()
    meters.keep(
        instrument=instrument, person=signed_in(request), now=timezone.now(), meter=known, **given | {"active": True}
    )
    messages.success(request, _("The meter is set up; send its first reading."))
    return redirect("instrument_metering", instrument.key)


def _kiosk(request: HttpRequest, instrument: Instrument) -> HttpResponse:
    name = request.POST.get("kiosk_name", "")
    _made, token = kiosk.register(instrument=instrument, name=name, person=signed_in(request), now=timezone.now())
    request.session["kiosk_address"] = landing.absolute(request, reverse("kiosk", args=[token]))
    return redirect("instrument_metering", instrument.key)


def _number(request: HttpRequest, name: str) -> float:
    text = request.POST.get(name, "").strip()
    try:
        found = float(text)
        if not abs(found) < 1e9:
            raise ValueError
    except ValueError:
        raise NotPossible(_("Found “%(found)s”, expected a number.") % {"found": text[:40]}) from None
    return found
