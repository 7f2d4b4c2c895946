"""Checks before buying (查重评议), counted without the person: what somebody wanted to buy, and what was found."""

from django.db import models
from django.db.models import Q


class PurchaseCheck(models.Model):
    """How often an instrument of a class was wanted for a place on a day, and what the check found."""

    class Verdict(models.TextChoices):
        NONE_NEAR = "none near"
        ALL_FULL = "all are full"
        SPARE = "time to spare"
        CANNOT_TELL = "cannot tell"

    class_code = models.CharField(max_length=12)
    place = models.CharField(max_length=80, blank=True)
    """As it was asked; empty for everywhere."""
    verdict = models.CharField(max_length=13, choices=Verdict.choices)
    day = models.DateField()
    count = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-day", "class_code", "place", "verdict"]
        constraints = [
            models.UniqueConstraint(fields=["day", "class_code", "place", "verdict"], name="purchasecheck_once_a_day"),
            models.CheckConstraint(condition=~Q(class_code=""), name="purchasecheck_has_class"),
            models.CheckConstraint(
                condition=Q(verdict__in=["none near", "all are full", "time to spare", "cannot tell"]),
                name="purchasecheck_verdict_known",
            ),
            models.CheckConstraint(condition=Q(count__gt=0), name="purchasecheck_counted"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.class_code} {self.verdict}"
