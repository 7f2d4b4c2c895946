"""The result: what was found of one quantity in one sample, with its uncertainty."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Result(models.Model):
    """A measured value of a sample as the facility wrote it down; one value a quantity, corrections are journalled."""

    class Sign(models.TextChoices):
        EQUAL = "=", "="
        BELOW = "<", "<"
        ABOVE = ">", ">"

    SIGNS: ClassVar[tuple[str, ...]] = ("=", "<", ">")

    sample = models.ForeignKey("access.Sample", on_delete=models.PROTECT, related_name="results")
    quantity = models.CharField(max_length=120)
    sign = models.CharField(max_length=1, choices=Sign.choices, default=Sign.EQUAL)
    value = models.DecimalField(max_digits=24, decimal_places=9)
    digits = models.PositiveSmallIntegerField(default=0)
    """Decimals that the facility wrote, so that 1.50 is not shown as 1.5."""
    uncertainty = models.DecimalField(max_digits=24, decimal_places=9, null=True, blank=True)
    """Expanded uncertainty in the unit of the value; empty where none was evaluated."""
    coverage = models.DecimalField(max_digits=4, decimal_places=2, default=2)
    """The coverage factor k of the uncertainty (GUM, JCGM 100:2008, 6.2.1)."""
    unit = models.CharField(max_length=24, blank=True)
    method = models.CharField(max_length=160, blank=True)
    """Method and its version."""
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    synthetic = models.BooleanField(default=False)

    class Meta:
        ordering = ["sample", "quantity"]
        constraints = [
            models.UniqueConstraint(fields=["sample", "quantity"], name="result_quantity_once"),
            models.CheckConstraint(condition=Q(sign__in=("=", "<", ">")), name="result_sign_known"),
            models.CheckConstraint(
                condition=Q(uncertainty__isnull=True) | Q(uncertainty__gte=0), name="result_uncertainty_not_negative"
            ),
            models.CheckConstraint(condition=Q(coverage__gt=0), name="result_coverage_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} {self.sign} {self.value} {self.unit}"
