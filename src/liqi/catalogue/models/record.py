"""What every catalogue record owes its reader: where it came from, when it was confirmed, how sure we are."""

from django.db import models
from django.db.models import Q


class Confidence(models.TextChoices):
    """How sure we are of a record: seen by its owner, taken from a good source, or guessed."""

    HIGH = "high", "high"
    MEDIUM = "medium", "medium"
    LOW = "low", "low"


class Record(models.Model):
    """A row with a short stable key, its source, the row as the source gave it, and its names."""

    key = models.CharField(max_length=120, unique=True)
    name = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300, blank=True, default="")
    source = models.CharField(max_length=120, db_index=True)
    source_ref = models.CharField(max_length=300, blank=True, default="")
    source_row = models.JSONField(blank=True, default=dict)
    licence = models.CharField(max_length=120, blank=True, default="")
    confirmed_on = models.DateField(null=True, blank=True)
    confidence = models.CharField(max_length=6, choices=Confidence.choices, default=Confidence.MEDIUM)
    synthetic = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=~Q(key=""), name="%(class)s_has_key"),
            models.CheckConstraint(condition=~Q(name=""), name="%(class)s_has_name"),
            models.CheckConstraint(condition=~Q(source=""), name="%(class)s_has_source"),
            models.CheckConstraint(condition=Q(confidence__in=Confidence.values), name="%(class)s_confidence_known"),
            models.UniqueConstraint(
                fields=["source", "source_ref"], condition=~Q(source_ref=""), name="%(class)s_once_per_source"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Placed(models.Model):
    """A place: ISO country, six-digit Chinese division as province, city, point in degrees (WGS 84)."""

    country = models.CharField(max_length=2, blank=True, default="")
    province = models.CharField(max_length=12, blank=True, default="")
    city = models.CharField(max_length=120, blank=True, default="")
    address = models.CharField(max_length=300, blank=True, default="")
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__isnull=False, longitude__isnull=False)
                & Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="%(class)s_point_on_earth",
            )
        ]
