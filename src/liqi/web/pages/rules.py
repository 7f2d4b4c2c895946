"""Rules that fit me: plain questions, and each rule's answer with amount, clause, source and day."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from liqi import policy
from liqi.observatory import policies
from liqi.web import rulewords, tables
from liqi.web.rulewords import CONFIDENCE, RESULTS, TONES, TOPICS

FIRST = 9
"""Questions that stand open; the rest are folded."""
CSV_HEADER = (
    *("id", "title", "place", "result", "amount", "unit", "missing", "clause", "document", "article"),
    *("valid_from", "valid_to", "source", "confidence"),
)


def show(request: HttpRequest) -> HttpResponseBase:
    """The questions of a topic and the verdicts so far; `format=json` or `csv` gives them as a file."""
    topic = request.GET.get("topic", "vouchers")
    if topic not in TOPICS:
        raise Http404
    language, on = translation.get_language() or "", _day(request)
    known = policies.in_use()
    rules = [rule for rule in known.values() if rule.kind in TOPICS[topic][1]]
    subject, mistakes = _subject(request, rules)
    try:
        place = request.GET.get("place", "")
        verdicts = policy.verdicts(subject, on=on, place=place or None, language=language, known=known)
    except policy.UnknownPlace:
        raise Http404 from None
    mine = [verdict for verdict in verdicts if verdict.rule.kind in TOPICS[topic][1]]
    shown = sorted((v for v in mine if v.in_force and v.here), key=_rank)
    if request.GET.get("format") == "json":
        return _json(shown, subject, on, place)
    if request.GET.get("format") == "csv":
        return tables.as_csv("rules", CSV_HEADER, map(_csv_line, shown))
    questions = [_question(asked, request, mistakes, language) for asked in _asked(v.rule for v in shown)]
    facts = {
        "topic": topic,
        "topics": [(code, label) for code, (label, _kinds) in TOPICS.items()],
        "on": on,
        "place": place,
        "places": rulewords.places(known.values(), language),
        "questions": questions[:FIRST],
        "more_questions": questions[FIRST:],
        "not_read": [f"{one['text']} {one['mistake']}" for one in questions if one["mistake"]],
        "verdicts": [_facts(verdict, language) for verdict in shown],
        "counts": [(RESULTS[r], TONES[r], n) for r in RESULTS if (n := sum(v.result == r for v in shown))],
        "elsewhere": len(mine) - len(shown),
        "crumbs": [(_("Observatory"), reverse("observatory")), (_("Rules that fit me"), "")],
    }
    return render(request, "observatory/rules.html", facts)


def _day(request: HttpRequest) -> date:
    """The day asked for, else today."""
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return timezone.localdate()


def _subject(request: HttpRequest, rules: Iterable[policy.Rule]) -> tuple[dict[str, Any], dict[str, str]]:
    """What was answered, and what could not be read with the reason; a mistake counts as not answered."""
    subject: dict[str, Any] = {}
    mistakes: dict[str, str] = {}
    for rule in rules:
        for name, asked in rule.inputs.items():
            try:
                subject[name] = policy.from_text(asked, request.GET.get(name, ""))
            except policy.UnreadableSubject:
                subject[name] = None
                mistakes[name] = _mistake(asked, request.GET[name])
    return {name: value for name, value in subject.items() if value is not None}, mistakes


def _mistake(asked: policy.Input, found: str) -> str:
    expected = {
        "share": _("a share from 0 to 1"),
        "choice": _("one of the choices"),
        "yes_no": _("yes or no"),
        "date": _("a day such as 2026-01-31"),
        "series": _("numbers with commas between them"),
        "rows": _("a line each: a name and its numbers"),
    }.get(asked.kind, _("a number from 0 up"))
    return _("Found “%(found)s”; expected %(expected)s; correct it or leave it blank.") % {
        "found": found,
        "expected": expected,
    }


def _asked(rules: Iterable[policy.Rule]) -> list[policy.Input]:
    """Every question once, those that most rules ask first."""
    inputs: dict[str, policy.Input] = {}
    uses: Counter[str] = Counter()
    for rule in rules:
        for name, asked in rule.inputs.items():
            inputs.setdefault(name, asked)
            uses[name] += 1
    return [inputs[name] for name, _count in uses.most_common()]


def _question(asked: policy.Input, request: HttpRequest, mistakes: dict[str, str], language: str) -> dict[str, Any]:
    return {
        "input": asked,
        "text": rulewords.said(asked.question, language),
        "value": request.GET.get(asked.name, ""),
        "mistake": mistakes.get(asked.name, ""),
        "options": [(code, rulewords.said(words, language)) for code, words in asked.options.items()],
        "number": asked.kind not in ("yes_no", "choice", "date", "series", "rows"),
        "unit": {"CNY": _("CNY"), "EUR": _("EUR"), "h": _("hours")}.get(asked.unit, ""),
    }


def _facts(verdict: policy.Verdict, language: str) -> dict[str, Any]:
    """A verdict as the page shows it."""
    rule = verdict.rule
    shown = verdict.amount if verdict.result == "yes" or (rule.amount and rule.amount.always) else None
    return {
        "verdict": verdict,
        "rule": rule,
        "title": rulewords.said(rule.title, language),
        "place": rulewords.said(rule.place.name, language),
        "clause": rulewords.said(rule.clause, language),
        "tone": TONES[verdict.result],
        "result": RESULTS[verdict.result],
        "amount": shown,
        "unit": rulewords.UNITS.get(verdict.unit, ""),
        "label": rulewords.said(rule.amount.label, language) if rule.amount and rule.amount.label else "",
        "outcome": next((rulewords.said(o.text, language) for o in rule.outcomes if o.code == verdict.outcome), ""),
        "missing": rulewords.missing(verdict, language),
        "confidence": CONFIDENCE[rule.confidence],
    }


def _rank(verdict: policy.Verdict) -> tuple[int, Any]:
    return (list(RESULTS).index(verdict.result), -(verdict.amount or 0))


def _json(shown: list[policy.Verdict], subject: dict[str, Any], on: date, place: str) -> HttpResponse:
    answer = {"on": on.isoformat(), "place": place, "subject": subject, "rules": [v.as_json() for v in shown]}
    text = json.dumps(answer, ensure_ascii=False, indent=1, default=str)
    response = HttpResponse(text, content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="rules.json"'
    return response


def _csv_line(verdict: policy.Verdict) -> list[Any]:
    rule, said = verdict.rule, verdict.as_json()
    unit = rule.amount.unit if rule.amount else ""
    head = [rule.id, said["title"], rule.place.name.said(verdict.language), verdict.result, verdict.amount, unit]
    papers = [rule.document, rule.article, rule.valid_from, rule.valid_to, rule.source, rule.confidence]
    return [*head, "; ".join(verdict.missing), rule.clause.said(verdict.language), *papers]
