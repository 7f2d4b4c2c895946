"""Cells to values: class codes, money, days, places, yes and no; each repair is said."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation

from liqi.catalogue.exchange._draft import Draft
from liqi.taxonomy import (
    CLASS_EDITION,
    CLASS_SCHEME,
    UnknownClass,
    find_class,
    find_place,
    fold,
    nearest_division,
    place,
    read_class,
)

MOST_CNY = Decimal(10) ** 13
_YES = {"1", "true", "yes", "y", "是", "开放", "共享", "对外共享"}
_NO = {"0", "false", "no", "n", "否", "不开放", "不共享"}


def class_fields(draft: Draft, text: str, edition: str = "") -> None:
    """Class code, scheme and edition; a lost leading zero is put back, a name is looked up."""
    if not text:
        return
    edition = edition or CLASS_EDITION
    if edition not in (CLASS_EDITION, "2006"):
        draft.reject(
            "class_edition", "edition_unknown", f"found edition {edition!r}; expected {CLASS_EDITION} or 2006."
        )
        return
    try:
        code, repaired = read_class(text, edition)
    except UnknownClass as problem:
        code, repaired = find_class(text) or "", False
        if not code:
            draft.reject("class", "class_unknown", str(problem))
            return
    if repaired:
        draft.remark("class", "repaired_class_code", f"found {text!r}, a code without its leading zero; took {code}.")
    draft.fields |= {"class_code": code, "class_scheme": CLASS_SCHEME, "class_edition": CLASS_EDITION}


def money(draft: Draft, name: str, text: str, *, unit: str = "") -> None:
    """CNY; 万 and 亿 are multiplied out, separators and signs taken away."""
    if not text:
        return
    plain = re.sub(r"[,，\s¥￥]|元|RMB|CNY", "", fold(text).upper())
    factor = {"万": Decimal(10_000), "亿": Decimal(100_000_000)}.get(plain[-1:] or " ", Decimal(1))
    if factor == 1 and unit == "万":
        factor = Decimal(10_000)
    try:
        value = Decimal(plain.rstrip("万亿")) * factor
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or not 0 <= value < MOST_CNY:
        draft.reject(
            name,
            "value_unreadable",
            f"found {text!r}; expected an amount in CNY of at least 0, such as 1250000 or 125万.",
        )
        return
    draft.fields[name] = value.quantize(Decimal("0.01"))
    if plain[-1:] in ("万", "亿"):
        draft.remark(name, "repaired_value", f"found {text!r}; took {draft.fields[name]} CNY.")


def day(draft: Draft, name: str, text: str) -> None:
    """A calendar day; YYYYMMDD, slashes, 年月日 and a bare year are understood."""
    if not text:
        return
    digits = re.findall(r"\d+", fold(text))
    joined = digits[0] if digits else ""
    if len(joined) == 8 and len(digits) == 1:
        digits = [joined[:4], joined[4:6], joined[6:]]
    try:
        year, month, number = (int(part) for part in [*digits, "1", "1"][:3])
        found = date(year, month, number)
        if not digits or not 1900 <= year <= 2100:
            raise ValueError
    except ValueError:
        draft.reject(name, "date_unreadable", f"found {text!r}; expected a day such as 2024-05-17.")
        return
    draft.fields[name] = found
    if found.isoformat() != text and not text.startswith(f"{found.isoformat()}T"):
        draft.remark(name, "repaired_date", f"found {text!r}; took {found.isoformat()}.")


def truth(draft: Draft, name: str, text: str) -> None:
    """Yes or no, in the words of both languages."""
    word = fold(text)
    if word in _YES or word in _NO:
        draft.fields[name] = word in _YES
    elif word:
        draft.reject(name, "truth_unreadable", f"found {text!r}; expected yes or no, 1 or 0, 是 or 否.")


def country(draft: Draft, name: str, text: str) -> None:
    """An ISO country code, from a code or a name."""
    if not text:
        return
    code = find_place(text) or ""
    code = {"710000": "TW", "810000": "HK", "820000": "MO"}.get(code, code)
    if len(code) != 2:
        draft.reject(name, "country_unknown", f"found {text!r}; expected an ISO country code such as DE, or its name.")
        return
    draft.fields[name] = code


def where(draft: Draft, text: str) -> None:
    """Country, province and city of a place's name, code or Chinese address; its point where it is known."""
    if not text:
        return
    code = find_place(text) or address_code(text)
    found = place(code) if code else None
    if found is None:
        draft.fields["city"] = text[:120]
        draft.remark("place", "place_unknown", f"found {text!r}, not in our table of places; kept as written.")
        return
    if not found.code.isdigit():
        draft.fields["country"] = found.code
        return
    draft.fields["country"] = {"71": "TW", "81": "HK", "82": "MO"}.get(found.code[:2], "CN")
    draft.fields["province"] = f"{found.code[:2]}0000"
    if city := place(f"{found.code[:4]}00"):
        draft.fields["city"] = city.name_zh
    draft.fields |= {"latitude": found.latitude, "longitude": found.longitude}
    if text != found.name_zh and not text.isascii():
        draft.fields["address"] = text[:300]


def address_code(text: str) -> str:
    """The division that a Chinese address begins with, as deep as it can be told; nothing when it begins with none."""
    plain = fold(text)
    for length in range(min(12, len(plain)), 1, -1):
        if (code := find_place(plain[:length])) and code.isdigit():
            deeper = address_code(plain[length:]) if length < len(plain) else ""
            return deeper if deeper.startswith(code.rstrip("0")) else code
    return ""


def point(draft: Draft, latitude: str, longitude: str) -> None:
    """A point in degrees; a province is told from it where none is given."""
    if not latitude and not longitude:
        return
    try:
        lat, lon = float(latitude), float(longitude)
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            raise ValueError
    except ValueError:
        draft.reject(
            "latitude",
            "point_unreadable",
            f"found {latitude!r}, {longitude!r}; expected degrees such as 31.82, 117.23.",
        )
        return
    draft.fields |= {"latitude": lat, "longitude": lon}
    if draft.fields.get("country") == "CN" and not draft.fields.get("province"):
        draft.fields["province"] = f"{nearest_division(lat, lon)[:2]}0000"
