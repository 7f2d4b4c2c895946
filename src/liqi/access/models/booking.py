"""The booking: a person's period on one position of an instrument."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from liqi.access.constraints import NoOverlap
from liqi.accounts.models import Person

HOLDING = ("requested", "offered", "confirmed")
"""The states in which a booking holds its position: nobody else can have it then."""


class HeldMoment(models.DateTimeField[Any, Any]):
    """A moment that is the one of the field ``beside`` it unless another is given."""

    def __init__(self, *args: Any, beside: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.beside = beside

    def deconstruct(self) -> Any:
        """Its path and arguments, as the migration writer needs them."""
        name, path, positional, named = super().deconstruct()
        return name, path, positional, named | {"beside": self.beside}

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Give the moment that is kept."""
        if self.beside and getattr(model_instance, self.attname) is None:
            setattr(model_instance, self.attname, getattr(model_instance, self.beside))
        return super().pre_save(model_instance, add)


class BookingQuerySet(models.QuerySet["Booking"]):
    """The questions asked of bookings."""

    def live(self) -> Self:
        """Those that hold their instrument: requested, offered or confirmed."""
        return self.filter(state__in=HOLDING)

    def of(self, person: Person) -> Self:
        """Those that are this person's."""
        return self.filter(person=person)

    def meeting(self, starts_at: datetime, ends_at: datetime) -> Self:
        """Those whose half-open period shares at least a moment with [starts_at, ends_at)."""
        return self.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)

    def holding(self, held_from: datetime, held_until: datetime) -> Self:
        """Those that hold their position, buffers counted, at some moment of [held_from, held_until)."""
        return self.live().filter(held_from__lt=held_until, held_until__gt=held_from)

    def ahead(self, now: datetime) -> Self:
        """Those not over yet, soonest first."""
        return self.filter(ends_at__gt=now).order_by("starts_at", "pk")


class Booking(models.Model):
    """A half-open period [starts_at, ends_at) of one position of an instrument that belongs to one person."""

    class State(models.TextChoices):
        REQUESTED = "requested"
        """It waits for a steward's yes, and holds the instrument until then."""
        OFFERED = "offered"
        """Somebody on the waiting list may take it until ``expires_at``."""
        CONFIRMED = "confirmed"
        CANCELLED = "cancelled"
        REFUSED = "refused"
        """A steward said no, or nobody answered in time."""
        RELEASED = "released"
        """Nobody came, so the instrument was given free."""

    order = models.ForeignKey("access.Order", on_delete=models.PROTECT, related_name="bookings")
    instrument = models.ForeignKey(
        "catalogue.Instrument", on_delete=models.PROTECT, related_name="bookings", db_index=False
    )
    position = models.PositiveSmallIntegerField(default=0)
    """Which of the instrument's places, from 0; how many there are its booking terms say."""
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="bookings", db_index=False)
    made_by = models.ForeignKey(
        "accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="bookings_made", db_index=False
    )
    """Who booked on the person's behalf; empty where the person did it."""
    organisation = models.ForeignKey(
        "accounts.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="bookings"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    held_from = HeldMoment(beside="starts_at")
    """The start with the buffer before it; nobody else can have the position from here on."""
    held_until = HeldMoment(beside="ends_at")
    """The end with the buffer after it."""
    state = models.CharField(max_length=20, choices=State.choices, default=State.CONFIRMED)
    family = models.CharField(max_length=40, blank=True)
    """The set-up family: between two of different families the instrument is set up anew."""
    reason = models.TextField(blank=True)
    """Why a steward let it pass against a rule."""
    series = models.ForeignKey(
        "access.Series", null=True, blank=True, on_delete=models.PROTECT, related_name="bookings", db_index=False
    )
    occurrence_at = models.DateTimeField(null=True, blank=True)
    """The start that the series' rule gives, wherever the booking was moved since (RFC 5545: RECURRENCE-ID)."""
    together = models.CharField(max_length=12, blank=True)
    """The same for bookings that were made all or none."""
    expires_at = models.DateTimeField(null=True, blank=True)
    """Until when a request waits for its answer, or an offer for being taken."""
    decided_by = models.ForeignKey(
        "accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="decisions", db_index=False
    )
    """The steward who approved or refused it; empty where the clock did."""
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.TextField(blank=True)
    """What the steward said with it."""
    created_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    request_key = models.CharField(max_length=80, blank=True)
    """What the caller named this request, so that sending it again makes nothing new."""
    synthetic = models.BooleanField(default=False)

    objects: ClassVar[BookingQuerySet] = BookingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="booking_ends_after_start"
            ),
            models.CheckConstraint(
                condition=models.Q(held_from__lte=models.F("starts_at"), held_until__gte=models.F("ends_at")),
                name="booking_held_while_used",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="offered") | models.Q(expires_at__isnull=False),
                name="booking_offer_expires",
            ),
            NoOverlap(
                resource=("instrument", "position"),
                start="held_from",
                end="held_until",
                condition=models.Q(state__in=HOLDING),
                name="booking_no_overlap",
                violation_error_message=_("This period meets another booking of the instrument; choose a free one."),
            ),
            models.UniqueConstraint(
                fields=["person", "request_key"],
                condition=~models.Q(request_key=""),
                name="booking_request_once",
            ),
            models.UniqueConstraint(
                fields=["series", "occurrence_at", "instrument"],
                condition=models.Q(series__isnull=False),
                name="booking_occurrence_once",
            ),
        ]
        indexes = [
            # bookings lie in the past, so "ends after" finds few rows where "starts before" finds nearly all
            models.Index(fields=["instrument", "ends_at"], name="booking_instrument_ends"),
            models.Index(fields=["instrument", "held_until"], name="booking_instrument_held"),
            models.Index(fields=["person", "ends_at"], name="booking_person_ends"),
            models.Index(fields=["ends_at"], name="booking_ends"),
            models.Index(
                fields=["expires_at"], condition=models.Q(state__in=("requested", "offered")), name="booking_expires"
            ),
            models.Index(fields=["together"], condition=~models.Q(together=""), name="booking_together"),
        ]

    def __str__(self) -> str:
        return f"{self.instrument} {self.starts_at:%Y-%m-%d %H:%M} to {self.ends_at:%Y-%m-%d %H:%M}"

    @property
    def is_live(self) -> bool:
        """Whether it holds its instrument."""
        return self.state in HOLDING
