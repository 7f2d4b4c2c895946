"""The meter: a sensor at an instrument, its readings, and what they say the machine did."""

from datetime import timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from liqi.insight.metering import Level, Thresholds


class Meter(models.Model):
    """Something that measures whether an instrument runs: a power plug, a current clamp, a line of its controller."""

    class Quantity(models.TextChoices):
        POWER = "power", _("power")
        CURRENT = "current", _("current")
        STATE = "state", _("state")

    instrument = models.ForeignKey(
        "catalogue.Instrument", on_delete=models.PROTECT, related_name="meters", db_index=False
    )
    name = models.SlugField(max_length=40, db_index=False)
    """What senders call it; once an instrument."""
    quantity = models.CharField(max_length=10, choices=Quantity.choices, default=Quantity.POWER)
    on_from = models.FloatField(default=10)
    """From this value on, in the meter's unit, the machine is on."""
    on_below = models.FloatField(default=8)
    """Below this value it is off again."""
    working_from = models.FloatField(default=200)
    """From this value on it works."""
    working_below = models.FloatField(default=160)
    """Below this value it is idle again."""
    silence = models.DurationField(default=timedelta(minutes=15))
    """Where no reading comes for longer than this, nothing is known in between."""
    topic = models.CharField(max_length=200, blank=True)
    """The MQTT topic that carries its readings; empty where it speaks by HTTP alone."""
    field = models.CharField(max_length=100, blank=True)
    """Where in a JSON message the reading stands, such as ENERGY.Power; empty where the message is the number."""
    time_field = models.CharField(max_length=100, blank=True)
    """Where in it the time stands; empty where the moment of arrival is the time."""
    active = models.BooleanField(default=True)
    last_at = models.DateTimeField(null=True, blank=True)
    last_value = models.FloatField(null=True, blank=True)
    synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["instrument", "name"], name="meter_name_once"),
            models.UniqueConstraint(
                fields=["topic", "field"], condition=~Q(topic="") & Q(active=True), name="meter_topic_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    on_below__lte=F("on_from"), on_from__lte=F("working_from"), working_below__lte=F("working_from")
                )
                & Q(on_below__lte=F("working_below")),
                name="meter_thresholds_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument}: {self.name}"

    @property
    def unit(self) -> str:
        """The unit of its readings; a meter of states has none."""
        return {self.Quantity.POWER: "W", self.Quantity.CURRENT: "A"}.get(self.Quantity(self.quantity), "")

    @property
    def thresholds(self) -> Thresholds:
        """When it sees the machine on and working."""
        return Thresholds(self.on_from, self.on_below, self.working_from, self.working_below)


class Reading(models.Model):
    """One value at one moment."""

    meter = models.ForeignKey(Meter, on_delete=models.CASCADE, related_name="readings", db_index=False)
    at = models.DateTimeField()
    value = models.FloatField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meter", "at"], name="reading_once")]
        indexes = [models.Index(fields=["at"], name="reading_at")]

    def __str__(self) -> str:
        return f"{self.meter_id} {self.at:%Y-%m-%d %H:%M:%S} {self.value}"


class MeteredStretchQuerySet(models.QuerySet["MeteredStretch"]):
    """The questions asked of stretches."""

    def meeting(self, starts_at: object, ends_at: object) -> Self:
        """Those that share a moment with [starts_at, ends_at)."""
        return self.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)


class MeteredStretch(models.Model):
    """What the machine did in [starts_at, ends_at) by one meter; worked out again when readings come late."""

    class Level(models.TextChoices):
        OFF = Level.OFF.value, _("off")
        IDLE = Level.IDLE.value, _("idle")
        WORKING = Level.WORKING.value, _("working")

    meter = models.ForeignKey(Meter, on_delete=models.CASCADE, related_name="stretches", db_index=False)
    level = models.CharField(max_length=10, choices=Level.choices)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    synthetic = models.BooleanField(default=False)

    objects: ClassVar[MeteredStretchQuerySet] = MeteredStretchQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meter", "starts_at"], name="stretch_starts_once"),
            models.CheckConstraint(condition=Q(ends_at__gte=F("starts_at")), name="stretch_ends_after_start"),
        ]
        indexes = [models.Index(fields=["meter", "ends_at"], name="stretch_meter_ends")]

    def __str__(self) -> str:
        return f"{self.meter_id} {self.level} {self.starts_at:%Y-%m-%d %H:%M} to {self.ends_at:%H:%M}"
