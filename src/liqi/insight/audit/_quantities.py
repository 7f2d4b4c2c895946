"""Quantities in a sentence: value, unit, how exactly it is written, and what hedges it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from liqi.insight.audit import _numbers

NEAR = 32
"""Letters on either side of a number that say what it is."""
COUNT, MONEY, SHARE, POINTS, TIMES, SPAN, SIZE = "count", "money", "share", "points", "times", "span", "size"

_MONEY = {
    "美元": "USD", "美金": "USD", "欧元": "EUR", "歐元": "EUR", "日元": "JPY", "英镑": "GBP", "港元": "HKD",
    "人民币": "CNY", "人民幣": "CNY", "元人民币": "CNY", "元": "CNY", "USD": "USD", "US dollars": "USD",
    "dollars": "USD",
    "EUR": "EUR", "euros": "EUR", "CNY": "CNY", "RMB": "CNY", "yuan": "CNY", "JPY": "JPY", "GBP": "GBP",
    "pounds": "GBP",
}  # fmt: skip
_SIGNS = {"US$": "USD", "$": "USD", "€": "EUR", "£": "GBP", "¥": "CNY", "￥": "CNY"} | {
    code: code for code in ("USD", "CNY", "EUR", "JPY", "GBP")
} | {"RMB": "CNY"}  # fmt: skip
_SPANS = {
    "个月": ("month", 1), "個月": ("month", 1), "months": ("month", 1), "month": ("month", 1),
    "年": ("month", 12), "years": ("month", 12), "year": ("month", 12),
    "天": ("day", 1), "日": ("day", 1), "days": ("day", 1), "day": ("day", 1), "周": ("day", 7), "週": ("day", 7),
    "weeks": ("day", 7), "week": ("day", 7), "小时": ("second", 3600), "小時": ("second", 3600),
    "hours": ("second", 3600), "hour": ("second", 3600), "h": ("second", 3600),
    "分钟": ("second", 60), "分鐘": ("second", 60), "minutes": ("second", 60), "minute": ("second", 60),
    "min": ("second", 60), "秒": ("second", 1), "seconds": ("second", 1), "s": ("second", 1),
}  # fmt: skip
_SIZES = {
    "公里": ("m", "1000"), "千米": ("m", "1000"), "km": ("m", "1000"), "米": ("m", "1"), "m": ("m", "1"),
    "厘米": ("m", "0.01"), "cm": ("m", "0.01"), "毫米": ("m", "0.001"), "mm": ("m", "0.001"),
    "微米": ("m", "1e-6"), "μm": ("m", "1e-6"), "µm": ("m", "1e-6"), "纳米": ("m", "1e-9"), "奈米": ("m", "1e-9"),
    "nm": ("m", "1e-9"), "平方公里": ("m2", "1000000"), "平方千米": ("m2", "1000000"), "km2": ("m2", "1000000"),
    "km²": ("m2", "1000000"), "平方米": ("m2", "1"), "m2": ("m2", "1"), "m²": ("m2", "1"), "公顷": ("m2", "10000"),
    "亩": ("m2", "666.66667"), "畝": ("m2", "666.66667"),
    "吨": ("kg", "1000"), "噸": ("kg", "1000"), "公斤": ("kg", "1"),
    "千克": ("kg", "1"), "kg": ("kg", "1"), "克": ("kg", "0.001"), "g": ("kg", "0.001"),
}  # fmt: skip
_PERCENT = ("%", "％", "per cent", "percent")
_POINTS = ("个百分点", "個百分點", "百分点", "百分點", "percentage points", "percentage point")
_TIMES = ("倍", "-fold", " times", "fold")
GENERIC = ("个", "個", "项", "項")
_CLASSIFIERS = (
    *("台（套）", "台(套)", "台／套", "台/套", "臺/套", "台套", "臺套", "家", "个", "個", "台", "臺", "套", "所",
    "项", "項", "名"),
    *("人", "位", "件", "种", "種", "类", "類", "座", "条", "條", "支", "只", "辆", "輛", "款", "次", "篇", "届",
    "屆", "国", "國"),
    *("处", "處", "间", "間", "例", "户", "戶", "批", "门", "門", "强", "強", "份", "张", "張", "艘", "株", "颗",
    "顆", "幅", "本"),
)  # fmt: skip
_ONE = {"台（套）": "台", "台(套)": "台", "台／套": "台", "台/套": "台", "臺/套": "台", "台套": "台", "臺套": "台",
"臺": "台",
        "個": "个", "項": "项", "種": "种", "類": "类", "條": "条", "輛": "辆", "屆": "届", "國": "国", "處": "处",
        "間": "间",
        "戶": "户", "門": "门", "強": "强", "張": "张", "顆": "颗", "名": "人", "位": "人"}  # fmt: skip


def _either(words: tuple[str, ...] | dict[str, object] | list[str]) -> str:
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(w) + (r"(?![A-Za-z])" if w[-1].isascii() and w[-1].isalpha() else "") for w in ordered)


_SCORE = "分"
_UNIT = _either([*_POINTS, *_PERCENT, *_TIMES, *_MONEY, *_SPANS, *_SIZES, *_CLASSIFIERS, "成", "‰"])
_UNIT += rf"|{_SCORE}(?![钟鐘之别別离離为為成子类類布秒期析])"
_BEFORE = re.compile(
    r"(约为|大约|约|約|将近|接近|近|超过|超過|逾|超|不足|不到|至少|最多|最高|高达|达到|可达|"
    r"\babout|\baround|\bnearly|\balmost|\bover|\bmore than|\bat least|\bless than|\bfewer than|\bunder|\bup to|"
    r"\bapproximately|\broughly|\bsome|~|≈)\s*(?:为|有|占|a )?\s*$",
    re.IGNORECASE,
)
_AFTER = re.compile(r"\s*(左右|上下|以上|以下|or so|or more|or less)", re.IGNORECASE)
_HEDGES = {
    "about": ["约为", "大约", "约", "約", "将近", "接近", "近", "左右", "上下", "about", "around", "nearly", "almost",
    "approximately", "roughly", "some", "~", "≈"],
    "over": ["超过", "超過", "逾", "超", "至少", "以上", "余", "餘", "多", "over", "more than", "at least", "or more"],
    "under": ["不足", "不到", "以下", "最多", "最高", "less than", "fewer than", "under", "up to", "or less"],
}  # fmt: skip
_NUMBER = re.compile(
    rf"""(?P<sign>US\$|[$€£¥￥]|(?<![A-Za-z])(?:USD|CNY|EUR|RMB|JPY|GBP)\s?)?
    (?:百分之(?P<hundredths>\d+(?:\.\d+)?|[{_numbers.CHINESE}点]+)
    |(?P<under>[{_numbers.CHINESE}]+)分之(?P<upper>[{_numbers.CHINESE}]+)
    |(?<![A-Za-z0-9_./-])(?P<top>\d{{1,2}})\s?/\s?(?P<bottom>\d{{1,3}})(?![\w/.%])
    |(?<![A-Za-z0-9_.])(?P<figures>\d{{1,3}}(?:[,\u0020\u00a0\u2009\u202f]\d{{3}})+(?!\d)|\d+)(?P<decimals>\.\d+)?
    |(?P<chinese>(?<![{_numbers.CHINESE}第])[{_numbers.CHINESE}]+(?:点[{_numbers.CHINESE}]+)?)
    |(?<![A-Za-z-])(?P<english>(?:{_numbers.WORDS})(?:[\s-](?:and\s)?(?:{_numbers.WORDS}|hundred|thousand|million|billion))*)(?![A-Za-z-])
    )
    (?P<scale>\s?(?:万亿|萬億|千亿|百亿|十亿|亿|億|千万|百万|十万|万|萬|千(?!米|克)|百)|\s?(?:trillion|billion|million|thousand|hundred|bn|mn|tn)\b|[km](?=\s?(?:USD|CNY|EUR|RMB)))?
    (?:\s?(?P<odd>余|餘|多))?(?P<gap>\s?)(?P<unit>{_UNIT})?""",
    re.VERBOSE | re.IGNORECASE,
)  # fmt: skip
_BIG = {"万亿": 12, "萬億": 12, "千亿": 11, "百亿": 10, "十亿": 9, "亿": 8, "億": 8, "千万": 7, "百万": 6, "十万": 5,
"万": 4,
        "萬": 4, "千": 3, "百": 2}  # fmt: skip
_NOUN = re.compile(
    r"\s+((?:(?!in\b|from\b|at\b|are\b|were\b|is\b|of\b|and\b|to\b|by\b|with\b|out\b|per\b)[A-Za-z-]+\s?){1,4})"
)
_MONTHS = [
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
]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit as it stands in a sentence."""

    start: int
    end: int
    value: Decimal
    """In the unit: percent as a share, 万 and 亿 multiplied out, lengths in metres and so on."""
    kind: str
    unit: str
    place: Decimal
    """The worth of the last digit that is written, in the unit."""
    rounded: bool
    """Whether it is written with decimals or a scale, and may so have been rounded."""
    hedge: str
    """about, over, under or empty."""
    depth: int
    """Brackets around it."""
    text: str
    scale: Decimal = Decimal(1)
    """What the number as it is written is multiplied by to make the value: 10,000 for 万元."""
    tail: str = ""
    """What stands behind the number: 万元, %, million USD."""
    noun: str = ""
    one: bool = False
    """Whether it is 一 with a classifier, which is often no count."""

    @property
    def is_hours(self) -> bool:
        """Whether it is a time of hours or less, which is added up as sums and counts are; years are not."""
        return self.kind == SPAN and self.unit == "second"

    @property
    def low(self) -> Decimal:
        """The least that the writing can mean, by rounding."""
        return self.value - (self.place / 2 if self.rounded else 0)

    @property
    def high(self) -> Decimal:
        """The most that the writing can mean, by rounding or by cutting off digits."""
        return self.value + (self.place if self.rounded else 0)


