"""Answers: what Liqi can answer, a file to answer it from, and my runs so far."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from liqi.access import orders
from liqi.access.models import Order
from liqi.accounts.models import Person
from liqi.answers import batches, quota, run, storage, upload
from liqi.answers.models import Batch, Run, StoredFile, Upload
from liqi.methods import BadParameter, Method, all_methods, find_method, method_ids
from liqi.methods.readers import COMPANIONS
from liqi.web import downloads, method_groups
from liqi.web.asked import person_of

RUNS_A_PAGE = 10
LIBRARIES = ("parquet", "msp", "mzspeclib", "massbank", "mgf", "liqi", "npz")
"""The formats of spectral libraries."""


@require_GET
def answers(request: HttpRequest) -> HttpResponse:
    """What Liqi can answer, with a place to drop a file and an example each; my runs, newest first.

    Who has runs finds them above the methods, unless a method is looked for.
    """
    person = person_of(request)
    runs = Run.objects.filter(person=person) if person else Run.objects.none()
    state = request.GET.get("state", "")
    if state in Run.State.values:
        runs = runs.filter(state=state)
    listed = runs.select_related("order").prefetch_related("files").order_by("-queued_at", "-pk")
    page = Paginator(listed, RUNS_A_PAGE).get_page(request.GET.get("page"))
    facts = {
        "groups": method_groups.grouped(method_groups.found(all_methods(), request.GET.get("find", ""))),
        "find": request.GET.get("find", ""),
        "count": len(method_ids()),
        "batches": _batches(person),
        "runs": page,
        "has_worked": bool(page.paginator.count or state) and "find" not in request.GET,
        "titles": titles(),
        "states": Run.State.values,
        "state": state,
        "unfinished": unfinished(person),
        "max_bytes": quota.per_person(),
        "crumbs": [(_("Answers"), "")],
    }
    return render(request, "answers/answers.html", facts)


def _batches(person: Person | None) -> list[Batch]:
    """The newest batches with the number of their runs."""
    mine = Batch.objects.filter(person=person) if person else Batch.objects.none()
    return list(batches.counted(mine).order_by("-begun_at")[:5])


def titles() -> dict[str, Any]:
    """The title of every method by its id."""
    return {method.id: method.title for method in all_methods()}


def unfinished(person: Person | None) -> list[Upload]:
    """The uploads that wait for their file to be dropped again."""
    return list(Upload.objects.of(person).unfinished().order_by("-begun_at")[:5]) if person else []


@require_POST
def example(request: HttpRequest, method: str) -> HttpResponse:
    """The run on the file that comes with Liqi; visitors may, too."""
    if method not in method_ids():
        return redirect("answers")
    started = run.start_example(method=method, person=person_of(request), now=datetime.now(UTC))
    return redirect("run", key=started.key)


def new(request: HttpRequest) -> HttpResponse:
    """Files, a method, its parameters; POST starts the runs, or takes files from a browser without scripts."""
    person = person_of(request)
    if person is None:
        return redirect(f"{reverse('account_login')}?next={request.get_full_path()}")
    if request.method == "POST" and request.FILES:
        return _take(request, person)
    order = _order(request, person)
    given = request.POST if request.method == "POST" else request.GET
    files = list(StoredFile.objects.visible_to(person).filter(key__in=given.getlist("file")).order_by("pk"))
    fitting, others = _fitting(files)
    chosen = _chosen(given.get("method", ""), fitting, others)
    problem: BadParameter | run.NoFile | batches.NotPossible | None = None
    values = {name.removeprefix("p-"): _typed(given.getlist(name)) for name in given if name.startswith("p-")}
    if request.method == "POST" and chosen is not None:
        try:
            return _start(chosen, files, values, person, order, request.POST)
        except (BadParameter, run.NoFile, batches.NotPossible) as wrong:
            problem = wrong
    elif files:
        problem = _unpaired(files)
    facts = {
        "order": order,
        "open_orders": [] if order else list(Order.objects.of(person).open().order_by("-created_at")[:20]),
        "files": files,
        "fitting": fitting,
        "zipped": any(file.format == "zip" for file in files),
        "others": others,
        "chosen": chosen,
        "fields": fields(chosen, values, problem, person) if chosen else [],
        "problem": None if isinstance(problem, BadParameter) else problem,
        "samples": len(batches.groups(chosen, files)) if chosen else 0,
        "batch_name": given.get("batch", ""),
        "apart": given.get("how") == "each" if given.get("how") else bool(chosen and batches.is_apart(chosen, files)),
        "unfinished": unfinished(person),
        "crumbs": [(_("Answers"), reverse("answers")), (_("New run"), "")],
    }
    refused = problem is not None and request.method == "POST"
    return render(request, "answers/new.html", facts, status=422 if refused else 200)


def _unpaired(files: list[StoredFile]) -> run.NoFile | None:
    """What stands in the way of these files before anybody asked: a companion of none of them."""
    try:
        run.require_pairs(files)
    except run.NoFile as wrong:
        return wrong
    return None


def _typed(values: list[str]) -> str | list[str]:
    return values if len(values) > 1 else "".join(values)


def _take(request: HttpRequest, person: Person) -> HttpResponse:
    order, now = _order(request, person), datetime.now(UTC)
    keys = request.POST.getlist("file")
    for sent in request.FILES.getlist("files"):
        upload.require_room(person=person, size=sent.size or 0, order=order)
        keys.append(storage.keep(sent, name=sent.name or "", person=person, order=order, now=now).key)
    query = "&".join([f"file={key}" for key in keys] + ([f"order={order.key}"] if order else []))
    return redirect(f"{reverse('answers_new')}?{query}")


def _order(request: HttpRequest, person: Person) -> Order | None:
    key = request.POST.get("order") or request.GET.get("order")
    if not key:
        return None
    order = get_object_or_404(Order, key=key)
    orders.require_sight(order, person)
    return order


def _fitting(files: list[StoredFile]) -> tuple[list[Method], list[Method]]:
    """The methods that read these files' format, and the others."""
    formats = {file.format for file in files} - set(COMPANIONS)
    every = list(all_methods())
    fitting = [method for method in every if formats <= {format.lower() for format in method.accepts}]
    return fitting, [method for method in every if method not in fitting]


