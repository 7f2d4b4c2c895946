"""The series: one rule by which bookings recur."""

from django.db import models


class Series(models.Model):
    """Bookings that recur by a rule of RFC 5545, on the clock of one time zone."""

    class Clash(models.TextChoices):
        """What becomes of a date that cannot be had."""

        REFUSE = "refuse"
        SKIP = "skip"
        SHIFT = "shift"

    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="series")
    rule = models.CharField(max_length=500)
    """The RRULE without its name, as in FREQ=WEEKLY;BYDAY=MO;COUNT=10."""
    except_dates = models.JSONField(default=list, blank=True)
    """The starts left out (EXDATE), as wall-clock ISO 8601 without offset."""
    time_zone = models.CharField(max_length=60)
    starts_at = models.DateTimeField()
    """The first start (DTSTART); the clock of ``time_zone`` shows the same hour at every other."""
    minutes = models.PositiveIntegerField()
    """How long each booking is."""
    until = models.DateTimeField(null=True, blank=True)
    """The last start that is left; empty where the rule itself says it all."""
    clash = models.CharField(max_length=10, choices=Clash.choices, default=Clash.REFUSE)
    tolerance_minutes = models.PositiveIntegerField(default=0)
    """How far a date may be shifted to the nearest free period."""
    request_key = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()
    synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(minutes__gt=0), name="series_has_a_length"),
            models.UniqueConstraint(
                fields=["person", "request_key"], condition=~models.Q(request_key=""), name="series_request_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.starts_at:%Y-%m-%d %H:%M}"
