"""The queue of hours to confirm: a month of all instruments in one's care; what is clear is confirmed at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from liqi.access.metering import confirmation, reconciliation
from liqi.access.metering.confirmation import Line
from liqi.access.models import Confirmation
from liqi.accounts.models import Person
from liqi.answers import file_times
from liqi.web import findings, hour_rows, spans, tables
from liqi.web.asked import signed_in

PAGE, AT_ONCE = 12, 50
LAST = 5


@require_safe
@login_required
def show(request: HttpRequest) -> HttpResponseBase:
    """The instruments with sessions in the month, most to confirm first; `format=csv` or `xlsx` gives every session."""
    person, now = signed_in(request), timezone.now()
    span = _month(request.GET.get("month", ""), person, now)
    lines = confirmation.queue(person, span.starts_at, span.ends_at)
    if give := tables.FORMATS.get(request.GET.get("format", "")):
        return give(f"hours-{span.month}", hour_rows.COLUMNS, _rows(lines, span, now))
    if text := request.GET.get("q", "").strip().lower():
        lines = [line for line in lines if text in f"{line.instrument.name} {line.instrument.name_en}".lower()]
    page = Paginator(lines, PAGE).get_page(request.GET.get("page"))
    seen = reconciliation.read(
        [line.instrument.pk for line in page], span.starts_at, span.ends_at, now=now, files=file_times.read
    )
    mine = Confirmation.objects.filter(person=person, undone_at=None, sessions__gt=0)
    facts: dict[str, Any] = {
        "span": span,
        "is_over": span.ends_at <= now,
        "page": page,
        "text": text,
        "rows": [(line, _amiss(seen[line.instrument.pk])) for line in page],
        "waiting": sum(line.waiting for line in lines),
        "sessions": sum(line.sessions for line in lines),
        "effective": _sum(line.effective for line in lines),
        "confirmed": _sum(line.confirmed for line in lines),
        "outside": _sum(line.outside for line in lines),
        "last": list(mine.filter(starts_at__gte=span.starts_at, starts_at__lt=span.ends_at).order_by("-at")[:LAST]),
        "now": now,
        "example": any(line.instrument.synthetic for line in page),
        "crumbs": [(_("Manager's desk"), reverse("desk")), (_("Hours to confirm"), "")],
    }
    return render(request, "hours/queue.html", facts)


@require_POST
@login_required
def confirm(request: HttpRequest) -> HttpResponse:
    """Every session of the month with nothing amiss is confirmed; the toast undoes it."""
    person, now = signed_in(request), timezone.now()
    span = _month(request.POST.get("month", ""), person, now)
    done = confirmation.confirm(
        person=person, starts_at=span.starts_at, ends_at=span.ends_at, now=now, files=file_times.read
    )
    back = f"{reverse('hours_queue')}?month={span.month}"
    left = ngettext(
        "%(count)d is left, something is amiss with it.", "%(count)d are left, something is amiss with them.", done.left
    ) % {"count": done.left}
    if done.confirmation is None:
        messages.info(request, _("No session is clear to confirm.") + (f" {left}" if done.left else ""))
        return redirect(back)
    words = ngettext("%(count)d session confirmed.", "%(count)d sessions confirmed.", done.sessions)
    said = words % {"count": done.sessions} + (f" {left}" if done.left else "")
    messages.success(request, said, extra_tags=reverse("confirmation_undo", args=[done.confirmation.pk]))
    return redirect(back)


@require_POST
@login_required
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """The sessions of a confirmation wait again."""
    made = get_object_or_404(Confirmation.objects.select_related("person"), pk=pk)
    count = confirmation.undo(confirmation=made, person=signed_in(request), now=timezone.now())
    words = ngettext("%(count)d session waits again.", "%(count)d sessions wait again.", count)
    messages.success(request, words % {"count": count})
    return redirect(f"{reverse('hours_queue')}?month={made.starts_at:%Y-%m}")


def _month(text: str, person: Person, now: datetime) -> spans.Span:
    zone = ZoneInfo(person.time_zone or "UTC")
    return spans.read("month", text, zone=zone, now=now)


def _amiss(seen: reconciliation.Seen) -> list[tuple[Any, int, str]]:
    """How many open findings of each kind: words, number, colour."""
    kinds = [finding.kind for finding in seen.open]
    return [(findings.SHORT[kind], kinds.count(kind), findings.TONES.get(kind, "warn")) for kind in sorted(set(kinds))]


def _rows(lines: list[Line], span: spans.Span, now: datetime) -> Iterator[list[Any]]:
    """Every session of the month, instrument by instrument, a few at a time."""
    by_id = {line.instrument.pk: line.instrument for line in lines}
    ids = list(by_id)
    for at in range(0, len(ids), AT_ONCE):
        part = ids[at : at + AT_ONCE]
        read = reconciliation.read(part, span.starts_at, span.ends_at, now=now, files=file_times.read)
        for pk in part:
            for row in hour_rows.of(read[pk], span.starts_at, span.ends_at):
                if row.session.ended_at and span.starts_at <= row.session.ended_at.astimezone(UTC) < span.ends_at:
                    yield hour_rows.cells(row, by_id[pk])


def _sum(values: Any) -> float:
    return float(sum(values, Decimal(0)).quantize(Decimal("0.1")))
