"""The booking: a person's confirmed period on an instrument."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from liqi.access.constraints import NoOverlap
from liqi.accounts.models import Person


class BookingQuerySet(models.QuerySet["Booking"]):
    """The questions asked of bookings."""

    def live(self) -> Self:
        """Those that hold their instrument: confirmed, not cancelled."""
        return self.filter(state=Booking.State.CONFIRMED)

    def of(self, person: Person) -> Self:
        """Those this person made."""
        return self.filter(person=person)

    def meeting(self, starts_at: datetime, ends_at: datetime) -> Self:
        """Those whose half-open period shares at least a moment with [starts_at, ends_at)."""
        return self.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)

    def ahead(self, now: datetime) -> Self:
        """Those not over yet, soonest first."""
        return self.filter(ends_at__gt=now).order_by("starts_at", "pk")


class Booking(models.Model):
    """A half-open period [starts_at, ends_at) of one instrument that belongs to one person."""

    class State(models.TextChoices):
        CONFIRMED = "confirmed"
        CANCELLED = "cancelled"

    order = models.ForeignKey("access.Order", on_delete=models.PROTECT, related_name="bookings")
    instrument = models.ForeignKey(
        "catalogue.Instrument", on_delete=models.PROTECT, related_name="bookings", db_index=False
    )
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="bookings", db_index=False)
    organisation = models.ForeignKey(
        "accounts.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="bookings"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=20, choices=State.choices, default=State.CONFIRMED)
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
            NoOverlap(
                resource="instrument",
                start="starts_at",
                end="ends_at",
                condition=models.Q(state="confirmed"),
                name="booking_no_overlap",
                violation_error_message=_("This period meets another booking of the instrument; choose a free one."),
            ),
            models.UniqueConstraint(
                fields=["person", "request_key"],
                condition=~models.Q(request_key=""),
                name="booking_request_once",
            ),
        ]
        indexes = [
            # bookings lie in the past, so "ends after" finds few rows where "starts before" finds nearly all
            models.Index(fields=["instrument", "ends_at"], name="booking_instrument_ends"),
            models.Index(fields=["person", "ends_at"], name="booking_person_ends"),
            models.Index(fields=["ends_at"], name="booking_ends"),
        ]

    def __str__(self) -> str:
        return f"{self.instrument} {self.starts_at:%Y-%m-%d %H:%M} to {self.ends_at:%Y-%m-%d %H:%M}"

    @property
    def is_live(self) -> bool:
        """Whether it holds its instrument."""
        return self.state == self.State.CONFIRMED
