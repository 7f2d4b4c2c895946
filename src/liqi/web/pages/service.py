"""A service: what it does, what it costs, its form; ordering it; and the manager's editor of form and terms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from liqi import taxonomy
from liqi.access import orders
from liqi.access.commissions import drafts, feedback, forms, keepers, quoting, subsidy, terms
from liqi.access.models import Commission, Order, ServiceForm
from liqi.access.money import books
from liqi.access.money.refusal import Unable
from liqi.accounts import membership
from liqi.accounts.models import Organisation, Person, Project
from liqi.answers import storage
from liqi.catalogue import editing
from liqi.catalogue.models import Service
from liqi.web import questionnaires, records, scripts
from liqi.web.asked import signed_in

KINDS = (
    ("text", gettext_lazy("short text")),
    ("long", gettext_lazy("long text")),
    ("number", gettext_lazy("number")),
    ("choice", gettext_lazy("one of several")),
    ("several", gettext_lazy("some of several")),
    ("date", gettext_lazy("day")),
    ("yes", gettext_lazy("yes or no")),
    ("file", gettext_lazy("file")),
)
SPARE = 2
"""Empty rows below the questions of the editor, for those without a script."""


@require_safe
def show(request: HttpRequest, key: str) -> HttpResponse:
    """Price, turnaround, samples taken, what the form asks, how satisfied customers were; and the way to order."""
    service = records.find(request, "service", key, Service.everything.select_related("facility", "institution"))
    if isinstance(service, HttpResponse):
        return service
    person, now = records.person_of(request), timezone.now()
    form = forms.newest(service)
    known = taxonomy.techniques()
    language = translation.get_language() or ""
    home = membership.home_of(person) if person else None
    graded, mean = feedback.summary([service.pk])
    facts = {
        "service": service,
        "keeper": keepers.answers_for(person, service),
        "may_edit": editing.may_edit(person, service),
        "techniques": [(known[one], known[one].label(language)) for one in service.techniques if one in known],
        "instruments": service.instruments.filter(removed_at=None).order_by("name", "pk")[:20],
        "form": form,
        "questions": questionnaires.of_form(form, {}),
        "sample_questions": questionnaires.questions(form.sample_schema, {}) if form else [],
        "terms": terms.of(service),
        "price": quoting.price(service, samples=1, organisation=home, now=now) if person else None,
        "graded": graded,
        "mean": mean,
        "example": service.synthetic,
        "crumbs": _crumbs(service),
    }
    return render(request, "service/show.html", facts)


def _crumbs(service: Service, *more: tuple[str, str]) -> list[tuple[str, str]]:
    language = translation.get_language()
    house = service.facility or service.institution
    crumbs = [(scripts.name_of(house, language), records.address_of(house))]
    return [
        *crumbs,
        (scripts.name_of(service, language), reverse("service", args=[service.key]) if more else ""),
        *more,
    ]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def order(request: HttpRequest, key: str) -> HttpResponse:
    """The order form of a service; sent, it is a draft whose samples come next. `?need=` comes along from a search."""
    service = get_object_or_404(Service.objects.select_related("facility", "institution"), key=key)
    person, form = signed_in(request), forms.newest(service)
    if request.method != "POST":
        typed = {"need": request.GET.get("need", ""), "project": request.GET.get("project", "")}
        return _order_page(request, service, form, {}, typed)
    answers, typed, wrong = _read(request, form)
    if not typed["need"].strip():
        wrong["need"] = _("Found no need; say in a sentence what is to be found out.")
    if wrong and "draft" not in request.POST:
        return _order_page(request, service, form, answers, typed, wrong)
    project = _project(person, typed["project"]) if typed["project"] else None
    organisation = _organisation(person, typed["organisation"]) if not project and typed["organisation"] else None
    now = timezone.now()
    said = {name: typed[name] for name in ("need", "title", "fate", "purchase_number", "voucher")}
    try:
        made = orders.draft(
            service=service, answers=answers, person=person, now=now, project=project, organisation=organisation,
            files=_files(request, form, now), **said,
        )  # fmt: skip
    except Unable as problem:
        return _order_page(request, service, form, answers, typed, {"voucher": str(problem)})
    return redirect("order_samples", key=made.key)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answers(request: HttpRequest, key: str) -> HttpResponse:
    """The answers of a draft, to be changed until it is sent."""
    rows = Commission.objects.select_related(
        "order__service__facility", "order__service__institution", "form", "voucher"
    )
    commission = get_object_or_404(rows, order__key=key)
    orders.require_sight(commission.order, signed_in(request))
    service = commission.order.service
    assert service is not None
    if request.method != "POST":
        typed = {
            "need": commission.order.need, "title": commission.order.title,
            "fate": commission.fate, "purchase_number": commission.purchase_number,
            "voucher": commission.voucher.number if commission.voucher else "",
        }  # fmt: skip
        wrong = forms.wrong_fields(commission.form, commission.answers) if commission.answers else {}
        return _order_page(request, service, commission.form, commission.answers, typed, wrong, commission)
    given, typed, wrong = _read(request, commission.form, commission.answers)
    if wrong and "draft" not in request.POST:
        return _order_page(request, service, commission.form, given, typed, wrong, commission)
    now = timezone.now()
    said = {name: typed[name] for name in ("need", "title", "fate", "purchase_number")}
    try:
        drafts.write(
            commission=commission, answers=given, person=signed_in(request), now=now,
            voucher=typed["voucher"] if "voucher" in request.POST else None,
            files=_files(request, commission.form, now), **said,
        )  # fmt: skip
    except Unable as problem:
        return _order_page(request, service, commission.form, given, typed, {"voucher": str(problem)}, commission)
    return redirect("order_samples", key=key)


def _read(
    request: HttpRequest, form: ServiceForm | None, before: dict[str, Any] | None = None
) -> tuple[dict[str, Any], dict[str, str], dict[str, str]]:
    """Answers, the other inputs, and what is wrong with the answers; files count as answered when they were sent."""
    names = ("need", "title", "project", "organisation", "fate", "purchase_number", "voucher")
    typed = {name: request.POST.get(name, "").strip() for name in names}
    if form is None:
        return {}, typed, {}
    found = questionnaires.read(form.schema, request.POST)
    for one in forms.fields_of(form.schema):
        if one.kind == "file":
            sent = request.FILES.get(f"a-{one.name}")
            kept = (before or {}).get(one.name)
            if sent is not None or kept:
                found[one.name] = str(kept or "sent")
    return found, typed, forms.wrong_fields(form, found)


def _files(request: HttpRequest, form: ServiceForm | None, now: datetime) -> drafts.Files:
    """The files that were sent, to be kept under the order that they answer."""
    fields = forms.fields_of(form.schema) if form else []
    sent = {one.name: request.FILES.get(f"a-{one.name}") for one in fields if one.kind == "file"}

    def keep(order: Order) -> dict[str, str]:
        return {
            name: storage.keep(file, name=file.name or "file", person=signed_in(request), now=now, order=order).key
            for name, file in sent.items()
            if file is not None
        }

    return keep


def _order_page(
    request: HttpRequest,
    service: Service,
    form: ServiceForm | None,
    given: dict[str, Any],
    typed: dict[str, str],
    wrong: dict[str, str] | None = None,
    commission: Commission | None = None,
) -> HttpResponse:
    person = signed_in(request)
    projects = Project.objects.filter(organisation__memberships__person=person, closed_on=None).order_by("code")
    facts = {
        "service": service,
        "commission": commission,
        "questions": questionnaires.of_form(form, given, wrong),
        "typed": typed,
        "wrong": wrong or {},
        "projects": projects,
        "organisations": person.organisations.order_by("name", "pk"),
        "terms": terms.of(service),
        "fates": Commission.Fate.choices,
        "vouchers": subsidy.choices(
            person,
            service.institution,
            on=books.day_of(timezone.now()),
            named=commission.voucher if commission else None,
        ),
        "price": quoting.price(service, samples=1, organisation=membership.home_of(person), now=timezone.now()),
        "example": service.synthetic,
        "crumbs": _crumbs(service, (_("Order"), "")),
    }
    return render(request, "service/order.html", facts, status=422 if wrong and request.method == "POST" else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, key: str) -> HttpResponse:
    """The editor of the form and terms of a service; saved, the questions are a new version for new orders."""
    service = get_object_or_404(Service.objects.select_related("facility", "institution"), key=key)
    person, now, problem = signed_in(request), timezone.now(), ""
    keepers.require_keeper(person, service)
    newest = forms.newest(service)
    rows = {
        "order": forms.fields_of(newest.schema) if newest else [],
        "sample": forms.fields_of(newest.sample_schema) if newest else [],
    }
    if request.method == "POST":
        try:
            rows = {scope: questionnaires.fields(request.POST, scope) for scope in rows}
            if "preview" not in request.POST:
                made = forms.define(
                    service=service, fields=rows["order"], sample_fields=rows["sample"], person=person, now=now
                )
                _set_terms(request, service, person)
                text = _("Saved: version %(version)d. New orders answer it; orders under way keep theirs.")
                messages.success(request, text % {"version": made.version})
                return redirect("service_form", key=key)
            forms.schema_of(rows["order"])
            forms.schema_of(rows["sample"])
        except ValueError as refused:
            problem = str(refused)
    previews = {}
    if not problem:
        previews = {scope: questionnaires.questions(forms.schema_of(fields), {}) for scope, fields in rows.items()}
    facts = {
        "service": service,
        "newest": newest,
        "scopes": [
            ("order", _("About the whole order"), [*rows["order"], *_spare()]),
            ("sample", _("About each sample"), [*rows["sample"], *_spare()]),
        ],
        "kinds": KINDS,
        "problem": problem,
        "previews": previews,
        "versions": ServiceForm.objects.filter(service=service).select_related("made_by").order_by("-version")[:10],
        "terms": terms.of(service),
        "example": service.synthetic,
        "crumbs": _crumbs(service, (_("Form and terms"), "")),
    }
    return render(request, "service/form.html", facts, status=422 if problem else 200)


def _spare() -> list[forms.Field]:
    return [forms.Field("", "text", "")] * SPARE


def _set_terms(request: HttpRequest, service: Service, person: Person) -> None:
    days = request.POST.get("retention_days", "90").strip()
    if not days.isdecimal():
        raise ValueError(_("Found “%(days)s” days of keeping; expected a whole number.") % {"days": days[:20]})
    terms.set_service(
        service=service, person=person, now=timezone.now(), four_eyes=request.POST.get("four_eyes") == "1",
        quote_needed=request.POST.get("quote_needed") == "1", retention_days=int(days),
        instructions=request.POST.get("instructions", ""),
    )  # fmt: skip


def _project(person: Person, pk: str) -> Project:
    mine = Project.objects.select_related("organisation").filter(organisation__memberships__person=person)
    return get_object_or_404(mine, pk=pk if pk.isdecimal() else 0)


def _organisation(person: Person, pk: str) -> Organisation:
    return get_object_or_404(person.organisations.all(), pk=pk if pk.isdecimal() else 0)
