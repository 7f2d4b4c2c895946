"""Products: so many of so much each, a rate of a sum, a mean over years, figures whose base stands in brackets."""

import re
from collections.abc import Iterator
from decimal import Decimal

from liqi.insight.audit._finding import Finding, Sentence, like, percent, plain, raise_
from liqi.insight.audit._numbers import chinese
from liqi.insight.audit._quantities import COUNT, MONEY, SHARE, SIZE, TIMES, Quantity

_BASES = (COUNT, MONEY, SIZE)
_EACH = re.compile(
    r"(?P<n>\d[\d,]*)\s*(?P<of>期|批|次|场|場|届|屆|班|组|組|轮|輪|家|所|个|個|台|臺|套|人)[^。；;\d]{0,12}?每一?(?P=of)"
    r"[^\d，,。；;约約近超]{0,6}(?P<each>\d[\d,]*(?:\.\d+)?)\s*(?P<unit>人次|人|台|臺|家|套|件|项|項|学时|小时|小時|篇)"
    r"(?!左右|以上|余|餘)[^。；;\d]{0,10}?(?:共|合计|合計|总计|總計|累计|累計)"
    r"(?:计|計|有|为|為|达|達|完成|培训|培訓|服务|服務|接待|招收|组织)?\s*"
    r"(?P<total>\d[\d,]*(?:\.\d+)?)\s*(?P=unit)(?!左右|以上|余|餘)"
)
_ONE = re.compile(r"(?:单台|單臺|单套|单件|单价|單價|每台|每套)[^，,；;。\d]{0,8}$")
_VALUED = re.compile(r"(?:总值|總值|总价值|总额|總額|原值|价值|價值|合计|共计|总价)[^，,；;。\d]{0,6}$")
_SAID_AGAIN = re.compile(
    r"\s*[，,（(]?\s*(?:即|计|計|共计|合计|补贴|補貼|补助|補助|奖励|獎勵|资助|資助|i\.e\.,?|or|that is,?|"
    r"which is|which makes|equal to|equivalent to|amounting to)\s*(?:为|約|约|about)?\s*",
    re.IGNORECASE,
)
_OF = re.compile(r"\s*of (?:the|a|an|all|its|their)?\s*(?:[a-z]+\s+){0,5}(?:of\s+)?(?:a\s+)?", re.IGNORECASE)
_YEARLY = re.compile(r"(?:年均|平均每年|每年平均)[^，,；;。\d]{0,8}$")
_MONTHLY = re.compile(r"(?:月均|平均每月|每月平均)[^，,；;。\d]{0,8}$")
_DAILY = re.compile(r"(?:日均|平均每天|平均每日|每天平均)[^，,；;。\d]{0,8}$")
_SUMMED = re.compile(r"(?:累计|累計|合计|合計|共计|共|总计|總計|总共)[^，,；;。\d]{0,10}$")
_YEARS = re.compile(r"(?<!\d)(\d{1,2}|[二两三四五六七八九十]{1,3})年(?:来|來|间|間|内|期)?[^，,；;。\d]{0,14}$")
_DAYS = re.compile(r"按\s*(?:一年|全年)?\s*(\d{1,3})\s*(?:天|日|个工作日|個工作日)")
_BEHIND = re.compile(r"\s*[)）]\s*的?\s*(?:比重|比例|份额|份額)?\s*(?:约为|约|約|近|达到|达|為|为)?\s*")
_LEADS = re.compile(r"[占佔][^，,。；;（(]{0,14}[（(]\s*(?:约|約|共)?\s*$")
_NEAR = Decimal("0.01")


def check(sentence: Sentence) -> Iterator[Finding]:
    """Every product, mean and ratio that the sentence names the factors of."""
    yield from _each(sentence)
    yield from _floor(sentence)
    yield from _rate_of(sentence)
    yield from _mean_over_time(sentence)
    yield from _bracketed_base(sentence)


def _each(sentence: Sentence) -> Iterator[Finding]:
    """12 期，每期 40 人，共 480 人."""
    for match in _EACH.finditer(sentence.text):
        n, each, total = (Decimal(match[name].replace(",", "")) for name in ("n", "each", "total"))
        if n * each != total:
            unit, made = match["unit"], plain(n * each)
            yield raise_(
                "ratio", "likely", sentence, [match["n"] + match["of"], match["each"] + unit, match["total"] + unit],
                (f"{match['n']} × {match['each']} = {made}，写作 {match['total']}{unit}",
                 f"{match['n']} times {match['each']} make {made}, given as {match['total']}{unit}"),
                (made + unit, made + unit),
            )  # fmt: skip


def _floor(sentence: Sentence) -> Iterator[Finding]:
    """So many that cost so much or more each are worth no less together."""
    level = sentence.level
    for price, count, total in zip(level, level[1:], level[2:], strict=False):
        if (price.kind, count.kind, total.kind) != (MONEY, COUNT, MONEY) or price.unit != total.unit:
            continue
        if price.hedge != "over" or count.hedge or total.hedge == "over":
            continue
        if not (_ONE.search(sentence.before(price, 16)) and _VALUED.search(sentence.before(total, 12))):
            continue
        least = price.value * count.value
        if total.high < least:
            yield raise_(
                "ratio", "certain", sentence, [price, count, total],
                (f"{count.text}每台不低于 {price.text}，至少 {like(least, total)}，写作 {total.text}",
                 f"{count.text} of at least {price.text} each are worth {like(least, total)} or more, "
                 f"given as {total.text}"),
                (f"不低于 {like(least, total)}", f"{like(least, total)} or more"),
            )  # fmt: skip


