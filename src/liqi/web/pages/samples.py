"""Samples: the list of an order, one by one or from a spreadsheet; the phone page behind a label; paper labels."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liqi.access import orders
from liqi.access.commissions import bulk, custody, hazards, keepers, queue, samples, storage
from liqi.access.commissions.custody import HandOver
from liqi.access.commissions.samples import Entry
from liqi.access.commissions.states import NotPossible
from liqi.access.models import Commission, Custody, Sample, StoragePlace
from liqi.web import leaflet, questionnaires
from liqi.web.asked import signed_in
from liqi.web.scripts import in_script

UNITS = ("mg", "g", "µg", "kg", "mL", "µL", "L", "piece")
PREVIEW = 200
KEPT = timedelta(hours=2)
"""How long a checked spreadsheet may wait for its confirmation."""
PROBLEMS = (NotPossible, samples.WrongSamples, samples.Taken, storage.WrongPlace, bulk.UnreadableFile)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: HttpRequest, key: str) -> HttpResponse:
    """The samples of an order and a form for one more; each problem stands beside its field."""
    commission, person = _commission(request, key), signed_in(request)
    problems: list[samples.Problem] = []
    typed: dict[str, Any] = {}
    if request.method == "POST":
        entry, typed = _entry(request, commission)
        try:
            samples.register(order=commission.order, entries=[entry], person=person, now=timezone.now())
        except samples.WrongSamples as refused:
            problems = refused.problems
        except (NotPossible, samples.Taken) as refused:
            problems = [samples.Problem(1, "name", str(refused))]
        else:
            return redirect("order_samples", key=key)
    return _list_page(request, commission, typed=typed, problems=problems)


@require_POST
@login_required
def remove(request: HttpRequest, key: str, sample_key: str) -> HttpResponse:
    """The sample is out of its order."""
    commission = _commission(request, key)
    sample = get_object_or_404(commission.order.samples, key=sample_key)
    try:
        samples.remove(sample=sample, person=signed_in(request), now=timezone.now())
    except NotPossible as refused:
        messages.error(request, str(refused))
    return redirect("order_samples", key=key)


@require_POST
@login_required
def upload(request: HttpRequest, key: str) -> HttpResponse:
    """A spreadsheet of samples: first what it says with every problem by row, then, confirmed, all of them or none."""
    commission, person = _commission(request, key), signed_in(request)
    order = commission.order
    if kept := request.POST.get("checked"):
        try:
            rows = signing.loads(kept, salt=f"samples-{order.key}", max_age=KEPT)
            entries = [Entry(**{**row, "hazards": tuple(row["hazards"])}) for row in rows]
            made = samples.register(order=order, entries=entries, person=person, now=timezone.now())
        except signing.BadSignature:
            return _list_page(request, commission, refused=_("The preview is too old; send the file once more."))
        except PROBLEMS as refused:
            return _list_page(request, commission, refused=str(refused))
        messages.success(request, _("Registered: %(n)d samples.") % {"n": len(made)})
        return redirect("order_samples", key=key)
    file = request.FILES.get("file")
    if file is None:
        return _list_page(request, commission, refused=_("Found no file; choose a CSV, XLSX or ODS file."))
    try:
        sheet = bulk.read(order, file.read(), name=file.name or "")
    except bulk.UnreadableFile as refused:
        return _list_page(request, commission, refused=str(refused))
    kept = ""
    if not sheet.problems:
        rows = [{**vars(one), "facts": dict(one.facts), "hazards": list(one.hazards)} for one in sheet.entries]
        kept = signing.dumps(rows, salt=f"samples-{order.key}", compress=True)
    return _list_page(request, commission, sheet=sheet, checked=kept, name=file.name or "")


@require_safe
@login_required
def template(request: HttpRequest, key: str, kind: str) -> HttpResponse:
    """An empty spreadsheet with the columns that the service asks for."""
    commission = _commission(request, key)
    if kind not in ("csv", "xlsx"):
        kind = "csv"
    made = bulk.template(commission.form, kind=kind, language=translation.get_language() or "en")
    types = {
        "csv": "text/csv; charset=utf-8",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    answer = HttpResponse(made, content_type=types[kind])
    answer["Content-Disposition"] = f'attachment; filename="samples-{key}.{kind}"'
    return answer


@require_safe
@login_required
def labels(request: HttpRequest, key: str) -> HttpResponse:
    """Labels of all samples of the order on A4 sheets; `sample=` gives one label on paper of its own."""
    commission = _commission(request, key)
    rows = list(commission.order.samples.all())
    single = request.GET.get("sample", "")
    if single:
        rows = [get_object_or_404(commission.order.samples, key=single)]
    language = translation.get_language() or "en"
    site = f"{request.scheme}://{request.get_host()}"
    made = leaflet.sample_labels(commission.order, rows, site=site, language=language, single=bool(single))
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="liqi-{single or key}-labels.pdf"'
    return answer


@require_safe
@login_required
def find(request: HttpRequest) -> HttpResponse:
    """A label that was scanned or typed leads to its sample; below, samples kept longer than they should be."""
    person, code = signed_in(request), request.GET.get("code", "").strip()
    if code and (sample := samples.find(code)):
        return redirect("sample", key=sample.key)
    today = timezone.localdate()
    facts = {
        "code": code,
        "overdue": queue.overdue_samples(person, today=today)[:100],
        "recent": Custody.objects.filter(person=person).select_related("sample", "place").order_by("-at", "-pk")[:10],
        "crumbs": [(_("My bench"), reverse("bench")), (_("Samples"), "")],
    }
    return render(request, "samples/find.html", facts)


@require_safe
@login_required
def show(request: HttpRequest, key: str) -> HttpResponse:
    """The page behind a label: what it is, where it lies, what can be done with it now, and its whole chain."""
    return _sample_page(request, _sample(request, key))


@require_POST
@login_required
def act(request: HttpRequest, key: str, verb: str) -> HttpResponse:
    """A hand-over is written down; what was typed is kept where it cannot be."""
    sample, person, now = _sample(request, key), signed_in(request), timezone.now()
    try:
        if verb == Custody.Verb.SPLIT:
            parts = [_number(text) for text in request.POST.get("parts", "").split()] or [None]
            made = custody.split(sample=sample, parts=parts, person=person, now=now, note=request.POST.get("note", ""))
            messages.success(request, _("New aliquots: %(names)s.") % {"names": ", ".join(one.name for one in made)})
        else:
            custody.hand_over(sample=sample, verb=verb, person=person, now=now, facts=_facts(request, sample))
            messages.success(request, _("Written down."))
    except PROBLEMS as refused:
        return _sample_page(request, sample, refused=str(refused))
    return redirect("sample", key=key)


def _facts(request: HttpRequest, sample: Sample) -> HandOver:
    given = request.POST
    place = None
    if text := given.get("place", ""):
        places = StoragePlace.objects.select_related("parent__parent__parent")
        place = places.filter(pk=int(text) if text.isdecimal() else 0).first()
        if place is None:
            raise storage.WrongPlace(_("Found a place that is not there any more; choose another."))
    return HandOver(
        place, given.get("slot", ""), given.get("giver", ""), _number(given.get("temperature_c", "")),
        given.get("condition", ""), _number(given.get("quantity", "")), given.get("note", ""),
    )  # fmt: skip


def _number(text: str) -> Decimal | None:
    if not text.strip():
        return None
    try:
        value = Decimal(text.strip().replace(",", ".").replace("−", "-"))
    except InvalidOperation:
        raise NotPossible(_("Found “%(text)s”; expected a number such as -18.5.") % {"text": text[:40]}) from None
    if not value.is_finite() or abs(value) >= 1000 * 1000:
        raise NotPossible(_("Found “%(text)s”; expected a number such as -18.5.") % {"text": text[:40]})
    return value


def _sample(request: HttpRequest, key: str) -> Sample:
    rows = Sample.objects.select_related(
        "order__service__institution", "order__service__facility", "order__commission__form", "order__person",
        "order__organisation", "parent", "place__parent__parent__parent",
    )  # fmt: skip
    sample = get_object_or_404(rows, key=key)
    orders.require_sight(sample.order, signed_in(request))
    return sample


def _sample_page(request: HttpRequest, sample: Sample, refused: str = "") -> HttpResponse:
    person = signed_in(request)
    links = list(sample.custody.select_related("person", "place__parent__parent__parent"))
    keeper = keepers.answers_for(person, sample.order.service)
    allowed = [one for one in custody.ALLOWED[sample.state] if keeper or one == Custody.Verb.SEND]
    facility = sample.order.service.facility if sample.order.service else None
    form = sample.order.commission.form
    facts = {
        "sample": sample,
        "order": sample.order,
        "links": links,
        "gaps": custody.gaps(sample, links),
        "allowed": [Custody.Verb(one) for one in allowed],
        "keeper": keeper,
        "places": storage.tree(facility) if facility and keeper else [],
        "conditions": Custody.Condition.choices,
        "hazard_words": hazards.words(sample.hazards),
        "questions": questionnaires.questions(form.sample_schema, sample.facts) if form else [],
        "aliquots": sample.aliquots.all(),
        "refused": refused,
        "typed": request.POST,
        "example": sample.synthetic,
        "crumbs": [
            (in_script(sample.order.title, translation.get_language()), reverse("order", args=[sample.order.key])),
            (sample.name, ""),
        ],
    }
    return render(request, "samples/show.html", facts, status=422 if refused else 200)


def _commission(request: HttpRequest, key: str) -> Commission:
    rows = Commission.objects.select_related(
        "order__service__facility", "order__service__institution", "order__person", "order__organisation", "form"
    )
    commission = get_object_or_404(rows, order__key=key)
    orders.require_sight(commission.order, signed_in(request))
    return commission


def _entry(request: HttpRequest, commission: Commission) -> tuple[Entry, dict[str, Any]]:
    names = ("name", "kind", "matrix", "quantity", "unit", "container", "storage", "barcode", "note")
    texts = {name: request.POST.get(name, "").strip() for name in names}
    chosen = tuple(request.POST.getlist("hazards"))
    facts = questionnaires.read(commission.form.sample_schema, request.POST) if commission.form else {}
    return Entry(**texts, hazards=chosen, facts=facts), {**texts, "hazards": chosen, "facts": facts}


def _list_page(
    request: HttpRequest,
    commission: Commission,
    *,
    typed: dict[str, Any] | None = None,
    problems: list[samples.Problem] | None = None,
    sheet: bulk.Sheet | None = None,
    checked: str = "",
    name: str = "",
    refused: str = "",
) -> HttpResponse:
    person, order = signed_in(request), commission.order
    typed, wrong = typed or {}, {one.field: one.message for one in problems or ()}
    keeper = keepers.answers_for(person, order.service)
    open_states = ("draft",) if not keeper else ("draft", "submitted", "quoted", "accepted", "received", "in work")
    form = commission.form
    facts = {
        "order": order,
        "commission": commission,
        "samples": order.samples.select_related("place__parent__parent__parent"),
        "may_change": commission.state in open_states,
        "may_send": commission.state == Commission.State.DRAFT and keepers.is_customer(person, order),
        "typed": typed,
        "wrong": wrong,
        "questions": questionnaires.questions(form.sample_schema, typed.get("facts", {}), wrong) if form else [],
        "storages": Sample.Storage.choices,
        "hazards": hazards.HAZARDS.items(),
        "units": UNITS,
        "kinds": order.service.sample_types if order.service else [],
        "sheet": sheet,
        "preview": sheet.entries[:PREVIEW] if sheet else [],
        "checked": checked,
        "file_name": name,
        "refused": refused,
        "example": order.synthetic,
        "crumbs": [
            (in_script(order.title, translation.get_language()), reverse("order", args=[order.key])),
            (_("Samples"), ""),
        ],
    }
    bad = bool(problems or refused or (sheet and sheet.problems))
    return render(request, "samples/list.html", facts, status=422 if bad else 200)
