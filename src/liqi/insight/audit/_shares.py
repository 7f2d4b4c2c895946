"""Shares: percent of a whole that the sentence names, percent over a hundred, percent that make no hundred."""

import itertools
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from liqi.insight.audit._finding import Derived, Finding, Said, Sentence, Sure, percent, plain, raise_
from liqi.insight.audit._quantities import COUNT, MONEY, SHARE, SIZE, Quantity

_SHARE = re.compile(
    r"占|佔|比例|比重|份额|份額|份量|\bshare|account|represent|proportion|mak(?:es|ing|e) up|\bor\s*$|i\.e\.|"
    r"(?:使用|利用|开放|開放|共享|完好|合格|覆盖|覆蓋|国产化)率|that is|equal to|[（(]\s*(?:约|about)?\s*$",
    re.IGNORECASE,
)
_BOUNDED = re.compile(
    r"(占|佔|比例|比重|份额|份額|占有率|覆盖率|覆蓋率|合格率|普及率|渗透率|国产化率|國產化率|自给率|自給率|开放率|開放率|共享率|及格率|"
    r"存活率|概率|可能性)[^，,；;。、]{0,14}$|(?:\bshare|account|proportion|probability|market "
    r"penetration)[^，,；;。、.]{0,40}$",
    re.IGNORECASE,
)
_FALL = re.compile(
    r"(下降|减少|減少|降低|下滑|缩减|縮減|下跌|跌|萎缩|\bfell|\bfall(?:en|s|ing)?|declin\w+|decreas\w+|dropp?\w*|reduc\w+|shr[aiu]nk)"
    r"(?:了|幅度?|超|by|of|约|\s){0,4}\s*$",
    re.IGNORECASE,
)
GROWTH = re.compile(
    r"增长|增長|增速|增幅|同比|环比|提高|上升|下降|减少|涨|跌|利率|税率|费率|折|补助|补贴|资助|支持|误差|精度|"
    r"\bgr[eo]w|\bris|\brose|increas|declin|\bfell|\bup\b|\bdown\b|rate\b|cheaper|faster|higher|lower|\berror",
    re.IGNORECASE,
)
_OTHER_BASE = re.compile(
    r"[占佔]\s*([^，,、；;。\d]{1,12}?)\s*的?\s*(?:比例|比重|份额)?\s*(?:约|为|达|近|超过|不足)*\s*$"
)
OWN_BASE = re.compile(r"^(比|总|總|全部|全体|其中?|整体|整體|比重|比例|了|到|总数|总量|总额|总体|所有|约|近|超|不)")
_WIDE = ("全球", "世界", "全世界", "全国", "全國", "中国", "我国", "the world", "the nation", "the country")
_PLACE = re.compile(
    r"占\s*(?:了|到|据)?\s*(全球|全世界|世界|全国|全國|中国|我国|全省|全市|[\u4e00-\u9fff]{2,4}?)(?:总量|总数|市场)?的?\s*(?:约|近)?\s*$"
)
_HALF = re.compile(
    r"(?P<over>过半|過半|半数以上|超过(?:一半|半数)|逾半|一半以上|more than half|over half|a majority|the majority)"
    r"|(?P<under>不到(?:一半|半数)|不足(?:一半|半数)|less than half|under half|fewer than half|a minority)",
    re.IGNORECASE,
)
_SUM = re.compile(r"(合计|合計|共计|总计|总共|合起来|together|in total|combined)[^，,；;。、\d]{0,8}$", re.IGNORECASE)
_SUBJECT = re.compile(
    r"[，,]\s*(?!其|约|約|共|合计|合計|总|總|两者|二者|三者|分别|比例|比重|份额|大约|仅|就|已|所|均|也|还|同|上述|以上|这|該|该|全)"
    r"([\u4e00-\u9fff]{2,8}?)(?:的)?(?:占比|占|佔)"
)
"""A new subject of the share: 色谱仪 42 台，国产占 35 %."""
_BASES = (COUNT, MONEY, SIZE)
_OF_HOURS = re.compile(
    r"(?:(?<![\d,.])(?P<part>\d[\d,]*) (?:out )?of (?:the |all )?(?P<whole>\d[\d,]*) hours"
    r"|\bof (?:the |all )?(?P<whole_ahead>\d[\d,]*) hours,? (?P<part_behind>\d[\d,]*))"
    r"[\s(,]*(?:about |or |nearly )?$",
    re.IGNORECASE,
)
"""A part and a whole in hours, with the word for hours once."""


def check(sentence: Sentence) -> Iterator[Finding]:
    """Every share of the sentence against the figures beside it, against a hundred and against each other."""
    shares = [q for q in sentence.quantities if q.kind == SHARE]
    for share in shares:
        yield from _over_hundred(sentence, share)
        yield from _not_the_ratio(sentence, share)
    yield from _halves(sentence)
    yield from _places(sentence)


