"""A file on its way through the import pages: what it is, how its columns are read, how far it is."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.crypto import get_random_string

from liqi.accounts.models import Person
from liqi.catalogue.models.imported_file import ImportedFile
from liqi.catalogue.models.institution import Institution

_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


def import_key() -> str:
    """Twelve letters for an address."""
    return get_random_string(12, _LETTERS)


class ImportState(models.TextChoices):
    """What the file waits for, or what became of it."""

    MAPPING = "mapping", "mapping"
    """A person has to say what the columns mean."""
    CHECKING = "checking", "checking"
    CHECKED = "checked", "checked"
    """Everything was read and compared; a person has to confirm."""
    IMPORTING = "importing", "importing"
    DONE = "done", "done"
    FAILED = "failed", "failed"
    CANCELLED = "cancelled", "cancelled"


class ImportJob(models.Model):
    """One file that a person brings in: kept on disk under its key until it is imported or given up.

    `found` holds counts and the problems by kind; the preview, the rejected rows and how far the work is lie beside
    the file, since what one transaction writes others see at its end only.
    """

    AT_WORK: ClassVar[tuple[str, ...]] = (ImportState.CHECKING, ImportState.IMPORTING)

    key = models.CharField(max_length=12, unique=True, default=import_key, editable=False)
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="import_jobs")
    institution = models.ForeignKey(Institution, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    """Whose records those are that name no institution."""
    state = models.CharField(max_length=10, choices=ImportState.choices)
    format = models.CharField(max_length=24, blank=True, default="")
    source = models.CharField(max_length=120, blank=True, default="")
    sheet = models.CharField(max_length=120, blank=True, default="")
    header = models.JSONField(default=list, blank=True)
    examples = models.JSONField(default=dict, blank=True)
    """A few cells of each column."""
    fields = models.JSONField(default=dict, blank=True)
    """Their column: our field, as the person chose."""
    found = models.JSONField(default=dict, blank=True)
    message = models.TextField(blank=True, default="")
    imported = models.ForeignKey(ImportedFile, null=True, blank=True, on_delete=models.SET_NULL, related_name="jobs")
    begun_at = models.DateTimeField()
    language = models.CharField(max_length=10, blank=True, default="")
    """In which the person reads what is found; the worker's sentences are in it."""
    attempts = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-begun_at", "-id"]
        constraints = [models.CheckConstraint(condition=Q(state__in=ImportState.values), name="importjob_state_known")]

    def __str__(self) -> str:
        return f"{self.name} ({self.state})"

    @property
    def at_work(self) -> bool:
        """Whether a worker has it, or is to take it."""
        return self.state in self.AT_WORK
