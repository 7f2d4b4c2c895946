"""Targets of plans, and what was reached by when."""

from django.db import models
from django.db.models import F, Q

from liqi.observatory.models.kept import Kept
from liqi.observatory.models.park import Park


class Target(Kept):
    """A number that a plan wants reached by a day."""

    plan = models.CharField(max_length=200)
    place = models.CharField(max_length=80, blank=True)
    park = models.ForeignKey(Park, null=True, blank=True, on_delete=models.PROTECT, related_name="targets")
    task = models.CharField(max_length=120, blank=True)
    """The task of the plan that it belongs to."""
    name = models.CharField(max_length=200)
    unit = models.CharField(max_length=20, blank=True)
    baseline = models.DecimalField(max_digits=16, decimal_places=4, default=0)
    amount = models.DecimalField(max_digits=16, decimal_places=4)
    begun_on = models.DateField()
    due_on = models.DateField()

    class Meta:
        ordering = ["plan", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(plan="") & ~Q(name=""), name="target_has_plan_and_name"),
            models.CheckConstraint(condition=Q(due_on__gt=F("begun_on")), name="target_due_after_begin"),
            models.CheckConstraint(condition=~Q(amount=F("baseline")), name="target_differs_from_baseline"),
            models.UniqueConstraint(fields=["plan", "name"], condition=Q(withdrawn_at=None), name="target_once_a_plan"),
        ]

    def __str__(self) -> str:
        return f"{self.plan}: {self.name}"


class Reading(models.Model):
    """What was reached on a day; a second reading of the day takes the place of the first."""

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="readings")
    on = models.DateField()
    amount = models.DecimalField(max_digits=16, decimal_places=4)
    source = models.CharField(max_length=200, blank=True)
    person = models.ForeignKey("accounts.Person", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["target", "on"]
        constraints = [models.UniqueConstraint(fields=["target", "on"], name="reading_once_a_day")]

    def __str__(self) -> str:
        return f"{self.target} {self.on} {self.amount}"
