"""Trade tables that were taken in, and the flows in them."""

from django.db import models
from django.db.models import Q


class TradeTable(models.Model):
    """A table of customs, UN Comtrade, BACI or another source, taken in whole; withdrawn, it counts nowhere."""

    KINDS = ("comtrade", "baci", "customs", "mapped")

    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=10)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    source = models.CharField(max_length=300, blank=True, default="")
    synthetic = models.BooleanField(default=False)
    person = models.ForeignKey("accounts.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(rows__gt=0), name="tradetable_has_rows"),
            models.CheckConstraint(
                condition=Q(kind__in=["comtrade", "baci", "customs", "mapped"]), name="tradetable_kind_known"
            ),
            models.UniqueConstraint(fields=["sha256"], condition=Q(withdrawn_at=None), name="tradetable_file_once"),
        ]

    def __str__(self) -> str:
        return self.title


class TradeFlow(models.Model):
    """What one country sent another of one commodity in one period, as one side (or both) recorded it."""

    table = models.ForeignKey(TradeTable, on_delete=models.CASCADE, related_name="flows", db_index=False)
    period = models.CharField(max_length=6)
    """A year or a month: 2024, 202401."""
    year = models.PositiveSmallIntegerField()
    exporter = models.CharField(max_length=2)
    importer = models.CharField(max_length=2)
    product = models.CharField(max_length=10)
    """A commodity code of 2 to 10 digits."""
    side = models.CharField(max_length=6)
    """Who recorded it: import, export, or both (reconciled)."""
    value = models.FloatField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    quantity = models.FloatField(null=True, blank=True)
    quantity_unit = models.CharField(max_length=40, blank=True, default="")
    weight_kg = models.FloatField(null=True, blank=True)
    firms = models.PositiveIntegerField(null=True, blank=True)
    """How many firms stand behind it, where the source says; a cell of fewer than three is never shown."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["table", "product", "period", "exporter", "importer", "side"], name="tradeflow_once_a_table"
            ),
            models.CheckConstraint(condition=Q(side__in=["import", "export", "both"]), name="tradeflow_side_known"),
            models.CheckConstraint(
                condition=(Q(value=None) | Q(value__gte=0)) & (Q(quantity=None) | Q(quantity__gte=0)),
                name="tradeflow_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exporter} > {self.importer} {self.product} {self.period}"
