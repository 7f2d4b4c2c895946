"""Need in words: who can do it, by when, how far, at what price?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi import taxonomy
from liqi.access import matching
from liqi.catalogue import misses
from liqi.planning.matching import is_name
from liqi.web import needs, tables

SHOWN = 20
FIELDS = {
    "label": gettext_lazy("its name"),
    "use": gettext_lazy("what it is for"),
    "analyte": gettext_lazy("what it finds or makes"),
    "matrix": gettext_lazy("its samples"),
    "definition": gettext_lazy("its definition"),
    "meaning": gettext_lazy("its meaning"),
}
LIMITS = {
    "open": gettext_lazy("open to others"),
    "price": gettext_lazy("price"),
    "distance": gettext_lazy("distance"),
    "time": gettext_lazy("time"),
    "CMA": "CMA",
    "CNAS": "CNAS",
}
RESULTS = {
    "pass": (gettext_lazy("fits"), "check", "state-good"),
    "fail": (gettext_lazy("does not fit"), "x", "state-bad"),
    "unknown": (gettext_lazy("not on record"), "question-mark", "state-warn"),
}
ORDERS: dict[str, Callable[[matching.Offer], Any]] = {
    "price": lambda one: (one.price_cny is None, one.price_cny or 0),
    "distance": lambda one: (one.km is None, one.km or 0),
    "earliest": lambda one: (one.earliest is None, _day(one.earliest)),
}


def match(request: HttpRequest) -> HttpResponseBase:
    """Techniques and offers for the need of the address; from the one box (`by=any`) a plain name is searched."""
    asked, language, now = request.GET, translation.get_language() or "", timezone.now()
    text = asked.get("q", "").strip()
    if asked.get("by") == "any" and is_name(text):
        return redirect(f"{reverse('search')}?{urlencode({'q': text})}")
    question = needs.read(asked, now=now)
    only = [key for key in asked.getlist("technique") if key in taxonomy.techniques()]
    answer = matching.match(question.need, now=now, limit=SHOWN, techniques=only) if text else None
    if answer is not None and answer.missed and not question.wrong:
        misses.record("match", text, day=now.date(), language=language)
    offers = _sorted(answer.offers, asked.get("sort", "")) if answer else []
    if asked.get("format") == "csv":
        return _export(offers)
    facts = {
        "text": text,
        "answer": answer,
        "techniques": _techniques(answer, language, only, request) if answer else [],
        "offers": [_offer(one, text, language) for one in offers],
        "fields": list(needs.fields(question, asked, language)),
        "qualifications": [(one, one in question.need.qualifications) for one in needs.QUALIFICATIONS],
        "only": only,
        "sort": asked.get("sort", ""),
        "kept": [(name, value) for name in asked for value in asked.getlist(name) if name != "sort"],
        "left_out": [(_limit(name, language), count) for name, count in (answer.left_out if answer else {}).items()],
        "examples": needs.examples(),
        "example": any(one.synthetic for one in offers),
        "crumbs": [(_("Catalogue"), reverse("search")), (_("Need in words"), "")],
    }
    return render(request, "match/match.html", facts)


def _day(moment: datetime | date | None) -> date:
    if moment is None:
        return date.max
    return moment.date() if isinstance(moment, datetime) else moment


def _sorted(offers: tuple[matching.Offer, ...], by: str) -> list[matching.Offer]:
    return sorted(offers, key=ORDERS[by]) if by in ORDERS else list(offers)


def _limit(name: str, language: str) -> str:
    quantity = taxonomy.quantities().get(name)
    return quantity.label(language) if quantity else str(LIMITS.get(name, name))


def _why(reasons: Any, language: str) -> list[dict[str, str]]:
    return [
        {"asked": why.asked, "field": str(FIELDS.get(why.field, why.field)), "text": why.text, "by": why.field}
        for why in reasons
    ]


def _techniques(answer: matching.Answer, language: str, only: list[str], request: HttpRequest) -> list[dict[str, Any]]:
    known = taxonomy.techniques()
    rows = []
    for one in answer.techniques:
        address = request.GET.copy()
        address.setlist("technique", [] if only == [one.technique] else [one.technique])
        technique = known[one.technique]
        rows.append(
            {
                "key": one.technique,
                "label": technique.label(language),
                "short": technique.abbreviations[0] if technique.abbreviations else "",
                "percent": round(100 * one.score),
                "why": _why(one.why, language),
                "chosen": one.technique in only,
                "address": f"?{address.urlencode()}",
                "search": f"{reverse('search')}?{urlencode({'q': technique.labels_zh[0]})}",
            }
        )
    return rows


def _offer(one: matching.Offer, text: str, language: str) -> dict[str, Any]:
    """An offer with the words and signs of its verdicts, and where its main action leads."""
    need = urlencode({"need": text})
    page = reverse("instrument", args=[one.key]) if one.kind == "instrument" else ""
    if one.kind == "service":
        action = f"{reverse('service_order', args=[one.key])}?{urlencode({'need': text})}"
    else:
        action = f"{reverse('instrument_calendar', args=[one.key])}?{need}" if one.bookable else ""
    verdicts = []
    for verdict in one.verdicts:
        word, sign, state = RESULTS[verdict.result]
        said = {"limit": _limit(verdict.limit, language), "word": word, "sign": sign, "state": state}
        verdicts.append(said | {"asked": verdict.asked, "found": _found(verdict)})
    return {
        "offer": one,
        "page": f"{page}?{need}" if page else "",
        "action": action,
        "technique": taxonomy.techniques()[one.technique].label(language),
        "institution": one.institution_en or one.institution if language == "en" else one.institution,
        "verdicts": verdicts,
        "why": _why(one.why, language)[:1],
        "slot": isinstance(one.earliest, datetime),
    }


def _found(verdict: Any) -> str:
    if verdict.limit in ("price", "open", "CMA", "CNAS", "time"):
        return ""
    return str(verdict.found)


def _export(offers: list[matching.Offer]) -> HttpResponseBase:
    header = (
        *("id", "kind", "name", "name_en", "institution", "technique", "price_cny", "price_unit", "km"),
        *("earliest", "fits", "score", "limits"),
    )
    rows = (
        (
            *(one.key, one.kind, one.name, one.name_en, one.institution, one.technique, one.price_cny, one.price_unit),
            *(one.km, one.earliest.isoformat() if one.earliest else "", one.fits, one.score),
            "; ".join(f"{verdict.limit} {verdict.result}" for verdict in one.verdicts),
        )
        for one in offers
    )
    return tables.as_csv(f"liqi-offers-{len(offers)}", header, rows)
