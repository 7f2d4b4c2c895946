"""Free time is offered to who is next; the person takes it, refuses it, or lets it expire."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from liqi.access import booking as bookings
from liqi.access import vacancy
from liqi.access.free import rounded_up
from liqi.access.models import Booking, Offer, WaitingTerms, Wish
from liqi.access.opening import Period, utc
from liqi.access.rules import Objection, Refused, clock
from liqi.access.waiting._hold import PAGE, WAIVED, hold, let_go, lock
from liqi.access.waiting._line import asked, in_line
from liqi.access.waiting._terms import terms_of
from liqi.accounts import journal, notices
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument

MOST_TRIES = 6
"""How many free periods are tried for one wish before the next in line has a turn."""
SOONEST = timedelta(minutes=2)
"""Nobody can answer an offer for a time nearer than this."""
Gaps = dict[int, list[Period]]


def offer_free(
    *, now: datetime, instruments: Collection[Instrument] | None = None, most: int | None = None
) -> int:  # fmt: skip
    """Free time on the instruments (else on all) is offered to whoever is next for it; how many offers were made.

    Doing it again at once makes none: each wish has at most one open offer. Inside a transaction ask for ``most`` one:
    each offer waits for its person's other bookings, and two waits in one transaction could meet in a ring.
    """
    now = utc(now)
    open_offer = Offer.objects.filter(wish=OuterRef("pk"), state=Offer.State.OPEN)
    wishes = Wish.objects.waiting(now).filter(~Exists(open_offer))
    if instruments is not None:
        wishes = wishes.filter(instruments__in=[one.pk for one in instruments]).distinct()
    if not (waits := list(asked(wishes))):
        return 0
    near = {one.pk for one in instruments} if instruments is not None else None
    wanted = {one.pk: one for wish in waits for one in wish.instruments.all() if near is None or one.pk in near}
    until = max(wish.latest_at for wish in waits)
    gaps = vacancy.of_many(wanted.values(), now, until)
    hopeful = [wish for wish in waits if _has_room(wish, gaps, now)]
    if not hopeful:  # as it usually is: who is next need not be worked out
        return 0
    terms, declined = terms_of(wanted.values()), _declined(hopeful)
    made = 0
    for turn in in_line(hopeful, now=now):
        if given := _offer_to(turn.wish, wanted, terms, gaps, declined.get(turn.wish.pk, {}), now):
            made += 1
            if made == most:
                break
            gaps |= vacancy.of_many([given], now, until)
    return made


def accept(*, offer: Offer, person: Person, now: datetime) -> Booking:
    """The person has the offered time; accepting again gives the same booking.

    Raises NotAllowed for anybody else, Refused when the offer is over or a rule has come to stand against it.
    """
    now = utc(now)
    _require_own(offer, person)
    with transaction.atomic():
        bookings.queue(offer.booking.instrument)  # first, as in refuse and hold, so that none waits in a ring
        lock(offer.wish_id)
        taken = Offer.objects.filter(pk=offer.pk, state=Offer.State.OPEN, expires_at__gt=now).update(
            state=Offer.State.ACCEPTED, answered_at=now
        )
        if taken:
            bookings.take(booking=offer.booking, now=now, waive=WAIVED)
            Wish.objects.filter(pk=offer.wish_id).update(state=Wish.State.MET, closed_at=now)
            journal.write(person=person, verb="accepted", thing=offer, at=now, booking=offer.booking_id)
    offer.refresh_from_db(fields=["state", "answered_at"])
    if offer.state != Offer.State.ACCEPTED:
        raise Refused([_over(offer, person)])
    return offer.booking


def refuse(*, offer: Offer, person: Person, now: datetime) -> Offer:
    """The offered time goes to the next in line; the wish goes on waiting for another. Again changes nothing.

    Raises NotAllowed for anybody else, Refused for a time that was taken already.
    """
    now = utc(now)
    _require_own(offer, person)
    instrument = offer.booking.instrument
    with transaction.atomic():
        bookings.queue(instrument)
        lock(offer.wish_id)
        if let_go(offer, Offer.State.REFUSED, person=person, now=now):
            offer_free(now=now, instruments=[instrument], most=1)
    offer.refresh_from_db(fields=["state", "answered_at"])
    if offer.state == Offer.State.ACCEPTED:
        raise Refused([_over(offer, person)])
    return offer


def due(*, now: datetime) -> int:
    """Offers whose time is up went to the next in line, wishes whose window passed left the list; how many."""
    now = utc(now)
    late = Offer.objects.filter(state=Offer.State.OPEN, expires_at__lte=now).order_by("expires_at", "pk")
    done = sum(_expire(each, now) for each in late.select_related("booking__instrument", "wish__person", "wish__order"))
    astray = Offer.objects.filter(state=Offer.State.OPEN).exclude(booking__state=Booking.State.OFFERED)
    done += sum(let_go(each, Offer.State.TAKEN_BACK, person=None, now=now) for each in astray.select_related("booking"))
    passed = Wish.objects.filter(state=Wish.State.WAITING, latest_at__lte=now)
    done += sum(_end(wish, now) for wish in passed.select_related("person", "order"))
    return done + offer_free(now=now)


def _offer_to(
    wish: Wish, wanted: Mapping[int, Instrument], terms: Mapping[int, WaitingTerms], gaps: Gaps,
    declined: Mapping[int, list[Period]], now: datetime,
) -> Instrument | None:  # fmt: skip
    """The instrument on which the wish was offered its earliest free period, None when there was none."""
    found: list[tuple[datetime, int]] = []
    for each in wish.instruments.all():
        if each.pk in wanted:
            lead = SOONEST if wish.standby else max(SOONEST, timedelta(minutes=terms[each.pk].lead_minutes))
            taken = declined.get(each.pk, [])
            starts = set(_starts(wish, gaps[each.pk], taken, now + lead))
            found += [(start, each.pk) for start in starts]
    for start, pk in sorted(found)[:MOST_TRIES]:
        expires_at = None if wish.automatic else _expiry(start, terms[pk], now)
        if hold(wish, wanted[pk], (start, start + wish.length), now=now, expires_at=expires_at):
            return wanted[pk]
    return None


def _has_room(wish: Wish, gaps: Gaps, now: datetime) -> bool:
    """Whether the wished time fits into a gap, whatever was declined and however short the notice."""
    free = (gap for one in wish.instruments.all() for gap in gaps.get(one.pk, ()))
    return any(
        rounded_up(max(start, now, wish.earliest_at)) + wish.length <= min(end, wish.latest_at) for start, end in free
    )


def _starts(wish: Wish, free: list[Period], declined: list[Period], earliest: datetime) -> Iterator[datetime]:
    """The first start in each free period at which the wished time fits and was not declined before."""
    for period in free:
        start = rounded_up(max(period[0], earliest, wish.earliest_at))
        while start + wish.length <= min(period[1], wish.latest_at):
            met = [end for begin, end in declined if begin < start + wish.length and end > start]
            if not met:
                yield start
                break
            start = rounded_up(max(met))


def _expiry(start: datetime, terms: WaitingTerms, now: datetime) -> datetime:
    """When the offer ends: after the manager's time for an answer, and never after the start."""
    short = start - now < timedelta(minutes=terms.lead_minutes)
    minutes = terms.standby_minutes if short else terms.offer_minutes
    return min(now + timedelta(minutes=minutes), start)


