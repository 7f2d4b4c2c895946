"""Findings of an answer as a page states them: rounded by their uncertainty, in units that people write."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.translation import get_language, gettext, gettext_noop

from liqi.answers.comparison import Line
from liqi.methods.phrases import finding_title, unit_words
from liqi.methods.uncertainty import stated as rounded
from liqi.web import figures

register = template.Library()
FEW = 12
"""So many findings stand open above a table that says more."""
_COUNTED = {gettext_noop("events")}


@register.filter
def stated(finding: Mapping[str, Any]) -> tuple[str, str]:
    """Value and standard uncertainty in words, two significant digits of the second; words as they are."""
    value, uncertainty = finding.get("value"), finding.get("uncertainty")
    if value is None or isinstance(value, bool | str):
        return ("" if value is None else str(value)), ("" if uncertainty is None else f"{uncertainty:.2g}")
    told = (str(value), "") if uncertainty is None and isinstance(value, int) else rounded(value, uncertainty)
    return told[0].replace("-", "\u2212"), told[1]


@register.filter
def unit(code: str) -> str:
    """A unit as it is written: µg/kg, cm⁻¹, nothing for a bare number, counted things in the reader's language."""
    if code in _COUNTED:
        return gettext(code)
    return "" if code == "1" else unit_words(code).of(get_language() or "en")


@register.filter
def finding_name(finding: Mapping[str, Any]) -> str:
    """The words of a finding in the language of the page, its name where it is one of the data."""
    return figures.said(finding.get("title") or finding["name"])


@register.filter
def verdicts_differ(found: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a verdict stands at the findings that is not the same for all."""
    return len({str(one.get("verdict", "")) for one in found}) > 1


@register.filter
def finding_verdict(finding: Mapping[str, Any]) -> str:
    """What was decided of a finding, in the language of the page where it is no name of the data."""
    return figures.said(finding.get("verdict_title") or str(finding.get("verdict", "")))


@register.filter
def finding_called(name: str, method: str) -> str:
    """The words of a finding of a method, where only its name is known."""
    return finding_title(method, name).of(get_language() or "en")


@register.filter
def are_few(findings: list[Any]) -> bool:
    """Whether findings can stand open above the table."""
    return len(findings) <= FEW


@register.filter
def side(line: Line, which: int) -> str:
    """What one of two compared answers found, with its standard uncertainty; a dash where it has no such finding."""
    value = (line.before, line.after)[which]
    return "–" if value is None else with_uncertainty(value, line.uncertainties[which])


@register.filter
def changed(line: Line) -> str:
    """The second value less the first, rounded by the uncertainty of both; a dash between words."""
    if line.change is None:
        return "–"
    known = [float(one) for one in line.uncertainties if isinstance(one, int | float)]
    told = stated({"value": line.change, "uncertainty": math.hypot(*known) if len(known) == 2 else None})[0]
    return told if line.change <= 0 else f"+{told}"


@register.filter
def changed_by(line: Line) -> str:
    """The change in standard uncertainties; a dash where an answer tells none."""
    ratio = line.against_uncertainty
    return "–" if ratio is None else f"{ratio:+.1f}".replace("-", "\u2212")


def with_uncertainty(value: Any, uncertainty: Any) -> str:
    """A value and its standard uncertainty in one: 2337.9 ± 3.1."""
    told = stated({"value": value, "uncertainty": uncertainty})
    return f"{told[0]} ± {told[1]}" if told[1] else told[0]
