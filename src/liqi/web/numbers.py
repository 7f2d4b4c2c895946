"""Numbers as people read them."""

import re
import unicodedata
from decimal import Decimal

from django.utils.html import format_html

GROUP = "\u202f"
"""A narrow space that does not break: 12 345."""
UNITS = {"zh-hans": ("万", "亿"), "zh-hant": ("萬", "億")}

_GROUPED = re.compile(r"(?<=\d)\s(?=\d{3}(?!\d))")


def plain(text: str) -> str:
    """What was typed, in half width and without the blanks that group thousands.

    >>> plain(" ３０ 000.5 "), plain("1\u202f200 %"), plain("1 2")
    ('30000.5', '1200 %', '1 2')
    """
    return _GROUPED.sub("", unicodedata.normalize("NFKC", text).strip())


def thin(value: float | int | Decimal | None) -> str:
    """The number with thin grouping, at most two decimals and a true minus; blank for None.

    >>> thin(12345) == "12\u202f345"
    True
    >>> thin(1234.50) == "1\u202f234.5"
    True
    >>> thin(-3), thin(-0.001)
    ('−3', '0')
    """
    if value is None or value == "":
        return ""
    whole = f"{value:,}" if isinstance(value, int) else f"{value:z,.2f}".rstrip("0").rstrip(".")
    return whole.replace(",", GROUP).replace("-", "−")


def fixed(value: float | int | Decimal | None) -> str:
    """The number with thin grouping and always two decimals, for columns that are read straight down; blank for None.

    >>> fixed(57.9), fixed(Decimal(4)), fixed(-0.001)
    ('57.90', '4.00', '0.00')
    """
    return "" if value is None else f"{value:z,.2f}".replace(",", GROUP).replace("-", "−")


def wan(value: float | int | Decimal | None, language: str | None) -> str:
    """The number, on Chinese pages from ten thousand up in 万 and 亿 with the exact value on hover."""
    if value is None:
        return ""
    units = UNITS.get(language or "")
    number, exact = float(value), thin(value)
    if units is None or abs(number) < 10_000:
        return exact
    ten_thousand, hundred_million = units
    if abs(number) >= 1e8:
        short, unit = number / 1e8, hundred_million
    else:
        short, unit = number / 1e4, ten_thousand
    digits = (f"{short:.3g}" if abs(short) < 1000 else f"{short:.0f}").replace("-", "−")
    return format_html('<span title="{}">{} {}</span>', exact, digits, unit)


def share(value: float | None) -> str:
    """A share of one as per cent with one decimal, and a true minus.

    >>> share(0.256), share(-0.256), share(-0.0001)
    ('25.6 %', '−25.6 %', '0.0 %')
    """
    return "" if value is None else f"{100 * value:z.1f} %".replace("-", "−")
