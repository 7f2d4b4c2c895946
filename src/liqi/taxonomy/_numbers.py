"""Numbers as people write them: grouped, with exponents, in Chinese numerals, in English words."""

import re
from decimal import Decimal, InvalidOperation

_DIGITS = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}
_ONE_TO_TWELVE = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_WORDS: dict[str, int | Decimal] = {
    **{word: at for at, word in enumerate(_ONE_TO_TWELVE, start=1)},
    **{"fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90},
    **{"a hundred": 100, "hundred": 100, "a thousand": 1000, "thousand": 1000, "half a": Decimal("0.5")},
}
_ARABIC = (
    r"(?:\d{1,3}(?:[,，  ]\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:\s?[×x*·]\s?10(?:\^\s?[-−+]?\d+|[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
    r"|(?<=10)\^[-−+]?\d+|(?<=10)[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+|[eE][-+]?\d+)?(?:\s?[万亿](?![米位])|千(?![米克伏帕瓦欧赫安牛电卡]))?"
)
_CHINESE = r"半(?=[个天小])|[零〇一二两三四五六七八九十百千万亿]+(?:点[零〇一二三四五六七八九]+)?"
_ENGLISH = "|".join(rf"{word}\b" for word in sorted(_WORDS, key=len, reverse=True))
NUMBER = rf"(?:{_ARABIC}|{_CHINESE}|(?<![a-zA-Z])(?:{_ENGLISH}))"
"""A regular expression for one number, without groups; letters in lower or upper case as the flags say."""
_SUPER_SIGNS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺"
_SUPER = str.maketrans(_SUPER_SIGNS, "0123456789-+")


def number_pattern() -> str:
    """A regular expression for one number as `read_number` reads it, without groups."""
    return NUMBER


def read_number(text: str) -> Decimal | None:
    """The number that the text is, exactly, or None where it is none.

    >>> read_number("3,000"), read_number("2×10^-6"), read_number("5万"), read_number("三百二十"), read_number("two")
    (Decimal('3000'), Decimal('0.000002'), Decimal('50000'), Decimal('320'), Decimal('2'))
    """
    given = text.strip().lower()
    if given in _WORDS:
        return Decimal(_WORDS[given])
    if given[:1].isascii() and given[:1].isdigit():
        return _arabic(given)
    return _chinese(given)


def _arabic(text: str) -> Decimal | None:
    scale = Decimal(1)
    for word, factor in {**_MYRIADS, "千": 1000}.items():
        if text.endswith(word):
            text, scale = text.removesuffix(word), Decimal(factor)
    plain = re.sub(r"[,，\s  ]", "", text.translate(_SUPER)).replace("−", "-")
    mantissa, power = plain, "0"
    found = re.fullmatch(r"(?:([\d.]+)[×x*·])?10\^?([-+]?\d+)", plain)
    if found and (found[1] or "^" in plain or any(sign in _SUPER_SIGNS for sign in text)):
        mantissa, power = found[1] or "1", found[2]
    try:
        return Decimal(mantissa).scaleb(int(power)) * scale if abs(int(power)) < 100 else None
    except (InvalidOperation, ValueError):
        return None


def _chinese(text: str) -> Decimal | None:
    if text == "半":
        return Decimal("0.5")
    whole, _point, part = text.partition("点")
    if not whole or any(sign not in _DIGITS and sign not in _TENS and sign not in _MYRIADS for sign in whole):
        return None
    if len(whole) > 1 and all(sign in _DIGITS for sign in whole):
        total = int("".join(str(_DIGITS[sign]) for sign in whole))
    else:
        total = _spoken(whole)
    return Decimal(f"{total}.{''.join(str(_DIGITS[sign]) for sign in part)}") if part else Decimal(total)


def _spoken(text: str) -> int:
    total = section = digit = 0
    for sign in text:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        elif sign in _TENS:
            section += (digit or 1) * _TENS[sign]
            digit = 0
        else:
            total += (section + digit or 1) * _MYRIADS[sign]
            section = digit = 0
    return total + section + digit
