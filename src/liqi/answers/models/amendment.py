"""The amendment: what a person says of one identification, beside the computed answer."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liqi.answers.models.run import Run


class AmendmentQuerySet(models.QuerySet["Amendment"]):
    """The questions asked of amendments."""

    def standing(self) -> Self:
        """Those that nobody took back."""
        return self.filter(undone_at=None)


class Amendment(models.Model):
    """One feature confirmed, rejected or renamed with a reason; taken back it stays on record."""

    class Kind(models.TextChoices):
        CONFIRM = "confirm", _("confirmed")
        REJECT = "reject", _("rejected")
        RENAME = "rename", _("renamed")

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="amendments", db_index=False)
    feature = models.PositiveIntegerField()
    """The number of the feature in the answer."""
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=200, blank=True)
    """The compound that it is; for a renamed one alone."""
    inchikey = models.CharField(max_length=27, blank=True)
    reason = models.CharField(max_length=1000)
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey("accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[AmendmentQuerySet] = AmendmentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "feature"], condition=Q(undone_at=None), name="amendment_one_stands"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="amendment_has_reason"),
            models.CheckConstraint(
                condition=(Q(kind="rename") & ~Q(name="")) | (~Q(kind="rename") & Q(name="", inchikey="")),
                name="amendment_renamed_has_name",
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None) | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="amendment_undone_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["run", "feature", "at"], name="amendment_run_feature")]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.feature} {self.kind}"
