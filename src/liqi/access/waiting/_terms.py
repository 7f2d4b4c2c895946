"""How free time is offered on an instrument, and who may change that."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from liqi.access import belonging
from liqi.access.models import WaitingTerms
from liqi.access.rules import Objection, Refused
from liqi.accounts import journal
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.catalogue.models import Instrument

FIELDS = ("offer_minutes", "lead_minutes", "standby_minutes", "fair_days", "missed_offers")


def terms_of(instruments: Collection[Instrument]) -> dict[int, WaitingTerms]:
    """The terms of each instrument: its own, else its facility's, else those that stand where none are set."""
    mine = Q(instrument__in=[one.pk for one in instruments])
    theirs = Q(facility__in={one.facility_id for one in instruments if one.facility_id is not None})
    rows = list(WaitingTerms.objects.filter(mine | theirs))
    own = {row.instrument_id: row for row in rows if row.instrument_id is not None}
    shared = {row.facility_id: row for row in rows if row.facility_id is not None}
    return {one.pk: own.get(one.pk) or shared.get(one.facility_id or 0) or WaitingTerms() for one in instruments}


def change_terms(*, instrument: Instrument, person: Person, now: datetime, **values: int) -> WaitingTerms:
    """The instrument has these terms of its own from now on; what is not given stays as it was.

    Raises NotAllowed for anybody but its stewards, Refused for a value out of its range.
    """
    require_steward(person, instrument)
    before = terms_of([instrument])[instrument.pk]
    changed = {name: value for name, value in values.items() if name in FIELDS}
    kept = {name: getattr(before, name) for name in FIELDS} | changed
    terms = WaitingTerms(instrument=instrument, updated_at=now, **kept)
    try:
        terms.clean_fields(exclude=["instrument", "facility"])
    except ValidationError as problem:
        raise Refused([_out_of_range(name, kept[name]) for name in problem.message_dict]) from None
    with transaction.atomic():
        terms, _made = WaitingTerms.objects.update_or_create(
            instrument=instrument, defaults={**kept, "updated_at": now}
        )
        journal.write(person=person, verb="waiting terms changed", thing=terms, at=now, **changed)
    return terms


def require_steward(person: Person, instrument: Instrument) -> None:
    """Raise NotAllowed unless the person looks after the instrument."""
    if not belonging.looks_after(person, instrument):
        words = _("Only the stewards of %(instrument)s manage who waits for it; ask one of them.")
        raise NotAllowed(words % {"instrument": called(instrument)})


def _out_of_range(name: str, found: Any) -> Objection:
    words = _("Found %(found)s for %(field)s, expected a whole number within its range; correct it.")
    return Objection(name, words % {"found": found, "field": name.replace("_", " ")}, waivable=False)
