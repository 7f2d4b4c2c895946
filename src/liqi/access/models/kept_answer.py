"""Kept answers: what a program was told when it first asked under an idempotency key."""

from django.db import models
from django.db.models import Q


class KeptAnswer(models.Model):
    """The answer to a request under an idempotency key, given again when the request comes again."""

    person = models.ForeignKey(
        "accounts.Person", null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    agent = models.ForeignKey(
        "access.Agent", null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    """SHA-256 of method, address and body; the same key with another is refused."""
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    """The status of the answer; empty while the first request is at work."""
    headers = models.JSONField(default=dict, blank=True)
    """Headers that belong to the answer, such as Location."""
    body = models.TextField(blank=True)
    at = models.DateTimeField(db_index=True)
    """When the key was taken, by the request that is or was at work."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person=None, agent__isnull=False) | Q(person__isnull=False, agent=None),
                name="keptanswer_of_one_caller",
            ),
            models.UniqueConstraint(fields=["person", "key"], name="keptanswer_once"),
            models.UniqueConstraint(fields=["agent", "key"], name="keptanswer_of_agent_once"),
            models.CheckConstraint(condition=~Q(key=""), name="keptanswer_has_a_key"),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.status or '…'}"
