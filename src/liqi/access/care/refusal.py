"""What cannot be kept about the state of an instrument, and who may keep it."""

from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from liqi.access import belonging
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.catalogue.models import Instrument

__all__ = ["NotAllowed", "NotPossible", "amount", "require_steward", "sentence"]

MOST_AMOUNT = Decimal(10) ** 9


class NotPossible(ValueError):
    """What was given cannot be kept; the message says what was found, expected, and what to do."""


def require_steward(person: Person | None, instrument: Instrument) -> None:
    """Raise NotAllowed unless the person looks after the instrument."""
    if not belonging.looks_after(person, instrument):
        words = _("Only the stewards of %(instrument)s keep its tasks, maintenance and fittings; ask one of them.")
        raise NotAllowed(words % {"instrument": called(instrument)})


def sentence(text: str, most: int) -> str:
    """The words without space around them; raises NotPossible for none or too many."""
    said = text.strip()
    if not 0 < len(said) <= most:
        words = _("Found %(found)d characters; expected 1 to %(most)d. Say it in a sentence.")
        raise NotPossible(words % {"found": len(said), "most": most})
    return said


def amount(text: str | Decimal | None, *, places: int) -> Decimal | None:
    """The number that was typed with at most so many places, None for nothing; never below zero."""
    if text is None or not str(text).strip():
        return None
    try:
        found = Decimal(str(text).strip())
        sound = found.is_finite() and 0 <= found < MOST_AMOUNT and found == round(found, places)
    except InvalidOperation:
        sound = False
    if not sound:
        words = _("Found “%(found)s”; expected a number such as 12.5, not below zero, with at most %(places)d places.")
        raise NotPossible(words % {"found": str(text)[:40], "places": places})
    return found
