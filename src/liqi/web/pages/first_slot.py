"""The first time for a whole job: search, compare the ways, book one of them as a whole."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liqi.access import whole_job
from liqi.access.whole_job import BadJob, NoSlot
from liqi.accounts.models import Person
from liqi.web import calendars, periods, refusals, whole_jobs

WAYS = 4


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def show(request: HttpRequest) -> HttpResponse:
    """The steps, and the ways to do them all, the one that is over first on top; posting a way books all of it."""
    person, now = request.user, timezone.now()
    assert isinstance(person, Person)
    if request.method == "POST":
        return _book(request, person)
    zone = calendars.shown_zone(request.GET, person, None)
    job = whole_jobs.read(request.GET, zone=zone, now=now)
    ways: list[whole_job.Way] = []
    problem: NoSlot | None = None
    if job.asked and job.not_before and job.not_after:
        steps = whole_jobs.steps_of(job)
        try:
            if steps and not any(each.wrong for each in job.steps):
                ways = whole_job.first(
                    steps, person=person, now=now, not_before=job.not_before, not_after=job.not_after, count=WAYS
                )
        except NoSlot as found:
            problem = found
        except BadJob as found:
            job.wrong.append(str(found))
    facts: dict[str, Any] = {
        "job": job,
        "ways": [(way, _days(way), whole_jobs.price_of(way), uuid.uuid4().hex) for way in ways],
        "problem": problem,
        "suggestions": whole_jobs.suggestions(get_language() or "en"),
        "query": request.GET.urlencode(),
        "example": any(each.instrument.synthetic for way in ways for each in way.steps),
        "crumbs": [(_("My bench"), reverse("bench")), (_("First time for a whole job"), "")],
    }
    return render(request, "waiting/first_slot.html", facts)


def _book(request: HttpRequest, person: Person) -> HttpResponse:
    again = f"{reverse('first_slot')}?{request.GET.urlencode()}"
    need = request.POST.get("need", "").strip()[:2000]
    try:
        made = whole_job.book(
            way=whole_jobs.way_of(request.POST), person=person, now=timezone.now(), need=need,
            title=need.partition("\n")[0].strip()[:200], request_key=request.POST.get("request_key", "")[:80],
        )  # fmt: skip
    except BadJob as problem:
        messages.error(request, str(problem))
        return redirect(again)
    except refusals.REFUSALS as problem:
        words = refusals.of(problem, timezone.get_current_timezone_name()).text
        messages.error(request, _("Nothing was booked: %(why)s Here is what is free now.") % {"why": words})
        return redirect(again)
    messages.success(request, _("The whole job is booked: %(count)d periods.") % {"count": len(made)})
    return redirect("order", key=made[0].order.key)


def _days(way: whole_job.Way) -> str:
    """How long the whole job takes from its first start to its last end, in words."""
    return periods.length_in_words((way.ends_at - way.starts_at) // timedelta(minutes=1))
