"""Places of rules: whether a subject that sits here comes under a rule that holds there."""

from collections.abc import Iterable

from liqi import taxonomy
from liqi.policy._rule import Place

_PROVINCES = {
    "BJ": "110000", "TJ": "120000", "HE": "130000", "SX": "140000", "NM": "150000", "LN": "210000", "JL": "220000",
    "HL": "230000", "SH": "310000", "JS": "320000", "ZJ": "330000", "AH": "340000", "FJ": "350000", "JX": "360000",
    "SD": "370000", "HA": "410000", "HB": "420000", "HN": "430000", "GD": "440000", "GX": "450000", "HI": "460000",
    "CQ": "500000", "SC": "510000", "GZ": "520000", "YN": "530000", "XZ": "540000", "SN": "610000", "GS": "620000",
    "QH": "630000", "NX": "640000", "XJ": "650000", "TW": "710000", "HK": "810000", "MO": "820000",
}  # fmt: skip
"""ISO 3166-2:CN codes and the divisions that they name."""

NATION = "CN"


class UnknownPlace(ValueError):
    """The place is neither a code nor a name that a rule bears; the message says what is expected."""


def code(said: str, places: Iterable[Place]) -> str:
    """The code of a place given as division (six digits, or its first two or four), ISO code, country or name."""
    plain = said.strip()
    upper = plain.upper()
    if upper in ("CHN", NATION) or plain in ("中国", "全国", "China"):
        return NATION
    if upper.startswith("CN-") and upper[3:] in _PROVINCES:
        return _PROVINCES[upper[3:]]
    if plain.isdigit() and len(plain) in (2, 4, 6) and plain[:2].ljust(6, "0") in _PROVINCES.values():
        return plain.ljust(6, "0")
    for place in places:
        if (place.code and plain.removesuffix("市").removesuffix("省") == place.name.zh) or plain == place.name.en:
            return place.code
    if found := taxonomy.find_place(plain):
        return found
    raise UnknownPlace(
        f"found place {said!r}; expected a six-digit division such as 310000, a country such as CN, CN-SH or a "
        "name such as 上海; look the code up."
    )


def covers(rule: str, asked: str) -> bool | None:
    """Whether a rule of this place holds where the subject sits; None where the subject's place is too wide."""
    if not rule or rule == asked:
        return True
    if rule == NATION:
        return asked.isdigit()
    if asked == NATION:
        return None if rule.isdigit() else False
    if rule.isdigit() and asked.isdigit():
        if asked.startswith(_stem(rule)):
            return True
        return None if rule.startswith(_stem(asked)) else False
    return False


def _stem(division: str) -> str:
    for length in (2, 4):
        if division[length:].strip("0") == "":
            return division[:length]
    return division
