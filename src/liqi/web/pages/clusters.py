"""The cluster of a place: index in five parts, three faults, partners and peers; and consortia over stages."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liqi import taxonomy
from liqi.insight import Figure
from liqi.insight.chain import GROUP_OF, OFFICIAL_GROUPS, RADIUS_KM, Diagnosis, Gain
from liqi.observatory import clusters, spots
from liqi.web import populations, scripts, tables

PARTS = {
    "proximity": (gettext_lazy("Near"), gettext_lazy("pairs within the radius / pairs with both points known")),
    "links": (
        gettext_lazy("Linked"),
        gettext_lazy("pairs of one institution / all pairs; other ties are not on record"),
    ),
    "completeness": (gettext_lazy("Complete"), gettext_lazy("cells with a facility / 12 cells")),
    "division": (
        gettext_lazy("Divided in labour"),
        gettext_lazy("1 − mean over pairs of shared cells / cells of either"),
    ),
    "synergy": (gettext_lazy("Handing on"), gettext_lazy("steps between stages that a link crosses / 3 steps")),
}
FAULTS = {
    "weak_links": gettext_lazy("Weak key links"),
    "unclear_orientation": gettext_lazy("Unclear orientation to industry"),
    "loose_cluster": gettext_lazy("Too little clustering"),
}
MEASURES = {
    "weak_links": gettext_lazy("mid-gap index: mean of the ends of the chain / its middle"),
    "unclear_orientation": gettext_lazy("facilities that serve an industrial stage / facilities with a stage"),
    "loose_cluster": gettext_lazy("mean of near pairs and linked pairs"),
}
RESULTS = {
    "fault": (gettext_lazy("fault"), "warn"),
    "no fault": (gettext_lazy("no fault"), "good"),
    "cannot tell": (gettext_lazy("cannot tell"), ""),
}
PEER_WORDS = {
    "facilities": gettext_lazy("number of facilities"),
    **taxonomy.FACILITY_CLASSES,
    **taxonomy.STAGES,
}
HEADER = ("figure", "value", "unit", "result", "threshold", "rows", "missing", "as_of", "formula", "facilities")
MOST_KM = 2000.0


def show(request: HttpRequest) -> HttpResponseBase:
    """Index, faults, partners, peers and both official divisions of a place; `format=csv` gives a file."""
    field = _field(request)
    asked = {name: request.GET.get(name, "") for name in ("country", "province")}
    radius = _radius(request.GET.get("radius", ""))
    found = clusters.read(now=timezone.now(), field=field, **asked, radius_km=radius)
    if request.GET.get("format") == "csv":
        return tables.as_csv("cluster", HEADER, _lines(found))
    place = {"country": found.population.country, "province": found.population.province}
    rows = found.cluster.index.rows
    facts = {
        **populations.scope(found.population),
        "found": found,
        "fields": list(taxonomy.FIELDS.values()),
        "field": taxonomy.FIELDS.get(field),
        "radius": f"{radius:g}",
        "rows": rows,
        "rows_address": f"{reverse('observatory_facilities')}?{populations.encode({**place, 'field': field})}",
        "parts": [
            (*PARTS[name], figure, name == found.cluster.weakest) for name, figure in found.cluster.parts.items()
        ],
        "faults": [_fault(one) for one in found.diagnoses],
        "classes": [(taxonomy.FACILITY_CLASSES[one.of], one) for one in found.missing_classes],
        "partners": [_partner(one, found) for one in found.partners],
        "groups": list(OFFICIAL_GROUPS.values()),
        "official": [_official(code, found) for code in taxonomy.FACILITY_CLASSES],
        "kinds": [(taxonomy.FACILITY_KINDS[kind], OFFICIAL_GROUPS[group]) for kind, group in GROUP_OF.items()],
        "peers": [_peer(one.name, one.distance, one.differs_in) for one in found.peers],
        "kept": populations.kept(request, "field", "radius"),
        "kept_field": populations.kept(request, "country", "province"),
        "example": bool(found.population.synthetic),
        "crumbs": _crumbs(_("Faults and index")),
    }
    return render(request, "observatory/clusters.html", facts)


def consortium(request: HttpRequest) -> HttpResponseBase:
    """The fewest facilities that together serve the stages wanted, nearest to a place where one is named."""
    field, near = _field(request), request.GET.get("near", "").strip()[:80]
    asked = {name: request.GET.get(name, "") for name in ("country", "province")}
    wanted = [stage for stage in taxonomy.STAGES if stage in request.GET.getlist("stage")] or list(taxonomy.STAGES)
    spot = spots.find(near, asked["country"]) if near else None
    found, rows, population, taken = clusters.consortium(
        now=timezone.now(), wanted=wanted, field=field, **asked, near=spot.point if spot else None
    )
    facts = {
        **populations.scope(population),
        "found": found,
        "taken": taken,
        "members": [_member(name, found.brings[name], found.instead[name], rows) for name in found.members],
        "uncovered": [taxonomy.STAGES[stage] for stage in found.uncovered],
        "stages": [(term, term.code in wanted) for term in taxonomy.STAGES.values()],
        "fields": list(taxonomy.FIELDS.values()),
        "field": taxonomy.FIELDS.get(field),
        "near": near,
        "spot": spot,
        "km": round(found.cost) if spot else None,
        "kept": [
            *populations.kept(request, "field", "near"),
            *(("stage", stage) for stage in request.GET.getlist("stage")),
        ],
        "kept_field": populations.kept(request, "country", "province"),
        "example": bool(population.synthetic),
        "crumbs": _crumbs(_("Consortium")),
    }
    return render(request, "observatory/consortium.html", facts)


def _crumbs(title: str) -> list[tuple[str, str]]:
    return [(_("Observatory"), reverse("observatory")), (_("The chain"), reverse("observatory_chain")), (title, "")]


def _field(request: HttpRequest) -> str:
    field = request.GET.get("field", "")
    if field and field not in taxonomy.FIELDS:
        raise Http404
    return field


def _radius(text: str) -> float:
    """The radius asked for; what is no distance between 0 and 2,000 km counts as not asked."""
    try:
        radius = float(text)
    except ValueError:
        return RADIUS_KM
    return radius if 0 < radius <= MOST_KM else RADIUS_KM


def _fault(one: Diagnosis) -> dict[str, Any]:
    words, tone = RESULTS[one.result]
    value = one.figure.value
    return {
        "title": FAULTS[one.code],
        "measure": MEASURES[one.code],
        "result": words,
        "tone": tone,
        "value": "" if value is None else f"{value:.2f}",
        "empty": one.figure.note == "the middle is empty",
        "threshold": f"{'≥' if one.above else '<'} {one.threshold:.2f}",
        "figure": one.figure,
    }


def _fills(cells: tuple[tuple[str, str], ...]) -> str:
    language = translation.get_language() or ""
    terms = [(taxonomy.FACILITY_CLASSES[one], taxonomy.STAGES[stage]) for one, stage in cells]
    return "; ".join(f"{scripts.label_of(one, language)} × {scripts.label_of(stage, language)}" for one, stage in terms)


def _named(row: dict[str, Any]) -> str:
    english = (translation.get_language() or "").startswith("en")
    return str(row["name_en"] if english and row["name_en"] else row["name"])


def _partner(one: Gain, found: clusters.Found) -> dict[str, Any]:
    name, name_en, province = found.names[one.of]
    language = translation.get_language() or ""
    return {
        "key": one.of,
        "name": name_en if name_en and language.startswith("en") else name,
        "province": taxonomy.place_label(province, language) if province else "",
        "gain": one,
        "fills": _fills(one.fills),
    }


def _official(code: str, found: clusters.Found) -> dict[str, Any]:
    counts = [(term, found.official.get((code, group), 0)) for group, term in OFFICIAL_GROUPS.items()]
    return {"term": taxonomy.FACILITY_CLASSES[code], "counts": counts, "sum": sum(n for _term, n in counts)}


def _peer(province: str, distance: float, differs_in: str) -> tuple[str, str, str]:
    language = translation.get_language() or ""
    word = PEER_WORDS[differs_in]
    said = scripts.label_of(word, language) if isinstance(word, taxonomy.Term) else str(word)
    return taxonomy.place_label(province, language), f"{distance:.2f}", said


def _member(
    name: str, brings: tuple[str, ...], instead: tuple[str, ...], rows: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    row = rows[name]
    return {
        "row": row,
        "name": _named(row),
        "kind": taxonomy.FACILITY_KINDS.get(row["kind"] or ""),
        "km": None if row["km"] is None else round(row["km"]),
        "brings": [taxonomy.STAGES[stage] for stage in brings],
        "instead": [{**rows[one], "said": _named(rows[one])} for one in instead if one in rows],
        "others": max(0, len(instead) - clusters.STANDING_IN),
    }


def _lines(found: clusters.Found) -> list[list[Any]]:
    def tail(figure: Figure) -> list[Any]:
        return [figure.rows, figure.missing, found.as_of, figure.formula, ";".join(figure.row_ids)]

    figures = [found.cluster.index, *found.cluster.parts.values(), found.mid_gap]
    lines = [[one.name, one.value, one.unit, one.note, "", *tail(one)] for one in figures]
    return lines + [
        [one.code, one.figure.value, one.figure.unit, one.result, one.threshold, *tail(one.figure)]
        for one in found.diagnoses
    ]
