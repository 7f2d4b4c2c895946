"""The commission: how far an order of a service is, and every step it took."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Commission(models.Model):
    """The commissioned side of an order: its state, the form it answered, who measured and who released."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("state of an order", "draft")
        SUBMITTED = "submitted", pgettext_lazy("state of an order", "submitted")
        QUOTED = "quoted", pgettext_lazy("state of an order", "quoted")
        ACCEPTED = "accepted", pgettext_lazy("state of an order", "accepted")
        RECEIVED = "received", pgettext_lazy("state of an order", "samples received")
        IN_WORK = "in work", pgettext_lazy("state of an order", "in work")
        MEASURED = "measured", pgettext_lazy("state of an order", "measured")
        IN_REVIEW = "in review", pgettext_lazy("state of an order", "in review")
        RELEASED = "released", pgettext_lazy("state of an order", "released")
        CLOSED = "closed", pgettext_lazy("state of an order", "closed")
        REFUSED = "refused", pgettext_lazy("state of an order", "refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("state of an order", "withdrawn")

    class Fate(models.TextChoices):
        RETURN = "return", _("send the rest back")
        DISPOSE = "dispose", _("dispose of the rest")

    OVER: ClassVar[tuple[str, ...]] = (State.CLOSED, State.REFUSED, State.WITHDRAWN)
    OPENED: ClassVar[tuple[str, ...]] = (State.RELEASED, State.CLOSED)
    """The states in which the customer sees results."""

    order = models.OneToOneField("access.Order", on_delete=models.CASCADE, related_name="commission")
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    form = models.ForeignKey("access.ServiceForm", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """The version of the form that the answers are to; empty where the service has no form."""
    answers = models.JSONField(default=dict, blank=True)
    fate = models.CharField(max_length=8, choices=Fate.choices, default=Fate.DISPOSE)
    """What the customer wants done with the rest of the samples."""
    purchase_number = models.CharField(max_length=60, blank=True)
    """The number by which the customer's own books know the order."""
    voucher = models.ForeignKey(
        "access.Voucher", null=True, blank=True, on_delete=models.PROTECT, related_name="commissions"
    )
    """The innovation voucher that the customer wants a part paid by; held when the quote is accepted."""
    four_eyes = models.BooleanField(default=True)
    changed_at = models.DateTimeField()
    """When it came into its state."""
    due_on = models.DateField(null=True, blank=True)
    """The day results are promised for; known when the samples are there."""
    accepted_by = models.ForeignKey(
        "accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    measured_by = models.ForeignKey(
        "accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    released_by = models.ForeignKey(
        "accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    released_at = models.DateTimeField(null=True, blank=True)
    conclusion = models.TextField(blank=True)
    """What the facility says of the results, on top of the report."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(four_eyes=False) | Q(released_by__isnull=True) | ~Q(released_by=F("measured_by")),
                name="commission_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("released", "closed"))
                | Q(released_by__isnull=False, released_at__isnull=False),
                name="commission_released_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=(
                        *("draft", "submitted", "quoted", "accepted", "received", "in work", "measured"),
                        *("in review", "released", "closed", "refused", "withdrawn"),
                    )
                ),
                name="commission_state_known",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "changed_at"], name="commission_state_changed"),
            models.Index(fields=["state", "due_on"], name="commission_state_due"),
        ]

    def __str__(self) -> str:
        return f"{self.order} ({self.state})"

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be done."""
        return self.state in self.OVER

    @property
    def is_open_to_customer(self) -> bool:
        """Whether the customer sees the results."""
        return self.state in self.OPENED


class CommissionStep(models.Model):
    """One change of state: what was done, by whom, when and why. Lines are added, never changed."""

    commission = models.ForeignKey(Commission, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveSmallIntegerField()
    verb = models.CharField(max_length=12)
    before = models.CharField(max_length=12, blank=True)
    after = models.CharField(max_length=12)
    at = models.DateTimeField()
    person = models.ForeignKey("accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["commission", "number"]
        constraints = [models.UniqueConstraint(fields=["commission", "number"], name="commissionstep_number_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.verb}: {self.after}"


class Feedback(models.Model):
    """What the customer says of an order after the release: one of five grades, and words."""

    class Grade(models.IntegerChoices):
        VERY_BAD = 1, _("very dissatisfied")
        BAD = 2, _("dissatisfied")
        FAIR = 3, _("neither")
        GOOD = 4, _("satisfied")
        VERY_GOOD = 5, _("very satisfied")

    order = models.OneToOneField("access.Order", on_delete=models.CASCADE, related_name="feedback")
    grade = models.PositiveSmallIntegerField(choices=Grade.choices)
    words = models.TextField(blank=True)
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(grade__gte=1, grade__lte=5), name="feedback_five_grades")]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.grade}"
