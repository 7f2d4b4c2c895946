"""Which snapshot of the catalogue the figures were made of."""

from django.db import models
from django.db.models import Q


class Snapshot(models.Model):
    """The catalogue as it was at `taken_at`, kept as Parquet files in a folder below the data folder."""

    taken_at = models.DateTimeField(unique=True)
    path = models.CharField(max_length=200)
    """Folder of the files, relative to the data folder."""
    rows = models.PositiveIntegerField()
    """Instruments in it."""
    facilities = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    """Hash of the instruments' file: the same catalogue gives the same figures."""
    seen = models.CharField(max_length=200)
    """What the catalogue looked like then: counts and last changes; another look makes the snapshot stale."""

    class Meta:
        ordering = ["-taken_at"]
        constraints = [models.CheckConstraint(condition=~Q(path=""), name="snapshot_has_path")]

    def __str__(self) -> str:
        return f"{self.taken_at:%Y-%m-%d %H:%M}"
