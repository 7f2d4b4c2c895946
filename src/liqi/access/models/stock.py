"""Stock: consumables of a facility in lots, and the movements that alone say how much is left."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy


class StockItem(models.Model):
    """A consumable: columns, vials, gas, a reagent."""

    facility = models.ForeignKey("catalogue.Facility", on_delete=models.PROTECT, related_name="stock_items")
    name = models.CharField(max_length=120)
    code = models.CharField(max_length=60, blank=True)
    """What the supplier calls it."""
    supplier = models.CharField(max_length=120, blank=True)
    unit = models.CharField(max_length=16)
    minimum = models.DecimalField(max_digits=12, decimal_places=3, default=Decimal(0))
    """Below this it is ordered again."""
    price_cny = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    """What users pay for one unit; empty: it is not charged."""
    told_at = models.DateTimeField(null=True, blank=True)
    """When the stewards heard that it runs low; empty again once there is enough."""
    ended_at = models.DateTimeField(null=True, blank=True)
    synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(minimum__gte=0), name="stockitem_minimum_not_negative"),
            models.CheckConstraint(
                condition=Q(price_cny=None) | Q(price_cny__gte=0), name="stockitem_price_not_negative"
            ),
            models.UniqueConstraint(fields=["facility", "name"], name="stockitem_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class StockLot(models.Model):
    """What came at once: one charge of the maker, one place, one day of expiry."""

    item = models.ForeignKey(StockItem, on_delete=models.PROTECT, related_name="lots")
    number = models.CharField(max_length=60)
    expires_on = models.DateField(null=True, blank=True)
    place = models.CharField(max_length=120, blank=True)
    left_thousandths = models.BigIntegerField(default=0)
    """The sum of its movements, carried by the database itself; whole thousandths add up exactly everywhere."""
    created_at = models.DateTimeField()
    synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(left_thousandths__gte=0), name="stocklot_never_below_zero"),
            models.UniqueConstraint(fields=["item", "number"], name="stocklot_number_once"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def left(self) -> Decimal:
        """How much of it is left, in the unit of the item."""
        return Decimal(self.left_thousandths) / 1000


class StockMovement(models.Model):
    """What came in or went out; movements are added, never changed and never taken away."""

    class Kind(models.TextChoices):
        RECEIPT = "receipt", pgettext_lazy("movement of stock", "received")
        ISSUE = "issue", pgettext_lazy("movement of stock", "issued")
        RETURN = "return", pgettext_lazy("movement of stock", "brought back")
        COUNT = "count", pgettext_lazy("movement of stock", "counted")
        DISPOSAL = "disposal", pgettext_lazy("movement of stock", "disposed of")

    lot = models.ForeignKey(StockLot, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    thousandths = models.BigIntegerField()
    """What came in; below zero what went out."""
    person = models.ForeignKey("accounts.Person", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    session = models.ForeignKey(
        "access.Session", null=True, blank=True, on_delete=models.PROTECT, related_name="consumables"
    )
    order = models.ForeignKey(
        "access.Order", null=True, blank=True, on_delete=models.PROTECT, related_name="consumables"
    )
    unit_price_cny = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    """What one unit cost the user when it was issued; empty: not charged."""
    words = models.CharField(max_length=200, blank=True)
    request_key = models.CharField(max_length=80, blank=True)
    """Sent again under the same key it is the same movement."""
    synthetic = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["receipt", "return"], thousandths__gt=0)
                | Q(kind__in=["issue", "disposal"], thousandths__lt=0)
                | (Q(kind="count") & ~Q(thousandths=0)),
                name="stockmovement_sign_fits_kind",
            ),
            models.UniqueConstraint(
                fields=["lot", "request_key"], condition=~Q(request_key=""), name="stockmovement_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity}"

    @property
    def quantity(self) -> Decimal:
        """How much came in, below zero what went out, in the unit of the item."""
        return Decimal(self.thousandths) / 1000
