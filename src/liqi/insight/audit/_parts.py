"""Parts and wholes: the parts of a sentence must make the whole that it names."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from liqi.insight.audit._finding import Finding, Sentence, Sure, like, raise_
from liqi.insight.audit._quantities import COUNT, GENERIC, MONEY, SIZE, Quantity

_KINDS = (COUNT, MONEY, SIZE)
_ALL = re.compile(
    r"分别|分別|组成|組成|分为|分為|分成|即|构成|構成|[：:]|made up of|consist|compris|namely|divided|split|"
    r"broken down",
    re.IGNORECASE,
)
_AMONG = re.compile(
    r"其中|之中|包括|包含|含|中(?=[，,、]|有|\s*\d)|里有|\bof which|\bof these|\bof them|\bof whom|\bamong|"
    r"\binclud", re.IGNORECASE
)  # fmt: skip
_REST = re.compile(
    r"(其余|其餘|剩余|剩餘|余下|其他|其它|另外|the rest|the other|remaining|remainder|the "
    r"others)[^，,；;。、]{0,8}$", re.IGNORECASE
)  # fmt: skip
_TOTAL = re.compile(
    r"(合计|合計|共计|共計|总计|總計|总共|總共|加起来|总数为|总额为|in total|in all|altogether|\btotal(?:s|ling|"
    r"ing)?(?: of)?|a total of|"
    r"add(?:s|ing)? up to|sum(?:s|ming)? to|together)[^，,；;。、\d]{0,8}$", re.IGNORECASE,
)  # fmt: skip
_TOGETHER = re.compile(
    r"(?:^|[，,；;])\s*(?:[两三四五六七八]年|全年|两者|二者|三者)?(?:一)?共(?:有|为|完成|实现|投入|安排|达)?\s*$"
)
_SUMMED = re.compile(r"(?:总额|總額|总投资|总预算|总经费|经费总数|总量|总数)(?:为|达)?\s*$")
"""A whole that may have more parts than are named: it is wrong only when they make more."""
_YEARS_HALVES = re.compile(r"上半年.*下半年|first half.*second half", re.IGNORECASE)
_PERIODS = re.compile(
    r"(?:[一1]季度.*[二2]季度.*上半年|[三3]季度.*[四4]季度.*下半年|上半年.*下半年.*全年)"
    r"(?:累计|累計|共|合计)?[^，,；;。\d]{0,6}$"
)
"""A part of the year whose own parts stand before it."""
_OF_ELSE = re.compile(r"(?:合计|合計|共计|共計|总计|總計)(?!人民币|投入|完成|达到)[\u4e00-\u9fff]{2,8}$")
"""The sum of something else: 营业收入 12 亿元、净利润 1 亿元，合计缴税 0.8 亿元."""
_WIDER = re.compile(
    r"全国|全國|全球|全省|全市|全区|全世界|全年|累计|累計|nationwide|worldwide|cumulative", re.IGNORECASE
)
_APART = re.compile(
    r"位于|位於|来自|來自|分布|坐落|设在|在|属|located|based|\bin\b|\bfrom\b|\bat\b|belong", re.IGNORECASE
)
_OVERLAP = re.compile(
    r"高新|专精特新|專精特新|小巨人|上市|科技型|规上|規上|规模以上|入选|入選|获|獲|认定|認定|具有|拥有|擁有|参与|參與|合作|授权|授權|"
    r"岁|歲|女性|党员|职称|海外|核心|重点|重點|骨干|领军|同时|同時|以上|award|listed|certified|also|core|key\b|hold",
    re.IGNORECASE,
)
_LOOSE = re.compile(
    r"等|主要|例如|比如|如：|such as|e\.g\.|mainly|for example|at least|and others|including", re.IGNORECASE
)
_PAIRS = (
    ("国产", "进口"), ("國產", "進口"), ("进口", "出口"), ("進口", "出口"), ("男", "女"), ("在用", "闲置"),
     ("内资", "外资"),
    ("公办", "民办"), ("城镇", "农村"), ("城镇", "乡村"), ("上半年", "下半年"), ("线上", "线下"), ("研究生", "本科"),
    ("domestic", "imported"), ("domestic", "foreign"), ("exports", "imports"), ("male", "female"), ("men", "women"),
    ("public", "private"), ("active", "inactive"), ("first half", "second half"),
)  # fmt: skip
_BREAK = re.compile(
    r"此外|另有|另外有|同时|而且|besides|in addition|moreover|average|平均|每|\bper\b|人均|增加|减少|增长|下降",
    re.IGNORECASE,
)


def check(sentence: Sentence) -> Iterator[Finding]:
    """Wholes whose parts come before or after them, and parts in brackets behind their whole."""
    usable = [q for q in sentence.level if (q.kind in _KINDS or q.is_hours) and not _is_loose_one(sentence, q)]
    yield from _total_last(sentence, usable)
    used: set[int] = set()
    for at, whole in enumerate(usable):
        if at in used:
            continue
        parts = _run(sentence, whole, usable[at + 1 :])
        found = _whole_first(sentence, whole, parts)
        if found is not None:
            yield found
        if len(parts) > 1:
            used |= {at + 1 + n for n in range(len(parts))}
    yield from _chosen(sentence)
    for depth in range(1, max((q.depth for q in sentence.quantities), default=0) + 1):
        yield from _bracketed(sentence, depth)


def _chosen(sentence: Sentence) -> Iterator[Finding]:
    """12 of the 10 firms, 58 laboratories of which 61: more than there are."""
    for part, whole in pairwise(sentence.level):
        if not part.kind == whole.kind == COUNT or part.unit or whole.unit:
            continue
        gap = sentence.between(part, whole)
        if re.fullmatch(r"\s*(?:out )?of (?:the|our|its|all)\s*", gap) and part.value > whole.value:
            yield _too_great(sentence, whole, part)
        chosen = re.fullmatch(r"[A-Za-z\s]{1,40},\s*of (?:which|whom|these|them)\s*", gap)
        if chosen and whole.value > part.value and not (part.hedge or whole.hedge):
            yield _too_great(sentence, part, whole)


def _is_loose_one(sentence: Sentence, q: Quantity) -> bool:
    """Whether 一家 and the like is a manner of speaking; it counts in a row of Chinese numerals of its kind."""
    if not q.one:
        return False
    if re.search(r"[没沒任每这這那某同另哪唯统有无無的][^，,、；;]{0,1}$", sentence.before(q)):
        return True
    return not any(o is not q and o.unit == q.unit and not o.one and not o.text[0].isdigit() for o in sentence.level)


def _fits(whole: Quantity, part: Quantity) -> bool:
    if whole.kind != part.kind:
        return False
    if whole.kind != COUNT:
        return whole.unit == part.unit
    if not whole.unit and (part.value > whole.value or not whole.noun):
        return False
    return whole.unit == part.unit or (whole.unit in ("个", "项", "强") and bool(part.unit)) or not part.unit


def _run(sentence: Sentence, whole: Quantity, rest: Sequence[Quantity]) -> list[Quantity]:
    """The quantities right behind a whole that can be its parts, all of one unit."""
    parts: list[Quantity] = []
    for q in rest:
        last = parts[-1] if parts else whole
        gap = sentence.between(last, q)
        if not _fits(whole, q) or (parts and q.unit != parts[0].unit and parts[0].unit not in GENERIC):
            break
        if parts and (_BREAK.search(gap) or len(gap) > 60 or _TOTAL.search(gap)):
            break
        if not parts and (_BREAK.search(gap) or re.search(r"增|减|至|到|为.*的|rose|fell|grew|\bto\s$|from\s$", gap)):
            break
        if not q.unit and q.kind == COUNT and re.search(r"[|:]", gap) and (parts or "|" in gap):
            break
        if parts and not re.search(r"[、，,；;和与及…]|\band\b|以及|\.\.\.", gap):
            break
        parts.append(q)
    return parts


def _whole_first(sentence: Sentence, whole: Quantity, parts: list[Quantity]) -> Finding | None:
    if not parts or whole.hedge in ("over", "under"):
        return None
    lead, body = sentence.between(whole, parts[0]), sentence.text[whole.end : parts[-1].end + 12]
    every, among = (
        _ALL.search(lead),
        _AMONG.search(lead)
        or re.search(r"(?:^|[,;.(]\s*)(?:out )?of (?:the |all |these |our )*$", sentence.before(whole, 20), re.I),
    )
    if len(parts) == 1:
        part = parts[0]
        named = re.search(r"其中|of which|of these|of them|of whom", lead, re.IGNORECASE)
        same = part.unit == whole.unit or not part.unit
        if named and same and part.value > whole.high and not part.hedge and not whole.hedge:
            return _too_great(sentence, whole, part)
        return None
    total = sum((part.value for part in parts), Decimal(0))
    chosen = re.search(r"(\d[\d,]*) of (?:the )?$", sentence.before(whole, 16))
    if chosen and not whole.unit and total == Decimal(chosen[1].replace(",", "")):
        return None
    if not whole.value or any(part.hedge for part in parts) or _is_even(whole, parts, total):
        return None
    if not every and not among and not (len(parts) > 2 and _is_like_a_list(sentence, whole, parts)):
        return None
    rest = any(_REST.search(sentence.before(part, 16)) for part in parts)
    if whole.hedge == "about" and abs(total - whole.value) <= whole.value / 10:
        return None
    sure = _verdict(whole, parts, total, body, bool(every), rest)
    return None if sure is None else _unequal(sentence, whole, parts, total, sure)


def _verdict(whole: Quantity, parts: list[Quantity], total: Decimal, body: str, every: bool, rest: bool) -> Sure | None:
    """How sure it is that parts which do not make the whole should."""
    pair = any(a in body.lower() and b in body.lower() for a, b in _PAIRS) and len(parts) == 2
    loose = bool(_LOOSE.search(body))
    if rest or (every and not loose) or pair:
        return "certain" if rest or pair or len(parts) > 2 else "likely"
    if total > whole.value:
        if _OVERLAP.search(body):
            return None
        return "likely"
    if loose or _OVERLAP.search(body):
        return None
    return "possible" if total >= whole.value * (Decimal("0.85") if len(parts) > 2 else Decimal("0.9")) else None


def _is_like_a_list(sentence: Sentence, whole: Quantity, parts: list[Quantity]) -> bool:
    """Whether parts without a word such as 其中 are told apart by where they are, and come near the whole."""
    total = sum((part.value for part in parts), Decimal(0))
    near = all(_APART.search(sentence.after(part, 8)) or _APART.search(sentence.before(part, 6)) for part in parts[:2])
    near = near or all("…" in sentence.between(a, b) for a, b in pairwise((whole, *parts)))
    alike = len({part.unit for part in parts}) == 1 and max(part.value for part in parts) < whole.value
    return alike and near and Decimal("0.85") <= total / whole.value <= Decimal("1.5")


def _total_last(sentence: Sentence, usable: Sequence[Quantity]) -> Iterator[Finding]:
    """A whole that is named after its parts: 国产 12 台、进口 30 台，合计 45 台."""
    for at, whole in enumerate(usable):
        lead = sentence.before(whole, 24)
        strong, weak, open_ = _TOTAL.search(lead), _TOGETHER.search(lead), _SUMMED.search(lead)
        periods = _PERIODS.search(sentence.text[: whole.start])
        strong = strong or periods
        if (not (strong or weak or open_) or whole.hedge in ("over", "under") or at < 2) and not (
            at >= 2 and re.match(r"\s*(?:[A-Za-z ]{0,20})?\b(?:in total|in all|altogether)", sentence.after(whole, 40))
        ):
            continue
        parts: list[Quantity] = []
        for q in reversed(usable[:at]):
            gap = sentence.between(q, parts[0] if parts else whole)
            if q.kind != whole.kind or q.unit != whole.unit or len(gap) > 40 or (parts and _BREAK.search(gap)):
                break
            parts.insert(0, q)
        total = sum((part.value for part in parts), Decimal(0))
        if len(parts) > 2 and (parts[0].value == whole.value or _is_even(whole, parts[1:], total - parts[0].value)):
            continue
        if len(parts) < 2 or any(part.hedge for part in parts) or _is_even(whole, parts, total):
            continue
        if whole.hedge == "about" and abs(total - whole.value) <= whole.value / 10:
            continue
        listed = "分别" in sentence.before(parts[0], 24) or "分別" in sentence.before(parts[0], 24)
        if open_ and not (strong or weak) and total < whole.value and not listed:
            continue
        halves = periods or _YEARS_HALVES.search(sentence.text[: whole.start])
        if _OF_ELSE.search(lead) and whole.value < max(part.value for part in parts):
            continue
        if _WIDER.search(sentence.between(parts[-1], whole)) and total < whole.value and not halves:
            continue
        yield _unequal(sentence, whole, parts, total, "certain" if strong else "likely")


def _bracketed(sentence: Sentence, depth: int) -> Iterator[Finding]:
    """Parts in brackets right behind their whole."""
    inner = [q for q in sentence.quantities if q.depth == depth and q.kind in _KINDS]
    for whole in (q for q in sentence.quantities if q.depth == depth - 1 and q.kind in _KINDS):
        behind = re.match(r"[^，,；;。、（(]{0,12}[（(]([^（()）]*)[)）]", sentence.text[whole.end :])
        if not behind or whole.hedge in ("over", "under"):
            continue
        end = whole.end + behind.end()
        parts = [q for q in inner if whole.end <= q.start < end and _fits(whole, q)]
        if any(not re.search(r"[、，,；;和与及]|\band\b", sentence.between(a, b)) for a, b in pairwise(parts)):
            continue
        total = sum((part.value for part in parts), Decimal(0))
        if len(parts) < 2 or any(q.hedge for q in parts) or _LOOSE.search(behind[1]) or _is_even(whole, parts, total):
            continue
        if len(parts) > 2 or total > whole.value or "其中" not in behind[1]:
            yield _unequal(sentence, whole, parts, total, "likely")


def _is_even(whole: Quantity, parts: Sequence[Quantity], total: Decimal) -> bool:
    """Whether the parts make the whole, rounding allowed for where figures have decimals or differ in their "
    "last place."""
    allowed = Decimal(0)
    if decimal := [q.place for q in (whole, *parts) if "." in q.text]:
        allowed = max(decimal) / 2 * len(decimal)
        allowed += whole.place / 2 if "." not in whole.text and whole.place > max(decimal) else 0
    elif whole.kind != COUNT and whole.place > max(part.place for part in parts):
        allowed = whole.place / 2
    return total == whole.value or abs(total - whole.value) < allowed


def _too_great(sentence: Sentence, whole: Quantity, part: Quantity) -> Finding:
    return raise_(
        "parts", "certain", sentence, [whole, part],
        (f"部分 {part.text} 大于整体 {whole.text}", f"the part {part.text} is more than the whole {whole.text}"),
        (f"部分不超过 {whole.text}", f"a part of at most {whole.text}"),
    )  # fmt: skip


def _unequal(sentence: Sentence, whole: Quantity, parts: Sequence[Quantity], total: Decimal, sure: Sure) -> Finding:
    said = " + ".join(part.text for part in parts)
    made = like(total, whole)
    return raise_(
        "parts", sure, sentence, [whole, *parts],
        (f"各部分 {said} = {made}，整体写作 {whole.text}",
         f"the parts {said} make {made}, and the whole is given as {whole.text}"),
        (f"整体为 {made}，或改正某一部分", f"a whole of {made}, or other parts"),
    )  # fmt: skip
