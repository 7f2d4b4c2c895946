"""Growth: from a to b by so much, doubled, so much a year."""

import itertools
import re
from collections.abc import Iterator
from decimal import Decimal

from liqi.insight.audit._finding import Derived, Finding, Said, Sentence, Sure, like, percent, plain, raise_
from liqi.insight.audit._quantities import COUNT, MONEY, POINTS, SHARE, SIZE, SPAN, Quantity

_KINDS = (COUNT, MONEY, SIZE, SHARE)
_UP = (
    r"增长|增長|成長|成长|增加|增至|增到|上升|升至|升到|提高|提升|扩大|擴大|攀升|上涨|涨|壮大|"
    r"增(?=[至到为])|升(?=[至到为])|"
    r"gr[eo]w|r[io]se|rising|increas|climb|expand|up from|doubl|tripl"
)
_DOWN = (
    r"下降|衰退|减少|減少|减至|減至|降低|降至|降到|下滑|跌|缩短|縮短|缩减|萎缩|"
    r"降(?=[至到为])|减(?=[至到为])|"
    r"fell|fall|declin|decreas|drop|reduc|shr[aiu]nk|shorten|down from"
)
_TO = re.compile(
    rf"(?:(?P<up>{_UP})|(?P<down>{_DOWN}))[^，,；;。\d]{{0,8}}(?:到|至|为|成|to)\s*(?:了|约|about)?\s*[^，,；;。\d]{{0,10}}$",
    re.I,
)
_FROM = re.compile(r"(?:从|由|自|\bfrom)\s*[^，,；;。]{0,18}$", re.IGNORECASE)
_PLAIN_TO = re.compile(
    r"(?:到|至|\bto)\s*[^，,；;。\d]{0,6}(?:(?:18|19|20)\d\d\s*年?\s*的?)?[^，,；;。\d]{0,4}$", re.IGNORECASE
)
_RATE_BEFORE = re.compile(
    rf"(?:(?P<up>{_UP}|增幅|增速|增|涨幅|\bup)|(?P<down>{_DOWN}|降幅|跌幅|降|减|\bdown))(?:[a-z]+|率|了|幅度?|达|约|近|超|超过|为|by|of|a|\s|about|over|逾|不足|nearly){{0,5}}$",
    re.IGNORECASE,
)
_RATE_AFTER = re.compile(
    r"\s*(?:(?P<up>growth|increase|rise|higher|more)|(?P<down>decrease|decline|drop|fall|lower|less))", re.IGNORECASE
)
_YEARLY = re.compile(r"年均|年复合|複合|复合|每年|年增长率|年均增|CAGR|a year|per year|annual|yearly", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)((?:18|19|20)\d\d)(?!\d|\s*[%％家台万亿])")
_DOUBLED = {
    "翻一番": 2,
    "翻了一番": 2,
    "翻番": 2,
    "翻两番": 4,
    "翻了两番": 4,
    "doubled": 2,
    "tripled": 3,
    "quadrupled": 4,
}
_GAP = Decimal("0.02")
"""Relative room of a compounded figure."""


def check(sentence: Sentence) -> Iterator[Finding]:
    """Every change of the sentence against the figures that it is said of."""
    for base, now, up in _changes(sentence):
        yield from _direction(sentence, base, now, up)
        yield from _rates(sentence, base, now)
        yield from _difference(sentence, base, now)
    yield from _compounded(sentence)


def derive(sentence: Sentence) -> Iterator[Derived]:
    """Where a sum of money and a yearly growth stand together: what they make a year and two years on."""
    level = sentence.level
    for base, rate in itertools.pairwise(level):
        said = sentence.between(base, rate)
        if base.kind == MONEY and rate.kind == SHARE and re.search(r"增长率|增長率|增速|年均增|growth", said):
            for years in (1, 2):
                later = base.value * (1 + rate.value) ** years
                text = like(later, base)
                words = Said(
                    f"按 {rate.text} 增长，{years} 年后为 {text}",
                    f"at {rate.text} a year, {text} after {years} year(s)",
                )
                yield Derived(sentence.text.strip(), sentence.line, later, words)


def _year(sentence: Sentence, quantity: Quantity) -> int | None:
    """The year that stands last before a quantity, not beyond another quantity of its kind."""
    before = [q.end for q in sentence.level if q.end <= quantity.start and q.kind == quantity.kind]
    years = _YEAR.findall(sentence.text[max(before, default=0) : quantity.start])
    return int(years[-1]) if years else None


def _year_after(sentence: Sentence, quantity: Quantity) -> int | None:
    found = re.match(r"[^，,；;。]{0,6}\bin ((?:18|19|20)\d\d)", sentence.text[quantity.end :])
    return int(found[1]) if found else None


