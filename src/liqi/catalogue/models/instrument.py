"""Instruments: one physical, bookable thing with an identifier."""

from django.db import models
from django.db.models import F, Q

from liqi.catalogue.models.facility import Facility
from liqi.catalogue.models.institution import Institution
from liqi.catalogue.models.maker import Maker
from liqi.catalogue.models.record import Placed, Record


class InstrumentStatus(models.TextChoices):
    """What state an instrument is in; `unknown` is what most sources give."""

    WORKING = "working", "working"
    RESTRICTED = "restricted", "restricted"
    DOWN = "down", "down"
    RETIRED = "retired", "retired"
    UNKNOWN = "unknown", "unknown"


class Instrument(Record, Placed):
    """An instrument: class code with scheme and edition, brand (maker) and made-in kept apart, terms of use.

    `capabilities` is a list of {"quantity", "value", "unit"}; `techniques` a list of taxonomy keys;
    `identifiers` a list of {"type", "value"}; `opening_hours` maps "mon".."sun" to [["09:00", "17:30"], ...]
    in `time_zone` (an empty mapping means always open; a missing day means closed).
    """

    institution = models.ForeignKey(
        Institution, null=True, blank=True, on_delete=models.PROTECT, related_name="instruments"
    )
    facility = models.ForeignKey(Facility, null=True, blank=True, on_delete=models.PROTECT, related_name="instruments")
    maker = models.ForeignKey(Maker, null=True, blank=True, on_delete=models.PROTECT, related_name="instruments")
    maker_text = models.CharField(max_length=200, blank=True, default="")
    model = models.CharField(max_length=200, blank=True, default="")
    serial = models.CharField(max_length=120, blank=True, default="")
    identifiers = models.JSONField(blank=True, default=list)
    class_code = models.CharField(max_length=12, blank=True, default="", db_index=True)
    class_scheme = models.CharField(max_length=24, blank=True, default="")
    class_edition = models.CharField(max_length=12, blank=True, default="")
    techniques = models.JSONField(blank=True, default=list)
    made_in = models.CharField(max_length=2, blank=True, default="")
    value_cny = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    acquired_on = models.DateField(null=True, blank=True)
    built_year = models.PositiveSmallIntegerField(null=True, blank=True)
    status = models.CharField(max_length=12, choices=InstrumentStatus.choices, default=InstrumentStatus.UNKNOWN)
    description = models.TextField(blank=True, default="")
    website = models.URLField(max_length=300, blank=True, default="")
    capabilities = models.JSONField(blank=True, default=list)
    shared = models.BooleanField(default=False)
    bookable = models.BooleanField(default=False)
    opening_hours = models.JSONField(blank=True, default=dict)
    time_zone = models.CharField(max_length=48, default="UTC")
    min_minutes = models.PositiveIntegerField(default=30)
    max_minutes = models.PositiveIntegerField(default=24 * 60)
    notice_minutes = models.PositiveIntegerField(default=0)
    horizon_days = models.PositiveIntegerField(default=180)
    price_cny_per_hour = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)

    class Meta(Record.Meta, Placed.Meta):
        abstract = False
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["name", "id"]),
            models.Index(fields=["country", "province"]),
            models.Index(fields=["bookable", "name"]),
        ]
        constraints = [
            *Record.Meta.constraints,
            *Placed.Meta.constraints,
            models.CheckConstraint(condition=Q(status__in=InstrumentStatus.values), name="instrument_status_known"),
            models.CheckConstraint(
                condition=Q(class_code="") | ~Q(class_scheme="") & ~Q(class_edition=""),
                name="instrument_class_has_scheme_and_edition",
            ),
            models.CheckConstraint(
                condition=Q(value_cny__isnull=True) | Q(value_cny__gte=0),
                name="instrument_value_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(price_cny_per_hour__isnull=True) | Q(price_cny_per_hour__gte=0),
                name="instrument_price_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(min_minutes__gte=1, min_minutes__lte=F("max_minutes")),
                name="instrument_minutes_in_order",
            ),
        ]
