"""What every record of the boards has: where it comes from, who keeps it, and when it was taken away."""

from typing import ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Q

Row = TypeVar("Row", bound="Kept")


class Intake(models.Model):
    """A table of records that came in at once; taken back, all of them are taken away."""

    board = models.CharField(max_length=20)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    records = models.PositiveIntegerField()
    person = models.ForeignKey("accounts.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(records__gt=0), name="intake_has_records"),
            models.CheckConstraint(condition=~Q(board=""), name="intake_has_board"),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.records})"


class KeptQuerySet(models.QuerySet[Row]):
    """The questions asked of kept records."""

    def there(self) -> Self:
        """Those that were not taken away."""
        return self.filter(withdrawn_at=None)


class Kept(models.Model):
    """A record of a board."""

    source = models.CharField(max_length=200, blank=True)
    """Where it is read."""
    kept_by = models.ForeignKey("accounts.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    intake = models.ForeignKey(Intake, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    synthetic = models.BooleanField(default=False)

    objects: ClassVar[KeptQuerySet] = KeptQuerySet.as_manager()  # type: ignore[assignment, type-arg]

    class Meta:
        abstract = True
