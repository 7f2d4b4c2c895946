"""Swap: two bookings change places, when both people agree or a steward does it."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liqi.access import belonging
from liqi.access.booking import (
    Refused,
    Round,
    SlotTaken,
    Wanted,
    asking_of,
    copied,
    exactly,
    fresh,
    place_of,
    put,
    request_of,
    require_live,
    require_unused,
    tell_stewards,
)
from liqi.access.models import Booking, Swap
from liqi.access.rules import Objection
from liqi.accounts import journal, notices
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.accounts.naming import called

__all__ = ["accept", "decline", "propose", "swap", "withdraw"]


def propose(*, given: Booking, wanted: Booking, person: Person, now: datetime, words: str = "") -> Swap:
    """The owner of ``wanted`` is asked to change places with ``given``; proposing it again gives the same proposal.

    Raises NotAllowed, Refused; nothing is held or changed before the other agrees.
    """
    if given.person_id != person.pk:
        raise NotAllowed(_("This booking is %(owner)s's; offer one of your own.") % {"owner": given.person})
    _require_two(given, wanted)
    for each in (given, wanted):
        _require_fit(each, now)
    if open_one := Swap.objects.open().filter(given=given, wanted=wanted).first():
        return open_one
    try:
        with transaction.atomic():
            made = Swap.objects.create(
                given=given, wanted=wanted, words=words.strip(), seen=[_seen(given), _seen(wanted)],
                proposed_by=person, created_at=now,
            )  # fmt: skip
            journal.write(person=person, verb="proposed swap", thing=made, at=now, given=given.pk, wanted=wanted.pk)
            _tell(wanted, "swap.proposed", person, now)
    except IntegrityError:
        return Swap.objects.open().get(given=given, wanted=wanted)
    return made


def accept(*, proposal: Swap, person: Person, now: datetime) -> Swap:
    """The two bookings have changed places; accepting again changes nothing. Raises Refused, SlotTaken, NotAllowed."""
    wanted = proposal.wanted
    if wanted.person_id != person.pk and not belonging.looks_after(person, wanted.instrument):
        raise NotAllowed(_("Only %(owner)s can answer this proposal.") % {"owner": wanted.person})

    def write() -> None:
        found = Swap.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
        if found.state == Swap.State.DONE:
            return
        _require_open(found)
        pair = fresh(proposal.given), fresh(wanted)
        if [_seen(each) for each in pair] != found.seen:
            words = _("One of the two bookings was moved since; propose the swap again.")
            raise Refused([Objection("changed", words, waivable=False)])
        _exchange(*pair, person, now)
        _close(found, Swap.State.DONE, person, now)

    _in_turn(write, proposal.given, wanted, person, now)
    proposal.refresh_from_db()
    return proposal


def swap(*, one: Booking, other: Booking, person: Person, now: datetime) -> tuple[Booking, Booking]:
    """A steward of both instruments has two bookings change places; the rules are asked for each person."""
    for each in (one, other):
        if not belonging.looks_after(person, each.instrument):
            words = _("Only a steward of %(instrument)s may swap its bookings; propose the swap to its owner instead.")
            raise NotAllowed(words % {"instrument": called(each.instrument)})
    _require_two(one, other)
    pair: list[Booking] = []

    def write() -> None:
        found = fresh(one), fresh(other)
        if [_seen(each) for each in found] == [_seen(other), _seen(one)]:
            return  # the same request was faster on another way
        if [_seen(each) for each in found] != [_seen(one), _seen(other)]:
            words = _("One of the two bookings was moved in the meantime; look at them again.")
            raise Refused([Objection("changed", words, waivable=False)])
        _exchange(*found, person, now)
        pair.extend(found)

    _in_turn(write, one, other, person, now)
    if pair:
        return copied(pair[0], one), copied(pair[1], other)
    one.refresh_from_db()
    other.refresh_from_db()
    return one, other


def decline(*, proposal: Swap, person: Person, now: datetime) -> Swap:
    """The proposal is declined, and whoever made it is told; declining again changes nothing."""
    if proposal.wanted.person_id != person.pk:
        raise NotAllowed(_("Only %(owner)s can answer this proposal.") % {"owner": proposal.wanted.person})
    return _closed(proposal, Swap.State.DECLINED, person, now)


def withdraw(*, proposal: Swap, person: Person, now: datetime) -> Swap:
    """The proposal is taken back by whoever made it; again changes nothing."""
    if proposal.proposed_by_id != person.pk:
        raise NotAllowed(_("Only %(person)s can take this proposal back.") % {"person": proposal.proposed_by})
    return _closed(proposal, Swap.State.WITHDRAWN, person, now)


def _in_turn(write: Any, one: Booking, other: Booking, person: Person, now: datetime) -> None:
    exactly(
        write, instruments=[one.instrument, other.instrument], people=[one.person, other.person],
        taken=lambda: SlotTaken(request_of(place_of(other), asking_of(one, person, now))),
    )  # fmt: skip


def _exchange(one: Booking, other: Booking, person: Person, now: datetime) -> None:
    """Both let go, then each takes the other's place: its instrument and period, under the rules for its person."""
    for each in (one, other):
        _require_fit(each, now)
    places = place_of(one), place_of(other)
    Booking.objects.filter(pk__in=[one.pk, other.pk]).update(state=Booking.State.CANCELLED)
    for each, place in ((one, places[1]), (other, places[0])):
        asking = asking_of(each, person, now)
        wanted = Wanted(place.instrument, place.starts_at, place.ends_at, _family(each, place), each.occurrence_at)
        asked = Round(asking, [wanted], but=each)
        put(each, wanted, asking, asked=asked, chosen=asked.find(wanted), verb="swapped")
        tell_stewards([each], now=now)
    for each, its in ((one, other), (other, one)):
        if each.person_id != person.pk:
            _tell(each, "swap.done", its.person, now)


