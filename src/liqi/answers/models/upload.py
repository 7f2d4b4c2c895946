"""The upload: a file on its way in, that survives a cut at any byte."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from liqi.access.models.order import new_key
from liqi.accounts.models import Person


class UploadQuerySet(models.QuerySet["Upload"]):
    """The questions asked of uploads."""

    def unfinished(self) -> Self:
        """Those that are not a stored file yet."""
        return self.filter(file=None)

    def of(self, person: Person) -> Self:
        """Those this person began."""
        return self.filter(person=person)

    def expired(self, now: datetime) -> Self:
        """Unfinished ones that nobody went on with for too long."""
        return self.unfinished().filter(expires_at__lte=now)


class Upload(models.Model):
    """The first `offset` bytes of a file of `size` bytes are safe on disk."""

    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    offset = models.PositiveBigIntegerField(default=0)
    sha256_expected = models.CharField(max_length=64, blank=True)
    """What the sender says the whole file hashes to; empty where it did not say."""
    sha256 = models.CharField(max_length=64, blank=True)
    """What the bytes on disk hash to, once all are there."""
    person = models.ForeignKey("accounts.Person", on_delete=models.CASCADE, related_name="uploads")
    order = models.ForeignKey("access.Order", null=True, blank=True, on_delete=models.PROTECT, related_name="uploads")
    file = models.ForeignKey(
        "answers.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="uploads"
    )
    """What it became; empty while it is on its way."""
    begun_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    objects: ClassVar[UploadQuerySet] = UploadQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(offset__lte=F("size")), name="upload_offset_within_size")]
        indexes = [models.Index(fields=["person", "-begun_at"], name="upload_person_begun")]

    def __str__(self) -> str:
        return f"{self.name} {self.offset}/{self.size}"

    @property
    def is_complete(self) -> bool:
        """Whether every byte has come."""
        return self.offset == self.size
