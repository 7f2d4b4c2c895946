"""What the pages of evaluation need beside the rest: words, scores, cells."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from liqi.insight.evaluation import Score
from liqi.web import evaluation_words, numbers
from liqi.web.templatetags.money import STATES

register = template.Library()


@register.filter
def evaluation_word(name: str) -> str:
    """The word for a name of the formulas and tables."""
    return evaluation_words.word(name.removeprefix("reported:"))


@register.filter
def note(text: str) -> str:
    """The note of a table in the language of the page, where it comes with the product; else as it was written."""
    return gettext(text) if text else ""


@register.filter
def two(value: Decimal | float | None) -> str:
    """A number with two decimals and thin grouping, so that a column reads straight down; blank for None."""
    return numbers.fixed(value)


@register.filter
def two_or_none(value: Decimal | None) -> Decimal | None:
    """The number with two decimals, None where there is none."""
    return None if value is None else Decimal(value).quantize(Decimal("0.01"))


@register.filter
def fed(value: Decimal) -> str:
    """What a formula was fed: four decimals where it is small."""
    return numbers.thin(value) if abs(value) >= 1 or value == 0 else f"{value:.4f}".rstrip("0")


@register.filter
def plain_number(value: Decimal | None) -> str:
    """The number as one types it."""
    return "" if value is None else f"{Decimal(value).normalize():f}"


@register.filter
def score_range(score: Score) -> str:
    """The score, or between what and what it lies while parts are not known."""
    if score.total is not None:
        return numbers.fixed(score.total)
    return f"{numbers.fixed(score.low)}\N{NO-BREAK SPACE}–\N{NO-BREAK SPACE}{numbers.fixed(score.high)}"


@register.filter
def of_head(score: Score, head: str) -> Decimal:
    """What the known parts of a head add."""
    return score.of_head(head)


@register.filter
def what_of(typed: dict[str, str], line: dict[str, Any]) -> str:
    """What was typed for the measure of a line."""
    return typed.get(f"m.{line['name']}", "")


@register.filter
def weight_of(typed: dict[str, str], line: dict[str, Any]) -> str:
    """What was typed for the weight of a line."""
    return typed.get(f"weights.{line['name']}", "")


@register.filter
def is_number(value: Any) -> bool:
    """Whether a cell stands on the right."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


@register.filter
def row_cell(value: Any, column: str) -> Any:
    """A cell of a row as people read it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if column == "state":
        return STATES[value][0] if value in STATES else value
    if isinstance(value, int | float | Decimal):
        return numbers.thin(value) if isinstance(value, int) else numbers.fixed(value)
    return value


@register.filter
def row_unit(unit: str) -> str:
    """The unit of a sum of rows."""
    return {"of 5": _("of 5"), "people": _("people"), "samples": _("samples")}.get(unit, unit)


@register.filter
def session_source(code: str) -> str:
    """How a session was metered."""
    return str(evaluation_words.METERED_BY.get(code, code))


@register.filter
def with_unfit(request: HttpRequest, key: str) -> str:
    """The same address with one more instrument that does not fit."""
    return _changed(request, [*request.GET.getlist("unfit"), key])


@register.filter
def without_unfit(request: HttpRequest, key: str) -> str:
    """The same address with this instrument fitting again."""
    return _changed(request, [one for one in request.GET.getlist("unfit") if one != key])


def _changed(request: HttpRequest, unfit: list[str]) -> str:
    values = request.GET.copy()
    values.setlist("unfit", list(dict.fromkeys(unfit)))
    return f"?{values.urlencode()}"
