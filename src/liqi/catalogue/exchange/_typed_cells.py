"""Readers of a cell by the kind of its field in the model: text, truth, day, money, number, address, choice, list."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from liqi.catalogue import _lists
from liqi.catalogue.exchange import _cells as cells
from liqi.catalogue.exchange._draft import Draft
from liqi.taxonomy import fold, time_zones

Reader = Callable[[Draft, str, str], None]
_STATUS = {
    **{"正常": "working", "在用": "working", "完好": "working", "运行": "working", "维修": "down", "故障": "down"},
    **{"停用": "retired", "报废": "retired", "限制": "restricted", "未知": "unknown", "in use": "working"},
    **{"active": "working", "operational": "working", "available": "working", "inactive": "retired"},
    **{"decommissioned": "retired", "broken": "down", "out of order": "down", "under repair": "down"},
}
_CHOICES = {
    "status": _STATUS,
    "obtained": {"购置": "bought", "研制": "made", "自制": "made", "赠送": "given", "捐赠": "given", "其他": "other"},
    "purpose": {"通用": "general", "专用": "special"},
    "confidence": {"高": "high", "中": "medium", "低": "low"},
    "price_unit": {"样": "sample", "小时": "hour", "批": "batch", "项目": "project"},
}


def reader(field: Any) -> Reader:
    """What reads a cell into this field of a model."""
    if field.name in _lists.READERS:
        return _list
    if isinstance(field, models.BooleanField):
        return _truth
    if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
        return _day
    if field.name.endswith("_cny") or field.name == "price_cny_per_hour":
        return _money
    if isinstance(field, models.DecimalField | models.IntegerField | models.FloatField):
        return partial(_number, field)
    if isinstance(field, models.URLField):
        return _address
    if field.choices:
        return partial(_choice, tuple(str(code) for code, _label in field.flatchoices))
    return partial(_text, getattr(field, "max_length", None) or 100_000)


def _text(most: int, draft: Draft, name: str, text: str) -> None:
    if len(text) > most:
        draft.reject(
            name,
            "too_long",
            _("found %(found)s characters; expected at most %(most)s.")
            % {"found": f"{len(text):,}", "most": f"{most:,}"},
        )
    draft.fields[name] = text


def _truth(draft: Draft, name: str, text: str) -> None:
    cells.truth(draft, name, text)


def _day(draft: Draft, name: str, text: str) -> None:
    cells.day(draft, name, text)


def _money(draft: Draft, name: str, text: str) -> None:
    cells.money(draft, name, text)


def _number(field: Any, draft: Draft, name: str, text: str) -> None:
    try:
        value = _lists.number(text)
        if value < 0 and name not in ("latitude", "longitude"):
            raise _lists.Wrong(_("Found %(found)r; expected zero or more.") % {"found": text})
        if isinstance(field, models.IntegerField):
            if value != int(value) or value > 32767 * (1 if isinstance(field, models.SmallIntegerField) else 65536):
                raise _lists.Wrong(_("Found %(found)r; expected a whole number.") % {"found": text})
            draft.fields[name] = int(value)
            return
        rounded = round(value, field.decimal_places or 0)
        if len(rounded.as_tuple().digits) > (field.max_digits or 12):
            raise _lists.Wrong(_("Found %(found)r; expected a smaller number.") % {"found": text})
        draft.fields[name] = rounded
    except (_lists.Wrong, ArithmeticError) as problem:
        draft.reject(name, "number_unreadable", lower(str(problem)))


def _address(draft: Draft, name: str, text: str) -> None:
    if not text.startswith(("http://", "https://")):
        draft.remark(
            name,
            "website_dropped",
            _("found %(found)r; expected an address that begins with http.") % {"found": text[:80]},
        )
    elif len(text) > 300 or re.search(r"\s", text):
        draft.remark(
            name,
            "website_dropped",
            _("found %(found)r; expected one address of at most 300 characters.") % {"found": text[:80]},
        )
    else:
        draft.fields[name] = text


def _choice(codes: tuple[str, ...], draft: Draft, name: str, text: str) -> None:
    word = fold(text)
    found = _CHOICES.get(name, {}).get(word, word)
    if found not in codes:
        draft.reject(
            name,
            f"{name}_unknown",
            _("found %(found)r; expected one of %(known)s.") % {"found": text, "known": ", ".join(codes)},
        )
        return
    draft.fields[name] = found


def _list(draft: Draft, name: str, text: str) -> None:
    try:
        if name == "capabilities":
            draft.fields[name] = cells.capabilities(draft, text)
            return
        given: Any = cells.json_or_words(text)
        draft.fields[name] = _lists.READERS[name](given)
    except (_lists.Wrong, ValueError) as problem:
        draft.reject(name, f"{name.rstrip('s')}_unknown", lower(str(problem)))


def time_zone(draft: Draft, name: str, text: str) -> None:
    """The draft has the zone, or is rejected for a name that is none."""
    if text in time_zones():
        draft.fields[name] = text
    else:
        draft.reject(
            name,
            "time_zone_unknown",
            _("found %(found)r; expected a time zone such as Asia/Shanghai.") % {"found": text},
        )


def lower(sentence: str) -> str:
    """The sentence as it goes on after a colon."""
    return sentence[:1].lower() + sentence[1:]
