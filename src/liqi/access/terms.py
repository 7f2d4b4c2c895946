"""Booking terms: how many can use an instrument at once, what lies between two bookings, who is asked first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from liqi.access import belonging
from liqi.access.models import BookingTerms, Steward
from liqi.access.opening import Period
from liqi.accounts import journal
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Organisation, Person
from liqi.accounts.naming import called
from liqi.catalogue.models import Facility, Instrument

__all__ = ["BadTerms", "Terms", "change", "of", "of_many", "stored"]

MINUTE = timedelta(minutes=1)
MOST_FAMILIES = 30
FIELDS = ("positions", "before_minutes", "after_minutes", "families", "setup_minutes", "approval", "approval_hours")


class BadTerms(ValueError):
    """The terms cannot be taken; ``wrong`` says by field what was found and what was expected."""

    def __init__(self, wrong: dict[str, str]) -> None:
        super().__init__(" ".join(wrong.values()))
        self.wrong = wrong


@dataclass(frozen=True)
class Terms:
    """The terms that hold for one instrument; as they stand here where nobody set any."""

    positions: int = 1
    before: timedelta = timedelta(0)
    after: timedelta = timedelta(0)
    families: tuple[str, ...] = ()
    setup: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    approval: str = BookingTerms.Approval.NEVER
    approval_time: timedelta = timedelta(hours=48)

    def held(self, starts_at: datetime, ends_at: datetime) -> Period:
        """The period with its buffers: what nobody else can have."""
        return starts_at - self.before, ends_at + self.after

    def setup_time(self, first: str, then: str) -> timedelta:
        """What lies at least between the end of one family and the start of another.

        A booking that names no family may be any of them, so it takes the longest.
        """
        if not self.setup:
            return timedelta(0)
        rows = [self.setup.get(first, {})] if first else list(self.setup.values())
        return MINUTE * max((row.get(then, 0) if then else max(row.values(), default=0) for row in rows), default=0)

    @property
    def longest_setup(self) -> timedelta:
        """The longest time between any two families."""
        return MINUTE * max((minutes for row in self.setup.values() for minutes in row.values()), default=0)

    def needs_approval(self, instrument: Instrument, organisation: Organisation | None) -> bool:
        """Whether a steward has to say yes to a booking for this organisation."""
        if self.approval == BookingTerms.Approval.OUTSIDE:
            return belonging.is_outside(organisation, instrument.institution)
        return self.approval == BookingTerms.Approval.ALWAYS

    def in_words(self) -> list[str]:
        """The terms, one sentence each; nothing where everything is as usual."""
        said = []
        if self.positions > 1:
            said.append(_("%(count)d can use it at once.") % {"count": self.positions})
        if self.before or self.after:
            words = _("%(before)d min before and %(after)d min after each booking are kept free.")
            said.append(words % {"before": self.before // MINUTE, "after": self.after // MINUTE})
        if self.longest_setup:
            words = _("Between two set-ups up to %(minutes)d min lie.")
            said.append(words % {"minutes": self.longest_setup // MINUTE})
        if self.approval == BookingTerms.Approval.ALWAYS:
            said.append(_("A steward answers each booking first; the time is held until then."))
        elif self.approval == BookingTerms.Approval.OUTSIDE:
            said.append(_("A steward answers bookings from outside first; the time is held until then."))
        return said


def of(instrument: Instrument) -> Terms:
    """The terms of the instrument: its own, else its facility's, else the usual ones; one query."""
    place = Q(instrument=instrument.pk)
    if instrument.facility_id is not None:
        place |= Q(facility=instrument.facility_id)
    row = BookingTerms.objects.filter(place).order_by(F("instrument").asc(nulls_last=True)).first()
    return _read(row) if row else Terms()


