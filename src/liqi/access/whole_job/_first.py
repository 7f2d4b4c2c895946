"""The first way through the steps, found in free time under the rules, and booked as one."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from liqi.access import together, vacancy
from liqi.access.booking import Wanted
from liqi.access.models import Booking, Order
from liqi.access.opening import Period, utc
from liqi.access.whole_job._judge import Judge
from liqi.access.whole_job._way import MINUTE, BadJob, JobStep, NoSlot, Way
from liqi.access.whole_job._why_not import no_slot
from liqi.accounts import membership
from liqi.accounts.models import Organisation, Person, Project
from liqi.planning import whole_job

MOST_STEPS = 8
ROUNDS = 60
"""How often the search begins again when a rule about the person stands against a time."""


def first(
    steps: Sequence[JobStep], *, person: Person, now: datetime, not_before: datetime, not_after: datetime,
    organisation: Organisation | None = None, count: int = 3,
) -> list[Way]:  # fmt: skip
    """The way that is over first, then later ones; every rule of every instrument is kept for the person.

    Raises NoSlot when there is none, BadJob for steps that cannot be. Silence is no promise: the times are free now.
    """
    _check(steps, now, not_after)
    organisation = organisation or membership.home_of(person)
    begin, end = max(utc(not_before), utc(now)), utc(not_after)
    every = {one.pk: one for step in steps for one in step.instruments}
    free = vacancy.of_many(list(every.values()), begin, end)
    own = [_within_terms(step, free, now) for step in steps]
    judge = Judge(person, organisation, utc(now))
    zero = _hour(begin)
    for _round in range(ROUNDS):
        planned = [
            whole_job.Step(
                step.name, step.minutes * MINUTE, given, step.shortest_gap_minutes * MINUTE,
                None if step.longest_gap_minutes is None else step.longest_gap_minutes * MINUTE,
            )
            for step, given in zip(steps, own, strict=True)
        ]  # fmt: skip
        try:
            plans = whole_job.first(planned, not_before=zero, count=count)
        except whole_job.NoTime as problem:
            raise no_slot(problem, steps, judge.said(problem.index)) from None
        ways = [way for plan in plans if (way := judge.way(plan, steps, every, own)) is not None]
        if len(ways) == len(plans):
            return ways
    if ways:
        return ways
    words = _("No time was found that keeps every rule; name fewer instruments or another window.")
    raise NoSlot(0, words, judge.said())


def book(
    *, way: Way, person: Person, now: datetime, organisation: Organisation | None = None, order: Order | None = None,
    project: Project | None = None, title: str = "", need: str = "", request_key: str = "",
) -> list[Booking]:  # fmt: skip
    """Every step of the way is the person's, under one order, or none is.

    The same request sent again gives the bookings of the first. Raises SlotTaken, Refused, NotAllowed.
    """
    wanted = [Wanted(each.instrument, each.starts_at, each.ends_at) for each in way.steps]
    return together.book(
        wanted, person=person, now=now, organisation=organisation, order=order, project=project, title=title,
        need=need, request_key=request_key,
    )  # fmt: skip


def _check(steps: Sequence[JobStep], now: datetime, not_after: datetime) -> None:
    if not 1 <= len(steps) <= MOST_STEPS:
        words = _("Found %(found)d steps, expected 1 to %(most)d; put some together or split the job.")
        raise BadJob(words % {"found": len(steps), "most": MOST_STEPS})
    if not_after <= now:
        raise BadJob(_("The window is over; choose a later end."))
    for number, step in enumerate(steps, 1):
        longest = step.longest_gap_minutes
        if not 1 <= step.minutes <= 1_000_000 or step.shortest_gap_minutes < 0:
            words = _("Found a length or gap in step %(step)d that cannot be; expected minutes from 1 up.")
            raise BadJob(words % {"step": number})
        if longest is not None and longest < step.shortest_gap_minutes:
            words = _("In step %(step)d the longest gap is shorter than the shortest; exchange the two.")
            raise BadJob(words % {"step": number})
    for index, step in enumerate(steps):
        if not step.instruments:
            words = _("Step %(step)d (%(name)s): no instrument that can be booked was found for it; ask for another.")
            raise NoSlot(index, words % {"step": index + 1, "name": step.name or "?"})


def _within_terms(step: JobStep, free: Mapping[int, list[Period]], now: datetime) -> dict[int, list[Period]]:
    """The free periods of each instrument of the step between its notice and its horizon, if it takes the length."""
    found: dict[int, list[Period]] = {}
    for one in step.instruments:
        earliest, latest = now + one.notice_minutes * MINUTE, now + timedelta(days=one.horizon_days)
        latest += step.minutes * MINUTE  # the horizon is that of the start
        fits = one.min_minutes <= step.minutes <= one.max_minutes
        cut = [(max(start, earliest), min(end, latest)) for start, end in free[one.pk]] if fits else []
        found[one.pk] = [(start, end) for start, end in cut if start < end]
    return found


def _hour(moment: datetime) -> datetime:
    """The full hour at or before the moment: quarters are counted from it."""
    return moment.replace(minute=0, second=0, microsecond=0)
