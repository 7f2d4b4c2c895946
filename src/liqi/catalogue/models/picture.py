"""Pictures of instruments, kept here so that no page asks another machine for them."""

from django.db import models
from django.db.models import Q

from liqi.catalogue.models.instrument import Instrument


class Picture(models.Model):
    """A picture of an instrument under the SHA-256 of its bytes, with whom to thank and under what licence."""

    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="pictures")
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=24)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    caption = models.CharField(max_length=200, blank=True, default="")
    credit = models.CharField(max_length=200, blank=True, default="")
    licence = models.CharField(max_length=120, blank=True, default="")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(media_type__in=["image/jpeg", "image/png", "image/webp"]), name="picture_type_known"
            ),
            models.UniqueConstraint(fields=["instrument", "sha256"], name="picture_once"),
        ]

    def __str__(self) -> str:
        return self.caption or self.sha256[:12]