def _rate_of(sentence: Sentence) -> Iterator[Finding]:
    """40 % of 500,000, i.e. 200,000; 500 万元的 40 %，即 200 万元."""
    quantities = sentence.quantities
    for one, other, made in zip(quantities, quantities[1:], quantities[2:], strict=False):
        if made.kind not in _BASES or made.hedge in ("over", "under"):
            continue
        if not _SAID_AGAIN.fullmatch(sentence.between(other, made)):
            continue
        if one.kind == SHARE and _OF.fullmatch(sentence.between(one, other)):
            share, base = one, other
        elif other.kind == SHARE and re.fullmatch(r"\s*的\s*", sentence.between(one, other)):
            share, base = other, one
        else:
            continue
        if (base.kind, base.unit) != (made.kind, made.unit) or base.hedge or share.hedge:
            continue
        true = share.value * base.value
        room = max(made.place if made.rounded else Decimal(0), true * (Decimal("0.1") if made.hedge else _NEAR))
        if abs(true - made.value) > room + share.place * base.value / 2:
            yield raise_(
                "ratio", "certain", sentence, [share, base, made],
                (f"{base.text} 的 {share.text} 为 {like(true, made)}，写作 {made.text}",
                 f"{share.text} of {base.text} is {like(true, made)}, given as {made.text}"),
                (like(true, made), like(true, made)),
            )  # fmt: skip


def _mean_over_time(sentence: Sentence) -> Iterator[Finding]:
    """Five years, all of them together, and the mean of one; a year and the mean of its months or days."""
    for mean in (q for q in sentence.level if q.kind in _BASES and q.hedge in ("", "about")):
        before = sentence.before(mean, 16)
        sums = [q for q in sentence.level if q.end <= mean.start and (q.kind, q.unit) == (mean.kind, mean.unit)]
        if len(sums) != 1 or sums[0].hedge or len(sentence.between(sums[0], mean)) > 24:
            continue
        periods = _periods(sentence, sums[0], before)
        if not periods:
            continue
        true = sums[0].value / periods
        room = max(mean.place, true * (Decimal("0.1") if mean.hedge else Decimal("0.02")))
        if abs(true - mean.value) > room:
            yield raise_(
                "ratio", "likely", sentence, [sums[0], mean],
                (f"{sums[0].text} ÷ {periods} = {like(true, mean)}，平均写作 {mean.text}",
                 f"{sums[0].text} over {periods} is {like(true, mean)}, given as {mean.text} on average"),
                (like(true, mean), like(true, mean)),
            )  # fmt: skip


def _periods(sentence: Sentence, whole: Quantity, before: str) -> int:
    """Over how many years, months or days the mean is said to be taken; 0 where that is not said."""
    lead = sentence.text[: whole.start]
    if _YEARLY.search(before) and _SUMMED.search(lead):
        years = _YEARS.search(lead)
        found = None if years is None else chinese(years[1]) if not years[1].isdigit() else Decimal(years[1])
        return int(found) if found and 1 < found <= 50 else 0
    if _MONTHLY.search(before) and re.search(r"全年|一年[内间]?[^，,]{0,8}$", lead[-16:]):
        return 12
    if _DAILY.search(before) and (days := _DAYS.search(sentence.text)):
        return int(days[1])
    return 0


def _bracketed_base(sentence: Sentence) -> Iterator[Finding]:
    """占全国总额（42 亿美元）的 18.3 %; 是芜湖（14 家）的 5 倍."""
    for base, said in zip(sentence.quantities, sentence.quantities[1:], strict=False):
        if base.depth != said.depth + 1 or said.kind not in (SHARE, TIMES) or said.hedge in ("over", "under"):
            continue
        if not base.value or base.hedge or not _BEHIND.fullmatch(sentence.between(base, said)):
            continue
        ahead = [q for q in sentence.level if q.end <= base.start and (q.kind, q.unit) == (base.kind, base.unit)]
        if not ahead or ahead[-1].hedge or len(sentence.between(ahead[-1], base)) > 30:
            continue
        if said.kind == SHARE and not _LEADS.search(sentence.before(base, 20)):
            continue
        if said.kind == TIMES and not re.search(r"[是为為][^，,；;。]*$", sentence.between(ahead[-1], base)):
            continue
        true = ahead[-1].value / base.value
        wide = said.place / 2 + true * (Decimal("0.1") if said.hedge else Decimal("0.02"))
        if abs(true - said.value) > wide:
            words = percent(true) if said.kind == SHARE else f"{plain(true, 2)} 倍"
            english = percent(true) if said.kind == SHARE else f"{plain(true, 2)} times"
            yield raise_(
                "ratio", "certain" if said.kind == SHARE else "likely", sentence, [ahead[-1], base, said],
                (f"{ahead[-1].text} ÷ {base.text} = {words}，写作 {said.text}",
                 f"{ahead[-1].text} over {base.text} is {english}, given as {said.text}"),
                (words, english),
            )  # fmt: skip
