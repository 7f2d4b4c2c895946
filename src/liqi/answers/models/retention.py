"""Retention: how long files are kept after what they were for is over, and what each audit of them found."""

from django.db import models
from django.db.models import Q


class RetentionRule(models.Model):
    """So many days after an order closed or a run ended the bytes go; the record and its hash stay."""

    organisation = models.OneToOneField(
        "accounts.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="retention"
    )
    """Whose orders."""
    service = models.OneToOneField(
        "catalogue.Service", null=True, blank=True, on_delete=models.PROTECT, related_name="retention"
    )
    everybody = models.BooleanField(default=False)
    """For all files that have no rule of their own."""
    days_kept = models.PositiveIntegerField()
    notice_days = models.PositiveSmallIntegerField(default=30)
    """So long before, whose file it is hears of it."""
    takes_released = models.BooleanField(default=False)
    """Whether files go too that an answer released to a customer depends on."""
    person = models.ForeignKey("accounts.Person", null=True, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=False, service=None, everybody=False)
                | Q(organisation=None, service__isnull=False, everybody=False)
                | Q(organisation=None, service=None, everybody=True),
                name="retention_of_one",
            ),
            models.UniqueConstraint(
                fields=["everybody"], condition=Q(everybody=True), name="retention_for_everybody_once"
            ),
            models.CheckConstraint(
                condition=Q(days_kept__gte=1, notice_days__gte=1), name="retention_days_positive"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.service or self.organisation or '*'}: {self.days_kept} d"


class Content(models.Model):
    """Stored bytes that a record names, and when they were last found to be what their hash says."""

    class State(models.TextChoices):
        WHOLE = "whole"
        DAMAGED = "damaged"
        MISSING = "missing"

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WHOLE)
    checked_at = models.DateTimeField(db_index=True)
    """When they were last read whole; for bytes that were never read again, when they were first seen."""

    class Meta:
        indexes = [models.Index(fields=["state"], condition=~Q(state="whole"), name="content_not_whole")]

    def __str__(self) -> str:
        return f"{self.sha256[:12]} {self.state}"


class Audit(models.Model):
    """What one night's look through the stored files found."""

    day = models.DateField(unique=True)
    at = models.DateTimeField()
    """When it was last added to."""
    there = models.PositiveBigIntegerField(default=0)
    bytes = models.PositiveBigIntegerField(default=0)
    read = models.PositiveBigIntegerField(default=0)
    """How many were hashed again."""
    read_bytes = models.PositiveBigIntegerField(default=0)
    damaged = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)
    swept = models.PositiveIntegerField(default=0)
    """Bytes without a record that were removed."""
    swept_bytes = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day}"
