"""A run: true progress while it is going on, then its answer, its evidence, its report and its tables."""

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import prefetch_related_objects
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from liqi.accounts.models import Person
from liqi.answers import amendments, answer, recomputation, releases, reporting, run, signatures, storage
from liqi.answers.licences import LICENCES
from liqi.answers.models import Amendment, Run
from liqi.answers.report import STYLE_HASH
from liqi.methods import LANGUAGES, find_method
from liqi.methods.crate import write_crate
from liqi.methods.structure import structures_of
from liqi.web import figures, lists
from liqi.web.asked import person_of, run_seen
from liqi.web.templatetags import findings

ENOUGH_TO_GUESS = 0.05
OTHERS = 6
"""So many of one's other answers are offered to be compared with."""
LONG = 12
"""A table of more rows stands below the figures and is searched."""
_TAGS = {tag.lower(): tag for tag in LANGUAGES}
"""The tags of reports by the codes of pages."""
REPORT_TYPES = {"html": "text/html; charset=utf-8", "pdf": "application/pdf"}


def _title(one: Run) -> Any:
    try:
        return find_method(one.method).title
    except ValueError:  # a method of a package that is not installed any more
        return one.method


def _parameter_titles(one: Run) -> dict[str, Any]:
    try:
        return {parameter.name: parameter.title for parameter in find_method(one.method).parameters}
    except ValueError:
        return {}


@require_GET
def show(request: HttpRequest, key: str) -> HttpResponse:
    """The answer when there is one, else how far the run is."""
    one = run_seen(request, key)
    if one.state != Run.State.DONE:
        return render(request, "answers/live.html", _live(one))
    prefetch_related_objects([one], "files")
    facts = answer.read(one)
    view = lists.view_of(facts, request.GET)
    title = facts["title"]
    page = _people(one, view, person_of(request)) | {
        "run": one,
        "answer": facts,
        "view": view,
        "title": title,
        "parameter_titles": _parameter_titles(one),
        "again": _again(one),
        "former": recomputation.former(one),
        "others": _others(one, person_of(request)),
        **_released(request, one),
        "languages": LANGUAGES,
        "report_language": _TAGS.get(get_language() or "", "en"),
        "is_long": bool(view.table and not view.lists and len(view.table["rows"]) > LONG),
        "is_example": any(file.is_example for file in one.files.all()),
        "crumbs": [(_("Answers"), reverse("answers")), (one.called, "")],
    }
    whole = not request.headers.get("HX-Request")
    return render(request, "answers/answer.html" if whole else "answers/_panel.html", page)


def _people(one: Run, view: lists.View, person: Person | None) -> dict[str, Any]:
    """What people said of the answer, what was said of the row that is looked at, and what the person may do."""
    layer = signatures.layer_of(one)
    may = amendments.may_amend(one, person)
    signing = layer.signing
    feature = view.selected.row.cells.get("index") if view.selected and view.lists else None
    waits = signing is not None and not signing.is_final and person is not None and person != signing.author
    return {
        "layer": layer,
        "edits": {str(number): edit for number, edit in layer.amendments.items()},
        "history": amendments.history(one, feature) if feature is not None else [],
        "may_amend": may and signing is None and bool(view.lists),
        "may_sign": may and signing is None,
        "colleagues": signatures.colleagues(one, person) if may and signing is None and person else [],
        "may_countersign": waits and person and signing and signatures.may_countersign(one, person, signing.author),
        "may_withdraw": signing is not None and not signing.is_final and person == signing.author,
    }


def _others(one: Run, person: Person | None) -> list[Run]:
    """The person's latest other answers of this method, to compare this one with."""
    if person is None:
        return []
    theirs = Run.objects.filter(person=person, method=one.method, state=Run.State.DONE).exclude(pk=one.pk)
    return list(theirs.prefetch_related("files").order_by("-ended_at")[:OTHERS])


def _released(request: HttpRequest, one: Run) -> dict[str, Any]:
    """The release that stands, and whether the reader sees the answer by it alone."""
    standing = releases.standing(one)
    person = person_of(request)
    return {"release": standing, "outsider": standing is not None and releases.outsider(person, one)}


def _live(one: Run) -> dict[str, Any]:
    prefetch_related_objects([one], "files")
    now = datetime.now(UTC)
    took = now - one.queued_at if one.state == Run.State.QUEUED else one.took(now)
    share = one.share_done
    left = took.total_seconds() * (1 - share) / share if share and share > ENOUGH_TO_GUESS else None
    ahead = Run.objects.filter(state=Run.State.QUEUED, queued_at__lt=one.queued_at).count()
    return {
        "run": one,
        "title": _title(one),
        "files": list(one.files.all()),
        "took": took,
        "left": left,
        "ahead": ahead if one.state == Run.State.QUEUED else 0,
        "step": gettext(one.step) if one.step else "",
        "again": _again(one),
        "crumbs": [(_("Answers"), reverse("answers")), (one.called, "")],
    }


def _again(one: Run) -> str:
    """The address where the same run can be set up once more, as it was."""
    pairs = [("file", file.key) for file in one.files.all()]
    pairs += [("method", one.method)] + ([("order", one.order.key)] if one.order else [])
    pairs += [(f"p-{name}", value) for name, value in one.parameters.items() if value not in (None, "")]
    return f"{reverse('answers_new')}?{urlencode(pairs, doseq=True)}"


@require_GET
def progress(request: HttpRequest, key: str) -> HttpResponse:
    """How far the run is, for the page that asks again and again; the page is loaded anew once it is answered."""
    one = run_seen(request, key)
    if one.state == Run.State.DONE:
        return HttpResponseClientRefresh()
    return render(request, "answers/_progress.html", _live(one))


