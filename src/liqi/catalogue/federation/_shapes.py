"""Values of others checked before they are kept: in the type, the length and the shape that the field has here."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from liqi.catalogue import _lists
from liqi.taxonomy import time_zones

ROWS = {"identifiers", "codes", "capabilities", "related", "documents"}
"""Lists of mappings; the other lists are of words."""
MOST_ENTRIES = 500
LONGEST = 2000


class Unfit(ValueError):
    """A value that has no place in its field; the message says what was found and expected."""


def fit(field: Any, value: Any) -> Any:
    """The value as the field keeps it; raises Unfit."""
    try:
        if field.get_internal_type() == "JSONField":
            return _json(field.name, value)
        if isinstance(value, list | dict):
            raise ValueError("expected a plain value")
        return _plain(field, value)
    except ValidationError as problem:
        raise Unfit(f"{field.name}: found {str(value)[:80]!r}; {problem.messages[0]}") from None
    except (TypeError, ValueError, OverflowError, ArithmeticError) as problem:
        raise Unfit(f"{field.name}: found {str(value)[:80]!r}; {problem}") from None


def _plain(field: Any, value: Any) -> Any:
    if isinstance(value, str) and "\x00" in value:
        raise ValueError("expected text without NUL characters")
    if field.get_internal_type() == "CharField" and len(str(value)) > field.max_length:
        raise ValueError(f"expected at most {field.max_length} characters")
    if type(field).__name__ == "URLField":
        if not str(value).lower().startswith(("https://", "http://")):
            raise ValueError("expected an address that begins with https://")
        return str(value)
    if field.name == "time_zone" and value not in time_zones():
        raise ValueError("expected a time zone such as Asia/Shanghai")
    return field.clean(value, None)


def _json(name: str, value: Any) -> Any:
    if name == "opening_hours":
        return _lists.opening_hours(value)
    if not isinstance(value, list) or len(value) > MOST_ENTRIES:
        raise ValueError(f"expected a list of at most {MOST_ENTRIES} entries")
    for entry in value:
        if name not in ROWS:
            fits = isinstance(entry, str) and len(entry) <= LONGEST
        else:
            fits = isinstance(entry, Mapping) and all(_is_scalar(one) for one in entry.values())
        if not fits:
            raise ValueError("expected " + ("rows of plain values" if name in ROWS else "words"))
    return value


def _is_scalar(value: Any) -> bool:
    return value is None or isinstance(value, bool | int | float) or (isinstance(value, str) and len(value) <= LONGEST)
