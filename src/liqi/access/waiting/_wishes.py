"""A person joins the list and leaves it; a steward says who is more urgent."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liqi.access.models import Offer, Order, Wish
from liqi.access.opening import utc
from liqi.access.rules import Objection, Refused, Request, clock, duration, objections
from liqi.access.waiting._hold import let_go
from liqi.access.waiting._terms import require_steward
from liqi.accounts import journal, membership
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Organisation, Person, Project
from liqi.catalogue.models import Instrument

MOST_INSTRUMENTS = 20
LONGEST_WINDOW = timedelta(days=186)
HOPELESS = frozenset({"not_bookable", "not_shared", "too_short", "too_long"})
"""Objections that no free time can answer: who meets one cannot wait."""


def join(
    *, person: Person, instruments: Collection[Instrument], earliest_at: datetime, latest_at: datetime, minutes: int,
    now: datetime, organisation: Organisation | None = None, order: Order | None = None,
    project: Project | None = None, title: str = "", need: str = "", standby: bool = False, automatic: bool = False,
    request_key: str = "",
) -> Wish:  # fmt: skip
    """The person waits for so many minutes on any of the instruments within [earliest_at, latest_at).

    The same request sent again gives the wish of the first. Raises Refused when no free time could ever be right,
    NotAllowed for an organisation or order of others; after either nothing is changed.
    """
    earliest_at, latest_at, now = utc(earliest_at), utc(latest_at), utc(now)
    chosen = {one.pk: one for one in instruments}
    if made := _made_before(person, chosen, earliest_at, latest_at, minutes, request_key):
        return made
    organisation = _acting_for(person, organisation, order, project)
    _require_hope(person, organisation, list(chosen.values()), earliest_at, latest_at, minutes, now)
    first = next(iter(chosen.values()))
    try:
        with transaction.atomic():
            thread = order or Order.objects.create(
                title=(title or first.name)[:200], need=need, person=person, organisation=organisation,
                project=project, instrument=first, created_at=now,
            )  # fmt: skip
            wish = Wish.objects.create(
                person=person, organisation=organisation, order=thread, earliest_at=earliest_at, latest_at=latest_at,
                minutes=minutes, standby=standby, automatic=automatic, created_at=now, request_key=request_key,
            )  # fmt: skip
            wish.instruments.set(chosen)
            journal.write(
                person=person, verb="waits", thing=wish, at=now, instruments=[one.key for one in chosen.values()],
                earliest_at=earliest_at.isoformat(), latest_at=latest_at.isoformat(), minutes=minutes,
                order=thread.key,
            )  # fmt: skip
    except IntegrityError:
        if made := _made_before(person, chosen, earliest_at, latest_at, minutes, request_key):
            return made
        raise
    return wish


def withdraw(*, wish: Wish, person: Person, now: datetime) -> Wish:
    """The wish is off the list, and what was offered to it is free again; doing so again changes nothing."""
    if wish.person_id != person.pk:
        for instrument in wish.instruments.all():
            require_steward(person, instrument)
    with transaction.atomic():
        waiting = Wish.objects.filter(pk=wish.pk, state=Wish.State.WAITING)
        if waiting.update(state=Wish.State.WITHDRAWN, closed_at=now):
            journal.write(person=person, verb="stopped waiting", thing=wish, at=now)
            for offer in Offer.objects.filter(wish=wish, state=Offer.State.OPEN).select_related("booking"):
                let_go(offer, Offer.State.TAKEN_BACK, person=person, now=now)
            _close(wish.order)
    wish.refresh_from_db(fields=["state", "closed_at"])
    return wish


def rejoin(*, wish: Wish, person: Person, now: datetime) -> Wish:
    """A wish that was withdrawn waits again, where it stood, while its window lasts."""
    if wish.person_id != person.pk:
        raise NotAllowed(_("This wish is %(owner)s's; only they may take it up again.") % {"owner": wish.person})
    with transaction.atomic():
        gone = Wish.objects.filter(pk=wish.pk, state=Wish.State.WITHDRAWN, latest_at__gt=now)
        if gone.update(state=Wish.State.WAITING, closed_at=None):
            Order.objects.filter(pk=wish.order_id, state=Order.State.CLOSED).update(state=Order.State.OPEN)
            journal.write(person=person, verb="waits again", thing=wish, at=now)
    wish.refresh_from_db(fields=["state", "closed_at"])
    return wish


def prioritise(*, wish: Wish, person: Person, priority: int, now: datetime) -> Wish:
    """The wish has this priority, from -9 to 9; higher is served first. For stewards of all its instruments."""
    for instrument in wish.instruments.all():
        require_steward(person, instrument)
    if not -9 <= priority <= 9:
        words = _("Found a priority of %(found)s, expected one from -9 to 9; 0 is the usual one.")
        raise Refused([Objection("priority", words % {"found": priority}, waivable=False)])
    with transaction.atomic():
        before = Wish.objects.select_for_update(of=("self",)).get(pk=wish.pk).priority
        if before != priority:
            Wish.objects.filter(pk=wish.pk).update(priority=priority)
            journal.write(person=person, verb="prioritised", thing=wish, at=now, priority=priority, before=before)
    wish.priority = priority
    return wish


def _close(order: Order) -> None:
    """A thread in which nothing else ever stood is closed with its wish."""
    if not (order.bookings.exclude(offer__isnull=False).exists() or order.wishes.filter(state="waiting").exists()):
        Order.objects.filter(pk=order.pk, state=Order.State.OPEN).update(state=Order.State.CLOSED)


def _made_before(
    person: Person, chosen: Collection[int], earliest_at: datetime, latest_at: datetime, minutes: int, request_key: str
) -> Wish | None:
    """The wish that the same request made; a request key used for another wish is refused."""
    same = {"earliest_at": earliest_at, "latest_at": latest_at, "minutes": minutes}
    if request_key and (made := Wish.objects.filter(person=person, request_key=request_key).first()):
        if any(getattr(made, name) != value for name, value in same.items()):
            words = _("This request key belongs to another wish of yours; send a new key with a new request.")
            raise Refused([Objection("request_key", words, waivable=False)])
        return made
    for wish in Wish.objects.of(person).filter(state=Wish.State.WAITING, **same).prefetch_related("instruments"):
        if {one.pk for one in wish.instruments.all()} == set(chosen):
            return wish
    return None


def _acting_for(
    person: Person, organisation: Organisation | None, order: Order | None, project: Project | None
) -> Organisation | None:
    if order is not None:
        _require_own(order, person)
    organisation = organisation or (project.organisation if project is not None else None)
    if organisation is not None:
        membership.require(person, organisation)
        return organisation
    return order.organisation if order is not None else membership.home_of(person)


def _require_own(order: Order, person: Person) -> None:
    if order.person_id != person.pk:
        raise NotAllowed(_("This order is %(owner)s's; only they may wait under it.") % {"owner": order.person})


def _require_hope(
    person: Person, organisation: Organisation | None, instruments: list[Instrument], earliest_at: datetime,
    latest_at: datetime, minutes: int, now: datetime,
) -> None:  # fmt: skip
    """Raise Refused for a window that cannot hold the time, or when every instrument is out of reach."""
    if not 1 <= len(instruments) <= MOST_INSTRUMENTS:
        words = _("Found %(found)d instruments, expected 1 to %(most)d; choose those you would really take.")
        raise Refused([_objection("instruments", words, found=len(instruments), most=MOST_INSTRUMENTS)])
    if not 1 <= minutes <= 1_000_000:
        words = _("Found a length of %(found)s minutes, expected one from 1 up; correct it.")
        raise Refused([_objection("minutes", words, found=minutes)])
    length = timedelta(minutes=minutes)
    room = latest_at - max(earliest_at, now)
    if room < length:
        words = _("Found %(room)s between now and %(latest)s, too short for %(length)s; choose a later end.")
        said = {
            "room": duration(max(room, timedelta(0))), "length": duration(length),
            "latest": clock(latest_at, instruments[0], person),
        }  # fmt: skip
        raise Refused([_objection("window", words, **said)])
    if latest_at - earliest_at > LONGEST_WINDOW:
        words = _("Found a window of %(found)s, expected at most %(most)s; choose an earlier end.")
        said = {"found": duration(latest_at - earliest_at), "most": duration(LONGEST_WINDOW)}
        raise Refused([_objection("window", words, **said)])
    start = max(earliest_at, now)
    against = [
        [
            one
            for one in objections(Request(each, person, organisation, start, start + length, now))
            if one.code in HOPELESS
        ]
        for each in instruments
    ]
    if all(against):
        raise Refused([one for each in against for one in each])


def _objection(code: str, words: str, **said: object) -> Objection:
    return Objection(code, words % said, waivable=False)
