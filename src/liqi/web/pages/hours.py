"""Hours of an instrument: four sources stacked by day, what is amiss beside them, settled and confirmed with a key."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from liqi.access import opening
from liqi.access.metering import confirmation, reconciliation, settlement
from liqi.access.metering.reconciliation import Seen
from liqi.access.metering.terms import NotPossible
from liqi.access.models import Confirmation, Meter, Session, Settlement
from liqi.accounts.models import Person
from liqi.answers import file_times
from liqi.catalogue.models import Instrument
from liqi.insight.metering import length, within
from liqi.web import findings, hour_rows, spans, strips, tables
from liqi.web.asked import in_my_care, signed_in

COLUMNS = hour_rows.COLUMNS


@require_safe
@login_required
def show(request: HttpRequest, key: str) -> HttpResponseBase:
    """A day, a week or a month of the instrument; `format=csv` or `xlsx` gives its sessions. For its stewards."""
    instrument, now = in_my_care(request, key), timezone.now()
    values = request.GET
    span = spans.read(values.get("view", ""), values.get("day", ""), zone=opening.zone(instrument), now=now)
    seen = reconciliation.read_one(instrument, span.starts_at, span.ends_at, now=now, files=file_times.read)
    sessions = hour_rows.of(seen, span.starts_at, span.ends_at)
    if give := tables.FORMATS.get(values.get("format", "")):
        rows = (hour_rows.cells(row, instrument) for row in sessions)
        return give(f"hours-{instrument.key}-{span.first}"[:60], COLUMNS, rows)
    people = Person.objects.in_bulk(findings.people_of(seen))
    waiting = [row for row in sessions if row.is_ready]
    facts: dict[str, Any] = {
        "instrument": instrument,
        "span": span,
        "today": now.astimezone(span.zone).date(),
        "strips": strips.of(seen, span),
        "lanes": strips.LANES,
        "shown": findings.of(seen, people),
        "settled": findings.settled(seen, people),
        "sessions": sessions,
        "ready": len(waiting),
        "figures": _figures(seen, sessions, span),
        "meters": Meter.objects.filter(instrument=instrument, active=True).exists(),
        "here": request.get_full_path(),
        "example": instrument.synthetic or any(row.session.synthetic for row in sessions),
        "crumbs": [(_("Hours to confirm"), f"{reverse('hours_queue')}?month={span.month}"), (_("Hours"), "")],
    }
    return render(request, "hours/instrument.html", facts)


@require_POST
@login_required
def settle(request: HttpRequest, key: str) -> HttpResponse:
    """One finding is settled; the page goes on with the next."""
    instrument, person, now = in_my_care(request, key), signed_in(request), timezone.now()
    back, named = _back(request, instrument), findings.read_name(request.POST)
    try:
        if named is None:
            raise NotPossible(_("Found no finding in this form; open the page again."))
        finding = settlement.find(instrument, *named, now=now, files=file_times.read)
        given: dict[str, Any] = {"instrument": instrument, "finding": finding, "person": person, "now": now}
        reason = request.POST.get("reason", "")
        if request.POST.get("do") == "dismiss":
            made = settlement.dismiss(**given, reason=reason)
            words = _("Noted as right as it is.")
        else:
            made = settlement.accept(**given, reason=reason, user=_named(request))
            words = _("Corrected as proposed.")
    except NotPossible as problem:
        messages.error(request, str(problem))
        return redirect(back)
    messages.success(request, words, extra_tags=reverse("settlement_undo", args=[made.pk]))
    return redirect(back)


@require_POST
@login_required
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """A settlement is undone."""
    row = Settlement.objects.select_related("instrument__facility", "correction__session__instrument").filter(pk=pk)
    found = get_object_or_404(row)
    try:
        settlement.undo(settlement=found, person=signed_in(request), now=timezone.now())
    except NotPossible as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("It is open again."))
    return redirect(_back(request, found.instrument, found))


@require_POST
@login_required
def confirm(request: HttpRequest, key: str) -> HttpResponse:
    """What is clear in the span is confirmed, or the one session that the form names."""
    instrument, person, now = in_my_care(request, key), signed_in(request), timezone.now()
    back = _back(request, instrument)
    if (named := request.POST.get("session", "")).isdecimal():
        session = get_object_or_404(Session.objects.select_related("instrument"), pk=named, instrument=instrument)
        try:
            made: Confirmation | None = confirmation.confirm_one(session=session, person=person, now=now)
            count = 1
        except NotPossible as problem:
            messages.error(request, str(problem))
            return redirect(back)
    else:
        values = request.POST
        span = spans.read(values.get("view", ""), values.get("day", ""), zone=opening.zone(instrument), now=now)
        chosen = Instrument.objects.filter(pk=instrument.pk)
        done = confirmation.confirm(
            instruments=chosen, person=person, starts_at=span.starts_at, ends_at=span.ends_at, now=now,
            files=file_times.read,
        )  # fmt: skip
        made, count = done.confirmation, done.sessions
    if made is None:
        messages.info(request, _("Nothing is clear to confirm here: settle what is amiss first."))
        return redirect(back)
    words = ngettext("%(count)d session confirmed.", "%(count)d sessions confirmed.", count) % {"count": count}
    messages.success(request, words, extra_tags=reverse("confirmation_undo", args=[made.pk]))
    return redirect(back)


def _figures(seen: Seen, sessions: Iterable[hour_rows.Row], span: spans.Span) -> dict[str, Any]:
    counted = [row.session for row in sessions if row.session.effective_hours is not None]
    effective = sum((one.effective_hours or Decimal(0) for one in counted), Decimal(0))
    confirmed = sum((one.effective_hours or Decimal(0) for one in counted if one.confirmation_id), Decimal(0))
    outside = sum((one.effective_hours or Decimal(0) for one in counted if one.outside), Decimal(0))
    agreed = within(seen.checked.agreed, span.starts_at, span.ends_at)
    return {
        "n": len(counted),
        "effective": _hours(effective),
        "confirmed": _hours(confirmed),
        "outside": _hours(outside),
        "agreed": round(length(agreed) / timedelta(hours=1), 1),
        "agreed_n": len(agreed),
    }


def _hours(value: Decimal) -> float:
    return float(value.quantize(Decimal("0.1")))


def _named(request: HttpRequest) -> Person | None:
    """Whose work the form says it was, by e-mail address; None where it names nobody."""
    text = request.POST.get("user", "").strip().lower()
    if not text:
        return None
    found = Person.objects.filter(email=text, is_active=True).first()
    if found is None:
        raise NotPossible(_("Found “%(found)s”, expected the e-mail address of somebody here.") % {"found": text[:80]})
    return found


def _back(request: HttpRequest, instrument: Instrument, near: Settlement | None = None) -> str:
    """Where the form came from, on this page; else the day of the settlement."""
    home = reverse("instrument_hours", args=[instrument.key])
    query = request.POST.get("query", "")[:200]
    if near is not None:
        day = near.starts_at.astimezone(opening.zone(instrument)).date()
        return f"{home}?view=week&day={day}"
    return f"{home}?{query}" if query else home
