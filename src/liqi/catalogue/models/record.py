"""What every catalogue record owes its reader: where it came from, when it was confirmed, how sure we are."""

from typing import Any

from django.db import models
from django.db.models import Q


class Confidence(models.TextChoices):
    """How sure we are of a record: seen by its owner, taken from a good source, or guessed."""

    HIGH = "high", "high"
    MEDIUM = "medium", "medium"
    LOW = "low", "low"


class Live(models.Manager[Any]):
    """The records that were not taken out of the catalogue; `everything` has those too."""

    def get_queryset(self) -> models.QuerySet[Any]:
        """Without the records that only say what once stood here."""
        return super().get_queryset().filter(removed_at=None)


class Record(models.Model):
    """A row with a short stable key, its source, the row as the source gave it, and its names.

    A record is never deleted: `removed_at` says since when it is out of the catalogue (merged into another, or gone
    from its source), so that its address can say so and harvesters learn of it. `codes` is a list of
    {"scheme", "edition", "code"}: the same thing in other classifications. `identifiers` is a list of
    {"type", "value"}, beside the two that have a resolver of their own, `doi` and `handle` (without address).
    """

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
    doi = models.CharField(max_length=200, blank=True, default="")
    handle = models.CharField(max_length=200, blank=True, default="")
    identifiers = models.JSONField(blank=True, default=list)
    codes = models.JSONField(blank=True, default=list)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField(db_index=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = Live()
    everything = models.Manager[Any]()

    class Meta:
        abstract = True
        base_manager_name = "everything"
        default_manager_name = "objects"
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
    """A place: ISO country, six-digit Chinese division as province, city, county, point in degrees (WGS 84)."""

    country = models.CharField(max_length=2, blank=True, default="")
    province = models.CharField(max_length=12, blank=True, default="")
    city = models.CharField(max_length=120, blank=True, default="")
    county = models.CharField(max_length=120, blank=True, default="")
    address = models.CharField(max_length=300, blank=True, default="")
    postcode = models.CharField(max_length=12, blank=True, default="")
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
