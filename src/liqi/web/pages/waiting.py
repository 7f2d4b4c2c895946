"""Waiting: what is held for me and what I wait for; the line of an instrument, for its stewards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liqi.access import belonging, no_shows, waiting
from liqi.access.models import NoShow, Offer, Wish
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.catalogue.models import Instrument
from liqi.web import calendars, periods, refusals, tables, waits
from liqi.web.asked import signed_in
from liqi.web.scripts import name_of

EARLIER, POINTS = 10, 50
STEPS = range(-2, 4)
"""The priorities that the page offers; programs may set -9 to 9."""


@require_safe
@login_required
def mine(request: HttpRequest) -> HttpResponseBase:
    """What is held for me, what I wait for and my place in the line, what became of earlier wishes, my no-shows."""
    person, now = signed_in(request), timezone.now()
    wishes = Wish.objects.of(person).select_related("order").prefetch_related("instruments").order_by("-created_at")
    if request.GET.get("format") == "csv":
        return tables.as_csv("liqi-waiting", waits.COLUMNS, waits.rows(wishes))
    going_on = list(wishes.filter(state=Wish.State.WAITING))
    offers = _open_offers().filter(wish__person=person)
    held = {offer.wish_id: offer for offer in offers}
    facts = {
        "offers": list(held.values()),
        "wishes": [(wish, waiting.place(wish, now=now)) for wish in going_on if wish.pk not in held],
        "earlier": wishes.exclude(state=Wish.State.WAITING)[:EARLIER],
        "no_shows": list(no_shows.of(person)[:EARLIER]),
        "now": now,
        "example": person.synthetic,
        "crumbs": [(_("My bench"), reverse("bench")), (_("Waiting"), "")],
    }
    return render(request, "waiting/mine.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def join(request: HttpRequest) -> HttpResponse:
    """The form of a wish; posting it joins the list. 422 names what cannot be read or met."""
    person, now = signed_in(request), timezone.now()
    values = request.POST if request.method == "POST" else request.GET
    keys = values.getlist("instrument")[: waiting.MOST_INSTRUMENTS]
    chosen = list(Instrument.objects.filter(key__in=keys, bookable=True).select_related("institution", "facility"))
    wish = waits.read(values, chosen, zone=calendars.shown_zone(values, person, chosen[0] if chosen else None), now=now)
    if request.method == "POST" and wish.earliest_at and wish.latest_at and wish.minutes and not wish.wrong:
        try:
            made = waiting.join(
                person=person, instruments=chosen, earliest_at=wish.earliest_at, latest_at=wish.latest_at,
                minutes=wish.minutes, standby=wish.standby, automatic=wish.automatic, need=wish.need, now=now,
                title=wish.need.partition("\n")[0].strip(), request_key=values.get("request_key", "")[:80],
            )  # fmt: skip
        except refusals.REFUSALS as problem:
            wish.wrong["window"] = refusals.of(problem, wish.zone).text
        else:
            waiting.offer_free(now=now, instruments=chosen)
            messages.success(
                request, _("You are on the list; what falls free is offered to you here."),
                extra_tags=reverse("waiting_withdraw", args=[made.pk]),
            )  # fmt: skip
            return redirect("waiting")
    facts = {
        "wish": wish,
        "chosen": chosen,
        "like": waits.like(chosen),
        "lengths": periods.lengths(chosen[0], str(wish.minutes or "")) if chosen else [],
        "zones": calendars.zones(wish.zone, chosen[0].time_zone if chosen else "", at=now),
        "lines": [(one, len(waiting.line(one, now=now)), waiting.terms_of([one])[one.pk]) for one in chosen[:5]],
        "request_key": waits.new_key(),
        "example": any(one.synthetic for one in chosen),
        "crumbs": [(_("My bench"), reverse("bench")), (_("Waiting"), reverse("waiting")), (_("Join the list"), "")],
    }
    return render(request, "waiting/join.html", facts, status=422 if request.method == "POST" else 200)


@require_POST
@login_required
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """The offered time is mine; an offer that is over says so and leaves me on the list."""
    person, offer = signed_in(request), get_object_or_404(_open_offers(open_only=False), pk=pk)
    try:
        booked = waiting.accept(offer=offer, person=person, now=timezone.now())
    except refusals.REFUSALS as problem:
        return _said(request, problem)
    messages.success(request, _("The time is yours."))
    return redirect("booking", pk=booked.pk)


@require_POST
@login_required
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """The offered time goes to the next in line; I stay on the list."""
    person, offer = signed_in(request), get_object_or_404(_open_offers(open_only=False), pk=pk)
    try:
        waiting.refuse(offer=offer, person=person, now=timezone.now())
    except refusals.REFUSALS as problem:
        return _said(request, problem)
    messages.success(request, _("The time goes to the next in line; you stay on the list."))
    return redirect("waiting")


@require_POST
@login_required
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The wish is off the list; undo puts it back where it stood."""
    person, wish = signed_in(request), get_object_or_404(Wish.objects.select_related("order", "person"), pk=pk)
    waiting.withdraw(wish=wish, person=person, now=timezone.now())
    undo = reverse("waiting_rejoin", args=[pk]) if wish.person_id == person.pk else ""
    messages.success(request, _("Taken off the list."), extra_tags=undo)
    return redirect(_back(request))


