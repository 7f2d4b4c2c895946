"""Places: countries, the divisions of China with points, cities of the world."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from math import asin, cos, radians, sin, sqrt

from liqi.taxonomy._data import parts, table
from liqi.taxonomy._scripts import fold, in_language, to_hant

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth (IUGG 1980)."""
_SUFFIX = re.compile(r"(特别行政区|壮族自治区|回族自治区|维吾尔自治区|自治区|省|市)$")


_OTHER_NAMES = {
    **{"usa": "US", "uk": "GB", "korea": "KR", "the netherlands": "NL", "turkey": "TR", "czech republic": "CZ"},
    **{"香港": "810000", "澳门": "820000", "台湾": "710000"},
}


@dataclass(frozen=True, slots=True)
class Place:
    """A country (ISO code) or a Chinese division (six digits), with names and, for divisions, a point."""

    code: str
    name_zh: str
    name_hant: str
    name_en: str
    latitude: float | None
    longitude: float | None

    def label(self, language: str) -> str:
        """The name in zh-hans, zh-hant or en."""
        return in_language(language, hans=self.name_zh, hant=self.name_hant, en=self.name_en)


@dataclass(frozen=True, slots=True)
class City:
    """A city by its GeoNames id."""

    geonames_id: str
    name: str
    name_zh: str
    latitude: float
    longitude: float
    country: str
    time_zone: str


@cache
def countries() -> dict[str, Place]:
    """Every country by its ISO 3166 code."""
    return {
        row["code"]: Place(row["code"], row["zh_hans"], row["zh_hant"], row["en"], None, None)
        for row in table("countries.csv")
    }


@cache
def divisions() -> dict[str, Place]:
    """Every division of China (province, city, district) by its six-digit code, in the order of the codes."""
    return {
        row["code"]: Place(
            row["code"], row["name"], "", row["name_en"], float(row["latitude"]), float(row["longitude"])
        )
        for row in table("cn_divisions.csv")
    }


@cache
def cities() -> dict[str, City]:
    """Cities of the world by GeoNames id."""
    return {
        row["geonames_id"]: City(
            row["geonames_id"],
            row["name"],
            row["name_zh"],
            float(row["latitude"]),
            float(row["longitude"]),
            row["country"],
            row["time_zone"],
        )
        for row in table("cities.csv")
    }


@cache
def zones() -> dict[str, tuple[str, ...]]:
    """Regions, new areas and parks that are no division, by name: the divisions that they lie in or are made of.

    >>> zones()["长三角"], zones()["张江"]
    (('310000', '320000', '330000', '340000'), ('310115',))
    """
    found: dict[str, tuple[str, ...]] = {}
    for row in table("zones.csv"):
        found |= {name: parts(row["codes"]) for name in (row["name_zh"], row["name_en"]) if name}
    return found


def place(code: str) -> Place | None:
    """The country or division with this code."""
    return countries().get(code) or divisions().get(code)


def place_label(code: str, language: str) -> str:
    """What the country or division is called; the code itself when it is not known."""
    found = place(code)
    return found.label(language) if found else code


@lru_cache(maxsize=20_000)
def place_in_words(country: str, province: str, city: str, language: str) -> str:
    """City, province and country as far as they are known, each once, in the order of the language.

    >>> place_in_words("CN", "440000", "深圳市", "en"), place_in_words("CN", "440000", "深圳市", "zh-hans")
    ('Shenzhen, Guangdong, China', '广东省 深圳市')
    """
    codes = [province] if country == "CN" and province and language != "en" else [country, province]
    said: list[str] = []
    for label in (place_label(code, language) for code in codes if code):
        if not any(short_name(fold(label)) in fold(before) for before in said):
            said.append(label)
    code = find_place(city) if city and not city.isascii() else None
    town = place_label(code, language) if code else to_hant(city) if language == "zh-hant" else city
    if town and short_name(town) not in map(short_name, said):
        said.append(town)
    return ", ".join(reversed(said)) if language == "en" else " ".join(said)


def short_name(name: str) -> str:
    """A division's name without the word for its kind.

    >>> short_name("广西壮族自治区"), short_name("合肥市")
    ('广西', '合肥')
    """
    return _SUFFIX.sub("", name)


@cache
def _by_name() -> dict[str, str]:
    found: dict[str, str] = {}
    ranked = sorted(divisions().values(), key=lambda p: (not p.code.endswith("0000"), not p.code.endswith("00")))
    for entry in (*countries().values(), *ranked):
        for name in (entry.name_zh, short_name(entry.name_zh), entry.name_hant, entry.name_en):
            if name:
                found.setdefault(fold(name), entry.code)
    return found | _OTHER_NAMES


def find_place(text: str) -> str | None:
    """The code that a code (ISO, or 2, 4 or 6 digits) or a name in any script means, or None.

    >>> find_place("安徽"), find_place("Hefei"), find_place("34"), find_place("德国")
    ('340000', '340100', '340000', 'DE')
    """
    wanted = text.strip()
    if wanted.isdigit():
        code = wanted.ljust(6, "0")
        return code if code in divisions() else None
    if wanted.upper() in countries():
        return wanted.upper()
    return _by_name().get(fold(wanted))


@cache
def _cities_by_name() -> dict[tuple[str, str], City]:
    found: dict[tuple[str, str], City] = {}
    for city in cities().values():
        for name in (city.name, city.name_zh):
            if name:
                found.setdefault((fold(name), city.country), city)
    return found


def find_city(name: str, country: str) -> City | None:
    """The city of this name in that country, None when the table has none.

    >>> find_city("munich", "DE").time_zone
    'Europe/Berlin'
    """
    return _cities_by_name().get((fold(name.strip()), country))


def province_of(code: str) -> str:
    """The code of the province that a division lies in."""
    return f"{code[:2]}0000" if code else ""


def distance_km(from_point: tuple[float, float], to_point: tuple[float, float]) -> float:
    """Great-circle distance between two (latitude, longitude) points in degrees (haversine).

    >>> round(distance_km((42.35843, -71.05977), (42.37649, -71.23561)), 2)  # Boston to Waltham
    14.59
    """
    (lat1, lon1), (lat2, lon2) = from_point, to_point
    half = sin(radians(lat2 - lat1) / 2) ** 2
    half += cos(radians(lat1)) * cos(radians(lat2)) * sin(radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(half)))


@cache
def _districts() -> tuple[Place, ...]:
    return tuple(entry for entry in divisions().values() if not entry.code.endswith("0000"))


def nearest_division(latitude: float, longitude: float) -> str:
    """The code of the Chinese district or city whose point is nearest."""

    def squared(entry: Place) -> float:
        assert entry.latitude is not None
        assert entry.longitude is not None
        east = (entry.longitude - longitude) * cos(radians(latitude))
        return (entry.latitude - latitude) ** 2 + east * east

    return min(_districts(), key=squared).code
