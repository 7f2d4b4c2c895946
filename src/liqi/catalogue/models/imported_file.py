"""Files that were taken in."""

from django.db import models


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

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.source}, {self.at:%Y-%m-%d})"
