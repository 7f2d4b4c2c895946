"""Two runs side by side: what differs in verdict, findings, settings and software."""

from datetime import UTC, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from liqi.answers import answer, comparison, run
from liqi.answers.models import Run
from liqi.methods import find_method, method_ids
from liqi.web import figures, tables
from liqi.web.asked import run_seen, signed_in

SHOWN = 500


@require_GET
def show(request: HttpRequest, key: str, other: str) -> HttpResponseBase:
    """The answers of two runs of one method, finding by finding; only what differs, or all of it."""
    before, after = _answered(request, other), _answered(request, key)
    if before.method != after.method:
        raise Http404
    facts = answer.read(before), answer.read(after)
    compared = comparison.compare(*facts)
    if request.GET.get("format") == "csv":
        rows = [
            (figures.said(line.title), line.unit, line.before, line.after, line.change, line.against_uncertainty)
            for line in compared.lines
        ]
        return tables.as_csv(f"liqi-{other}-{key}", _head(other, key), rows)
    every = request.GET.get("all") == "1"
    lines = compared.lines if every else compared.differing
    names = _names(before, after)
    page = {
        "before": before,
        "after": after,
        "names": names,
        "compared": compared,
        "circumstances": [(_called(after.method, name), *sides) for name, *sides in compared.circumstances],
        "run": after,
        "plots": comparison.overlaid(*facts, names),
        "every": every,
        "lines": lines[:SHOWN],
        "more": len(lines) - SHOWN,
        "title": answer.read(after)["title"],
        "crumbs": [(_("Answers"), reverse("answers")), (after.called, reverse("run", args=[key])), (_("Compared"), "")],
    }
    return render(request, "answers/comparison.html", page)


def _names(before: Run, after: Run) -> tuple[str, str]:
    """What tells the two answers apart for a person: the files, else the time, else their keys."""
    named = before.called, after.called
    times = [f"{timezone.localtime(one.ended_at):%Y-%m-%d %H:%M}" if one.ended_at else "" for one in (before, after)]
    return next(((one, other) for one, other in (named, times) if one != other), (before.key, after.key))


def _called(method: str, name: str) -> str:
    """What differs, as the page calls it: a parameter by its title, a file by its number, a package by its name."""
    if name == "method":
        return _("Method")
    if name.startswith("file "):
        return " ".join([_("File"), name.removeprefix("file ")])
    parameters = find_method(method).parameters if method in method_ids() else ()
    return next((one.title.of(get_language() or "en") for one in parameters if one.name == name), name)


def _head(before: str, after: str) -> tuple[str, ...]:
    if figures.in_chinese():
        over = pgettext("change", "Over its uncertainty")
        return _("Finding"), _("Unit"), before, after, pgettext("of a number", "Change"), over
    return "finding", "unit", before, after, "change", "change_over_u"


@require_POST
def again(request: HttpRequest, key: str) -> HttpResponse:
    """The same is computed once more, to see that it comes out the same."""
    one = run_seen(request, key)
    started = run.start_again(run=one, person=signed_in(request), now=datetime.now(UTC))
    return redirect("run", key=started.key)


def _answered(request: HttpRequest, key: str) -> Run:
    one = run_seen(request, key)
    if one.state != Run.State.DONE:
        raise Http404
    return one
