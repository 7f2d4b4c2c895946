"""The outage: a time in which an instrument, or one of its places, cannot be used; and the bookings that it strikes."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q


class OutageQuerySet(models.QuerySet["Outage"]):
    """The questions asked of outages."""

    def standing(self) -> Self:
        """Those that nobody took back."""
        return self.filter(withdrawn_at=None)

    def meeting(self, starts_at: datetime, ends_at: datetime) -> Self:
        """Those that share at least a moment with [starts_at, ends_at); one without an end goes on."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=starts_at), starts_at__lt=ends_at)


class Outage(models.Model):
    """A half-open period [starts_at, ends_at) without use; without an end until somebody says that it is over."""

    class Kind(models.TextChoices):
        BREAKDOWN = "breakdown"
        MAINTENANCE = "maintenance"
        CALIBRATION = "calibration"
        OTHER = "other"

    instrument = models.ForeignKey(
        "catalogue.Instrument", on_delete=models.PROTECT, related_name="outages", db_index=False
    )
    position = models.PositiveSmallIntegerField(null=True, blank=True)
    """The one place that is out, from 0; empty where the whole instrument is."""
    window = models.ForeignKey(
        "access.MaintenanceWindow", null=True, blank=True, on_delete=models.PROTECT, related_name="outages"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.BREAKDOWN)
    words = models.CharField(max_length=300)
    """What is wrong or what is done, for everybody to read."""
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    status_before = models.CharField(max_length=12, blank=True)
    """The state of the instrument before a breakdown put it out of order; it has it again afterwards."""
    person = models.ForeignKey("accounts.Person", null=True, on_delete=models.PROTECT, related_name="outages")
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    synthetic = models.BooleanField(default=False)

    objects: ClassVar[OutageQuerySet] = OutageQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="outage_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["window", "starts_at"], condition=Q(window__isnull=False), name="outage_of_window_once"
            ),
        ]
        indexes = [
            models.Index(fields=["instrument", "ends_at"], name="outage_instrument_ends"),
            models.Index(fields=["ends_at"], name="outage_ends"),
        ]

    def __str__(self) -> str:
        return f"{self.instrument} {self.starts_at:%Y-%m-%d %H:%M} {self.words}"

    @property
    def stands(self) -> bool:
        """Whether nobody took it back."""
        return self.withdrawn_at is None


class MaintenanceWindow(models.Model):
    """Time that recurs for maintenance: outages are made from it ahead of the bookings."""

    instrument = models.ForeignKey("catalogue.Instrument", on_delete=models.PROTECT, related_name="maintenance_windows")
    rule = models.CharField(max_length=500)
    """The RRULE without its name, on the clock of the instrument."""
    starts_at = models.DateTimeField()
    minutes = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=Outage.Kind.choices, default=Outage.Kind.MAINTENANCE)
    words = models.CharField(max_length=300)
    made_until = models.DateTimeField(null=True, blank=True)
    """How far ahead its outages have been made."""
    ended_at = models.DateTimeField(null=True, blank=True)
    person = models.ForeignKey("accounts.Person", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(minutes__gt=0), name="window_has_a_length")]

    def __str__(self) -> str:
        return f"{self.instrument} {self.rule} {self.words}"


class StruckBooking(models.Model):
    """A booking that an outage meets: its person was told, and what became of it."""

    class Outcome(models.TextChoices):
        TOLD = "told"
        """The person knows and has not done anything about it."""
        MOVED = "moved"
        CANCELLED = "cancelled"
        SPARED = "spared"
        """The outage was over or withdrawn before the booking began."""

    outage = models.ForeignKey(Outage, on_delete=models.CASCADE, related_name="struck")
    booking = models.ForeignKey("access.Booking", on_delete=models.CASCADE, related_name="outages")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.TOLD)
    told_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["outage", "booking"], name="struck_once")]

    def __str__(self) -> str:
        return f"{self.booking_id} {self.outcome}"
