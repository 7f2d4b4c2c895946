"""A booking that repeats, takes several instruments, is for somebody else or passes over a rule: seen, then made."""

import uuid
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liqi.access import belonging, rules, series, terms, together
from liqi.access.booking import Wanted
from liqi.access.models import Booking, Order
from liqi.accounts.models import Person, Project
from liqi.catalogue.models import Instrument
from liqi.web import calendars, periods, refusals
from liqi.web.scripts import name_of

RULES = {
    "daily": "FREQ=DAILY",
    "weekdays": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    "weekly": "FREQ=WEEKLY",
    "fortnightly": "FREQ=WEEKLY;INTERVAL=2",
    "monthly": "FREQ=MONTHLY",
}
TYPED = ("repeat", "times", "until", "rule", "clash", "tolerance", "family", "for", "override", "reason", "need",
         "project", "order")  # fmt: skip
BESIDE = 40
"""The most other instruments of the facility that the form offers."""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, key: str) -> HttpResponse:
    """The form with each date and what would become of it; posting it books all that the clash policy says."""
    assert isinstance(request.user, Person)
    instrument = get_object_or_404(Instrument.objects.select_related("institution__organisation", "facility"), key=key)
    values = request.POST if request.method == "POST" else request.GET
    page = _Page(instrument, request.user, values)
    if request.method == "POST" and page.ready:
        try:
            return _booked(request, page, page.book())
        except (*refusals.REFUSALS, series.BadRule) as problem:
            page.note(problem)
    elif page.ready:
        try:
            page.dates = page.preview()
        except (*refusals.REFUSALS, series.BadRule) as problem:
            page.note(problem)
    status = page.status if request.method == "POST" else 200
    return render(request, "booking/plan.html", page.facts(), status=status)


