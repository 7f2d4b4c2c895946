"""Market and trade cards: typed numbers and what follows from them, with the formula; and cards of named clusters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from liqi.insight import market, targets, throughput, trade
from liqi.observatory import benchmarks
from liqi.web import numbers, tables

MOST_LETTERS = 24
PER_CENT = ("growth", "uptime")
"""Inputs that are shares of one: 7.5 % is 0.075."""
CLUSTER_HEADER = ("cluster", "cluster_zh", "cluster_en", "kind", "name_zh", "name_en", "value", "unit", "follows",
                  "state", "source", "year")  # fmt: skip


@dataclass(frozen=True)
class Card:
    """A card: its inputs with the published example, and what follows."""

    key: str
    inputs: tuple[tuple[str, str], ...]
    """(name, example)"""
    answers: tuple[tuple[str, Promise, Callable[..., float | None]], ...]
    """(name, formula, function of the inputs in their order)"""
    units: tuple[Promise | str, ...]
    """The unit of each answer; blank where it is a share."""
    source: Promise | str


CARDS = (
    Card(
        "market",
        (("part", "167.5"), ("whole", "620"), ("growth", "7.5 %"), ("years", "2")),
        (
            ("share", gettext_lazy("part / whole"), lambda part, whole, growth, years: market.share(part, whole)),
            ("later", gettext_lazy("whole (1 + growth)^years"), lambda _p, *rest: market.projected(*rest)),
        ),
        ("", gettext_lazy("in the same unit")),
        gettext_lazy("IBO 2016-2018, hundreds of millions of USD"),
    ),
    Card(
        "trade",
        (("exports", "729.5"), ("imports", "987.1")),
        (
            ("deficit", gettext_lazy("M - X"), trade.deficit),
            ("competitiveness", gettext_lazy("(X - M) / (X + M)"), trade.competitiveness),
            ("imports_over_exports", gettext_lazy("M / X"), lambda x, m: m / x if x else None),
        ),
        (gettext_lazy("in the same unit"), gettext_lazy("from -1 to 1"), gettext_lazy("times the exports")),
        gettext_lazy("2019, hundreds of millions of USD"),
    ),
    Card(
        "throughput",
        (("work", "3000000000"), ("rate_a_day", "1000000"), ("machines", "8"), ("uptime", "1")),
        (("days", gettext_lazy("work / (rate machines uptime)"), throughput.days_needed),),
        (gettext_lazy("days"),),
        gettext_lazy("Human Genome Project: 3 billion base pairs"),
    ),
    Card(
        "room",
        (("units", "300"), ("smallest", "120"), ("makers", "2")),
        (
            ("makers_carried", gettext_lazy("floor(units / smallest)"),
             lambda units, smallest, makers: float(market.room(units, smallest, int(makers)).makers_carried)),
            ("makers_free", gettext_lazy("makers carried - makers there"),
             lambda units, smallest, makers: market.room(units, smallest, int(makers)).makers_carried - makers),
        ),
        (gettext_lazy("makers"), gettext_lazy("makers")),
        "",
    ),
    Card(
        "built",
        (("done", "4"), ("still", "55")),
        (("built", gettext_lazy("done / (done + still to do)"), targets.built),),
        ("",),
        gettext_lazy("demonstration line of Liangjiang, km"),
    ),
)  # fmt: skip


def show(request: HttpRequest) -> HttpResponseBase:
    """The cards with the numbers of the address, else with the published example."""
    lines = [_answered(card, request) for card in CARDS]
    if request.GET.get("format") == "csv":
        rows = (
            (line["key"], a["name"], a["value"], a["unit"], a["formula"]) for line in lines for a in line["answers"]
        )
        return tables.as_csv("liqi-market", ("card", "figure", "value", "unit", "formula"), rows)
    wrong = next((line["wrong"] for line in lines if line["wrong"]), "")
    facts = {
        "cards": lines,
        "wrong": wrong,
        "crumbs": [
            (_("Observatory"), reverse("observatory")),
            (_("Firms, plans and pipelines"), reverse("boards")),
            (_("Market and trade"), ""),
        ],
    }
    return render(request, "boards/market.html", facts, status=422 if wrong else 200)


def clusters(request: HttpRequest) -> HttpResponseBase:
    """Cards of named clusters with their sources; what follows is told apart from what was published.

    `format=csv` gives every figure and facility as a file.
    """
    chinese = (translation.get_language() or "").startswith("zh")
    if request.GET.get("format") == "csv":
        return tables.as_csv("liqi-clusters", CLUSTER_HEADER, _lines_of_cards())
    facts = {
        "cards": benchmarks.cards(),
        "chinese": chinese,
        "statuses": {"built": _("built"), "building": _("being built"), "planned": _("planned")},
        "crumbs": [
            (_("Observatory"), reverse("observatory")),
            (_("Firms, plans and pipelines"), reverse("boards")),
            (_("Named clusters"), ""),
        ],
    }
    return render(request, "boards/benchmarks.html", facts)


def _lines_of_cards() -> Iterator[list[Any]]:
    """A line for each figure and each facility of the cards; a figure that was not published says how it follows."""
    for card in benchmarks.cards():
        about = [card.key, card.zh, card.en]
        for fact in card.facts:
            yield [*about, "figure", fact.zh, fact.en, fact.value, fact.unit, fact.follows, "", card.source, card.year]
        for work in card.works:
            yield [*about, "facility", work.zh, work.en, "", "", "", work.status, card.source, card.year]


def _answered(card: Card, request: HttpRequest) -> dict[str, Any]:
    given = {name: request.GET.get(f"{card.key}_{name}", example).strip() for name, example in card.inputs}
    wrong, answers = "", []
    try:
        values = [_number(text, percent=name in PER_CENT) for name, text in given.items()]
        answers = [
            {"name": name, "label": _words()[name], "value": value(*values), "formula": formula, "unit": unit,
             "share": name in ("share", "built")}
            for (name, formula, value), unit in zip(card.answers, card.units, strict=True)
        ]  # fmt: skip
    except (OverflowError, ZeroDivisionError):
        wrong = _not_a_number(", ".join(given.values()))
    except ValueError as problem:
        wrong = str(problem)
    fields = [(f"{card.key}_{name}", _words()[name], given[name]) for name, _example in card.inputs]
    own = all(given[name] == example for name, example in card.inputs)
    return {"key": card.key, "title": _words()[card.key], "fields": fields, "answers": answers, "wrong": wrong,
            "source": card.source if own else ""}  # fmt: skip


def _number(text: str, *, percent: bool) -> float:
    """The number; per cent, where it may be typed, as a share of one."""
    typed = numbers.plain(text[:MOST_LETTERS]).replace(",", "")
    share = percent and typed.endswith("%")
    try:
        value = float(typed[:-1]) / 100 if share else float(typed)
    except ValueError:
        value = float("nan")
    if not abs(value) < 1e18:
        raise ValueError(_not_a_number(text[:40]))
    return value


def _not_a_number(found: str) -> str:
    return _("Found “%(found)s”, expected a number such as 12.5; correct it.") % {"found": found}


def _words() -> dict[str, str]:
    return {
        "market": _("Market"),
        "trade": _("Trade"),
        "throughput": _("A large programme of measurements"),
        "room": _("Room for one maker more"),
        "built": _("Built so far"),
        "part": _("Segment"),
        "whole": _("Whole market"),
        "growth": _("Growth a year, such as 7.5 %"),
        "years": _("Years on"),
        "share": _("Share of the segment"),
        "later": _("Size then"),
        "exports": pgettext("trade", "Exports"),
        "imports": pgettext("trade", "Imports"),
        "deficit": _("Deficit"),
        "competitiveness": _("Trade competitiveness (TC)"),
        "imports_over_exports": _("Imports over exports"),
        "work": _("Work, such as base pairs"),
        "rate_a_day": _("Rate of a machine a day"),
        "machines": _("Machines"),
        "uptime": _("Share of days that they run"),
        "days": _("Days needed"),
        "units": _("Units a year"),
        "smallest": _("Smallest viable units of a maker"),
        "makers": _("Makers there"),
        "makers_carried": _("Makers that the market carries"),
        "makers_free": _("Room for"),
        "done": _("Done"),
        "still": _("Still to do"),
    }
