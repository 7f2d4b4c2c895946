"""Hits: what a list shows of a record, and why it was found."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import tantivy

from liqi.catalogue.search._names import texts_of
from liqi.catalogue.search._question import Alternative, Unit, matches
from liqi.catalogue.search._tokens import tokens
from liqi.taxonomy import in_language, place_in_words

SNIPPET = 60
_tokens = lru_cache(maxsize=32_768)(tokens)


@dataclass(frozen=True, slots=True)
class Why:
    """What in the record met one unit of the question: the field, the words that met it, and a piece of its text.

    `how` is "" for the words as asked, else "synonym", "sound", "spelling": by what the words are not those asked.
    """

    asked: str
    field: str
    words: str
    text: str
    how: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A record found: its key, kind and what a list shows of it."""

    key: str
    kind: str
    name: str
    name_en: str
    institution: str
    institution_key: str
    place: str
    point: tuple[float, float] | None
    maker: str
    model: str
    class_code: str
    synthetic: bool
    bookable: bool
    score: float
    why: tuple[Why, ...]
    km: float | None = None
    """How far from the place that was asked for."""


def read(
    at: tantivy.Searcher, found: Sequence[tuple[float, Any]], units: Sequence[Unit], language: str
) -> tuple[Hit, ...]:
    """The hits at these addresses, with their scores."""
    return tuple(_hit(json.loads(bytes(at.doc(where)["show"][0])), score, units, language) for score, where in found)


def _hit(shown: dict[str, Any], score: float, units: Sequence[Unit], language: str) -> Hit:
    point = shown["point"]
    return Hit(
        key=shown["key"],
        kind=shown["kind"],
        name=shown["name"],
        name_en=shown["name_en"],
        institution=in_language(language, hans=shown["institution"], en=shown["institution_en"]),
        institution_key=shown["institution_key"],
        place=place_in_words(shown["country"], shown["province"], shown["city"], language),
        point=(point[0], point[1]) if point else None,
        maker=in_language(language, hans=shown["maker"], en=shown["maker_en"]),
        model=shown["model"],
        class_code=shown["class"],
        synthetic=shown["synthetic"],
        bookable=shown["bookable"],
        score=round(float(score or 0), 4),
        why=_why(units, texts_of(shown)) if units else (),
    )


def _why(units: Sequence[Unit], texts: dict[str, list[str]]) -> tuple[Why, ...]:
    fields = {name: _joined(tuple(parts)) for name, parts in texts.items()}
    found = []
    for one in units:
        for alternative in one.alternatives:
            if inside := matches(alternative, fields):
                piece = _snippet(texts[inside], alternative)
                found.append(Why(one.text, inside, alternative.text, piece, alternative.how))
                break
    return tuple(found)


@lru_cache(maxsize=32_768)
def _joined(parts: tuple[str, ...]) -> str:
    return " | ".join([_tokens(part) for part in parts])


def _snippet(parts: list[str], met: Alternative) -> str:
    """The piece of the text in which the alternative stands, around where it stands."""
    text = next((part for part in parts if matches(met, dict.fromkeys(met.fields, _tokens(part)))), "")
    needle = _tokens(met.text).split(" ")[0]
    text = text or next((part for part in parts if needle in _tokens(part).split(" ")), parts[0] if parts else "")
    if len(text) <= SNIPPET:
        return text
    at = max(0, text.lower().find(met.text.split(" ")[0][:2].lower()) - SNIPPET // 3)
    return f"{'…' if at else ''}{text[at : at + SNIPPET]}…"
