"""Names and Chinese text in the language and script of the page."""

from functools import lru_cache
from typing import Any

from opencc import OpenCC


@lru_cache(maxsize=1)
def _to_traditional() -> OpenCC:
    return OpenCC("s2twp")


@lru_cache(maxsize=20_000)
def _folded(text: str) -> str:
    return str(_to_traditional().convert(text))


def in_script(text: str, language: str | None) -> str:
    """The text, its Chinese in traditional characters with Taiwan's words where the language asks for it."""
    if language != "zh-hant" or text.isascii():
        return text
    return _folded(text)


def name_of(record: Any, language: str | None) -> str:
    """The name to show first: the English one on English pages where it exists, else the Chinese one."""
    if language == "en":
        return str(record.name_en or record.name)
    return in_script(str(record.name), language)


def other_name_of(record: Any, language: str | None) -> str:
    """The name in the other language, blank when it is missing or the same."""
    if record is None:
        return ""
    first = name_of(record, language)
    other = str(record.name if language == "en" else record.name_en)
    return "" if other == first or not record.name_en else other


def label_of(term: Any, language: str | None) -> str:
    """The label of a term that has zh_hans, zh_hant and en."""
    if term is None:
        return ""
    return str({"en": term.en, "zh-hant": term.zh_hant}.get(language or "", term.zh_hans))
