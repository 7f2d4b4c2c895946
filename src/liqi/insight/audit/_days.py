"""Days: days that no calendar has, ends before starts, spans that do not fit their ends, wrong weekdays."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from liqi.insight.audit._finding import Finding, Sentence, raise_
from liqi.insight.audit._numbers import chinese

_MONTHS = {
    name[:3]: n
    for n, name in enumerate(
        [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ],
        start=1,
    )
}
_NAME = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)"
)
_DAY = re.compile(
    rf"""(?<!\d)(?P<y1>(?:1[5-9]|20|21)\d\d)\s?年\s?(?P<m1>\d{{1,2}})\s?月(?:\s?(?P<d1>\d{{1,2}})\s?[日号號])?
    |(?<![\d.-])(?P<y2>(?:1[5-9]|20|21)\d\d)([-/.])(?P<m2>\d{{1,2}})\5(?P<d2>\d{{1,2}})(?![\d])
    |(?<![\d年])(?P<m3>\d{{1,2}})\s?月\s?(?P<d3>\d{{1,2}})\s?[日号號]
    |\b(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?\s(?P<m4>{_NAME})\.?(?:,?\s(?P<y4>(?:1[5-9]|20|21)\d\d))?\b
    |\b(?P<m5>{_NAME})\.?\s(?P<d5>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,?\s(?P<y5>(?:1[5-9]|20|21)\d\d))?\b
    |\b(?P<m6>{_NAME})\.?\s(?P<y6>(?:1[5-9]|20|21)\d\d)\b
    |(?<!\d)(?P<y7>(?:1[5-9]|20|21)\d\d)\s?年(?!\s?\d{{1,2}}\s?月)
    |(?<![\d.,-])(?P<y8>(?:1[5-9]|20)\d\d)(?=\s*[-–—~～至到]\s*(?:1[5-9]|20|21)\d\d(?:\s?年|\D|$))
    |(?<=[-–—~～至到])\s?(?P<y9>(?:1[5-9]|20|21)\d\d)(?![\d%])
    |\b(?:in|from|to|since|until|till|by|and|between|of)\s(?P<y0>(?:1[5-9]|20|21)\d\d)(?![\d,.]\d|\d|\s?(?:%|[a-z]+s\b))""",
    re.VERBOSE | re.IGNORECASE,
)  # fmt: skip
_WORDED = re.compile(
    r"([一二][〇零一二三四五六七八九]{3})年([一二三四五六七八九十]{1,3})月(?:([一二三四五六七八九十]{1,3})[日号號])?"
)
_WEEKDAY = re.compile(
    r"\s*[（(,，]?\s*(?:(?:星期|周|週|礼拜)(?P<zh>[一二三四五六日天])|(?P<en>mon|tues?|wednes|thurs?|fri|satur|sun)day)",
    re.IGNORECASE,
)
_BEFORE_WEEKDAY = re.compile(r"\b(?P<en>mon|tues?|wednes|thurs?|fri|satur|sun)day,?\s*$", re.IGNORECASE)
_WEEK = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6,
         "mon": 0, "tue": 1, "tues": 1, "wednes": 2, "thur": 3, "thurs": 3, "fri": 4, "satur": 5, "sun": 6}  # fmt: skip
_SAID = ("一二三四五六日", ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"))
_RANGE = re.compile(r"\s*(?:年)?\s*(?:[-–—~～]+|至|到|起至|开始至|to|until|till|through|and)\s*", re.IGNORECASE)
_BEGIN = re.compile(
    r"签约|簽約|开工|開工|始建|奠基|启动|啟動|立项|立項|创立|成立|创建|创办|生于|出生|开始|提出|申请|founded|"
    r"started|began|signed|launched|born|broke ground|filed|established",
    re.IGNORECASE,
)
_FINISH = re.compile(
    r"竣工|建成|完工|投产|投產|投入使用|开园|開園|验收|驗收|结题|完成|去世|逝世|倒闭|注销|授权|completed|"
    r"finished|opened|commissioned|ended|died|closed|dissolved|granted|put into operation",
    re.IGNORECASE,
)
_TOOK = re.compile(
    r"(?:已有|已经|已|拥有|历时|歷時|用时|耗时|为期|為期|仅用|只用|用了|前后|经过|經過|时隔|持续|took|lasted|lasting|after|within|"
    r"in only|in just)"
    r"\s*(?:了|约|近|不到|整整|about|only|just|almost|nearly)?\s*(?P<n>\d+(?:\.\d+)?|[一二两三四五六七八九十]+)\s*"
    r"(?P<odd>多|余)?(?P<unit>个月|個月|个多月|年|天|months?|years?|days?)", re.IGNORECASE,
)  # fmt: skip
_QUARTER = re.compile(
    r"第([五六七八九]|[5-9])季度|(?<![A-Za-z0-9])Q([5-9])(?!\w)|\b(fifth|sixth|5th|6th) quarter", re.IGNORECASE
)
_CLOCK = re.compile(r"(?<![\d:.])(2[4-9]|[3-9]\d):([0-5]\d)(?![\d:])|(?<![\d:.])([01]?\d|2[0-3]):([6-9]\d)(?![\d:])")


@dataclass(frozen=True, slots=True)
class Day:
    """A day, month or year as it is written; what is not said is None."""

    start: int
    end: int
    text: str
    year: int | None
    month: int | None
    day: int | None

    @property
    def first(self) -> date | None:
        """The first day that it can be."""
        if self.year is None:
            return None
        try:
            return date(self.year, self.month or 1, self.day or 1)
        except ValueError:
            return None

    @property
    def last(self) -> date | None:
        """The last day that it can be."""
        if self.year is None or self.first is None:
            return None
        if self.day:
            return self.first
        month = self.month or 12
        after = date(self.year + month // 12, month % 12 + 1, 1)
        return date.fromordinal(after.toordinal() - 1)


def find(text: str) -> list[Day]:
    """Every day, month and year of the sentence, in order."""
    days = [_day(match) for match in _DAY.finditer(text)]
    return sorted([*days, *_in_words(text)], key=lambda day: day.start)


def _in_words(text: str) -> Iterator[Day]:
    """Days in Chinese numerals: 二〇二一年二月三十日."""
    for match in _WORDED.finditer(text):
        year, month, day = (None if part is None else chinese(part) for part in match.groups())
        if year is not None and month is not None:
            number = None if day is None else int(day)
            yield Day(match.start(), match.end(), match.group(), int(year), int(month), number)


def _day(match: re.Match[str]) -> Day:
    parts = {name[0]: value for name, value in match.groupdict().items() if value}
    month = parts.get("m")
    number = (int(month) if month.isdigit() else _MONTHS[month[:3].lower()]) if month else None
    start = min(match.start(name) for name, value in match.groupdict().items() if value)
    return Day(
        start, match.end(), match.string[start : match.end()].strip(), int(parts["y"]) if "y" in parts else None,
        number,
        int(parts["d"]) if "d" in parts else None,
    )  # fmt: skip


def check(sentence: Sentence) -> Iterator[Finding]:
    """Every day of the sentence by itself, and each with the next."""
    days = _with_years(find(sentence.text))
    for day in days:
        yield from _impossible(sentence, day)
        yield from _weekday(sentence, day)
    for one, other in itertools.pairwise(days):
        yield from _backwards(sentence, one, other)
    yield from _took(sentence, days)
    for match in _QUARTER.finditer(sentence.text):
        yield _no_such(sentence, match.group().strip(), ("一年只有四个季度", "one of four quarters"))
    for match in _CLOCK.finditer(sentence.text):
        if (
            not match.group().startswith("24:00")
            and not re.search(r"比例?|ratio|\d:$|:\s*$", sentence.text[max(match.start() - 6, 0) : match.start()])
            and re.search(
                r"时|時|点|時間|时间|开|閉|闭|[上下]午|早|晚|至|\bat\b|am\b|pm\b|open|close|o'clock|until|from",
                sentence.text,
            )
        ):
            yield _no_such(sentence, match.group(), ("00:00 至 23:59 的时刻", "a time from 00:00 to 23:59"))


def _with_years(days: list[Day]) -> list[Day]:
    """A month and day without a year is in the year before it."""
    filled: list[Day] = []
    for day in days:
        year = day.year if day.year or not filled else filled[-1].year
        filled.append(Day(day.start, day.end, day.text, year, day.month, day.day))
    return filled


def _impossible(sentence: Sentence, day: Day) -> Iterator[Finding]:
    if day.month is None or re.fullmatch(r"[\d.]+", day.text):
        return
    if not 1 <= day.month <= 12:
        yield _no_such(sentence, day.text, ("1 至 12 月", "a month from 1 to 12"))
    elif day.day is not None and not 1 <= day.day <= _length(day.year, day.month):
        length = _length(day.year, day.month)
        year = f"{day.year} 年 " if day.year and day.month == 2 else ""
        yield _no_such(
            sentence, day.text, (f"{year}{day.month} 月只有 {length} 天", f"a day from 1 to {length} in that month")
        )


def _length(year: int | None, month: int) -> int:
    """Days of a month; February has 29 where no year is said."""
    if month == 2:
        return 29 if year is None or (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def _no_such(sentence: Sentence, text: str, expected: tuple[str, str]) -> Finding:
    return raise_(
        "date", "certain", sentence, [text], (f"不存在的日期或时间 {text}", f"{text}, which there is not"), expected
    )


def _weekday(sentence: Sentence, day: Day) -> Iterator[Finding]:
    if day.day is None or day.first is None:
        return
    said = _WEEKDAY.match(sentence.text, day.end) or _BEFORE_WEEKDAY.search(sentence.text[: day.start])
    if said is None:
        return
    groups = said.groupdict()
    number = _WEEK[groups.get("zh") or groups["en"].lower()]
    true = day.first.weekday()
    if number != true:
        yield raise_(
            "date", "certain", sentence, [day.text],
            (f"{day.text} 写作星期{_SAID[0][number]}", f"{day.text} is given as a {_SAID[1][number]}"),
            (f"星期{_SAID[0][true]}", f"a {_SAID[1][true]}"),
        )  # fmt: skip


def _backwards(sentence: Sentence, one: Day, other: Day) -> Iterator[Finding]:
    """A range that ends before it starts, and a work that is done before it is begun."""
    if one.last is None or other.last is None or one.first is None or other.first is None:
        return
    between = sentence.text[one.end : other.start]
    if other.last >= one.first:
        return
    lead = sentence.text[max(one.start - 8, 0) : one.start]
    dash = re.fullmatch(r"\s*(?:[-–—~～]+|至|到|起至)\s*", between)
    told = re.search(r"从|自|由|\bfrom\b|\bbetween\b", lead, re.IGNORECASE) and _RANGE.fullmatch(between)
    clauses = re.split(r"[，,；;。]|\band\b", between)
    after_one = (clauses[0] if len(clauses) > 1 else "") + re.split(r"[，,；;。]", sentence.text[: one.start])[-1][-30:]
    after_other = re.split(r"[，,；;。]", sentence.text[other.end : other.end + 30])[0] + clauses[-1]
    begun = _BEGIN.search(after_one) and _FINISH.search(after_other) and not _BEGIN.search(after_other)
    if dash or told or begun:
        yield raise_(
            "date", "certain" if dash or told else "likely", sentence, [one.text, other.text],
            (f"{other.text} 早于 {one.text}", f"{other.text} comes before {one.text}"),
            (f"不早于 {one.text} 的日期", f"a date not before {one.text}"),
        )  # fmt: skip


def _took(sentence: Sentence, days: list[Day]) -> Iterator[Finding]:
    """历时 8 个月 beside the two days that it lies between."""
    from liqi.insight.audit._numbers import chinese

    match = _TOOK.search(sentence.text)
    dated = [day for day in days if day.first is not None]
    if not match or len(dated) != 2:
        return
    start, end = dated[0], dated[1]
    if start.first is None or end.last is None or end.first is None or start.last is None or end.first < start.first:
        return
    count = float(match["n"]) if match["n"][0].isdigit() else float(chinese(match["n"]) or 0)
    unit = match["unit"].lower()
    per = 365.2425 if "年" in unit or "year" in unit else 30.44 if "月" in unit or "month" in unit else 1.0
    least, most = (end.first - start.last).days / per, (end.last - start.first).days / per
    slack = 1.0
    hedged = match["odd"] or re.search(r"近|约|不到|about|almost|nearly", match.group())
    if least - slack * (2 if hedged else 1) <= count <= most + slack * (2 if hedged else 1):
        return
    zh, en = ("年", "years") if per > 300 else ("个月", "months") if per > 1 else ("天", "days")
    true = f"{(least + most) / 2:.1f}".removesuffix(".0")
    yield raise_(
        "date", "certain", sentence, [start.text, end.text, match.group().strip()],
        (f"{start.text} 至 {end.text} 约 {true} {zh}，写作“{match.group().strip()}”",
         f"from {start.text} to {end.text} are about {true} {en}, given as “{match.group().strip()}”"),
        (f"约 {true} {zh}", f"about {true} {en}"),
    )  # fmt: skip
