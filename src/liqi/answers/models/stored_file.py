"""The stored file: bytes kept once under their SHA-256, who brought them and under which name."""

from typing import Any, ClassVar, Self

from django.apps import apps
from django.db import models
from django.db.models import Q

from liqi.access.commissions import keepers
from liqi.access.commissions.results import RELEASED
from liqi.access.models.order import new_key
from liqi.accounts.models import Person


class StoredFileQuerySet(models.QuerySet["StoredFile"]):
    """The questions asked of stored files."""

    def visible_to(self, person: Person | None) -> Self:
        """Those that are one's own to see, and those released with the answer of a run."""
        own = self.of_own(person)
        if person is not None and person.is_operator:
            return own
        release: Any = apps.get_model("answers", "Release")  # names the run, which names this, so it is looked up late
        shown = release.objects.shown_to(person).filter(with_files=True)
        through = apps.get_model("answers", "Run").files.through
        return own | self.filter(pk__in=through.objects.filter(run__in=shown.values("run")).values("storedfile"))

    def of_own(self, person: Person | None) -> Self:
        """Shipped examples, one's own, of one's organisations' released orders, of services one keeps."""
        if person is None:
            return self.filter(person=None)
        if person.is_operator:
            return self
        mine = Q(order__person=person) | Q(order__organisation__in=person.organisations.all())
        kept = Q(order__service__in=keepers.services_of(person))
        return self.filter(Q(person=None) | Q(person=person) | (mine & RELEASED) | kept)


class StoredFile(models.Model):
    """A file as one person brought it; equal bytes are kept once however often they come."""

    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    sha256 = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    """In bytes."""
    format = models.CharField(max_length=40, blank=True)
    """By content: mzml, mgf ...; where no reader knows it the ending of the name, possibly empty."""
    order = models.ForeignKey("access.Order", null=True, blank=True, on_delete=models.PROTECT, related_name="files")
    person = models.ForeignKey("accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="files")
    """Who brought it; empty for the examples that come with Liqi."""
    uploaded_at = models.DateTimeField()
    check_standard_of = models.ForeignKey(
        "catalogue.Instrument", null=True, blank=True, on_delete=models.PROTECT, related_name="check_files"
    )
    """The instrument whose check standard was measured; its control charts take what runs find in it."""
    held_at = models.DateTimeField(null=True, blank=True)
    held_by = models.ForeignKey("accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    held_why = models.CharField(max_length=300, blank=True)
    """Why no rule may take its bytes, such as an inquiry that goes on."""
    announced_at = models.DateTimeField(null=True, blank=True)
    """When whose file it is was told that its bytes will go."""
    removed_at = models.DateTimeField(null=True, blank=True, db_index=True)
    """When its bytes went by the rule of retention; this record and its hash stay."""

    objects: ClassVar[StoredFileQuerySet] = StoredFileQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(held_at=None, held_why="") | (Q(held_at__isnull=False) & ~Q(held_why="")),
                name="file_held_with_reason",
            ),
            models.CheckConstraint(condition=Q(held_at=None) | Q(removed_at=None), name="file_held_is_there"),
        ]
        indexes = [
            models.Index(fields=["person", "-uploaded_at"], name="file_person_uploaded"),
            models.Index(
                fields=["uploaded_at"], condition=Q(removed_at=None, person__isnull=False), name="file_uploaded_there"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_example(self) -> bool:
        """Whether it came with Liqi instead of from a person."""
        return self.person_id is None
