"""What a thing is called in the reader's language: sentences name instruments and groups as the pages do."""

from typing import Any

from django.utils.translation import get_language

from liqi.taxonomy import to_hant


def called(thing: Any) -> str:
    """The English name or title for who reads English, where there is one; else its own, in the reader's script."""
    language = get_language()
    if isinstance(thing, str):
        return to_hant(thing) if language == "zh-hant" else thing
    own = str(getattr(thing, "name", "") or getattr(thing, "title", "") or thing)
    if language == "en":
        return str(getattr(thing, "name_en", "") or getattr(thing, "title_en", "") or own)
    return to_hant(own) if language == "zh-hant" else own