def of_many(instruments: Iterable[Instrument]) -> dict[int, Terms]:
    """The terms of each instrument by its id; one query."""
    asked = list(instruments)
    facilities = {instrument.facility_id for instrument in asked if instrument.facility_id}
    rows = list(BookingTerms.objects.filter(Q(instrument__in=asked) | Q(facility__in=facilities)))
    own = {row.instrument_id: _read(row) for row in rows if row.instrument_id}
    shared = {row.facility_id: _read(row) for row in rows if row.facility_id}
    usual = Terms()
    return {one.pk: own.get(one.pk) or shared.get(one.facility_id or 0, usual) for one in asked}


def stored(thing: Instrument | Facility) -> BookingTerms | None:
    """The row that was set for exactly this instrument or facility."""
    return BookingTerms.objects.filter(**_place(thing)).first()


def change(thing: Instrument | Facility, *, person: Person, now: datetime, **fields: Any) -> BookingTerms:
    """The terms of the instrument, or of every instrument of the facility without its own, are these.

    Bookings that stand keep what they hold. Raises BadTerms, NotAllowed; after either nothing is changed.
    """
    _require_hand(thing, person)
    unknown = fields.keys() - set(FIELDS)
    if unknown:
        raise TypeError(f"terms have no {', '.join(sorted(unknown))}")
    with transaction.atomic():
        row = stored(thing) or BookingTerms(**_place(thing))
        before = {name: getattr(row, name) for name in FIELDS}
        for name, value in fields.items():
            setattr(row, name, value)
        row.updated_at = now
        _check(row)
        row.save()
        changed = {name: [before[name], getattr(row, name)] for name in FIELDS if before[name] != getattr(row, name)}
        journal.write(person=person, verb="set booking terms", thing=thing, at=now, changed=changed)
    return row


def _place(thing: Instrument | Facility) -> dict[str, Any]:
    return {"instrument": thing} if isinstance(thing, Instrument) else {"facility": thing}


def _require_hand(thing: Instrument | Facility, person: Person) -> None:
    if isinstance(thing, Instrument):
        allowed = belonging.looks_after(person, thing)
    else:
        allowed = person.is_operator or Steward.objects.filter(person=person, facility=thing).exists()
    if not allowed:
        words = _("Only a steward of %(thing)s may set its booking terms; ask one.")
        raise NotAllowed(words % {"thing": called(thing)})


def _check(row: BookingTerms) -> None:
    wrong: dict[str, str] = {}
    try:
        row.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as problem:
        wrong |= {name: " ".join(said) for name, said in problem.message_dict.items()}
    if words := _wrong_families(row.families):
        wrong["families"] = words
    elif words := _wrong_setup(row.setup_minutes, row.families):
        wrong["setup_minutes"] = words
    if wrong:
        raise BadTerms(wrong)


def _wrong_families(families: Any) -> str:
    if not isinstance(families, list) or not all(isinstance(name, str) and 0 < len(name) <= 40 for name in families):
        return _("Expected a list of families with names of at most 40 letters; shorten or name each.")
    if len(set(families)) < len(families):
        return _("Found a family twice; give each a name of its own.")
    if len(families) > MOST_FAMILIES:
        words = _("Found %(count)d families, expected at most %(most)d; put some together.")
        return words % {"count": len(families), "most": MOST_FAMILIES}
    return ""


def _wrong_setup(setup: Any, families: list[str]) -> str:
    words = _("Expected whole minutes from 0 to 1440 from one family to another; correct “%(found)s”.")
    if not isinstance(setup, dict):
        return words % {"found": setup}
    for first, row in setup.items():
        if first not in families or not isinstance(row, dict):
            return words % {"found": first}
        for then, minutes in row.items():
            if then not in families or type(minutes) is not int or not 0 <= minutes <= 1440:
                return words % {"found": f"{first} → {then}: {minutes}"}
    return ""


def _read(row: BookingTerms) -> Terms:
    return Terms(
        positions=row.positions,
        before=MINUTE * row.before_minutes,
        after=MINUTE * row.after_minutes,
        families=tuple(row.families),
        setup=row.setup_minutes,
        approval=row.approval,
        approval_time=timedelta(hours=row.approval_hours),
    )