def find(sentence: str) -> list[Quantity]:
    """Every quantity of the sentence, in order; years, ordinals and numbers inside names are none."""
    found = list(_find(sentence))
    for at, (one, other) in enumerate(pairwise(found)):
        if _shares_its_unit(sentence[one.end : other.start], one, other):
            found[at] = replace(one, kind=MONEY, unit=other.unit)
    return found


def _shares_its_unit(between: str, one: Quantity, other: Quantity) -> bool:
    """Whether the currency behind the second figure is the first one's too: from 30 million to 45 million CNY."""
    bare = one.kind == COUNT and not one.unit and one.scale >= 1000
    return bare and other.kind == MONEY and bool(re.fullmatch(r"\s*to\s+", between))


def _find(sentence: str) -> Iterator[Quantity]:
    depths = _depths(sentence)
    for match in _NUMBER.finditer(sentence):
        if quantity := _quantity(match, sentence, depths):
            yield quantity


def _quantity(match: re.Match[str], sentence: str, depths: list[int]) -> Quantity | None:
    value, place, by = _value(match)
    if value is None:
        return None
    unit, kind, factor = _unit(match, sentence)
    if kind is None:
        return None
    end = match.end() if match["unit"] or match["odd"] or match["scale"] else match.end() - len(match["gap"])
    start = match.start() + len(match.group()) - len(match.group().lstrip())
    noun = ""
    if kind == COUNT and not match["unit"] and (named := _NOUN.match(sentence, match.end() - len(match["gap"]))):
        noun = named[1].strip().lower()
    rounded = bool(match["decimals"] or match["scale"]) or kind == SHARE
    if match["top"] or match["under"]:
        rounded, place = True, Decimal("0.01")
    return Quantity(
        start=start, end=end, value=value * factor, kind=kind, unit=unit, place=place * factor, rounded=rounded,
        hedge=_hedge(sentence, match), depth=depths[start], text=sentence[start:end].strip(), noun=noun,
        scale=by * factor,
        tail="".join((match["scale"] or "", match["gap"] if match["unit"] else "",
        match["unit"] or "")) or _sign(match),
        one=match["chinese"] == "一" or (match["english"] or "").lower() == "one",
    )  # fmt: skip


