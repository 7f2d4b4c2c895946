"""Invoices and payments: numbered without holes, never changed, corrected by credit notes."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from liqi.access.models.amounts import CnyField
from liqi.access.models.charge import Priced


class BillingProfile(models.Model):
    """How an organisation stands on an invoice, as buyer or as seller."""

    organisation = models.OneToOneField("accounts.Organisation", on_delete=models.CASCADE, related_name="billing")
    legal_name = models.CharField(max_length=200)
    tax_number = models.CharField(max_length=40, blank=True)
    """统一社会信用代码 or the tax number of another country."""
    address = models.CharField(max_length=300, blank=True)
    place = models.CharField(max_length=12, blank=True)
    """The division code of where it is registered: vouchers ask for it."""
    country = models.CharField(max_length=2, default="CN")
    email = models.EmailField(blank=True)
    bank = models.CharField(max_length=200, blank=True)
    bank_account = models.CharField(max_length=60, blank=True)
    user_class = models.CharField(max_length=12, blank=True)
    """Set by an operator where the kind of the organisation does not say it."""
    payment_days = models.PositiveSmallIntegerField(default=30)

    def __str__(self) -> str:
        return self.legal_name


class Invoice(Priced):
    """A bill or a credit note as it was sent; the voucher part is paid by the programme."""

    class Kind(models.TextChoices):
        INVOICE = "invoice"
        CREDIT_NOTE = "credit note"

    class State(models.TextChoices):
        OPEN = "open"
        PAID = "paid"
        CREDITED = "credited"

    number = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.INVOICE)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    parties: Any = models.JSONField(default=dict)
    """Seller and buyer as they were on the day of issue."""
    voucher = CnyField(default=0)
    paid = CnyField(default=0)
    credited = CnyField(default=0)
    """What credit notes took off what the buyer pays."""
    issued_on = models.DateField()
    due_on = models.DateField()
    made_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="invoices_made")
    made_at = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True)
    corrects = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="credit_notes")
    entry = models.ForeignKey("access.LedgerEntry", on_delete=models.PROTECT, related_name="invoices")
    reminded = models.PositiveSmallIntegerField(default=0)
    """How many reminders were sent."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(voucher__gte=0, voucher__lte=F("net") + F("tax")) | Q(kind="credit note"),
                name="invoice_voucher_within",
            ),
            models.CheckConstraint(
                condition=Q(kind="credit note")
                | Q(paid__gte=0, credited__gte=0, paid__lte=F("net") + F("tax") - F("voucher") - F("credited")),
                name="invoice_paid_within",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "state", "due_on"], name="invoice_seller_state"),
            models.Index(fields=["organisation", "state"], name="invoice_organisation_state"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def payable(self) -> Any:
        """What the buyer pays: the total less the voucher."""
        return self.gross - self.voucher

    @property
    def open(self) -> Any:
        """What is still to be paid."""
        return self.payable - self.credited - self.paid


class Payment(models.Model):
    """Money that came in, from a bank file or typed: matched to invoices, given back, or neither yet."""

    seller = models.ForeignKey("catalogue.Institution", on_delete=models.PROTECT, related_name="payments")
    received_on = models.DateField()
    amount = CnyField()
    matched = CnyField(default=0)
    refunded = CnyField(default=0)
    payer = models.CharField(max_length=200, blank=True)
    reference = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=80, unique=True)
    """The row it came from, so that a bank file read twice adds nothing."""
    made_by = models.ForeignKey(
        "accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="payments_made"
    )
    made_at = models.DateTimeField()
    entry = models.ForeignKey("access.LedgerEntry", on_delete=models.PROTECT, related_name="payments")
    synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive"),
            models.CheckConstraint(
                condition=Q(matched__gte=0, refunded__gte=0, matched__lte=F("amount") - F("refunded")),
                name="payment_matched_within",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.received_on} {self.payer} {self.amount}"

    @property
    def open(self) -> Any:
        """What is matched to no invoice and not given back."""
        return self.amount - self.matched - self.refunded


class PaymentMatch(models.Model):
    """So much of a payment pays an invoice."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="matches")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="matches")
    amount = CnyField()
    at = models.DateTimeField()
    entry = models.ForeignKey("access.LedgerEntry", on_delete=models.PROTECT, related_name="matches")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="paymentmatch_positive"),
            models.UniqueConstraint(fields=["payment", "invoice"], name="paymentmatch_once"),
        ]

    def __str__(self) -> str:
        return f"{self.payment} {self.invoice} {self.amount}"


class Refund(models.Model):
    """So much of a payment was given back to who paid it."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    amount = CnyField()
    paid_on = models.DateField()
    reference = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="refunds_made")
    made_at = models.DateTimeField()
    entry = models.ForeignKey("access.LedgerEntry", on_delete=models.PROTECT, related_name="refunds")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="refund_positive")]

    def __str__(self) -> str:
        return f"{self.payment} {self.amount}"
