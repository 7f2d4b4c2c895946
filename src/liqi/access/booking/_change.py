"""A booking is moved, made longer or shorter, cancelled, and taken back."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from liqi.access import belonging, rules
from liqi.access.booking._asking import (
    Asking,
    Wanted,
    require_hand,
    require_live,
    require_override,
    require_unused,
)
from liqi.access.booking._freed import freed
from liqi.access.booking._lock import exactly
from liqi.access.booking._make import state_of
from liqi.access.booking._round import Round, request_of
from liqi.access.booking._taken import SlotTaken
from liqi.access.booking._told import tell_owners, tell_stewards
from liqi.access.models import Booking, Series
from liqi.access.opening import utc
from liqi.access.positions import Place
from liqi.access.rules import Objection, Refused, budget, clock
from liqi.accounts import journal
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument

AGED = frozenset({"past", "short_notice", "too_far_ahead"})
"""What the booking kept when it was made, and what time alone changes."""


def move(
    *,
    booking: Booking,
    person: Person,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    instrument: Instrument | None = None,
    family: str | None = None,
    waive: Collection[str] = (),
    reason: str = "",
) -> Booking:
    """The booking holds [starts_at, ends_at) instead, on its instrument or on another; the rules are asked as for a
    new one. Refused as "changed" when somebody changed it since ``booking`` was read, so no change is lost.
    """
    target = instrument or booking.instrument
    wanted = Wanted(target, starts_at, ends_at, booking.family if family is None else family)
    require_hand(booking, person)
    if target.pk != booking.instrument_id and booking.person_id != person.pk:
        Asking(booking.person, now, made_by=person).require(target)
    require_override(person, target, waive, reason)
    asking = asking_of(booking, person, now, waive, reason)

    def write() -> Booking:
        found = fresh(booking)
        if _is_as(found, wanted) and found.is_live:
            return found
        require_unused(found, now)
        require_live(found)
        require_unchanged(found, booking)
        put(found, wanted, asking)
        tell_moved([found], asking)
        return found

    found = exactly(
        write, instruments=_both(booking.instrument, target), people=[booking.person],
        taken=lambda: SlotTaken(request_of(wanted, asking), wanted.family),
    )  # fmt: skip
    return copied(found, booking)


def resize(
    *,
    booking: Booking,
    person: Person,
    now: datetime,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    waive: Collection[str] = (),
    reason: str = "",
) -> Booking:
    """The booking starts or ends at another time; the rules are asked as for a new one."""
    return move(
        booking=booking, person=person, starts_at=starts_at or booking.starts_at, ends_at=ends_at or booking.ends_at,
        now=now, waive=waive, reason=reason,
    )  # fmt: skip


def cancel(*, booking: Booking, person: Person, now: datetime) -> Booking:
    """The booking holds its instrument no longer; cancelling it again changes nothing."""
    require_hand(booking, person)

    def write() -> Booking:
        found = fresh(booking)
        require_unused(found, now)
        if found.is_live:
            require_in_time(found, person, now)
            drop(found, person=person, now=now)
            tell_cancelled([found], person=person, now=now)
        return found

    return copied(exactly(write, instruments=[booking.instrument], people=[booking.person]), booking)


def restore(*, booking: Booking, person: Person, now: datetime) -> Booking:
    """A cancelled booking holds its instrument again, if nobody took it and the rules still allow it."""
    require_hand(booking, person)

    def write() -> Booking:
        found = fresh(booking)
        require_unused(found, now)
        if found.is_live:
            return found
        if found.state != Booking.State.CANCELLED:
            require_live(found)
        return revive(found, person=person, now=now)

    return copied(
        exactly(
            write, instruments=[booking.instrument], people=[booking.person],
            taken=lambda: SlotTaken(request_of(place_of(booking), asking_of(booking, person, now)), booking.family),
        ),
        booking,
    )  # fmt: skip


def put(
    booking: Booking,
    wanted: Wanted,
    asking: Asking,
    *,
    asked: Round | None = None,
    chosen: Place | None = None,
    series: Series | None = None,
    verb: str = "moved",
) -> Booking:
    """The booking, read inside ``exactly``, is at the wanted place; the rules are asked where none is chosen yet.

    Whoever calls it tells the people, once for all that it puts.
    """
    asked = asked or Round(asking, [wanted], but=booking)
    if chosen is None:
        chosen = asked.find(wanted, rather=booking.position if wanted.instrument.pk == booking.instrument_id else None)
    state, expires_at = state_of(wanted, asking, asked.of(wanted))
    facts: dict[str, Any] = {
        "from_start": booking.starts_at.isoformat(),
        "from_end": booking.ends_at.isoformat(),
        "starts_at": wanted.starts_at.isoformat(),
        "ends_at": wanted.ends_at.isoformat(),
        "waived": sorted(asking.waive),
    }
    if wanted.instrument.pk != booking.instrument_id:
        facts |= {"from_instrument": booking.instrument.key, "instrument": wanted.instrument.key}
    if asking.waive:
        booking.reason = facts["reason"] = asking.reason.strip()
    if series is not None:
        booking.series, booking.occurrence_at = series, wanted.occurrence_at
    booking.instrument, booking.starts_at, booking.ends_at = wanted.instrument, wanted.starts_at, wanted.ends_at
    booking.position, booking.held_from, booking.held_until = chosen.position, chosen.held_from, chosen.held_until
    booking.state, booking.expires_at, booking.family = state, expires_at, wanted.family
    if state == Booking.State.REQUESTED:
        booking.decided_by, booking.decided_at, booking.decision = None, None, ""
    booking.save(
        update_fields=[
            "instrument", "starts_at", "ends_at", "position", "held_from", "held_until", "state", "expires_at",
            "family", "reason", "series", "occurrence_at", "decided_by", "decided_at", "decision", "cancelled_at",
        ]
    )  # fmt: skip
    journal.write(person=asking.actor, verb=verb, thing=booking, at=asking.now, **facts)
    budget.follow(booking, now=asking.now)
    if verb == "moved":
        freed(booking.instrument, now=asking.now)
    return booking


def tell_moved(bookings: Sequence[Booking], asking: Asking) -> None:
    """Whoever has to hear of it reads in one notice which bookings one act moved."""
    tell_stewards(bookings, now=asking.now)
    tell_owners(bookings, actor=asking.actor, kind="booking.moved", now=asking.now)


def tell_cancelled(bookings: Sequence[Booking], *, person: Person, now: datetime) -> None:
    """Owners read in one notice which of their bookings this person cancelled."""
    tell_owners(bookings, actor=person, kind="booking.cancelled", now=now)


def drop(booking: Booking, *, person: Person, now: datetime) -> None:
    """The booking, read inside ``exactly``, is cancelled; whoever calls it tells the owners, once for all."""
    booking.state, booking.cancelled_at = Booking.State.CANCELLED, now
    booking.save(update_fields=["state", "cancelled_at"])
    journal.write(person=person, verb="cancelled", thing=booking, at=now)
    budget.follow(booking, now=now)
    freed(booking.instrument, now=now)


def require_in_time(booking: Booking, person: Person, now: datetime) -> None:
    """Raise Refused when it is too late to give the booking back; its stewards may at any time."""
    request = request_of(place_of(booking), asking_of(booking, person, now), but=booking)
    against = rules.to_giving_back(request)
    if against and not belonging.looks_after(person, booking.instrument):
        raise Refused(against)


def revive(booking: Booking, *, person: Person, now: datetime) -> Booking:
    """The cancelled booking, read inside ``exactly``, holds its instrument again."""
    wanted = place_of(booking)
    asking = asking_of(booking, person, now, kept=AGED | _passed(booking))
    asked = Round(asking, [wanted], but=booking)
    chosen = asked.find(wanted, rather=booking.position)
    state, expires_at = state_of(wanted, asking, asked.of(wanted))
    if booking.decided_by_id is not None:  # a steward said yes to this place
        state, expires_at = Booking.State.CONFIRMED, None
    booking.state, booking.expires_at, booking.cancelled_at = state, expires_at, None
    booking.position, booking.held_from, booking.held_until = chosen.position, chosen.held_from, chosen.held_until
    booking.save(update_fields=["state", "expires_at", "cancelled_at", "position", "held_from", "held_until"])
    journal.write(person=person, verb="restored", thing=booking, at=now)
    budget.follow(booking, now=now)
    return booking


def asking_of(
    booking: Booking, person: Person, now: datetime, waive: Collection[str] = (), reason: str = "",
    kept: Collection[str] = (),
) -> Asking:  # fmt: skip
    """What is asked when this person changes the booking: the rules of its owner, but for those ``kept`` before."""
    return Asking(
        person=booking.person, now=utc(now), organisation=booking.organisation, order=booking.order, made_by=person,
        waive=frozenset(waive), reason=reason, kept=frozenset(kept), settled=True,
    )  # fmt: skip


def fresh(booking: Booking) -> Booking:
    """The booking as it stands now, its row locked; call it inside ``exactly``."""
    found = Booking.objects.select_for_update(of=("self",)).get(pk=booking.pk)
    for name in ("instrument", "person", "order", "organisation"):
        known: Any = Booking._meta.get_field(name)
        if known.is_cached(booking) and getattr(found, f"{name}_id") == getattr(booking, f"{name}_id"):
            setattr(found, name, getattr(booking, name))
    return found


def copied(now: Booking, booking: Booking) -> Booking:
    """The booking that was handed in, with what is on record now."""
    for field in Booking._meta.concrete_fields:
        setattr(booking, field.attname, getattr(now, field.attname))
    return booking


def require_unchanged(now: Booking, seen: Booking) -> None:
    """Raise Refused when somebody else changed the booking since it was read."""
    facts = ("instrument_id", "starts_at", "ends_at")
    if any(getattr(now, name) != getattr(seen, name) for name in facts):
        words = _("This booking was moved to %(start)s in the meantime; look at it again and change it then.")
        said = words % {"start": clock(now.starts_at, now.instrument, now.person)}
        raise Refused([Objection("changed", said, waivable=False)])


def place_of(booking: Booking) -> Wanted:
    """The place it has."""
    return Wanted(booking.instrument, booking.starts_at, booking.ends_at, booking.family, booking.occurrence_at)


def _is_as(booking: Booking, wanted: Wanted) -> bool:
    mine = (booking.instrument_id, booking.starts_at, booking.ends_at, booking.family)
    return mine == (wanted.instrument.pk, wanted.starts_at, wanted.ends_at, wanted.family)


def _both(one: Instrument, other: Instrument) -> list[Instrument]:
    return [one] if one.pk == other.pk else [one, other]


def _passed(booking: Booking) -> frozenset[str]:
    """The rules that a steward waived when the booking got its place."""
    if not booking.reason:
        return frozenset()
    lines = [line for line in journal.read(booking) if line.facts.get("waived")]
    return frozenset(lines[0].facts["waived"]) if lines else frozenset()
