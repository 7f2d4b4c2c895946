"""Names and Chinese text in the language and script of the page."""

from typing import Any

from liqi.taxonomy import to_hant


def in_script(text: str, language: str | None) -> str:
    """The text, its Chinese in traditional characters with Taiwan's words where the language asks for it."""
    return to_hant(text) if language == "zh-hant" else text


def name_of(record: Any, language: str | None) -> str:
    """The name to show first: the English one on English pages where it exists, else the Chinese one."""
    if language == "en":
        return str(record.name_en or record.name)
    return in_script(str(record.name), language)


def title_of(record: Any, language: str | None) -> str:
    """The title of a course or a programme: the English one on English pages where it exists."""
    if language == "en" and record.title_en:
        return str(record.title_en)
    return in_script(str(record.title), language)


def other_name_of(record: Any, language: str | None) -> str:
    """The name in the other language, blank when it is missing or the same."""
    if record is None or not record.name_en or record.name == record.name_en:
        return ""
    return str(record.name if language == "en" else record.name_en)


def label_of(term: Any, language: str | None) -> str:
    """The label of a term of the taxonomy in that language; blank for none."""
    if term is None:
        return ""
    if callable(getattr(term, "label", None)):
        return str(term.label(language or "zh-hans"))
    return str({"en": term.en, "zh-hant": term.zh_hant}.get(language or "", term.zh_hans))
