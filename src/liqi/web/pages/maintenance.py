"""Maintenance: what falls due by date and by hours, what was done with its certificate, contracts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from liqi.access import belonging
from liqi.access.care import plans
from liqi.access.care.refusal import NotAllowed, NotPossible, require_steward
from liqi.access.models import MaintenancePlan, MaintenanceRecord, ServiceContract
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument
from liqi.web import asked, tables, typed
from liqi.web.scripts import name_of

PAGE = 50
STATES = (("overdue", gettext_lazy("overdue")), ("soon", gettext_lazy("due soon")), ("fine", gettext_lazy("in time")))
TONES = {"overdue": "bad", "soon": "warn", "fine": "good"}
RESULTS = {"passed": "good", "limited": "warn", "failed": "bad"}
COLUMNS = ("instrument", "plan", "kind", "state", "due_on", "days_left", "hours_used", "hours_left")
RECORDS = ("instrument", "done_on", "plan", "done_by", "words", "parts", "cost_cny", "result", "certificate_number")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def instrument(request: HttpRequest, key: str) -> HttpResponseBase:
    """The plans of an instrument, its records and contracts; stewards add to each."""
    shown = get_object_or_404(Instrument.objects.select_related("facility", "institution"), key=key)
    person, now, wrong = asked.signed_in(request), timezone.now(), ""
    if request.method == "POST":
        try:
            messages.success(request, _act(request, shown, person, now))
        except (NotPossible, NotAllowed) as problem:
            wrong = str(problem)
        else:
            return redirect("instrument_maintenance", key=key)
    records = MaintenanceRecord.objects.filter(instrument=shown).select_related("plan")
    if request.GET.get("format") == "csv":
        fields = ("instrument__key", "done_on", "plan__name", *RECORDS[3:])
        return tables.as_csv(f"liqi-maintenance-{key}", RECORDS, records.values_list(*fields))
    today = timezone.localdate(now)
    facts: dict[str, Any] = {
        "instrument": shown,
        "care": belonging.looks_after(person, shown),
        "due": plans.due_list(MaintenancePlan.objects.filter(instrument=shown), now=now),
        "records": records[:PAGE],
        "contracts": ServiceContract.objects.filter(instrument=shown).order_by("-ends_on"),
        "kinds": MaintenancePlan.Kind.choices,
        "results": MaintenanceRecord.Result.choices,
        "contract_kinds": ServiceContract.Kind.choices,
        "words": dict(STATES),
        "tones": TONES,
        "result_tones": RESULTS,
        "typed": request.POST.dict() or {"done_on": today.isoformat()},
        "wrong": wrong,
        "today": today,
        "example": shown.synthetic,
        "crumbs": [
            (name_of(shown, translation.get_language()), reverse("instrument", args=[key])), (_("Maintenance"), ""),
        ],
    }  # fmt: skip
    return render(request, "maintenance/instrument.html", facts, status=422 if wrong else 200)


def _act(request: HttpRequest, shown: Instrument, person: Person, now: datetime) -> str:
    given, do = request.POST, request.POST.get("do", "")
    if do == "begin":
        plans.begin(
            instrument=shown, person=person, name=given.get("name", ""), kind=given.get("kind", ""), now=now,
            every_months=typed.whole(given.get("months", "")), every_hours=typed.whole(given.get("hours", "")),
            first_on=typed.day(given.get("first_on", "")),
        )  # fmt: skip
        return _("The plan counts from now.")
    if do == "end":
        plan = get_object_or_404(MaintenancePlan, instrument=shown, pk=asked.number(given.get("plan", "")))
        plans.end(plan=plan, person=person, now=now)
        return _("The plan is ended; its records stay.")
    if do == "record":
        return _record(request, shown, person, now)
    if do == "sign":
        starts_on, ends_on = typed.day(given.get("starts_on", "")), typed.day(given.get("ends_on", ""))
        if starts_on is None or ends_on is None:
            raise NotPossible(_("A contract without its days; give the first and the last."))
        plans.sign(
            instrument=shown, person=person, provider=given.get("provider", ""), number=given.get("number", ""),
            kind=given.get("kind", ""), starts_on=starts_on, ends_on=ends_on, now=now,
            cost_cny=typed.money(given.get("cost", "")),
        )  # fmt: skip
        return _("The contract is on record.")
    raise NotPossible(_("This is not one of the things that can be done here."))


def _record(request: HttpRequest, shown: Instrument, person: Person, now: datetime) -> str:
    given, number = request.POST, asked.number(request.POST.get("plan", ""))
    plan = get_object_or_404(MaintenancePlan, instrument=shown, pk=number) if number else None
    done_on = typed.day(given.get("done_on", ""))
    if done_on is None:
        raise NotPossible(_("A record without its day; say when it was done."))
    sent = request.FILES.get("certificate")
    plans.record(
        instrument=shown, person=person, plan=plan, done_on=done_on, done_by=given.get("done_by", ""), now=now,
        words=given.get("words", ""), parts=given.get("parts", ""), cost_cny=typed.money(given.get("cost", "")),
        result=given.get("result", ""), certificate_number=given.get("number", ""),
        certificate=(sent.name or "certificate", sent.read(plans.MOST_BYTES + 1)) if sent else None,
    )  # fmt: skip
    return _("It is on record.")


@require_safe
@login_required
def certificate(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The certificate of a record, for the stewards."""
    kept = get_object_or_404(MaintenanceRecord.objects.select_related("instrument"), pk=pk)
    require_steward(asked.signed_in(request), kept.instrument)
    if not kept.certificate_sha256 or not plans.path_of(kept.certificate_sha256).exists():
        raise Http404(_("No certificate is kept with this record."))
    return FileResponse(
        plans.path_of(kept.certificate_sha256).open("rb"), as_attachment=True, filename=kept.certificate_name,
        content_type="application/octet-stream",
    )  # fmt: skip


@require_safe
@login_required
def desk(request: HttpRequest) -> HttpResponse | HttpResponseBase:
    """What falls due among the instruments in one's care, overdue first."""
    person, now = asked.signed_in(request), timezone.now()
    found = plans.due_list(MaintenancePlan.objects.filter(instrument__in=belonging.looked_after_by(person)), now=now)
    state = request.GET.get("state", "")
    rows = [one for one in found if not state or one.state == state]
    if request.GET.get("format") == "csv":
        facts = (
            (one.plan.instrument.key, one.plan.name, one.plan.kind, one.state, one.plan.due_on, one.days_left,
             one.hours, one.hours_left)
            for one in rows
        )  # fmt: skip
        return tables.as_csv("liqi-maintenance-due", COLUMNS, facts)
    context = {
        "rows": rows,
        "states": [(name, label, sum(one.state == name for one in found), name == state) for name, label in STATES],
        "words": dict(STATES),
        "tones": TONES,
        "example": any(one.plan.synthetic for one in rows),
        "crumbs": [(_("Manager's desk"), reverse("desk")), (_("Maintenance"), "")],
    }
    return render(request, "maintenance/desk.html", context)
