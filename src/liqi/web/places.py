"""Where a record is, in words."""

from typing import Any

from liqi import taxonomy
from liqi.web import scripts


def of(record: Any, language: str) -> str:
    """City, province and country as far as they are on record, each once, in the order of the language."""
    codes = [record.country, record.province]
    if record.country == "CN" and record.province and language != "en":
        codes = [record.province]
    said: list[str] = []
    for label in (taxonomy.place_label(code, language) for code in codes if code):
        if not any(taxonomy.short_name(taxonomy.fold(label)) in taxonomy.fold(before) for before in said):
            said.append(label)
    city = _city(record.city, language)
    short = [taxonomy.short_name(part) for part in said]
    if city and taxonomy.short_name(city) not in short:
        said.append(city)
    return ", ".join(reversed(said)) if language == "en" else " ".join(said)


def _city(name: str, language: str) -> str:
    """The city's name in the language where the divisions of China know it, else as it is on record."""
    code = taxonomy.find_place(name) if name and not name.isascii() else None
    return taxonomy.place_label(code, language) if code else scripts.in_script(name, language)
