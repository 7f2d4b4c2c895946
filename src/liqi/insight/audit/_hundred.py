"""Hundreds: shares of one whole that make more or less than a hundred percent."""

import itertools
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from liqi.insight.audit._finding import Finding, Sentence, percent, raise_
from liqi.insight.audit._quantities import SHARE, Quantity
from liqi.insight.audit._shares import GROWTH, OWN_BASE

_REST = re.compile(
    r"(其余|其餘|剩余|剩餘|余下|其他|其它|the rest|the other|remaining|remainder|others)[^，,；;。、]{0,12}$",
    re.IGNORECASE,
)
_SUM = re.compile(r"(合计|合計|共计|总计|总共|合起来|together|in total|combined)[^，,；;。、\d]{0,8}$", re.IGNORECASE)
_PAIRS = (
    ("domestic", "import"), ("国产", "进口"), ("國產", "進口"), ("进口", "出口"), ("男", "女"),
    ("domestic", "foreign"), ("male", "female"), ("public", "private"), ("men", "women"),
)  # fmt: skip
_ORIGIN = re.compile(
    r"\s*的?[^，,、；;]{0,8}(?:来自|來自|来源于)|\s*(?:are|were|is|was|comes?|came|of (?:them|these))\b"
)
_OWN = re.compile(
    r"来自|份额|份額|比重|比例|占|国产化率|國產化率|自给率|自給率|\bshare|account|\bare\b|\bwere\b|comes? from|"
    r"came from|split",
    re.IGNORECASE,
)
_OPPOSITES = (("使用率", "闲置率"), ("利用率", "空置率"), ("利用率", "闲置率"), ("入驻率", "空置率"), ("合格率",
"不合格率"),
              ("成功率", "失败率"), ("国产化率", "进口率"))  # fmt: skip
_FOREIGN = re.compile(r"进口|進口|\bimport", re.IGNORECASE)
_HOME = re.compile(r"国产|國產|\bdomestic", re.IGNORECASE)
_NARROWED = re.compile(
    r"高端|中端|低端|高档|大型|小型|部分|其中|以上|以下|(?:18|19|20)\d\d|年|季度|月|目标|力争|到|提高|high-end|low-end|large|"
    r"of which|target|by \d",
    re.IGNORECASE,
)
"""What makes two shares shares of different things or days."""

_ABOUT = Decimal("0.05")
"""So much may shares that are said with about fall short of a hundred."""


def check(sentence: Sentence) -> Iterator[Finding]:
    """Shares of one whole that make more than a hundred, or less where the rest is named."""
    shares = [q for q in sentence.level if q.kind == SHARE]
    grouped = list(_groups(sentence, shares))
    yield from _opposites(sentence, shares, grouped)
    if not grouped:
        yield from _origins(sentence, shares)
    for group in grouped:
        total = sum((q.value for q in group), Decimal(0))
        allowed = sum((q.place for q in group), Decimal(0)) / 2 + Decimal("0.001")
        text = sentence.text[max(group[0].start - 40, 0) : group[-1].end + 12]
        last = sentence.before(group[-1], 20)
        if len(group) > 2 and _SUM.search(last):
            yield from _share_total(sentence, group)
            continue
        rest = any(_REST.search(sentence.before(q, 18)) or _REST.match(sentence.after(q, 10)) for q in group)
        pair = len(group) == 2 and any(a in text.lower() and b in text.lower() for a, b in _PAIRS)
        chinese = re.search(r"[\u4e00-\u9fff]", text)
        if len(group) == 2 and not (rest or pair or chinese):
            continue
        if total > 1 + allowed and (rest or pair or not any(q.hedge for q in group)):
            sure = "certain" if rest or pair or len(group) > 2 else "likely"
        elif total < 1 - allowed and (rest or pair) and not any(q.hedge for q in group):
            sure = "certain"
        elif total < 1 - allowed - _ABOUT and rest and all(q.hedge in ("", "about") for q in group):
            sure = "likely"
        else:
            continue
        said = " + ".join(q.text for q in group)
        yield raise_(
            "percent", sure, sentence, group,  # type: ignore[arg-type]
            (f"占比 {said} = {percent(total)}", f"the shares {said} make {percent(total)}"),
            ("同一整体的占比合计 100%", "shares of one whole that make 100%"),
        )  # fmt: skip


