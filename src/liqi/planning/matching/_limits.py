"""Limits that people put in words: money, distance and place, dates, qualifications."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from liqi.taxonomy import cities, divisions, find_place, fold, place, read_number, short_name
from liqi.taxonomy import number_pattern as _number_pattern

NEARBY_KM = 50.0
"""How far "near" reaches where no distance is said."""
NUMBER = _number_pattern()


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit, and where in the text its words stand."""

    value: Any
    start: int
    end: int


def find(plain: str, today: date) -> dict[str, Limit]:
    """The limits of a text (in simplified script and half width) by their names."""
    found: dict[str, Limit] = {}
    finders: tuple[tuple[str, Callable[[str, date], Limit | None]], ...] = (
        ("budget", _budget),
        ("distance", _distance),
        ("place", _place),
        ("before", _before),
        ("qualification", _qualification),
    )
    rest = plain
    for name, finder in finders:
        limit = finder(rest, today)
        if limit is not None:
            found[name] = limit
            rest = rest[: limit.start] + "\x00" * (limit.end - limit.start) + rest[limit.end :]
    return found


_MONEY_BEFORE = (
    r"(?:预算|经费|费用|价格|价钱|花费|最多花?|不超过|低于|少于|小于|under|below|less than|at most|up to|no more than"
    r"|within(?: a budget of)?|max(?:imum)?|budget(?: of| is|:)?|for|cheaper than|around|about|约|大约|左右)"
)
_LEAD = rf"(?P<lead>(?:{_MONEY_BEFORE}[\s:：是为在]*)*)"
_CURRENCY = r"(?:元|块钱?|CNY|RMB|yuan|renminbi|人民币)(?![a-z])"
_BUDGET = (
    rf"{_LEAD}(?:[¥￥]|RMB|CNY|人民币)\s*(?P<n1>{NUMBER})\s*(?P<k1>k\b)?\s*(?:{_CURRENCY})?",
    rf"{_LEAD}(?P<n2>{NUMBER})\s*(?P<k2>k)?\s*{_CURRENCY}",
    rf"(?:预算|经费|费用|budget(?: of| is|:)?)[\s:：是为在]*(?:{_MONEY_BEFORE}\s*)?(?P<n3>{NUMBER})\s*(?P<k3>k\b)?",
)
_MONEY_AFTER = (
    r"\s*(?:以内|之内|以下|左右|内|封顶|per sample|a sample|每样|/样|预算|的预算|or less|at most|maximum|max)*"
)


def _budget(text: str, _today: date) -> Limit | None:
    for pattern in _BUDGET:
        for met in re.finditer(pattern + _MONEY_AFTER, text, re.IGNORECASE):
            named = {name: value for name, value in met.groupdict().items() if value}
            written = next((value for name, value in named.items() if name.startswith("n")), "")
            amount = read_number(written)
            if amount is not None and amount > 0:
                thousand = any(name.startswith("k") for name in named)
                return Limit(Decimal(amount) * (1000 if thousand else 1), met.start(), met.end())
    return None


_KM = r"\s*(?:km|kilomet(?:re|er)s?|公里|千米)(?![a-z/])"
_DISTANCE = re.compile(
    rf"(?:within|under|less than|no more than|at most|up to|not over|不超过|少于|距离|方圆|周边|附近)?\s*"
    rf"(?P<n>{NUMBER}){_KM}\s*(?:以内|之内|范围内|内|以下|or less|away|of (?:here|me|us))*",
    re.IGNORECASE,
)


def _distance(text: str, _today: date) -> Limit | None:
    for met in _DISTANCE.finditer(text):
        number = read_number(met["n"])
        if number is not None and number > 0:
            return Limit(float(number), met.start(), met.end())
    return None


@cache
def _known_places() -> re.Pattern[str]:
    """Provinces and cities of China in short and long form, longest first."""
    names = set()
    for entry in divisions().values():
        if entry.code.endswith("00"):
            names |= {entry.name_zh, short_name(entry.name_zh)}
    names |= {"台湾", "香港", "澳门", *_TAIWAN}
    return re.compile("|".join(re.escape(name) for name in sorted(names, key=len, reverse=True) if len(name) > 1))


