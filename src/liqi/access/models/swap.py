"""The swap: one person asks another to change places with them."""

from typing import ClassVar, Self

from django.db import models

from liqi.accounts.models import Person


class SwapQuerySet(models.QuerySet["Swap"]):
    """The questions asked of swaps."""

    def open(self) -> Self:
        """Those that wait for an answer."""
        return self.filter(state=Swap.State.PROPOSED)

    def waiting_for(self, person: Person) -> Self:
        """Those that this person has to answer."""
        return self.open().filter(wanted__person=person)


class Swap(models.Model):
    """A proposal that two bookings change places."""

    class State(models.TextChoices):
        PROPOSED = "proposed"
        DONE = "done"
        DECLINED = "declined"
        WITHDRAWN = "withdrawn"

    given = models.ForeignKey("access.Booking", on_delete=models.PROTECT, related_name="swaps_given")
    """The booking of whoever asks."""
    wanted = models.ForeignKey("access.Booking", on_delete=models.PROTECT, related_name="swaps_wanted")
    """The booking whose place they would like."""
    words = models.TextField(blank=True)
    seen = models.JSONField(default=list)
    """Where the two were when it was proposed; a swap of other places is not the one agreed to."""
    state = models.CharField(max_length=12, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(
        "accounts.Person", on_delete=models.PROTECT, related_name="swaps_proposed", db_index=False
    )
    created_at = models.DateTimeField()
    answered_by = models.ForeignKey(
        "accounts.Person",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="swaps_answered",
        db_index=False,
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[SwapQuerySet] = SwapQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(given=models.F("wanted")), name="swap_of_two"),
            models.CheckConstraint(
                condition=models.Q(state="proposed", answered_at__isnull=True)
                | (~models.Q(state="proposed") & models.Q(answered_at__isnull=False)),
                name="swap_answered_when_closed",
            ),
            models.UniqueConstraint(
                fields=["given", "wanted"], condition=models.Q(state="proposed"), name="swap_proposed_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.given} for {self.wanted}"
