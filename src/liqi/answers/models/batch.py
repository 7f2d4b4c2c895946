"""The batch: one method with the same settings on many files, a run for each."""

from typing import Any, ClassVar, Self

from django.db import models

from liqi.access.models.order import new_key
from liqi.accounts.models import Person


class BatchQuerySet(models.QuerySet["Batch"]):
    """The questions asked of batches."""

    def visible_to(self, person: Person | None) -> Self:
        """One's own; operators see all."""
        if person is None:
            return self.none()
        return self if person.is_operator else self.filter(person=person)


class Batch(models.Model):
    """What was asked of many files at once; its runs say how far each is."""

    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    name = models.CharField(max_length=120, blank=True)
    method = models.CharField(max_length=80)
    parameters: Any = models.JSONField(default=dict)
    """As each of its runs has them."""
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="batches")
    begun_at = models.DateTimeField()

    objects: ClassVar[BatchQuerySet] = BatchQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [models.Index(fields=["person", "-begun_at"], name="batch_person_begun")]

    def __str__(self) -> str:
        return self.name or f"{self.key} {self.method}"
