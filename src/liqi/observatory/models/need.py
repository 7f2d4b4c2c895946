"""Needs of users for instruments that nobody sells, and who would make them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liqi.observatory.models.firm import Firm
from liqi.observatory.models.kept import Kept


class Need(Kept):
    """A need: a prototype that a scientist built and wants made, or an idea that wants a maker."""

    class Kind(models.TextChoices):
        PROTOTYPE = "prototype", _("a prototype of my own")
        IDEA = "idea", _("an idea")

    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.IDEA)
    who = models.CharField(max_length=200)
    """The group or body that needs it."""
    field = models.CharField(max_length=120, blank=True)
    words = models.CharField(max_length=1000, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(title="") & ~Q(who=""), name="need_has_title_and_who"),
            models.CheckConstraint(condition=Q(kind__in=["prototype", "idea"]), name="need_kind_known"),
        ]

    def __str__(self) -> str:
        return self.title


class NeedWish(models.Model):
    """A need and a firm think of each other: where each stands in the other's list; empty is not wished."""

    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="wishes")
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="wishes")
    rank_by_need = models.PositiveSmallIntegerField(null=True, blank=True)
    rank_by_firm = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["need", "rank_by_need", "id"]
        constraints = [
            models.UniqueConstraint(fields=["need", "firm"], name="needwish_once"),
            models.UniqueConstraint(
                fields=["need", "rank_by_need"], condition=Q(rank_by_need__isnull=False), name="needwish_need_rank_once"
            ),
            models.UniqueConstraint(
                fields=["firm", "rank_by_firm"], condition=Q(rank_by_firm__isnull=False), name="needwish_firm_rank_once"
            ),
            models.CheckConstraint(
                condition=Q(rank_by_need__isnull=False) | Q(rank_by_firm__isnull=False), name="needwish_says_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.need} / {self.firm}"
