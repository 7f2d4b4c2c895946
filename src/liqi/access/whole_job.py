"""The first time for a whole job: several steps on instruments one after the other, found and booked as one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from liqi.access import opening, together, vacancy
from liqi.access.booking import Wanted
from liqi.access.models import Booking, Order
from liqi.access.opening import Period, utc
from liqi.access.rules import Request, Settings, duration, objections
from liqi.accounts import membership
from liqi.accounts.models import Organisation, Person, Project
from liqi.catalogue import search
from liqi.catalogue.models import Instrument
from liqi.planning import matching, whole_job
from liqi.taxonomy import classes_of

__all__ = ["At", "BadJob", "JobStep", "NoSlot", "Way", "book", "candidates", "first"]

MOST = 50
"""Instruments that are looked at for one step."""
MOST_STEPS = 8
ROUNDS = 60
"""How often the search begins again when a rule about the person stands against a time."""
PATIENCE = 3
"""After a rule stood against an instrument on so many days, another instrument is looked for."""
NEARBY_KM = 100.0
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class JobStep:
    """One step as it is wished: any of these instruments for so many minutes, so long after the step before."""

    instruments: tuple[Instrument, ...]
    minutes: int
    name: str = ""
    shortest_gap_minutes: int = 0
    longest_gap_minutes: int | None = None


@dataclass(frozen=True)
class At:
    """A step at its time on its instrument; ``others`` could do it then as well."""

    step: JobStep
    instrument: Instrument
    others: tuple[Instrument, ...]
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Way:
    """One way to do the whole job."""

    steps: tuple[At, ...]

    @property
    def starts_at(self) -> datetime:
        """When the first step starts."""
        return self.steps[0].starts_at

    @property
    def ends_at(self) -> datetime:
        """When the last step is over."""
        return self.steps[-1].ends_at


class NoSlot(Exception):
    """The job cannot be done in the window; the words say which step has no time, why, and what would help."""

    def __init__(self, index: int, words: str, reasons: Sequence[str] = ()) -> None:
        super().__init__(words)
        self.index, self.reasons = index, list(reasons)
        """The step, from 0, and what the rules said against its instruments."""


class BadJob(ValueError):
    """The job cannot be read; the message says what was found and what was expected."""


def candidates(
    *, keys: Sequence[str] = (), technique: str = "", class_code: str = "", place: str = "", km: float = NEARBY_KM
) -> list[Instrument]:
    """The instruments that can be booked for a step, at most fifty: the named ones, or those of a technique or class.

    A place keeps those within so many kilometres. Cheaper ones come first, those without a price last. Raises BadJob
    for a place that nobody knows, or when nothing is asked.
    """
    rows = Instrument.objects.filter(bookable=True).exclude(status__in=vacancy.OUT)
    rows = rows.select_related("institution__organisation", "facility")
    if keys:
        found = {one.key: one for one in rows.filter(key__in=keys[:MOST])}
        return [found[key] for key in dict.fromkeys(keys) if key in found]
    if not technique and not class_code:
        raise BadJob(_("Found a step without an instrument, technique or class; name one of them."))
    asked = search.Filters(kinds=("instrument",), bookable=True, near=_near(place, km) if place else None)
    ways = [replace(asked, classes=(class_code,))] if class_code else _of_technique(asked, technique)
    hits = dict.fromkeys(hit.key for way in ways for hit in search.find("", way, limit=MOST, facets=()).hits)
    named = list(rows.filter(key__in=list(hits)[:MOST]))
    return sorted(
        named, key=lambda one: (one.price_cny_per_hour is None, one.price_cny_per_hour or 0, one.name, one.pk)
    )


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
    judge = _Judge(person, organisation, utc(now))
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
            raise _no_slot(problem, steps, every, judge) from None
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


class _Judge:
    """Asks the rules about times that are free, and takes out of the free time what they stand against."""

    def __init__(self, person: Person, organisation: Organisation | None, now: datetime) -> None:
        self.person, self.organisation, self.now = person, organisation, now
        self.known = Settings()
        self.against: dict[tuple[int, int], list[str]] = {}
        self.asked: dict[tuple[int, datetime, int], str] = {}

    def way(
        self, plan: whole_job.Plan, steps: Sequence[JobStep], every: Mapping[int, Instrument],
        own: list[dict[int, list[Period]]],
    ) -> Way | None:  # fmt: skip
        """The plan with instruments that the rules allow, None when a step has none then."""
        found = []
        for number, (placed, step) in enumerate(zip(plan.placed, steps, strict=True)):
            fit = [every[pk] for pk in placed.resources if self._may(number, step, every[pk], placed.starts_at, own)]
            if not fit:
                return None
            found.append(At(step, fit[0], tuple(fit[1:]), placed.starts_at, placed.ends_at))
        return Way(tuple(found))

    def said(self, index: int | None = None) -> list[str]:
        """What the rules said, each once; of one step or of all."""
        found = [words[0] for (step, _pk), words in self.against.items() if index is None or step == index]
        return list(dict.fromkeys(found))

    def _may(
        self, number: int, step: JobStep, instrument: Instrument, start: datetime, own: list[dict[int, list[Period]]]
    ) -> bool:
        asked = instrument.pk, start, step.minutes
        if asked not in self.asked:
            end = start + step.minutes * MINUTE
            request = Request(instrument, self.person, self.organisation, start, end, self.now, known=self.known)
            self.asked[asked] = " ".join(one.words for one in objections(request))
        if not (words := self.asked[asked]):
            return True
        heard = self.against.setdefault((number, instrument.pk), [])
        heard.append(words)
        own[number][instrument.pk] = [] if len(heard) >= PATIENCE else _without_day(
            own[number][instrument.pk], start, instrument
        )  # fmt: skip
        return False


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


def _without_day(periods: list[Period], moment: datetime, instrument: Instrument) -> list[Period]:
    """The periods without the day of the moment, by the clock where the instrument stands."""
    here = moment.astimezone(opening.zone(instrument)).replace(hour=0, minute=0, second=0, microsecond=0)
    dawn, dusk = utc(here), utc(here + timedelta(days=1))
    cut = [piece for start, end in periods for piece in ((start, min(end, dawn)), (max(start, dusk), end))]
    return [(start, end) for start, end in cut if start < end]


def _no_slot(
    problem: whole_job.NoTime, steps: Sequence[JobStep], every: Mapping[int, Instrument], judge: _Judge
) -> NoSlot:
    """The problem in words: which step, what was found, what would help."""
    index, step = problem.index, steps[problem.index]
    said = {
        "step": index + 1,
        "before": index,
        "name": step.name or ", ".join(one.name for one in step.instruments[:2]),
    }
    said |= {"length": duration(step.minutes * MINUTE)}
    reasons = judge.said(index)
    if problem.longest_free is None:
        short = [one for one in step.instruments if not one.min_minutes <= step.minutes <= one.max_minutes]
        if len(short) == len(step.instruments):
            words = _(
                "Step %(step)d (%(name)s): no instrument of it is booked for %(length)s at a time; change the length."
            )
        else:
            words = _(
                "Step %(step)d (%(name)s): nothing is free in the window; choose a later end, or more instruments."
            )
    elif problem.longest_free < problem.step.length:
        said["found"] = duration(problem.longest_free)
        words = _(
            "Step %(step)d (%(name)s) takes %(length)s, and %(found)s is the longest free time in the window; "
            "choose a later end, or more instruments."
        )
    elif problem.gap_needed is not None:
        said |= {
            "found": duration(problem.gap_needed),
            "asked": duration((step.longest_gap_minutes or 0) * MINUTE),
        }
        words = _(
            "Step %(step)d (%(name)s) is free only %(found)s after step %(before)d, and at most %(asked)s are allowed; "
            "allow %(found)s, or name more instruments."
        )
    elif index:
        words = _(
            "Step %(step)d (%(name)s) is free only before step %(before)d can be done; "
            "choose a later end, or more instruments."
        )
    else:
        words = _(
            "Step %(step)d (%(name)s): no free time of %(length)s starts on a quarter of an hour; change the length."
        )
    return NoSlot(index, words % said, reasons)


def _of_technique(asked: search.Filters, technique: str) -> list[search.Filters]:
    """Those that name the technique, then those of the classes that usually do it."""
    small = tuple(code for code in classes_of(technique) if not code.endswith("00"))
    found = [replace(asked, techniques=(technique,))]
    return [*found, replace(asked, classes=small)] if small else found


def _near(place: str, km: float) -> search.Near:
    found = matching.located(place)
    if found is None or found[1] is None:
        words = _("Found place “%(found)s”, expected a city or province such as 合肥 or Hefei; correct it.")
        raise BadJob(words % {"found": place})
    return search.Near(*found[1], km, found[0])


def _hour(moment: datetime) -> datetime:
    """The full hour at or before the moment: quarters are counted from it."""
    return moment.replace(minute=0, second=0, microsecond=0)
