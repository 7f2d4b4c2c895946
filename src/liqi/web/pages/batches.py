"""A batch: how far its runs are, their findings side by side with what stands out, figures laid over each other."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from liqi.answers import answer, batch_table, batches
from liqi.answers.batch_table import Sample, Sheet
from liqi.answers.models import Batch, Run
from liqi.methods import find_method
from liqi.web import figures, tables
from liqi.web.asked import signed_in
from liqi.web.templatetags import batches as shown
from liqi.web.templatetags import findings

FEW, MANY = 8, 60
"""Columns that a page shows at first, and at most."""
OVERLAID = 24
VERDICTS = ("pass", "review", "fail")


@require_GET
@login_required
def show(request: HttpRequest, key: str) -> HttpResponseBase:
    """The table of samples and findings; CSV or XLSX where asked for; two chosen rows are compared."""
    batch = _seen(request, key)
    runs = _runs(batch)
    own = {one.key for one in runs}
    chosen = [key for key in request.GET.getlist("run") if key in own]
    if "compare" in request.GET and len(chosen) == 2:
        return redirect("run_compare", *reversed(chosen))
    sheet = batch_table.sheet(runs)
    if request.GET.get("format") in ("csv", "xlsx"):
        return _file(batch, sheet, request.GET["format"])
    if request.headers.get("HX-Request") and not batch.runs.going_on().exists():
        return HttpResponseClientRedirect(request.get_full_path()) if chosen else HttpResponseClientRefresh()
    page = _facts(request, batch, sheet) | {"chosen": chosen, "too_few": "compare" in request.GET}
    whole = not request.headers.get("HX-Request")
    return render(request, "answers/batch.html" if whole else "answers/_batch.html", page)


def _seen(request: HttpRequest, key: str) -> Batch:
    found: Batch = get_object_or_404(Batch.objects.visible_to(signed_in(request)), key=key)
    return found


def _runs(batch: Batch) -> list[Run]:
    """The runs in the order of their files' names, 2 before 10."""
    return sorted(batch.runs.order_by("pk").prefetch_related("files"), key=_natural)


def _natural(one: Run) -> list[tuple[bool, int, str]]:
    files = one.files.all()
    parts = re.split(r"([0-9]+)", files[0].name.casefold() if files else "")
    return [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts]


def _facts(request: HttpRequest, batch: Batch, sheet: Sheet) -> dict[str, Any]:
    asked = request.GET
    every = asked.get("columns") == "all"
    shown = sheet.columns[: MANY if every else FEW]
    far = batches.progress(batch)
    done = next((one for one in sheet.samples if one.run.state == Run.State.DONE), None)
    facts = answer.read(done.run) if done else None
    names = batch_table.line_plots(facts) if facts else []
    drawn = [one for one in facts["plots"] if one["name"] in names] if facts else []
    samples = _chosen(sheet, asked.get("verdict", ""), asked.get("find", "").strip())
    return {
        "batch": batch,
        "title": facts["title"] if facts else _title(batch.method),
        "far": far,
        "ended": far["done"] + far["failed"] + far["cancelled"],
        "going": far["queued"] + far["running"],
        "columns": list(enumerate(shown)),
        "more_columns": len(sheet.columns) - len(shown),
        "every": every,
        "rows": [(one, one.cells[: len(shown)]) for one in _sorted(samples, sheet, asked.get("sort", ""))],
        "total": len(sheet.samples),
        "outliers": sum(one.outliers for one in sheet.samples),
        "verdicts": [one for one in _verdicts(sheet) if one],
        "verdict": asked.get("verdict", ""),
        "find": asked.get("find", ""),
        "sort": asked.get("sort", ""),
        "plots": drawn,
        "plot": next((one for one in drawn if one["name"] == asked.get("plot")), drawn[0] if drawn else None),
        "language": get_language(),
        "crumbs": [
            (_("Answers"), reverse("answers")),
            (_("My batches"), reverse("batches")),
            (batch.name or batch.key, ""),
        ],
    }


def _title(method: str) -> Any:
    try:
        return find_method(method).title
    except ValueError:  # a method of a package that is not installed any more
        return method