_TAIWAN = {"台北": "Taipei", "新竹": "Hsinchu", "台中": "Taichung", "台南": "Tainan", "高雄": "Kaohsiung"}
_AFTER_PLACE = r"(?:市|省|周边|附近|本地|一带|地区|当地|市区)?(?:的)?"
_ENGLISH_PLACE = re.compile(
    r"(?:\b(?:in|near|around|close to)|(?<=km) (?:from|of|around)|(?<=\x00) ?(?:from|of|around))\s+"
    r"(?P<name>[A-Z][A-Za-z'-]+(?:\s+[A-Z][A-Za-z'-]+){0,2})"
)


def _place(text: str, _today: date) -> Limit | None:
    for met in _known_places().finditer(text):
        lead = re.search(r"(?:在|离|距离?|从|于|到)?$", text[: met.start()])
        tail = re.match(_AFTER_PLACE, text[met.end() :])
        start, end = (lead.start() if lead else met.start()), met.end() + (tail.end() if tail else 0)
        alone = start == 0 or not text[start - 1].isalnum() or bool(lead and lead.group())
        if alone and (value := located(met.group())):
            return Limit(value, start, end)
    for met in _ENGLISH_PLACE.finditer(text):
        words = met["name"].split()
        for count in range(len(words), 0, -1):
            name = " ".join(words[:count])
            if value := located(name):
                return Limit(value, met.start(), met.start("name") + len(name))
    return None


def located(name: str) -> tuple[str, tuple[float, float] | None] | None:
    """The code of a place and its point; the code of a city outside the divisions is its name. None when unknown."""
    english = _TAIWAN.get(name, name)
    code = find_place(name) if english == name else None
    known = place(code) if code else None
    if code and known and known.latitude is not None and known.longitude is not None:
        return code, (known.latitude, known.longitude)
    if city := _city_named(fold(english)):
        return city.name, (city.latitude, city.longitude)
    return (code, None) if code else None


@cache
def _cities_named() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for city in cities().values():
        for name in (city.name, city.name_zh):
            if len(name) > 1:
                found.setdefault(fold(name), city)
    return found


def _city_named(folded: str) -> Any:
    return _cities_named().get(folded)


_WEEKDAYS = {
    **{name: at for at, name in enumerate(("mon", "tues", "wednes", "thurs", "fri", "satur", "sun"))},
    **{name: at for at, name in enumerate("一二三四五六日")},
    "天": 6,
}
_DAYS = {
    "天": 1,
    "日": 1,
    "个工作日": 1.4,
    "工作日": 1.4,
    "周": 7,
    "个星期": 7,
    "星期": 7,
    "礼拜": 7,
    "个月": 30,
    "月": 30,
}
_DAYS_EN = {"day": 1, "working day": 1.4, "business day": 1.4, "week": 7, "month": 30}
_IN_TIME = (
    rf"(?P<n>{NUMBER})\s*(?P<unit>个工作日|工作日|天|日|周|个星期|星期|礼拜|个月)"
    r"(?:以内|之内|内|出结果|出报告|拿到结果|完成|交货|之前|前)+",
    rf"(?:within|in|inside|under|less than)\s+(?:the next\s+)?(?P<n>{NUMBER})\s+"
    r"(?P<unit>(?:working |business )?days?|weeks?|months?)",
    rf"(?P<n>{NUMBER})[\s-](?P<unit>days?|weeks?)\s+(?:turnaround|delivery|deadline)",
    rf"(?:within\s+|in\s+)?(?P<n>{NUMBER})\s*(?P<unit>小时|hours?|h)\s*(?:以内|之内|内)?"
    r"(?:出结果|出报告|拿到结果|turnaround)",
)
_WORDS_OF_TIME = (
    (r"(?:今天|今日)(?:之内|内|之前|前)?|\b(?:by |before )?today\b", 0),
    (r"(?:明天|明日)(?:之内|内|之前|前)?|\b(?:by |before )?tomorrow\b", 1),
    (r"后天(?:之内|内|之前|前)?", 2),
    (r"(?:加急|尽快|越快越好|\burgent(?:ly)?\b|\basap\b)", 3),
)


