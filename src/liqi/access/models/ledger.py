"""The ledger: accounts, entries and their lines; the database keeps every posted entry balanced and unchanged."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from liqi.access.models.amounts import CnyField


class Account(models.Model):
    """One account in the books of one institution; debits count up, credits down."""

    class Code(models.TextChoices):
        BANK = "bank"
        RECEIVABLE = "receivable"
        UNBILLED = "unbilled"
        VOUCHERS = "vouchers"
        FUNDING = "funding"
        AVAILABLE = "available"
        RESERVED = "reserved"
        ADVANCES = "advances"
        OUTPUT_TAX = "output tax"
        INCOME = "income"

    key = models.CharField(max_length=120, unique=True)
    """Seller, code and party in one word, so that an account is never made twice."""
    seller = models.ForeignKey("catalogue.Institution", on_delete=models.PROTECT, related_name="accounts")
    code = models.CharField(max_length=20, choices=Code.choices)
    organisation = models.ForeignKey(
        "accounts.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="accounts"
    )
    person = models.ForeignKey(
        "accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="accounts"
    )
    balance = CnyField(default=0)
    """Debits less credits of every posted line: the database carries it when an entry is posted."""
    ceiling = CnyField(null=True, blank=True)
    """The balance never goes above this: 0 for a budget, which is a liability, so that it is never overdrawn."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ceiling__isnull=True) | Q(balance__lte=F("ceiling")), name="account_never_overdrawn"
            ),
        ]
        indexes = [models.Index(fields=["seller", "code"], name="account_seller_code")]

    def __str__(self) -> str:
        return self.key


class LedgerEntry(models.Model):
    """What was written in the books on one day; it counts from the moment it is posted and never changes again."""

    seller = models.ForeignKey("catalogue.Institution", on_delete=models.PROTECT, related_name="ledger_entries")
    on = models.DateField()
    made_at = models.DateTimeField()
    person = models.ForeignKey(
        "accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="ledger_entries"
    )
    kind = models.CharField(max_length=40)
    text = models.CharField(max_length=300, blank=True)
    reverses = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversed_by")
    posted = models.BooleanField(default=False)
    synthetic = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["seller", "on"], name="ledger_seller_on")]

    def __str__(self) -> str:
        return f"{self.on} {self.kind} {self.text}"


class LedgerLine(models.Model):
    """A debit (above zero) or credit (below zero) of one account in one entry."""

    entry = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT, related_name="lines")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="lines")
    amount = CnyField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="ledgerline_not_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount}"


class ClosedMonth(models.Model):
    """A month of an institution's books in which nothing is written any more."""

    seller = models.ForeignKey("catalogue.Institution", on_delete=models.PROTECT, related_name="closed_months")
    first_on = models.DateField()
    last_on = models.DateField()
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="closed_months")
    at = models.DateTimeField()
    figures: Any = models.JSONField(default=dict)
    """The balance of every account code at the end of the month."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seller", "first_on"], name="closedmonth_once")]

    def __str__(self) -> str:
        return f"{self.seller} {self.first_on:%Y-%m}"


class Counter(models.Model):
    """The last number given in a series; counted inside the transaction of what carries it, so there are no holes."""

    key = models.CharField(max_length=120, unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.key} {self.last}"
