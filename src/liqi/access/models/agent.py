"""The agent: a program at an instrument that sends what it sees there, with a token that can only add."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q


class AgentQuerySet(models.QuerySet["Agent"]):
    """The questions asked of agents."""

    def live(self) -> Self:
        """Those whose token is good."""
        return self.filter(revoked_at=None)

    def silent(self, now: datetime) -> Self:
        """Those that were heard of once, but not within their limit."""
        return self.live().filter(seen_at__lt=now - F("silence"))


class Agent(models.Model):
    """A program that sends files, readings or log-ons of one instrument: its token, its last sign of life."""

    instrument = models.ForeignKey("catalogue.Instrument", on_delete=models.PROTECT, related_name="agents")
    name = models.CharField(max_length=80)
    """What the stewards call it, such as the PC it runs on; once an instrument."""
    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of its token; the token itself is kept nowhere."""
    hint = models.CharField(max_length=8)
    """The last letters of the token, to tell one from another."""
    issued_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    silence = models.DurationField(default=timedelta(hours=1))
    """After so long without a sign the stewards are told."""
    seen_at = models.DateTimeField(null=True, blank=True)
    """Its last sign of life; empty until the first."""
    told_at = models.DateTimeField(null=True, blank=True)
    """When the stewards were told that it is silent; empty while it speaks."""
    report = models.JSONField(default=dict, blank=True)
    """What it said of itself last: queue, disk, clock, version, what it cannot send."""
    synthetic = models.BooleanField(default=False)

    objects: ClassVar[AgentQuerySet] = AgentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["instrument", "name"], name="agent_name_once"),
            models.CheckConstraint(condition=Q(silence__gt=timedelta(0)), name="agent_silence_positive"),
        ]
        indexes = [models.Index(fields=["seen_at"], condition=Q(revoked_at=None, told_at=None), name="agent_heard")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_live(self) -> bool:
        """Whether its token is good."""
        return self.revoked_at is None

    def is_silent(self, now: datetime) -> bool:
        """Whether it was heard of once, but not within its limit."""
        return self.is_live and self.seen_at is not None and self.seen_at < now - self.silence
