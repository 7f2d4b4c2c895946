"""What was changed in records and can be undone: changes, duplicates, merges, bulk edits."""

from django.db import models
from django.db.models import F, Q

from liqi.accounts.models import Person
from liqi.catalogue.models.instrument import Instrument


class RecordChange(models.Model):
    """One change of one record: who, when, by what (`cause`), and each field before and after."""

    kind = models.CharField(max_length=16)
    key = models.CharField(max_length=120)
    at = models.DateTimeField()
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    cause = models.CharField(max_length=24)
    cause_id = models.CharField(max_length=40, blank=True, default="")
    fields = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["kind", "key", "at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}: {', '.join(self.fields)}"


class Twins(models.Model):
    """Two instruments that may be one, why, and what was decided."""

    first = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=40)
    score = models.FloatField()
    state = models.CharField(
        max_length=10,
        choices=[("proposed", "proposed"), ("merged", "merged"), ("different", "different")],
        default="proposed",
    )
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name_plural = "twins"
        ordering = ["-score", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(first_id__lt=F("second_id")), name="twins_in_order"),
            models.UniqueConstraint(fields=["first", "second"], name="twins_once"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} = {self.second_id} ({self.state})"


class Merge(models.Model):
    """Two records made one: what the kept one took over and what pointed at the other, so that it can be undone."""

    kept = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="merges")
    merged = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="+")
    facts = models.JSONField(default=dict)
    at = models.DateTimeField()
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(kept=F("merged")), name="merge_of_two"),
            models.UniqueConstraint(fields=["merged"], condition=Q(undone_at=None), name="merge_once"),
        ]

    def __str__(self) -> str:
        return f"{self.merged_id} into {self.kept_id}"


class BulkEdit(models.Model):
    """One change of many records: the new values, and for every record the values before."""

    kind = models.CharField(max_length=16)
    question = models.CharField(max_length=500, blank=True, default="")
    values = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    count = models.PositiveIntegerField()
    at = models.DateTimeField()
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.count} {self.kind}: {', '.join(self.values)}"
