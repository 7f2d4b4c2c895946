"""Innovation vouchers (创新券): programmes as data, vouchers of firms, their use for orders, and who got how much."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from liqi.access.models.amounts import CnyField


class VoucherProgramme(models.Model):
    """The terms of an authority: who may claim, what rate, up to how much, where and when."""

    key = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    authority = models.CharField(max_length=200)
    document = models.CharField(max_length=300, blank=True)
    """Name, number and article of the published terms."""
    source = models.CharField(max_length=300, blank=True)
    firm_places: Any = models.JSONField(default=list)
    """Division codes where a firm must be registered; empty: anywhere."""
    provider_places: Any = models.JSONField(default=list)
    """Division codes whose providers are accepted, from region to region; empty: anywhere."""
    rule: Any = models.JSONField(default=dict, blank=True)
    """Inputs and condition of eligibility, written as in a policy file."""
    rate = models.DecimalField(max_digits=5, decimal_places=4)
    rate_sharing = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)
    """The rate for use of shared instruments where it differs."""
    cap_year = CnyField()
    """For one firm in one calendar year."""
    cap_contract = CnyField(null=True, blank=True)
    total = CnyField(null=True, blank=True)
    """What the programme has in all."""
    reserved = CnyField(default=0)
    step = CnyField(default=1)
    """What the voucher pays is cut down to a multiple of this."""
    valid_months = models.PositiveSmallIntegerField(default=12)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    contact = models.EmailField(blank=True)
    synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(rate__gt=0, rate__lte=1), name="programme_rate"),
            models.CheckConstraint(
                condition=Q(rate_sharing__isnull=True) | Q(rate_sharing__gt=0, rate_sharing__lte=1),
                name="programme_rate_sharing",
            ),
            models.CheckConstraint(condition=Q(cap_year__gt=0, step__gt=0), name="programme_caps"),
            models.CheckConstraint(
                condition=Q(reserved__gte=0) & (Q(total__isnull=True) | Q(reserved__lte=F("total"))),
                name="programme_never_over",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class VoucherAllowance(models.Model):
    """What one firm has of one programme in one year: the database keeps it within the cap, also in a race."""

    programme = models.ForeignKey(VoucherProgramme, on_delete=models.PROTECT, related_name="allowances")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="allowances")
    year = models.PositiveSmallIntegerField()
    cap = CnyField()
    reserved = CnyField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "organisation", "year"], name="allowance_once"),
            models.CheckConstraint(condition=Q(reserved__gte=0, reserved__lte=F("cap")), name="allowance_never_over"),
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.organisation} {self.year}"


class Voucher(models.Model):
    """What a firm applied for and was given."""

    class State(models.TextChoices):
        APPLIED = "applied"
        ISSUED = "issued"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"
        EXPIRED = "expired"

    number = models.CharField(max_length=40, unique=True)
    programme = models.ForeignKey(VoucherProgramme, on_delete=models.PROTECT, related_name="vouchers")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="vouchers")
    asked = CnyField()
    amount = CnyField(default=0)
    """What was issued."""
    reserved = CnyField(default=0)
    subject: Any = models.JSONField(default=dict)
    """What the firm answered."""
    verdict: Any = models.JSONField(default=dict)
    """What the rule said to it, with its trace."""
    state = models.CharField(max_length=12, choices=State.choices, default=State.APPLIED)
    valid_until = models.DateField(null=True, blank=True)
    applied_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="vouchers_applied")
    applied_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        "accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="vouchers_decided"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(asked__gt=0, amount__gte=0), name="voucher_amounts"),
            models.CheckConstraint(condition=Q(reserved__gte=0, reserved__lte=F("amount")), name="voucher_never_over"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def left(self) -> Any:
        """What can still be used."""
        return self.amount - self.reserved


class VoucherUse(models.Model):
    """A part of a voucher for one order: reserved, used on an invoice, redeemed at the authority."""

    class State(models.TextChoices):
        RESERVED = "reserved"
        USED = "used"
        SUBMITTED = "submitted"
        REDEEMED = "redeemed"
        RELEASED = "released"

    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="uses")
    allowance = models.ForeignKey(VoucherAllowance, on_delete=models.PROTECT, related_name="uses")
    seller = models.ForeignKey("catalogue.Institution", on_delete=models.PROTECT, related_name="voucher_uses")
    order = models.ForeignKey("access.Order", on_delete=models.PROTECT, related_name="voucher_uses")
    contract = CnyField()
    """What the order costs in all, tax included."""
    amount = CnyField()
    whole_contract = CnyField()
    whole_amount = CnyField()
    """With what it was reserved, before an invoice cut it."""
    state = models.CharField(max_length=12, choices=State.choices, default=State.RESERVED)
    invoice = models.ForeignKey(
        "access.Invoice", null=True, blank=True, on_delete=models.PROTECT, related_name="voucher_uses"
    )
    cut_by = models.ForeignKey("access.Invoice", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """The invoice that cut it to nothing: where that is taken back, it is reserved again."""
    batch = models.ForeignKey(
        "access.VoucherBatch", null=True, blank=True, on_delete=models.PROTECT, related_name="uses"
    )
    at = models.DateTimeField()
    synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0, amount__lte=F("contract")), name="voucheruse_amount"),
            models.CheckConstraint(
                condition=Q(amount__lte=F("whole_amount"), contract__lte=F("whole_contract")), name="voucheruse_whole"
            ),
            models.UniqueConstraint(fields=["order"], condition=~Q(state="released"), name="voucheruse_one_an_order"),
            models.CheckConstraint(
                condition=~Q(state__in=("used", "submitted", "redeemed")) | Q(invoice__isnull=False),
                name="voucheruse_on_an_invoice",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.voucher} {self.order} {self.amount}"


class VoucherEvidence(models.Model):
    """A document that proves a use to the authority: contract, invoice, result, payment."""

    class Kind(models.TextChoices):
        CONTRACT = "contract"
        INVOICE = "invoice"
        RESULT = "result"
        PAYMENT = "payment"

    use = models.ForeignKey(VoucherUse, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="voucher_evidence")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["use", "kind", "sha256"], name="voucherevidence_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class VoucherBatch(models.Model):
    """The uses that a provider hands in to the authority at once: the settlement file."""

    class State(models.TextChoices):
        SUBMITTED = "submitted"
        PAID = "paid"

    number = models.CharField(max_length=40, unique=True)
    programme = models.ForeignKey(VoucherProgramme, on_delete=models.PROTECT, related_name="batches")
    seller = models.ForeignKey("catalogue.Institution", on_delete=models.PROTECT, related_name="voucher_batches")
    state = models.CharField(max_length=12, choices=State.choices, default=State.SUBMITTED)
    made_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="voucher_batches")
    made_at = models.DateTimeField()
    paid_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.number
