"""What a record is called for good: its permanent address, its links for machines, its QR code, paper with both."""

from __future__ import annotations

import io
import json
from typing import Any

import segno
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liqi.catalogue.federation import identifiers, signposts
from liqi.catalogue.models import Facility, Instrument
from liqi.web import landing, leaflet, records

LANGUAGES = ("zh-hans", "zh-hant", "en")
MOST_LABELS = 2000


@require_safe
def permanent(request: HttpRequest, key: str) -> HttpResponse:
    """On to the page of the record (303); a merged one to the kept one (301); a removed one is told (410).

    `?here` is what a label on an instrument carries: who reads it stands there, and is led to its kiosk page.
    """
    found = identifiers.find(key)
    if not found:
        raise Http404(_("No record has the identifier %(key)s.") % {"key": key})
    here = [one for one in found if one.record.removed_at is None]
    if len(here) > 1:
        facts = {"records": [(one.kind, one.record, records.address_of(one.record)) for one in here], "key": key}
        return render(request, "identity/several.html", facts | {"crumbs": [(key, "")]}, status=300)
    one = (here or found)[0]
    if one.record.removed_at is None and one.kind == "instrument" and "here" in request.GET:
        return HttpResponse(status=303, headers={"Location": reverse("kiosk", args=[one.record.key])})
    if one.record.removed_at is None:
        return HttpResponse(status=303, headers={"Location": records.address_of(one.record)})
    if one.kept is not None:
        return HttpResponsePermanentRedirect(f"/id/{one.kept.key}")
    answer: HttpResponse = records.find(request, one.kind, key)
    return answer


@require_safe
def linkset(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """The typed links of the record's page, as JSON or (format=text) as text."""
    near = ("institution", "facility", "maker") if kind == "instrument" else ("institution",)
    rows: Any = identifiers.KINDS[kind].objects.select_related(*(near if kind != "institution" else ()))
    record = get_object_or_404(rows, key=key)
    anchor = landing.absolute(request, reverse(kind, args=[key]))
    found = landing.links(request, kind, record, _items(request, kind, record))
    if request.GET.get("format") == "text":
        return HttpResponse(signposts.as_text(found, anchor), content_type=signposts.TEXT)
    return HttpResponse(json.dumps(signposts.as_json(found, anchor), indent=1), content_type=signposts.JSON)


def _items(request: HttpRequest, kind: str, record: Any) -> list[str]:
    """The pages of what the record holds: the instruments of a facility or institution."""
    if kind == "instrument":
        return []
    keys = Instrument.objects.filter(**{kind: record}).order_by("pk").values_list("key", flat=True)
    return [landing.absolute(request, reverse("instrument", args=[one])) for one in keys[: signposts.MOST_ITEMS]]


@require_safe
def qr(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """The QR code of the record's permanent address, as SVG; with `?here` that of its kiosk page."""
    record = get_object_or_404(identifiers.KINDS[kind].objects.all(), key=key)
    drawn = io.BytesIO()
    address = f"/id/{record.key}?here" if "here" in request.GET and kind == "instrument" else f"/id/{record.key}"
    code = segno.make(landing.absolute(request, address), error="m", micro=False)
    code.save(drawn, kind="svg", scale=4, border=4, title=address, light="#fff")
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml")


@require_safe
def sheet(request: HttpRequest, key: str) -> HttpResponse:
    """One A4 page about the instrument, for a door or a wall, in the language asked for."""
    found = Instrument.objects.select_related("institution", "facility", "maker").prefetch_related("contacts")
    instrument = get_object_or_404(found, key=key)
    made = leaflet.sheet(instrument, site=landing.site_of(request), language=_language(request), now=timezone.now())
    return _pdf(made, f"liqi-{key}.pdf")


@require_safe
def labels(request: HttpRequest, key: str) -> HttpResponse:
    """Labels with name, inventory number and QR code for every instrument of a facility, 21 an A4 page."""
    facility = get_object_or_404(Facility.objects.select_related("institution"), key=key)
    rows = Instrument.objects.filter(facility=facility).select_related("maker").order_by("name", "id")[:MOST_LABELS]
    made = leaflet.labels(list(rows), site=landing.site_of(request), language=_language(request), of=facility)
    return _pdf(made, f"liqi-{key}-labels.pdf")


def _language(request: HttpRequest) -> str:
    wanted = request.GET.get("language", "").lower()
    return wanted if wanted in LANGUAGES else translation.get_language() or "en"


def _pdf(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer
