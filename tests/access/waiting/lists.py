"""Bookings and the waiting list as plain Python lists: what should be on record after every step, in quarter hours."""

from dataclasses import dataclass, field

LEAD, SOONEST, OFFER, STANDBY, MISSED, GRACE = 4, 1, 8, 1, 3, 1
"""The usual terms in quarters: 60 min of lead, the next quarter, 120 and (rounded up) 15 min of offer, 15 to begin."""
HOLDING = ("offered", "confirmed")


@dataclass
class Held:
    """A booking of a person."""

    person: int
    start: int
    end: int
    state: str = "confirmed"


@dataclass
class Want:
    """A wish of a person, with what was offered to it."""

    person: int
    earliest: int
    latest: int
    length: int
    standby: bool
    automatic: bool
    joined: int
    state: str = "waiting"
    offers: list["Given"] = field(default_factory=list)

    @property
    def open(self) -> "Given | None":
        """The offer that waits for an answer."""
        return next((each for each in self.offers if each.state == "open"), None)


@dataclass
class Given:
    """An offer and the booking that holds its time."""

    held: Held
    expires: int
    state: str = "open"


class Lists:
    """One instrument that is always open; everybody may book it."""

    def __init__(self) -> None:
        self.now = 0
        self.held: list[Held] = []
        self.wants: list[Want] = []

    def is_free(self, start: int, end: int, but: Held | None = None) -> bool:
        """Whether nobody holds a part of [start, end)."""
        return not any(
            each.state in HOLDING and each is not but and each.start < end and each.end > start for each in self.held
        )

    def book(self, person: int, start: int, end: int) -> str:
        """What comes of asking for the period."""
        if start < self.now:
            return "refused"
        if any(
            (each.person, each.start, each.end) == (person, start, end) and each.state in HOLDING for each in self.held
        ):
            return "done"
        if not self.is_free(start, end):
            return "taken"
        self.held.append(Held(person, start, end))
        return "done"

    def move(self, held: Held, start: int, end: int) -> str:
        """What comes of moving a confirmed booking there."""
        if (held.start, held.end) == (start, end):
            return "done"
        if held.end <= self.now or start < self.now:
            return "refused"
        if not self.is_free(start, end, held):
            return "taken"
        held.start, held.end = start, end
        return "done"

    def cancel(self, held: Held) -> str:
        """What comes of cancelling a confirmed booking."""
        if held.end <= self.now:
            return "refused"
        held.state = "cancelled"
        return "done"

    def restore(self, held: Held) -> str:
        """What comes of taking a cancellation back."""
        if held.end <= self.now:
            return "refused"
        if not self.is_free(held.start, held.end):
            return "taken"
        held.state = "confirmed"
        return "done"

    def accept(self, want: Want, given: Given) -> str:
        """What comes of taking an offer."""
        if given.state == "accepted":
            return "done"
        if given.state != "open" or given.expires <= self.now:
            return "refused"
        given.state, given.held.state, want.state = "accepted", "confirmed", "met"
        return "done"

    def refuse(self, given: Given) -> None:
        """The offer goes to the next in line."""
        if given.state == "open":
            given.state = given.held.state = "refused"
            self.offer(1)

    def withdraw(self, want: Want) -> None:
        """The wish leaves the list with what was offered to it."""
        if want.state != "waiting":
            return
        want.state = "withdrawn"
        if given := want.open:
            given.state, given.held.state = "taken back", "refused"

    def release(self) -> None:
        """Whoever has not begun in time loses the booking to the next in line."""
        for each in sorted(self.held, key=lambda one: one.start):
            if each.state == "confirmed" and each.start + GRACE <= self.now < each.end and each.start < self.now:
                each.state = "released"
                self.offer(1)

    def sweep(self) -> None:
        """What falls due by the clock, as the worker does it."""
        late = [(want, want.open) for want in self.wants if want.open and want.open.expires <= self.now]
        for want, given in sorted(late, key=lambda pair: (pair[1].expires, self._made(pair[1]))):  # type: ignore[union-attr, arg-type]
            assert given is not None
            given.state, given.held.state = "expired", "refused"
            if sum(each.state == "expired" for each in want.offers) >= MISSED:
                want.state = "over"
            self.offer(1)
        for want in self.wants:
            if want.state == "waiting" and want.latest <= self.now:
                want.state = "over"
        self.offer()

    def offer(self, most: int | None = None) -> None:
        """Free time goes to whoever is next."""
        line = sorted((want for want in self.wants if self._waits(want)), key=self._rank)
        made = 0
        for want in line:
            start = self._first(want)
            if start is None:
                continue
            held = Held(want.person, start, start + want.length, "confirmed" if want.automatic else "offered")
            self.held.append(held)
            short = start - self.now < LEAD
            expires = min(self.now + (STANDBY if short else OFFER), start)
            want.offers.append(Given(held, expires, "accepted" if want.automatic else "open"))
            want.state = "met" if want.automatic else want.state
            made += 1
            if made == most:
                return

    def _waits(self, want: Want) -> bool:
        return want.state == "waiting" and want.latest > self.now and want.open is None

    def _rank(self, want: Want) -> tuple[int, int, int]:
        offers = sum(len(each.offers) for each in self.wants if each.person == want.person)
        quarters = sum(
            each.end - each.start for each in self.held if each.person == want.person and each.state == "confirmed"
        )
        return offers, quarters // 4, want.joined

    def _first(self, want: Want) -> int | None:
        """The earliest start that is free and was not declined before."""
        lead = SOONEST if want.standby else LEAD
        gone = [each.held for each in want.offers if each.state in ("refused", "expired")]
        for start in range(max(want.earliest, self.now + lead), want.latest - want.length + 1):
            end = start + want.length
            if self.is_free(start, end) and not any(each.start < end and each.end > start for each in gone):
                return start
        return None

    def _made(self, given: Given) -> int:
        return next(number for number, each in enumerate(self.held) if each is given.held)
