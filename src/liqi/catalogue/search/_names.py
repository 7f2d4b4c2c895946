"""What a record is called and said to be, as the texts that are searched: one way for the index and for a hit."""

from functools import lru_cache
from typing import Any

from liqi.taxonomy import class_prefix, classes, find_place, place, techniques

Row = dict[str, Any]
TEXT_SHOWN = 400


def owner_names(*owners: Row) -> list[str]:
    """The names of institution and facility."""
    return [name for owner in owners for name in (owner.get("name"), owner.get("name_en")) if name]


@lru_cache(maxsize=2048)
def class_names(code: str) -> tuple[str, ...]:
    """The names of the class and of the middle class above it; the large class would match everything."""
    found = []
    entry = classes().get(code)
    while entry is not None and entry.level > 1:
        found += [entry.label("zh-hans"), entry.label("en"), *entry.aliases]
        entry = classes().get(entry.parent)
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=2048)
def class_codes(code: str) -> tuple[str, ...]:
    """The prefixes that a filter by class may name: 2, 4 and 6 digits."""
    return tuple(dict.fromkeys((code[:2], code[:4], class_prefix(code), code))) if code else ()


@lru_cache(maxsize=4096)
def technique_names(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Labels and abbreviations of the techniques."""
    known = [techniques()[key] for key in keys if key in techniques()]
    return tuple(name for t in known for name in (t.label_en, *t.labels_zh, *t.abbreviations))


@lru_cache(maxsize=20_000)
def place_names(country: str, province: str, city: str) -> tuple[str, ...]:
    """City, province and country in Chinese and English."""
    names: list[str] = []
    for code in division_codes(country, province, city):
        if entry := place(code):
            names += [entry.name_zh, entry.name_en]
    return tuple(name for name in dict.fromkeys((city, *names)) if name)


@lru_cache(maxsize=20_000)
def division_codes(country: str, province: str, city: str) -> tuple[str, ...]:
    """The codes of country, province and city; the city's only if it lies in that province."""
    found = find_place(city) if city and province else None
    inside = found if found and found.isdigit() and found[:2] == province[:2] and found != province else ""
    return tuple(code for code in (country, province, inside) if code)


def texts_of(shown: Row) -> dict[str, list[str]]:
    """The texts of each part, of what a hit shows; a description only as far as it is kept."""
    return {
        "name": [text for text in shown["names"] if text],
        "label": [*shown["makers"], *class_names(shown["class"])],
        "place": [*shown["owners"], *place_names(shown["country"], shown["province"], shown["city"])],
        "text": [shown["text"], *technique_names(tuple(shown["techniques"]))],
    }
