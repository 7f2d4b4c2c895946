"""The control chart: what an instrument finds in its check standard, run after run, and the limits it has to keep."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liqi.access.models.order import new_key


class ControlChartQuerySet(models.QuerySet["ControlChart"]):
    """The questions asked of control charts."""

    def kept(self) -> Self:
        """Those that go on."""
        return self.filter(ended_at=None)

    def out(self) -> Self:
        """Those with a point out of its limits that nobody released yet."""
        return self.filter(out_since__isnull=False, ended_at=None)


class ControlChart(models.Model):
    """One finding of one method on an instrument's check standard, its centre and standard deviation."""

    class Action(models.TextChoices):
        BLOCK = "block", _("nobody can book until somebody releases it")
        WARN = "warn", _("the stewards are told")

    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    instrument = models.ForeignKey("catalogue.Instrument", on_delete=models.PROTECT, related_name="control_charts")
    name = models.CharField(max_length=120)
    method = models.CharField(max_length=80)
    finding = models.CharField(max_length=120)
    """The name of the finding in the answers of the method."""
    unit = models.CharField(max_length=24, blank=True)
    """That of the first point."""
    first_n = models.PositiveSmallIntegerField(default=20)
    """Centre and standard deviation are those of so many first points; 0 where they are given."""
    centre = models.FloatField(null=True, blank=True)
    sigma = models.FloatField(null=True, blank=True)
    rules = models.JSONField(default=list)
    """The keys of the rules that a point is asked (liqi.insight.control)."""
    action = models.CharField(max_length=8, choices=Action.choices, default=Action.BLOCK)
    out_since = models.DateTimeField(null=True, blank=True)
    """When a point broke a rule that nobody released yet."""
    outage = models.ForeignKey(
        "access.Outage", null=True, blank=True, on_delete=models.PROTECT, related_name="control_charts"
    )
    """What keeps people from booking meanwhile."""
    person = models.ForeignKey("accounts.Person", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    synthetic = models.BooleanField(default=False)

    objects: ClassVar[ControlChartQuerySet] = ControlChartQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["instrument", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["instrument", "method", "finding"], condition=Q(ended_at=None), name="control_chart_once"
            ),
            models.CheckConstraint(
                condition=Q(centre=None, sigma=None) | Q(centre__isnull=False, sigma__isnull=False, sigma__gt=0),
                name="control_chart_limits_whole",
            ),
            models.CheckConstraint(
                condition=Q(first_n__gte=5) | Q(first_n=0, centre__isnull=False), name="control_chart_limits_known"
            ),
            models.CheckConstraint(
                condition=Q(outage=None) | Q(out_since__isnull=False), name="control_chart_outage_while_out"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ControlPoint(models.Model):
    """What one run found in the check standard, and the rules that it broke; kept as it was."""

    chart = models.ForeignKey(ControlChart, on_delete=models.PROTECT, related_name="points", db_index=False)
    at = models.DateTimeField()
    """When the run ended."""
    value = models.FloatField()
    run = models.CharField(max_length=12)
    """The key of the run."""
    broken = models.JSONField(default=list)
    """The keys of the rules that it broke."""
    left_out = models.BooleanField(default=False)
    """Released with the word that it is not one of the series, such as a standard that had gone off."""
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(
        "accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True)
    synthetic = models.BooleanField(default=False)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["chart", "run"], name="control_point_once"),
            models.CheckConstraint(
                condition=Q(released_at=None, released_by=None, reason="")
                | (Q(released_at__isnull=False, released_by__isnull=False) & ~Q(reason="")),
                name="control_point_released_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["chart", "at"], name="controlpoint_chart_at")]

    def __str__(self) -> str:
        return f"{self.value:g}"