@require_POST
def cancel(request: HttpRequest, key: str) -> HttpResponse:
    """The run is cancelled."""
    one = run_seen(request, key)
    run.cancel(run=one, person=person_of(request), now=datetime.now(UTC))
    return redirect("run", key=key)


@require_GET
def report(request: HttpRequest, key: str, language: str, kind: str) -> FileResponse:
    """The report in one of three languages, as a page or as a PDF."""
    one, language = run_seen(request, key), _TAGS.get(language.lower(), language)
    if language not in LANGUAGES or kind not in REPORT_TYPES or one.state != Run.State.DONE:
        raise Http404
    path = reporting.report(one, kind=kind, language=language)
    name = f"liqi-{one.key}-{language}.{kind}"
    response = FileResponse(
        path.open("rb"), as_attachment=kind == "pdf", filename=name, content_type=REPORT_TYPES[kind]
    )
    if kind == "html":  # a document of its own: its look lies inside it, and nothing in it may run
        response["Content-Security-Policy"] = f"default-src 'none'; style-src '{STYLE_HASH}'; img-src data:; sandbox"
    return response


@require_GET
def crate(request: HttpRequest, key: str) -> FileResponse:
    """The answer with its files and reports in one archive that says what came from what (RO-Crate)."""
    one = run_seen(request, key)
    if one.state != Run.State.DONE:
        raise Http404
    seen = _released(request, one)
    if seen["outsider"] and not seen["release"].with_files:
        raise Http404
    packed = tempfile.TemporaryFile()  # noqa: SIM115 (closed by the response, when it is sent)
    layer = signatures.layer_of(one)
    made = {tag: reporting.report(one, kind="html", language=tag, layer=layer) for tag in LANGUAGES}
    reports = {f"report-{tag}.html": path.read_bytes() for tag, path in made.items()}
    licence = LICENCES[seen["release"].licence].url if seen["release"] else ""
    whole = answer.read(one) | {"people": layer.as_json()}
    paths = [storage.path_of(given["sha256"]) for given in whole["inputs"]]
    write_crate(whole, paths, packed, ended_at=one.ended_at, licence=licence, reports=reports)
    packed.seek(0)
    return FileResponse(packed, as_attachment=True, filename=f"liqi-{key}.crate.zip", content_type="application/zip")


@require_GET
def as_json(request: HttpRequest, key: str) -> HttpResponse:
    """The whole answer as the method gave it; beside it, under `people`, what was edited and who signed."""
    one = _done(request, key)
    whole = answer.read(one) | {"people": signatures.layer_of(one).as_json()}
    text = json.dumps(whole, ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="liqi-{key}.json"'
    return response


@require_GET
def as_csv(request: HttpRequest, key: str, name: str) -> HttpResponse:
    """One table of the answer, for a spreadsheet: UTF-8 with a mark, columns with units in the first row.

    In Chinese the columns and words are those of the page; in English the columns have the names that programs read.
    """
    one = _done(request, key)
    table = lists.table_named(answer.read(one), name)
    if table is None:
        raise Http404
    columns = table["columns"]
    head = [_head(one) for one in columns]
    rows = [[figures.cell(row, one["name"]) for one in columns] for row in table["rows"]]
    if any(structures_of(row) for row in table["rows"]):
        head.append("smiles")
        rows = [[*cells, " / ".join(structures_of(row))] for cells, row in zip(rows, table["rows"], strict=True)]
    edits = amendments.standing(one)
    if edits and name == "features":
        head += ["edit", "edited_name", "edit_reason", "edited_by", "edited_at"]
        rows = [[*cells, *_edit(edits.get(row["index"]))] for cells, row in zip(rows, table["rows"], strict=True)]
    return _csv([head, *rows], f"liqi-{key}-{name}.csv")


def _head(column: dict[str, Any]) -> str:
    unit = findings.unit(column["unit"]) if figures.in_chinese() else column["unit"]
    name = figures.said(column["title"]) if figures.in_chinese() else column["name"]
    return f"{name} ({unit})" if unit else name


def _edit(one: Amendment | None) -> list[str]:
    return [one.kind, one.name, one.reason, str(one.person), one.at.isoformat()] if one else [""] * 5


@require_GET
def plot(request: HttpRequest, key: str, name: str) -> HttpResponse:
    """The numbers behind one plot."""
    rows = figures.rows_of(_drawn(request, key, name))
    if not rows:
        raise Http404
    return _csv(rows, f"liqi-{key}-{name}.csv")


@require_GET
def plot_json(request: HttpRequest, key: str, name: str) -> HttpResponse:
    """One plot as the method gave it, for figures too large to come with their page."""
    text = json.dumps(_drawn(request, key, name), ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(text, content_type="application/json; charset=utf-8")


def _drawn(request: HttpRequest, key: str, name: str) -> Any:
    drawn = lists.plot_named(_answered(request, key), name)
    if drawn is None:
        raise Http404
    return drawn


def _csv(rows: Iterable[Sequence[Any]], name: str) -> HttpResponse:
    out = io.StringIO()
    csv.writer(out).writerows([_plain(value) for value in row] for row in rows)
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _plain(value: Any) -> Any:
    """A value as a spreadsheet takes it; words that it would run as a formula are kept as words."""
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@"):
        return f"'{value}"
    return value


def _answered(request: HttpRequest, key: str) -> dict[str, Any]:
    return answer.read(_done(request, key))


def _done(request: HttpRequest, key: str) -> Run:
    one = run_seen(request, key)
    if one.state != Run.State.DONE:
        raise Http404
    return one
