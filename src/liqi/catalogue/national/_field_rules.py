"""What the dictionary alone says of a value: required, length, list, digits, number, day."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from liqi.catalogue.exchange.national import dictionary
from liqi.catalogue.exchange.national.dictionary import MOST_OF_LIST, NONE, Field
from liqi.catalogue.exchange.national.records import split

Finding = tuple[str, str, str, dict[str, Any]]
"""Key of the field, code of the problem, what was found, facts for the sentence."""
_OFTEN_EMPTY = {
    *("ename", "enameShort", "serviceUrl", "image", "street", "url", "moveAddress", "serviceCode", "record"),
    *("applicantPhone", "applicantEmail", "auditStatus", "organizationFile", "openFile", "applyFile", "layoutImage"),
    *("intensityFile", "specializationFile", "instrBelongsName", "resourceName"),
}
"""Fields that nobody misses when they are blank."""


def findings(record: str, made: Mapping[str, Any], *, today: date, fill: bool) -> Iterator[Finding]:
    """What is wrong with the values of one record as it would be sent; `fill` says that blanks become 无."""
    for key, field in dictionary.fields(record).items():
        if field.dropped or key not in made:
            continue
        value = made[key]
        if value in ("", None, {}) or (value == NONE and not field.none_allowed and not _may_say_none(field)):
            yield from _blank(field, value, fill=fill)
        elif isinstance(value, str) and value != NONE:
            yield from _text(field, value, today)


def _may_say_none(field: Field) -> bool:
    return field.key == "instrBelongsType" or field.choices.get("17") == NONE


def _blank(field: Field, value: Any, *, fill: bool) -> Iterator[Finding]:
    found = str(value or "")
    if field.none_allowed:
        if not fill:
            yield field.key, "empty", found, {}
    elif field.required:
        yield field.key, "missing", found, {}
    elif field.key not in _OFTEN_EMPTY and field.record != "institution_year":
        yield field.key, "wanted", found, {}


def _text(field: Field, value: str, today: date) -> Iterator[Finding]:
    shown = value if len(value) <= 60 else f"{value[:57]}..."
    if field.longest is not None and len(value) > field.longest:
        yield field.key, "too_long", f"{len(value)}", {"most": field.longest}
    if field.choices and field.key != "instrBelongsType":
        yield from _listed(field, value)
    if field.digits is not None and not re.fullmatch(rf"\d{{{field.digits}}}", value):
        special = {"declarationNumber": "declaration_number", "instrCategory": "class_unknown"}
        loose = field.key == "itemNumber" and re.fullmatch(r"\d{1,2}", value)
        if not loose:
            yield field.key, special.get(field.key, "not_digits"), shown, {"most": field.digits}
    if field.kind in ("decimal", "percent", "int"):
        pattern = r"\d+" if field.kind == "int" else r"\d+(\.\d{1,2})?"
        if not re.fullmatch(pattern, value):
            yield field.key, "not_a_number", shown, {}
    if field.kind == "date":
        yield from _day(field, value, today)


def _listed(field: Field, value: str) -> Iterator[Finding]:
    by_code = field.key in dictionary.BY_CODE
    allowed = set(field.choices) if by_code else set(field.choices.values())
    several = field.kind in ("list", "enum-multi")
    parts = split(value, "subject" if field.type.startswith("list") else "") if several else [value]
    for part in parts:
        if part not in allowed:
            words = [f"{code} {word}" if by_code else word for code, word in field.choices.items()]
            more = " ..." if len(words) > 8 else ""
            yield field.key, "not_in_list", part, {"list": ", ".join(words[:8]) + more}
    if field.kind == "list" and len(parts) > MOST_OF_LIST:
        yield field.key, "too_many", str(len(parts)), {"most": MOST_OF_LIST}


def _day(field: Field, value: str, today: date) -> Iterator[Finding]:
    try:
        found = date.fromisoformat(value)
    except ValueError:
        yield field.key, "not_a_day", value[:60], {}
        return
    if found > today:
        yield field.key, "in_the_future", value, {}
