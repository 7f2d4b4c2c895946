"""One round of asking: several periods are placed one after the other, each beside those before it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from liqi.access import positions, rules, terms
from liqi.access.booking._asking import Asking, Wanted
from liqi.access.booking._glance import ALL, look
from liqi.access.booking._taken import SlotTaken
from liqi.access.models import Booking
from liqi.access.opening import Period
from liqi.access.positions import Hold, Place
from liqi.access.rules import Objection, Refused, Request
from liqi.access.terms import Terms


class Round:
    """What is held where, with what was placed so far; reads terms and holds once, in two queries.

    For a single period one glance comes first, and only what it sees is read.
    """

    def __init__(self, asking: Asking, wanted: Sequence[Wanted], *, but: Booking | None = None) -> None:
        self.asking, self.but = asking, but
        self._alongside: dict[int, list[Period]] = defaultdict(list)
        self._first: Request | None = None
        self._only = wanted[0] if len(wanted) == 1 else None
        self.seen = look(wanted[0], asking) if len(wanted) == 1 else ALL
        instruments = {each.instrument.pk: each.instrument for each in wanted}
        self.holds: dict[int, list[Hold]] = defaultdict(list)
        if not self.seen.terms:
            self.terms = {pk: Terms() for pk in instruments}
        elif len(instruments) == 1:
            self.terms = {pk: terms.of(instrument) for pk, instrument in instruments.items()}
        else:
            self.terms = terms.of_many(instruments.values())
        if self.seen.terms or self.seen.held:
            first, last = min(each.starts_at for each in wanted), max(each.ends_at for each in wanted)
            self.holds = positions.around(instruments.values(), first, last, self.terms)

    def of(self, wanted: Wanted) -> Terms:
        """The terms of its instrument."""
        return self.terms[wanted.instrument.pk]

    def request(self, wanted: Wanted) -> Request:
        """What the rules are asked; what they read for the first request serves all."""
        if self._first is None:
            self._first = request_of(wanted, self.asking, but=self.but)
            if not self.seen.settings:
                self._first.known.put(wanted.instrument, ())
        if wanted is self._only:
            return replace(self._first, outage=self.seen.outage, alongside=tuple(self._alongside[wanted.instrument.pk]))
        return replace(
            self._first,
            instrument=wanted.instrument,
            starts_at=wanted.starts_at,
            ends_at=wanted.ends_at,
            alongside=tuple(self._alongside[wanted.instrument.pk]),
        )

    def free(self, wanted: Wanted, *, rather: int | None = None) -> Place | None:
        """A free position, whatever the rules say."""
        return positions.choose(
            self.holds[wanted.instrument.pk], self.of(wanted), wanted.starts_at, wanted.ends_at,
            family=wanted.family, but=[self.but.pk] if self.but else [], rather=rather,
        )  # fmt: skip

    def stays(self, wanted: Wanted, position: int) -> Place | None:
        """The position that it had, from which no outage drives it away; where that is taken, another free one."""
        beside = [hold for hold in self.holds[wanted.instrument.pk] if not (hold.outage and hold.position == position)]
        return positions.choose(
            beside, self.of(wanted), wanted.starts_at, wanted.ends_at, family=wanted.family, rather=position
        )

    def find(self, wanted: Wanted, *, rather: int | None = None) -> Place:
        """A free position that the rules allow; raises Refused or SlotTaken."""
        require_family(self.of(wanted), wanted.family)
        request = self.request(wanted)
        said = rules.objections(request, waive=self.asking.waive)
        if against := [each for each in said if each.code not in self.asking.kept]:
            raise Refused(against)
        place = self.free(wanted, rather=rather)
        if place is None:
            raise SlotTaken(request, wanted.family)
        return place

    def keep(self, wanted: Wanted, place: Place) -> None:
        """It counts for whatever is placed after it."""
        self._alongside[wanted.instrument.pk].append((wanted.starts_at, wanted.ends_at))
        self.holds[wanted.instrument.pk].append(
            Hold(
                0, self.asking.person.pk, place.position, wanted.starts_at, wanted.ends_at, place.held_from,
                place.held_until, wanted.family,
            )
        )  # fmt: skip

    def forget(self, wanted: Wanted) -> None:
        """What was kept last for its instrument does not count after all."""
        self._alongside[wanted.instrument.pk].pop()
        self.holds[wanted.instrument.pk].pop()

    def find_all(self, wanted: Sequence[Wanted]) -> list[Place]:
        """A position for each, kept; with the first refusal none of them is."""
        found: list[Place] = []
        try:
            for each in wanted:
                place = self.find(each)
                self.keep(each, place)
                found.append(place)
        except (Refused, SlotTaken):
            for each in reversed(wanted[: len(found)]):
                self.forget(each)
            raise
        return found


def request_of(wanted: Wanted, asking: Asking, *, but: Booking | None = None) -> Request:
    """What the rules are asked."""
    project = asking.project or (asking.order.project if asking.order is not None else None)
    return Request(
        instrument=wanted.instrument, person=asking.person, organisation=asking.acts_for, starts_at=wanted.starts_at,
        ends_at=wanted.ends_at, now=asking.now, project=project, made_by=asking.behalf, but=but,
    )  # fmt: skip


def require_family(own: Terms, family: str) -> None:
    """Raise Refused for a family that the terms do not name."""
    if family and family not in own.families:
        words = _("Found the set-up “%(found)s”, expected one of: %(known)s; choose one of these or none.")
        said = words % {"found": family, "known": ", ".join(own.families) or _("none here")}
        raise Refused([Objection("family", said, waivable=False)])
