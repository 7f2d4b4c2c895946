"""Quota: how much somebody, or an organisation, keeps, and how much they may."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q, QuerySet, Sum

from liqi.accounts.models import Organisation, Person
from liqi.answers.models import StoredFile, Upload

__all__ = ["Use", "of", "of_organisation", "of_organisations", "per_person"]


@dataclass(frozen=True, slots=True)
class Use:
    """Bytes kept, bytes on their way, and the most that may be."""

    kept: int
    coming: int
    most: int

    @property
    def free(self) -> int:
        """What may still come."""
        return max(0, self.most - self.kept - self.coming)

    @property
    def share(self) -> float:
        """From 0 to 1, above where the quota was lowered meanwhile."""
        return (self.kept + self.coming) / self.most if self.most else 1.0


def per_person() -> int:
    """How much one person may keep, by the settings."""
    return int(settings.LIQI_QUOTA_BYTES)


def of(person: Person) -> Use:
    """What the person keeps: equal bytes under two names count once, those that went by a rule not at all."""
    coming = Upload.objects.of(person).unfinished().aggregate(sum=Sum("size"))["sum"] or 0
    return Use(_kept(StoredFile.objects.filter(person=person)), coming, per_person())


def of_organisation(organisation: Organisation) -> Use:
    """What stands in the orders of the organisation, whoever brought it."""
    coming = Upload.objects.filter(order__organisation=organisation).unfinished().aggregate(sum=Sum("size"))["sum"] or 0
    files = StoredFile.objects.filter(Q(order__organisation=organisation), person__isnull=False)
    return Use(_kept(files), coming, int(settings.LIQI_ORGANISATION_QUOTA_BYTES))


def of_organisations(person: Person) -> list[tuple[Organisation, Use]]:
    """What stands in the orders of each organisation that the person acts for, by name."""
    return [(one, of_organisation(one)) for one in person.organisations.order_by("name", "pk")]


def _kept(files: QuerySet[StoredFile]) -> int:
    there = files.filter(removed_at=None).order_by().values("sha256", "size").distinct()
    return there.aggregate(sum=Sum("size"))["sum"] or 0
