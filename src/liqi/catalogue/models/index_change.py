"""What the search index has not seen yet."""

from django.db import models


class IndexChange(models.Model):
    """The record `key` of that kind was changed or removed; the row goes when the index has taken it in."""

    kind = models.CharField(max_length=12)
    key = models.CharField(max_length=120)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
