"""Price tables: what use of an instrument or a service costs, for whom and when, from which day on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Q

from liqi.access.models.amounts import CnyField


class PriceTableQuerySet(models.QuerySet["PriceTable"]):
    """The questions asked of price tables."""

    def in_force(self, on: date) -> PriceTableQuerySet:
        """Those published whose days contain this one."""
        return self.filter(published=True, valid_from__lte=on).filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=on)
        )


class PriceTable(models.Model):
    """Prices of one instrument, one service, or a class of instruments of one institution, both days in."""

    seller = models.ForeignKey("catalogue.Institution", on_delete=models.PROTECT, related_name="price_tables")
    instrument = models.ForeignKey(
        "catalogue.Instrument", null=True, blank=True, on_delete=models.PROTECT, related_name="price_tables"
    )
    service = models.ForeignKey(
        "catalogue.Service", null=True, blank=True, on_delete=models.PROTECT, related_name="price_tables"
    )
    class_code = models.CharField(max_length=20, blank=True)
    """The instruments of this class and of those below it; blank with no instrument and no service: all of them."""
    title = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    tax_percent = models.DecimalField(max_digits=4, decimal_places=2, default=Decimal(6))
    minimum = CnyField(default=0)
    """A use costs at least this, tax excluded."""
    step_minutes = models.PositiveSmallIntegerField(default=1)
    """Time is charged in steps of so many minutes, begun steps whole."""
    late_percent = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    """What a cancellation later than ``late_hours`` before the start costs, of the price of the booking."""
    late_hours = models.PositiveSmallIntegerField(default=24)
    absent_percent = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    """What a booking that nobody came to costs, of its price."""
    published = models.BooleanField(default=False)
    made_by = models.ForeignKey(
        "accounts.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="price_tables"
    )
    made_at = models.DateTimeField()
    synthetic = models.BooleanField(default=False)

    objects: ClassVar[PriceTableQuerySet] = PriceTableQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(instrument__isnull=True) | Q(service__isnull=True), name="pricetable_of_one_thing"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=models.F("valid_from")),
                name="pricetable_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(tax_percent__gte=0, tax_percent__lte=50), name="pricetable_tax_plausible"
            ),
            models.CheckConstraint(condition=Q(minimum__gte=0), name="pricetable_minimum_not_negative"),
            models.CheckConstraint(condition=Q(step_minutes__gte=1), name="pricetable_step_positive"),
            models.CheckConstraint(
                condition=Q(late_percent__gte=0, late_percent__lte=100, absent_percent__gte=0, absent_percent__lte=100),
                name="pricetable_shares",
            ),
        ]
        indexes = [
            models.Index(fields=["instrument", "valid_from"], name="pricetable_instrument"),
            models.Index(fields=["service", "valid_from"], name="pricetable_service"),
            models.Index(fields=["seller", "valid_from"], name="pricetable_seller"),
        ]

    def __str__(self) -> str:
        return self.title


class PriceRow(models.Model):
    """One price: for a unit, a class of user, hours of the week, and from a quantity on."""

    class Unit(models.TextChoices):
        HOUR = "hour"
        SAMPLE = "sample"
        RUN = "run"
        ITEM = "item"
        STAFF_HOUR = "staff hour"
        USE = "use"

    class UserClass(models.TextChoices):
        ANY = ""
        INTERNAL = "internal"
        ACADEMIC = "academic"
        INDUSTRY = "industry"

    class When(models.TextChoices):
        ALWAYS = ""
        NIGHT = "night"
        WEEKEND = "weekend"

    table = models.ForeignKey(PriceTable, on_delete=models.CASCADE, related_name="rows")
    unit = models.CharField(max_length=12, choices=Unit.choices)
    user_class = models.CharField(max_length=12, choices=UserClass.choices, blank=True, default="")
    when = models.CharField(max_length=12, choices=When.choices, blank=True, default="")
    """Night is from 20:00 to 08:00, the weekend Saturday and Sunday, on the clock of the instrument."""
    item = models.CharField(max_length=120, blank=True)
    """What is sold by the piece: a consumable, an extra."""
    above = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    """The price counts for what lies above this quantity of one user in one calendar year."""
    price = CnyField()

    class Meta:
        ordering = ["unit", "item", "user_class", "when", "above", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(price__gte=0, above__gte=0), name="pricerow_not_negative"),
            models.UniqueConstraint(
                fields=["table", "unit", "user_class", "when", "item", "above"], name="pricerow_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.price}"
