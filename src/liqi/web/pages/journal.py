"""Journals: what was done to one thing, for those whom it concerns; what was done in my care, by kind, person, day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liqi.access import journals
from liqi.access.models import Booking, Order
from liqi.accounts.models import JournalEntry, Organisation
from liqi.catalogue.models import Instrument
from liqi.web import deeds
from liqi.web.asked import NoSuchPerson, journal_thing, signed_in, somebody
from liqi.web.deed_words import THINGS
from liqi.web.scripts import in_script, name_of


@require_safe
@login_required
def of_thing(request: HttpRequest, kind: str, key: str) -> HttpResponseBase:
    """What was done to the thing and to what belongs to it, newest first; for those whom it concerns."""
    thing = journal_thing(kind, key)
    lines = journals.of(thing, person=signed_in(request))
    about, address = _named(thing)
    crumbs = [(about, address), (_("Journal"), "")]
    facts = {"about": about, "crumbs": crumbs, "example": getattr(thing, "synthetic", False)}
    return _page(request, lines, facts, f"journal-{kind}-{key}")


@require_safe
@login_required
def in_care(request: HttpRequest) -> HttpResponseBase:
    """What was done at the instruments, facilities and orders in one's care: of one kind, by one person, in a period.

    Without a period the last thirty days are shown.
    """
    asked = request.GET.get("kind", "")
    kind = asked if asked in journals.kinds() else ""
    lines = journals.in_care(signed_in(request), kind=kind)
    since = timezone.localdate() - journals.LOOK_BACK
    crumbs = [(_("Manager's desk"), reverse("desk")), (_("Journal"), "")]
    words = {one: str(THINGS.get(one, one)) for one in journals.kinds()}
    facts = {
        "crumbs": crumbs,
        "kinds": sorted(words.items(), key=lambda one: one[1]),
        "kind": kind,
        "since": "" if "since" in request.GET else since.isoformat(),
    }
    return _page(request, lines, facts, "journal-care")


def _page(request: HttpRequest, lines: QuerySet[JournalEntry], facts: dict[str, Any], name: str) -> HttpResponseBase:
    """The lines that are asked for, as a page or as a file."""
    typed = {each: request.GET.get(each, facts.get(each, "")).strip()[:254] for each in ("person", "since", "until")}
    wrong = {}
    person = None
    try:
        person = somebody(typed["person"]) if typed["person"] else None
    except NoSuchPerson as problem:
        wrong["person"] = str(problem)
    days: dict[str, date | None] = {}
    for each in ("since", "until"):
        days[each] = _day(typed[each])
        if typed[each] and days[each] is None:
            wrong[each] = _("Found %(found)s, expected a day such as 2026-11-22.") % {"found": typed[each][:40]}
    last = days["until"]
    asked = journals.Asked(
        person=person, since=_start(days["since"]), until=_start(last + timedelta(days=1)) if last else None
    )
    lines = lines.none() if wrong else journals.narrowed(lines, asked)
    if request.GET.get("format") == "csv" and not wrong:
        return deeds.as_csv(name, lines)
    page = deeds.page_of(request, lines)
    facts |= {"page": page, "deeds": deeds.read(page), "typed": typed, "wrong": wrong}
    return render(request, "journal/lines.html", facts, status=422 if wrong else 200)


def _named(thing: Instrument | Booking | Order | Organisation) -> tuple[str, str]:
    """What the thing is called, and the address of its page."""
    spoken = translation.get_language()
    if isinstance(thing, Instrument):
        return name_of(thing, spoken), reverse("instrument", args=[thing.key])
    if isinstance(thing, Booking):
        words = _("Booking of %(instrument)s") % {"instrument": name_of(thing.instrument, spoken)}
        return words, reverse("booking", args=[thing.pk])
    if isinstance(thing, Order):
        return in_script(thing.title, spoken), reverse("order", args=[thing.key])
    return in_script(thing.name, spoken), reverse("organisation", args=[thing.pk])


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _start(day: date | None) -> datetime | None:
    """The beginning of the day on the reader's clock."""
    return None if day is None else timezone.make_aware(datetime.combine(day, time()))
