"""From an empty cell of the chain to what fills it, and from a project's readiness to who helps it on."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi import policy, taxonomy
from liqi.insight.chain import advise
from liqi.observatory import gap
from liqi.web import populations, rulewords, scripts, tables

HEADER = (
    *("what", "id", "name", "kind", "field", "country", "city", "km", "ring_km", "place", "class", "stage", "as_of"),
)
HELPS = {
    "question": gettext_lazy("The question itself: beam time, instruments and people who have asked it before."),
    "seed_money": gettext_lazy("First money and a first sample: does the principle hold outside the laboratory?"),
    "process": gettext_lazy("Process: the sample made again and again, until it is a product."),
    "first_use": gettext_lazy("A first user, a small series, the papers that a buyer asks for."),
    "market": gettext_lazy("Room to make it, and a service that keeps it running."),
}
STATES = {
    "idea": gettext_lazy("idea"),
    "sample": gettext_lazy("sample"),
    "product": gettext_lazy("product"),
    "commodity": gettext_lazy("commodity"),
}


def show(request: HttpRequest) -> HttpResponseBase:
    """Facilities within 50 and 150 km that fill the cell, firms, projects and rules; `format=csv` gives a file."""
    asked = {name: request.GET.get(name, "") for name in ("country", "province")}
    field, place = request.GET.get("field", ""), request.GET.get("place", "").strip()[:80]
    code, stage = request.GET.get("class", "transformation"), request.GET.get("stage", "industrial_technology")
    known = ((code, taxonomy.FACILITY_CLASSES), (stage, taxonomy.STAGES), (field, {**taxonomy.FIELDS, "": None}))
    if any(one not in terms for one, terms in known):
        raise Http404
    language = translation.get_language() or ""
    found = gap.read(
        now=timezone.now(), facility_class=code, stage=stage, field=field, place=place, language=language, **asked
    )
    if request.GET.get("format") == "csv":
        return tables.as_csv("gap", HEADER, _lines(found))
    here = {"country": found.population.country, "province": found.population.province}
    cell = {**here, "field": field, "class": code, "stage": stage}
    facts = {
        **populations.scope(found.population),
        "found": found,
        "place": place,
        "not_found": bool(place) and found.spot is None,
        "class_term": taxonomy.FACILITY_CLASSES[code],
        "stage_term": taxonomy.STAGES[stage],
        "field_term": taxonomy.FIELDS.get(field),
        "classes": list(taxonomy.FACILITY_CLASSES.values()),
        "stages": list(taxonomy.STAGES.values()),
        "fields": list(taxonomy.FIELDS.values()),
        "kind_terms": taxonomy.FACILITY_KINDS,
        "kinds": [taxonomy.FACILITY_KINDS[kind] for kind in found.kinds],
        "rows_address": f"{reverse('observatory_facilities')}?{populations.encode(cell)}",
        "rings": [(f"{km:g}", ring, n, n - len(ring)) for km, ring, n in found.rings],
        "rules": [_rule(one, language) for one in found.rules],
        "kept": populations.kept(request, "field", "class", "stage", "place"),
        "kept_place": populations.kept(request, "country", "province"),
        "example": bool(found.population.synthetic),
        "crumbs": _crumbs(_("What fills a gap")),
    }
    return render(request, "observatory/gap.html", facts)


def advice(request: HttpRequest) -> HttpResponseBase:
    """The right help at a readiness of 1 to 9: stage, state, kinds of facility, and where to look for them."""
    text = request.GET.get("level", "")
    if text and not (text.isascii() and text.isdigit() and 1 <= int(text) <= 9):
        raise Http404
    ladder = [_step(level, request) for level in range(1, 10)]
    facts = {
        "ladder": ladder,
        "here": ladder[int(text) - 1] if text else None,
        "kept": populations.kept(request, "country", "province", "field", "place"),
        "crumbs": _crumbs(_("Right help at the right stage")),
    }
    return render(request, "observatory/advice.html", facts)


def _crumbs(title: str) -> list[tuple[str, str]]:
    return [(_("Observatory"), reverse("observatory")), (_("The chain"), reverse("observatory_chain")), (title, "")]


def _step(level: int, request: HttpRequest) -> dict[str, Any]:
    found = advise(level)
    kinds = [taxonomy.FACILITY_KINDS[kind] for kind in found.kinds]
    place = {name: request.GET.get(name, "") for name in ("country", "province", "field", "place")}
    return {
        "level": level,
        "stage": taxonomy.STAGES[found.stage],
        "state": STATES[found.state],
        "help": HELPS[found.help],
        "kinds": [
            (kind, f"{reverse('observatory_gap')}?"
                   f"{populations.encode({**place, 'class': kind.facility_class, 'stage': found.stage})}")
            for kind in kinds
        ],
        "address": f"?{populations.encode({**place, 'level': str(level)})}",
    }  # fmt: skip


def _rule(one: policy.Verdict, language: str) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "title": rulewords.said(one.rule.title, language),
        "place": rulewords.said(one.rule.place.name, language),
        "clause": scripts.in_script(one.rule.cited(language), language),
        "missing": rulewords.missing(one, language),
        "source": one.rule.source,
    }


def _lines(found: gap.Gap) -> list[list[Any]]:
    spot = found.spot.name if found.spot else ""
    tail = [spot, found.facility_class, found.stage, found.as_of]
    rings = [(f"{km:g}", one) for km, ring, _n in found.rings for one in ring] + [("", one) for one in found.farther]
    lines: list[list[Any]] = [
        ["facility", one.id, one.name, one.kind, one.field, one.country, one.city, one.km, ring, *tail]
        for ring, one in rings
    ]
    lines += [
        [
            "firm",
            near.firm.pk,
            near.firm.name,
            "",
            near.firm.field,
            near.firm.country,
            near.firm.city,
            near.km,
            "",
            *tail,
        ]
        for near in found.firms
    ]
    lines += [
        ["project", one.pk, one.name, f"TRL {one.level}", one.fields, "", "", None, "", *tail] for one in found.projects
    ]
    return lines + [
        ["rule", one.rule.id, one.rule.title.en, one.rule.kind, "", one.rule.place.code, "", None, "", *tail]
        for one in found.rules
    ]