def _family(booking: Booking, place: Wanted) -> str:
    """Its own set-up where the instrument is the same; on another one set-ups have other names."""
    return booking.family if booking.instrument_id == place.instrument.pk else place.family


def _require_two(one: Booking, other: Booking) -> None:
    if one.pk == other.pk or one.person_id == other.person_id:
        words = _("A swap is between bookings of two people; move your own booking instead.")
        raise Refused([Objection("same", words, waivable=False)])


def _require_fit(booking: Booking, now: datetime) -> None:
    require_unused(booking, now)
    require_live(booking)


def _require_open(proposal: Swap) -> None:
    if proposal.state != Swap.State.PROPOSED:
        words = _("This proposal is closed; propose the swap again.")
        raise Refused([Objection("closed_proposal", words, waivable=False)])


def _closed(proposal: Swap, state: Swap.State, person: Person, now: datetime) -> Swap:
    with transaction.atomic():
        found = Swap.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
        if found.state != state:
            _require_open(found)
            _close(found, state, person, now)
            if state == Swap.State.DECLINED:
                facts = {"instrument": found.wanted.instrument, "start_at": found.wanted.starts_at.isoformat()}
                link = f"/bookings/{found.given_id}/"
                notices.tell(
                    [found.proposed_by], kind="swap.declined", now=now, link=link, person=person, **facts
                )  # fmt: skip
    proposal.refresh_from_db()
    return proposal


def _close(proposal: Swap, state: Swap.State, person: Person, now: datetime) -> None:
    proposal.state, proposal.answered_by, proposal.answered_at = state, person, now
    proposal.save(update_fields=["state", "answered_by", "answered_at"])
    journal.write(person=person, verb=f"swap {state}", thing=proposal, at=now)


def _seen(booking: Booking) -> list[Any]:
    return [booking.instrument_id, booking.starts_at.isoformat(), booking.ends_at.isoformat()]


def _tell(booking: Booking, kind: str, other: Person, now: datetime) -> None:
    notices.tell(
        [booking.person], kind=kind, now=now, link=f"/bookings/{booking.pk}/", person=other,
        instrument=booking.instrument, start_at=booking.starts_at.isoformat(),
    )  # fmt: skip
