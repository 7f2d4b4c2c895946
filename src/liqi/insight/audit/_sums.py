"""Sums that are written out: 4 + 6 + 2 + 3 = 14."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from liqi.insight.audit._finding import Finding, Sentence, plain, raise_

_SUM = re.compile(
    r"(?<![\w.])((?:\d[\d,]*(?:\.\d+)?)(?:\s*[^\d\s+＋×*÷=＝\-−–]{0,4}\s*[+＋×*÷−–-]\s*\d[\d,]*(?:\.\d+)?)+)\s*[^\d\s=＝]{0,4}\s*[=＝]\s*(\d[\d,]*(?:\.\d+)?)(?![\w.]*\s*[+＋×*÷−=])"
)
_PART = re.compile(r"([+＋×*÷−–-])?\s*(\d[\d,]*(?:\.\d+)?)")


def check(sentence: Sentence) -> Iterator[Finding]:
    """Every sum, product and so on that the sentence writes out, worked out again; × and ÷ go first."""
    for match in _SUM.finditer(sentence.text):
        try:
            true, given = _work_out(match[1]), Decimal(match[2].replace(",", ""))
        except (InvalidOperation, ZeroDivisionError):
            continue
        exponent = int(given.as_tuple().exponent)
        if abs(true - given) > Decimal(1).scaleb(exponent) * (1 if exponent < 0 or "÷" in match[1] else 0):
            yield raise_(
                "parts", "certain", sentence, [match.group().strip()],
                (f"{match[1].strip()} = {plain(true)}，写作 {match[2]}",
                 f"{match[1].strip()} is {plain(true)}, given as {match[2]}"),
                (plain(true), plain(true)),
            )  # fmt: skip


def _work_out(text: str) -> Decimal:
    terms: list[Decimal] = []
    for sign, digits in _PART.findall(text):
        value = Decimal(digits.replace(",", ""))
        if sign in ("×", "*"):
            terms[-1] *= value
        elif sign == "÷":
            terms[-1] /= value
        else:
            terms.append(-value if sign and sign in "−–-" else value)
    return sum(terms, Decimal(0))
