"""The tables of parameters: what is in force, by which document, what is assumed; operators date new editions."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liqi.access.evaluation import editions
from liqi.access.evaluation.refusal import NotSound
from liqi.access.models import EvaluationEdition
from liqi.insight import evaluation
from liqi.web import evaluations
from liqi.web.asked import signed_in
from liqi.web.evaluations import word

TITLES = dict(EvaluationEdition.Table.choices)


@require_safe
@login_required
def index(request: HttpRequest) -> HttpResponse:
    """Every table with its edition in force today."""
    asked = evaluations.asked(request, timezone.now())
    facts = {
        "tables": [(name, TITLES[name], rule, len(editions.flat(rule.values))) for name, rule in asked.rules.items()],
        "crumbs": _crumbs(),
    }
    return render(request, "evaluation/tables.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def show(request: HttpRequest, table: str) -> HttpResponse:
    """One table: its numbers, its editions; an operator's POST dates a new one."""
    if table not in evaluation.TABLES:
        raise Http404
    person, now = signed_in(request), timezone.now()
    asked = evaluations.asked(request, now)
    rule, wrong = asked.rules[table], ""
    values = request.POST if request.method == "POST" else request.GET
    if request.method == "POST":
        try:
            made = editions.date_new(
                table=table, since=_day(values.get("since", "")), source=values.get("source", ""),
                note=values.get("note", ""), numbers=_changed(values, rule), person=person, now=now,
            )  # fmt: skip
        except NotSound as problem:
            wrong = str(problem)
        else:
            words = _("In force from %(day)s.") % {"day": made.since}
            messages.success(request, words, extra_tags=reverse("evaluation_table_withdraw", args=[made.pk]))
            return redirect("evaluation_table", table)
    facts = {
        "table": table, "title": TITLES[table], "rule": rule, "wrong": wrong, "typed": values, "today": asked.on,
        "groups": _groups(rule, values), "assumed": sorted(rule.assumed),
        "own": editions.kept(table), "shipped": reversed(evaluation.shipped(table)),
        "is_operator": person.is_operator, "crumbs": [*_crumbs(reverse("evaluation_tables")), (str(TITLES[table]), "")],
    }  # fmt: skip
    return render(request, "evaluation/table.html", facts, status=422 if wrong else 200)


@require_POST
@login_required
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """An edition is withdrawn; the one before it holds again."""
    edition = get_object_or_404(EvaluationEdition, pk=pk)
    editions.withdraw(edition=edition, person=signed_in(request), now=timezone.now())
    messages.success(request, _("Withdrawn; the edition before it is in force again."))
    return redirect("evaluation_table", edition.table)


def _groups(rule: evaluation.Edition, typed: Any) -> list[dict[str, Any]]:
    """The numbers by their first name: path, word, value as typed or in force."""
    groups: dict[str, dict[str, Any]] = {}
    for path, value in editions.flat(rule.values).items():
        first, _dot, rest = path.partition(".")
        group = first if rest else ""
        at = groups.setdefault(group, {"word": word(group) if group else "", "assumed": group in rule.assumed,
                                       "numbers": []})  # fmt: skip
        said = f"{value.normalize():f}"
        at["numbers"].append((path, " · ".join(word(part) for part in (rest or first).split(".")),
                              typed.get(path, said), said))  # fmt: skip
    return list(groups.values())


def _changed(values: Any, rule: evaluation.Edition) -> dict[str, str]:
    """The numbers of the form; those that stay as they are go along."""
    return editions.numbers({name: values[name] for name in values}, rule)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotSound(_("Found “%(found)s”; expected a day such as 2026-02-01.") % {"found": text[:40]}) from None


def _crumbs(back: str = "") -> list[tuple[str, str]]:
    return [(_("Evaluation"), reverse("evaluation")), (_("Tables"), back)]