@require_POST
@login_required
def rejoin(request: HttpRequest, pk: int) -> HttpResponse:
    """The withdrawn wish waits again."""
    person, wish = signed_in(request), get_object_or_404(Wish.objects.select_related("order", "person"), pk=pk)
    waiting.rejoin(wish=wish, person=person, now=timezone.now())
    messages.success(request, _("You are back on the list, where you stood."))
    return redirect("waiting")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def instrument(request: HttpRequest, key: str) -> HttpResponseBase:
    """Who waits for the instrument, in turn and with the reasons of it; its terms; its no-shows. For stewards."""
    person, now = signed_in(request), timezone.now()
    thing = get_object_or_404(Instrument.objects.select_related("institution", "facility"), key=key)
    if not belonging.looks_after(person, thing):
        words = _("Only the stewards of %(instrument)s see who waits for it; your own place is on your list.")
        raise NotAllowed(words % {"instrument": called(thing)})
    wrong: list[str] = []
    if request.method == "POST":
        wrong = _change(request, thing, person, now)
        if not wrong:
            return redirect("instrument_waiting", key=key)
    line = waiting.line(thing, now=now)
    if request.GET.get("format") == "csv":
        return tables.as_csv(f"liqi-waiting-{key}", waits.LINE, waits.line_rows(line))
    held = {offer.wish_id: offer for offer in _open_offers().filter(booking__instrument=thing)}
    missed = NoShow.objects.filter(instrument=thing).select_related("person", "booking", "forgiven_by")
    facts = {
        "instrument": thing,
        "line": [(number, turn, held.get(turn.wish.pk)) for number, turn in enumerate(line, 1)],
        "steps": STEPS,
        "terms": [(name, label, getattr(waiting.terms_of([thing])[thing.pk], name)) for name, label in waits.TERMS],
        "no_shows": missed.order_by("-at", "-pk")[:POINTS],
        "wrong": wrong,
        "now": now,
        "example": thing.synthetic,
        "crumbs": [
            (_("Manager's desk"), reverse("desk")), (_("Waiting lists"), reverse("desk_waiting")),
            (name_of(thing, get_language()), ""),
        ],
    }  # fmt: skip
    return render(request, "waiting/instrument.html", facts, status=422 if wrong else 200)


@require_safe
@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """The instruments in my care for which people wait, or that somebody did not come to lately."""
    person, now = signed_in(request), timezone.now()
    waits_now = Q(wishes__state=Wish.State.WAITING, wishes__latest_at__gt=now)
    rows = (
        belonging.looked_after_by(person)
        .filter(Q(pk__in=_with_wishes(now)) | Q(pk__in=NoShow.objects.filter(forgiven_at=None).values("instrument")))
        .annotate(
            people=Count("wishes__person", filter=waits_now, distinct=True),
            missed=Count("no_shows", filter=Q(no_shows__forgiven_at=None), distinct=True),
        )
        .order_by("-people", "-missed", "name", "pk")
    )
    facts = {
        "rows": list(rows[:200]),
        "offers": _open_offers().filter(booking__instrument__in=belonging.looked_after_by(person))[:50],
        "crumbs": [(_("Manager's desk"), reverse("desk")), (_("Waiting lists"), "")],
    }
    return render(request, "waiting/desk.html", facts)


def _change(request: HttpRequest, thing: Instrument, person: Person, now: datetime) -> list[str]:
    """What the form asked is done; else why not."""
    given = request.POST
    try:
        if wish := given.get("wish"):
            found = get_object_or_404(Wish, pk=int(wish) if wish.isdecimal() else 0, instruments=thing)
            waiting.prioritise(wish=found, person=person, priority=_number(given.get("priority", "")), now=now)
            messages.success(request, _("The line is in its new order."))
        elif missed := given.get("no_show"):
            found_one = get_object_or_404(NoShow, pk=int(missed) if missed.isdecimal() else 0, instrument=thing)
            if given.get("again"):
                no_shows.remind(no_show=found_one, person=person, now=now)
                messages.success(request, _("It counts again."))
            else:
                no_shows.forgive(no_show=found_one, person=person, why=given.get("why", ""), now=now)
                messages.success(request, _("Forgiven; the person is told."))
        else:
            values = {name: _number(given.get(name, "")) for name in waiting.FIELDS if name in given}
            waiting.change_terms(instrument=thing, person=person, now=now, **values)
            messages.success(request, _("Kept. The terms hold from the next offer on."))
    except (*refusals.REFUSALS, waits.NotANumber) as problem:
        return [str(problem)]
    return []


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise waits.NotANumber(_("Found “%(found)s”, expected a whole number; correct it.") % {"found": text}) from None


def _with_wishes(now: datetime) -> QuerySet[Any, Any]:
    return Wish.instruments.through.objects.filter(
        wish__state=Wish.State.WAITING, wish__latest_at__gt=now
    ).values("instrument")  # fmt: skip


def _open_offers(*, open_only: bool = True) -> QuerySet[Offer]:
    rows = Offer.objects.filter(state=Offer.State.OPEN) if open_only else Offer.objects.all()
    return rows.select_related(
        "wish__person", "wish__order__project", "wish__organisation", "booking__instrument__institution",
        "booking__instrument__facility", "booking__order__project", "booking__person", "booking__organisation",
    ).order_by("expires_at", "pk")  # fmt: skip


def _said(request: HttpRequest, problem: Exception) -> HttpResponse:
    if isinstance(problem, NotAllowed):
        raise problem
    messages.error(request, refusals.of(problem, timezone.get_current_timezone_name()).text)
    return redirect("waiting")


def _back(request: HttpRequest) -> str:
    key = request.POST.get("instrument", "")
    if key and Instrument.objects.filter(key=key).exists():
        return reverse("instrument_waiting", args=[key])
    return reverse("waiting")
