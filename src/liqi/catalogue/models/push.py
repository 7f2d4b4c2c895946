"""What is to be pushed to another platform, record by record, and what it answered."""

from django.db import models
from django.db.models import Q

from liqi.catalogue.models.institution import Institution


class PushState(models.TextChoices):
    """Where one record stands: held back by the preflight, waiting, accepted as a draft or locked, rejected, failed."""

    HELD = "held", "held"
    WAITING = "waiting", "waiting"
    ACCEPTED = "accepted", "accepted"
    LOCKED = "locked", "locked"
    REJECTED = "rejected", "rejected"
    FAILED = "failed", "failed"


class Push(models.Model):
    """One record on its way to one target; `place` is its turn (an instrument goes before its customs record)."""

    target = models.CharField(max_length=60)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="pushes")
    record_type = models.CharField(max_length=2)
    record = models.CharField(max_length=300)
    place = models.PositiveSmallIntegerField()
    payload = models.JSONField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=PushState.choices)
    submit = models.BooleanField(default=False)
    code = models.CharField(max_length=8, blank=True, default="")
    message = models.TextField(blank=True, default="")
    attempts = models.PositiveIntegerField(default=0)
    queued_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["place", "id"]
        indexes = [models.Index(fields=["target", "state", "place", "id"])]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PushState.values), name="push_state_known"),
            models.UniqueConstraint(
                fields=["target", "institution", "record_type", "record"], name="push_once_per_record"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_type} {self.record} ({self.state})"
