"""Lists brought in by those who look after an institution: dropped, mapped, checked, confirmed, undone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from liqi.accounts import journal
from liqi.accounts.models import Person
from liqi.catalogue import column_mapping, import_job, import_undo
from liqi.catalogue.editors import institutions_of
from liqi.catalogue.models import ColumnMapping, Facility, ImportJob, ImportState, Institution, Instrument, Service
from liqi.web import imports
from liqi.web.asked import signed_in

PAGE = 20
_LISTED = 20
_MOST_OWNERS = 500


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The person's imports and the place to drop a file; a dropped file is kept and looked at."""
    person = signed_in(request)
    if not import_job.may_import(person):
        return render(request, "imports/none.html", {"crumbs": [(_("Import"), "")]}, status=403)
    wrong = ""
    if request.method == "POST":
        try:
            return redirect("import", _bring(request, person).key)
        except (import_job.UnreadableFile, import_job.NotAllowed) as problem:
            wrong = str(problem)
    page = Paginator(import_job.visible_to(person), PAGE).get_page(request.GET.get("page"))
    for job in page.object_list:
        job.words, job.tone = imports.STATES[job.state]
    facts = {
        "page": page,
        "owners": _owners(person),
        "chosen": request.POST.get("institution", ""),
        "source": request.POST.get("source", ""),
        "mappings": ColumnMapping.objects.order_by("name")[:100],
        "wrong": wrong,
        "most_mb": import_job.MOST_BYTES // 10**6,
        "crumbs": [(_("Import"), "")],
    }
    return render(request, "imports/index.html", facts, status=422 if wrong else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, key: str) -> HttpResponse:
    """The file: how far it is, its columns, what it would do or did; POST says what the columns mean."""
    job, person = _mine(request, key), signed_in(request)
    wrong, typed = "", None
    if request.method == "POST":
        typed = _typed(request, job)
        try:
            import_job.choose(
                job,
                fields=typed if job.header else None,
                sheet=request.POST.get("sheet", ""),
                source=request.POST.get("source", ""),
                save_as=request.POST.get("save_as", ""),
                person=person,
                now=timezone.now(),
            )
            return redirect("import", key)
        except import_job.UnreadableFile as problem:
            wrong = str(problem)
            job.refresh_from_db()
    facts = {**_facts(request, job), "wrong": wrong}
    if job.header:
        facts["columns"] = list(_columns(job, typed or job.fields))
        facts["choices"] = imports.choices()
        facts["save_as"] = request.POST.get("save_as", "")
    return render(request, "imports/show.html", facts, status=422 if wrong else 200)


@login_required
@require_GET
def progress(request: HttpRequest, key: str) -> HttpResponse:
    """How far the work is, for the page that asks again and again; the page is loaded anew once it is over."""
    job = _mine(request, key)
    if not job.at_work:
        return HttpResponseClientRefresh()
    return render(request, "imports/_progress.html", _facts(request, job))


@login_required
@require_POST
def confirm(request: HttpRequest, key: str) -> HttpResponse:
    """The checked file is imported."""
    try:
        import_job.confirm(_mine(request, key), person=signed_in(request), now=timezone.now())
    except import_job.UnreadableFile as problem:
        messages.warning(request, str(problem))
    return redirect("import", key)


@login_required
@require_POST
def cancel(request: HttpRequest, key: str) -> HttpResponse:
    """The file is given up."""
    import_job.cancel(_mine(request, key), person=signed_in(request), now=timezone.now())
    return redirect("import", key)


@login_required
@require_POST
def undo(request: HttpRequest, key: str) -> HttpResponse:
    """What the import made is taken out and what it changed is as before, or the page says why not."""
    job = _mine(request, key)
    if job.imported is not None:
        try:
            counts = import_undo.undo(job.imported, person=signed_in(request), now=timezone.now())
            said = _("Undone: %(removed)s records taken out, %(restored)s as they were before.") % counts
            messages.success(request, said)
        except import_undo.ChangedSince as problem:
            messages.warning(request, str(problem))
    return redirect("import", key)


