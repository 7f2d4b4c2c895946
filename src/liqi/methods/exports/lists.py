"""CSV for a spreadsheet: one table of an answer, or one of its three lists, with words in a language."""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

from liqi.methods._text import LANGUAGES, Text
from liqi.methods.exports._named import reviews_of
from liqi.methods.structure import structures_of

LISTS = ("identified", "isomers", "unknown")
"""What the rows of an identification are told apart by."""
_REVIEW = {"name": "review", "title": Text("review", "人工复核", "人工複核").as_json(), "unit": ""}
_SMILES = {"name": "smiles", "title": Text.same("SMILES").as_json(), "unit": ""}
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def fits(answer: Mapping[str, Any]) -> bool:
    """Whether the answer has a table."""
    return bool(answer["tables"])


def write(answer: Mapping[str, Any], language: str = "en") -> str:
    """Return the first table, which is the main one, whole."""
    return csv_of(answer["tables"][0], language, reviews=reviews_of(answer))


def csv_of(table: Mapping[str, Any], language: str, verdict: str = "", reviews: Mapping[int, str] | None = None) -> str:
    """Return a table as CSV with a byte order mark; `verdict` keeps the rows of one of the three lists.

    Titles and words are in the language; numbers are as the method gave them, units stand in the first row. The
    SMILES of the rows stand in a column where any is known, what people said of features in the last, where they did.
    """
    drawn = any(structures_of(row) for row in table["rows"])
    columns = [*table["columns"], *([_SMILES] if drawn else []), *([_REVIEW] if reviews else [])]
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow([_title(column, language) for column in columns])
    for row in table["rows"]:
        if not verdict or _code(row) == verdict:
            told = {
                **row,
                "smiles": " / ".join(structures_of(row)),
                "review": (reviews or {}).get(row.get("index", -1), ""),
            }
            rows.writerow([_plain(told.get(column["name"]), language) for column in columns])
    return "\ufeff" + out.getvalue()


def _code(row: Mapping[str, Any]) -> str:
    """The list that a row is of, by the English word of its verdict."""
    word = row.get("verdict")
    said = word.get("en", "") if isinstance(word, Mapping) else str(word or "")
    return "isomers" if said.endswith("isomers") else said


def _title(column: Mapping[str, Any], language: str) -> str:
    title, unit = said(column["title"], language), column["unit"]
    return f"{title} ({unit})" if unit and unit not in ("1", title) else title


def said(words: Any, language: str) -> str:
    """Return words in one of the three languages, English where they have not that one."""
    return str(words.get(language, words.get("en", ""))) if isinstance(words, Mapping) else str(words)


def _plain(value: Any, language: str) -> Any:
    """A value as a spreadsheet takes it; words that it would run as a formula are kept as words."""
    if isinstance(value, Mapping):
        value = said(value, language) if set(value) & set(LANGUAGES) else json.dumps(dict(value), ensure_ascii=False)
    if isinstance(value, list):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(_FORMULA_SIGNS):
        return f"'{value}"
    return value
