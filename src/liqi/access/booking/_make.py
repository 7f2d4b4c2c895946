"""A booking is made: one, or several that are made all or none."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from liqi.access import belonging, positions, rules, terms
from liqi.access.booking._asking import Asking, Wanted
from liqi.access.booking._lock import exactly
from liqi.access.booking._taken import SlotTaken
from liqi.access.models import Booking, Order, Series, Steward
from liqi.access.opening import Period
from liqi.access.positions import Hold, Place
from liqi.access.rules import Objection, Refused, Request
from liqi.access.terms import Terms
from liqi.accounts import journal, notices
from liqi.accounts.models import Organisation, Person, Project
from liqi.catalogue.models import Instrument


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
        try:
            return make([wanted], asking, request_key=request_key)[0]
        except _Repeated as repeated:
            return Booking.objects.select_related("instrument", "order").get(pk=repeated.booking)

    return exactly(
        write, instruments=[instrument], people=[person], taken=lambda: SlotTaken(request_of(wanted, asking), family)
    )


def make(
    wanted: Sequence[Wanted],
    asking: Asking,
    *,
    request_key: str = "",
    series: Series | None = None,
    together: str = "",
    again: bool = True,
) -> list[Booking]:
    """All of them are booked, in one order; call it inside ``exactly``, with the first refusal nothing is kept.

    With ``again`` a single one that the person has already is found instead.
    """
    known = terms_of(wanted)
    holds = holds_of(wanted, known)
    if again and len(wanted) == 1:
        _find_repeated(wanted[0], asking, holds[wanted[0].instrument.pk])
    placed = place(wanted, asking, known=known, holds=holds)
    order = asking.order or _opened(wanted[0].instrument, asking)
    made = []
    for index, (each, position) in enumerate(zip(wanted, placed, strict=True)):
        state, expires_at = state_of(each, asking, known[each.instrument.pk])
        booking = Booking.objects.create(
            order=order, instrument=each.instrument, person=asking.person, made_by=asking.behalf,
            organisation=asking.acts_for, starts_at=each.starts_at, ends_at=each.ends_at, position=position.position,
            held_from=position.held_from, held_until=position.held_until, family=each.family, state=state,
            expires_at=expires_at, reason=asking.reason.strip() if asking.waive else "", series=series,
            occurrence_at=each.occurrence_at, together=together, created_at=asking.now,
            request_key="" if index else request_key,
        )  # fmt: skip
        _note(booking, asking)
        made.append(booking)
    return made


def check(request: Request, *, waive: Collection[str] = (), but: Booking | None = None, family: str = "") -> None:
    """Raise what stands against the request now; silence is no promise, only a booking is."""
    if against := rules.objections(request, waive=waive):
        raise Refused(against)
    known = terms.of(request.instrument)
    _require_family(known, family)
    near = positions.around([request.instrument], request.starts_at, request.ends_at, {request.instrument.pk: known})
    but = but or request.but
    found = positions.choose(
        near[request.instrument.pk], known, request.starts_at, request.ends_at,
        family=family, but=[but.pk] if but else [],
    )  # fmt: skip
    if found is None:
        raise SlotTaken(request, family)


def place(
    wanted: Sequence[Wanted],
    asking: Asking,
    *,
    known: dict[int, Terms],
    holds: dict[int, list[Hold]],
    but: Booking | None = None,
    rather: int | None = None,
) -> list[Place]:
    """A free position for each, kept apart from one another too; raises Refused or SlotTaken for the first without."""
    found: list[Place] = []
    alongside: dict[int, list[Period]] = defaultdict(list)
    first: Request | None = None
    for each in wanted:
        own, pk = known[each.instrument.pk], each.instrument.pk
        _require_family(own, each.family)
        request = first or request_of(each, asking, but=but)
        if first is not None:
            request = replace(
                first, instrument=each.instrument, starts_at=each.starts_at, ends_at=each.ends_at,
                alongside=tuple(alongside[pk]),
            )  # fmt: skip
        first = first or request
        against = [said for said in rules.objections(request, waive=asking.waive) if said.code not in asking.kept]
        if against:
            raise Refused(against)
        chosen = positions.choose(
            holds[pk], own, each.starts_at, each.ends_at,
            family=each.family, but=[but.pk] if but else [], rather=rather,
        )  # fmt: skip
        if chosen is None:
            raise SlotTaken(request, each.family)
        found.append(chosen)
        if len(wanted) > 1:
            alongside[pk].append((each.starts_at, each.ends_at))
            holds[pk].append(held(each, chosen, asking.person))
    return found


def held(wanted: Wanted, chosen: Place, person: Person) -> Hold:
    """What is held once this is booked there."""
    return Hold(
        0, person.pk, chosen.position, wanted.starts_at, wanted.ends_at, chosen.held_from, chosen.held_until,
        wanted.family,
    )  # fmt: skip


def request_of(wanted: Wanted, asking: Asking, *, but: Booking | None = None) -> Request:
    """What the rules are asked."""
    project = asking.project or (asking.order.project if asking.order is not None else None)
    return Request(
        instrument=wanted.instrument, person=asking.person, organisation=asking.acts_for, starts_at=wanted.starts_at,
        ends_at=wanted.ends_at, now=asking.now, project=project, made_by=asking.behalf, but=but,
    )  # fmt: skip


def terms_of(wanted: Sequence[Wanted]) -> dict[int, Terms]:
    """The terms of each instrument."""
    instruments = {each.instrument.pk: each.instrument for each in wanted}
    if len(instruments) == 1:
        return {pk: terms.of(instrument) for pk, instrument in instruments.items()}
    return terms.of_many(instruments.values())


def holds_of(wanted: Sequence[Wanted], known: dict[int, Terms]) -> dict[int, list[Hold]]:
    """What is held on their instruments between the first start and the last end."""
    instruments = {each.instrument.pk: each.instrument for each in wanted}
    first, last = min(each.starts_at for each in wanted), max(each.ends_at for each in wanted)
    return positions.around(instruments.values(), first, last, known)


def state_of(wanted: Wanted, asking: Asking, own: Terms) -> tuple[str, datetime | None]:
    """The state it begins in, and until when that lasts."""
    instrument = wanted.instrument
    if own.needs_approval(instrument, asking.acts_for) and not belonging.looks_after(asking.actor, instrument):
        return Booking.State.REQUESTED, min(asking.now + own.approval_time, max(wanted.starts_at, asking.now))
    return Booking.State.CONFIRMED, None


def tell_stewards(booking: Booking, *, now: datetime) -> None:
    """Those who look after the instrument are told that a booking waits for their answer."""
    place = Steward.objects.filter(instrument=booking.instrument) | Steward.objects.filter(
        facility__isnull=False, facility=booking.instrument.facility_id
    )
    people = Person.objects.filter(stewardships__in=place).distinct()
    notices.tell(
        people, kind="booking.requested", now=now, link="/desk/approvals/", person=str(booking.person),
        instrument=booking.instrument.name, start_at=booking.starts_at.isoformat(),
    )  # fmt: skip


class _Repeated(Exception):
    """The person has exactly this already."""

    def __init__(self, booking: int) -> None:
        super().__init__(booking)
        self.booking = booking


def _find_repeated(wanted: Wanted, asking: Asking, holds: list[Hold]) -> None:
    for hold in holds:
        if (hold.person, hold.starts_at, hold.ends_at) == (asking.person.pk, wanted.starts_at, wanted.ends_at):
            raise _Repeated(hold.booking)


def _keyed(wanted: Wanted, person: Person, request_key: str) -> Booking | None:
    """The booking that the same request made earlier; a request key used for another one is refused."""
    made = Booking.objects.filter(person=person, request_key=request_key).select_related("instrument", "order").first()
    asked = (wanted.instrument.pk, wanted.starts_at, wanted.ends_at)
    if made and (made.instrument_id, made.starts_at, made.ends_at) != asked:
        words = _("This request key belongs to another booking of yours; send a new key with a new request.")
        raise Refused([Objection("request_key", words, waivable=False)])
    return made


def _require_family(own: Terms, family: str) -> None:
    if family and family not in own.families:
        words = _("Found the set-up “%(found)s”, expected one of: %(known)s; choose one of these or none.")
        said = words % {"found": family, "known": ", ".join(own.families) or _("none here")}
        raise Refused([Objection("family", said, waivable=False)])


def _opened(instrument: Instrument, asking: Asking) -> Order:
    return Order.objects.create(
        title=asking.title[:200] or instrument.name[:200], need=asking.need, person=asking.person,
        organisation=asking.acts_for, project=asking.project, instrument=instrument, created_at=asking.now,
    )  # fmt: skip


def _note(booking: Booking, asking: Asking) -> None:
    requested = booking.state == Booking.State.REQUESTED
    more: dict[str, Any] = {"for": booking.person_id} if asking.behalf else {}
    more |= {"reason": booking.reason} if booking.reason else {}
    journal.write(
        person=asking.actor, verb="requested" if requested else "booked", thing=booking, at=asking.now,
        order=booking.order.key, waived=sorted(asking.waive), instrument=booking.instrument.key,
        starts_at=booking.starts_at.isoformat(), ends_at=booking.ends_at.isoformat(), **more,
    )  # fmt: skip
    if requested:
        tell_stewards(booking, now=asking.now)
    if asking.behalf is not None:
        notices.tell(
            [booking.person], kind="booking.made", now=asking.now, link=f"/bookings/{booking.pk}/",
            person=str(asking.actor), instrument=booking.instrument.name, start_at=booking.starts_at.isoformat(),
        )  # fmt: skip
