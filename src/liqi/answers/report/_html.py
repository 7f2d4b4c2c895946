"""The HTML report: one file that needs nothing else, readable on a phone and on paper."""

import hashlib
from base64 import b64encode
from collections.abc import Iterable
from html import escape
from pathlib import Path

from liqi.answers.report._content import Content
from liqi.answers.report._shown import Shown

_STYLE = Path(__file__).with_name("report.css").read_text(encoding="utf-8")
STYLE_HASH = "sha256-" + b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
"""What a Content-Security-Policy must allow under style-src for the report to be shown in place."""


def html(told: Content) -> str:
    """Return the report as one HTML document."""
    words = told.words
    body = [
        f"<h1>{escape(told.title)}</h1>",
        _tags(told.tags),
        f'<p class="verdict">{escape(told.sentence)}</p>',
        *(_table(table) for table in told.tables),
        _figures(told),
        _section(words["warnings"], f"<ul>{_items(told.warnings)}</ul>") if told.warnings else "",
        _section(words["provenance"], _provenance(told.provenance)),
    ]
    return (
        f'<!doctype html>\n<html lang="{told.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(told.title)}</title><style>{_STYLE}</style></head>"
        f"<body><main>{''.join(body)}</main></body></html>\n"
    )


def _tags(tags: list[str]) -> str:
    return '<p class="tags">' + "".join(f"<span>{escape(tag)}</span>" for tag in tags) + "</p>" if tags else ""


def _section(title: str, inside: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{inside}</section>"


def _items(words: Iterable[str]) -> str:
    return "".join(f"<li>{escape(one)}</li>" for one in words)


SHORT = 6
"""Letters of a cell that stay on one line: a Chinese word may break anywhere."""


def _table(table: Shown) -> str:
    classes = [' class="number"' if numeric else "" for numeric in table.numeric]
    head = "".join(
        f'<th scope="col"{kind}>{escape(title)}</th>' for title, kind in zip(table.head, classes, strict=True)
    )
    rows = "".join(f"<tr>{_row(table, number, classes)}</tr>" for number in range(len(table.rows)))
    more = f'<p class="quiet">{escape(table.more)}</p>' if table.more else ""
    inside = f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>{more}'
    return _section(table.title, inside)


def _row(table: Shown, number: int, classes: list[str]) -> str:
    told = [escape(cell) for cell in table.rows[number]]
    if table.drawn:
        told[table.drawn_at] = "".join(table.drawn[number])
    kinds = [kind or (' class="short"' if len(cell) <= SHORT else "") for cell, kind in zip(told, classes, strict=True)]
    return "".join(f"<td{kind}>{cell}</td>" for cell, kind in zip(told, kinds, strict=True))


def _figures(told: Content) -> str:
    if not told.figures:
        return ""
    drawn = "".join(
        f'<figure>{svg}<figcaption>{escape(title)}<br><span class="quiet">{escape(credit)}</span></figcaption></figure>'
        for title, svg, credit in told.figures
    )
    more = f'<p class="quiet">{escape(told.figures_more)}</p>' if told.figures_more else ""
    lead = f'<p class="quiet">{escape(told.words["matched"])}</p>' if told.words["matched"] else ""
    return _section(told.words["figures"], f'{lead}<div class="figures">{drawn}</div>{more}')


def _provenance(facts: list[tuple[str, str]]) -> str:
    return "<dl>" + "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts) + "</dl>"
