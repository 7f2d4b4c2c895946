"""Bookings and the waiting list as plain Python lists: what should be on record after every step, in quarter hours."""

from dataclasses import dataclass, field

from tests.access.waiting.places import Held, NotTo, Places

LEAD, SOONEST, OFFER, STANDBY, MISSED, GRACE = 4, 1, 8, 1, 3, 1
"""The usual terms in quarters: 60 min of lead, the next quarter, 120 and (rounded up) 15 min of offer, 15 to begin."""


@dataclass(eq=False)
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


@dataclass(eq=False)
class Given:
    """An offer and the booking that holds its time."""

    held: Held
    expires: int
    state: str = "open"


class Lists(Places):
    """The instrument and whoever waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.wants: list[Want] = []

    def join(self, want: Want) -> None:
        """Whether somebody can wait for that; who waits for just that already goes on waiting."""
        if any(each.state == "waiting" and _asked(each) == _asked(want) for each in self.wants):
            return
        if want.latest - max(want.earliest, self.now) < want.length:
            raise NotTo("refused")

    def accept(self, want: Want, given: Given) -> None:
        """The offered time is the person's."""
        if given.state == "accepted":
            return
        held = given.held
        if given.state != "open" or given.expires <= self.now or held.state != "offered":
            raise NotTo("refused")
        if any(out.hits(held.start, held.end, None) for out in self.outs):
            raise NotTo("refused")
        given.state, held.state, want.state = "accepted", "confirmed", "met"

    def refuse(self, given: Given) -> None:
        """The offer goes to the next in line, unless it was taken."""
        if given.state == "accepted":
            raise NotTo("refused")
        if given.state == "open":
            self.let_go(given, "refused")
            self.offer(1)

    def withdraw(self, want: Want) -> None:
        """The wish leaves the list with what was offered to it."""
        if want.state != "waiting":
            return
        want.state = "withdrawn"
        if given := want.open:
            self.let_go(given, "taken back")

    def let_go(self, given: Given, state: str) -> None:
        """The offer is over, and its time is free if it was held until now."""
        given.state = state
        if given.held.state == "offered":
            given.held.state = "refused"

    def release(self) -> None:
        """Whoever has not begun in time loses the booking to the next in line."""
        for each in sorted(self.held, key=lambda one: one.start):
            late = each.start + GRACE <= self.now < each.end and each.start < self.now
            out = any(one.hits(each.start, self.now, each.place) for one in self.outs)  # nobody could come
            if each.state == "confirmed" and late and not out:
                each.state = "released"
                self.offer(1)

    def sweep(self) -> None:
        """What falls due by the clock, as the worker does it."""
        late = [(want, want.open) for want in self.wants if want.open and want.open.expires <= self.now]
        for want, given in sorted(late, key=lambda pair: (pair[1].expires, self._made(pair[1]))):  # type: ignore[union-attr, arg-type]
            assert given is not None
            self.let_go(given, "expired")
            if sum(each.state == "expired" for each in want.offers) >= MISSED:
                want.state = "over"
            self.offer(1)
        for want in self.wants:
            if (given := want.open) and given.held.state != "offered":  # its booking was cancelled from elsewhere
                self.let_go(given, "taken back")
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
            place = self.find(start, start + want.length)
            held = Held(want.person, start, start + want.length, place, "confirmed" if want.automatic else "offered")
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
            out = any(one.hits(start, end, None) for one in self.outs)
            if not out and self.free(start, end) is not None and not any(each.meets(start, end) for each in gone):
                return start
        return None

    def _made(self, given: Given) -> int:
        return next(number for number, each in enumerate(self.held) if each is given.held)


def _asked(want: Want) -> tuple[int, int, int, int]:
    return want.person, want.earliest, want.latest, want.length
