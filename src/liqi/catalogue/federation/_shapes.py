"""Values of others checked before they are kept: in the type, the length and the shape that the field has here."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

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
            raise ValueError(_("expected a plain value"))
        return _plain(field, value)
    except ValidationError as problem:
        raise Unfit(
            _("%(name)s: found %(found)r; %(messages)s")
            % {"name": field.name, "found": str(value)[:80], "messages": problem.messages[0]}
        ) from None
    except (TypeError, ValueError, OverflowError, ArithmeticError) as problem:
        raise Unfit(
            _("%(name)s: found %(found)r; %(reason)s")
            % {"name": field.name, "found": str(value)[:80], "reason": problem}
        ) from None


def _plain(field: Any, value: Any) -> Any:
    if isinstance(value, str) and "\x00" in value:
        raise ValueError(_("expected text without NUL characters"))
    if field.get_internal_type() == "CharField" and len(str(value)) > field.max_length:
        raise ValueError(_("expected at most %(max_length)s characters") % {"max_length": field.max_length})
    if type(field).__name__ == "URLField":
        if not str(value).lower().startswith(("https://", "http://")):
            raise ValueError(_("expected an address that begins with https://"))
        return str(value)
    if field.name == "time_zone" and value not in time_zones():
        raise ValueError(_("expected a time zone such as Asia/Shanghai"))
    found = field.clean(value, None)
    return round(found, field.decimal_places) if isinstance(found, Decimal) else found


def _json(name: str, value: Any) -> Any:
    if name == "opening_hours":
        return _lists.opening_hours(value)
    if not isinstance(value, list) or len(value) > MOST_ENTRIES:
        raise ValueError(_("expected a list of at most %(most_entries)s entries") % {"most_entries": MOST_ENTRIES})
    for entry in value:
        if name not in ROWS:
            fits = isinstance(entry, str) and len(entry) <= LONGEST
        else:
            fits = isinstance(entry, Mapping) and all(_is_scalar(one) for one in entry.values())
        if not fits:
            raise ValueError(_("expected rows of plain values") if name in ROWS else _("expected words"))
    return value


def _is_scalar(value: Any) -> bool:
    return value is None or isinstance(value, bool | int | float) or (isinstance(value, str) and len(value) <= LONGEST)
