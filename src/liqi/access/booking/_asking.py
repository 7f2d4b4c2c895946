"""What is asked, for whom and by whom; and who may ask it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.translation import gettext as _

from liqi.access import belonging
from liqi.access.models import Booking, Order
from liqi.access.opening import utc
from liqi.access.rules import Objection, Refused, clock
from liqi.accounts import membership
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Organisation, Person, Project
from liqi.accounts.naming import called
from liqi.catalogue.models import Instrument


@dataclass(frozen=True)
class Wanted:
    """A period on an instrument."""

    instrument: Instrument
    starts_at: datetime
    ends_at: datetime
    family: str = ""
    occurrence_at: datetime | None = None
    together: str = ""

    def __post_init__(self) -> None:
        for name in ("starts_at", "ends_at"):
            object.__setattr__(self, name, utc(getattr(self, name)))


@dataclass(frozen=True)
class Asking:
    """For whom it is asked, by whom, under which order, and against which rules."""

    person: Person
    now: datetime
    organisation: Organisation | None = None
    order: Order | None = None
    project: Project | None = None
    title: str = ""
    need: str = ""
    made_by: Person | None = None
    """Who asks on the person's behalf; they have to look after the instrument."""
    waive: frozenset[str] = frozenset()
    reason: str = ""
    kept: frozenset[str] = frozenset()
    """Rules that were kept before, so that they are not asked again."""
    settled: bool = False
    """Whether it was settled before for which organisation it is."""

    @property
    def actor(self) -> Person:
        """Who does it."""
        return self.made_by or self.person

    @property
    def behalf(self) -> Person | None:
        """Who does it, where that is not the person."""
        return self.made_by if self.made_by is not None and self.made_by.pk != self.person.pk else None

    def require(self, instrument: Instrument) -> None:
        """Raise NotAllowed or Refused unless the actor may ask it of this instrument in this way."""
        if self.behalf is not None and not belonging.looks_after(self.behalf, instrument):
            words = _("Only a steward of %(instrument)s may book it for somebody else; ask one, or book for yourself.")
            raise NotAllowed(words % {"instrument": called(instrument)})
        require_override(self.actor, instrument, self.waive, self.reason)

    @cached_property
    def acts_for(self) -> Organisation | None:
        """The organisation it is for: the named one, the project's, the order's, the person's first."""
        return membership.home_of(self.person) if self.is_for_home else self.named

    @property
    def is_for_home(self) -> bool:
        """Whether nothing names an organisation, so that it is for the person's first."""
        return not self.settled and self.organisation is None and self.project is None and self.order is None

    def know_home(self, organisation: Organisation | None) -> None:
        """The person's first organisation has been read."""
        self.__dict__["acts_for"] = organisation

    @cached_property
    def named(self) -> Organisation | None:
        """The organisation that is named, by itself, by the project or by the order."""
        order, person = self.order, self.person
        if self.settled:
            return self.organisation
        if order is not None and order.person_id != person.pk and not person.is_operator:
            raise NotAllowed(_("This order is %(owner)s's; only they may book under it.") % {"owner": order.person})
        organisation = self.organisation
        if organisation is None and self.project is not None:
            organisation = self.project.organisation
        if organisation is not None:
            membership.require(person, organisation)
            return organisation
        return order.organisation if order is not None else None


def require_override(person: Person, instrument: Instrument, waive: Collection[str], reason: str) -> None:
    """Raise unless nothing is waived, or a steward waives it and says why."""
    if not waive:
        return
    if not belonging.looks_after(person, instrument):
        words = _("Only a steward of %(instrument)s may waive its rules; ask one, or keep to the rules.")
        raise NotAllowed(words % {"instrument": called(instrument)})
    if not reason.strip():
        words = _("A rule is waived without a reason; say in a few words why it may pass.")
        raise Refused([Objection("reason", words, waivable=False)])


def require_hand(booking: Booking, person: Person) -> None:
    """Raise NotAllowed unless the booking is the person's, or on an instrument that they look after."""
    if booking.person_id != person.pk and not belonging.looks_after(person, booking.instrument):
        raise NotAllowed(
            _("This booking is %(owner)s's; only they and the stewards of %(instrument)s may change it.")
            % {"owner": booking.person, "instrument": called(booking.instrument)}
        )


def require_unused(booking: Booking, now: datetime) -> None:
    """Raise Refused when the booking was used, or is over."""
    if booking.sessions.exists():
        words = _("This booking has been used, so it cannot change; make a new one.")
        raise Refused([Objection("used", words, waivable=False)])
    if booking.ends_at <= now:
        words = _("This booking ended at %(end)s, so it cannot change; make a new one.")
        said = words % {"end": clock(booking.ends_at, booking.instrument, booking.person)}
        raise Refused([Objection("over", said, waivable=False)])


def require_live(booking: Booking) -> None:
    """Raise Refused unless the booking holds its instrument for its person."""
    if booking.state == Booking.State.OFFERED:
        words = _("This time is offered to %(owner)s; take the offer first, then change the booking.")
        raise Refused([Objection("offered", words % {"owner": booking.person}, waivable=False)])
    require_held(booking)


def require_held(booking: Booking) -> None:
    """Raise Refused unless the booking holds its instrument, for whomever."""
    if not booking.is_live:
        words = {
            Booking.State.REFUSED: _("This booking was refused; make a new one."),
            Booking.State.RELEASED: _("This booking was given free because nobody came; make a new one."),
        }.get(Booking.State(booking.state), _("This booking is cancelled; take it back first, or make a new one."))
        raise Refused([Objection(booking.state, words, waivable=False)])