def _verdicts(sheet: Sheet) -> list[str]:
    found = {_verdict(one) for one in sheet.samples}
    return [one for one in VERDICTS if one in found] + sorted(found - set(VERDICTS))


def _verdict(one: Sample) -> str:
    """The verdict of the answer, else the state of the run."""
    if one.run.state != Run.State.DONE:
        return str(one.run.state)
    return str(one.run.summary.get("verdict", ""))


def _chosen(sheet: Sheet, verdict: str, find: str) -> list[Sample]:
    found = [one for one in sheet.samples if not verdict or _verdict(one) == verdict]
    return [one for one in found if find.casefold() in one.name.casefold()]


def _sorted(samples: Sequence[Sample], sheet: Sheet, sort: str) -> list[Sample]:
    """By name, verdict, number of outliers or a column, downwards with a minus before it; blanks last."""
    name, down = sort.removeprefix("-"), sort.startswith("-")
    if name in ("name", "verdict", "outliers"):
        keys = {"name": lambda one: one.name.casefold(), "verdict": _verdict, "outliers": lambda one: one.outliers}
        return sorted(samples, key=keys[name], reverse=down)
    if name not in map(str, range(len(sheet.columns))):
        return list(samples)
    at = int(name)
    full = [one for one in samples if one.cells[at] is not None]
    numeric = all(isinstance(one.cells[at].value, int | float) for one in full)  # type: ignore[union-attr]

    def value(one: Sample) -> Any:
        cell = one.cells[at]
        assert cell is not None
        return cell.value if numeric else str(cell.value)

    return sorted(full, key=value, reverse=down) + [one for one in samples if one.cells[at] is None]


def _file(batch: Batch, sheet: Sheet, kind: str) -> HttpResponseBase:
    """Every sample with every finding, its standard uncertainty and what stands out."""
    language = get_language() or "en"
    header = _head()
    for column in sheet.columns:
        unit = findings.unit(column.unit) if figures.in_chinese() else column.unit
        name, after = column.title.of(language), f" ({unit})" if unit else ""
        header += [f"{name}{after}", f"u({name}){after}"]
    rows = []
    for one in sheet.samples:
        standing = [
            c.title.of(language) for c, cell in zip(sheet.columns, one.cells, strict=True) if cell and cell.is_outlier
        ]
        state, verdict = one.run.state, str(one.run.summary.get("verdict", ""))
        if figures.in_chinese():
            state, verdict = shown.verdict_word(state), shown.verdict_word(verdict)
        said = one.run.sentence(language) or shown.why_failed(one.run)
        row: list[Any] = [one.name, one.run.key, state, verdict, said, "; ".join(standing)]
        for cell in one.cells:
            row += [cell.value, cell.uncertainty] if cell else [None, None]
        rows.append(row)
    make = tables.FORMATS[kind]
    return make(f"liqi-batch-{batch.key}", header, rows)


def _head() -> list[str]:
    if figures.in_chinese():
        return [
            _("Sample"),
            _("Run"),
            _("State"),
            _("Verdict"),
            pgettext("answer", "Conclusion in words"),
            _("Outliers"),
        ]
    return ["sample", "run", "state", "verdict", "sentence", "outliers"]


@require_GET
@login_required
def overlay(request: HttpRequest, key: str) -> HttpResponse:
    """One figure of all answers laid over each other, as data."""
    done = [one for one in _runs(_seen(request, key)) if one.state == Run.State.DONE][:OVERLAID]
    pairs = [(one.files.all()[0].name if one.files.all() else one.key, answer.read(one)) for one in done]
    drawn = batch_table.overlaid(pairs, request.GET.get("plot", ""))
    if drawn is None:
        raise Http404
    return JsonResponse(drawn)


@require_POST
@login_required
def cancel(request: HttpRequest, key: str) -> HttpResponse:
    """What is not answered yet is cancelled."""
    batches.cancel(batch=_seen(request, key), person=signed_in(request), now=datetime.now(UTC))
    return redirect("batch", key=key)
