"""Parks, and what stands in them: alliances with their work by function, funds, services, assets, milestones."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liqi.observatory.models.kept import Kept


class Park(Kept):
    """A park or zone."""

    name = models.CharField(max_length=200)
    place = models.CharField(max_length=80, blank=True)
    area_km2 = models.DecimalField(max_digits=10, decimal_places=3, null=True, blank=True)
    focus = models.CharField(max_length=300, blank=True)
    """Its focus fields, with semicolons between them."""
    words = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(withdrawn_at=None), name="park_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="park_has_name"),
            models.CheckConstraint(condition=Q(area_km2=None) | Q(area_km2__gt=0), name="park_area_above_zero"),
        ]

    def __str__(self) -> str:
        return self.name


class ParkEntry(Kept):
    """A thing of a park: what kind, since when, how many."""

    class Kind(models.TextChoices):
        ALLIANCE = "alliance", _("work of the alliance")
        FUND = "fund", _("fund")
        SERVICE = "service", _("service")
        ASSET = "asset", _("asset of the place")
        MILESTONE = "milestone", _("milestone")
        TENANT = "tenant", _("tenant")
        HELP = "help", _("kind of help")

    class Function(models.TextChoices):
        """The five functions of an alliance."""

        RESEARCH = "research", _("joint research")
        COORDINATION = "coordination", _("working together")
        TRANSFER = "transfer", _("transfer of results")
        INDUSTRY = "industry", _("building industry")
        TALENT = "talent", _("training people")

    park = models.ForeignKey(Park, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    function = models.CharField(max_length=14, choices=Function.choices, blank=True)
    title = models.CharField(max_length=200)
    on = models.DateField(null=True, blank=True)
    amount = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    words = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["park", "kind", "on", "id"]
        verbose_name_plural = "park entries"
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="parkentry_has_title"),
            models.CheckConstraint(
                condition=Q(kind__in=["alliance", "fund", "service", "asset", "milestone", "tenant", "help"]),
                name="parkentry_kind_known",
            ),
            models.CheckConstraint(
                condition=(Q(kind="alliance") & ~Q(function="")) | (~Q(kind="alliance") & Q(function="")),
                name="parkentry_function_of_alliances",
            ),
            models.CheckConstraint(
                condition=~Q(kind="milestone") | Q(on__isnull=False), name="parkentry_milestone_day"
            ),
        ]

    def __str__(self) -> str:
        return self.title
