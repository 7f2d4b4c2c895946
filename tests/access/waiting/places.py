"""Bookings, series and outages of one instrument of two places as plain Python lists, in quarter hours."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

HOLDING = ("offered", "confirmed")
CAPACITY, DAY = 2, 96
AFTER = 1
"""The buffer after each booking, in quarters."""


@dataclass(eq=False)
class Recurring:
    """A series: its person, its first start, how long each date is, how many dates its rule has."""

    person: int
    start: int
    length: int
    count: int


@dataclass(eq=False)
class Held:
    """A booking of a person."""

    person: int
    start: int
    end: int
    place: int
    state: str = "confirmed"
    series: Recurring | None = None
    occurrence: int | None = None
    cancelled: int | None = None

    @property
    def is_live(self) -> bool:
        """Whether it holds its place."""
        return self.state in HOLDING

    def meets(self, start: int, end: int) -> bool:
        """Whether it shares a quarter with [start, end)."""
        return self.start < end and self.end > start


@dataclass(eq=False)
class Out:
    """An outage of a place, or of all, with what became of the bookings that it struck."""

    start: int
    end: int
    place: int | None
    stands: bool = True
    struck: list[tuple[Held, str]] = field(default_factory=list)

    def hits(self, start: int, end: int, place: int | None) -> bool:
        """Whether it keeps that place (None: the whole instrument) from being used in a part of [start, end)."""
        return self.stands and self.place in (None, place) and self.start < end and self.end > start


class NotTo(Exception):
    """What comes of it instead."""


class Places:
    """One instrument of two places that is always open; everybody may book it, and one person looks after it."""

    def __init__(self) -> None:
        self.now = 0
        self.held: list[Held] = []
        self.series: list[Recurring] = []
        self.outs: list[Out] = []

    def live(self, start: int, end: int) -> Iterator[Held]:
        """What is held in a part of [start, end)."""
        return (each for each in self.held if each.is_live and each.meets(start, end))

    def near(self, start: int, end: int) -> Iterator[Held]:
        """What lies too near for a booking of [start, end) beside it: nothing lies in the buffer of another."""
        return self.live(start - AFTER, end + AFTER)

    def free(self, start: int, end: int, rather: int = 0) -> int | None:
        """The place that is free all along, ``rather`` that one, else the lowest."""
        for place in sorted(range(CAPACITY), key=lambda one: one != rather):
            taken = any(each.place == place for each in self.near(start, end))
            if not taken and not any(out.hits(start, end, place) for out in self.outs):
                return place
        return None

    def find(self, start: int, end: int, rather: int = 0, *, again: bool = False) -> int:
        """The place that is to be had; ``again`` asks for time that was booked before, so it may have begun."""
        if (start < self.now and not again) or any(out.hits(start, end, None) for out in self.outs):
            raise NotTo("refused")
        place = self.free(start, end, rather)
        if place is None:
            raise NotTo("taken")
        return place

    def book(self, person: int, start: int, end: int) -> None:
        """The person holds the period, if they do not already."""
        if not any((each.person, each.start, each.end) == (person, start, end) for each in self.live(start, end)):
            self.held.append(Held(person, start, end, self.find(start, end)))

    def move(self, held: Held, start: int, end: int) -> None:
        """The confirmed booking holds that period instead."""
        if (held.start, held.end) == (start, end):
            return
        self.require_not_over(held)
        held.state = "moving"
        place = self.find(start, end, held.place)
        held.start, held.end, held.place, held.state = start, end, place, "confirmed"

    def cancel(self, held: Held) -> None:
        """The booking holds nothing."""
        self.require_not_over(held)
        self.drop(held)

    def restore(self, held: Held) -> None:
        """The cancelled booking holds its time again."""
        self.require_not_over(held)
        held.place = self.find(held.start, held.end, held.place, again=True)
        held.state, held.cancelled = "confirmed", None

    def swap(self, one: Held, other: Held) -> None:
        """The two have each other's time."""
        if one.person == other.person:
            raise NotTo("refused")
        if (one.start, one.end) == (other.start, other.end):
            return
        for each in (one, other):
            self.require_not_over(each)
        times = (one.start, one.end), (other.start, other.end)
        one.state = other.state = "moving"
        for each, (start, end) in ((one, times[1]), (other, times[0])):
            place = self.find(start, end)
            each.start, each.end, each.place, each.state = start, end, place, "confirmed"

    def declare(self, start: int, end: int, place: int | None) -> None:
        """The place cannot be used in [start, end), and everybody there is told."""
        if end <= self.now:
            raise NotTo("refused")
        out = Out(start, end, place)
        self.outs.append(out)
        out.struck = [(held, "told") for held in self.met(out)]

    def end_outage(self, out: Out) -> None:
        """It is over now; one that has not begun is taken back."""
        if not out.stands or (out.start < self.now and out.end <= self.now):
            return
        if out.start >= self.now:
            out.stands = False
        else:
            out.end = self.now
        still = self.met(out)
        out.struck = [
            (held, "spared" if how == "told" and held.end > self.now and held not in still else how)
            for held, how in out.struck
        ]

    def cancel_struck(self, out: Out) -> None:
        """Whoever is still struck loses the booking."""
        self.look_again(out)
        met = self.met(out)
        for number, (held, how) in enumerate(out.struck):
            if how == "told" and held in met:
                self.drop(held)
                out.struck[number] = (held, "cancelled")

    def look_again(self, out: Out) -> None:
        """What people did about it themselves is known."""
        for number, (held, how) in enumerate(out.struck):
            if how == "told" and not held.is_live:
                out.struck[number] = (held, "cancelled")
            elif how == "told" and not (held.meets(out.start, out.end) and out.place in (None, held.place)):
                out.struck[number] = (held, "moved")

    def met(self, out: Out) -> list[Held]:
        """The bookings still to come that it strikes."""
        if not out.stands:
            return []
        return [
            each for each in self.live(out.start, out.end) if each.end > self.now and out.place in (None, each.place)
        ]

    def begin_series(self, person: int, start: int, length: int, count: int, *, skip: bool) -> None:
        """So many days the person holds this time; ``skip`` leaves out days that cannot be had."""
        wanted = Recurring(person, start, length, count)
        if any(vars(each) == vars(wanted) and any(self.dates(each)) for each in self.series):
            return
        made = []
        for first in range(start, start + count * DAY, DAY):
            try:
                place = self.find(first, first + length)
            except NotTo:
                if not skip:
                    raise NotTo("refused") from None
                continue
            made.append(Held(person, first, first + length, place, series=wanted, occurrence=first))
        if not made:
            raise NotTo("refused")
        self.series.append(wanted)
        self.held += made

    def dates(self, series: Recurring) -> Iterator[Held]:
        """The bookings of a series that hold their time."""
        return (each for each in self.held if each.series is series and each.is_live)

    def scope(self, held: Held, scope: str) -> list[Held]:
        """This one, or those of its series that lie ahead: all, or from this one on."""
        if scope == "this" or held.series is None or held.occurrence is None:
            return [held]
        rows = [each for each in self.held if each.series is held.series and each.end > self.now]
        if scope == "following":
            rows = [each for each in rows if each.occurrence is not None and each.occurrence >= held.occurrence]
        return sorted(rows, key=lambda each: each.start)

    def cancel_scope(self, held: Held, scope: str) -> None:
        """Those of the scope hold nothing."""
        for each in self.scope(held, scope):
            if each.is_live:
                self.cancel(each)

    def restore_scope(self, held: Held, scope: str) -> None:
        """What was cancelled with it, within the scope, holds its time again."""
        moment = held.cancelled
        for each in [one for one in self.scope(held, scope) if one.cancelled == moment]:
            self.restore(each)

    def move_scope(self, held: Held, scope: str, start: int, end: int, *, skip: bool) -> None:
        """Those of the scope are moved as this one is; with ``skip`` one that cannot be stays where it was."""
        if scope == "this" or held.series is None:
            self.move(held, start, end)
            return
        rows = [each for each in self.scope(held, scope) if each.is_live]
        if not rows:
            raise NotTo("refused")
        by, length = start - held.start, end - start
        target = self._split(rows, held.series, by, length)
        for each in rows:
            each.state = "moving"
        for each in rows:
            try:
                place = self.find(each.start + by, each.start + by + length)
                each.start, each.end, each.place = each.start + by, each.start + by + length, place
            except NotTo:
                if not skip or any(one.place == each.place for one in self.near(each.start, each.end) if one in rows):
                    raise NotTo("refused") from None
            assert each.occurrence is not None
            each.state, each.series, each.occurrence = "confirmed", target, each.occurrence + by

    def _split(self, rows: Collection[Held], series: Recurring, by: int, length: int) -> Recurring:
        """The series of the moved ones: another one where some stay behind."""
        first = min(each.occurrence for each in rows if each.occurrence is not None) + by
        moved = Recurring(series.person, first, length, len(rows))
        if any(each.series is series and each not in rows for each in self.held):
            self.series.append(moved)
            return moved
        vars(series).update(vars(moved))
        return series

    def require_not_over(self, held: Held) -> None:
        """What is over cannot change."""
        if held.end <= self.now:
            raise NotTo("refused")

    def drop(self, held: Held) -> None:
        """The booking is cancelled now."""
        held.state, held.cancelled = "cancelled", self.now