class _Page:
    """What was typed, and what it comes to."""

    def __init__(self, instrument: Instrument, person: Person, values: QueryDict) -> None:
        self.instrument, self.person, self.now = instrument, person, timezone.now()
        self.typed = {name: values.get(name, "").strip() for name in TYPED}
        zone = calendars.shown_zone(values, person, instrument)
        self.wish = periods.read({**values.dict(), "zone": values.get("zone") or zone}, instrument)
        self.is_steward = belonging.looks_after(person, instrument)
        self.beside = list(_beside(instrument))
        asked = set(values.getlist("with"))
        self.chosen = [each for each in self.beside if each.key in asked]
        self.wrong: dict[str, str] = dict(self.wish.wrong)
        self.owner = self._owner()
        self.request_key = values.get("request_key", "")[:80] or uuid.uuid4().hex
        self.dates: list[series.Date] = []
        self.refusal: refusals.Refusal | None = None
        self.status = 422

    @property
    def ready(self) -> bool:
        """Whether there is a period to ask for."""
        return bool(self.wish.starts_at and self.wish.ends_at and not self.wrong)

    def preview(self) -> list[series.Date]:
        """Each date with what would become of it."""
        return series.preview(
            self._wanted(), rule=self._rule() or "FREQ=DAILY;COUNT=1", **self._recurring(), **self._who()
        )

    def book(self) -> list[Booking]:
        """All of it is booked."""
        more: dict[str, Any] = {
            "title": self.typed["need"].partition("\n")[0].strip()[:200],
            "need": self.typed["need"],
            "order": self._order(),
            "project": self._project(),
            "request_key": self.request_key,
        }
        if rule := self._rule():
            return series.book(self._wanted(), rule=rule, **self._recurring(), **self._who(), **more).bookings
        return together.book(self._wanted(), **self._who(), **more)

    def note(self, problem: Exception) -> None:
        """Keep what stands against it, with the dates where it is a series."""
        if isinstance(problem, series.BadRule):
            self.wrong["rule"] = str(problem)
            return
        self.dates = getattr(problem, "dates", [])
        self.refusal = refusals.of(problem, self.wish.zone)
        self.status = self.refusal.status

    def facts(self) -> dict[str, Any]:
        """What the template shows."""
        wish, zone = self.wish, self.wish.zone if "zone" not in self.wish.wrong else "UTC"
        booked = sum(date.is_booked for date in self.dates)
        return {
            "instrument": self.instrument, "wish": wish, "typed": self.typed, "wrong": self.wrong,
            "lengths": periods.lengths(self.instrument, wish.minutes),
            "zones": calendars.zones(zone, self.instrument.time_zone, at=self.now),
            "beside": [(each, each in self.chosen) for each in self.beside],
            "families": terms.of(self.instrument).families, "is_steward": self.is_steward, "owner": self.owner,
            "rows": [(date, periods.in_words(date.starts_at, date.ends_at, zone)) for date in self.dates],
            "booked": booked, "can_book": self.ready and booked and not self.refusal and not self._stands_against(),
            "refusal": self.refusal, "request_key": self.request_key,
            "projects": Project.objects.filter(organisation__memberships__person=self.person, closed_on=None),
            "rules": rules.in_words(self.instrument, now=self.now), "example": self.instrument.synthetic,
            "crumbs": [
                (name_of(self.instrument, get_language()), f"/instruments/{self.instrument.key}/"),
                (_("Calendar"), reverse("instrument_calendar", args=[self.instrument.key])),
                (_("Book more"), ""),
            ],
        }  # fmt: skip

    def _stands_against(self) -> bool:
        return self.typed["clash"] != "skip" and not all(date.is_booked for date in self.dates)

    def _owner(self) -> Person:
        if not self.typed["for"]:
            return self.person
        found = Person.objects.filter(email=self.typed["for"].lower(), is_active=True).first()
        if found is None:
            words = _("Found no account with the address %(email)s; ask them to sign up first, or correct it.")
            self.wrong["for"] = words % {"email": self.typed["for"]}
        return found or self.person

    def _who(self) -> dict[str, Any]:
        codes = {code for rule in rules.RULES for code in rule.CODES} if self.typed["override"] else ()
        return {
            "person": self.owner, "made_by": self.person if self.owner != self.person or codes else None,
            "now": self.now, "waive": codes, "reason": self.typed["reason"],
        }  # fmt: skip

    def _wanted(self) -> list[Wanted]:
        assert self.wish.starts_at is not None
        assert self.wish.ends_at is not None
        family = self.typed["family"]
        first = Wanted(self.instrument, self.wish.starts_at, self.wish.ends_at, family)
        return [first, *(Wanted(each, self.wish.starts_at, self.wish.ends_at) for each in self.chosen)]

    def _recurring(self) -> dict[str, Any]:
        minutes = self.typed["tolerance"]
        clash = self.typed["clash"] if self.typed["clash"] in ("skip", "shift") else "refuse"
        return {
            "time_zone": self.wish.zone, "clash": clash,
            "tolerance": timedelta(minutes=min(int(minutes), 4320) if minutes.isdecimal() else 120),
        }  # fmt: skip

    def _rule(self) -> str:
        repeat, times, until = self.typed["repeat"], self.typed["times"], self.typed["until"].replace("-", "")
        if repeat == "rule":
            return self.typed["rule"] or "-"
        if repeat not in RULES:
            return ""
        rule = RULES[repeat]
        if repeat == "weekly" and self.wish.starts_at:
            here = self.wish.starts_at.astimezone(ZoneInfo(self.wish.zone))
            rule = f"{rule};BYDAY={('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU')[here.weekday()]}"
        return f"{rule};UNTIL={until}" if until else f"{rule};COUNT={times or 10}"

    def _order(self) -> Order | None:
        if not self.typed["order"]:
            return None
        return get_object_or_404(
            Order.objects.select_related("organisation"), key=self.typed["order"], person=self.owner
        )

    def _project(self) -> Project | None:
        if not self.typed["project"].isdecimal():
            return None
        mine = Project.objects.select_related("organisation").filter(organisation__memberships__person=self.owner)
        return get_object_or_404(mine, pk=self.typed["project"])


def _beside(instrument: Instrument) -> Any:
    """The other instruments of its facility that can be booked."""
    rows = Instrument.objects.select_related("institution").filter(bookable=True).exclude(pk=instrument.pk)
    return rows.filter(facility=instrument.facility_id).order_by("name")[:BESIDE] if instrument.facility_id else []


def _booked(request: HttpRequest, page: _Page, made: list[Booking]) -> HttpResponse:
    words = ngettext("%(count)d booking is made.", "%(count)d bookings are made.", len(made)) % {"count": len(made)}
    if any(each.state == Booking.State.REQUESTED for each in made):
        words = _("%(words)s A steward answers first; the time is held until then.") % {"words": words}
    first = made[0]
    scope = "all" if first.series_id else "together" if first.together else "this"
    undo = f"{reverse('booking_scope', args=[first.pk, 'cancel'])}?scope={scope}"
    messages.success(request, words, extra_tags=undo)
    if page.owner != page.person:
        return redirect("booking", pk=first.pk)
    return redirect(reverse("order", args=[first.order.key]))