def _changes(sentence: Sentence) -> Iterator[tuple[Quantity, Quantity, bool | None]]:
    """Earlier and later figure of one thing, and whether it is said to grow, where that is said."""
    level = sentence.level
    alike = [pair for kind in _KINDS for pair in itertools.pairwise([q for q in level if q.kind == kind])]
    for a, b in alike:
        if a.kind != b.kind or a.unit != b.unit or len(sentence.between(a, b)) > 50:
            continue
        said = sentence.between(a, b)
        to, source = _TO.search(said), _FROM.search(sentence.before(a, 24))
        lead = sentence.text[: a.start]
        if source and (to or _PLAIN_TO.search(said)):
            verb = to or re.search(rf"(?P<up>{_UP})|(?P<down>{_DOWN})", lead[-40:], re.IGNORECASE)
            yield a, b, (bool(verb["up"]) if verb else None)
        elif to and re.match(r"\s*(?:\(|（)?(?:18|19|20)?\d*", said):
            yield a, b, bool(to["up"])
        elif re.search(
            r"(?:比|较|较之|相比|对比)[^，,；;。]{0,12}$|\b(?:than|compared (?:with|to)|against|from)\b[^,;.]{0,14}$",
            said,
            re.I,
        ):
            yield b, a, None
        elif a.kind != SHARE:
            first, second = (
                _year(sentence, a) or _year_after(sentence, a),
                _year(sentence, b) or _year_after(sentence, b),
            )
            if first and second and first != second:
                yield (a, b, None) if first < second else (b, a, None)
            elif re.search(
                r"(?:去年|上年|上一年|前一年)(?:同期)?(?:为|是|仅)?\s*$|last year\s*$", sentence.before(b, 14)
            ):
                yield b, a, None
            elif re.search(r"去年|上年|上一年|前一年|last year", sentence.before(a, 14)) and re.search(
                r"今年|本年|this year", said
            ):
                yield a, b, None


def _direction(sentence: Sentence, base: Quantity, now: Quantity, up: bool | None) -> Iterator[Finding]:
    if up is None or base.hedge or now.hedge or base.start > now.start:
        return
    if base.kind in (SIZE, SHARE) and re.search(
        r"提高|提升|精度|分辨|误差|improv|precision|resolution|error", sentence.text
    ):
        return
    if (up and now.high < base.low) or (not up and now.low > base.high):
        zh, en = ("增长", "growth") if up else ("下降", "a fall")
        yield raise_(
            "growth", "certain", sentence, [base, now],
            (f"写作{zh}，但 {now.text} {'小于' if up else '大于'} {base.text}",
             f"{en} is said, and {now.text} is {'less' if up else 'more'} than {base.text}"),
            (f"{zh}后的数 {'大于' if up else '小于'} {base.text}",
             f"a figure {'above' if up else 'below'} {base.text}"),
        )  # fmt: skip


def _rates(sentence: Sentence, base: Quantity, now: Quantity) -> Iterator[Finding]:
    """A rate that is said of the change: percent, percentage points, doubled."""
    if base.value <= 0 or base.hedge or now.hedge:
        return
    last = max(base, now, key=lambda q: q.end)
    follow = next(
        (q.start for q in sentence.quantities if q.start >= last.end and q.kind == base.kind and q.kind != SHARE),
        len(sentence.text),
    )
    rate = next((q for q in sentence.quantities if last.end <= q.start < follow and q.kind in (SHARE, POINTS)), None)
    first = min(base, now, key=lambda q: q.start)
    if rate is None and base.kind != SHARE:
        rate = next(
            (q for q in sentence.level if q.end <= first.start and q.kind == SHARE and first.start - q.end < 12), None
        )
    if rate is None and base.kind != SHARE and base.start > now.start:
        rate = next((q for q in sentence.level if now.end <= q.start < base.start and q.kind == SHARE), None)
    if (
        rate is not None
        and (base.kind != SHARE or rate.kind == POINTS)
        and (rate.start > first.start or first.start - rate.end < 12)
    ):
        yield from _rate(sentence, base, now, rate)
    for word, by in _DOUBLED.items():
        at = sentence.text.lower().find(word)
        if at >= first.start - 20 and at - last.end < 12 and at != -1 and base.kind != SHARE:
            ratio = now.value / base.value
            if not by * Decimal("0.9") <= ratio <= by * Decimal("1.15") and not (word == "翻番" and ratio > 2):
                yield raise_(
                    "growth", "likely", sentence, [base, now, word],
                    (f"{now.text} ÷ {base.text} = {plain(ratio, 2)} 倍，写作“{word}”",
                     f"{now.text} over {base.text} is {plain(ratio, 2)}, given as “{word}”"),
                    (f"{by} 倍，即 {like(base.value * by, base)}", f"{by} times, {like(base.value * by, base)}"),
                )  # fmt: skip
            break


