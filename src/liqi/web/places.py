"""Where a record is, in words."""

from typing import Any

from liqi.taxonomy import place_in_words


def of(record: Any, language: str) -> str:
    """City, province and country as far as they are on record, each once, in the order of the language."""
    return place_in_words(record.country, record.province, record.city, language)
