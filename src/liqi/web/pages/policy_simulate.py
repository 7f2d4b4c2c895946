"""A rule changed and tried: the numbers of a rule set otherwise over firms, the last three years replayed."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from liqi import policy
from liqi.observatory import policies
from liqi.web import library_words, rulewords, tables

SHOWN = 50
MOST_ON_A_PAGE = 5_000
"""Firms that are tried at once on the page; more go through the command."""
HEADER = ("firm", "year", "before_result", "before_amount", "after_result", "after_amount", "difference", "unit")


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, rule: str) -> HttpResponseBase:
    """The rule's numbers and a table of firms; POST tries the change, `format=json` or `csv` gives it as a file."""
    known = policies.on_record()
    if rule not in known:
        raise Http404
    found, language = known[rule][0], translation.get_language() or ""
    typed = {key[4:]: str(value).strip() for key, value in request.POST.items() if key.startswith("set:")}
    firms = request.POST.get("firms", "") or _example(found)
    facts: dict[str, Any] = {
        "rule": found,
        "title": rulewords.said(found.title, language),
        "levers": [_lever(one, typed) for one in policy.levers(found, language)],
        "firms": firms,
        "columns": pgettext("list", ", ").join(found.inputs),
        "crumbs": [
            (_("Observatory"), reverse("observatory")),
            (_("All rules"), reverse("policy_rules")),
            (rulewords.said(found.title, language), reverse("policy_rule", args=[rule])),
            (_("Change it and see"), ""),
        ],
    }
    if request.method != "POST":
        return render(request, "observatory/policy_simulate.html", facts)
    try:
        tried = _tried(found, typed, firms)
    except (policy.UnknownLever, policy.UnusableFirms, policy.BrokenRule) as problem:
        facts["mistake"] = library_words.told(str(problem), translation.get_language())
        return render(request, "observatory/policy_simulate.html", facts, status=422)
    if request.POST.get("format") == "json":
        body = json.dumps(tried.as_json(language), ensure_ascii=False, indent=1)
        answer = HttpResponse(body, content_type="application/json")
        answer["Content-Disposition"] = f'attachment; filename="{rule}-simulated.json"'
        return answer
    if request.POST.get("format") == "csv":
        return tables.as_csv(f"{rule}-simulated", HEADER, _lines(tried))
    return render(request, "observatory/policy_simulate.html", facts | _outcome(tried))


def _tried(rule: policy.Rule, typed: dict[str, str], firms: str) -> policy.Simulation:
    read = policy.read_firms(firms, rule)
    if len(read) > MOST_ON_A_PAGE:
        raise policy.UnusableFirms(
            f"found {len(read)} firms; expected at most {MOST_ON_A_PAGE} on a page; use liqi policy simulate."
        )
    now = {one.path: one.value for one in policy.levers(rule)}
    settings = policy.settings({path: text for path, text in typed.items() if text}, rule)
    changes = {path: value for path, value in settings.items() if now.get(path) != value}
    return policy.simulate(rule, changes, read, on=timezone.localdate())


def _outcome(tried: policy.Simulation) -> dict[str, Any]:
    latest = tried.years[0]
    moved = [(one, way) for way in (1, -1) for one in latest.moved(way)]
    return {
        "changed": bool(tried.changes),
        "unit": rulewords.UNITS.get(tried.unit, ""),
        "years": [
            {
                "year": year.year,
                "in_force": year.in_force,
                "before": year.cost("before"),
                "after": year.cost("after"),
                "difference": year.difference,
                "yes_before": year.count("before", "yes"),
                "yes_after": year.count("after", "yes"),
                "open": year.count("after", "cannot tell"),
            }
            for year in tried.years
        ],
        "moved": [
            {"id": one.id, "way": way, "before": _side(one.before), "after": _side(one.after)}
            for one, way in moved[:SHOWN]
        ],
        "more_moved": max(len(moved) - SHOWN, 0),
        "problems": tried.problems[:20],
    }


def _side(verdict: policy.Verdict) -> dict[str, Any]:
    return {"result": rulewords.RESULTS[verdict.result], "amount": verdict.amount}


def _lever(one: policy.Lever, typed: dict[str, str]) -> dict[str, str]:
    now = f"{one.value:f}"
    return {"path": one.path, "words": one.words, "now": now, "typed": typed.get(one.path, now)}


def _example(rule: policy.Rule) -> str:
    """The worked cases as firms, so that the form has something to show at once."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["id", *rule.inputs])
    name = _("worked case")
    for number, case in enumerate(rule.cases, start=1):
        writer.writerow([f"{name} {number}", *(_cell(case.subject.get(name)) for name in rule.inputs)])
    return text.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return (
            "; ".join(" ".join(map(str, one)) for one in value)
            if isinstance(value[0], list)
            else " ".join(map(str, value))
        )
    return "" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


def _lines(tried: policy.Simulation) -> list[list[Any]]:
    return [
        [
            one.id,
            year.year,
            one.before.result,
            one.before.amount,
            one.after.result,
            one.after.amount,
            one.difference,
            tried.unit,
        ]
        for year in tried.years
        for one in year.outcomes
    ]
