"""Quantities that instruments can do: names, unit, what is better; texts with numbers and units read."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from liqi.taxonomy._data import parts, table
from liqi.taxonomy._numbers import NUMBER, read_number
from liqi.taxonomy._scripts import fold, in_language, to_hant
from liqi.taxonomy._units import UnknownUnit, find_unit, plain_unit, unit_pattern, units_named

SMALLER, LARGER, WITHIN = "smaller", "larger", "within"
"""What is better; of a quantity `within`, an instrument has a range and the asked value must lie in it."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity by its key: its dimension, the unit that its values are kept and compared in, what is better."""

    key: str
    label_en: str
    label_zh: str
    label_hant: str
    aliases: tuple[str, ...]
    dimension: str
    unit: str
    better: str

    def label(self, language: str) -> str:
        """The name in zh-hans, zh-hant or en."""
        return in_language(language, hans=self.label_zh, hant=self.label_hant, en=self.label_en)


@dataclass(frozen=True, slots=True)
class Measure:
    """A value or range with its unit as found in a text, and where; `low` or `high` is None at an open end."""

    low: Decimal | None
    high: Decimal | None
    unit: str
    start: int = 0
    end: int = 0
    words: str = ""

    def within(self, quantity: Quantity) -> tuple[float | None, float | None]:
        """Both ends in the unit of the quantity; UnknownUnit when the unit is of another dimension."""
        return _in_unit(self.low, self.unit, quantity), _in_unit(self.high, self.unit, quantity)


@cache
def quantities() -> dict[str, Quantity]:
    """Every quantity by its key."""
    return {
        row["key"]: Quantity(
            row["key"],
            row["label_en"],
            row["label_zh"],
            row["label_hant"] or to_hant(row["label_zh"]),
            parts(row["aliases"]),
            row["dimension"],
            row["unit"],
            row["better"],
        )
        for row in table("quantities.tsv")
    }


_END = re.compile(r"^(upper|maximum|max\.?|largest|highest|lower|minimum|min\.?|最大|最高|上限|最小|最低|下限)\s*")


@cache
def _by_name() -> dict[str, str]:
    found = {fold(key.replace("_", " ")): key for key in quantities()}
    for named in ("label_en", "label_zh", "label_hant"):
        for one in quantities().values():
            found.setdefault(fold(getattr(one, named)), one.key)
    for one in quantities().values():
        for alias in (*one.aliases, *map(to_hant, one.aliases)):
            found.setdefault(fold(alias), one.key)
    return found


@lru_cache(maxsize=4096)
def find_quantity(name: str) -> Quantity | None:
    """The quantity of this key, label or alias in any script, or None; words such as "maximum" do not count.

    >>> find_quantity("resolving power").key, find_quantity("加速電壓").key, find_quantity("resolution at 15 kV").key
    ('mass_resolution', 'accelerating_voltage', 'spatial_resolution')
    """
    folded = fold(name.replace("_", " ")).strip()
    without = re.split(r"\s*(?:[(（,，@]| at | of the )", folded)[0]
    for wanted in (folded, without, _END.sub("", folded), _END.sub("", without)):
        if key := _by_name().get(wanted):
            return quantities()[key]
    return None


_BETWEEN = r"\s*(?:-|–|—|−|~|～|to|至|到|and|…|\.\.)\s*"
_TIMES = r"\s*(?:x|×|\*|by)\s*"
_AT_MOST = (
    r"<=|<|≤|at most|no more than|less than|not over|up to|under|below|within|smaller than|max\.?"
    r"|不超过|不大于|不高于|小于|低于|少于|至多|最多"
)
_AT_LEAST = (
    r">=|>|≥|at least|no less than|more than|over|above|greater than|larger than|min\.?"
    r"|不小于|不低于|不少于|大于|高于|超过|至少"
)


@cache
def _pattern() -> re.Pattern[str]:
    number = rf"[-−]?{NUMBER}"
    return re.compile(
        rf"(?:(?P<most>{_AT_MOST})\s*|(?P<least>{_AT_LEAST})\s*)?(?P<plus>±\s*)?"
        rf"(?P<first>{number})(?P<first_unit>\s*{unit_pattern()})?"
        rf"(?:{_BETWEEN}(?P<second>{number})|(?P<times>(?:{_TIMES}{number}(?:\s*{unit_pattern()})?)+))?"
        rf"(?:\s*[-‐]?(?P<unit>{unit_pattern()}))?(?P<after>\s*(?:以下|以内|之内|及以下|以上|及以上))?",
        re.IGNORECASE,
    )


def find_measures(text: str) -> Iterator[Measure]:
    """Every number of the text with the unit behind it ("" where none stands), in order, with its place.

    >>> [(m.low, m.high, m.unit) for m in find_measures("a 5 mm part, 2-3 um lines, ≤ 0.1 ppb")]  # doctest: +ELLIPSIS
    [(Decimal('5'), Decimal('5'), 'mm'), (Decimal('2'), Decimal('3'), 'µm'), (None, Decimal('0.1'), 'ppb')]
    """
    plain = same_length(text)
    for found in _pattern().finditer(plain):
        before = plain[found.start("first") - 1 : found.start("first")]
        if found.start() and re.match(r"[A-Za-z0-9.]", before) and not found["most"] and not found["least"]:
            continue
        if measure := _measure(found, text):
            yield measure


