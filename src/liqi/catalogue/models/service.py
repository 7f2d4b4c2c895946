"""Services: something a facility does for others."""

from django.db import models
from django.db.models import Q

from liqi.catalogue.models.facility import Facility
from liqi.catalogue.models.institution import Institution
from liqi.catalogue.models.instrument import Instrument
from liqi.catalogue.models.record import Record


class PriceUnit(models.TextChoices):
    """What one price pays for."""

    SAMPLE = "sample", "sample"
    HOUR = "hour", "hour"
    BATCH = "batch", "batch"
    PROJECT = "project", "project"


class Service(Record):
    """A service with its techniques (taxonomy keys), sample types, price and turnaround in days."""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="services")
    facility = models.ForeignKey(Facility, null=True, blank=True, on_delete=models.PROTECT, related_name="services")
    instruments = models.ManyToManyField(Instrument, blank=True, related_name="services")
    techniques = models.JSONField(blank=True, default=list)
    sample_types = models.JSONField(blank=True, default=list)
    description = models.TextField(blank=True, default="")
    price_cny = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    price_unit = models.CharField(max_length=8, choices=PriceUnit.choices, default=PriceUnit.SAMPLE)
    turnaround_days = models.PositiveSmallIntegerField(null=True, blank=True)
    open = models.BooleanField(default=True)

    class Meta(Record.Meta):
        abstract = False
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["updated_at", "id"])]
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=Q(price_cny__isnull=True) | Q(price_cny__gte=0), name="service_price_not_negative"
            ),
            models.CheckConstraint(condition=Q(price_unit__in=PriceUnit.values), name="service_price_unit_known"),
        ]
