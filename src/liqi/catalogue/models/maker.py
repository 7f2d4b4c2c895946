"""Makers of instruments: where the brand comes from, and who owned the maker when."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from liqi.catalogue.models.record import Record


class Maker(Record):
    """A maker as a brand; `brand_country` is where the brand comes from, whoever owns it today."""

    aliases = models.JSONField(blank=True, default=list)
    brand_country = models.CharField(max_length=2, blank=True, default="", db_index=True)
    city = models.CharField(max_length=120, blank=True, default="")
    founded_year = models.PositiveSmallIntegerField(null=True, blank=True)
    website = models.URLField(max_length=300, blank=True, default="")

    class Meta(Record.Meta):
        abstract = False
        ordering = ["name", "id"]

    def owner_on(self, day: date) -> "MakerOwner | None":
        """The owner on record on that day, or None when none is recorded."""
        for owner in self.owners.all():
            if (owner.from_on is None or owner.from_on <= day) and (owner.to_on is None or day < owner.to_on):
                return owner
        return None


class MakerOwner(models.Model):
    """A maker belonged to `owner` in the period [from_on, to_on); an open end is None."""

    maker = models.ForeignKey(Maker, on_delete=models.CASCADE, related_name="owners")
    owner = models.CharField(max_length=200)
    owner_country = models.CharField(max_length=2)
    from_on = models.DateField(null=True, blank=True)
    to_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["maker", "from_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(from_on__isnull=True) | Q(to_on__isnull=True) | Q(from_on__lt=F("to_on")),
                name="makerowner_from_before_to",
            ),
            models.UniqueConstraint(fields=["maker", "owner", "from_on"], name="makerowner_once"),
        ]

    def __str__(self) -> str:
        return f"{self.owner} ({self.owner_country})"
