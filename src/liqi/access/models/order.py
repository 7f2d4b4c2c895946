"""The order: one thread from a need to the evidence."""

import secrets
from typing import ClassVar

from django.db import models

from liqi.accounts.models import Person

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # without the letters and figures that look alike


def new_key() -> str:
    """A short key for an address, never made twice in practice (31 to the 9th)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(9))


class OrderQuerySet(models.QuerySet["Order"]):
    """The questions asked of orders."""

    def of(self, person: Person) -> "OrderQuerySet":
        """Those this person opened."""
        return self.filter(person=person)

    def open(self) -> "OrderQuerySet":
        """Those that still wait for something."""
        return self.filter(state=Order.State.OPEN)


class Order(models.Model):
    """A need and everything done about it: instrument or service, bookings, sessions, files, answers."""

    class Kind(models.TextChoices):
        OWN_USE = "own use"
        COMMISSIONED = "commissioned"

    class State(models.TextChoices):
        OPEN = "open"
        DONE = "done"
        CLOSED = "closed"

    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    title = models.CharField(max_length=200)
    need = models.TextField(blank=True)
    """The question in the person's own words."""
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.OWN_USE)
    state = models.CharField(max_length=20, choices=State.choices, default=State.OPEN)
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="orders")
    organisation = models.ForeignKey(
        "accounts.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="orders"
    )
    """The body the person acts for; empty for somebody who belongs to none."""
    project = models.ForeignKey(
        "accounts.Project", null=True, blank=True, on_delete=models.PROTECT, related_name="orders"
    )
    instrument = models.ForeignKey(
        "catalogue.Instrument", null=True, blank=True, on_delete=models.PROTECT, related_name="orders"
    )
    service = models.ForeignKey(
        "catalogue.Service", null=True, blank=True, on_delete=models.PROTECT, related_name="orders"
    )
    created_at = models.DateTimeField()
    synthetic = models.BooleanField(default=False)

    objects: ClassVar[OrderQuerySet] = OrderQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(instrument__isnull=True) | models.Q(service__isnull=True),
                name="order_instrument_or_service",
            ),
        ]
        indexes = [models.Index(fields=["person", "-created_at"], name="order_person_created")]

    def __str__(self) -> str:
        return f"{self.key} {self.title}"
