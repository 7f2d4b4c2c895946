"""A problem reported at the instrument: an incident on record, and its stewards are told at once."""

from datetime import datetime

from liqi.access.care import incidents
from liqi.access.care.refusal import NotPossible as Unfit
from liqi.access.metering.terms import NotPossible
from liqi.access.models import Incident
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument

__all__ = ["report"]


def report(*, instrument: Instrument, person: Person, words: str, now: datetime) -> Incident:
    """The incident is on record in the person's words and the stewards know; raises NotPossible."""
    try:
        return incidents.report(instrument=instrument, person=person, words=" ".join(words.split()), now=now)
    except Unfit as problem:
        raise NotPossible(str(problem)) from None