def _declined(wishes: Collection[Wish]) -> dict[int, dict[int, list[Period]]]:
    """What each wish was offered and did not take, by instrument."""
    found: dict[int, dict[int, list[Period]]] = {}
    rows = Offer.objects.filter(wish__in=wishes, state__in=[Offer.State.REFUSED, Offer.State.EXPIRED])
    for wish, instrument, start, end in rows.values_list(
        "wish_id", "booking__instrument_id", "booking__starts_at", "booking__ends_at"
    ):
        found.setdefault(wish, {}).setdefault(instrument, []).append((start, end))
    return found


def _expire(offer: Offer, now: datetime) -> bool:
    """The offer is over and, in the same transaction, its time is offered to the next in line."""
    wish, instrument = offer.wish, offer.booking.instrument
    with transaction.atomic():
        bookings.queue(instrument)
        lock(offer.wish_id)
        if not let_go(offer, Offer.State.EXPIRED, person=None, now=now):
            return False
        missed = wish.offers.filter(state=Offer.State.EXPIRED).count()
        if missed >= terms_of([instrument])[instrument.pk].missed_offers:
            _end(wish, now)
        else:
            notices.tell(
                [wish.person], kind="waiting.expired", now=now, link=PAGE, instrument=instrument,
                starts_at=offer.booking.starts_at.isoformat(),
            )  # fmt: skip
        offer_free(now=now, instruments=[instrument], most=1)
    return True


def _end(wish: Wish, now: datetime) -> bool:
    """The wish leaves the list unmet, and its person is told."""
    with transaction.atomic():
        if not Wish.objects.filter(pk=wish.pk, state=Wish.State.WAITING).update(state=Wish.State.OVER, closed_at=now):
            return False
        for each in Offer.objects.filter(wish=wish, state=Offer.State.OPEN).select_related("booking"):
            let_go(each, Offer.State.EXPIRED, person=None, now=now)
        journal.write(person=None, verb="waited in vain", thing=wish, at=now)
        notices.tell([wish.person], kind="waiting.over", now=now, link=PAGE, title=wish.order.title)
    return True


def _require_own(offer: Offer, person: Person) -> None:
    if offer.wish.person_id != person.pk:
        raise NotAllowed(_("This offer is %(owner)s's; only they can answer it.") % {"owner": offer.wish.person})


def _over(offer: Offer, person: Person) -> Objection:
    words = {
        Offer.State.OPEN: _("This offer ended at %(end)s; you stay on the list, and the next free time is offered."),
        Offer.State.EXPIRED: _("This offer ended at %(end)s; you stay on the list, and the next free time is offered."),
        Offer.State.REFUSED: _("You refused this offer, so the time went on; the next free time is offered to you."),
        Offer.State.ACCEPTED: _("You took this time already; cancel the booking if you do not need it."),
        Offer.State.TAKEN_BACK: _("This time was taken away again; you stay on the list for the next free time."),
    }[Offer.State(offer.state)]
    end = clock(offer.expires_at, offer.booking.instrument, person)
    return Objection("offer_over", words % {"end": end}, waivable=False)
