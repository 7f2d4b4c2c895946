"""Outages: when is the instrument out of use, whom does it strike, what becomes of their bookings? And all in care."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, F, Prefetch, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liqi.access import belonging, outages, terms
from liqi.access.models import MaintenanceWindow, Outage, StruckBooking
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument
from liqi.web import tables
from liqi.web.asked import number, signed_in
from liqi.web.scripts import name_of

PAGE = 50
KINDS = (
    ("breakdown", gettext_lazy("breakdown")),
    ("maintenance", gettext_lazy("maintenance")),
    ("calibration", gettext_lazy("calibration")),
    ("other", gettext_lazy("other")),
)
REPEATS = (
    ("", gettext_lazy("once")),
    ("FREQ=WEEKLY", gettext_lazy("every week")),
    ("FREQ=WEEKLY;INTERVAL=2", gettext_lazy("every second week")),
    ("FREQ=MONTHLY", gettext_lazy("every month, same day")),
    ("FREQ=MONTHLY;INTERVAL=3", gettext_lazy("every quarter, same day")),
    ("FREQ=YEARLY", gettext_lazy("every year, same day")),
)
WHEN = (("now", gettext_lazy("now")), ("ahead", gettext_lazy("still to come")), ("past", gettext_lazy("over")))
STRUCK = Prefetch(
    "struck",
    StruckBooking.objects.select_related("booking__person", "booking__organisation").order_by("booking__starts_at"),
)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def instrument(request: HttpRequest, key: str) -> HttpResponse:
    """The outages of an instrument, now, to come and over, with the bookings they strike; stewards declare one."""
    shown = get_object_or_404(Instrument.objects.select_related("facility", "institution"), key=key)
    person, now = signed_in(request), timezone.now()
    care = belonging.looks_after(person, shown)
    typed, wrong = request.POST.dict(), ""
    if request.method == "POST":
        outages.require_steward(person, shown)
        try:
            _declare(shown, person, typed, now)
        except (outages.Refused, ValueError) as problem:
            wrong = str(problem)
        else:
            messages.success(request, _("It is on record; everybody whose booking it strikes is told."))
            return redirect("instrument_outages", key=key)
    rows: Any = Outage.objects.filter(instrument=shown).prefetch_related(STRUCK).select_related("person", "window")
    rows = rows.annotate(open=Count("struck", filter=Q(struck__outcome=StruckBooking.Outcome.TOLD)))
    here = zoneinfo.ZoneInfo(shown.time_zone or "UTC")
    facts: dict[str, Any] = {
        "instrument": shown,
        "care": care,
        "parts": _parts(rows, now),
        "windows": _windows(shown, now),
        "kinds": KINDS,
        "kind_words": dict(KINDS),
        "repeats": REPEATS,
        "places": range(1, terms.of(shown).positions + 1) if care else (),
        "typed": typed or {"starts": f"{now.astimezone(here):%Y-%m-%dT%H:%M}"},
        "wrong": wrong,
        "zone": shown.time_zone,
        "now": now,
        "example": shown.synthetic,
        "crumbs": [
            (name_of(shown, translation.get_language()), reverse("instrument", args=[shown.key])),
            (_("Outages"), ""),
        ],
    }
    return render(request, "outages/instrument.html", facts, status=422 if wrong else 200)


def _parts(rows: Any, now: datetime) -> list[tuple[Any, list[Outage]]]:
    """Standing ones by when they are, those over newest first; withdrawn ones are over.

    Of those that recur, only the ones that strike a booking: their window tells the others.
    """
    strikes = Q(window=None) | Q(open__gt=0)
    over = Q(ends_at__lte=now) | Q(withdrawn_at__isnull=False)
    parts = {
        "now": rows.exclude(over).filter(starts_at__lte=now).order_by("starts_at"),
        "ahead": rows.exclude(over).filter(strikes, starts_at__gt=now).order_by("starts_at")[:PAGE],
        "past": rows.filter(over).order_by("-starts_at")[:PAGE],
    }
    return [(label, list(parts[name])) for name, label in WHEN]


def _windows(shown: Instrument, now: datetime) -> list[dict[str, Any]]:
    words = dict(REPEATS)
    rows = MaintenanceWindow.objects.filter(instrument=shown, ended_at=None).select_related("instrument")
    return [
        {
            "window": one,
            "words": words.get(one.rule, one.rule),
            "next": next(iter(outages.next_starts(one, now, 1)), None),
        }
        for one in rows.order_by("starts_at")
    ]


def _declare(shown: Instrument, person: Person, typed: dict[str, str], now: datetime) -> None:
    """What was typed becomes an outage, or a window where it repeats. Raises ValueError for what cannot be read."""
    here = zoneinfo.ZoneInfo(shown.time_zone or "UTC")
    starts_at = _moment(typed.get("starts", ""), here)
    ends_at = _moment(typed["ends"], here) if typed.get("ends") else None
    kind, words, repeat = typed.get("kind", ""), typed.get("words", ""), typed.get("repeat", "")
    if kind not in dict(KINDS):
        raise ValueError(_("Found the kind “%(found)s”; choose one from the list.") % {"found": kind[:40]})
    place = typed.get("place", "")
    if place and not number(place):
        raise ValueError(_("Found the place “%(found)s”; choose one from the list.") % {"found": place[:40]})
    if not repeat:
        outages.declare(
            instrument=shown, person=person, starts_at=starts_at, ends_at=ends_at, words=words, kind=kind, now=now,
            position=number(place) - 1 if place else None,
        )  # fmt: skip
        return
    if place:
        raise ValueError(_("Time that repeats takes the whole instrument; choose all its places, or once."))
    if ends_at is None or ends_at <= starts_at:
        raise ValueError(_("Time that repeats needs an end after its start; give both."))
    minutes = int((ends_at - starts_at).total_seconds() // 60)
    outages.begin(
        instrument=shown, person=person, rule=repeat, starts_at=starts_at, minutes=minutes, words=words, kind=kind,
        now=now,
    )  # fmt: skip


def _moment(text: str, here: zoneinfo.ZoneInfo) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=here)
    except ValueError:
        words = _("Found “%(found)s”; expected a day and a time such as 2026-11-23 09:00.")
        raise ValueError(words % {"found": text[:40]}) from None


@require_POST
@login_required
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """End, withdraw, move the struck bookings away, cancel them."""
    rows = Outage.objects.select_related("instrument__facility", "instrument__institution")
    outage, person, now = get_object_or_404(rows, pk=pk), signed_in(request), timezone.now()
    do = ACTS.get(request.POST.get("do", ""))
    if do is None:
        return HttpResponse(status=400)
    messages.success(request, do(outage, person, now))
    return redirect("instrument_outages", key=outage.instrument.key)


def _end(outage: Outage, person: Person, now: datetime) -> str:
    outages.end(outage=outage, person=person, now=now)
    return _("The outage is over; the time is free again.")


def _withdraw(outage: Outage, person: Person, now: datetime) -> str:
    outages.withdraw(outage=outage, person=person, now=now)
    return _("The outage is withdrawn; those who were told hear so.")


def _move(outage: Outage, person: Person, now: datetime) -> str:
    outages.require_steward(person, outage.instrument)
    left = outages.clear(outage=outage, person=person, now=now)
    if not left:
        return _("Every struck booking has a new time, and its person knows.")
    words = ngettext(
        "%(n)d booking found no free time and stands.", "%(n)d bookings found no free time and stand.", len(left)
    )
    return words % {"n": len(left)}


def _cancel(outage: Outage, person: Person, now: datetime) -> str:
    outages.require_steward(person, outage.instrument)
    count = outages.cancel_all(outage=outage, person=person, now=now)
    words = ngettext("%(n)d booking is cancelled.", "%(n)d bookings are cancelled.", count)
    return words % {"n": count}


ACTS: dict[str, Callable[[Outage, Person, datetime], str]] = {
    "end": _end, "withdraw": _withdraw, "move": _move, "cancel": _cancel,
}  # fmt: skip


@require_POST
@login_required
def finish(request: HttpRequest, pk: int) -> HttpResponse:
    """The window recurs no longer."""
    window = get_object_or_404(MaintenanceWindow.objects.select_related("instrument"), pk=pk)
    outages.finish(window=window, person=signed_in(request), now=timezone.now())
    messages.success(request, _("It recurs no longer; its outages to come are withdrawn."))
    return redirect("instrument_outages", key=window.instrument.key)


@require_safe
@login_required
def desk(request: HttpRequest) -> HttpResponseBase:
    """Every outage of the instruments in one's care: now first, then what comes, with how many bookings it strikes."""
    person, now = signed_in(request), timezone.now()
    mine = belonging.looked_after_by(person)
    over = Q(ends_at__lte=now) | Q(withdrawn_at__isnull=False)
    rows: Any = Outage.objects.filter(instrument__in=mine).select_related("instrument")
    rows = rows.annotate(open=Count("struck", filter=Q(struck__outcome=StruckBooking.Outcome.TOLD)))
    asked = request.GET.get("when", "")
    if asked == "past":
        rows = rows.filter(over).order_by("-starts_at")
    else:
        rows = rows.exclude(over).order_by("starts_at", "pk")
        rows = rows.filter(starts_at__lte=now) if asked == "now" else rows
        rows = rows.filter(starts_at__gt=now) if asked == "ahead" else rows
    if request.GET.get("format") == "csv":
        columns = ("instrument", "place", "starts_at", "ends_at", "kind", "words", "struck")
        facts = rows.annotate(place=F("position") + 1).values_list(
            "instrument__key", "place", "starts_at", "ends_at", "kind", "words", "open"
        )
        return tables.as_csv("liqi-outages", columns, facts)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "outages/desk.html",
        {
            "page": page,
            "when": [(name, label, name == asked) for name, label in WHEN],
            "kind_words": dict(KINDS),
            "now": now,
            "example": any(one.instrument.synthetic for one in page),
            "crumbs": [(_("Manager's desk"), reverse("desk")), (_("Outages"), "")],
        },
    )
