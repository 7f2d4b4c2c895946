"""A problem reported at the instrument: its stewards are told at once, and it stands in the instrument's journal."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from liqi.access.agents import stewards_of
from liqi.access.metering.terms import NotPossible
from liqi.accounts import journal, notices
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument

__all__ = ["report"]

LONGEST = 500


def report(*, instrument: Instrument, person: Person, words: str, now: datetime) -> int:
    """The stewards of the instrument know of the problem, in the person's words; how many were told."""
    said = " ".join(words.split())
    if not 0 < len(said) <= LONGEST:
        raise NotPossible(
            _("Found no words, or more than %(most)d characters; say in a sentence what is wrong.") % {"most": LONGEST}
        )
    with transaction.atomic():
        journal.write(person=person, verb="reported a problem", thing=instrument, at=now, words=said)
        told = notices.tell(
            stewards_of(instrument), kind="instrument.trouble", now=now, link=f"/instruments/{instrument.key}/",
            person=str(person), instrument=instrument.name, words=said,
        )  # fmt: skip
    return len(told)
