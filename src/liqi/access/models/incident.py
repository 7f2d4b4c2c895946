"""The incident: something that went wrong at an instrument, with pictures, until it is closed with a lesson."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy


class IncidentQuerySet(models.QuerySet["Incident"]):
    """The questions asked of incidents."""

    def open(self) -> Self:
        """Those that nobody closed."""
        return self.filter(closed_at=None)


class Incident(models.Model):
    """What somebody saw go wrong, how bad it was, and what was learnt from it."""

    class Severity(models.TextChoices):
        MINOR = "minor", pgettext_lazy("severity", "a nuisance")
        MAJOR = "major", pgettext_lazy("severity", "spoils results")
        BLOCKING = "blocking", pgettext_lazy("severity", "cannot be used")
        DANGEROUS = "dangerous", pgettext_lazy("severity", "dangerous")

    instrument = models.ForeignKey("catalogue.Instrument", on_delete=models.PROTECT, related_name="incidents")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="incidents")
    """Who reported it."""
    severity = models.CharField(max_length=10, choices=Severity.choices, default=Severity.MINOR)
    words = models.TextField(max_length=2000)
    happened_at = models.DateTimeField()
    reported_at = models.DateTimeField()
    session = models.ForeignKey(
        "access.Session", null=True, blank=True, on_delete=models.SET_NULL, related_name="incidents"
    )
    """The reporter's session that ran then."""
    outage = models.ForeignKey(
        "access.Outage", null=True, blank=True, on_delete=models.PROTECT, related_name="incidents"
    )
    """The time out of use that it led to."""
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey("accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    lesson = models.TextField(max_length=2000, blank=True)
    """What is done so that it does not happen again."""
    synthetic = models.BooleanField(default=False)

    objects: ClassVar[IncidentQuerySet] = IncidentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None) | (Q(closed_at__isnull=False) & ~Q(lesson="")),
                name="incident_closed_with_a_lesson",
            ),
        ]
        indexes = [models.Index(fields=["instrument", "closed_at"], name="incident_instrument_closed")]

    def __str__(self) -> str:
        return self.words[:80]

    @property
    def is_open(self) -> bool:
        """Whether nobody closed it."""
        return self.closed_at is None


class IncidentPicture(models.Model):
    """A picture of an incident under the SHA-256 of its bytes, without what the camera wrote of place and owner."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="pictures")
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=24)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["incident", "sha256"], name="incidentpicture_once")]

    def __str__(self) -> str:
        return self.sha256[:12]
