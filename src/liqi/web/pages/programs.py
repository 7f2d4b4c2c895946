"""For programs: what the JSON interface offers, how to ask it, lines to try at once."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from liqi.accounts import tokens
from liqi.web.api import api

RESOURCES: dict[str, Any] = {
    "agents": gettext_lazy("Programs at instruments: their signs of life, their tokens"),
    "bookings": gettext_lazy("Book, move, cancel; series, several instruments, requests, swaps, the calendar"),
    "catalogue": gettext_lazy("Institutions, facilities, instruments; search, saved searches, and a need in words"),
    "curation": gettext_lazy("Pairs that may be one record, merges, classes to choose, words of techniques"),
    "boards": gettext_lazy("Firms, projects, needs, scenarios, trials, demand, targets, parks"),
    "evaluation": gettext_lazy("Hours, scores, the check before buying, the tables of parameters"),
    "files": gettext_lazy("My files, and how much I may keep"),
    "inbox": gettext_lazy("Files from instruments that wait for their owner"),
    "journal": gettext_lazy("What was done: by me, to one thing, in my care"),
    "kiosk": gettext_lazy("The tablet beside an instrument: now and next, start and end by badge or PIN"),
    "me": gettext_lazy("Who I am, my calendar feed, my data taken out, being forgotten"),
    "metering": gettext_lazy("Readings and log-ons come in; hours are settled, corrected, confirmed"),
    "money": gettext_lazy(
        "Price tables, quotes, charges, invoices, credit notes, payments, budgets, vouchers, customs"
    ),
    "notices": gettext_lazy("What I was told, and how I want to be told"),
    "orders": gettext_lazy("Orders of services: drafts, steps, samples, results"),
    "organisations": gettext_lazy("My organisations, their people and roles, their projects"),
    "outages": gettext_lazy("Outages and maintenance windows"),
    "rules": gettext_lazy("Booking rules: set, read, tried on the past"),
    "runs": gettext_lazy("Start an analysis, see how far it is, read its answer"),
    "samples": gettext_lazy("Samples and their chain of custody"),
    "services": gettext_lazy("The forms of services"),
    "sessions": gettext_lazy("Start and end metered use"),
    "state of instruments": gettext_lazy("Problems, tasks, maintenance, stock, what is fitted, control charts"),
    "training": gettext_lazy("Courses, sessions and places, quizzes, checks, qualifications, safety documents"),
    "waiting": gettext_lazy("Waiting lists, offers, the first time for a whole job"),
    "webhooks": gettext_lazy("Addresses that are told what happens; secrets, tests, deliveries"),
}
"""Every resource of the interface in a line; a test finds one that is missing."""


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The resources with how many addresses each has, the scopes, and lines that work when they are pasted."""
    counts: dict[str, int] = {}
    for _path, operation in api.operations():
        for tag in operation.tags or []:
            counts[tag] = counts.get(tag, 0) + len(operation.methods)
    facts = {
        "resources": [(name, words, counts.get(name, 0)) for name, words in RESOURCES.items()],
        "total": sum(counts.values()),
        "scopes": tokens.SCOPES.items(),
        "root": f"{request.scheme}://{request.get_host()}",
        "crumbs": [(_("For programs"), "")],
    }
    return render(request, "programs/index.html", facts)
