"""Cells: what was typed or stands in a table, read as the value of a field, and written out again."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from liqi.observatory.boards._words import LABELS
from liqi.observatory.models import Kept

YES = ("yes", "y", "true", "1", "是", "有", "on")
NO = ("no", "n", "false", "0", "否", "无", "無")
MOST_WHOLE = 2_147_483_647


class NotPossible(ValueError):
    """What was given cannot be kept; the message says what was found, expected, and what to do."""


def label(model: type[models.Model], field: str) -> str:
    """What people call this field of this model."""
    return str(LABELS.get(f"{model._meta.model_name}.{field}") or LABELS[field])


def said(record: models.Model, field: str) -> str:
    """The value of this field as it is typed into a table."""
    value = getattr(record, field)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else str(value)


def value_of(model: type[models.Model], name: str, text: str, known: dict[str, dict[str, Any]]) -> Any:
    """The text as the value of this field; raises NotPossible, whose message names the field.

    `known` has the records that links lead to by name, {"firm": {"Metrohm": <Firm>}}, and is filled as they are asked.
    """
    field: Any = model._meta.get_field(name)
    text = text.strip()
    if not text:
        return _nothing(field, model)
    if isinstance(field, models.ForeignKey):
        return _linked(field, text, known)
    if field.choices:
        return _chosen(field, text, model)
    if isinstance(field, models.BooleanField):
        if text.lower() not in YES + NO:
            raise _wrong(model, name, text, _("yes or no"))
        return text.lower() in YES
    if isinstance(field, models.DateField):
        return _day(model, name, text)
    if isinstance(field, models.DecimalField):
        return _amount(field, model, text)
    if isinstance(field, models.IntegerField):
        most = 32_767 if "Small" in type(field).__name__ else MOST_WHOLE
        if not re.fullmatch(r"\d{1,10}", text.replace(",", "")) or int(text.replace(",", "")) > most:
            raise _wrong(model, name, text, _("a whole number from 0 to %(most)d") % {"most": most})
        return int(text.replace(",", ""))
    if len(text) > field.max_length or "\x00" in text:
        raise _wrong(model, name, text, _("at most %(most)d characters of text") % {"most": field.max_length})
    return text


def _nothing(field: Any, model: type[models.Model]) -> Any:
    if field.null:
        return None
    if field.has_default() and field.blank is False and not isinstance(field, models.CharField):
        return field.get_default()
    if isinstance(field, models.CharField) and (field.blank or field.has_default()):
        return field.get_default() if field.has_default() else ""
    raise NotPossible(_("%(field)s: found nothing; it must be said; fill it in.") % {"field": label(model, field.name)})


def _linked(field: Any, text: str, known: dict[str, dict[str, Any]]) -> Kept:
    kind = field.related_model
    if field.name not in known:
        known[field.name] = {str(record): record for record in kind.objects.filter(withdrawn_at=None)}
    found: Kept | None = known[field.name].get(text)
    if found is None:
        words = _("%(field)s: found “%(found)s”, which is not on record; add it there first, or leave it empty.")
        raise NotPossible(words % {"field": label(field.model, field.name), "found": text[:60]})
    return found


def _chosen(field: Any, text: str, model: type[models.Model]) -> str:
    for code, words in field.choices:
        if text.lower() in (str(code).lower(), str(words).lower()):
            return str(code)
    raise _wrong(model, field.name, text, ", ".join(str(code) for code, _words in field.choices))


def _day(model: type[models.Model], name: str, text: str) -> date:
    found = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", text)
    try:
        return date(*map(int, found.groups())) if found else date.fromisoformat(text)
    except ValueError:
        raise _wrong(model, name, text, _("a day such as 2026-11-23")) from None


def _amount(field: Any, model: type[models.Model], text: str) -> Decimal:
    most = Decimal(10) ** (field.max_digits - field.decimal_places)
    try:
        value = Decimal(text.replace(",", ""))
        sound = value.is_finite() and 0 <= value < most and value == round(value, field.decimal_places)
    except InvalidOperation:
        sound = False
    if not sound:
        words = _("a number from 0 to below %(most)s with at most %(places)d places")
        raise _wrong(model, field.name, text, words % {"most": f"{most:,f}", "places": field.decimal_places})
    return value


def _wrong(model: type[models.Model], name: str, text: str, expected: str) -> NotPossible:
    words = _("%(field)s: found “%(found)s”, expected %(expected)s; correct it.")
    return NotPossible(words % {"field": label(model, name), "found": text[:60], "expected": expected})
