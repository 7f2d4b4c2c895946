"""A booking is made: one, or several that are made all or none."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from liqi.access import belonging, rules
from liqi.access.booking._asking import Asking, Wanted
from liqi.access.booking._lock import exactly
from liqi.access.booking._round import Round, request_of
from liqi.access.booking._taken import SlotTaken
from liqi.access.booking._told import tell_owners, tell_stewards
from liqi.access.models import Booking, Order, Series
from liqi.access.positions import Place
from liqi.access.rules import Objection, Refused, Request, budget
from liqi.access.terms import Terms
from liqi.accounts import journal, rows
from liqi.accounts.models import Organisation, Person, Project
from liqi.catalogue.models import Instrument

VERBS = {"requested": "requested", "offered": "held", "confirmed": "booked"}
"""What the journal says of a booking that begins in this state."""


def book(
    *,
    instrument: Instrument,
    person: Person,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    organisation: Organisation | None = None,
    order: Order | None = None,
    project: Project | None = None,
    title: str = "",
    need: str = "",
    request_key: str = "",
    family: str = "",
    made_by: Person | None = None,
    waive: Collection[str] = (),
    reason: str = "",
) -> Booking:
    """The person holds the instrument for [starts_at, ends_at), in the given order or in a new one.

    ``made_by`` books on the person's behalf: a steward, who can also ``waive`` rules with a ``reason``. The rules are
    asked for the person. The same request sent again, by ``request_key`` or by being the same, gives the booking of
    the first. Where the terms ask for approval it is requested, and held until a steward answers.
    Raises SlotTaken, Refused, NotAllowed; after any of them nothing is changed.
    """
    wanted = Wanted(instrument, starts_at, ends_at, family)
    asking = Asking(
        person, now, organisation, order, project, title, need, made_by, frozenset(waive), reason
    )  # fmt: skip
    asking.require(instrument)

    def write() -> Booking:
        if request_key and (made := _keyed(wanted, person, request_key)):
            return made
        asked = Round(asking, [wanted])
        if again := same(wanted, person, asked):
            return again
        return keep([(wanted, asked.find(wanted))], asking, asked, request_key=request_key)[0]

    return exactly(
        write, instruments=[instrument], people=[person], taken=lambda: SlotTaken(request_of(wanted, asking), family)
    )


def make(
    wanted: Sequence[Wanted],
    asking: Asking,
    *,
    request_key: str = "",
    together: str = "",
    offer_until: datetime | None = None,
) -> list[Booking]:
    """All of them are booked, in one order; call it inside ``exactly``. With the first refusal nothing is kept."""
    asked = Round(asking, wanted)
    placed = list(zip(wanted, asked.find_all(wanted), strict=True))
    return keep(placed, asking, asked, request_key=request_key, together=together, offer_until=offer_until)


def keep(
    placed: Sequence[tuple[Wanted, Place]],
    asking: Asking,
    asked: Round,
    *,
    request_key: str = "",
    series: Series | None = None,
    together: str = "",
    offer_until: datetime | None = None,
) -> list[Booking]:
    """What was placed is on record, in the order that is asked under or in a new one; inside ``exactly``.

    With ``offer_until`` it is held for the person to take until then.
    """
    order = asking.order or _opened(placed[0][0].instrument, asking)
    made = []
    for index, (each, place) in enumerate(placed):
        state, expires_at = state_of(each, asking, asked.of(each))
        if offer_until is not None:
            state, expires_at = Booking.State.OFFERED, offer_until
        booking = Booking(
            order=order, instrument=each.instrument, person=asking.person, made_by=asking.behalf,
            organisation=asking.acts_for, starts_at=each.starts_at, ends_at=each.ends_at, position=place.position,
            held_from=place.held_from, held_until=place.held_until, family=each.family, state=state,
            expires_at=expires_at, reason=asking.reason.strip() if asking.waive else "", series=series,
            occurrence_at=each.occurrence_at, together=each.together or together, created_at=asking.now,
            request_key="" if index else request_key,
        )  # fmt: skip
        rows.insert(booking)
        _note(booking, asking)
        if asked.seen.budget:
            budget.follow(booking, now=asking.now, new=True)
        made.append(booking)
    tell_stewards(made, now=asking.now)
    if asking.behalf is not None:
        tell_owners(made, actor=asking.actor, kind="booking.made", now=asking.now)
    return made


def check(request: Request, *, waive: Collection[str] = (), but: Booking | None = None, family: str = "") -> None:
    """Raise what stands against the request now; silence is no promise, only a booking is."""
    but = but or request.but
    asking = Asking(
        request.person, request.now, request.organisation, project=request.project, made_by=request.made_by,
        waive=frozenset(waive), settled=True,
    )  # fmt: skip
    wanted = Wanted(request.instrument, request.starts_at, request.ends_at, family)
    if wanted.ends_at <= wanted.starts_at:
        raise Refused(rules.objections(request, waive=waive))
    Round(asking, [wanted], but=but).find(wanted)


def state_of(wanted: Wanted, asking: Asking, own: Terms) -> tuple[str, datetime | None]:
    """The state it begins in, and until when that lasts."""
    instrument = wanted.instrument
    if own.needs_approval(instrument, asking.acts_for) and not belonging.looks_after(asking.actor, instrument):
        return Booking.State.REQUESTED, min(asking.now + own.approval_time, max(wanted.starts_at, asking.now))
    return Booking.State.CONFIRMED, None


def same(wanted: Wanted, person: Person, asked: Round) -> Booking | None:
    """The booking that the person has of exactly this."""
    for hold in asked.holds[wanted.instrument.pk]:
        if (hold.person, hold.starts_at, hold.ends_at) == (person.pk, wanted.starts_at, wanted.ends_at):
            return Booking.objects.select_related("instrument", "order").get(pk=hold.booking)
    return None


def _keyed(wanted: Wanted, person: Person, request_key: str) -> Booking | None:
    """The booking that the same request made earlier; a request key used for another one is refused."""
    made = Booking.objects.filter(person=person, request_key=request_key).select_related("instrument", "order").first()
    asked = (wanted.instrument.pk, wanted.starts_at, wanted.ends_at)
    if made and (made.instrument_id, made.starts_at, made.ends_at) != asked:
        words = _("This request key belongs to another booking of yours; send a new key with a new request.")
        raise Refused([Objection("request_key", words, waivable=False)])
    return made


def _opened(instrument: Instrument, asking: Asking) -> Order:
    opened = Order(
        title=asking.title[:200] or instrument.name[:200], need=asking.need, person=asking.person,
        organisation=asking.acts_for, project=asking.project, instrument=instrument, created_at=asking.now,
    )  # fmt: skip
    return rows.insert(opened)


def _note(booking: Booking, asking: Asking) -> None:
    more: dict[str, Any] = {"for": booking.person_id} if asking.behalf else {}
    more |= {"reason": booking.reason} if booking.reason else {}
    journal.write(
        person=asking.actor, verb=VERBS[booking.state], thing=booking, at=asking.now,
        order=booking.order.key, waived=sorted(asking.waive), instrument=booking.instrument.key,
        starts_at=booking.starts_at.isoformat(), ends_at=booking.ends_at.isoformat(), **more,
    )  # fmt: skip
