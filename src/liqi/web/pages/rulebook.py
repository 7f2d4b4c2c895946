"""The rulebook of an instrument or a facility: composed, read in words, tried on a past month, taken back."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liqi.access import belonging, rulebook, rules
from liqi.access.models import RuleSetting
from liqi.access.rulebook import NotPossible, Trial
from liqi.accounts.models import JournalEntry
from liqi.catalogue.models import Facility, Instrument
from liqi.web import ruleforms, scripts, tables
from liqi.web.asked import signed_in

Place = Instrument | Facility
LANGUAGES = (("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English"))
COLUMNS = ("booking", "instrument", "person", "organisation", "starts_at", "ends_at", "rules", "reasons")
PAGE = 50
MONTHS = 12
"""How many past months are offered for a trial."""


@require_safe
@login_required
def index(request: HttpRequest) -> HttpResponse:
    """The rulebooks that I look after: of facilities, then of instruments that are booked, with what is set there."""
    person = signed_in(request)
    facilities = Facility.objects.all() if person.is_operator else Facility.objects.filter(stewards__person=person)
    instruments = belonging.looked_after_by(person).filter(bookable=True).select_related("facility")
    if text := request.GET.get("find", "").replace("\x00", "").strip()[:100]:
        named = Q(name__icontains=text) | Q(name_en__icontains=text) | Q(key=text)
        facilities, instruments = facilities.filter(named), instruments.filter(named)
    own = Count("rule_settings", Q(rule_settings__active=True), distinct=True)
    page = Paginator(instruments.annotate(own=own).order_by("name", "pk"), PAGE).get_page(request.GET.get("page"))
    facts = {
        "facilities": facilities.distinct().annotate(own=own).order_by("name", "pk")[:PAGE],
        "page": page,
        "find": text,
        "crumbs": [(_("Manager's desk"), reverse("desk")), (_("Booking rules"), "")],
    }
    return render(request, "rulebook/desk.html", facts)


@require_safe
@login_required
def show(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Every rule with what holds here in words; its history, and where to copy from."""
    place = _place(request, kind, key)
    entries = rulebook.entries(place)
    lines = rulebook.history(place)
    facts = _facts(place, kind) | {
        "entries": entries,
        "set_count": sum(one.standing in {"own", "inherited"} for one in entries),
        "lines": [(line, str(rules.SET_RULES[line.rule].TITLE) if line.rule in rules.SET_RULES else line.rule)
                  for line in lines],
        "months": _months(place),
        "said": request.GET.get("said", ""),
        "sources": _sources(place),
    }  # fmt: skip
    return render(request, "rulebook/index.html", facts)


@login_required
def edit(request: HttpRequest, kind: str, key: str, rule: str) -> HttpResponse:
    """The form of one rule; posting reads it in words, tries it on a past month, or keeps it."""
    place = _place(request, kind, key)
    if rule not in rules.SET_RULES:
        raise Http404
    schema, row = rules.schema(rule), RuleSetting.objects.filter(**{kind: place}, rule=rule).first()
    values = rules.filled(rule, row.parameters if row else {})
    typed, do = (request.POST, request.POST.get("do", "save")) if request.method == "POST" else (None, "")
    facts: dict[str, Any] = {"problems": {}, "words": {}, "trial": None}
    if typed is not None:
        try:
            values = ruleforms.read(schema, typed)
            if "remove" not in typed and do != "more":
                done = _done(request, place, kind, rule, values, do, facts)
                if done is not None:
                    return done
        except NotPossible as problem:
            facts["problems"] = problem.problems
    elif row is not None:
        facts["words"] = rulebook.wording(place, rule, row.parameters)
    spare = 3 if do == "more" or not any(isinstance(one, list) and one for one in values.values()) else 1
    inputs = ruleforms.inputs(schema, values, place, typed=typed, problems=facts["problems"], spare=spare)
    shown = {one.name for one in inputs if one.problem}
    facts |= _facts(place, kind) | {
        "rule": rule,
        "title": str(rules.SET_RULES[rule].TITLE),
        "row": row,
        "inputs": inputs,
        "since": typed.get("since", "") if typed is not None else (row.since.isoformat() if row and row.since else ""),
        "until": typed.get("until", "") if typed is not None else (row.until.isoformat() if row and row.until else ""),
        "other_problems": [said for where, said in facts["problems"].items() if where not in shown],
        "said_words": [(label, facts["words"].get(code, "")) for code, label in LANGUAGES] if facts["words"] else [],
        "months": _months(place),
        "month": typed.get("month", "") if typed is not None else "",
        "inherited": place.facility if isinstance(place, Instrument) and place.facility_id else None,
    }
    facts["crumbs"].append((facts["title"], ""))
    return render(request, "rulebook/rule.html", facts, status=422 if facts["problems"] else 200)


