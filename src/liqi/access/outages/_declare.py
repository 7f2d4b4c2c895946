"""An outage is declared, changed, ended, or taken back as if it had never been."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from liqi.access import belonging, terms
from liqi.access.booking import queue
from liqi.access.models import ControlChart, MaintenanceWindow, Outage
from liqi.access.opening import utc
from liqi.access.outages import _struck
from liqi.access.rules import Objection, Refused, clock
from liqi.accounts import journal
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.catalogue import search
from liqi.catalogue.models import Instrument, InstrumentStatus

__all__ = ["NotAllowed", "Refused", "declare", "end", "reschedule", "withdraw"]

Kind = Outage.Kind


def declare(
    *,
    instrument: Instrument,
    person: Person | None,
    starts_at: datetime,
    ends_at: datetime | None,
    words: str,
    now: datetime,
    kind: str = Kind.BREAKDOWN,
    position: int | None = None,
    window: MaintenanceWindow | None = None,
) -> Outage:
    """The instrument cannot be booked in [starts_at, ends_at), and everybody whose booking it strikes is told.

    With ``position`` only that one of its places, counted from 0, is out.
    Without an end it lasts until `end` is called; a breakdown then puts the whole instrument out of order.
    Raises NotAllowed, Refused; after either nothing is changed. ``person`` is empty where a window makes its outages.
    """
    if person is not None:
        require_steward(person, instrument)
    starts_at, ends_at = utc(starts_at), utc(ends_at) if ends_at else None
    _require_sense(starts_at, ends_at, words, now, instrument)
    if position is not None:
        _require_place(instrument, position)
    with transaction.atomic():
        queue(instrument)
        outage = Outage.objects.create(
            instrument=instrument, position=position, window=window, kind=kind, words=words.strip()[:300],
            starts_at=starts_at, ends_at=ends_at, person=person, created_at=now,
        )  # fmt: skip
        _put_down(outage, now)
        journal.write(
            person=person, verb="declared", thing=outage, at=now, instrument=instrument.key, words=outage.words,
            kind=kind, starts_at=starts_at.isoformat(), ends_at=ends_at.isoformat() if ends_at else None,
            place=None if position is None else position + 1,
        )  # fmt: skip
        _struck.strike(outage, now=now)
    return outage


def reschedule(
    *, outage: Outage, person: Person, starts_at: datetime, ends_at: datetime | None, now: datetime, words: str = ""
) -> Outage:
    """The outage lasts from and until another time; those whom it strikes now are told, the others spared."""
    require_steward(person, outage.instrument)
    starts_at, ends_at = utc(starts_at), utc(ends_at) if ends_at else None
    with transaction.atomic():
        found = _locked(outage)
        _require_sense(starts_at, ends_at, words or found.words, now, found.instrument, again=True)
        before = (found.starts_at, found.ends_at)
        found.starts_at, found.ends_at = starts_at, ends_at
        found.words = words.strip()[:300] or found.words
        found.save(update_fields=["starts_at", "ends_at", "words"])
        (_put_down if ends_at is None else _put_up)(found, now)
        journal.write(
            person=person, verb="rescheduled", thing=found, at=now, words=found.words,
            from_start=before[0].isoformat(), from_end=before[1].isoformat() if before[1] else None,
            starts_at=starts_at.isoformat(), ends_at=ends_at.isoformat() if ends_at else None,
        )  # fmt: skip
        _struck.spare(found, now=now)
        _struck.strike(found, now=now)
    return found


def end(*, outage: Outage, person: Person, now: datetime) -> Outage:
    """The outage is over now: bookings that it would have struck are spared, free time is there again.

    Ending it again changes nothing. One that has not begun is withdrawn.
    """
    require_steward(person, outage.instrument)
    if outage.starts_at >= now:
        return withdraw(outage=outage, person=person, now=now)
    with transaction.atomic():
        found = _locked(outage)
        if found.ends_at is not None and found.ends_at <= now:
            return found
        found.ends_at = now
        found.save(update_fields=["ends_at"])
        _put_up(found, now)
        journal.write(person=person, verb="ended", thing=found, at=now)
        _struck.spare(found, now=now)
    return found


def withdraw(*, outage: Outage, person: Person, now: datetime) -> Outage:
    """The outage does not stand: nothing is kept from being booked, and those who were told of it hear so."""
    require_steward(person, outage.instrument)
    with transaction.atomic():
        found = _locked(outage)
        if found.withdrawn_at is not None:
            return found
        found.withdrawn_at = now
        found.save(update_fields=["withdrawn_at"])
        _put_up(found, now)
        journal.write(person=person, verb="withdrew", thing=found, at=now)
        _struck.spare(found, now=now)
    return found


def require_steward(person: Person, instrument: Instrument) -> None:
    """Raise NotAllowed unless the person looks after the instrument."""
    if not belonging.looks_after(person, instrument):
        words = _("Only a steward of %(instrument)s may say when it is out of use; report a problem to them instead.")
        raise NotAllowed(words % {"instrument": called(instrument)})


def _locked(outage: Outage) -> Outage:
    """The outage as it stands, while nobody else books the instrument; one that a control chart holds stays."""
    queue(outage.instrument)
    if (chart := ControlChart.objects.filter(outage=outage).first()) is not None:
        said = _("The check standard “%(name)s” is out of its limits; release it on its control chart, with a reason.")
        raise Refused([Objection("control", said % {"name": chart.name}, waivable=False)])
    found = Outage.objects.select_for_update(of=("self",)).get(pk=outage.pk)
    found.instrument = Instrument.everything.get(pk=outage.instrument_id)
    return found


def _require_sense(
    starts_at: datetime, ends_at: datetime | None, words: str, now: datetime, instrument: Instrument,
    *, again: bool = False,
) -> None:  # fmt: skip
    wrong = []
    if not words.strip():
        said = _("An outage without words; say what is wrong or what is done, for everybody to read.")
        wrong.append(Objection("words", said, waivable=False))
    if ends_at is not None and ends_at <= starts_at:
        said = _("The outage would end at %(end)s, before it starts at %(start)s; give a later end.")
        facts = {"end": clock(ends_at, instrument), "start": clock(starts_at, instrument)}
        wrong.append(Objection("end", said % facts, waivable=False))
    elif ends_at is not None and ends_at <= now and not again:
        said = _("The outage would have ended at %(end)s, which is over; give an end that is still to come.")
        wrong.append(Objection("over", said % {"end": clock(ends_at, instrument)}, waivable=False))
    if wrong:
        raise Refused(wrong)


def _require_place(instrument: Instrument, position: int) -> None:
    most = terms.of(instrument).positions
    if not 0 <= position < most:
        said = _("Found place %(found)s; %(instrument)s has the places 1 to %(most)s.")
        facts = {"found": position + 1, "instrument": called(instrument), "most": most}
        raise Refused([Objection("place", said % facts, waivable=False)])


def _put_down(outage: Outage, now: datetime) -> None:
    """A breakdown of the whole instrument without an end shows in the catalogue; before one, later time is booked."""
    instrument = outage.instrument
    lasting = outage.starts_at <= now and outage.ends_at is None
    if outage.kind != Kind.BREAKDOWN or outage.position is not None or not lasting:
        return
    if instrument.status in (InstrumentStatus.DOWN, InstrumentStatus.RETIRED):
        return
    outage.status_before = instrument.status
    outage.save(update_fields=["status_before"])
    _set_status(instrument, InstrumentStatus.DOWN, now)


def _put_up(outage: Outage, now: datetime) -> None:
    """The instrument has the state from before the breakdown, unless another one keeps it out of order."""
    if not outage.status_before:
        return
    others = Outage.objects.standing().filter(instrument=outage.instrument, kind=Kind.BREAKDOWN, position=None)
    going_on = others.exclude(pk=outage.pk).filter(starts_at__lte=now, ends_at=None).order_by("pk").first()
    if going_on is not None:
        Outage.objects.filter(pk=going_on.pk).update(status_before=outage.status_before)
    elif outage.instrument.status == InstrumentStatus.DOWN:
        _set_status(outage.instrument, outage.status_before, now)
    outage.status_before = ""
    outage.save(update_fields=["status_before"])


def _set_status(instrument: Instrument, status: str, now: datetime) -> None:
    instrument.status, instrument.updated_at = status, now
    Instrument.objects.filter(pk=instrument.pk).update(status=status, updated_at=now)
    search.note("instrument", [instrument.key])
