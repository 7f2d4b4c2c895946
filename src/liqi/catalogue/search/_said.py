"""Texts as the index takes them: tokens, grams, the exact form, and the known names that stand in them."""

from functools import lru_cache

from liqi.catalogue.search._concepts import NONE, Numbers, all_standing, standing
from liqi.catalogue.search._names import Row
from liqi.catalogue.search._tokens import spelled

BOUNDARY = "|"
"""Stands between the texts, so that no phrase reaches from one into the next; no token is like it."""


class Said:
    """Texts as the index takes them: tokens with boundaries, grams, and each text squashed."""

    __slots__ = ("grams", "phrases", "squashed", "tokens")

    def __init__(self, tokens: str, grams: str, squashed: tuple[str, ...], phrases: Numbers) -> None:
        self.tokens, self.grams, self.squashed, self.phrases = tokens, grams, squashed, phrases


@lru_cache(maxsize=200_000)
def said_one(text: str) -> Said:
    """One text."""
    tokens, grams, plain = spelled(text)
    return Said(tokens, grams, (plain,), standing(tokens))


def together(*parts: Said) -> Said:
    """Several texts after each other."""
    if len(parts) == 1:
        return parts[0]
    return Said(
        f" {BOUNDARY} ".join([one.tokens for one in parts]),
        " ".join([one.grams for one in parts]),
        tuple([plain for one in parts for plain in one.squashed]),
        all_standing([one.phrases for one in parts]),
    )


@lru_cache(maxsize=100_000)
def said(texts: tuple[str, ...]) -> Said:
    """Texts that often come together."""
    return together(*map(said_one, texts)) if texts else Said("", "", (), NONE)


def filled(*texts: str | None) -> list[str]:
    """The texts that say something."""
    return [text for text in texts if text]


def measured(capability: Row) -> str:
    """A capability in words: quantity, value or range, unit."""
    values = (capability.get(name, "") for name in ("quantity", "value", "low", "high", "unit"))
    return " ".join(str(value) for value in values if value not in ("", None))