@require_safe
@login_required
def trial(request: HttpRequest, kind: str, key: str) -> HttpResponseBase:
    """What the rules that are set would have refused in a month; ``format=csv`` gives the rows as a file."""
    place = _place(request, kind, key)
    month = request.GET.get("month") or _months(place)[0]
    starts_at, ends_at = _period(month, place)
    found = rulebook.attempt(place=place, by=signed_in(request), starts_at=starts_at, ends_at=ends_at, tried={})
    chosen = request.GET.get("rule", "")
    hits = [hit for hit in found.hits if not chosen or chosen in hit.rules]
    if request.GET.get("format") == "csv":
        return tables.as_csv(f"trial-{key}-{month}", COLUMNS, (_line(hit) for hit in hits))
    facts = _facts(place, kind) | _trial_facts(found) | {
        "page": Paginator(hits, PAGE).get_page(request.GET.get("page")),
        "chosen": chosen,
        "months": _months(place),
        "month": month,
        "has_rules": any(one.standing in {"own", "inherited"} for one in rulebook.entries(place))
        or isinstance(place, Facility),
    }  # fmt: skip
    facts["crumbs"].append((_("Tried on the past"), ""))
    return render(request, "rulebook/trial.html", facts)


@require_POST
@login_required
def switch(request: HttpRequest, kind: str, key: str, rule: str) -> HttpResponse:
    """The rule is on or off here."""
    place = _place(request, kind, key)
    rulebook.switch(place=place, rule=rule, on="on" in request.POST, by=signed_in(request), now=timezone.now())
    return _back(kind, place, "off" if "on" not in request.POST else "on")


@require_POST
@login_required
def drop(request: HttpRequest, kind: str, key: str, rule: str) -> HttpResponse:
    """The rule is not set here any more."""
    place = _place(request, kind, key)
    rulebook.drop(place=place, rule=rule, by=signed_in(request), now=timezone.now())
    return _back(kind, place, "dropped")


@require_POST
@login_required
def undo(request: HttpRequest, kind: str, key: str, entry: int) -> HttpResponse:
    """A change of the rulebook is taken back."""
    place = _place(request, kind, key)
    change = get_object_or_404(JournalEntry, pk=entry)
    rulebook.undo(place=place, entry=change, by=signed_in(request), now=timezone.now())
    return _back(kind, place, "undone")


