"""What the template of a batch may use: verdicts, values and reasons of its runs in words."""

from typing import Any

from django import template
from django.utils.translation import gettext, pgettext_lazy

from liqi.web import method_words
from liqi.web.templatetags import answers, findings

register = template.Library()

VERDICTS = {
    "pass": (pgettext_lazy("verdict", "pass"), "good"),
    "fail": (pgettext_lazy("verdict", "fail"), "bad"),
    "review": (pgettext_lazy("verdict", "look again"), "warn"),
}
"""The word and the colour of the verdicts that checks give."""


@register.filter
def verdict_word(verdict: str) -> str:
    """A verdict, or the state of a run without one, in a word; those of single methods as they are."""
    known = VERDICTS.get(verdict) or answers.RUN_STATES.get(verdict)
    return str(known[0]) if known else verdict.replace("_", " ")


@register.filter
def verdict_colour(verdict: str) -> str:
    """The colour of a verdict; none for one of a single method."""
    return VERDICTS.get(verdict, ("", ""))[1]


@register.filter
def significant(value: float | None) -> str:
    """A number with four significant digits; a dash for none."""
    return "–" if value is None else f"{value:.4g}".replace("-", "\u2212")


@register.filter
def batch_value(cell: Any) -> str:
    """What one answer of a batch found, with its standard uncertainty."""
    return findings.with_uncertainty(cell.value, cell.uncertainty)


@register.filter
def why_failed(run: Any) -> str:
    """Why a run has no answer, in few words."""
    if run.message == "internal":
        return gettext("the fault is ours")
    if run.message == "stopped":
        return gettext("the worker stopped three times")
    return method_words.refused(run.message)
