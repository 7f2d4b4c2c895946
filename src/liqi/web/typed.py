"""What was typed into a form, read: a day, a moment on a clock, a whole number, an amount."""

from __future__ import annotations

import zoneinfo
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from liqi.access.care.refusal import NotPossible, amount

__all__ = ["day", "moment", "money", "quantity", "whole"]


def day(text: str) -> date | None:
    """The day such as 2026-11-23, None for nothing; raises NotPossible."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        words = _("Found “%(found)s”; expected a day such as 2026-11-23.")
        raise NotPossible(words % {"found": text[:40]}) from None


def moment(text: str, zone: str) -> datetime | None:
    """The moment such as 2026-11-23T09:00 on the clock of the zone, None for nothing; raises NotPossible."""
    if not text.strip():
        return None
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=zoneinfo.ZoneInfo(zone or "UTC"))
    except ValueError:
        words = _("Found “%(found)s”; expected a day and a time such as 2026-11-23 09:00.")
        raise NotPossible(words % {"found": text[:40]}) from None


def whole(text: str) -> int | None:
    """The whole number, None for nothing; raises NotPossible."""
    found = amount(text, places=0)
    return None if found is None else int(found)


def money(text: str) -> Decimal | None:
    """The amount with at most two places, None for nothing; raises NotPossible."""
    return amount(text, places=2)


def quantity(text: str) -> Decimal:
    """The quantity with at most three places; nothing is zero; raises NotPossible."""
    return amount(text, places=3) or Decimal(0)
