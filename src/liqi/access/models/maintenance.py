"""Maintenance: plans by date and by hours of use, what was done with its cost and certificate, contracts."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy


class MaintenancePlan(models.Model):
    """Work that comes again: after so many months, after so many hours of use, or whichever is first."""

    class Kind(models.TextChoices):
        MAINTENANCE = "maintenance", pgettext_lazy("plan", "maintenance")
        CALIBRATION = "calibration", pgettext_lazy("plan", "calibration")
        INSPECTION = "inspection", pgettext_lazy("plan", "safety inspection")

    instrument = models.ForeignKey("catalogue.Instrument", on_delete=models.PROTECT, related_name="maintenance_plans")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.MAINTENANCE)
    every_months = models.PositiveSmallIntegerField(null=True, blank=True)
    every_hours = models.PositiveIntegerField(null=True, blank=True)
    """Effective hours of use since it was last done."""
    warn_days = models.PositiveSmallIntegerField(default=14)
    due_on = models.DateField(null=True, blank=True)
    """When it is due by date."""
    counted_from = models.DateTimeField()
    """From here on hours of use count: when it was last done, or the plan began."""
    told_at = models.DateTimeField(null=True, blank=True)
    """When its stewards heard that it falls due; empty again once it is done."""
    person = models.ForeignKey("accounts.Person", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(every_months__gte=1, due_on__isnull=False) | Q(every_months=None, due_on=None),
                name="maintenanceplan_date_with_interval",
            ),
            models.CheckConstraint(
                condition=Q(every_months__gte=1) | Q(every_hours__gte=1), name="maintenanceplan_recurs"
            ),
            models.UniqueConstraint(
                fields=["instrument", "name"], condition=Q(ended_at=None), name="maintenanceplan_name_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MaintenanceRecord(models.Model):
    """What was done on one day; it is never changed."""

    class Result(models.TextChoices):
        PASSED = "passed", pgettext_lazy("maintenance", "in order")
        LIMITED = "limited", pgettext_lazy("maintenance", "in order with limits")
        FAILED = "failed", pgettext_lazy("maintenance", "not in order")

    instrument = models.ForeignKey("catalogue.Instrument", on_delete=models.PROTECT, related_name="maintenance_records")
    plan = models.ForeignKey(MaintenancePlan, null=True, blank=True, on_delete=models.PROTECT, related_name="records")
    done_on = models.DateField()
    done_by = models.CharField(max_length=120)
    """Who did it, in words: the engineer, the metrology institute."""
    words = models.TextField(max_length=2000)
    parts = models.CharField(max_length=500, blank=True)
    cost_cny = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    result = models.CharField(max_length=8, choices=Result.choices, default=Result.PASSED)
    certificate_number = models.CharField(max_length=80, blank=True)
    certificate_name = models.CharField(max_length=200, blank=True)
    certificate_sha256 = models.CharField(max_length=64, blank=True)
    person = models.ForeignKey("accounts.Person", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    synthetic = models.BooleanField(default=False)

    class Meta:
        ordering = ["-done_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(cost_cny=None) | Q(cost_cny__gte=0), name="maintenancerecord_cost_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.done_on} {self.words[:60]}"


class ServiceContract(models.Model):
    """A warranty or a contract of service: with whom, from which day to which."""

    class Kind(models.TextChoices):
        WARRANTY = "warranty", pgettext_lazy("contract", "warranty")
        CONTRACT = "contract", pgettext_lazy("contract", "service contract")

    instrument = models.ForeignKey("catalogue.Instrument", on_delete=models.PROTECT, related_name="service_contracts")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.CONTRACT)
    provider = models.CharField(max_length=120)
    number = models.CharField(max_length=80, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    """The last day on which it holds."""
    cost_cny = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    """When its stewards heard that it ends."""
    person = models.ForeignKey("accounts.Person", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="servicecontract_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.number}"
