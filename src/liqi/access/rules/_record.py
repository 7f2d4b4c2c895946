"""What is on record beside a wish: bookings that count, qualifications, documents accepted."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Literal, Protocol

from liqi.access import turns
from liqi.access.models import Booking
from liqi.access.opening import Period
from liqi.access.training import documents, qualification
from liqi.access.training.documents import Standing
from liqi.access.training.qualification import Held
from liqi.accounts.models import Organisation, Person
from liqi.catalogue.models import Instrument

Whose = Literal["person", "group"]


class Wish(Protocol):
    """What of a request has to be known to look for what is on record beside it."""

    @property
    def instrument(self) -> Instrument:
        """What is wished."""

    @property
    def person(self) -> Person:
        """For whom."""

    @property
    def organisation(self) -> Organisation | None:
        """The body they act for."""

    @property
    def now(self) -> datetime:
        """When it is asked."""

    @property
    def but(self) -> Booking | None:
        """The booking that is being changed."""

    @property
    def alongside(self) -> tuple[Period, ...]:
        """Other periods wished in the same breath."""


class Record:
    """What the database says now; a rule that is tried on the past is given what was then."""

    def periods(
        self, request: Wish, whose: Whose, starts_at: datetime, ends_at: datetime, *, whole_facility: bool = False
    ) -> list[Period]:
        """The periods of the person or of their group that share a moment with [starts_at, ends_at).

        They are of the request's instrument, or of every instrument of its facility; the booking being
        changed is left out, what is wished alongside is in. Ordered by start.
        """
        alongside = [period for period in request.alongside if period[0] < ends_at and period[1] > starts_at]
        return sorted(self._booked(request, whose, starts_at, ends_at, whole_facility) + alongside)

    def qualifications(self, request: Wish) -> list[Held]:
        """What the person's qualifications say about the instrument, past ones too."""
        return qualification.held(request.person, request.instrument)

    def courses_missing(self, request: Wish, courses: Collection[int], first: date, last: date) -> list[str]:
        """The titles of those courses whose qualification the person lacks on any day from first to last."""
        return qualification.lacking(request.person, courses, first, last)

    def documents(self, request: Wish, numbers: Collection[int]) -> list[Standing]:
        """Where the person stands with these documents."""
        return documents.standing(request.person, numbers, at=request.now)

    def _booked(
        self, request: Wish, whose: Whose, starts_at: datetime, ends_at: datetime, whole_facility: bool
    ) -> list[Period]:
        if request.person.pk is None or (whose == "group" and request.organisation is None):
            return []
        booked = Booking.objects.live().meeting(starts_at, ends_at)
        if whole_facility and request.instrument.facility_id is not None:
            booked = booked.filter(instrument__facility=request.instrument.facility_id)
        else:
            booked = booked.filter(instrument=request.instrument)
        if whose == "person":
            booked = booked.filter(person=request.person)
        else:
            booked = booked.filter(organisation=request.organisation)
            if whole_facility and request.organisation is not None:
                # who books has the turn of instrument and person; others of the group may book beside, elsewhere
                turns.take([(turns.GROUPS, request.organisation.pk)])
        if request.but is not None:
            booked = booked.exclude(pk=request.but.pk)
        return list(booked.values_list("starts_at", "ends_at"))
