"""Correcting a session: a form with what stands, a reason, and every earlier correction with its undo."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from liqi.access import opening
from liqi.access.metering import correction
from liqi.access.metering.terms import NotPossible, require_steward
from liqi.access.models import Correction, Session
from liqi.accounts.models import Person
from liqi.web import spans
from liqi.web.asked import signed_in

NEAR = ("instrument__institution__organisation", "instrument__facility", "person", "organisation", "staff")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The session with its corrections; what is sent is kept with its reason. For the stewards."""
    session = get_object_or_404(Session.objects.select_related(*NEAR, "confirmation__person"), pk=pk)
    person = signed_in(request)
    require_steward(person, session.instrument)
    zone = opening.zone(session.instrument)
    typed = _standing(session, zone)
    wrong = ""
    if request.method == "POST":
        typed |= {name: request.POST.get(name, "").strip() for name in (*typed, "reason")}
        typed["withdrawn"] = "1" if request.POST.get("withdrawn") else ""
        try:
            changes = _changes(session, typed, zone)
            made = correction.correct(
                session=session, person=person, reason=typed["reason"], now=timezone.now(), **changes
            )
        except NotPossible as problem:
            wrong = str(problem)
        else:
            messages.success(
                request,
                _("Corrected; it waits to be confirmed."),
                extra_tags=reverse("correction_undo", args=[made.pk]),
            )
            return redirect(_hours(session))
    rows = session.corrections.select_related("person", "undone_by").order_by("-pk")
    facts: dict[str, Any] = {
        "session": session,
        "zone": zone.key,
        "typed": typed,
        "wrong": wrong,
        "purposes": Session.Purpose.choices,
        "corrections": [(one, _differences(one)) for one in rows],
        "back": _hours(session),
        "example": session.synthetic,
        "crumbs": [(_("Hours"), _hours(session)), (_("Correct a session"), "")],
    }
    return render(request, "hours/correct.html", facts, status=422 if wrong else 200)


@require_POST
@login_required
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """The session is what it was before."""
    made = get_object_or_404(Correction.objects.select_related("session__instrument__facility"), pk=pk)
    try:
        correction.undo(correction=made, person=signed_in(request), now=timezone.now())
    except NotPossible as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Undone: the session is what it was before."))
    return redirect(_hours(made.session))


def _standing(session: Session, zone: Any) -> dict[str, str]:
    return {
        "started_at": spans.as_field(session.started_at, zone),
        "ended_at": spans.as_field(session.ended_at, zone) if session.ended_at else "",
        "idle": f"{session.idle.total_seconds() / 60:g}",
        "user": session.person.email,
        "staff": session.staff.email if session.staff else "",
        "purpose": session.purpose,
        "withdrawn": "1" if session.withdrawn else "",
        "reason": "",
    }


def _changes(session: Session, typed: dict[str, str], zone: Any) -> dict[str, Any]:
    """What differs from what stands, read; a field that was not touched keeps its seconds."""
    standing = _standing(session, zone)
    touched = {name for name in standing if name != "reason" and typed[name] != standing[name]}
    changes: dict[str, Any] = {}
    for name in touched & {"started_at", "ended_at"}:
        moment = spans.as_moment(typed[name], zone)
        if moment is None:
            words = _("Found “%(found)s”, expected a day and a time such as 2026-11-23 and 09:00.")
            raise NotPossible(words % {"found": typed[name][:40]})
        changes[name] = moment
    if "idle" in touched:
        changes["idle"] = _minutes(typed["idle"])
    for name in touched & {"user", "staff"}:
        changes[name] = _known(typed[name], may_be_nobody=name == "staff")
    if "purpose" in touched:
        if typed["purpose"] not in ("", *Session.Purpose.values):
            raise NotPossible(_("Found an unknown purpose; choose one from the list."))
        changes["purpose"] = typed["purpose"]
    if "withdrawn" in touched:
        changes["withdrawn"] = bool(typed["withdrawn"])
    return changes


def _minutes(text: str) -> timedelta:
    try:
        minutes = float(text or 0)
        if not 0 <= minutes <= 100_000:
            raise ValueError
    except ValueError:
        words = _("Found “%(found)s”, expected minutes from 0 up.")
        raise NotPossible(words % {"found": text[:40]}) from None
    return timedelta(minutes=minutes)


def _known(email: str, *, may_be_nobody: bool) -> Person | None:
    if not email and may_be_nobody:
        return None
    found = Person.objects.filter(email=email.lower()).first()
    if found is None:
        raise NotPossible(_("Found “%(found)s”, expected the e-mail address of somebody here.") % {"found": email[:80]})
    return found


def _differences(one: Correction) -> list[tuple[Any, Any, Any]]:
    """What changed: the field in words, before, after."""
    words = {
        "started_at": _("start"), "ended_at": _("end"), "idle_seconds": _("idle, in seconds"),
        "person": _("person, by number"), "organisation": _("organisation, by number"), "staff": _("helper, by number"),
        "purpose": _("purpose"), "withdrawn": _("withdrawn"), "effective_hours": _("effective hours"),
        "outside": _("outside use"),
    }  # fmt: skip
    names = [name for name in one.after if not one.before or one.before.get(name) != one.after[name]]
    return [(words.get(name, name), one.before.get(name, ""), one.after[name]) for name in names]


def _hours(session: Session) -> str:
    day = session.started_at.astimezone(opening.zone(session.instrument)).date()
    return f"{reverse('instrument_hours', args=[session.instrument.key])}?view=week&day={day}"
