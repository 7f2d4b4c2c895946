"""Webhooks: addresses elsewhere that are told what happens to an instrument or in an organisation."""

import uuid

from django.db import models
from django.db.models import Q


class Webhook(models.Model):
    """An address that is told, by a signed request, what happens to one instrument or in one organisation."""

    organisation = models.ForeignKey(
        "accounts.Organisation", null=True, blank=True, on_delete=models.CASCADE, related_name="webhooks"
    )
    instrument = models.ForeignKey(
        "catalogue.Instrument", null=True, blank=True, on_delete=models.CASCADE, related_name="webhooks"
    )
    url = models.CharField(max_length=500)
    secret = models.CharField(max_length=80)
    """Signs every request (HMAC), so it is kept as it is; shown once, when it is made."""
    old_secret = models.CharField(max_length=80, blank=True)
    """The secret before the last change; requests are signed with both until its time is over."""
    old_secret_until = models.DateTimeField(null=True, blank=True)
    things = models.JSONField(default=list, blank=True)
    """What it wants to hear of, such as "booking"; empty is everything."""
    made_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    from_entry = models.PositiveBigIntegerField(default=0)
    """Lines of the journal up to this one are older than the webhook."""
    stopped_at = models.DateTimeField(null=True, blank=True)
    """When it was switched off, by a person or because it took nothing for days."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation=None, instrument__isnull=False)
                | Q(organisation__isnull=False, instrument=None),
                name="webhook_of_one_place",
            ),
            models.CheckConstraint(
                condition=Q(old_secret="", old_secret_until=None)
                | (~Q(old_secret="") & Q(old_secret_until__isnull=False)),
                name="webhook_old_secret_ends",
            ),
        ]

    def __str__(self) -> str:
        return self.url


class Delivery(models.Model):
    """One event on its way to a webhook: what is sent, how often it was tried, what was answered."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DELIVERED = "delivered"
        FAILED = "failed"

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    entry = models.ForeignKey("accounts.JournalEntry", null=True, blank=True, on_delete=models.PROTECT)
    """The line of the journal that it tells of; empty for a test."""
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    """Names the event to the receiver, the same at every try."""
    event = models.CharField(max_length=80)
    body = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField()
    next_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    said = models.CharField(max_length=500, blank=True)
    """What went wrong at the last try."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["webhook", "entry"], name="delivery_once")]
        indexes = [models.Index(fields=["next_at"], condition=Q(state="waiting"), name="delivery_due")]

    def __str__(self) -> str:
        return f"{self.event} to {self.webhook}: {self.state}"


class Reminded(models.Model):
    """A booking of which its person was reminded; moved to another time, it is reminded of again."""

    booking = models.ForeignKey("access.Booking", on_delete=models.CASCADE, related_name="+", db_index=False)
    starts_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["booking", "starts_at"], name="reminded_once")]

    def __str__(self) -> str:
        return f"{self.booking_id} at {self.starts_at:%Y-%m-%d %H:%M}"