def _opposites(sentence: Sentence, shares: Sequence[Quantity], grouped: list[list[Quantity]]) -> Iterator[Finding]:
    """Two rates of which each is what the other leaves."""
    for one, other in itertools.pairwise(shares):
        first, second = sentence.before(one, 10), sentence.before(other, 10)
        opposite = any((a in first and b in second) or (b in first and a in second) for a, b in _OPPOSITES)
        total = one.value + other.value
        if opposite and [one, other] not in grouped and abs(total - 1) > one.place + other.place:
            yield raise_(
                "percent", "likely", sentence, [one, other],
                (f"{one.text} + {other.text} = {percent(total)}", f"{one.text} and {other.text} make {percent(total)}"),
                ("互补的两率合计 100%", "two rates that make 100%"),
            )  # fmt: skip


def _origins(sentence: Sentence, shares: Sequence[Quantity]) -> Iterator[Finding]:
    """Of one thing, what is imported and what is domestic: more than all of it together."""
    if len(shares) != 2 or _NARROWED.search(sentence.text):
        return
    one, other = shares
    start = max((sentence.text.rfind(mark, 0, one.start) for mark in "，,；;。"), default=-1) + 1
    end = next((n for n in range(one.end, other.start) if sentence.text[n] in "，,；;"), None)
    if end is None:
        return
    first, second = sentence.text[start:end], re.split("[。；;]", sentence.text[end:])[0]
    told = [(_FOREIGN.search(first), _HOME.search(second)), (_HOME.search(first), _FOREIGN.search(second))]
    both = (_FOREIGN.search(first) and _HOME.search(first)) or (_FOREIGN.search(second) and _HOME.search(second))
    if both or not any(a and b for a, b in told) or "under" in (one.hedge, other.hedge):
        return
    total = one.value + other.value
    if total > Decimal("1.05") + one.place + other.place:
        yield raise_(
            "percent", "possible", sentence, [one, other],
            (f"进口与国产的占比 {one.text} + {other.text} = {percent(total)}",
             f"imported and domestic, {one.text} and {other.text}, make {percent(total)}"),
            ("同一整体的占比合计不超过 100%", "shares of one whole that make at most 100%"),
        )  # fmt: skip


def _share_total(sentence: Sentence, group: Sequence[Quantity]) -> Iterator[Finding]:
    *parts, whole = group
    total = sum((q.value for q in parts), Decimal(0))
    if abs(total - whole.value) > sum((q.place for q in group), Decimal(0)) / 2 and not any(q.hedge for q in group):
        said = " + ".join(q.text for q in parts)
        yield raise_(
            "percent", "certain", sentence, group,
            (f"{said} = {percent(total)}，合计写作 {whole.text}",
             f"{said} make {percent(total)}, given as {whole.text} together"),
            (f"合计 {percent(total)}", f"{percent(total)} together"),
        )  # fmt: skip


def _groups(sentence: Sentence, shares: Sequence[Quantity]) -> Iterator[list[Quantity]]:
    """Runs of shares that are said to be of one whole."""
    group: list[Quantity] = []
    base = ""
    for q in shares:
        before = sentence.text[group[-1].end if group else max(q.start - 30, 0) : q.start]
        said = re.search(r"[占佔]\s*(?:比|了|到)?([^，,、；;。\d%]{0,12}?)(?:的|为|约|近|\s)*$", before)
        named = re.sub(r"^(比|了|到|据)", "", said[1].strip()) if said else ""
        named = "" if OWN_BASE.match(named) else named
        origin = _ORIGIN.match(sentence.after(q, 16))
        other = not origin and re.match(r"的[^，,、；;]{1,12}[、和，,]", sentence.after(q, 16))
        apart = re.search(r"[。；;]|其中|以上|of which|这些", before) and not _SUM.search(before)
        follows = group and len(before) <= 40 and not apart
        if follows and not GROWTH.search(before) and named in ("", base) and not other:
            group.append(q)
            continue
        if len(group) > 1:
            yield group
        starts = (said or origin or _OWN.search(before)) and not GROWTH.search(before[-16:]) and not other
        group, base = ([q], named) if starts else ([], "")
    if len(group) > 1:
        yield group
