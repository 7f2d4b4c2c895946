"""What a large facility will need: a register of lines."""

from django.db import models
from django.db.models import Q

from liqi.observatory.models.firm import Firm
from liqi.observatory.models.kept import Kept


class DemandLine(Kept):
    """A line of a facility's demand: what, how many, made to order or not, by when, and who could make it."""

    programme = models.CharField(max_length=120)
    """The facility that needs it."""
    code = models.CharField(max_length=60)
    """Its number in the facility's list."""
    item = models.CharField(max_length=200)
    class_code = models.CharField(max_length=12, blank=True)
    quantity = models.PositiveIntegerField()
    custom = models.BooleanField(null=True, blank=True)
    """Whether it must be developed to order; empty is not said."""
    due_on = models.DateField(null=True, blank=True)
    firm = models.ForeignKey(Firm, null=True, blank=True, on_delete=models.PROTECT, related_name="demand_lines")
    short_board = models.BooleanField(default=False)
    """Whether it is on the list of short boards (短板), to be covered first."""

    class Meta:
        ordering = ["programme", "code", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "code"], condition=Q(withdrawn_at=None), name="demandline_code_once"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="demandline_quantity_above_zero"),
            models.CheckConstraint(condition=~Q(programme="") & ~Q(code="") & ~Q(item=""), name="demandline_says_what"),
        ]
        indexes = [models.Index(fields=["firm", "withdrawn_at"], name="demandline_firm")]

    def __str__(self) -> str:
        return f"{self.programme} {self.code} {self.item}"
