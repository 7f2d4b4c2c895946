"""Amounts: Decimal CNY with two places, rounded half up, once, where a quantity meets a price or a rate."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.utils.translation import gettext as _

from liqi.access.money.refusal import Unable

__all__ = ["MOST", "ZERO", "cent", "fen", "number", "percent_of", "read"]

ZERO = Decimal("0.00")
MOST = Decimal("9999999999.99")
"""No single amount is more."""
WRITTEN = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d*)?|[+-]?\.\d+")
"""A comma stands before every three digits or not at all: in 12,50 it would be taken for nothing, and for 1250."""


def cent(value: Decimal | int) -> Decimal:
    """The amount to the fen, halves away from zero (四舍五入).

    >>> cent(Decimal("2.345")), cent(Decimal("-2.345")), cent(Decimal("2.344"))
    (Decimal('2.35'), Decimal('-2.35'), Decimal('2.34'))
    """
    return Decimal(value).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def fen(amount: Decimal) -> int:
    """The amount in whole fen, as the database counts in expressions such as F("paid") + fen(amount).

    >>> fen(Decimal("12.50"))
    1250
    """
    return int(cent(amount) * 100)


def percent_of(amount: Decimal, percent: Decimal) -> Decimal:
    """So many per cent of the amount, to the fen.

    >>> percent_of(Decimal("100.05"), Decimal("6"))
    Decimal('6.00')
    """
    return cent(amount * percent / 100)


def number(text: str) -> Decimal:
    """The number that the text writes, not-a-number where it writes none.

    >>> number("1,234.5"), number("12,50"), number("1_000")
    (Decimal('1234.5'), Decimal('NaN'), Decimal('NaN'))
    """
    plain = str(text).strip().replace("，", ",")
    return Decimal(plain.replace(",", "") if WRITTEN.fullmatch(plain) else "NaN")


def read(text: str, *, least: Decimal | None = ZERO) -> Decimal:
    """The amount that somebody typed or a file says; Unable for anything but a number with two places.

    >>> read("1,234.50")
    Decimal('1234.50')
    """
    value = number(str(text).strip().lstrip("¥￥"))
    try:
        whole = value.quantize(Decimal("0.01")) if value.is_finite() and abs(value) <= MOST else None
    except InvalidOperation:
        whole = None
    if whole is None or whole != value:
        raise Unable(
            _("Found amount “%(found)s”; expected a number with at most two places such as 1234.50.")
            % {"found": str(text)[:40]}
        )
    if least is not None and whole < least:
        raise Unable(_("Found amount %(found)s; expected at least %(least)s.") % {"found": whole, "least": least})
    return whole
