"""Comparison: so many times as much, a deficit between imports and exports, the mean of a sum."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from liqi.insight.audit._finding import Finding, Sentence, like, plain, raise_
from liqi.insight.audit._quantities import COUNT, MONEY, SHARE, SIZE, SPAN, TIMES, Quantity

_OF_THE_CHANGE = re.compile(
    r"^\s*[，,]\s*(?:提高|增长|增加|上升|扩大|提升)了?\s*$|^\s*,\s*(?:an increase of|up)\s*$", re.I
)
"""What leads from two shares to how many times one has become the other."""

_TITLED = re.compile(
    r"\baverage (?:price|cost|value)\b[^.;]*\b(?:is|was|comes? to|amounts? to)\s+(?:about )?$", re.IGNORECASE
)
"""A sentence that begins with what it is the average of."""


def check(sentence: Sentence) -> Iterator[Finding]:
    """Times, balances and means of the sentence against the figures that they are made of."""
    yield from _times(sentence)
    yield from _balance(sentence)
    yield from _mean(sentence)
    yield from _product(sentence)


def _times(sentence: Sentence) -> Iterator[Finding]:
    """So many times as much, between the only two figures of one unit."""
    times = [q for q in sentence.level if q.kind == TIMES and q.value > 0]
    if len(times) != 1 or times[0].hedge in ("over", "under"):
        return
    for kind in (COUNT, MONEY, SIZE, SPAN, SHARE):
        same = [q for q in sentence.level if q.kind == kind]
        if (
            len(same) != 2
            or same[0].unit != same[1].unit
            or not all(q.value for q in same)
            or any(q.hedge for q in same)
        ):
            continue
        if max(q.end for q in same) - times[0].start > 40 or len(sentence.text) > 120:
            continue
        if kind == SHARE and not _OF_THE_CHANGE.search(sentence.between(same[1], times[0])):
            continue
        ratio = max(q.value for q in same) / min(q.value for q in same)
        wide = times[0].place / 2 + times[0].value * (Decimal("0.1") if times[0].hedge else Decimal("0.03"))
        if not re.search(
            r"是|为|为其|相当于|达|高出|增长|增加|提高|快|大|小|\bas\b|than|\btimes\b|-fold", sentence.text
        ):
            continue
        if all(abs(one - times[0].value) > wide for one in (ratio, ratio - 1)):
            yield raise_(
                "ratio", "likely", sentence, [*same, times[0]],
                (f"{same[0].text} 与 {same[1].text} 之比为 {plain(ratio, 2)}，写作 {times[0].text}",
                 f"{same[0].text} and {same[1].text} stand as {plain(ratio, 2)} to 1, given as {times[0].text}"),
                (f"{plain(ratio, 2)} 倍", f"{plain(ratio, 2)} times"),
            )  # fmt: skip


def _labelled(sentence: Sentence, level: Sequence[Quantity], words: str) -> Quantity | None:
    for q in level:
        start = max((o.end for o in level if o.end <= q.start), default=0)
        if re.search(words, sentence.text[max(start, q.start - 30) : q.start], re.IGNORECASE):
            return q
    return None


def _balance(sentence: Sentence) -> Iterator[Finding]:
    """Exports, imports and the deficit or surplus between them."""
    level = [q for q in sentence.level if q.kind == MONEY]
    said = _labelled(sentence, level, r"逆差|deficit") or _labelled(sentence, level, r"顺差|順差|surplus")
    out, into = _labelled(sentence, level, r"出口|\bexport"), _labelled(sentence, level, r"进口|進口|\bimport")
    if (
        not said
        or not out
        or not into
        or len({id(q) for q in (said, out, into)}) < 3
        or len({q.unit for q in (said, out, into)}) > 1
    ):
        return
    deficit = bool(re.search(r"逆差|deficit", sentence.before(said, 30), re.IGNORECASE))
    true = (into.value - out.value) * (1 if deficit else -1)
    allowed = max(out.place, into.place, said.place) * (2 if out.rounded else 0) + (
        said.value / 10 if said.hedge else 0
    )
    if abs(true - said.value) > allowed:
        kind = ("逆差", "a deficit") if into.value > out.value else ("顺差", "a surplus")
        yield raise_(
            "growth", "certain", sentence, [out, into, said],
            (f"进口 {into.text} 减出口 {out.text} = "
                f"{like(into.value - out.value, said)}，{'逆差' if deficit else '顺差'}写作 {said.text}",
             f"imports {into.text} less exports {out.text} are {like(into.value - out.value, said)}, "
             f"and a {'deficit' if deficit else 'surplus'} of {said.text} is given"),
            (f"{kind[0]} {like(abs(true), said)}", f"{kind[1]} of {like(abs(true), said)}"),
        )  # fmt: skip


def _mean(sentence: Sentence) -> Iterator[Finding]:
    """A sum of money, a count and the mean of one."""
    level = sentence.level
    for mean in (q for q in level if q.kind == MONEY and q.hedge in ("", "about")):
        per = re.search(
            r"(?:平均)?每\s*一?([家台套个所项名人件])|人均|均价|平均|an average of|averag|\bmean\b",
            sentence.before(mean, 20),
            re.IGNORECASE,
        )
        ahead = re.match(r"\s*[:：]", sentence.after(mean))
        titled = _TITLED.search(sentence.text[: mean.start])
        made_of = [q for q in level if q is not mean and (ahead or q.end <= mean.start)]
        money = [q for q in made_of if q.kind == MONEY and q.unit == mean.unit]
        counts = [q for q in made_of if q.kind == COUNT]
        if (
            not (per or titled)
            or len(money) != 1
            or len(counts) != 1
            or not counts[0].value
            or money[0].hedge
            or counts[0].hedge
        ):
            continue
        if not titled and not re.search(
            r"平均|人均|每|均价|average|mean|each|per", sentence.text[0 if ahead else counts[0].start :], re.IGNORECASE
        ):
            continue
        true = money[0].value / counts[0].value
        if abs(true - mean.value) >= max(mean.place, true * Decimal("0.1" if mean.hedge else "0.02")):
            yield raise_(
                "ratio", "likely", sentence, [counts[0], money[0], mean],
                (f"{money[0].text} ÷ {counts[0].text} = {like(true, mean)}，平均写作 {mean.text}",
                 f"{money[0].text} over {counts[0].text} is {like(true, mean)}, given as {mean.text} on average"),
                (like(true, mean), like(true, mean)),
            )  # fmt: skip


def _product(sentence: Sentence) -> Iterator[Finding]:
    """A price of one, a count, and what they come to together."""
    money = [q for q in sentence.level if q.kind == MONEY]
    counts = [q for q in sentence.level if q.kind == COUNT]
    if len(money) != 2 or len(counts) != 1 or money[0].unit != money[1].unit or any(q.hedge for q in (*money, *counts)):
        return
    price, total = money
    one = re.search(
        r"单价|每一?[台套件个家所项名人]|unit price|\beach\b|"
        r"apiece",
        sentence.before(price, 12) + sentence.after(price, 8),
        re.I,
    )
    named = re.search(r"合计|共计|总计|总价|共|总额|\btotal|in all", sentence.before(total, 14), re.IGNORECASE)
    if not one or not named or (price.start > counts[0].start and counts[0].end > total.start):
        return
    true = price.value * counts[0].value
    if abs(true - total.value) > max(total.place if total.rounded else Decimal(0), true * Decimal("0.01")):
        yield raise_(
            "ratio", "likely", sentence, [price, counts[0], total],
            (f"{price.text} × {counts[0].text} = {like(true, total)}，写作 {total.text}",
             f"{price.text} times {counts[0].text} make {like(true, total)}, given as {total.text}"),
            (like(true, total), like(true, total)),
        )  # fmt: skip
