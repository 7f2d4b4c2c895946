"""Amounts: Decimal CNY with two places, rounded half up, once, where a quantity meets a price or a rate."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.utils.translation import gettext as _

from liqi.access.money.refusal import Unable

__all__ = ["ZERO", "cent", "fen", "percent_of", "read"]

ZERO = Decimal("0.00")
MOST = Decimal("9999999999.99")


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


def read(text: str, *, least: Decimal | None = ZERO) -> Decimal:
    """The amount that somebody typed or a file says; Unable for anything but a number with two places.

    >>> read("1,234.50")
    Decimal('1234.50')
    """
    plain = str(text).strip().replace(",", "").replace("，", "").lstrip("¥￥").strip()
    try:
        value = Decimal(plain)
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
