"""Addresses of an answer of the observatory: where each link of the told answer leads on the web."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from liqi.accounts.models import Person
from liqi.observatory.question import Link, Table

_PAGES = {
    "rows": "observatory_question_rows",
    "ask": "observatory_question",
    "facilities": "observatory_facilities",
    "gap": "observatory_gap",
    "misses": "misses",
    "import": "imports",
}
_FOR_OPERATORS = ("misses",)
_TOPICS = {
    **dict.fromkeys(("voucher", "voucher-eligibility"), "vouchers"), "sharing-subsidy": "sharing",
    **dict.fromkeys(("procurement-review", "procurement"), "buying"),
    **dict.fromkeys(("tax", "sharing-rule"), "import"), **dict.fromkeys(("loan-subsidy", "first-set"), "loans"),
}  # fmt: skip
"""The topic of the page of rules that a kind of rule is under; the others are projects."""


def bars(table: Table, person: object) -> dict[str, Any]:
    """What the chart island draws of a table: its drawn columns in one bar a row; a click opens the rows."""
    series = [
        {"name": table.head[column][0], "values": [row[column].value for row in table.rows]} for column in table.drawn
    ]
    return {
        "kind": "bars",
        "stacked": len(series) > 1,
        "unit": "",
        "categories": [row[0].text for row in table.rows],
        "series": series,
        "links": [address(row[table.drawn[0] if len(series) == 1 else 0].link, person) for row in table.rows],
    }


def address(link: Link | None, person: object) -> str:
    """The address of the link; blank where there is none, or this person may not open it."""
    if link is None or (link.to in _FOR_OPERATORS and not (isinstance(person, Person) and person.is_operator)):
        return ""
    query = dict(link.query)
    if link.to in ("needs", "demand"):
        return f"{reverse('board', args=[link.to])}{'?' if query else ''}{urlencode(query)}"
    if link.to in ("maker", "institution"):
        return reverse(link.to, args=[query["key"]])
    if link.to == "rule":
        asked = urlencode({"topic": _TOPICS.get(query["kind"], "projects"), "place": query["place"]})
        return f"{reverse('rules')}?{asked}#{query['id']}"
    return f"{reverse(_PAGES[link.to])}{'?' if query else ''}{urlencode(query)}"
