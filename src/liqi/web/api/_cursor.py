"""Paging by cursor: a page goes on where the last one ended, whatever was added or removed meanwhile."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field

MOST = 200
Item = TypeVar("Item")
Row = TypeVar("Row")


class WrongCursor(ValueError):
    """The cursor was not given by us; the message says what to do."""


class Paged(Schema):
    """Where to go on, and how many at a time."""

    cursor: str = Field("", max_length=400, description="`next` of the page before; blank for the first page")
    limit: int = Field(50, ge=1, le=MOST, description="How many at most")


class Page(Schema, Generic[Item]):
    """Some of a list; give `next` as `cursor` for those that follow, null at the end."""

    items: list[Item]
    next: str | None


def page(rows: QuerySet[Any], paged: Paged, *, newest_first: bool = False) -> tuple[list[Any], str | None]:
    """The next rows by primary key after the cursor, and the cursor of the page that follows, None at the end."""
    way = "-pk" if newest_first else "pk"
    if paged.cursor:
        rows = rows.filter(**{"pk__lt" if newest_first else "pk__gt": _read(paged.cursor, way, int)})
    found: list[Model] = list(rows.order_by(way)[: paged.limit + 1])
    more = len(found) > paged.limit
    found = found[: paged.limit]
    return found, (_write(way, found[-1].pk) if more else None)


def among(rows: Iterable[Row], paged: Paged, key: Callable[[Row], int | str]) -> tuple[list[Row], str | None]:
    """The next of a list that is worked out and not read, in the order of a key that each row keeps."""
    ordered = sorted(rows, key=key)
    if paged.cursor:
        after = _read(paged.cursor, "key", type(key(ordered[0])) if ordered else object)
        ordered = [row for row in ordered if key(row) > after]
    found = ordered[: paged.limit]
    return found, (_write("key", key(found[-1])) if len(ordered) > paged.limit else None)


def _write(way: str, value: int | str) -> str:
    text = json.dumps([way, value], ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str, way: str, kind: type) -> Any:
    """The value after which the page begins; raises WrongCursor for one of another list, or of nobody's."""
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(found, list) or len(found) != 2 or found[0] != way or not isinstance(found[1], kind):
            raise ValueError
        if isinstance(found[1], int) and not 0 <= found[1] < 2**63:
            raise ValueError
    except (ValueError, binascii.Error, RecursionError):
        words = _("Found the cursor “%(found)s”; expected one that a page of this list gave as next; begin without it.")
        raise WrongCursor(words % {"found": cursor[:40]}) from None
    return found[1]