def derive(sentence: Sentence) -> Iterator[Derived]:
    """Shares that follow: part of a whole, a smaller place of a greater one."""
    level = [q for q in sentence.level if q.kind in _BASES]
    for whole, part in itertools.pairwise(level):
        named = re.search(r"其中|of which|of these", sentence.between(whole, part), re.IGNORECASE)
        if named and whole.unit == part.unit and 0 < part.value < whole.value:
            share = part.value / whole.value
            said = f"{plain(share * 100, 2)}%"
            words = Said(f"{part.text} 占 {whole.text} 的 {said}", f"{part.text} is {said} of {whole.text}")
            yield Derived(sentence.text.strip(), sentence.line, share, words)
    places = _placed(sentence)
    for (small, one), (great, other) in itertools.pairwise(places):
        if small not in _WIDE and great in _WIDE and 0 < other.value <= one.value:
            share = other.value / one.value
            said = f"{plain(share * 100, 2)}%"
            words = Said(f"由此，{small}占{great}的 {said}", f"it follows that {small} is {said} of {great}")
            yield Derived(sentence.text.strip(), sentence.line, share, words)


def _over_hundred(sentence: Sentence, share: Quantity) -> Iterator[Finding]:
    before = sentence.before(share, 48)
    if share.value <= 1:
        return
    if _BOUNDED.search(before) and not re.search(r"占\s*(?:目标|计划|去年|上年|年初|任务)", before):
        yield raise_(
            "percent", "certain", sentence, [share],
            (f"占比 {share.text}，超过 100%", f"a share of {share.text}, more than 100%"),
            ("部分不超过整体，占比不超过 100%", "a share of at most 100%"),
        )  # fmt: skip
    elif _FALL.search(before[-24:]):
        yield raise_(
            "percent", "certain", sentence, [share],
            (f"下降 {share.text}，超过 100%", f"a fall by {share.text}, more than 100%"),
            ("不会变负的量最多下降 100%", "a fall of at most 100%"),
        )  # fmt: skip
    elif re.match(
        r"\s*of (?:all|the) [a-z -]{3,30}? (?:are|were|have|had|use|is|was|come|came)\b", sentence.after(share, 60)
    ):
        yield raise_(
            "percent", "likely", sentence, [share],
            (f"占比 {share.text}，超过 100%", f"{share.text} of a whole"),
            ("占比不超过 100%", "at most 100%"),
        )  # fmt: skip


def _not_the_ratio(sentence: Sentence, share: Quantity) -> Iterator[Finding]:
    """A share that stands behind its part, and that no pair of the figures before it makes."""
    if not 0 < share.value <= 1:
        return
    before = [
        q
        for q in sentence.quantities
        if q.end <= share.start and (q.kind in _BASES or q.is_hours) and q.depth <= share.depth
    ]
    if not before:
        return
    part = before[-1]
    gap = sentence.between(part, share)
    if hours := _OF_HOURS.search(sentence.text[: share.start]):
        yield from _wrong_part_of_hours(sentence, share, hours)
        return
    if pair := _named_pair(sentence, share, before):
        if not _matches(share, pair[0].low / pair[1].high, pair[0].high / pair[1].low):
            yield _wrong_ratio(sentence, share, *pair, sure="certain")
        return
    if len(gap) > 30 or re.search(r"[；;。]", gap) or not _SHARE.search(gap) or GROWTH.search(gap):
        return
    if re.search(r"\d", gap) and "分别" not in gap:
        return
    if (named := _SUBJECT.search(gap)) and named[1] not in sentence.before(part, 20):
        return
    if "分别" in gap or "respectively" in sentence.after(share, 60):
        return
    pairs = [(a, b) for a, b in _pairs(before, part) if _is_base(sentence, share, b)]
    pairs = pairs or ([(part, _added(before))] if len(before) > 1 and _SUM.search(sentence.before(before[-1])) else [])
    if not pairs or any(_matches(share, a.low / b.high, a.high / b.low) for a, b in pairs):
        return
    linked = re.search(
        r"其中|中|共|总|總|全部|of which|of these|\bof\b|among|total|占比|占總|占其", sentence.text[: share.start], re.I
    )
    if not linked:
        return
    yield _wrong_ratio(sentence, share, *pairs[-1], sure="certain" if len(pairs) == 1 and not share.hedge else "likely")


def _wrong_part_of_hours(sentence: Sentence, share: Quantity, said: re.Match[str]) -> Iterator[Finding]:
    """273 of 1,599 hours (17 %): the part bears no unit of its own."""
    named = (said["part"] or said["part_behind"], said["whole"] or said["whole_ahead"])
    part, whole = (Decimal(text.replace(",", "")) for text in named)
    if whole and not _matches(share, part / whole, part / whole):
        true = percent(part / whole)
        yield raise_(
            "ratio", "certain", sentence, [*named, share],
            (f"{named[0]} ÷ {named[1]} = {true}，写作 {share.text}",
             f"{named[0]} over {named[1]} is {true}, given as {share.text}"),
            (f"占比 {true}", f"a share of {true}"),
        )  # fmt: skip