def _before(text: str, today: date) -> Limit | None:
    if day := _on_day(text, today):
        return day
    for pattern in _IN_TIME:
        if met := re.search(pattern, text, re.IGNORECASE):
            number = read_number(met["n"])
            unit = met["unit"].lower().removesuffix("s")
            each = _DAYS.get(unit) or _DAYS_EN.get(unit) or (1 / 24 if unit in ("小时", "hour", "h") else 0)
            if number and each:
                return Limit(today + timedelta(days=max(1, round(float(number) * each))), met.start(), met.end())
    if dated := _dated(text, today):
        return dated
    for pattern, days in _WORDS_OF_TIME:
        if met := re.search(pattern, text, re.IGNORECASE):
            return Limit(today + timedelta(days=days), met.start(), met.end())
    return None


_DATED = re.compile(
    r"(?:before|by|until|no later than)?\s*(?P<y>20\d\d)[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})[日号]?"
    r"(?:之前|以前|前)?",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(r"(?P<m>\d{1,2})月(?P<d>\d{1,2})[日号]?(?:之前|以前|前)")
_WEEKDAY = re.compile(
    r"(?P<next>下|这|本)?(?:周|星期|礼拜)(?P<zh>[一二三四五六日天])(?:之前|以前|前)?"
    r"|(?:before|by|until)\s+(?P<next_en>next\s+)?(?P<en>mon|tues|wednes|thurs|fri|satur|sun)day",
    re.IGNORECASE,
)
_ENDS = (
    (r"(?:本|这)周(?:之?内|末)?(?:之?前)?|(?:within |by the end of |before the end of )?this week", "week"),
    (r"下周(?:之?内|末)(?:之?前)?|(?:by the end of )?next week", "next week"),
    (
        r"(?:本月|这个月)(?:之?内|底)?(?:之?前)?|月底(?:之?前)?|(?:by )?(?:the )?end of (?:the|this) month|this month",
        "month",
    ),
)


def _on_day(text: str, today: date) -> Limit | None:
    for pattern in (_DATED, _MONTH_DAY):
        if met := pattern.search(text):
            named = met.groupdict()
            try:
                day = date(int(named.get("y") or today.year), int(named["m"]), int(named["d"]))
            except ValueError:
                continue
            if not named.get("y") and day < today:
                day = day.replace(year=today.year + 1)
            return Limit(day, met.start(), met.end())
    return None


def _dated(text: str, today: date) -> Limit | None:
    if met := _WEEKDAY.search(text):
        wanted = _WEEKDAYS[(met["zh"] or met["en"]).lower()]
        ahead = (wanted - today.weekday()) % 7
        if (met["next"] == "下") or met["next_en"]:
            ahead = wanted - today.weekday() + 7
        return Limit(today + timedelta(days=ahead), met.start(), met.end())
    for expression, end in _ENDS:
        if met := re.search(expression, text, re.IGNORECASE):
            return Limit(_end_of(end, today), met.start(), met.end())
    return None


def _end_of(period: str, today: date) -> date:
    if period == "month":
        first = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
        return first - timedelta(days=1)
    return today + timedelta(days=6 - today.weekday() + (7 if period == "next week" else 0))


_QUALIFICATION = re.compile(
    r"(?:with(?: a)?|needs?|having|要有|需要|需有|要求|具有|具备|带|有|出具|出)?\s*(?P<first>CMA|CNAS)"
    r"(?:\s*(?:和|与|及|、|/|and|&|\+|,|或|or)\s*(?P<second>CMA|CNAS))?\s*(?:资质|认证|认可|章|报告|的报告|accreditation|accredited|report|seal)*"
)


def _qualification(text: str, _today: date) -> Limit | None:
    met = _QUALIFICATION.search(text)
    if not met:
        return None
    return Limit(tuple(one for one in (met["first"], met["second"]) if one), met.start(), met.end())
