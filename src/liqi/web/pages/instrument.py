"""Instruments: the list of all, and one: is it right for me, and when?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi import taxonomy
from liqi.access import availability, belonging, vacancy
from liqi.accounts.models import Person
from liqi.catalogue import editing
from liqi.catalogue.models import Instrument, RecordChange
from liqi.web import (
    capabilities,
    conditions,
    gaps,
    histories,
    maps,
    papers,
    periods,
    places,
    prices,
    records,
    scripts,
    tables,
    vacancies,
    weeks,
)
from liqi.web.words import STATES

PAGE, PARTS, CHANGES = 50, 50, 5
SORTS = {
    "open": (gettext_lazy("Bookable first"), ("-bookable", "name", "id")),
    "name": (gettext_lazy("Name"), ("name", "id")),
    "class": (gettext_lazy("Class"), ("class_code", "name", "id")),
    "newest": (gettext_lazy("Newest first"), (F("acquired_on").desc(nulls_last=True), "name", "id")),
    "value": (gettext_lazy("Highest value first"), (F("value_cny").desc(nulls_last=True), "name", "id")),
}
FILTERS = {
    "bookable": gettext_lazy("Can be booked here"),
    "shared": gettext_lazy("Open to other institutions"),
}
COLUMNS = (
    *("key", "name", "name_en", "class_code", "maker__name", "model", "institution__name", "city", "country"),
    *("made_in", "value_cny", "shared", "bookable", "status", "source", "confirmed_on", "synthetic"),
)


def index(request: HttpRequest) -> HttpResponseBase:
    """Every instrument, fifty a page, sorted and filtered by the address; `format=csv` gives all as a file."""
    chosen = [name for name in FILTERS if request.GET.get(name)]
    sort = request.GET.get("sort", "open")
    sort = sort if sort in SORTS else "open"
    rows = Instrument.objects.filter(**dict.fromkeys(chosen, True)).order_by(*SORTS[sort][1])
    wish = vacancies.read(request.GET, zone=timezone.get_current_timezone_name())
    if wish.starts_at and wish.ends_at:
        rows = vacancy.free_then(rows, wish.starts_at, wish.ends_at, now=timezone.now())
    if request.GET.get("format") == "csv":
        return tables.as_csv("instruments", COLUMNS, rows.values_list(*COLUMNS).iterator(chunk_size=2000))
    page = Paginator(_short(rows), PAGE).get_page(request.GET.get("page"))
    facts = {
        "page": page,
        "sort": sort,
        "sorts": [(name, label) for name, (label, _fields) in SORTS.items()],
        "filters": [(name, label, name in chosen) for name, label in FILTERS.items()],
        "wish": wish,
        "lengths": [(str(minutes), periods.length_in_words(minutes)) for minutes in vacancies.LENGTHS],
        "example": any(instrument.synthetic for instrument in page),
        "crumbs": [(_("Instruments"), "")],
    }
    return render(request, "instrument/index.html", facts)


def _short(rows: QuerySet[Instrument]) -> QuerySet[Instrument]:
    """Only what a line of the list shows."""
    shown = ("key", "name", "name_en", "class_code", "model", "maker_text", "city", "country", "value_cny")
    more = ("status", "bookable", "shared", "synthetic", "maker__name", "maker__name_en")
    names = ("institution__key", "institution__name", "institution__name_en")
    return rows.select_related("institution", "maker").only(*shown, *more, *names)


def show(request: HttpRequest, key: str) -> HttpResponse:
    """One instrument: what it is, what it can do, when it is free, its rules, its use, where the record is from."""
    rows = Instrument.everything.select_related("institution", "facility", "maker", "parent")
    instrument = records.find(request, "instrument", key, rows)
    if isinstance(instrument, HttpResponse):
        return instrument
    language = translation.get_language() or ""
    now = timezone.now()
    known = availability.read(instrument, now=now)
    person = records.person_of(request)
    related = papers.of(instrument.related)
    facts: dict[str, Any] = {
        "instrument": instrument,
        "availability": known,
        "tone": _tone(known.state),
        "state_words": _state_words(known.state),
        "condition_tone": STATES.get(instrument.status, ""),
        "class_path": _class_path(instrument.class_code, language),
        "techniques": _techniques(instrument, language),
        "place": places.of(instrument, language),
        "capabilities": capabilities.of(instrument.capabilities, language),
        "services": list(instrument.services.filter(removed_at=None).select_related("institution")),
        "parts": list(instrument.parts.filter(removed_at=None).order_by("name", "id")[:PARTS]),
        "papers": [one for one in related if one.is_paper],
        "related": [one for one in related if not one.is_paper],
        "codes": _codes(instrument, language),
        "week": weeks.ahead(instrument, now=now) if instrument.bookable else [],
        "price": prices.of_instrument(instrument),
        "use": _use(known.months),
        "condition": conditions.of(instrument, now=now, signed_in=person is not None),
        "point": maps.of_record(instrument, language),
        "example": instrument.synthetic,
        "now": now,
        "need": request.GET.get("need", "")[:200],
        "crumbs": _crumbs(instrument, language),
        **_kept_by(instrument, person, now),
    }
    return render(request, "instrument/show.html", facts)


def _kept_by(instrument: Instrument, person: Person | None, now: datetime) -> dict[str, Any]:
    """What differs by who reads: contacts, history, gaps, pictures with their forms."""
    may_edit = editing.may_edit(person, instrument)
    contacts = list(instrument.contacts.all() if may_edit else instrument.contacts.filter(public=True))
    pictures = list(instrument.pictures.all())
    public = sum(contact.public for contact in contacts)
    today = timezone.localdate(now)
    changes = RecordChange.objects.filter(kind="instrument", key=instrument.key).select_related("person")[:CHANGES]
    return {
        "may_edit": may_edit,
        "in_care": belonging.looks_after(person, instrument),
        "contacts": contacts,
        "pictures": pictures,
        "gaps": gaps.of_instrument(instrument, contacts=public, pictures=len(pictures), today=today)
        if may_edit
        else [],
        "lines": histories.lines(changes, may_edit=may_edit),
    }


def _codes(instrument: Instrument, language: str) -> list[taxonomy.Code]:
    """The codes on record, then what the class is called elsewhere; each once."""
    found: dict[tuple[str, str], taxonomy.Code] = {}
    for one in instrument.codes:
        scheme, edition, code = (str(one.get(name, "")) for name in ("scheme", "edition", "code"))
        try:
            read = taxonomy.read_code(scheme, edition, code)
        except taxonomy.UnknownCode:
            read = taxonomy.Code(scheme, edition, code, "")
        found.setdefault((read.scheme, read.code), read)
    if instrument.class_code in taxonomy.classes() and instrument.class_scheme == taxonomy.CLASS_SCHEME:
        for elsewhere in taxonomy.codes_of(instrument.class_code):
            found.setdefault((elsewhere.scheme, elsewhere.code), elsewhere)
    return list(found.values())


def _crumbs(instrument: Instrument, language: str) -> list[tuple[str, str]]:
    crumbs = [(_("Instruments"), reverse("instruments"))]
    if instrument.institution:
        name = scripts.name_of(instrument.institution, language)
        crumbs.append((name, reverse("institution", args=[instrument.institution.key])))
    return [*crumbs, (scripts.name_of(instrument, language), "")]


def _class_path(code: str, language: str) -> list[tuple[str, str]]:
    """The class and the classes above it, widest first: (code, label)."""
    if not code:
        return []
    codes = dict.fromkeys([f"{code[:2]}0000", f"{code[:4]}00", code])
    return [(one, taxonomy.label(one, language)) for one in codes]


def _techniques(instrument: Instrument, language: str) -> list[tuple[str, str]]:
    known = taxonomy.techniques()
    return [(key, known[key].label(language)) for key in instrument.techniques if key in known]


def _tone(state: str) -> str:
    return {"free": "good", "in use": "warn", "booked": "warn", "out of order": "bad", "retired": "bad"}.get(state, "")


def _state_words(state: str) -> str:
    words = {
        "free": _("free now"),
        "in use": _("in use"),
        "booked": _("booked now"),
        "closed": _("closed now"),
        "out of order": _("out of order"),
        "retired": _("retired"),
        "not booked here": _("not booked here"),
    }
    return words[state]


def _use(months: list[availability.Month]) -> dict[str, Any]:
    """The chart of the use of twelve months."""
    inside = [float(month.effective_hours - month.outside_hours) for month in months]
    outside = [float(month.outside_hours) for month in months]
    return {
        "kind": "columns",
        "stacked": True,
        "unit": _("hours"),
        "categories": [f"{month.year}-{month.month:02}" for month in months],
        "series": [
            {"name": _("own institution"), "values": inside},
            {"name": _("other institutions"), "values": outside},
        ],
    }
