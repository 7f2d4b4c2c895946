"""Cells to values: class codes, money, days, places, yes and no; each repair is said."""

import json
import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from liqi.catalogue import _lists
from liqi.catalogue.exchange._draft import Draft
from liqi.taxonomy import (
    CLASS_EDITION,
    CLASS_SCHEME,
    UnknownClass,
    UnknownUnit,
    find_class,
    find_maker,
    fold,
    parse_quantity,
    read_class,
    term_for,
)

MOST_CNY = Decimal(10) ** 13
YES = {"1", "true", "yes", "y", "on", "是", "开放", "共享", "对外共享", "有", "需要"}
NO = {"0", "false", "no", "n", "off", "否", "不开放", "不共享", "无", "不需要"}
_MODEL_IN_NAME = re.compile(r"^(?P<name>.*[\u3400-\u9fff].*?)\s*[（(](?P<model>[^（）()]{2,60})[)）]$")
_SIGNS = re.compile(r"[,，\s¥￥]|人民币|圆|元|RMB|CNY", re.IGNORECASE)
_MEASURE = re.compile(
    r"[\d.]+\s*(?:nm|um|μm|µm|mm|cm|m|kv|v|w|kw|mw|hz|khz|mhz|ghz|l|ml|kg|g|t|k|mpa|孔|通道)", re.IGNORECASE
)


def class_fields(draft: Draft, text: str, edition: str = "") -> None:
    """Class code, scheme and edition; a lost leading zero is put back, a name is looked up."""
    if not text:
        return
    edition = edition or CLASS_EDITION
    if edition not in (CLASS_EDITION, "2006"):
        draft.reject(
            "class_edition",
            "edition_unknown",
            _("found edition %(edition)r; expected %(class_edition)s or 2006.")
            % {"edition": edition, "class_edition": CLASS_EDITION},
        )
        return
    code, how = _class(text, edition)
    if not code:
        words = _("found class code %(found)r; expected six digits of %(scheme)s/%(edition)s, such as 010201.")
        facts = {"found": text, "scheme": CLASS_SCHEME, "edition": CLASS_EDITION}
        draft.reject("class", "class_unknown", words % facts)
        return
    if how:
        zero = _("found %(found)r, a code without its leading zero; took %(code)s.")
        name = _("found %(found)r, the name of a class; took %(code)s.")
        words = zero if how == "zero" else name
        draft.remark("class", "repaired_class_code", words % {"found": text, "code": code})
    draft.fields |= {"class_code": code, "class_scheme": CLASS_SCHEME, "class_edition": CLASS_EDITION}


def typed_class(draft: Draft, field: str, types: Iterable[str]) -> None:
    """The class that one of the stated types is the name of; where a type only resembles one, that is said."""
    types = list(types)
    if found := next((code for code in map(find_class, types) if code), None):
        class_fields(draft, found)
    else:
        suggest_class(draft, field, types)


def suggest_class(draft: Draft, field: str, names: Iterable[str]) -> None:
    """What class the names suggest is said and not set: people choose."""
    if code := next((code for code in map(_suggested, names) if code), ""):
        draft.remark(
            field,
            "class_suggested",
            _("found no class; the name suggests %(code)s; choose it at /desk/classes/.") % {"code": code},
        )


@lru_cache(maxsize=16384)
def _suggested(name: str) -> str:
    term = term_for(name)
    return find_class(name) or (term.class_code if term else "")


@lru_cache(maxsize=8192)
def _class(text: str, edition: str) -> tuple[str, str]:
    """The code, blank where there is none, and how it was found: `zero` put back, by `name`, or as it stood."""
    try:
        code, repaired = read_class(text, edition)
        return code, "zero" if repaired else ""
    except UnknownClass:
        code = find_class(text) or ""
        return code, "name" if code else ""


def maker(draft: Draft, text: str) -> None:
    """The maker as written; a spelling of a known one is said, with the name that it is kept under."""
    text = text[:200]
    draft.fields["maker"] = text
    if usual := _usual_maker(text):
        draft.remark(
            "maker",
            "repaired_maker",
            _("found %(found)r; taken as %(usual)s; the spelling is kept beside it.") % {"found": text, "usual": usual},
        )


@lru_cache(maxsize=16384)
def _usual_maker(text: str) -> str:
    known = find_maker(text)
    if known is None or fold(text) in {fold(known.name_en), fold(known.name_zh)}:
        return ""
    return known.name_en or known.name_zh


