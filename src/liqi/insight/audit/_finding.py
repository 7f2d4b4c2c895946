"""Findings: what is wrong with which figures of which sentence, in words, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from liqi.insight.audit._quantities import SHARE, Quantity

Sure = Literal["certain", "likely", "possible"]


@dataclass(frozen=True, slots=True)
class Said:
    """The same words in Chinese and English."""

    zh: str
    en: str

    def said(self, language: str) -> str:
        """The words in Chinese for any `zh` language, else in English."""
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its place in the text, and what is counted, measured and said in it."""

    text: str
    line: int
    """From 1."""
    quantities: tuple[Quantity, ...]

    @property
    def level(self) -> tuple[Quantity, ...]:
        """The quantities outside all brackets."""
        return tuple(q for q in self.quantities if not q.depth)

    def between(self, left: Quantity, right: Quantity) -> str:
        """The words between two quantities."""
        return self.text[left.end : right.start]

    def before(self, quantity: Quantity, letters: int = 12) -> str:
        """The words that lead up to a quantity."""
        return self.text[max(quantity.start - letters, 0) : quantity.start]

    def after(self, quantity: Quantity, letters: int = 12) -> str:
        """The words that follow a quantity."""
        return self.text[quantity.end : quantity.end + letters]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a sentence or a table that cannot be, or hardly can."""

    check: str
    sure: Sure
    sentence: str
    line: int
    marked: tuple[str, ...]
    """The figures that it is about, as they are written."""
    found: Said
    expected: Said

    def as_json(self, language: str = "en") -> dict[str, object]:
        """The finding as plain data, in words of one language."""
        return {
            "check": self.check,
            "sure": self.sure,
            "sentence": self.sentence,
            "line": self.line,
            "marked": list(self.marked),
            "found": self.found.said(language),
            "expected": self.expected.said(language),
        }


@dataclass(frozen=True, slots=True)
class Derived:
    """A figure that follows from those of a sentence, though the sentence does not say it."""

    sentence: str
    line: int
    value: Decimal
    says: Said

    def as_json(self, language: str = "en") -> dict[str, object]:
        """The figure as plain data."""
        return {
            "sentence": self.sentence,
            "line": self.line,
            "value": float(self.value),
            "says": self.says.said(language),
        }


def raise_(
    check: str, sure: Sure, sentence: Sentence, marked: Sequence[Quantity | str], found: tuple[str, str],
    expected: tuple[str, str],
) -> Finding:  # fmt: skip
    """A finding of this check on these figures, its words given in Chinese and English."""
    texts = tuple(dict.fromkeys(one if isinstance(one, str) else one.text for one in marked))
    return Finding(check, sure, sentence.text.strip(), sentence.line, texts, Said(*found), Said(*expected))


def plain(value: Decimal, decimals: int = 4) -> str:
    """A number without trailing zeros, to so many decimals.

    >>> plain(Decimal("15.00")), plain(Decimal(25) / 58 * 100, 1)
    ('15', '43.1')
    """
    said = f"{round(value, decimals):f}"
    return said.rstrip("0").rstrip(".") if "." in said else said


def percent(share: Decimal) -> str:
    """A share as percent, to a tenth.

    >>> percent(Decimal("0.431034"))
    '43.1%'
    """
    return f"{plain(share * 100, 1)}%"


def like(value: Decimal, model: Quantity) -> str:
    """A value said in the manner of a quantity: its scale, its unit.

    >>> from liqi.insight.audit._quantities import find
    >>> like(Decimal(4500000000), find("总投资50亿元")[0])
    '45亿元'
    """
    if model.kind == SHARE:
        return percent(value)
    return f"{plain(value / model.scale, 6 if model.scale == 1 else 4)}{model.tail}"
