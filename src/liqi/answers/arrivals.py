"""Arrivals: files from instruments are filed in the order they are of, or wait in the inbox for a steward."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from liqi.access import agents
from liqi.access.models import Booking, Commission, Order
from liqi.accounts import journal, notices
from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.answers import owner, storage
from liqi.answers.models import Arrival, StoredFile, Upload
from liqi.catalogue.models import Instrument

__all__ = ["NotPossible", "assign", "receive", "set_aside", "suggest", "take_back"]

QUIET = timedelta(hours=1)
"""A person is told of files in an order so often at most."""
AROUND = timedelta(hours=12)
"""Bookings so near to the time of a file are offered for it."""
OFFERED = 5


class NotPossible(ValueError):
    """The arrival cannot be filed or taken back so; the message says what to do."""


def receive(*, upload: Upload, now: datetime) -> Arrival:
    """The whole file of an agent is on record once, in its order where there is no doubt, else in the inbox."""
    agent = upload.agent
    assert agent is not None, "a person's upload is a stored file"
    assert upload.modified_at is not None, "the database keeps it for every agent"
    instrument = agent.instrument
    same = Arrival.objects.filter(instrument=instrument, sha256=upload.sha256, path=upload.path).first()
    if same is not None:
        return same
    content = storage.path_of(upload.sha256)
    found = owner.find(instrument=instrument, path=upload.path, content=content, at=upload.modified_at)
    with transaction.atomic():
        arrival, is_new = Arrival.objects.get_or_create(
            instrument=instrument, sha256=upload.sha256, path=upload.path,
            defaults={
                "agent": agent, "size": upload.size, "modified_at": upload.modified_at, "arrived_at": now,
                "entire": upload.entire, "why": found.why, "synthetic": instrument.synthetic,
            },
        )  # fmt: skip
        if not is_new:
            return arrival
        journal.write(person=None, verb="arrived", thing=arrival, at=now, agent=agent.pk, sha256=upload.sha256)
        if found.order is not None:
            _file(arrival, found.order, how=found.how, by=None, now=now)
            _tell_person(arrival, found.order, now)
        else:
            _tell_stewards(arrival, now)
    return arrival


def assign(*, arrival: Arrival, order: Order, person: Person, now: datetime) -> Arrival:
    """A steward says whose the file is: it is in that order, which has to be one of the instrument."""
    agents.require(person, arrival.instrument)
    if not owner.of_instrument(arrival.instrument).filter(pk=order.pk).exists():
        raise NotPossible(
            _("Order %(order)s has nothing to do with %(instrument)s; name an order that is booked on it.")
            % {"order": order.key, "instrument": called(arrival.instrument)}
        )
    with transaction.atomic():
        arrival = _locked(arrival)
        if arrival.state == Arrival.State.FILED:
            if arrival.order_id == order.pk:
                return arrival
            raise NotPossible(_("This file is in an order already; take it back first."))
        _file(arrival, order, how=Arrival.How.STEWARD, by=person, now=now)
        _tell_person(arrival, order, now)
    return arrival


def set_aside(*, arrival: Arrival, person: Person, now: datetime) -> Arrival:
    """The file is nobody's, such as a calibration; it is kept, and waits no longer."""
    agents.require(person, arrival.instrument)
    with transaction.atomic():
        arrival = _locked(arrival)
        if arrival.state == Arrival.State.FILED:
            raise NotPossible(_("This file is in an order already; take it back first."))
        _turn(arrival, Arrival.State.ASIDE, by=person, now=now)
        journal.write(person=person, verb="set aside", thing=arrival, at=now)
    return arrival


def take_back(*, arrival: Arrival, person: Person, now: datetime) -> Arrival:
    """The file is in the inbox again and nobody's; refused once an answer was made from it."""
    agents.require(person, arrival.instrument)
    with transaction.atomic():
        arrival = _locked(arrival)
        file, order = arrival.file, arrival.order_id
        if file is not None and file.runs.exists():
            raise NotPossible(_("An answer was made from this file, so it stays in its order; ask its person."))
        arrival.why = Arrival.Why.TAKEN_BACK
        _turn(arrival, Arrival.State.INBOX, by=person, now=now)
        if file is not None and not file.arrivals.exists() and not file.uploads.exists():
            file.delete()
        journal.write(person=person, verb="took back", thing=arrival, at=now, order=order)
    return arrival


