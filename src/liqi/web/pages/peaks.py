"""Peaks of a chromatogram moved by hand: the page, the quick integration while a limit moves, the new run."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from liqi.answers import peaks
from liqi.web import handled
from liqi.web.asked import person_of, run_seen


@require_GET
def show(request: HttpRequest, key: str) -> HttpResponse:
    """The chromatogram with its peaks, baselines and splits, to be moved."""
    one = run_seen(request, key)
    file = peaks.of_run(one, person_of(request), request.GET.get("file", ""))
    page = {
        "run": one,
        "file": file,
        "files": [each for each in one.files.order_by("pk") if each.format != peaks.REPORT],
        "told": {"edits": peaks.edits_of(one), "file": file.key},
        "crumbs": [(_("Answers"), reverse("answers")), (one.called, reverse("run", args=[key])), (_("Peaks"), "")],
    }
    return render(request, "answers/peaks.html", page)


@require_POST
def integrate(request: HttpRequest, key: str) -> HttpResponse:
    """The peaks with the changes as they are now."""

    def integrated(sent: dict[str, Any]) -> dict[str, Any]:
        one = run_seen(request, key)
        file = peaks.of_run(one, person_of(request), str(sent.get("file", "")))
        return peaks.integrated(one, file, sent.get("edits"), sent.get("ends"))

    return handled.answered(request, integrated)


@require_POST
def save(request: HttpRequest, key: str) -> HttpResponse:
    """The changes become rules of a new run; its address comes back."""

    def saved(sent: dict[str, Any]) -> dict[str, Any]:
        person, one = handled.signer(request), run_seen(request, key)
        file = peaks.of_run(one, person, str(sent.get("file", "")))
        made = peaks.save(one, file, sent.get("edits"), person=person, now=datetime.now(UTC))
        return {"address": reverse("run", args=[made.key])}

    return handled.answered(request, saved)
