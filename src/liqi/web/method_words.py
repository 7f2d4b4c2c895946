"""What methods refuse, said in the reader's language: they say it in English, and so it is kept."""

from django.utils.translation import get_language

from liqi.methods.phrases import refusal, refusal_phrase

__all__ = ["part", "refused"]


def refused(problem: BaseException | str) -> str:
    """The sentence of a refusal in the language of the page; what is no refusal of a method stays as it is."""
    return refusal(problem).of(get_language() or "en")


def part(words: str) -> str:
    """What was found or expected, in the language of the page; names and numbers as they are."""
    told = refusal_phrase(words)
    return told.of(get_language() or "en") if told else words