def _chosen(method_id: str, fitting: list[Method], others: list[Method]) -> Method | None:
    for method in [*fitting, *others]:
        if method.id == method_id:
            return method
    return fitting[0] if fitting else None


def fields(
    method: Method, values: Mapping[str, str | list[str]], problem: Exception | None, person: Person
) -> list[dict[str, Any]]:
    """The form of a method, made from what it declares; what was typed stays, what is wrong stands beside it."""
    made = []
    for parameter in method.parameters:
        wrong = problem if isinstance(problem, BadParameter) and problem.name == parameter.name else None
        field: dict[str, Any] = {"parameter": parameter, "wrong": wrong, "id": f"p-{parameter.name}"}
        field["value"] = values.get(parameter.name, "" if parameter.kind == "file" else parameter.default)
        if parameter.kind == "file":
            mine = StoredFile.objects.filter(person=person, format__in=parameter.formats or LIBRARIES)
            field["files"] = list(mine.order_by("-uploaded_at")[:50])
            field["chosen"] = field["value"] if isinstance(field["value"], list) else [field["value"]]
        made.append(field)
    return made


def _start(
    method: Method,
    files: list[StoredFile],
    values: Mapping[str, str | list[str]],
    person: Person,
    order: Order | None,
    given: Mapping[str, str],
) -> HttpResponse:
    """A batch with a run for each sample, or one run on all files where the method takes many."""
    now, how = datetime.now(UTC), given.get("how", "")
    apart = how == "each" or (how != "together" and batches.is_apart(method, files))
    if len(batches.groups(method, files)) > 1 and (apart or not method.many_files):
        made = batches.start(
            method=method.id, files=files, parameters=values, person=person, order=order, now=now,
            name=given.get("batch", ""),
        )  # fmt: skip
        return redirect("batch", key=made.key)
    started = run.start(method=method.id, files=files, parameters=values, person=person, order=order, now=now)
    return redirect("run", key=started.key)


@require_GET
def form(request: HttpRequest) -> HttpResponse:
    """The parameters of one method, for a form whose method was just changed."""
    person = person_of(request)
    if person is None or request.GET.get("method") not in method_ids():
        return HttpResponse(status=404)
    chosen = find_method(request.GET["method"])
    files = list(StoredFile.objects.visible_to(person).filter(key__in=request.GET.getlist("file")).order_by("pk"))
    facts = {
        "chosen": chosen,
        "fields": fields(chosen, {}, None, person),
        "samples": len(batches.groups(chosen, files)),
        "apart": batches.is_apart(chosen, files),
    }
    return render(request, "answers/_parameters.html", facts)


@require_GET
def file(request: HttpRequest, key: str) -> HttpResponseBase:
    """The bytes as they came, under the name they came with; a part of them where a part is asked for."""
    one = get_object_or_404(StoredFile.objects.visible_to(person_of(request)), key=key)
    return downloads.send(request, sha256=one.sha256, size=one.size, name=one.name)