def _sign(match: re.Match[str]) -> str:
    return f" {_SIGNS.get((match['sign'] or '').strip().upper(), '')}".rstrip()


def _value(match: re.Match[str]) -> tuple[Decimal | None, Decimal, Decimal]:
    """Value, worth of the last digit, and the scale, all before the unit is looked at."""
    one = Decimal(1)
    if match["hundredths"]:
        said = match["hundredths"]
        value = Decimal(said) if said[0].isdigit() else _numbers.chinese(said)
        return (None if value is None else value / 100), one / 100, one / 100
    if match["under"]:
        upper, under = _numbers.chinese(match["upper"]), _numbers.chinese(match["under"])
        return (upper / under if upper is not None and under else None), one, one
    if match["top"]:
        return (Decimal(match["top"]) / Decimal(match["bottom"]) if int(match["bottom"]) else None), one, one
    if match["figures"]:
        plain = re.sub(r"\D", "", match["figures"]) + (match["decimals"] or "")
        value, place = Decimal(plain), one.scaleb(-max(len(match["decimals"] or "") - 1, 0))
    else:
        found = _numbers.chinese(match["chinese"]) if match["chinese"] else _numbers.english(match["english"])
        if found is None:
            return None, one, one
        value, place = found, one
    scale = (match["scale"] or "").strip().lower()
    by = Decimal(10) ** _BIG[scale] if scale in _BIG else Decimal(_numbers.ENGLISH_SCALES.get(scale, 1))
    return value * by, place * by, by


