"""The qualification: what a person may use, since when and until when; and the practical check."""

from datetime import date
from typing import ClassVar, Self

from django.db import models

from liqi.access.models.course import Course, Level


class QualificationQuerySet(models.QuerySet["Qualification"]):
    """The questions asked of qualifications."""

    def valid(self, on: date) -> Self:
        """Those that hold on this day: begun, not expired, not revoked."""
        return self.filter(
            models.Q(expires_on__isnull=True) | models.Q(expires_on__gt=on), granted_on__lte=on, revoked_at=None
        )


class Qualification(models.Model):
    """A person may use what the course covers, at a level, on each day of [granted_on, expires_on)."""

    class Source(models.TextChoices):
        TRAINING = "training"
        STEWARD = "steward"
        IMPORT = "import"

    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="qualifications")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="qualifications")
    level = models.CharField(max_length=20, choices=Level.choices)
    source = models.CharField(max_length=10, choices=Source.choices)
    granted_on = models.DateField()
    granted_by = models.ForeignKey(
        "accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="qualifications_granted"
    )
    expires_on = models.DateField(null=True, blank=True)
    """The first day on which it holds no longer; empty: it does not expire."""
    note = models.TextField(blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        "accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="qualifications_revoked"
    )
    revoked_why = models.TextField(blank=True)
    reminded_days = models.PositiveSmallIntegerField(null=True, blank=True)
    """The last reminder sent, in days before expiry; empty: none yet."""
    created_at = models.DateTimeField()
    synthetic = models.BooleanField(default=False)

    objects: ClassVar[QualificationQuerySet] = QualificationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_on__isnull=True) | models.Q(expires_on__gt=models.F("granted_on")),
                name="qualification_ends_after_start",
            ),
            models.CheckConstraint(condition=models.Q(level__in=Level.values), name="qualification_level_known"),
            models.CheckConstraint(
                condition=models.Q(revoked_at__isnull=True) | ~models.Q(revoked_why=""),
                name="qualification_revoked_with_reason",
            ),
            models.UniqueConstraint(
                fields=["person", "course", "level", "granted_on"],
                condition=models.Q(revoked_at__isnull=True),
                name="qualification_once_a_day",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_on"],
                condition=models.Q(revoked_at__isnull=True, expires_on__isnull=False),
                name="qualification_expires",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.course} ({self.level})"


class PracticalCheck(models.Model):
    """A steward watched the person at the instrument, and signed what they saw."""

    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="practical_checks")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="practical_checks")
    checked_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="checks_signed")
    checked_at = models.DateTimeField()
    passed = models.BooleanField()
    notes = models.TextField(blank=True)
    qualification = models.ForeignKey(
        Qualification, null=True, blank=True, on_delete=models.SET_NULL, related_name="practical_checks"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(person=models.F("checked_by")), name="practical_check_by_another"
            ),
            models.CheckConstraint(
                condition=models.Q(passed=True) | ~models.Q(notes=""), name="practical_check_failed_with_notes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.course} {self.checked_at:%Y-%m-%d}"
