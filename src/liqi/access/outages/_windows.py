"""Maintenance windows: time that recurs by a rule; its outages are made ahead of the bookings."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from dateutil.rrule import rrulestr
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liqi.access.models import MaintenanceWindow, Outage
from liqi.access.opening import utc, zone
from liqi.access.outages._declare import declare, require_steward, withdraw
from liqi.access.rules import Objection, Refused
from liqi.accounts import journal
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument

AHEAD = timedelta(days=30)
"""Beyond the horizon of the instrument, so that no booking is made before the outage is there."""
MOST_AT_ONCE = 500
DAILY = timedelta(days=1)


def begin(
    *,
    instrument: Instrument,
    person: Person,
    rule: str,
    starts_at: datetime,
    minutes: int,
    words: str,
    now: datetime,
    kind: str = Outage.Kind.MAINTENANCE,
) -> MaintenanceWindow:
    """The instrument is out of use whenever the rule (RFC 5545 RRULE) says, on its own clock; outages are made at once.

    Raises Refused for a rule that cannot be read or comes more often than daily, NotAllowed for others than stewards.
    """
    require_steward(person, instrument)
    window = MaintenanceWindow(
        instrument=instrument, person=person, rule=rule.removeprefix("RRULE:").strip(), starts_at=utc(starts_at),
        minutes=minutes, words=words.strip()[:300], kind=kind, created_at=now,
    )  # fmt: skip
    _require_sense(window)
    with transaction.atomic():
        window.save()
        journal.write(
            person=person, verb="began window", thing=window, at=now, instrument=instrument.key, rule=window.rule,
            minutes=minutes, words=window.words,
        )  # fmt: skip
        _make(window, now)
    return window


def finish(*, window: MaintenanceWindow, person: Person, now: datetime) -> MaintenanceWindow:
    """The window recurs no longer; its outages that have not begun are withdrawn."""
    require_steward(person, window.instrument)
    with transaction.atomic():
        if MaintenanceWindow.objects.filter(pk=window.pk, ended_at=None).update(ended_at=now):
            journal.write(person=person, verb="ended window", thing=window, at=now)
            for outage in window.outages.standing().filter(starts_at__gt=now).select_related("instrument"):
                withdraw(outage=outage, person=person, now=now)
    window.refresh_from_db()
    return window


def make_ahead(*, now: datetime) -> int:
    """Every window has its outages as far ahead as people can book, and a month more; upkeep asks."""
    made = 0
    for window in MaintenanceWindow.objects.filter(ended_at=None).select_related("instrument"):
        if window.made_until is None or window.made_until < _far(window, now) - DAILY:
            with transaction.atomic():
                made += _make(window, now)
    return made


def next_starts(window: MaintenanceWindow, after: datetime, count: int) -> list[datetime]:
    """The next starts of the window from a moment on; fewer where its rule ends."""
    return list(islice(_starts(window, after), count))


def _make(window: MaintenanceWindow, now: datetime) -> int:
    far = _far(window, now)
    made = 0
    for start in _starts(window, max(now, window.made_until or now)):
        if start >= far or made == MOST_AT_ONCE:
            break
        try:
            with transaction.atomic():
                declare(
                    instrument=window.instrument, person=None, window=window, kind=window.kind, words=window.words,
                    starts_at=start, ends_at=start + timedelta(minutes=window.minutes), now=now,
                )  # fmt: skip
        except IntegrityError:  # made before
            continue
        made += 1
    window.made_until = far
    window.save(update_fields=["made_until"])
    return made


def _far(window: MaintenanceWindow, now: datetime) -> datetime:
    return utc(now) + timedelta(days=window.instrument.horizon_days) + AHEAD


def _starts(window: MaintenanceWindow, after: datetime) -> Iterator[datetime]:
    """The starts at or after a moment, on the wall clock where the instrument stands."""
    here = zone(window.instrument)
    first = window.starts_at.astimezone(here).replace(tzinfo=None)
    recurring = rrulestr(window.rule, dtstart=first)
    for wall in recurring.xafter(utc(after).astimezone(here).replace(tzinfo=None), inc=True):
        yield utc(wall.replace(tzinfo=here))


def _require_sense(window: MaintenanceWindow) -> None:
    wrong = ""
    if not window.words:
        wrong = _("A window without words; say what is done, for everybody to read.")
    elif not 0 < window.minutes <= 7 * 24 * 60:
        wrong = _("Found %(found)s minutes; a window lasts from 1 minute to 7 days.") % {"found": window.minutes}
    else:
        try:
            starts = list(islice(_starts(window, window.starts_at), 2))
        except (ValueError, TypeError) as problem:
            found = {"rule": window.rule[:100], "problem": problem}
            words = _("Found the rule %(rule)s, which cannot be read (%(problem)s); write one as FREQ=WEEKLY;BYDAY=MO.")
            wrong = words % found
        else:
            if not starts:
                wrong = _("The rule %(rule)s never comes; give a later end or another rule.") % {"rule": window.rule}
            elif len(starts) == 2 and starts[1] - starts[0] < timedelta(minutes=window.minutes):
                wrong = _("The window would come again before it is over; make it shorter or let it recur more seldom.")
    if wrong:
        raise Refused([Objection("window", wrong, waivable=False)])
