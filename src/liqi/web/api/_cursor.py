"""Paging by cursor: a page goes on where the last one ended, whatever was added or removed meanwhile."""

import base64
import binascii
from typing import Any

from django.db.models import Model, QuerySet

MOST = 200


class WrongCursor(ValueError):
    """The cursor was not given by us; the message says what to do."""


def page(rows: QuerySet[Any], cursor: str, limit: int) -> tuple[list[Any], str | None]:
    """The next rows by primary key after the cursor, and the cursor of the page that follows, None at the end."""
    after = _read(cursor) if cursor else 0
    found: list[Model] = list(rows.filter(pk__gt=after).order_by("pk")[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    return found, (_write(found[-1].pk) if more else None)


def _write(key: int) -> str:
    return base64.urlsafe_b64encode(f"pk:{key}".encode()).decode().rstrip("=")


def _read(cursor: str) -> int:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        number = int(text.removeprefix("pk:"))
        if not text.startswith("pk:") or not 0 <= number < 2**63:
            raise ValueError
    except (ValueError, binascii.Error):
        raise WrongCursor(
            f"found cursor {cursor[:40]!r}; expected one that a page gave as `next`; begin again without it."
        ) from None
    return number
