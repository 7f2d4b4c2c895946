"""Rules one by one: the list of all, one page a rule with its tree and cases, and what changed since a day."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from liqi import policy, taxonomy
from liqi.observatory import policies
from liqi.web import library_words, rulewords, scripts, tables

CSV_HEADER = (
    "id",
    "title",
    "place",
    "kind",
    "issuer",
    "document",
    "valid_from",
    "valid_to",
    "source",
    "confidence",
    "cases",
)
CHANGES_HEADER = ("day", "change", "id", "title", "place", "document", "source")
SORTS = {
    "place": gettext_lazy("place"),
    "title": gettext_lazy("title"),
    "newest": gettext_lazy("newest first"),
}
A_YEAR = timedelta(days=365)


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """Every rule that is on record, filtered and sorted as the address says; `format=csv` gives it as a file."""
    language = translation.get_language() or ""
    asked = {name: request.GET.get(name, "") for name in ("topic", "place", "confidence", "q")}
    sort = request.GET.get("sort", "place")
    if asked["topic"] and asked["topic"] not in rulewords.TOPICS:
        raise Http404
    known = policies.on_record()
    rows = [_row(rule, language, on=on) for rule, on in known.values() if _fits(rule, asked, language)]
    keys = {
        "title": lambda row: row["title"],
        "newest": lambda row: -(row["rule"].valid_from or date.min).toordinal(),
    }
    rows.sort(key=keys.get(sort, lambda row: (row["rule"].place.code, row["title"])))
    if request.GET.get("format") == "csv":
        return tables.as_csv("policy-rules", CSV_HEADER, (_line(row) for row in rows))
    facts = {
        "rows": rows,
        "asked": asked,
        "sort": sort if sort in SORTS else "place",
        "sorts": list(SORTS.items()),
        "topics": [(code, label) for code, (label, _kinds) in rulewords.TOPICS.items()],
        "places": rulewords.places((rule for rule, _on in known.values()), language),
        "broken": _broken(request, language),
        "may_keep": getattr(request.user, "is_operator", False),
        "confidences": list(rulewords.CONFIDENCE.items()),
        "of": len(known),
        "crumbs": [*_crumbs(), (_("All rules"), "")],
    }
    return render(request, "observatory/policy_rules.html", facts)


def _broken(request: HttpRequest, language: str) -> list[tuple[str, str]]:
    """The rules of this site that nobody is asked because something is wrong with them, for those who can mend them."""
    if not getattr(request.user, "is_operator", False):
        return []
    return [(rule, library_words.told(why, language)) for rule, why in policies.broken().items()]


@require_safe
def show(request: HttpRequest, rule: str) -> HttpResponse:
    """One rule: clause, papers, inputs, tree in words, cases worked out again, its other versions, its stacks."""
    language = translation.get_language() or ""
    known = policies.on_record()
    if rule not in known:
        raise Http404
    found, on = known[rule]
    if request.GET.get("format") == "json":
        return _as_json(found, language)
    cases = [_case(found, case, language) for case in found.cases]
    facts = {
        "rule": found,
        **_row(found, language, on=on),
        "clause": rulewords.said(found.clause, language),
        "industry": rulewords.said(found.industry, language) if found.industry else "",
        "inputs": [_input(asked, language) for asked in found.inputs.values()],
        "lines": [(line.depth, scripts.in_script(line.words, language)) for line in policy.outline(found, language)],
        "cases": cases,
        "all_hold": all(case["holds"] for case in cases),
        "any_more": any(case["more"] for case in cases),
        "versions": [_row(other, language) for other in _versions(found, (one for one, _on in known.values()))],
        "stacks": [stack for stack in policy.stacks().values() if found.id in stack.members],
        "topic": rulewords.topic_of(found),
        "levers": len(policy.levers(found)),
        "may_switch": getattr(request.user, "is_operator", False),
        "own": found.id not in policy.rules(),
        "crumbs": [*_crumbs(), (_("All rules"), reverse("policy_rules")), (rulewords.said(found.title, language), "")],
    }
    return render(request, "observatory/policy_rule.html", facts)


@require_safe
def changes(request: HttpRequest) -> HttpResponseBase:
    """What began and what ended from a day on, the latest first; `format=csv` gives it as a file."""
    language, today = translation.get_language() or "", timezone.localdate()
    try:
        since = date.fromisoformat(request.GET.get("since", ""))
    except ValueError:
        since = today - A_YEAR
    known = list(policies.in_use().values())
    rows = sorted(_changes(known, since, language), key=lambda row: row["day"], reverse=True)
    if request.GET.get("format") == "csv":
        lines = (
            [r["day"], r["what"], r["rule"].id, r["title"], r["place"], r["rule"].document, r["rule"].source]
            for r in rows
        )
        return tables.as_csv("policy-changes", CHANGES_HEADER, lines)
    undated = [_row(rule, language) for rule in known if rule.valid_from is None]
    facts = {
        "since": since,
        "today": today,
        "rows": rows,
        "undated": undated,
        "crumbs": [*_crumbs(), (_("What changed"), "")],
    }
    return render(request, "observatory/policy_changes.html", facts)


def _changes(known: list[policy.Rule], since: date, language: str) -> list[dict[str, Any]]:
    found = []
    for rule in known:
        row = _row(rule, language)
        if rule.valid_from and rule.valid_from >= since:
            found.append({**row, "day": rule.valid_from, "what": "began"})
        ended = rule.valid_to + timedelta(days=1) if rule.valid_to else None
        if ended and ended >= since:
            found.append({**row, "day": ended, "what": "ended"})
    return found


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Observatory"), reverse("observatory")), (_("Rules that fit me"), reverse("rules"))]


def _fits(rule: policy.Rule, asked: dict[str, str], language: str) -> bool:
    words = " ".join((rule.id, rule.title.zh, rule.title.en, rule.document, rule.clause.zh, rule.clause.en)).lower()
    return (
        (not asked["topic"] or rule.kind in rulewords.TOPICS[asked["topic"]][1])
        and (not asked["place"] or rule.place.code == asked["place"])
        and (not asked["confidence"] or rule.confidence == asked["confidence"])
        and (not asked["q"] or taxonomy.to_hans(asked["q"]).lower() in words)
    )


def _row(rule: policy.Rule, language: str, *, on: bool = True) -> dict[str, Any]:
    today = timezone.localdate()
    begun = rule.valid_from is None or rule.valid_from <= today
    over = rule.valid_to is not None and rule.valid_to < today
    return {
        "rule": rule,
        "title": rulewords.said(rule.title, language),
        "place": rulewords.said(rule.place.name, language),
        "confidence": rulewords.CONFIDENCE[rule.confidence],
        "on": on,
        "state": _("switched off")
        if not on
        else _("a draft, not in force")
        if rule.confidence == "draft"
        else _("ended")
        if over
        else _("in force")
        if begun
        else _("to come"),
        "tone": "" if not on or over or rule.confidence == "draft" else "good" if begun else "warn",
    }


def _line(row: dict[str, Any]) -> list[Any]:
    rule = row["rule"]
    head = [rule.id, row["title"], row["place"], rule.kind, rule.issuer, rule.document]
    return [*head, rule.valid_from, rule.valid_to, rule.source, rule.confidence, len(rule.cases)]


def _input(asked: policy.Input, language: str) -> dict[str, Any]:
    options = [rulewords.said(words, language) for words in asked.options.values()]
    return {
        "name": asked.name,
        "label": rulewords.said(asked.label, language),
        "question": rulewords.said(asked.question, language),
        "unit": rulewords.unit(asked, language),
        "options": options,
    }


def _case(rule: policy.Rule, case: Any, language: str) -> dict[str, Any]:
    """A worked case as it stands in the rule's file, and what comes out of it now."""
    on = case.expected.get("on") or rule.valid_from or rule.valid_to or timezone.localdate()
    verdict = policy.judge(rule, case.subject, on=on, place=rule.place.code or None, language=language)
    return {
        "subject": rulewords.subject(rule, case.subject, language),
        "result": rulewords.RESULTS[verdict.result],
        "tone": rulewords.TONES[verdict.result],
        "amount": verdict.amount,
        "unit": rulewords.UNITS.get(verdict.unit, ""),
        "more": rulewords.more(verdict, language),
        "holds": case.expected.get("result", verdict.result) == verdict.result
        and case.expected.get("amount", verdict.amount) == verdict.amount,
    }