@require_POST
@login_required
def copy(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Every rule of another instrument is set here too."""
    place = _place(request, kind, key)
    source = get_object_or_404(Instrument, key=request.POST.get("source", ""))
    rulebook.copy(source=source, place=place, by=signed_in(request), now=timezone.now())
    return _back(kind, place, "copied")


def _done(
    request: HttpRequest, place: Place, kind: str, rule: str, values: dict[str, Any], do: str, facts: dict[str, Any]
) -> HttpResponse | None:
    """What the button asked for; an answer only where the page changes."""
    given = request.POST
    facts["words"] = rulebook.wording(place, rule, values)
    if do == "try":
        starts_at, ends_at = _period(given.get("month", ""), place)
        found = rulebook.attempt(
            place=place, by=signed_in(request), starts_at=starts_at, ends_at=ends_at, tried={rule: values}, only={rule}
        )
        facts |= _trial_facts(found)
        return None
    if do == "read":
        return None
    rulebook.put(
        place=place, rule=rule, parameters=values, by=signed_in(request), now=timezone.now(),
        since=_day("since", given.get("since", "")), until=_day("until", given.get("until", "")),
    )  # fmt: skip
    return _back(kind, place, "kept")


def _facts(place: Place, kind: str) -> dict[str, Any]:
    name = scripts.name_of(place, get_language() or "en")
    return {
        "place": place,
        "kind": kind,
        "place_address": reverse(kind, args=[place.key]),
        "crumbs": [(name, reverse(kind, args=[place.key])), (_("Rules"), reverse(f"{kind}_rules", args=[place.key]))],
    }


def _trial_facts(found: Trial) -> dict[str, Any]:
    titles = {name: str(rule.TITLE) for name, rule in rules.SET_RULES.items()}
    return {
        "trial": found,
        "hits": found.hits[:PAGE],
        "sentence": ngettext(
            "%(hits)d of %(asked)d booking would have been refused.",
            "%(hits)d of %(asked)d bookings would have been refused.",
            found.asked,
        )
        % {"hits": len(found.hits), "asked": found.asked}
        if found.asked
        else _("No booking of this month is on record; choose a month with bookings."),
        "by_rule": [(name, titles.get(name, name), count) for name, count in found.by_rule],
        "people": found.people[:20],
        "organisations": found.organisations[:20],
    }


def _place(request: HttpRequest, kind: str, key: str) -> Place:
    place: Place = (
        get_object_or_404(Facility, key=key) if kind == "facility" else get_object_or_404(
            Instrument.objects.select_related("facility", "institution"), key=key)
    )  # fmt: skip
    rulebook.require_steward(signed_in(request), place)
    return place


def _sources(place: Place) -> list[Instrument]:
    """Instruments that have rules of their own and belong to the same institution; none where that is not known."""
    if place.institution_id is None:
        return []
    near = Instrument.objects.filter(rule_settings__isnull=False, institution=place.institution_id).exclude(
        key=place.key
    )
    return list(near.distinct().order_by("name", "pk")[:100])


def _zone(place: Place) -> ZoneInfo:
    return ZoneInfo(place.time_zone or "UTC") if isinstance(place, Instrument) else timezone.get_current_timezone()


def _months(place: Place) -> list[str]:
    """The current month and those before it, as 2026-11."""
    day, found = timezone.now().astimezone(_zone(place)).date().replace(day=1), []
    for _month in range(MONTHS):
        found.append(f"{day:%Y-%m}")
        day = (day - timedelta(days=1)).replace(day=1)
    return found


def _period(month: str, place: Place) -> tuple[datetime, datetime]:
    """The month written as 2026-11, where the place is."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        words = _("Found the month %(found)s; expected one such as 2026-11.")
        raise NotPossible({"month": words % {"found": month}}) from None
    following, here = (first + timedelta(days=31)).replace(day=1), _zone(place)
    return (
        datetime(first.year, first.month, 1, tzinfo=here),
        datetime(following.year, following.month, 1, tzinfo=here),
    )


def _day(where: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        words = _("Found the day %(found)s; expected one such as 2026-11-21.")
        raise NotPossible({where: words % {"found": text}}) from None


def _line(hit: rulebook.Hit) -> list[Any]:
    one = hit.booking
    said = " ".join(objection.words for objection in hit.objections)
    times = [one.starts_at.isoformat(), one.ends_at.isoformat()]
    return [
        one.pk,
        one.instrument.name,
        one.person.name,
        str(one.organisation or ""),
        *times,
        ", ".join(hit.rules),
        said,
    ]


def _back(kind: str, place: Place, said: str) -> HttpResponse:
    return redirect(f"{reverse(f'{kind}_rules', args=[place.key])}?said={said}")
