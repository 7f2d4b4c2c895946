"""What an instrument can do, as rows: the quantity in the language of the page, the value as it is on record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from liqi import taxonomy
from liqi.web import numbers, scripts


@dataclass(frozen=True)
class Row:
    """One capability: the quantity's name, its value in words, its unit; `better` where the quantity is known."""

    name: str
    value: str
    unit: str
    key: str = ""
    better: str = ""


def of(capabilities: Iterable[Mapping[str, Any]], language: str) -> list[Row]:
    """The rows of a capability table, in the order of the record."""
    return [_row(one, language) for one in capabilities]


def _row(one: Mapping[str, Any], language: str) -> Row:
    name = str(one.get("quantity") or "")
    known = taxonomy.quantities().get(name)
    reading = taxonomy.read_capability(one)
    shown = known.label(language) if known else scripts.in_script(name, language)
    better = _better(reading.quantity.better) if reading else ""
    return Row(
        shown, value_of(one, language), str(one.get("unit") or ""), reading.quantity.key if reading else "", better
    )


def _better(code: str) -> str:
    return {"smaller": _("smaller is better"), "larger": _("larger is better")}.get(code, "")


def value_of(one: Mapping[str, Any], language: str) -> str:
    """The value or range of a capability as people read it, without its unit.

    >>> value_of({"value": 140000}, "en") == "140\u202f000"
    True
    >>> value_of({"value": 5e-05}, "en")
    '0.00005'
    >>> value_of({"low": 0.5}, "en"), value_of({"low": 2, "high": 40}, "en")
    ('≥ 0.5', '2\u2009–\u200940')
    """
    low, high, value = one.get("low"), one.get("high"), one.get("value")
    if low is not None and high is not None:
        return f"{_number(low)}\u2009–\u2009{_number(high)}"
    if low is not None or high is not None:
        return f"≥ {_number(low)}" if low is not None else f"≤ {_number(high)}"
    if isinstance(value, str):
        return scripts.in_script(value, language)
    return "" if value is None else _number(value)


def _number(value: Any) -> str:
    """The number with thin grouping and every digit that is on record."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if isinstance(value, int) or value == int(value):
        return numbers.thin(int(value))
    return f"{Decimal(repr(value)):f}" if 1e-12 < abs(value) < 1e15 else f"{value:.12g}"
