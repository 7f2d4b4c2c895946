"""How the sessions of an instrument are counted and ended, as its stewards set it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from liqi.access import belonging
from liqi.access.models import MeteringTerms
from liqi.accounts import journal
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.catalogue.models import Instrument

__all__ = ["FIELDS", "NotPossible", "change", "of", "of_many", "require_steward"]

FIELDS = ("startup", "post", "idle_after", "forgotten_after")
"""The lengths that can be set."""
LEAST = {"startup": 0, "post": 0, "idle_after": 1, "forgotten_after": 5}
MOST_MINUTES = 7 * 24 * 60


class NotPossible(ValueError):
    """What was given cannot be kept; the message says what was found, expected, and what to do."""


def of(instrument: Instrument) -> MeteringTerms:
    """The terms of the instrument, the defaults where none were set."""
    return MeteringTerms.objects.filter(instrument=instrument).first() or MeteringTerms(instrument=instrument)


def of_many(instruments: Iterable[int]) -> dict[int, MeteringTerms]:
    """The terms that were set, by instrument; one query."""
    return {terms.instrument_id: terms for terms in MeteringTerms.objects.filter(instrument__in=list(instruments))}


def change(
    *, instrument: Instrument, person: Person, now: datetime, walk_up: bool, minutes: dict[str, int]
) -> MeteringTerms:
    """The terms are those given, lengths in minutes by the names of FIELDS; raises NotPossible, NotAllowed."""
    require_steward(person, instrument)
    for name in FIELDS:
        if not LEAST[name] <= minutes[name] <= MOST_MINUTES:
            words = _("Found %(found)d minutes, expected %(least)d to %(most)d; change the length.")
            raise NotPossible(words % {"found": minutes[name], "least": LEAST[name], "most": MOST_MINUTES})
    lengths = {name: timedelta(minutes=minutes[name]) for name in FIELDS}
    with transaction.atomic():
        terms, _made = MeteringTerms.objects.update_or_create(
            instrument=instrument, defaults=lengths | {"walk_up": walk_up}
        )
        journal.write(
            person=person, verb="set metering terms", thing=instrument, at=now, walk_up=walk_up,
            **{f"{name}_minutes": minutes[name] for name in FIELDS},
        )  # fmt: skip
    return terms


def require_steward(person: Person | None, instrument: Instrument) -> None:
    """Raise NotAllowed unless the person looks after the instrument."""
    if not belonging.looks_after(person, instrument):
        words = _("Only the stewards of %(instrument)s and the platform's operators may do this; ask one of them.")
        raise NotAllowed(words % {"instrument": called(instrument)})