def _rate(sentence: Sentence, base: Quantity, now: Quantity, rate: Quantity) -> Iterator[Finding]:
    clause = re.split(r"[，,；;。、]", sentence.text[: rate.start])[-1]
    before, after = (
        _RATE_BEFORE.search(clause) or _RATE_BEFORE.search(sentence.before(rate, 24)),
        _RATE_AFTER.match(sentence.after(rate, 16)),
    )
    said = before or after
    if said is None or re.search(
        r"占|利润|成本|出口|人均|全国|行业|其中", clause[: before.start() if before else None]
    ):
        return
    change = now.value - base.value
    down = bool(said["down"])
    low = (now.low - base.high) / (1 if rate.kind == POINTS else base.value)
    high = (now.high - base.low) / (1 if rate.kind == POINTS else base.value)
    if down:
        low, high = -high, -low
    sure: Sure = "certain"
    true = change / (1 if rate.kind == POINTS else base.value) * (-1 if down else 1)
    yearly = _YEARLY.search(sentence.text[max(rate.start - 16, 0) : rate.end + 10])
    years = abs(
        (_year(sentence, now) or _year_after(sentence, now) or 0)
        - (_year(sentence, base) or _year_after(sentence, base) or 0)
    )
    if yearly:
        if not 1 < years < 100 or now.value <= 0:
            return
        mean = (now.value / base.value) ** (Decimal(1) / years) - 1
        if any(
            abs(abs(one) - rate.value) <= max(rate.place, rate.value / 20)
            for one in (mean, change / base.value / years)
        ):
            return
        true = mean
    elif _near(rate, low, high):
        same_place = rate.kind == POINTS and rate.place == base.place == now.place and rate.value != true
        if rate.hedge or not (same_place or abs(rate.value - true) > max(Decimal("0.05"), abs(true) / 10)):
            return
        sure = "possible"
    unit = f"{plain(true * 100, 1)} 个百分点" if rate.kind == POINTS else percent(true)
    english = f"{plain(true * 100, 1)} percentage points" if rate.kind == POINTS else percent(true)
    yield raise_(
        "growth", sure if not yearly else "likely", sentence, [base, now, rate],
        (f"{base.text} → {now.text} {'年均' if yearly else ''}变化 {unit}，写作 {rate.text}",
         f"from {base.text} to {now.text} is {english}{' a year' if yearly else ''}, given as {rate.text}"),
        (f"{unit}", f"{english}"),
    )  # fmt: skip


def _near(rate: Quantity, low: Decimal, high: Decimal) -> bool:
    if rate.hedge == "over":
        return high >= rate.value - rate.place / 2
    if rate.hedge == "under":
        return low <= rate.value + rate.place / 2
    wide = rate.place + (rate.value / 10 if rate.hedge == "about" else 0)
    return high >= rate.value - wide and low <= rate.value + wide


def _difference(sentence: Sentence, base: Quantity, now: Quantity) -> Iterator[Finding]:
    """增加了 30 台 beside the two figures that it should be the difference of."""
    first, last = min(base, now, key=lambda q: q.start), max(base, now, key=lambda q: q.end)
    alike = [q for q in sentence.level if (q.kind, q.unit) == (base.kind, base.unit)]
    ahead = [q for q in alike if re.fullmatch(r"\s*[，,]\s*(?:由|从|from)\s*", sentence.between(q, first))]
    rest = [q for q in alike if q.start >= last.end] or ahead
    if not rest or base.kind == SHARE or rest[0].hedge or base.hedge or now.hedge or rest[0].start - last.end > 20:
        return
    done = "" if rest is ahead else "了"
    said = re.search(
        rf"(?:净增|共增|(?:{_UP}|{_DOWN}|增|减|多|少)\s*{done}|(?:increase|rise|fall|drop|gain) of)\s*$",
        sentence.before(rest[0], 14),
        re.I,
    )
    true = abs(now.value - base.value)
    if said and abs(true - rest[0].value) > max(base.place, now.place) * (1 if base.rounded else 0):
        yield raise_(
            "growth", "certain", sentence, [base, now, rest[0]],
            (f"{base.text} 与 {now.text} 相差 {like(true, now)}，写作 {rest[0].text}",
             f"{base.text} and {now.text} differ by {like(true, now)}, given as {rest[0].text}"),
            (like(true, now), like(true, now)),
        )  # fmt: skip


def _compounded(sentence: Sentence) -> Iterator[Finding]:
    """A base, a yearly growth, so many years on, and what it is said to be then."""
    level = sentence.level
    for base, rate, years, then in zip(level, level[1:], level[2:], level[3:], strict=False):
        if (base.kind, rate.kind, years.kind) != (MONEY, SHARE, SPAN) and (base.kind, rate.kind, years.kind) != (
            COUNT,
            SHARE,
            SPAN,
        ):
            continue
        if then.kind != base.kind or then.unit != base.unit or years.unit != "month" or years.value % 12:
            continue
        if not re.search(r"增长|增長|增速|grow", sentence.between(base, rate)) or not re.match(
            r"\s*(?:后|後|之后|later|on)", sentence.after(years)
        ):
            continue
        n = int(years.value // 12)
        if n > 100:
            continue
        grown = base.value * (1 + rate.value) ** n
        simple = base.value * (1 + rate.value * n)
        if all(abs(then.value - one) > one * (_GAP if not then.hedge else Decimal("0.1")) for one in (grown, simple)):
            yield raise_(
                "growth", "certain", sentence, [base, rate, years, then],
                (f"{base.text} 按 {rate.text} 增长 {n} 年为 {like(grown, base)}，写作 {then.text}",
                 f"{base.text} at {rate.text} for {n} years make {like(grown, base)}, given as {then.text}"),
                (like(grown, base), like(grown, base)),
            )  # fmt: skip
