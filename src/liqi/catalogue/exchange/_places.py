"""Cells to places: countries, divisions, towns and points; what is not in our table is said."""

from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from liqi.catalogue.exchange._draft import Draft
from liqi.taxonomy import (
    find_city,
    find_place,
    fold,
    nearest_division,
    place,
)


def country(draft: Draft, name: str, text: str) -> None:
    """An ISO country code, from a code or a name."""
    if not text:
        return
    code = _country(text)
    if not code:
        draft.reject(
            name,
            "country_unknown",
            _("found %(found)r; expected an ISO country code such as DE, or its name.") % {"found": text},
        )
        return
    draft.fields[name] = code


@lru_cache(maxsize=8192)
def _country(text: str) -> str:
    code = find_place(text) or ""
    code = {"710000": "TW", "810000": "HK", "820000": "MO"}.get(code, code)
    return code if len(code) == 2 else ""


def where(draft: Draft, text: str, *, deeper: bool = True) -> None:
    """Country, province and city of a place's name, code or Chinese address; its point where it is known.

    Not `deeper`: the text names a province only, and nothing below it is changed.
    """
    if not text:
        return
    found = _located(text)
    if found is None:
        draft.fields.setdefault("city", text[:120])
        draft.remark(
            "place",
            "place_unknown",
            _("found %(found)r, not in our table of places; kept as written.") % {"found": text},
        )
        return
    upper = {name: value for name, value in found.items() if name in ("country", "province")}
    draft.fields |= found if deeper or not draft.fields.get("city") else upper


@lru_cache(maxsize=16384)
def _located(text: str) -> dict[str, Any] | None:
    code = find_place(text) or address_code(text)
    found = place(code) if code else None
    if found is None:
        return None
    if not found.code.isdigit():
        return {"country": found.code}
    fields: dict[str, Any] = {"country": {"71": "TW", "81": "HK", "82": "MO"}.get(found.code[:2], "CN")}
    fields["province"] = f"{found.code[:2]}0000"
    if not found.code.endswith("0000") and (city := place(f"{found.code[:4]}00")):
        fields["city"] = city.name_zh
    fields |= {"latitude": found.latitude, "longitude": found.longitude}
    if text != found.name_zh and not text.isascii():
        fields["address"] = text[:300]
    return fields


def town_point(draft: Draft) -> None:
    """The point of a known town, where the country is known and no point is given."""
    if town := find_city(draft.fields["city"], draft.fields["country"]):
        draft.fields |= {"latitude": town.latitude, "longitude": town.longitude}


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
            _("found %(found)r, %(longitude)r; expected degrees such as 31.82, 117.23.")
            % {"found": latitude, "longitude": longitude},
        )
        return
    draft.fields |= {"latitude": lat, "longitude": lon}
    if draft.fields.get("country") == "CN" and not draft.fields.get("province"):
        draft.fields["province"] = f"{nearest_division(lat, lon)[:2]}0000"
