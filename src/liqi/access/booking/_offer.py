"""A booking that is held for somebody to take: held, taken, let go; and one that nobody came to, given free."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from liqi.access import rules, terms
from liqi.access.booking._asking import Asking, Wanted
from liqi.access.booking._lock import exactly, queue
from liqi.access.booking._make import keep, state_of
from liqi.access.booking._round import Round, request_of
from liqi.access.booking._taken import SlotTaken
from liqi.access.booking._told import tell_stewards
from liqi.access.models import Booking, Order
from liqi.access.opening import utc
from liqi.access.rules import Objection, Refused, budget
from liqi.accounts import journal
from liqi.accounts.models import Organisation, Person
from liqi.catalogue.models import Instrument


def hold(
    *, instrument: Instrument, person: Person, organisation: Organisation | None, order: Order, starts_at: datetime,
    ends_at: datetime, now: datetime, expires_at: datetime | None, waive: Collection[str] = (),
) -> Booking:  # fmt: skip
    """The period is held for the person until ``expires_at``; without that it is booked at once.

    Call it inside the transaction of the offer, which answers for what is in ``waive``. Raises Refused when another
    rule is against it, SlotTaken when every place is taken.
    """
    wanted = Wanted(instrument, starts_at, ends_at)
    asking = Asking(person, now, organisation, order, waive=frozenset(waive))

    def write() -> Booking:
        asked = Round(asking, [wanted])
        return keep([(wanted, asked.find(wanted))], asking, asked, offer_until=expires_at)[0]

    return exactly(
        write, instruments=[instrument], people=[person], taken=lambda: SlotTaken(request_of(wanted, asking))
    )


def take(*, booking: Booking, now: datetime, waive: Collection[str] = ()) -> Booking:
    """The person has the held booking; where the terms ask for approval it is requested.

    Raises Refused when it is held no longer, or when a rule now stands against it.
    """
    wanted = Wanted(booking.instrument, booking.starts_at, booking.ends_at, booking.family)
    asking = Asking(booking.person, now, booking.organisation, booking.order, waive=frozenset(waive))
    if against := rules.objections(request_of(wanted, asking, but=booking), waive=waive):
        raise Refused(against)
    state, expires_at = state_of(wanted, asking, terms.of(booking.instrument))
    with transaction.atomic():
        held = Booking.objects.filter(pk=booking.pk, state=Booking.State.OFFERED)
        if not held.update(state=state, expires_at=expires_at):
            words = _("This time is not held for you any longer; look for another free time.")
            raise Refused([Objection("offer_over", words, waivable=False)])
        journal.write(person=booking.person, verb="took", thing=booking, at=now, state=str(state))
        booking.refresh_from_db(fields=["state", "expires_at"])
        tell_stewards([booking], now=now)
    return booking


def lapse(*, booking: Booking, person: Person | None, now: datetime) -> bool:
    """The held booking holds no longer; whether it did until now."""
    with transaction.atomic():
        held = Booking.objects.filter(pk=booking.pk, state=Booking.State.OFFERED)
        if not held.update(state=Booking.State.REFUSED, decided_by=person, decided_at=now):
            return False
        booking.refresh_from_db(fields=["state", "decided_by", "decided_at"])
        journal.write(person=person, verb="let go", thing=booking, at=now)
        budget.follow(booking, now=now)
    return True


def release(*, booking: Booking, now: datetime) -> bool:
    """Nobody came, so the rest of the booking is free for others; whether it still was to be used.

    A booking whose session began in the meantime stays as it is.
    """
    now = utc(now)
    with transaction.atomic():
        queue(booking.instrument)
        list(Booking.objects.select_for_update().filter(pk=booking.pk).values_list("pk"))
        unused = Booking.objects.filter(
            pk=booking.pk, state=Booking.State.CONFIRMED, starts_at__lt=now, ends_at__gt=now
        )
        if booking.sessions.exists() or not unused.update(state=Booking.State.RELEASED):
            return False
        booking.refresh_from_db(fields=["state"])
        journal.write(person=None, verb="released", thing=booking, at=now)
        budget.follow(booking, now=now)
    return True
