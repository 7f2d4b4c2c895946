"""Units: figures said twice in different units, currencies mixed, 万 where 亿 is meant."""

import itertools
import re
from collections.abc import Iterator
from decimal import Decimal

from liqi.insight.audit._finding import Finding, Sentence, like, plain, raise_
from liqi.insight.audit._quantities import COUNT, MONEY, SIZE, SPAN, Quantity

_RATES = {
    ("USD", "CNY"): (Decimal(5), Decimal(10)),
    ("EUR", "CNY"): (Decimal(6), Decimal(12)),
    ("GBP", "CNY"): (Decimal(7), Decimal(17)),
    ("HKD", "CNY"): (Decimal("0.7"), Decimal("1.2")),
    ("JPY", "CNY"): (Decimal("0.03"), Decimal("0.12")),
    ("EUR", "USD"): (Decimal("0.8"), Decimal("1.65")),
}
"""What one of the first has been worth in the second since 1990, with room."""
_SAME = re.compile(
    r"约合|約合|折合|合计人民币|合人民币|相当于|相當於|即|等于|equivalent to|equal to|\bi\.e\.|\bor\b|that is",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:18|19|20)\d\d\s*年?")


def check(sentence: Sentence) -> Iterator[Finding]:
    """Each figure with the next: is it the same said otherwise, or another that should have the same unit?"""
    quantities = sentence.quantities
    for one, other in itertools.pairwise(quantities):
        if one.kind != other.kind or one.kind not in (COUNT, MONEY, SIZE, SPAN):
            continue
        if _is_restated(sentence, one, other):
            yield from _restated(sentence, one, other)
        elif one.depth == other.depth:
            yield from _mixed(sentence, one, other)
            yield from _slipped(sentence, one, other)


def _is_restated(sentence: Sentence, one: Quantity, other: Quantity) -> bool:
    gap = sentence.between(one, other)
    bracket = other.depth == one.depth + 1 and re.fullmatch(
        r"\s*[（(]\s*(?:约合|折合|合|约|即|相当于|about|or|i\.e\.)?\s*(?:人民币|RMB)?\s*", gap, re.I
    )
    closed = re.match(r"\s*(?:人民币)?\s*[)）]", sentence.text[other.end :])
    return bool(
        (bracket and closed)
        or (
            len(gap) < 12
            and re.fullmatch(r"\s*[,，]?\s*(?:约合|折合|即|相当于|equivalent to)\s*(?:人民币)?\s*", gap, re.I)
        )
    )


def _restated(sentence: Sentence, one: Quantity, other: Quantity) -> Iterator[Finding]:
    """The same figure in another writing must be the same figure."""
    if one.unit == other.unit or (one.kind == COUNT and not (one.unit and other.unit)):
        low, high = one.low * Decimal("0.99"), one.high * Decimal("1.01")
        hedge = Decimal("0.1") * one.value if other.hedge or one.hedge else Decimal(0)
        if other.high >= low - hedge and other.low <= high + hedge:
            return
        if (
            one.value
            and Decimal("0.2") < other.value / one.value < 5
            and one.text[-2:] != other.text[-2:]
            and one.kind == COUNT
        ):
            return
        yield raise_(
            "unit", "likely", sentence, [one, other],
            (f"{one.text} 与 {other.text} 不是同一个数", f"{one.text} and {other.text} are not the same figure"),
            (f"{like(one.value, other)}", f"{like(one.value, other)}"),
        )  # fmt: skip
    elif one.kind == MONEY:
        first, second = (one, other) if (one.unit, other.unit) in _RATES else (other, one)
        bounds = _RATES.get((first.unit, second.unit))
        if bounds is None or not first.value:
            return
        rate = second.value / first.value
        if not bounds[0] <= rate <= bounds[1]:
            yield raise_(
                "unit", "likely", sentence, [one, other],
                (f"{one.text} 折合 {other.text}，即 1 {first.unit} = {plain(rate)} {second.unit}",
                 f"{one.text} as {other.text}, so that 1 {first.unit} were {plain(rate)} {second.unit}"),
                (f"1 {first.unit} 在 {bounds[0]} 至 {bounds[1]} {second.unit} 之间",
                 f"a rate from {bounds[0]} to {bounds[1]} {second.unit}"),
            )  # fmt: skip


def _mixed(sentence: Sentence, one: Quantity, other: Quantity) -> Iterator[Finding]:
    """Two currencies in one comparison, sum or series."""
    if one.kind != MONEY or one.unit == other.unit or _SAME.search(sentence.between(one, other)):
        return
    gap = sentence.between(one, other)
    if len(gap) > 40 or re.search(r"[；;。]", gap):
        return
    compared = re.search(
        r"(?:增|升|提高|降|减|rose|grew|fell|rise|grow|fall|increas)\S*\s*(?:到|至|为|to)|\bto\b\s*$|其中|of which",
        gap,
        re.I,
    )
    series = _YEAR.search(sentence.before(one, 20)) and _YEAR.search(gap)
    added = re.search(r"合计|共计|总计|total|together", gap + sentence.after(other, 20), re.IGNORECASE)
    if compared or series or added:
        yield raise_(
            "unit", "likely", sentence, [one, other],
            (f"{one.text} 与 {other.text} 币种不同", f"{one.text} and {other.text} are in different currencies"),
            ("同一比较用同一币种，或写明汇率", "one currency in one comparison, or a rate of exchange"),
        )  # fmt: skip


def _slipped(sentence: Sentence, one: Quantity, other: Quantity) -> Iterator[Finding]:
    """A series whose figures are alike but for 万 and 亿: ten thousand times more a year later."""
    if one.kind not in (MONEY, COUNT) or one.unit != other.unit or not one.value or not other.value:
        return
    ratio = max(one.value, other.value) / min(one.value, other.value)
    marks = [next((c for c in "亿億万萬" if c in q.text), "") for q in (one, other)]
    gap = sentence.between(one, other)
    series = (_YEAR.search(sentence.before(one, 20)) and _YEAR.search(gap)) or re.search(
        r"去年|上年|(?:增长|增加|增|升|降|减少|下降)\S{0,3}[到至为]", sentence.before(one, 8) + gap
    )
    if series and marks[0] != marks[1] and all(marks) and 2000 <= ratio <= 50000:
        yield raise_(
            "unit", "possible", sentence, [one, other],
            (f"{one.text} 与 {other.text} 相差 {plain(ratio, 0)} 倍",
             f"{one.text} and {other.text} are {plain(ratio, 0)} times apart"),
            ("万与亿核对一遍", "万 (10,000) and 亿 (100,000,000) to be checked"),
        )  # fmt: skip
