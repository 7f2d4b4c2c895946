"""Booking, log-on, sensor and data files held against the sessions that are to be counted."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from liqi.insight.metering._intervals import NO_TIME, Interval, bridge, intersect, length, subtract, union, within
from liqi.insight.metering._levels import Level, Stretch
from liqi.insight.metering._parts import Limits, Parts, parts


class Kind(StrEnum):
    """What can be amiss."""

    GHOST = "ghost"
    """The machine worked or files were written, and nobody was logged on."""
    UNRECORDED = "unrecorded"
    """Somebody was logged on at the PC while the machine worked or nothing speaks against it, without a session."""
    IDLE = "idle"
    """A session in which the machine ran idle for longer than the session says: over-billing."""
    UNUSED = "unused"
    """A booking to which nobody came: no session, no log-on, no work, no file."""
    UNBOOKED = "unbooked"
    """A session, or a part of it, outside any booking."""
    SILENT = "silent"
    """The meter said nothing during a session: the hours stand on the session alone."""


class Verb(StrEnum):
    """What is proposed."""

    ADD = "add"
    SET_IDLE = "set idle"


@dataclass(frozen=True)
class Claim:
    """A session: what is to be counted; one that still runs ends now."""

    key: int
    starts_at: datetime
    ends_at: datetime
    idle: timedelta
    person: int


@dataclass(frozen=True)
class Held:
    """A booking."""

    key: int
    starts_at: datetime
    ends_at: datetime
    person: int


@dataclass(frozen=True)
class LoggedOn:
    """A period at the instrument's PC; the person may be unknown, as with an account that many share."""

    key: int
    starts_at: datetime
    ends_at: datetime
    person: int | None = None


@dataclass(frozen=True)
class Sources:
    """What is known of one instrument in a period."""

    claims: Sequence[Claim] = ()
    bookings: Sequence[Held] = ()
    log_ons: Sequence[LoggedOn] = ()
    stretches: Sequence[Stretch] = ()
    files: Sequence[datetime] = ()
    """When data files were written."""


@dataclass(frozen=True)
class Proposal:
    """What would set it right; a steward decides."""

    verb: Verb
    starts_at: datetime
    ends_at: datetime
    idle: timedelta
    person: int | None
    """Whose session it would be, where a source names somebody."""
    booking: int | None = None


@dataclass(frozen=True)
class Finding:
    """Something amiss, with what speaks for it."""

    kind: Kind
    periods: tuple[Interval, ...]
    claim: int | None = None
    booking: int | None = None
    log_on: int | None = None
    evidence: dict[str, float] = field(default_factory=dict)
    """Hours worked, idle, logged on, booked inside the periods; `files` is a number of files."""
    proposal: Proposal | None = None

    @property
    def starts_at(self) -> datetime:
        """Where it begins."""
        return self.periods[0][0]

    @property
    def ends_at(self) -> datetime:
        """Where it ends."""
        return self.periods[-1][1]

    @property
    def length(self) -> timedelta:
        """How long it is, pauses between its periods left out."""
        return length(self.periods)


@dataclass(frozen=True)
class Checked:
    """What the sources say together."""

    findings: tuple[Finding, ...]
    """In the order of time."""
    agreed: tuple[Interval, ...]
    """Where a session is borne out by another source and contradicted by none."""
    parts: dict[int, Parts]
    """The parts of each session, by its key."""
    support: dict[int, frozenset[str]]
    """Which other sources know of each session: booking, log-on, sensor, files."""


def reconcile(sources: Sources, limits: Limits | None = None) -> Checked:
    """Every contradiction between the sources, and what agrees."""
    one = _Look(sources, limits or Limits())
    made = {claim.key: one.parts_of(claim) for claim in sources.claims}
    found = [*one.idle(made), *one.silent(made), *one.unbooked(), *one.unclaimed(), *one.unused()]
    against = union(period for finding in found for period in finding.periods)
    backed = union([*one.booked, *one.logged, *one.working])
    return Checked(
        findings=tuple(sorted(found, key=lambda finding: (finding.starts_at, finding.kind))),
        agreed=tuple(subtract(intersect(one.claimed, backed), against)),
        parts=made,
        support={claim.key: one.support_of(claim) for claim in sources.claims},
    )


_Period = TypeVar("_Period", Held, LoggedOn)


