"""The phrase book: a row a phrase, for the methods and the places of an answer where it is said.

``{}`` stands for what changes, such as a name or a number; the Chinese words take it by its place, ``{0}``.
"""

import csv
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from pathlib import Path

from liqi.methods._text import Text

_BOOK = Path(__file__).with_name("phrases.tsv")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that methods say at some places of an answer."""

    methods: tuple[str, ...]
    places: frozenset[str]
    words: Text
    pattern: re.Pattern[str]

    def told(self, words: str) -> Text | None:
        """Return the words in three languages where they are this phrase."""
        found = self.pattern.fullmatch(words)
        if found is None:
            return None
        return Text(words, self.words.zh_hans.format(*found.groups()), self.words.zh_hant.format(*found.groups()))


@cache
def phrases() -> tuple[Phrase, ...]:
    """Return the whole book in its order; the first phrase that fits is the one that is said."""
    with _BOOK.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return tuple(
        Phrase(
            tuple(row["methods"].split(",")),
            frozenset(row["places"].split(",")),
            Text(row["en"], row["zh-Hans"], row["zh-Hant"]),
            re.compile("(.+?)".join(re.escape(part) for part in row["en"].split("{}"))),
        )
        for row in rows
    )


@cache
def book_of(method: str) -> dict[str, list[Phrase]]:
    """Return the phrases of one method by the places where it says them."""
    book: dict[str, list[Phrase]] = {}
    for one in phrases():
        if any(fnmatchcase(method, pattern) for pattern in one.methods):
            for place in one.places:
                book.setdefault(place, []).append(one)
    return book


@lru_cache(maxsize=20_000)
def said(method: str, place: str, words: str) -> Text | None:
    """Return what the method says at that place in three languages; None for names, numbers and formulas.

    >>> said("raman.calibrate", "finding", "silicon 520.45").zh_hans
    '硅 520.45'
    """
    return next((told for one in book_of(method).get(place, ()) if (told := one.told(words)) is not None), None)
