"""A list on paper: title, what it is about, a table, whatever number of columns it has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from liqi.web import numbers, scripts
from liqi.web.leaflet._paper import typeset

MOST = 3000
"""Rows on paper at most; a longer list says how many are left out and where they are."""
WIDE = 7
"""From so many columns on the paper lies on its side."""


def listing(
    *, title: str, about: Sequence[tuple[str, str]], header: Sequence[str], rows: Iterable[Sequence[Any]],
    language: str, now: datetime, example: bool = False,
) -> bytes:  # fmt: skip
    """The list as a PDF of A4 pages, the header on every page."""
    with translation.override(language):
        cells = [[_cell(cell, language) for cell in row] for row in rows]
        left = len(cells) - MOST
        facts = {
            "title": title,
            "about": [[label, scripts.in_script(str(text), language)] for label, text in about],
            "header": [str(one) for one in header],
            "numeric": [_is_numeric(cells, column) for column in range(len(header))],
            "rows": cells[:MOST],
            "more": _("%(n)s more rows are in the table as a file.") % {"n": left} if left > 0 else "",
            "wide": len(header) >= WIDE,
            "tag": _("Synthetic example: describes nothing real") if example else "",
            "printed": _("Printed %(day)s") % {"day": timezone.localtime(now).strftime("%Y-%m-%d %H:%M")},
            "none": _("None recorded."),
        }
    return typeset("listing.typ", facts, language)


def _cell(cell: Any, language: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return _("yes") if cell else _("no")
    if isinstance(cell, int | float | Decimal):
        return numbers.thin(cell)
    return scripts.in_script(str(cell), language)


def _is_numeric(cells: Sequence[Sequence[str]], column: int) -> bool:
    said = [row[column] for row in cells[:50] if row[column]]
    return bool(said) and all(text.replace(numbers.GROUP, "").replace(".", "").isdigit() for text in said)
