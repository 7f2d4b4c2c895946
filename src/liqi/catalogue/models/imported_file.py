"""Files that were taken in, and how the columns of a source map to our fields."""

from django.db import models

from liqi.accounts.models import Person


class ImportedFile(models.Model):
    """A file that was imported: what it was, and what became of its rows."""

    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    format = models.CharField(max_length=24)
    source = models.CharField(max_length=120)
    read = models.PositiveIntegerField()
    created = models.PositiveIntegerField()
    updated = models.PositiveIntegerField()
    unchanged = models.PositiveIntegerField()
    at = models.DateTimeField()
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.source}, {self.at:%Y-%m-%d})"


class ColumnMapping(models.Model):
    """Their headers mapped to our fields, kept under a name and found again by the headers themselves."""

    name = models.CharField(max_length=120, unique=True)
    headers = models.JSONField()
    """The headers of the table that it was made for, in order."""
    fields = models.JSONField()
    """Their header: our field."""
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
