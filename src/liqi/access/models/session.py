"""The session: metered use of an instrument."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import ClassVar, Self

from django.db import models

HOUR = timedelta(hours=1)


class SessionQuerySet(models.QuerySet["Session"]):
    """The questions asked of sessions."""

    def running(self) -> Self:
        """Those not ended yet."""
        return self.filter(ended_at__isnull=True)

    def ended_in(self, starts_at: datetime, ends_at: datetime) -> Self:
        """Those that ended in [starts_at, ends_at): a session counts where it ends."""
        return self.filter(ended_at__gte=starts_at, ended_at__lt=ends_at)


class Session(models.Model):
    """One use of an instrument from start to end, as it was metered."""

    class Source(models.TextChoices):
        LOG_ON = "log-on"
        SENSOR = "sensor"
        FILES = "files"

    booking = models.ForeignKey(
        "access.Booking", null=True, blank=True, on_delete=models.PROTECT, related_name="sessions"
    )
    instrument = models.ForeignKey(
        "catalogue.Instrument", on_delete=models.PROTECT, related_name="sessions", db_index=False
    )
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="sessions")
    organisation = models.ForeignKey(
        "accounts.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="sessions"
    )
    """The user's body when the session was metered: later moves of the person change no hours."""
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    idle = models.DurationField(default=timedelta(0))
    """The part in which the instrument ran without working for anybody; it does not count."""
    source = models.CharField(max_length=20, choices=Source.choices, default=Source.LOG_ON)
    outside = models.BooleanField(default=False)
    """Whether the user belongs to another institution than the instrument."""
    effective_hours = models.DecimalField(max_digits=9, decimal_places=4, null=True, blank=True)
    """Start-up, measuring and needed post-processing in hours, idle running excluded; empty until it ends."""
    synthetic = models.BooleanField(default=False)

    objects: ClassVar[SessionQuerySet] = SessionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gt=models.F("started_at")),
                name="session_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["instrument"], condition=models.Q(ended_at__isnull=True), name="session_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, effective_hours__isnull=True)
                | models.Q(ended_at__isnull=False, effective_hours__isnull=False, effective_hours__gte=0),
                name="session_hours_when_ended",
            ),
        ]
        indexes = [models.Index(fields=["instrument", "ended_at"], name="session_instrument_ended")]

    def __str__(self) -> str:
        return f"{self.instrument} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def is_running(self) -> bool:
        """Whether nobody has ended it yet."""
        return self.ended_at is None

    def hours_until(self, moment: datetime) -> Decimal:
        """Effective hours if it ended at this moment."""
        worked = max(moment - self.started_at - self.idle, timedelta(0))
        return (Decimal(worked // timedelta(microseconds=1)) / Decimal(HOUR // timedelta(microseconds=1))).quantize(
            Decimal("0.0001")
        )