def suggest(arrivals: Sequence[Arrival]) -> dict[int, list[Booking]]:
    """For each arrival the bookings nearest to its time, best first, at most five; one query an instrument."""
    offered: dict[int, list[Booking]] = {}
    by_instrument: dict[int, list[Arrival]] = defaultdict(list)
    for arrival in arrivals:
        by_instrument[arrival.instrument_id].append(arrival)
    for instrument, ours in by_instrument.items():
        times = [arrival.modified_at for arrival in ours]
        near = list(
            Booking.objects.filter(instrument=instrument, state=Booking.State.CONFIRMED)
            .meeting(min(times) - AROUND, max(times) + AROUND)
            .select_related("order", "person")
        )
        for arrival in ours:
            offered[arrival.pk] = _nearest(near, arrival.modified_at)
    return offered


def _nearest(bookings: list[Booking], at: datetime) -> list[Booking]:
    def away(booking: Booking) -> timedelta:
        return max(booking.starts_at - at, at - booking.ends_at, timedelta(0))

    seen: dict[int, Booking] = {}
    for booking in sorted((one for one in bookings if away(one) <= AROUND), key=away):
        seen.setdefault(booking.order_id, booking)
    return list(seen.values())[:OFFERED]


def _file(arrival: Arrival, order: Order, *, how: str, by: Person | None, now: datetime) -> None:
    holder = _holder(arrival, order)
    same = StoredFile.objects.filter(sha256=arrival.sha256, order=order, removed_at=None).first()
    file = same or storage.record(arrival.sha256, name=arrival.name, person=holder, order=order, now=now)
    arrival.order, arrival.file, arrival.how, arrival.why = order, file, how, ""
    _turn(arrival, Arrival.State.FILED, by=by, now=now)
    journal.write(person=by, verb="filed", thing=arrival, at=now, order=order.key, how=str(how))


def _holder(arrival: Arrival, order: Order) -> Person:
    """Whose file it is: the order's person's; of a commission somebody's of the facility, until it is released."""
    commission = Commission.objects.filter(order=order).select_related("measured_by", "accepted_by").first()
    if commission is None or commission.state in Commission.OPENED:
        return order.person
    there = [one for one in (commission.measured_by, commission.accepted_by) if one is not None]
    return next(iter(there or agents.stewards_of(arrival.instrument)), order.person)


def _turn(arrival: Arrival, state: Arrival.State, *, by: Person | None, now: datetime) -> None:
    arrival.state, arrival.decided_by, arrival.decided_at = state, by, now
    if state != Arrival.State.FILED:
        arrival.order = arrival.file = None
        arrival.how = ""
    arrival.save(update_fields=["state", "order", "file", "how", "why", "decided_by", "decided_at"])


def _locked(arrival: Arrival) -> Arrival:
    return Arrival.objects.select_for_update(of=("self",)).select_related("instrument", "file").get(pk=arrival.pk)


def _tell_person(arrival: Arrival, order: Order, now: datetime) -> None:
    before = Arrival.objects.filter(order=order, arrived_at__gt=now - QUIET).exclude(pk=arrival.pk)
    if not before.exists():
        notices.tell(
            [order.person], kind="arrival.filed", now=now, link=f"/orders/{order.key}/", name=arrival.name,
            instrument=arrival.instrument, title=order.title,
        )  # fmt: skip


def _tell_stewards(arrival: Arrival, now: datetime) -> None:
    instrument: Instrument = arrival.instrument
    if not Arrival.objects.waiting().filter(instrument=instrument).exclude(pk=arrival.pk).exists():
        notices.tell(
            agents.stewards_of(instrument), kind="arrival.waits", now=now, link=f"/instruments/{instrument.key}/inbox/",
            name=arrival.name, instrument=instrument,
        )  # fmt: skip