def _versions(rule: policy.Rule, known: Iterable[policy.Rule]) -> list[policy.Rule]:
    """Editions and companions of a policy: rules of the same place whose ids begin alike."""
    stem = rule.id.split(".")[:2]
    return [one for one in known if one.id != rule.id and one.place == rule.place and one.id.split(".")[:2] == stem]


def _as_json(rule: policy.Rule, language: str) -> HttpResponse:
    facts = {
        "id": rule.id,
        "title": rule.title.said(language),
        "kind": rule.kind,
        "place": {"code": rule.place.code, "name": rule.place.name.said(language)},
        "issuers": list(rule.issuers),
        "document": rule.document,
        "article": rule.article,
        "valid_from": rule.valid_from,
        "valid_to": rule.valid_to,
        "clause": rule.clause.said(language),
        "source": rule.source,
        "confidence": rule.confidence,
        "inputs": [
            {"name": i.name, "kind": i.kind, "unit": i.unit, "label": i.label.said(language)}
            for i in rule.inputs.values()
        ],
        "tree": [{"depth": line.depth, "words": line.words} for line in policy.outline(rule, language)],
        "cases": [{"subject": case.subject, **case.expected} for case in rule.cases],
    }
    text = json.dumps(facts, ensure_ascii=False, indent=1, default=str)
    response = HttpResponse(text, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{rule.id}.json"'
    return response