def _measure(found: re.Match[str], text: str) -> Measure | None:
    first = _signed(found["first"])
    if first is None:
        return None
    low: Decimal | None = first
    high: Decimal | None = first
    unit = found["unit"] or found["first_unit"] or ""
    if found["second"]:
        second = _signed(found["second"])
        if second is None:
            return None
        low, high = min(first, second), max(first, second)
    elif found["times"]:
        others = [read_number(one) for one in re.findall(NUMBER, found["times"], re.IGNORECASE)]
        low = high = max([first, *[one for one in others if one is not None]])
        last = re.search(rf"{unit_pattern()}\s*$", found["times"])
        unit = found["unit"] or (last.group() if last else "") or found["first_unit"] or ""
    after = (found["after"] or "").strip()
    if found["most"] or after in ("以下", "以内", "之内", "及以下"):
        low = None
    elif found["least"] or after in ("以上", "及以上"):
        high = None
    if not unit and not re.match(r"[-−]?\d", found["first"]):
        return None
    named = units_named(unit)
    symbol = named[0].symbol if named else ""
    return Measure(low, high, symbol, found.start(), found.end(), text[found.start() : found.end()].strip())


def _signed(text: str) -> Decimal | None:
    value = read_number(text.lstrip("-−"))
    return -value if value is not None and text[0] in "-−" else value


def same_length(text: str) -> str:
    """The text in simplified script and half width, sign for sign, so that places in both are the same.

    >>> same_length("５ 微米，攝氏 20 度")
    '5 微米，摄氏 20 度'
    """
    narrow = "".join(
        chr(ord(sign) - 0xFEE0) if "！" <= sign <= "～" and sign not in "，：；！？（）" else sign for sign in text
    )
    narrow = plain_signs(narrow)
    return "".join(_simplified(sign) for sign in narrow)


def plain_signs(text: str) -> str:
    """One sign for micro, ångström and ohm; the text keeps its length."""
    return text.replace("μ", "µ").replace("\u212b", "Å").replace("\u2126", "Ω").replace("\u3000", " ")


@lru_cache(maxsize=8192)
def _simplified(sign: str) -> str:
    if not "\u3400" <= sign <= "\ufaff":
        return sign
    folded = fold(sign)
    return folded if len(folded) == 1 else sign


def parse_quantity(text: str) -> Measure:
    """The one value or range with a unit that the whole text is; UnknownUnit says what was expected instead.

    >>> parse_quantity("2.5 - 17 keV").high, parse_quantity("≤ 5 微米").unit, parse_quantity("2 x 5 mm").high
    (Decimal('17'), 'µm', Decimal('5'))
    """
    wanted = plain_unit(text)
    for measure in find_measures(wanted):
        if measure.start == 0 and measure.end >= len(wanted.rstrip(" .;；。")):
            return measure
    raise UnknownUnit(f"found {text!r}; expected a number or a range with a unit, such as 2 µm or 2.5-17 keV.")


def canonical(quantity: str, low: Any, high: Any, unit: str) -> tuple[float | None, float | None]:
    """Both ends as numbers in the unit of the quantity; a unit that is missing is taken to be that unit.

    Raises UnknownUnit for a unit of another dimension, KeyError for a quantity that is not in the table.
    """
    known = quantities()[quantity]
    return _in_unit(low, unit, known), _in_unit(high, unit, known)


def _in_unit(value: Any, unit: str, quantity: Quantity) -> float | None:
    if value is None or value == "":
        return None
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    if not unit.strip():
        return float(number)
    given = find_unit(unit, quantity.dimension)
    return float(find_unit(quantity.unit, quantity.dimension).from_base(given.to_base(number)))


@dataclass(frozen=True, slots=True)
class Reading:
    """A capability of a record understood: the quantity and its ends in the quantity's unit."""

    quantity: Quantity
    low: float | None
    high: float | None


def read_capability(capability: Mapping[str, Any]) -> Reading | None:
    """What one capability of a record says, or None where its quantity, number or unit is not understood.

    >>> reading = read_capability({"quantity": "photon energy", "value": "2.5 - 17", "unit": "keV"})
    >>> reading.quantity.key, reading.low, reading.high
    ('energy_range', 2.5, 17.0)
    """
    name = str(capability.get("quantity", ""))
    quantity = find_quantity(name)
    if quantity is None:
        return None
    unit = str(capability.get("unit") or "")
    low, high = capability.get("low"), capability.get("high")
    try:
        if capability.get("value") not in (None, ""):
            measure = parse_quantity(f"{capability['value']} {unit}".strip())
            low, high, unit = measure.low, measure.high, unit or measure.unit
        if low is None and high is None:
            return None
        one, other = canonical(quantity.key, low, high, unit)
    except (ArithmeticError, ValueError):
        return None
    if quantity.better == WITHIN and one == other:
        word = _END.match(fold(name))
        if word and re.match(r"upper|max|largest|highest|最大|最高|上限", word.group()):
            one = None
        elif word:
            other = None
    return Reading(quantity, one, other)


def written(low: float | Decimal | None, high: float | Decimal | None, unit: str) -> str:
    """The value or range with its unit as it is shown in every language.

    >>> written(2.0, 2.0, "µm"), written(None, 0.5, "ppm"), written(300, 1500, "°C")
    ('2 µm', '≤ 0.5 ppm', '300–1500 °C')
    """
    ends = [None if end is None else f"{Decimal(str(end)).normalize():f}" for end in (low, high)]
    if ends[0] is None:
        said = f"≤ {ends[1]}"
    elif ends[1] is None:
        said = f"≥ {ends[0]}"
    else:
        said = ends[0] if ends[0] == ends[1] else f"{ends[0]}–{ends[1]}"
    return f"{said} {unit}".strip()
