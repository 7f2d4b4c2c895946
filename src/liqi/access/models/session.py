"""The session: metered use of an instrument."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from liqi.access.noted_changes import NotedChanges

HOUR = timedelta(hours=1)


class SessionQuerySet(models.QuerySet["Session"]):
    """The questions asked of sessions."""

    def running(self) -> Self:
        """Those not ended yet."""
        return self.filter(ended_at__isnull=True)

    def ended_in(self, starts_at: datetime, ends_at: datetime) -> Self:
        """Those that ended in [starts_at, ends_at) and happened: a session counts where it ends."""
        return self.filter(ended_at__gte=starts_at, ended_at__lt=ends_at, withdrawn=False)

    def meeting(self, starts_at: datetime, ends_at: datetime) -> Self:
        """Those that happened and share a moment with [starts_at, ends_at); one that runs has no end yet."""
        met = models.Q(ended_at__isnull=True) | models.Q(ended_at__gt=starts_at)
        return self.filter(met, started_at__lt=ends_at, withdrawn=False)

    def confirmed(self) -> Self:
        """Those whose hours a steward stands for: these are what an evaluation counts."""
        return self.filter(confirmation__isnull=False, withdrawn=False)


class Session(models.Model):
    """One use of an instrument from start to end, as it was metered."""

    class Source(models.TextChoices):
        LOG_ON = "log-on"
        SENSOR = "sensor"
        FILES = "files"
        BY_HAND = "by hand"

    class Purpose(models.TextChoices):
        """What it was for, as the ministry's yearly table (SJ3) splits the hours."""

        TEACHING = "teaching", _("teaching")
        RESEARCH = "research", _("research")
        SERVICE = "service", _("service to society")

    class EndedBy(models.TextChoices):
        PERSON = "person"
        RULE = "rule"
        """It was forgotten, and ended where the evidence ends."""

    booking = models.ForeignKey(
        "access.Booking", null=True, blank=True, on_delete=models.PROTECT, related_name="sessions"
    )
    instrument = models.ForeignKey(
        "catalogue.Instrument", on_delete=models.PROTECT, related_name="sessions", db_index=False
    )
    position = models.PositiveSmallIntegerField(default=0)
    """Which of the instrument's places, from 0; that of its booking."""
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="sessions")
    others = models.ManyToManyField("accounts.Person", blank=True, related_name="shared_sessions")
    """Who else took part; the hours are counted once, for the person's organisation."""
    staff = models.ForeignKey(
        "accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="assisted_sessions"
    )
    """The steward who worked with them or for them; empty where they worked alone."""
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
    purpose = models.CharField(max_length=10, choices=Purpose.choices, blank=True)
    """Empty where nobody said."""
    ended_by = models.CharField(max_length=10, choices=EndedBy.choices, blank=True)
    """Empty while it runs."""
    warned_at = models.DateTimeField(null=True, blank=True)
    """When it was told that it runs over."""
    withdrawn = models.BooleanField(default=False)
    """It did not happen, or was counted elsewhere: kept as evidence, counts nothing."""
    confirmation = models.ForeignKey(
        "access.Confirmation", null=True, blank=True, on_delete=models.SET_NULL, related_name="confirmed"
    )
    """Who stands for its hours; empty until a steward does."""
    synthetic = models.BooleanField(default=False)

    objects: ClassVar[SessionQuerySet] = SessionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gt=models.F("started_at")),
                name="session_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["instrument", "position"], condition=models.Q(ended_at__isnull=True), name="session_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn=False) | models.Q(effective_hours=0),
                name="session_withdrawn_counts_nothing",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmation__isnull=True) | models.Q(ended_at__isnull=False),
                name="session_confirmed_when_ended",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, effective_hours__isnull=True)
                | models.Q(ended_at__isnull=False, effective_hours__isnull=False, effective_hours__gte=0),
                name="session_hours_when_ended",
            ),
            NotedChanges(of="instrument_id", ended="ended_at", into="access_usechange", name="session_use_noted"),
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
