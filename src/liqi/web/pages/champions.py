"""Hidden champions among the firms on record, the official rules answered apart, and how sizes are spread."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from liqi.insight.champions import Limits
from liqi.observatory import firms
from liqi.web import asked, tables

PAGE = 50
TESTS: dict[str, Any] = {
    "scope": lambda: _("narrow scope"),
    "rank": lambda: _("leads its market"),
    "age": lambda: _("lasting"),
    "size": lambda: _("not large"),
    "little_known": lambda: _("little known"),
}
RESULTS: dict[str, Any] = {
    "found": ("good", lambda: _("found")),
    "cannot tell": ("", lambda: _("cannot tell")),
    "not found": ("bad", lambda: _("not one")),
}
OFFICIAL: dict[str, Any] = {"yes": lambda: _("yes"), "no": lambda: _("no"), "cannot tell": lambda: _("cannot tell")}
CLASSES: dict[str, Any] = {
    "micro": lambda: _("under 20"),
    "small": lambda: _("20 to 299"),
    "medium": lambda: _("300 to 999"),
    "large": lambda: _("1,000 and more"),
    "not said": lambda: _("not said"),
    "all": lambda: _("all firms"),
}
LABELS: dict[str, Any] = {
    "product_lines": lambda: _("most product lines"),
    "world_rank": lambda: _("lowest rank in the world"),
    "age_years": lambda: _("least years"),
    "staff": lambda: _("most staff"),
}


def show(request: HttpRequest) -> HttpResponseBase:
    """The firms with the finder's verdict; limits are in the address, and `result` shows one kind."""
    limits, given = _limits(request)
    chosen = request.GET.get("result", "")
    language, on = translation.get_language() or "en", timezone.localdate()
    found = firms.find(on=on, language=language, limits=limits, result=chosen if chosen in RESULTS else "")
    if request.GET.get("format") == "csv":
        return tables.as_csv("liqi-champions", _HEAD, (_row(one) for one in found.candidates))
    page = Paginator(found.candidates, PAGE).get_page(request.GET.get("page"))
    facts: dict[str, Any] = {
        "page": page,
        "lines": [_line(one) for one in page],
        "counts": [(key, words(), found.counts[key], colour) for key, (colour, words) in RESULTS.items()],
        "chosen": chosen,
        "limits": [(name, label(), given[name]) for name, label in LABELS.items()],
        "found": found,
        "spread": [(CLASSES[name](), count) for name, count in found.spread.by_class.items()],
        "unknown_share": found.spread.unknown / found.spread.firms if found.spread.firms else 0.0,
        "intensity": found.intensity["all"],
        "intensity_unknown": len(found.intensity["all"].unknown) / found.spread.firms if found.spread.firms else 0.0,
        "crumbs": [
            (_("Observatory"), reverse("observatory")),
            (_("Firms, plans and pipelines"), reverse("boards")),
            (_("Hidden champions"), ""),
        ],
    }
    return render(request, "boards/champions.html", facts)


_HEAD = ("firm", "name_en", "country", "field", "result", *TESTS, *firms.OFFICIAL, "source")


def _row(one: firms.Candidate) -> list[Any]:
    tests = ["" if said is None else "yes" if said else "no" for said in one.verdict.tests.values()]
    official = {rule.id: rule.result for rule in one.official}
    return [
        one.firm.name, one.firm.name_en, one.firm.country, one.firm.field, one.verdict.result, *tests,
        *(official.get(name, "") for name in firms.OFFICIAL), one.firm.source,
    ]  # fmt: skip


def _line(one: firms.Candidate) -> dict[str, Any]:
    colour, words = RESULTS[one.verdict.result]
    return {
        "firm": one.firm,
        "state": colour,
        "result": words(),
        "yes": _listed(one.verdict.passed),
        "no": _listed(name for name, said in one.verdict.tests.items() if said is False),
        "open": _listed(one.verdict.unknown),
        "official": [(rule, OFFICIAL[rule.result]()) for rule in one.official],
    }


def _listed(tests: Iterable[str]) -> str:
    return pgettext("list", ", ").join(str(TESTS[name]()) for name in tests)


def _limits(request: HttpRequest) -> tuple[Limits, dict[str, int]]:
    """The limits of the address, the standard one where none or no whole number stands there."""
    standard = asdict(Limits())
    given = {name: asked.number(request.GET.get(name, "")) or int(standard[name]) for name in LABELS}
    return Limits(**given), given
