"""The task at an instrument: what is to be done, by whom, by when, with a list to tick and words said about it."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy


class ChoreQuerySet(models.QuerySet["Chore"]):
    """The questions asked of tasks."""

    def open(self) -> Self:
        """Those still to be done."""
        return self.filter(state=Chore.State.OPEN)


class Chore(models.Model):
    """One thing to be done at an instrument."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("state of a task", "to be done")
        DONE = "done", pgettext_lazy("state of a task", "done")
        DROPPED = "dropped", pgettext_lazy("state of a task", "dropped")

    class Priority(models.IntegerChoices):
        HIGH = 1, pgettext_lazy("priority", "high")
        NORMAL = 2, pgettext_lazy("priority", "normal")
        LOW = 3, pgettext_lazy("priority", "low")

    instrument = models.ForeignKey("catalogue.Instrument", on_delete=models.PROTECT, related_name="chores")
    title = models.CharField(max_length=200)
    words = models.TextField(max_length=2000, blank=True)
    assignee = models.ForeignKey(
        "accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="chores"
    )
    """Who does it; empty: whoever looks after the instrument."""
    due_on = models.DateField(null=True, blank=True)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    incident = models.ForeignKey(
        "access.Incident", null=True, blank=True, on_delete=models.PROTECT, related_name="chores"
    )
    person = models.ForeignKey("accounts.Person", null=True, on_delete=models.PROTECT, related_name="+")
    """Who wrote it down."""
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey("accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField(null=True, blank=True)
    """When its people heard that it is overdue."""
    synthetic = models.BooleanField(default=False)

    objects: ClassVar[ChoreQuerySet] = ChoreQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", settled_at=None) | (~Q(state="open") & Q(settled_at__isnull=False)),
                name="chore_settled_when_not_open",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="chore_state_due")]

    def __str__(self) -> str:
        return self.title


class ChoreItem(models.Model):
    """A line of a task's list, ticked or not."""

    chore = models.ForeignKey(Chore, on_delete=models.CASCADE, related_name="items")
    words = models.CharField(max_length=200)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey("accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.words


class ChoreComment(models.Model):
    """What somebody said about a task."""

    chore = models.ForeignKey(Chore, on_delete=models.CASCADE, related_name="comments")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=1000)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.words[:80]