class _Look:
    """The sources as unions, computed once."""

    def __init__(self, sources: Sources, limits: Limits) -> None:
        self.sources, self.limits = sources, limits
        self.claimed = union(_spans(sources.claims))
        self.booked = union(_spans(sources.bookings))
        self.logged = union(_spans(sources.log_ons))
        self.known = union((one.starts_at, one.ends_at) for one in sources.stretches)
        self.machine = union((o.starts_at, o.ends_at) for o in sources.stretches if o.level is Level.WORKING)
        self.written = union((at - limits.before_file, at) for at in sources.files)
        self.working = union([*self.machine, *self.written])

    def parts_of(self, claim: Claim) -> Parts:
        return parts(
            claim.starts_at, claim.ends_at, working=self.working if self.known else [], known=self.known,
            limits=self.limits,
        )  # fmt: skip

    def support_of(self, claim: Claim) -> frozenset[str]:
        seen = {"booking": self.booked, "log-on": self.logged, "sensor": self.machine, "files": self.written}
        return frozenset(name for name, periods in seen.items() if within(periods, claim.starts_at, claim.ends_at))

    def idle(self, made: dict[int, Parts]) -> Iterator[Finding]:
        """Sessions that ran idle for longer than they say."""
        for claim in self.sources.claims:
            seen = made[claim.key]
            if seen.idle - claim.idle < self.limits.idle_after:
                continue
            yield Finding(
                Kind.IDLE, seen.pauses, claim=claim.key,
                evidence=self.evidence([(claim.starts_at, claim.ends_at)]) | {"recorded_idle": _hours(claim.idle)},
                proposal=Proposal(Verb.SET_IDLE, claim.starts_at, claim.ends_at, seen.idle, claim.person),
            )  # fmt: skip

    def silent(self, made: dict[int, Parts]) -> Iterator[Finding]:
        """Sessions, or long parts of them, in which a meter that spoke before or after said nothing."""
        if not self.known:
            return
        for claim in self.sources.claims:
            if made[claim.key].unknown < self.limits.idle_after:
                continue
            since = max(claim.starts_at, self.known[0][0])  # before its first reading there was no meter
            gaps = subtract(union([(since, claim.ends_at)]), union([*self.known, *self.written]))
            long = tuple(gap for gap in gaps if gap[1] - gap[0] >= self.limits.tolerance)
            if long:
                yield Finding(Kind.SILENT, long, claim=claim.key, evidence=self.evidence(long))

    def unbooked(self) -> Iterator[Finding]:
        """Sessions, or long parts of them, that no booking covers."""
        for claim in self.sources.claims:
            bare = subtract([(claim.starts_at, claim.ends_at)], self.booked)
            long = tuple(gap for gap in bare if gap[1] - gap[0] > self.limits.beside_booking)
            if long:
                yield Finding(Kind.UNBOOKED, long, claim=claim.key, evidence=self.evidence(long))

    def unclaimed(self) -> Iterator[Finding]:
        """Work that no session covers: a log-on or a booking may say whose it was."""
        by_log_on: dict[int | None, list[Interval]] = defaultdict(list)
        worked = _bridged(subtract(self.working, self.claimed), self.limits)
        for start, end in worked:
            by_log_on[_key(_most(self.sources.log_ons, start, end))].append((start, end))
        for log_on in self.sources.log_ons:  # a log-on where no meter speaks is evidence too
            bare = subtract([(log_on.starts_at, log_on.ends_at)], union([*self.claimed, *self.known, *self.written]))
            by_log_on[log_on.key].extend(bare)
        who = {log_on.key: log_on for log_on in self.sources.log_ons}
        for key, periods in by_log_on.items():
            for period in _bridged(periods, self.limits):
                if period[1] - period[0] >= self.limits.tolerance:
                    yield self._unclaimed(who[key] if key is not None else None, period)

    def _unclaimed(self, log_on: LoggedOn | None, period: Interval) -> Finding:
        start, end = period
        held = _most(self.sources.bookings, start, end)
        person = log_on.person if log_on and log_on.person is not None else held.person if held else None
        idle = _idle_between(period, self.working, self.limits) if self.known else NO_TIME
        return Finding(
            Kind.UNRECORDED if log_on else Kind.GHOST, (period,), booking=_key(held), log_on=_key(log_on),
            evidence=self.evidence([period]),
            proposal=Proposal(Verb.ADD, start, end, idle, person, _key(held)),
        )  # fmt: skip

    def unused(self) -> Iterator[Finding]:
        """Bookings in which nothing happened at all."""
        anything = union([*self.claimed, *self.logged, *self.working])
        for held in self.sources.bookings:
            if not within(anything, held.starts_at, held.ends_at):
                period = ((held.starts_at, held.ends_at),)
                yield Finding(Kind.UNUSED, period, booking=held.key, evidence=self.evidence(period))

    def evidence(self, periods: Sequence[Interval]) -> dict[str, float]:
        """What each source says inside the periods, in hours; files counted; a silent source is left out."""
        whole = union(periods)
        said = {
            "worked": self.machine,
            "metered": self.known,
            "logged_on": self.logged,
            "booked": self.booked,
        }
        found = {name: _hours(length(intersect(whole, each))) for name, each in said.items() if each}
        files = sum(any(start <= at < end for start, end in whole) for at in self.sources.files)
        return found | ({"files": files} if files else {})


def _spans(periods: Iterable[Claim | Held | LoggedOn]) -> Iterator[Interval]:
    return ((one.starts_at, one.ends_at) for one in periods)


def _most(periods: Sequence[_Period], start: datetime, end: datetime) -> _Period | None:
    """The one that shares most of [start, end), the first of equals, None where none shares a moment."""
    best, most = None, NO_TIME
    for one in periods:
        shared = min(one.ends_at, end) - max(one.starts_at, start)
        if shared > most:
            best, most = one, shared
    return best


def _key(one: Held | LoggedOn | None) -> int | None:
    return one.key if one else None


def _bridged(periods: Iterable[Interval], limits: Limits) -> list[Interval]:
    """Work with pauses that are too short to be idle running is one piece of work."""
    return bridge(periods, limits.idle_after)


def _idle_between(period: Interval, working: Sequence[Interval], limits: Limits) -> timedelta:
    gaps = subtract([period], working)
    return length(gap for gap in gaps if gap[1] - gap[0] >= limits.idle_after)


def _hours(duration: timedelta) -> float:
    return round(duration.total_seconds() / 3600, 2)
