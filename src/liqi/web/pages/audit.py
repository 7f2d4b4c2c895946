"""The audit of figures: a text or table is pasted, and what cannot be is marked with its sentence."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from liqi.insight import audit
from liqi.web import library_words, scripts, tables

EXAMPLE = gettext_lazy(
    "Of the 14 most active venture funds, 4 are in Boston, 6 in the San Francisco Bay Area, 2 in New York and "
    "3 in Europe."
)
CHECKS = {
    "parts": gettext_lazy("parts and whole"),
    "ratio": gettext_lazy("ratio"),
    "percent": gettext_lazy("percent"),
    "growth": gettext_lazy("growth"),
    "unit": gettext_lazy("units"),
    "date": gettext_lazy("dates"),
}
SURE = {
    "certain": (gettext_lazy("certain"), "bad"),
    "likely": (gettext_lazy("likely"), "warn"),
    "possible": (gettext_lazy("possible"), "warn"),
}
HEADER = ("line", "check", "sure", "sentence", "marked", "found", "expected")


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponseBase:
    """The form with an example; POST gives the findings, `format=json` or `csv` as a file."""
    language = translation.get_language() or ""
    facts: dict[str, Any] = {
        "text": EXAMPLE,
        "crumbs": [(_("Observatory"), reverse("observatory")), (_("Audit of figures"), "")],
    }
    if request.method != "POST":
        return render(request, "observatory/audit.html", facts)
    try:
        text = _text(request)
        found = audit.examine(text)
    except audit.UnreadableText as problem:
        facts |= {"text": request.POST.get("text", ""), "mistake": library_words.told(str(problem), language)}
        return render(request, "observatory/audit.html", facts, status=422)
    if request.POST.get("format") == "json":
        body = json.dumps(found.as_json(language), ensure_ascii=False, indent=1)
        answer = HttpResponse(body, content_type="application/json")
        answer["Content-Disposition"] = 'attachment; filename="audit.json"'
        return answer
    if request.POST.get("format") == "csv":
        return tables.as_csv("audit", HEADER, (_line(one, language) for one in found.findings))
    facts |= {
        "text": text,
        "found": found,
        "findings": [_finding(one, language) for one in found.findings],
        "derived": [{"says": _said(one.says, language), "line": one.line} for one in found.derived],
    }
    return render(request, "observatory/audit.html", facts)


def _text(request: HttpRequest) -> str:
    """What was pasted, or what the file holds."""
    file = request.FILES.get("file")
    if file is None:
        text: str = request.POST.get("text", "")
        if not text.strip():
            raise audit.UnreadableText(_("Found an empty text; expected a text or a table with figures; paste one."))
        return text
    suffix = Path(file.name or "").suffix.lower()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"pasted{suffix if suffix in ('.csv', '.tsv', '.docx') else '.txt'}"
        path.write_bytes(file.read())
        return audit.read(path)


def _said(words: Any, language: str) -> str:
    return scripts.in_script(words.said(language), language)


def _finding(one: audit.Finding, language: str) -> dict[str, Any]:
    sure, tone = SURE[one.sure]
    signs = "|".join(re.escape(mark) for mark in sorted(one.marked, key=len, reverse=True)) or "$^"
    pieces = [(n % 2 == 1, piece) for n, piece in enumerate(re.split(f"({signs})", one.sentence)) if piece]
    return {
        "check": CHECKS[one.check],
        "sure": sure,
        "tone": tone,
        "line": one.line,
        "pieces": pieces,
        "found": _said(one.found, language),
        "expected": _said(one.expected, language),
    }


def _line(one: audit.Finding, language: str) -> list[Any]:
    words = [_said(one.found, language), _said(one.expected, language)]
    return [one.line, one.check, one.sure, one.sentence, " ".join(one.marked), *words]
