"""Charges, quotes and budgets: what is to be paid, what was offered, what a group may spend."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from liqi.access.models.amounts import CnyField


class Priced(models.Model):
    """Something with a buyer, lines and a total: each line says rule, quantity, unit price and amount."""

    seller = models.ForeignKey("catalogue.Institution", on_delete=models.PROTECT, related_name="%(class)ss")
    organisation = models.ForeignKey(
        "accounts.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="%(class)ss"
    )
    person = models.ForeignKey(
        "accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="%(class)ss"
    )
    """Who ordered; who pays where there is no organisation."""
    lines: Any = models.JSONField(default=list)
    tax_percent = models.DecimalField(max_digits=4, decimal_places=2, default=0)
    net = CnyField()
    tax = CnyField()
    synthetic = models.BooleanField(default=False)

    class Meta:
        abstract = True

    @property
    def gross(self) -> Any:
        """What is to be paid, tax included."""
        return self.net + self.tax


class Budget(models.Model):
    """Money that a group may spend at one institution; what is left stands in the ledger."""

    seller = models.ForeignKey("catalogue.Institution", on_delete=models.PROTECT, related_name="budgets")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="budgets")
    project = models.ForeignKey(
        "accounts.Project", null=True, blank=True, on_delete=models.PROTECT, related_name="budgets"
    )
    title = models.CharField(max_length=200)
    available = models.OneToOneField("access.Account", on_delete=models.PROTECT, related_name="+")
    reserved = models.OneToOneField("access.Account", on_delete=models.PROTECT, related_name="+")
    closed = models.BooleanField(default=False)
    synthetic = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["organisation", "seller"], name="budget_organisation")]

    def __str__(self) -> str:
        return self.title

    @property
    def left(self) -> Any:
        """What may still be spent."""
        return -self.available.balance

    @property
    def held(self) -> Any:
        """What is set aside for bookings and orders that are not settled yet."""
        return -self.reserved.balance


class Hold(models.Model):
    """Money set aside when a time was booked or an order accepted, until it is settled or given back."""

    class State(models.TextChoices):
        HELD = "held"
        SETTLED = "settled"
        RELEASED = "released"

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="holds")
    booking = models.OneToOneField(
        "access.Booking", null=True, blank=True, on_delete=models.PROTECT, related_name="hold"
    )
    order = models.OneToOneField("access.Order", null=True, blank=True, on_delete=models.PROTECT, related_name="hold")
    amount = CnyField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.HELD)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="hold_not_negative"),
            models.CheckConstraint(
                condition=Q(booking__isnull=False, order__isnull=True) | Q(booking__isnull=True, order__isnull=False),
                name="hold_for_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.budget} {self.amount} {self.state}"


class Quote(Priced):
    """A numbered offer: what it costs, and until when that stands."""

    class State(models.TextChoices):
        OFFERED = "offered"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        WITHDRAWN = "withdrawn"
        EXPIRED = "expired"

    number = models.CharField(max_length=40, unique=True)
    order = models.ForeignKey("access.Order", null=True, blank=True, on_delete=models.PROTECT, related_name="quotes")
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OFFERED)
    made_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="quotes_made")
    made_at = models.DateTimeField()
    valid_until = models.DateField()
    decided_by = models.ForeignKey(
        "accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="quotes_decided"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(net__gte=0, tax__gte=0), name="quote_not_negative"),
            models.UniqueConstraint(
                fields=["order"], condition=Q(state__in=("offered", "accepted")), name="quote_one_standing"
            ),
        ]
        indexes = [models.Index(fields=["state", "valid_until"], name="quote_valid")]

    def __str__(self) -> str:
        return self.number


class Charge(Priced):
    """What one use, order, cancellation or correction costs: proposed by the system, confirmed by a steward."""

    class Kind(models.TextChoices):
        USE = "use"
        SERVICE = "service"
        LATE = "late cancellation"
        ABSENT = "no-show"
        EXTRA = "extra"
        CREDIT = "credit"

    class State(models.TextChoices):
        PROPOSED = "proposed"
        CONFIRMED = "confirmed"
        WAIVED = "waived"
        INVOICED = "invoiced"
        SETTLED = "settled"

    cause = models.CharField(max_length=60, unique=True)
    """What it is for, such as `session:12`, so that nothing is charged twice."""
    kind = models.CharField(max_length=20, choices=Kind.choices)
    title = models.CharField(max_length=200)
    instrument = models.ForeignKey(
        "catalogue.Instrument", null=True, blank=True, on_delete=models.PROTECT, related_name="charges"
    )
    service = models.ForeignKey(
        "catalogue.Service", null=True, blank=True, on_delete=models.PROTECT, related_name="charges"
    )
    order = models.ForeignKey("access.Order", null=True, blank=True, on_delete=models.PROTECT, related_name="charges")
    booking = models.ForeignKey(
        "access.Booking", null=True, blank=True, on_delete=models.PROTECT, related_name="charges"
    )
    session = models.ForeignKey(
        "access.Session", null=True, blank=True, on_delete=models.PROTECT, related_name="charges"
    )
    budget = models.ForeignKey(Budget, null=True, blank=True, on_delete=models.PROTECT, related_name="charges")
    corrects = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections")
    state = models.CharField(max_length=12, choices=State.choices, default=State.PROPOSED)
    reason = models.CharField(max_length=300, blank=True)
    """Why a steward changed or waived it."""
    used_on = models.DateField()
    made_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        "accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="charges_decided"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    entry = models.ForeignKey(
        "access.LedgerEntry", null=True, blank=True, on_delete=models.PROTECT, related_name="charges"
    )
    invoice = models.ForeignKey(
        "access.Invoice", null=True, blank=True, on_delete=models.PROTECT, related_name="charges"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="credit", net__lte=0, tax__lte=0) | ~Q(kind="credit") & Q(net__gte=0, tax__gte=0),
                name="charge_sign",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("confirmed", "settled", "invoiced")) | Q(decided_at__isnull=False),
                name="charge_decided",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "state"], name="charge_seller_state"),
            models.Index(fields=["organisation", "state"], name="charge_organisation_state"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.net}"
