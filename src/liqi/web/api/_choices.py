"""What a program chose where only some words fit: refused in the reader's language, with those that fit."""

from collections.abc import Collection

from django.utils.translation import gettext as _

LONGEST_FOUND = 40


def one_of(found: str, choices: Collection[str]) -> str:
    """The word as it came where it is one of these; raises ValueError that names them otherwise."""
    if found not in choices:
        words = _("Found “%(found)s”; expected one of: %(choices)s.")
        raise ValueError(words % {"found": found[:LONGEST_FOUND], "choices": ", ".join(choices)})
    return found


def either(**given: object) -> None:
    """Exactly one of two is given, by the names that programs send them under; raises ValueError otherwise."""
    if sum(map(bool, given.values())) != 1:
        first, second = given
        words = _("Found both or neither of %(first)s and %(second)s; send one of them.")
        raise ValueError(words % {"first": first, "second": second})
