"""What the libraries say in English (formulas, units, heads, refusals), in the language and script of the page.

The libraries know no language of a reader: their sentences are looked up here as they are heard. ``{}`` in a row stands
for what changes; the Chinese takes it by its place, ``{0}``, itself looked up when it is a phrase of the book.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from liqi.web import scripts

_BOOK = Path(__file__).with_name("library_words.tsv")
_DEEPEST = 4
"""How many sentences stand in each other at most: a row within a case within a rule."""

_NO_ROW_OR_COLUMN = re.compile("(下列|列表|列出|另列|分列|序列|排列|系列|行业|可行|进行|现行|执行)")
"""Words that hold the sign of a row or a column and mean neither."""
_TAIWANS_TABLE = str.maketrans({"行": "列", "列": "栏"})


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence with holes, and how it is said in Chinese."""

    english: str
    chinese: str
    taiwan: str
    """As said in Taiwan, in simplified script still: the line across a table is 列 there, the one down it 欄."""
    pattern: re.Pattern[str]


def told(words: str, language: str | None, place: str = "refusal") -> str:
    """The words as the page says them; those that the book does not know stay as they are.

    >>> told("found the size -1; expected numbers from 0 up; correct or drop that row.", "zh-hans")
    '找到的数量是 -1；应为不小于 0 的数；请改正或删去该行。'
    >>> told("share", "zh-hant", "word"), told("share", "en", "word")
    ('占比', 'share')
    """
    if not (language or "").startswith("zh"):
        return words
    return scripts.in_script(_chinese(words, place, language == "zh-hant", 0), language)


@cache
def phrases(place: str) -> tuple[Phrase, ...]:
    """The sentences that are said at this place (refusal, part, formula, word, head), the longest first.

    The frames of refusals, which fit around any other, come after all of them in the order of the book.
    """
    with _BOOK.open(encoding="utf-8", newline="") as lines:
        book = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    rows = [row for row in book if row["place"] in (place, f"{place} frame")]
    found = [
        (row["place"] != place, Phrase(row["en"], row["zh"], _as_in_taiwan(row["zh"]), _pattern(row["en"])))
        for row in rows
    ]
    found.sort(key=lambda pair: (pair[0], 0 if pair[0] else -len(pair[1].english.replace("{}", ""))))
    return tuple(one for _frame, one in found)


def _as_in_taiwan(chinese: str) -> str:
    """The sentence with its rows and columns as Taiwan calls them.

    >>> _as_in_taiwan("第 {0} 行 {1} 列：应为下列行业之一")
    '第 {0} 列 {1} 栏：应为下列行业之一'
    """
    parts = _NO_ROW_OR_COLUMN.split(chinese)
    return "".join(part if at % 2 else part.translate(_TAIWANS_TABLE) for at, part in enumerate(parts))


def _pattern(english: str) -> re.Pattern[str]:
    return re.compile("(.*?)".join(map(re.escape, english.split("{}"))), re.DOTALL)


@lru_cache(maxsize=5_000)
def _chinese(words: str, place: str, taiwan: bool, depth: int) -> str:
    if not words or depth > _DEEPEST:
        return words
    for one in phrases(place):
        if found := one.pattern.fullmatch(words):
            parts = (_chinese(part, _inner(part, place), taiwan, depth + 1) for part in found.groups())
            return (one.taiwan if taiwan else one.chinese).format(*parts)
    return words


def _inner(words: str, place: str) -> str:
    """What stands in a refusal is another one, or a phrase; names and numbers are in neither."""
    return place if place not in ("refusal", "part") or "found " in words else "part"
