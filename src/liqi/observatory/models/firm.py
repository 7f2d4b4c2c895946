"""Firms as the observatory sees them: makers, applicants, tenants."""

from django.db import models
from django.db.models import Q

from liqi.insight.funding import LADDER
from liqi.observatory.models.kept import Kept


class Firm(Kept):
    """A firm, with what is known of its scope, size and rank; empty is not said."""

    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2, blank=True)
    city = models.CharField(max_length=80, blank=True)
    founded = models.PositiveSmallIntegerField(null=True, blank=True)
    age_years = models.PositiveSmallIntegerField(null=True, blank=True)
    """At least so old, where the year is not said."""
    field = models.CharField(max_length=120, blank=True)
    products = models.CharField(max_length=500, blank=True)
    """With semicolons between them."""
    product_lines = models.PositiveSmallIntegerField(null=True, blank=True)
    world_rank = models.PositiveSmallIntegerField(null=True, blank=True)
    """Place in the world in its own market."""
    staff = models.PositiveIntegerField(null=True, blank=True)
    revenue_m_eur = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    research_m_eur = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    mentions = models.PositiveIntegerField(null=True, blank=True)
    """Mentions in the press in a year."""
    listing = models.CharField(max_length=20, blank=True, choices=[(rung, rung) for rung in LADDER])
    honours = models.CharField(max_length=500, blank=True)
    owner = models.CharField(max_length=200, blank=True)
    places = models.PositiveSmallIntegerField(default=1)
    """So many needs it can take up at a time."""

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(withdrawn_at=None), name="firm_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="firm_has_name"),
            models.CheckConstraint(
                condition=Q(founded=None) | Q(founded__gte=1000, founded__lte=2200), name="firm_founded_in_a_year"
            ),
            models.CheckConstraint(condition=Q(world_rank=None) | Q(world_rank__gte=1), name="firm_rank_from_one"),
            models.CheckConstraint(condition=Q(listing__in=["", *LADDER]), name="firm_listing_known"),
            models.CheckConstraint(
                condition=(Q(revenue_m_eur=None) | Q(revenue_m_eur__gte=0))
                & (Q(research_m_eur=None) | Q(research_m_eur__gte=0)),
                name="firm_money_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.name
