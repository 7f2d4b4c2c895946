"""Numbers as they are written: figures, Chinese numerals, English number words."""

from decimal import Decimal

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
_PLACES = {"十": 10, "百": 100, "千": 1000}
SCALES = {"萬": 10**4, "万": 10**4, "億": 10**8, "亿": 10**8}
_WORDS = {
    word: n
    for n, word in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
    )
} | {
    word: 10 * n for n, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty",
    "ninety"], start=2)
}  # fmt: skip
ENGLISH_SCALES = {
    "hundred": 100, "thousand": 10**3, "k": 10**3, "million": 10**6, "mn": 10**6, "m": 10**6,
    "billion": 10**9, "bn": 10**9, "trillion": 10**12, "tn": 10**12,
}  # fmt: skip
CHINESE = "零〇一二两兩三四五六七八九十百千万萬亿億"
WORDS = "|".join(sorted(_WORDS, key=len, reverse=True))
"""English number words for a pattern, longest first."""


def chinese(text: str) -> Decimal | None:
    """The value of Chinese numerals, or None where they are no number.

    >>> chinese("十四"), chinese("两万一千三百"), chinese("三点五"), chinese("二〇二一")
    (Decimal('14'), Decimal('21300'), Decimal('3.5'), Decimal('2021'))
    """
    whole, _, decimals = text.replace("點", "点").partition("点")
    if decimals and not set(decimals) <= set(_DIGITS):
        return None
    if len(whole) > 1 and set(whole) <= set(_DIGITS):
        return Decimal("".join(str(_DIGITS[c]) for c in whole))
    total = section = digit = 0
    for c in whole:
        if c in _DIGITS:
            digit = _DIGITS[c]
        elif c in _PLACES:
            section += (digit or 1) * _PLACES[c]
            digit = 0
        elif c in SCALES:
            total = (total + section + digit or 1) * SCALES[c]
            section = digit = 0
        else:
            return None
    value = Decimal(total + section + digit)
    return value + Decimal("0." + "".join(str(_DIGITS[c]) for c in decimals)) if decimals else value


def english(text: str) -> Decimal | None:
    """The value of English number words, or None where they are no number.

    >>> english("fourteen"), english("twenty-two"), english("three hundred and five thousand")
    (Decimal('14'), Decimal('22'), Decimal('305000'))
    """
    total = section = 0
    for word in text.lower().replace("-", " ").split():
        if word in _WORDS:
            section += _WORDS[word]
        elif word == "hundred":
            section = (section or 1) * 100
        elif word in ENGLISH_SCALES:
            total += (section or 1) * ENGLISH_SCALES[word]
            section = 0
        elif word not in ("and", "a"):
            return None
    return Decimal(total + section)
