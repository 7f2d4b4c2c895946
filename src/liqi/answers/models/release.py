"""The release: an answer shown beyond those whose run it is, under a licence, from a moment on, until withdrawn."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from liqi.accounts.models import Person
from liqi.answers.models.run import Run


class ReleaseQuerySet(models.QuerySet["Release"]):
    """The questions asked of releases."""

    def standing(self) -> Self:
        """Those that were not withdrawn, whether their embargo is over or not."""
        return self.filter(withdrawn_at=None)

    def shown_to(self, person: Person | None) -> Self:
        """Those in force now that a person, or a visitor, is among: to everybody, or to one of their organisations."""
        begun = Q(embargo_until=None) | Q(embargo_until__lte=Now())
        whom = Q(to_everybody=True)
        if person is not None:
            mine = Release.organisations.through.objects.filter(organisation__in=person.organisations.all())
            whom |= Q(pk__in=mine.values("release"))
        return self.standing().filter(begun & whom)


class Release(models.Model):
    """Who released an answer, to whom, under which licence and from when; what was withdrawn stays on record."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="releases")
    to_everybody = models.BooleanField(default=False)
    organisations = models.ManyToManyField("accounts.Organisation", related_name="+", blank=True)
    """To whom, where it is not everybody."""
    licence = models.CharField(max_length=40)
    """An identifier of the SPDX list, or LicenseRef-agreed."""
    with_files = models.BooleanField(default=False)
    """Whether the files that went in are released with it."""
    embargo_until = models.DateTimeField(null=True, blank=True)
    """Nobody new sees it before; empty for at once."""
    released_at = models.DateTimeField()
    released_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=500, blank=True)
    """Why it was withdrawn."""

    objects: ClassVar[ReleaseQuerySet] = ReleaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run"], condition=Q(withdrawn_at=None), name="release_one_stands"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(reason="")),
                name="release_withdrawn_by_somebody_why",
            ),
            models.CheckConstraint(condition=~Q(licence=""), name="release_has_licence"),
            models.CheckConstraint(
                condition=Q(to_everybody=False) | ~Q(licence="LicenseRef-agreed"),
                name="release_to_everybody_is_licensed",
            ),
            models.CheckConstraint(
                condition=Q(embargo_until=None) | Q(embargo_until__gt=models.F("released_at")),
                name="release_embargo_after_release",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run.key} {self.licence}"
