"""What is to be pushed to another platform, record by record, and what it answered."""

from django.db import models
from django.db.models import Q

from liqi.accounts.models import Person
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


class PushRunState(models.TextChoices):
    """Where one go through the queue stands: waiting for the worker, going on, through, stopped by an answer, ended."""

    QUEUED = "queued", "queued"
    RUNNING = "running", "running"
    DONE = "done", "done"
    STOPPED = "stopped", "stopped"
    CANCELLED = "cancelled", "cancelled"


class PushRun(models.Model):
    """One go through an institution's queue for one target: how far, how many were taken, and why it ended.

    Only one may be under way for an institution and target, so that no record is sent by two at once.
    """

    target = models.CharField(max_length=60)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="push_runs")
    state = models.CharField(max_length=10, choices=PushRunState.choices)
    owner = models.CharField(max_length=40, blank=True, default="")
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)
    message = models.TextField(blank=True, default="")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    queued_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PushRunState.values), name="pushrun_state_known"),
            models.UniqueConstraint(
                fields=["target", "institution"],
                condition=Q(state__in=["queued", "running"]),
                name="pushrun_one_under_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} to {self.target} ({self.state})"