def _unit(match: re.Match[str], sentence: str) -> tuple[str, str | None, Decimal]:
    """Unit, kind (None where this is no quantity) and what the value is to be multiplied by."""
    said, sign = match["unit"] or "", (match["sign"] or "").strip().upper()
    one = Decimal(1)
    if match["hundredths"] or match["under"]:
        return "", SHARE, one
    if match["top"]:
        return (
            ("", SHARE, one)
            if re.search(r"占|[上全]\S{0,3}$|\bof\b|\ba\b", sentence[max(match.start() - NEAR, 0) : match.start()][-8:])
            else ("", None, one)
        )
    before = sentence[max(match.start() - NEAR, 0) : match.start()]
    if re.search(r"第\s?$|\bNo\.?\s?$|[A-Za-z]-$|Top\s?$|\bQ$|GB/T\s?$", before):
        return "", None, one
    if sign in _SIGNS:
        return _SIGNS[sign], MONEY, one
    low = said.lower()
    if said in _POINTS or low in _POINTS:
        return "", POINTS, one / 100
    if low in _PERCENT:
        return "", SHARE, one / 100
    if said == "‰":
        return "", SHARE, one / 1000
    if said == "成" and not re.match(r"[立为果功员本]", sentence[match.end() : match.end() + NEAR]):
        return "", SHARE, one / 10
    if said == "成":
        return "", None, one
    if low in _TIMES:
        return "", TIMES, one
    for table, kind in ((_MONEY, MONEY),):
        for name, code in table.items():
            if low == name.lower():
                return code, kind, one
    return _plain_unit(match, sentence, said)


def _plain_unit(match: re.Match[str], sentence: str, said: str) -> tuple[str, str | None, Decimal]:
    one = Decimal(1)
    if said in _SPANS:
        unit, factor = _SPANS[said]
        if said == "年" and match["figures"] and len(match["figures"]) == 4:
            return "", None, one
        if said in ("年", "日") and re.search(r"[年月]\s?$", sentence[max(match.start() - NEAR, 0) : match.start()]):
            return "", None, one
        return unit, SPAN, Decimal(factor)
    if said in _SIZES:
        unit, size = _SIZES[said]
        return unit, SIZE, Decimal(size)
    if said in _CLASSIFIERS or (said == _SCORE and match["figures"]):
        return _ONE.get(said, said), COUNT, one
    return ("", COUNT, one) if _is_bare_count(match, sentence) else ("", None, one)


def _is_bare_count(match: re.Match[str], sentence: str) -> bool:
    """Whether a number without a unit counts something in English, and is no year, day, measure or part of a name."""
    if match["chinese"] or (match["decimals"] and not match["scale"]):
        return False
    if match["figures"] and re.match(
        r"\s?(?:[月年时時:/\-–—~][\d\s]?|\.\d)", sentence[match.end() : match.end() + NEAR]
    ):
        return False
    text = match["figures"] or match["english"]
    before, after = (
        sentence[max(match.start() - NEAR, 0) : match.start()],
        sentence[match.end() - len(match["gap"]) : match.end() + NEAR],
    )
    if re.search(r"[\d\u4e00-\u9fff][-–—/:]$|[.:/]$", before) or re.search(r"[\u4e00-\u9fff]\s?$", before):
        return False
    if match["figures"] and len(text) == 4 and text[:2] in ("18", "19", "20") and not match["scale"]:
        return False
    near = [*before.lower().split()[-1:], *after.lower().replace(",", " ").split()[:1]]
    if match["figures"] and len(text) <= 2 and any(word.strip(".,") in _MONTHS for word in near):
        return False
    return bool(re.match(r"\s+[A-Za-z(]|\s*[,.;:)]|\s*$", after))


def _hedge(sentence: str, match: re.Match[str]) -> str:
    words = [match["odd"] or ""]
    if before := _BEFORE.search(sentence[max(match.start() - NEAR, 0) : match.start()]):
        words.append(before[1].lower())
    if after := _AFTER.match(sentence[match.end() : match.end() + NEAR]):
        words.append(after[1].lower())
    return next((kind for word in words if word for kind, all_words in _HEDGES.items() if word in all_words), "")


def _depths(sentence: str) -> list[int]:
    depth, depths = 0, []
    for c in sentence:
        depth += c in "(（[【"
        depths.append(depth)
        depth = max(depth - (c in ")）]】"), 0)
    return depths
