"""The upload: a file on its way in, that survives a cut at any byte."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from liqi.access.models import Agent
from liqi.access.models.order import new_key
from liqi.accounts.models import Person

Sender = Person | Agent
"""Who may send a file: somebody who is signed in, or the program at an instrument."""


class UploadQuerySet(models.QuerySet["Upload"]):
    """The questions asked of uploads."""

    def unfinished(self) -> Self:
        """Those that are not a stored file yet."""
        return self.filter(file=None, arrival=None)

    def of(self, sender: Sender) -> Self:
        """Those this sender began."""
        return self.filter(person=sender) if isinstance(sender, Person) else self.filter(agent=sender)

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
    person = models.ForeignKey(
        "accounts.Person", null=True, blank=True, on_delete=models.CASCADE, related_name="uploads"
    )
    agent = models.ForeignKey("access.Agent", null=True, blank=True, on_delete=models.CASCADE, related_name="uploads")
    """The program at an instrument that sends it, where no person does."""
    path = models.CharField(max_length=500, blank=True)
    """Where it lies at the instrument, below the folder that the agent watches."""
    modified_at = models.DateTimeField(null=True, blank=True)
    """When it was last written there, by the server's clock."""
    entire = models.BooleanField(default=True)
    """Whether its format says that it has its end."""
    order = models.ForeignKey("access.Order", null=True, blank=True, on_delete=models.PROTECT, related_name="uploads")
    file = models.ForeignKey(
        "answers.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="uploads"
    )
    """What a person's upload became; empty while it is on its way."""
    arrival = models.ForeignKey(
        "answers.Arrival", null=True, blank=True, on_delete=models.PROTECT, related_name="uploads"
    )
    """What an agent's upload became; empty while it is on its way."""
    begun_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    objects: ClassVar[UploadQuerySet] = UploadQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(offset__lte=F("size")), name="upload_offset_within_size"),
            models.CheckConstraint(
                condition=Q(person__isnull=False, agent__isnull=True, arrival__isnull=True)
                | (Q(person__isnull=True, agent__isnull=False, file__isnull=True, modified_at__isnull=False)
                & ~Q(sha256_expected="") & ~Q(path="")),
                name="upload_of_one_sender",
            ),
            models.UniqueConstraint(
                fields=["agent", "sha256_expected", "path"],
                condition=Q(agent__isnull=False, arrival__isnull=True),
                name="upload_of_agent_once",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["person", "-begun_at"], name="upload_person_begun")]

    def __str__(self) -> str:
        return f"{self.name} {self.offset}/{self.size}"

    @property
    def is_complete(self) -> bool:
        """Whether every byte has come."""
        return self.offset == self.size