def _wrong_ratio(sentence: Sentence, share: Quantity, a: Quantity, b: Quantity, *, sure: Sure) -> Finding:
    true = percent(a.value / b.value)
    return raise_(
        "ratio", sure, sentence, [b, a, share],
        (f"{a.text} ÷ {b.text} = {true}，写作 {share.text}",
         f"{a.text} over {b.text} is {true}, given as {share.text}"),
        (f"占比 {true}", f"a share of {true}"),
    )  # fmt: skip


def _named_pair(sentence: Sentence, share: Quantity, before: Sequence[Quantity]) -> tuple[Quantity, Quantity] | None:
    """Part and whole that the words join: 3000 万元，占营业收入 5 亿元的 6%; 25 firms, or 43 % of the 58."""
    last = before[-1]
    if len(before) > 1 and re.fullmatch(r"\s*的\s*(?:约|近)?\s*", sentence.between(last, share)):
        part = before[-2]
        if (
            re.search(r"[占佔]", sentence.between(part, last))
            and (part.kind, part.unit) == (last.kind, last.unit)
            and last.value
        ):
            return part, last
    after = next((q for q in sentence.quantities if q.start >= share.end), None)
    if after is not None and after.kind == last.kind and after.unit == last.unit and after.value > last.value > 0:
        of = re.fullmatch(r"\s*of (?:the|all|our|its|a total of)?\s*(?:all )?", sentence.between(share, after))
        if of and len(sentence.between(last, share)) < 24 and not GROWTH.search(sentence.between(last, share)):
            return last, after
    return None


def _pairs(before: Sequence[Quantity], part: Quantity) -> list[tuple[Quantity, Quantity]]:
    """Part and whole, one of them the figure next to the share."""
    same = [
        q
        for q in before
        if q is not part and q.kind == part.kind and (q.unit == part.unit or not (q.unit and part.unit))
    ]
    wholes = [(part, q) for q in same if q.value > part.value]
    return wholes or [(q, part) for q in same[-1:] if 0 < q.value < part.value]


def _added(parts: Sequence[Quantity]) -> Quantity:
    return max(parts, key=lambda q: q.value)


def _is_base(sentence: Sentence, share: Quantity, whole: Quantity) -> bool:
    """Whether the whole can be what the share is said to be of: 占全国的 must name a whole beside 全国."""
    if not whole.value:
        return False
    base = _OTHER_BASE.search(sentence.before(share, 24))
    if base is None or OWN_BASE.match(base[1]) or base[1].strip() in ("", "的"):
        return True
    around = sentence.before(whole, 14) + sentence.after(whole, 8)
    return any(base[1][n : n + 2] in around for n in range(max(len(base[1]) - 1, 1)))


def _matches(share: Quantity, low: Decimal, high: Decimal) -> bool:
    if share.hedge == "over":
        return high >= share.value - share.place / 2
    if share.hedge == "under":
        return low <= share.value + share.place / 2
    wide = share.value / 10 if share.hedge == "about" else Decimal(0)
    return high >= share.value - share.place / 2 - wide and low <= share.value + share.place + wide


def _halves(sentence: Sentence) -> Iterator[Finding]:
    """过半, more than half and the like, held against part and whole before them."""
    for match in _HALF.finditer(sentence.text):
        before = [q for q in sentence.level if q.end <= match.start() and q.kind in _BASES]
        if len(before) < 2 or len(sentence.text[before[-1].end : match.start()]) > 20:
            continue
        pairs = _pairs(before, before[-1])
        over = bool(match["over"])
        if not pairs or any((a.high * 2 > b.low) if over else (a.low * 2 < b.high) for a, b in pairs):
            continue
        a, b = pairs[-1]
        true = percent(a.value / b.value)
        yield raise_(
            "ratio", "likely", sentence, [b, a, match.group()],
            (f"{a.text} ÷ {b.text} = {true}，写作“{match.group()}”",
             f"{a.text} over {b.text} is {true}, given as “{match.group()}”"),
            (f"占比 {true}", f"a share of {true}"),
        )  # fmt: skip


def _placed(sentence: Sentence) -> list[tuple[str, Quantity]]:
    found = []
    for share in (q for q in sentence.level if q.kind == SHARE):
        if match := _PLACE.search(sentence.before(share, 14)):
            found.append((match[1], share))
    return found


def _places(sentence: Sentence) -> Iterator[Finding]:
    """A share of a town that is less than the same thing's share of the nation."""
    places = _placed(sentence)
    for (small, one), (great, other) in itertools.pairwise(places):
        if (
            small in _WIDE
            or great not in _WIDE
            or other.value <= one.value + one.place / 10
            or len(sentence.between(one, other)) > 12
        ):
            continue
        implied = percent(other.value / one.value) if one.value else "∞"
        yield raise_(
            "ratio", "certain", sentence, [one, other],
            (f"占{small} {one.text}、占{great} {other.text}，即{small}占{great} {implied}",
             f"{one.text} of {small} and {other.text} of {great}, so {small} would be {implied} of {great}"),
            (f"占{great}的份额不超过占{small}的份额", f"a share of {great} no greater than that of {small}"),
        )  # fmt: skip