@login_required
@require_safe
def rejected(request: HttpRequest, key: str) -> HttpResponseBase:
    """The rejected rows as CSV, the reason in the last column."""
    job = _mine(request, key)
    path = import_job.rejected_path(job)
    if not path.exists():
        messages.info(request, _("No row was rejected."))
        return redirect("import", key)
    name = f"{job.name.rsplit('.', 1)[0]}-rejected.csv"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")


def _bring(request: HttpRequest, person: Person) -> ImportJob:
    file: Any = request.FILES.get("file")
    if file is None or not file.size:
        raise import_job.UnreadableFile(_("found no file; expected one; choose a file, then send it."))
    chosen = request.POST.get("institution", "")
    owner = Institution.objects.filter(key=chosen).first() if chosen else None
    return import_job.begin(
        name=file.name or "list",
        pieces=file.chunks(),
        person=person,
        institution=owner,
        source=request.POST.get("source", ""),
        now=timezone.now(),
    )


def _facts(request: HttpRequest, job: ImportJob) -> dict[str, Any]:
    words, tone = imports.STATES[job.state]
    far = import_job.progress(job) if job.at_work else {}
    facts: dict[str, Any] = {
        "job": job,
        "words": words,
        "tone": tone,
        "far": far,
        "step": str(imports.STEPS.get(str(far.get("step", "")), _("Waiting for a worker"))) if far else "",
        "kinds": imports.kinds(job.found.get("kinds", [])),
        "sheets": job.found.get("sheets", []),
        "crumbs": [(_("Import"), reverse("imports")), (job.name, "")],
    }
    if job.state == ImportState.CHECKED:
        facts["preview"] = import_job.preview(job)
        for row in facts["preview"]:
            for problem in row["problems"]:
                problem["words"] = imports.words(problem["code"])
        facts["heads"] = _heads(facts["preview"])
    if job.state == ImportState.DONE and job.imported is not None:
        facts["obstacle"] = import_undo.obstacle(job.imported)
        facts["lines"] = list(journal.read(job.imported)[:10])
        for line in facts["lines"]:
            line.said = imports.VERBS.get(line.verb, line.verb)
        facts["records"] = list(_records(job))
    return facts


def _heads(preview: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """The fields that any row of the preview has, in order, with their words."""
    names = dict.fromkeys(name for row in preview for name in row["fields"])
    return [(name, imports.label(name)) for name in names]


def _records(job: ImportJob) -> Iterator[Any]:
    """Some of the records that the import made."""
    kept = job.imported
    if kept is None:
        return
    left = _LISTED
    for model in (Instrument, Facility, Service, Institution):
        rows = model.objects.filter(source=kept.source, created_at=kept.at).order_by("id")[:left]
        for row in rows:
            row.kind_word = str(model._meta.model_name)
            yield row
        left -= len(rows)
        if left <= 0:
            return


def _columns(job: ImportJob, fields: dict[str, str]) -> Iterator[dict[str, Any]]:
    guesses = column_mapping.guess(job.header)
    for number, title in enumerate(job.header):
        yield {
            "number": number,
            "title": title,
            "examples": job.examples.get(title, []),
            "field": fields.get(title, ""),
            "guessed": bool(guesses.get(title)) and guesses.get(title) == fields.get(title),
        }


def _typed(request: HttpRequest, job: ImportJob) -> dict[str, str]:
    return {title: request.POST.get(f"column-{number}", "") for number, title in enumerate(job.header)}


def _owners(person: Person) -> list[Institution]:
    """The institutions that the person may bring records of, those that sign in here first for an operator."""
    mine = institutions_of(person).filter(removed_at=None)
    if person.is_operator:
        mine = mine.exclude(organisation=None)
    return list(mine.order_by("name")[:_MOST_OWNERS])


def _mine(request: HttpRequest, key: str) -> ImportJob:
    job: ImportJob = get_object_or_404(import_job.visible_to(signed_in(request)), key=key)
    return job