def split_model(draft: Draft) -> None:
    """A model in brackets behind a Chinese name stands in its own field, where none was given."""
    name = draft.fields.get("name", "")
    found = _MODEL_IN_NAME.match(name) if name.endswith((")", "）")) and not draft.fields.get("model") else None
    if found is None or found["name"].count("（") + found["name"].count("("):
        return
    model = found["model"].strip()
    if not re.search(r"[A-Za-z]", model) or not re.search(r"\d", model) or _MEASURE.fullmatch(model):
        return
    draft.fields |= {"name": found["name"].strip(), "model": model}
    draft.remark(
        "name",
        "repaired_name",
        _("found %(found)r; took the name %(name)r, model %(model)r.")
        % {"found": name, "name": found["name"].strip(), "model": model},
    )


def capabilities(draft: Draft, text: str) -> list[dict[str, Any]]:
    """Quantities with numbers and units, from JSON or from words such as "mass resolution=140000; feature=2 um"."""
    if text.lstrip().startswith("["):
        return _lists.capabilities(json.loads(text))
    rows: list[dict[str, Any]] = []
    for part in re.split(r"[;；\n]", text):
        if not part.strip():
            continue
        quantity, *value = (piece.strip() for piece in re.split(r"[=:：]", part, maxsplit=1))
        if not value or not value[0]:
            raise _lists.Wrong(
                _("Found %(found)r; expected a quantity and its value, such as resolution=2 um.")
                % {"found": part.strip()}
            )
        rows.append(_capability(quantity, value[0]))
    return _lists.capabilities(rows)


def _capability(quantity: str, value: str) -> dict[str, Any]:
    try:
        measure = parse_quantity(value)
    except UnknownUnit:
        return {"quantity": quantity, "value": value}
    if measure.low == measure.high:
        return {"quantity": quantity, "value": str(measure.low), "unit": measure.unit}
    ends = {"low": measure.low, "high": measure.high}
    return {"quantity": quantity, "unit": measure.unit} | {end: str(n) for end, n in ends.items() if n is not None}


def json_or_words(text: str) -> Any:
    """A list or mapping from JSON, else the text itself with its separators made one."""
    if text.lstrip().startswith(("[", "{")):
        return json.loads(text)
    return text.replace("|", ";") if ";" in text or "|" in text else text.replace("，", ";").replace("、", ";")


def money(draft: Draft, name: str, text: str, *, unit: str = "") -> None:
    """CNY; 万 and 亿 are multiplied out, separators and signs taken away."""
    if not text:
        return
    plain = _SIGNS.sub("", text if text.isascii() else fold(text)).upper()
    factor = {"万": Decimal(10_000), "亿": Decimal(100_000_000)}.get(plain[-1:] or " ", Decimal(1))
    if factor == 1 and unit == "万":
        factor = Decimal(10_000)
    try:
        value = Decimal(plain.rstrip("万亿")) * factor
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or not 0 <= value < MOST_CNY:
        draft.reject(
            name,
            "value_unreadable",
            _("found %(found)r; expected an amount in CNY of at least 0, such as 1250000 or 125万.") % {"found": text},
        )
        return
    draft.fields[name] = value.quantize(Decimal("0.01"))
    if plain[-1:] in ("万", "亿"):
        draft.remark(
            name,
            "repaired_value",
            _("found %(found)r; took %(name)s CNY.") % {"found": text, "name": draft.fields[name]},
        )


def amount(text: str) -> float | None:
    """The number in an amount of any currency, None where there is none."""
    found = re.search(r"\d[\d,\s]*(?:\.\d+)?", text)
    return float(re.sub(r"[,\s]", "", found.group())) if found else None


def day(draft: Draft, name: str, text: str) -> None:
    """A calendar day; YYYYMMDD, slashes, 年月日 and a bare year are understood."""
    if not text:
        return
    digits = re.findall(r"\d+", fold(text))
    joined = digits[0] if digits else ""
    if len(joined) == 8 and len(digits) == 1:
        digits = [joined[:4], joined[4:6], joined[6:]]
    elif len(joined) == 6 and len(digits) == 1:
        digits = [joined[:4], joined[4:]]
    try:
        year, month, number = (int(part) for part in [*digits, "1", "1"][:3])
        found = date(year, month, number)
        if not digits or not 1900 <= year <= 2100:
            raise ValueError
    except ValueError:
        draft.reject(
            name, "date_unreadable", _("found %(found)r; expected a day such as 2024-05-17.") % {"found": text}
        )
        return
    draft.fields[name] = found
    if found.isoformat() != text and not text.startswith(f"{found.isoformat()}T"):
        draft.remark(
            name, "repaired_date", _("found %(found)r; took %(day)s.") % {"found": text, "day": found.isoformat()}
        )


def truth(draft: Draft, name: str, text: str) -> None:
    """Yes or no, in the words of both languages."""
    word = fold(text)
    if word in YES or word in NO:
        draft.fields[name] = word in YES
    elif word:
        draft.reject(
            name, "truth_unreadable", _("found %(found)r; expected yes or no, 1 or 0, 是 or 否.") % {"found": text}
        )
