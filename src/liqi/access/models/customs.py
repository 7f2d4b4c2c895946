"""The customs ledger: how long an instrument imported free of duty is supervised, and what happened meanwhile."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class CustomsTerms(models.Model):
    """The supervision of one import record: from release to its end, and whether customs let others use it."""

    record = models.OneToOneField("catalogue.CustomsRecord", on_delete=models.PROTECT, related_name="terms")
    supervised_from = models.DateField()
    supervised_until = models.DateField()
    """The first day without supervision."""
    sharing = models.BooleanField(default=True)
    """Whether others may use it: on the national platform, or customs agreed."""
    permit = models.CharField(max_length=200, blank=True)
    """The number of the customs' consent, or how the instrument is on the platform."""
    warned_at = models.DateTimeField(null=True, blank=True)
    synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(supervised_until__gt=F("supervised_from")), name="customsterms_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record} {self.supervised_until}"


class CustomsEvent(models.Model):
    """Something that customs ask for: an inspection, a move, a repair, a change of use. Lines are never changed."""

    class Kind(models.TextChoices):
        INSPECTION = "inspection"
        MOVE = "move"
        REPAIR = "repair"
        CONSENT = "consent"
        REPORT = "yearly report"
        END = "end of supervision"
        NOTE = "note"

    record = models.ForeignKey("catalogue.CustomsRecord", on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    on = models.DateField()
    text = models.CharField(max_length=500)
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="customs_events")
    at = models.DateTimeField()
    synthetic = models.BooleanField(default=False)

    class Meta:
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return f"{self.on} {self.kind}"
