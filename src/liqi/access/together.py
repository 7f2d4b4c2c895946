"""Several periods, on one instrument or on many, that are booked all or none."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from liqi.access.booking import (
    Asking,
    Refused,
    SlotTaken,
    Wanted,
    drop,
    exactly,
    fresh,
    make,
    request_of,
    require_hand,
    require_in_time,
    require_live,
    require_unused,
    revive,
    tell_cancelled,
)
from liqi.access.models import Booking, Order
from liqi.access.models.order import new_key
from liqi.access.rules import Objection
from liqi.accounts.models import Organisation, Person, Project

__all__ = ["MOST", "Wanted", "book", "cancel", "of", "restore"]

MOST = 40
"""The most periods that are booked in one go."""


def book(
    wanted: Sequence[Wanted],
    *,
    person: Person,
    now: datetime,
    organisation: Organisation | None = None,
    order: Order | None = None,
    project: Project | None = None,
    title: str = "",
    need: str = "",
    request_key: str = "",
    made_by: Person | None = None,
    waive: Collection[str] = (),
    reason: str = "",
) -> list[Booking]:
    """The person holds every period, under one order; a refusal of any of them leaves all as they were.

    The same request sent again gives the bookings of the first. Raises SlotTaken, Refused, NotAllowed.
    """
    if not 0 < len(wanted) <= MOST:
        words = _("Found %(count)d periods, expected 1 to %(most)d; ask for fewer at once.")
        raise Refused([Objection("too_many", words % {"count": len(wanted), "most": MOST}, waivable=False)])
    asking = Asking(
        person, now, organisation, order, project, title, need, made_by, frozenset(waive), reason
    )  # fmt: skip
    for instrument in {each.instrument.pk: each.instrument for each in wanted}.values():
        asking.require(instrument)

    def write() -> list[Booking]:
        if again := _made_before(wanted, person, request_key):
            return again
        return make(wanted, asking, request_key=request_key, together=new_key() if len(wanted) > 1 else "")

    return exactly(
        write, instruments=[each.instrument for each in wanted], people=[person],
        taken=lambda: SlotTaken(request_of(wanted[0], asking)),
    )  # fmt: skip


def of(booking: Booking) -> list[Booking]:
    """Everything that was booked with it, itself too, by start."""
    if not booking.together:
        return [booking]
    rows = Booking.objects.filter(together=booking.together, person=booking.person_id)
    return list(rows.select_related("instrument", "order", "person", "organisation").order_by("starts_at", "pk"))


def cancel(*, booking: Booking, person: Person, now: datetime) -> list[Booking]:
    """All that was booked together holds nothing any longer; what was used or is over stays as it is."""
    rows = of(booking)
    for row in rows:
        require_hand(row, person)

    def write() -> list[Booking]:
        found = [fresh(row) for row in rows]
        live = [row for row in found if row.is_live and row.ends_at > now and not row.sessions.exists()]
        for row in live:
            require_in_time(row, person, now)
            drop(row, person=person, now=now)
        tell_cancelled(live, person=person, now=now)
        return live

    done = exactly(write, instruments=[row.instrument for row in rows], people=[booking.person])
    booking.refresh_from_db()
    return done


def restore(*, booking: Booking, person: Person, now: datetime) -> list[Booking]:
    """What was cancelled with it in one go holds its instruments again, all or none."""
    rows = [row for row in of(booking) if row.cancelled_at == booking.cancelled_at]
    for row in rows:
        require_hand(row, person)

    def write() -> list[Booking]:
        found = [fresh(row) for row in rows]
        for row in found:
            require_unused(row, now)
            if row.state != Booking.State.CANCELLED and not row.is_live:
                require_live(row)
        return [row if row.is_live else revive(row, person=person, now=now) for row in found]

    done = exactly(write, instruments=[row.instrument for row in rows], people=[booking.person])
    booking.refresh_from_db()
    return done


def _made_before(wanted: Sequence[Wanted], person: Person, request_key: str) -> list[Booking]:
    """The bookings that the same request made earlier; a request key used for another one is refused."""
    asked = sorted((each.instrument.pk, each.starts_at, each.ends_at) for each in wanted)
    mine = Booking.objects.filter(person=person)
    if request_key and (keyed := mine.filter(request_key=request_key).first()):
        made = of(keyed)
        if sorted((row.instrument_id, row.starts_at, row.ends_at) for row in made) != asked:
            words = _("This request key belongs to another booking of yours; send a new key with a new request.")
            raise Refused([Objection("request_key", words, waivable=False)])
        return made
    first = wanted[0]
    same = mine.live().filter(instrument=first.instrument, starts_at=first.starts_at, ends_at=first.ends_at).first()
    if same is None:
        return []
    made = of(same)
    return made if sorted((row.instrument_id, row.starts_at, row.ends_at) for row in made) == asked else []
