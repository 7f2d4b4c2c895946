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


class Obtained(models.TextChoices):
    """How an institution came by an instrument (the national interface's 设备来源)."""

    BOUGHT = "bought", "bought"
    MADE = "made", "made"
    GIVEN = "given", "given"
    OTHER = "other", "other"


class Purpose(models.TextChoices):
    """Whether an instrument serves many uses or was made for one (通用, 专用)."""

    GENERAL = "general", "general"
    SPECIAL = "special", "special"


class Instrument(Record, Placed):
    """An instrument: class code with scheme and edition, brand (maker) and made-in kept apart, terms of use.

    The union of the national interface, PIDINST 1.0, Jisc's equipment data (2025) and Kit-Catalogue.
    `capabilities` is a list of {"quantity", "value" or "low" and "high", "unit"}, where `quantity` is a key of the
    taxonomy's quantities or words; `techniques` a list of taxonomy keys; `subjects` codes of GB/T 13745 level 1;
    `funds` words of the national list; `measured_variables` and `keywords` words; `related` a list of
    {"relation", "identifier", "type"} in PIDINST's terms; `opening_hours` maps "mon".."sun" to
    [["09:00", "17:30"], ...] in `time_zone` (an empty mapping means always open; a missing day means closed).
    `run_hours` and `outside_hours` are those that the source declared for `hours_year`; metered hours are sessions.
    """

    institution = models.ForeignKey(
        Institution, null=True, blank=True, on_delete=models.PROTECT, related_name="instruments"
    )
    facility = models.ForeignKey(Facility, null=True, blank=True, on_delete=models.PROTECT, related_name="instruments")
    maker = models.ForeignKey(Maker, null=True, blank=True, on_delete=models.PROTECT, related_name="instruments")
    maker_text = models.CharField(max_length=200, blank=True, default="")
    model = models.CharField(max_length=200, blank=True, default="")
    serial = models.CharField(max_length=120, blank=True, default="")
    class_code = models.CharField(max_length=12, blank=True, default="", db_index=True)
    class_scheme = models.CharField(max_length=24, blank=True, default="")
    class_edition = models.CharField(max_length=12, blank=True, default="")
    techniques = models.JSONField(blank=True, default=list)
    made_in = models.CharField(max_length=2, blank=True, default="")
    value_cny = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    acquired_on = models.DateField(null=True, blank=True)
    commissioned_on = models.DateField(null=True, blank=True)
    decommissioned_on = models.DateField(null=True, blank=True)
    end_of_life_on = models.DateField(null=True, blank=True)
    obtained = models.CharField(max_length=8, choices=Obtained.choices, blank=True, default="")
    purpose = models.CharField(max_length=8, choices=Purpose.choices, blank=True, default="")
    one_off = models.BooleanField(default=False)
    customs_supervised = models.BooleanField(null=True, blank=True)
    funds = models.JSONField(blank=True, default=list)
    department = models.CharField(max_length=200, blank=True, default="")
    carrier_kind = models.CharField(max_length=4, blank=True, default="")
    carrier_name = models.CharField(max_length=200, blank=True, default="")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="parts")
    related = models.JSONField(blank=True, default=list)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="twins")
    built_year = models.PositiveSmallIntegerField(null=True, blank=True)
    status = models.CharField(max_length=12, choices=InstrumentStatus.choices, default=InstrumentStatus.UNKNOWN)
    description = models.TextField(blank=True, default="")
    functions = models.TextField(blank=True, default="")
    specification = models.TextField(blank=True, default="")
    service_content = models.TextField(blank=True, default="")
    achievements = models.TextField(blank=True, default="")
    subjects = models.JSONField(blank=True, default=list)
    keywords = models.JSONField(blank=True, default=list)
    measured_variables = models.JSONField(blank=True, default=list)
    website = models.URLField(max_length=300, blank=True, default="")
    booking_url = models.URLField(max_length=300, blank=True, default="")
    capabilities = models.JSONField(blank=True, default=list)
    calibrated_on = models.DateField(null=True, blank=True)
    calibration_due_on = models.DateField(null=True, blank=True)
    calibration = models.CharField(max_length=300, blank=True, default="")
    portable = models.BooleanField(null=True, blank=True)
    training_required = models.BooleanField(null=True, blank=True)
    training = models.CharField(max_length=300, blank=True, default="")
    user_rules = models.TextField(blank=True, default="")
    fees = models.TextField(blank=True, default="")
    run_hours = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    outside_hours = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    hours_year = models.PositiveSmallIntegerField(null=True, blank=True)
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
            models.Index(fields=["updated_at", "id"]),
            models.Index(fields=["country", "province"]),
            models.Index(fields=["bookable", "name"]),
            models.Index(fields=["maker", "serial"], condition=~Q(serial=""), name="instrument_maker_serial"),
        ]
        constraints = [
            *Record.Meta.constraints,
            *Placed.Meta.constraints,
            models.CheckConstraint(condition=Q(status__in=InstrumentStatus.values), name="instrument_status_known"),
            models.CheckConstraint(condition=Q(obtained__in=["", *Obtained.values]), name="instrument_obtained_known"),
            models.CheckConstraint(condition=Q(purpose__in=["", *Purpose.values]), name="instrument_purpose_known"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(removed_at__isnull=False), name="instrument_merged_is_removed"
            ),
            models.CheckConstraint(
                condition=(Q(run_hours=None) | Q(run_hours__gte=0)) & (Q(outside_hours=None) | Q(outside_hours__gte=0)),
                name="instrument_hours_not_negative",
            ),
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
