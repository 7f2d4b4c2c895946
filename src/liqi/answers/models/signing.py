"""The signing: an answer with its amendments signed by who made it, then by another person."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from liqi.answers.models.run import Run


class SigningQuerySet(models.QuerySet["Signing"]):
    """The questions asked of signings."""

    def standing(self) -> Self:
        """Those that were neither withdrawn nor sent back."""
        return self.filter(withdrawn_at=None)


class Signing(models.Model):
    """Who signed which content, who is asked to countersign, who did; once countersigned it is final."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="signings", db_index=False)
    content_sha256 = models.CharField(max_length=64)
    """Of the computed answer's hash and the amendments that stood when it was signed."""
    author = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    asked = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="asked_to_sign")
    """Who is to countersign."""
    countersigner = models.ForeignKey(
        "accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    countersigned_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """The author who withdrew it, or who was asked and sent it back."""
    reason = models.CharField(max_length=1000, blank=True)
    """Why it was sent back."""

    objects: ClassVar[SigningQuerySet] = SigningQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run"], condition=Q(withdrawn_at=None), name="signing_one_stands"),
            models.CheckConstraint(condition=~Q(asked=F("author")), name="signing_asks_another"),
            models.CheckConstraint(
                condition=Q(countersigner=None) | ~Q(countersigner=F("author")), name="signing_four_eyes"
            ),
            models.CheckConstraint(
                condition=Q(countersigner=None, countersigned_at=None)
                | Q(countersigner__isnull=False, countersigned_at__isnull=False),
                name="signing_countersigned_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False, countersigner=None),
                name="signing_final_once_countersigned",
            ),
        ]
        indexes = [models.Index(fields=["run", "signed_at"], name="signing_run")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.author}"

    @property
    def is_final(self) -> bool:
        """Whether another person signed, too."""
        return self.countersigned_at is not None
