"""Scenarios for first use, and trials in them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liqi.observatory.models.firm import Firm
from liqi.observatory.models.kept import Kept


class Scenario(Kept):
    """A place of first use: who opens it, which science stands behind it, who runs it in the market."""

    title = models.CharField(max_length=200)
    field = models.CharField(max_length=120, blank=True)
    place = models.CharField(max_length=80, blank=True)
    owner = models.CharField(max_length=200, blank=True)
    science = models.CharField(max_length=200, blank=True)
    operator = models.CharField(max_length=200, blank=True)
    instruments = models.CharField(max_length=300, blank=True)
    """What is used in it, with semicolons between them."""
    words = models.CharField(max_length=1000, blank=True)
    done = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    still_to_do = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["title", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="scenario_has_title"),
            models.CheckConstraint(
                condition=Q(published_at=None) | ~(Q(owner="") | Q(science="") | Q(operator="")),
                name="scenario_published_when_whole",
            ),
            models.CheckConstraint(
                condition=(Q(done=None) | Q(done__gte=0)) & (Q(still_to_do=None) | Q(still_to_do__gte=0)),
                name="scenario_measure_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Trial(Kept):
    """A product of a firm is tried by its first user: trial, log, fix, second trial."""

    title = models.CharField(max_length=200)
    firm = models.ForeignKey(Firm, null=True, blank=True, on_delete=models.PROTECT, related_name="trials")
    scenario = models.ForeignKey(Scenario, null=True, blank=True, on_delete=models.PROTECT, related_name="trials")
    user = models.CharField(max_length=200, blank=True)
    value_cny = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    premium_cny = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    """What its insurance costs a year."""

    class Meta:
        ordering = ["title", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="trial_has_title"),
            models.CheckConstraint(
                condition=(Q(value_cny=None) | Q(value_cny__gt=0)) & (Q(premium_cny=None) | Q(premium_cny__gte=0)),
                name="trial_money_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class TrialStep(models.Model):
    """One step of a trial; steps come in their order, and after a second trial that failed another fix may follow."""

    class Kind(models.TextChoices):
        TRIAL = "trial", _("trial")
        LOG = "log", _("fault logged")
        FIX = "fix", _("fixed")
        AGAIN = "again", _("tried again")

    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=6, choices=Kind.choices)
    on = models.DateField()
    passed = models.BooleanField(null=True, blank=True)
    """Of a trial: whether the user would keep it."""
    words = models.CharField(max_length=500, blank=True)
    person = models.ForeignKey("accounts.Person", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["trial", "number"]
        constraints = [
            models.UniqueConstraint(fields=["trial", "number"], name="trialstep_number_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["trial", "again"], passed__isnull=False)
                | Q(kind__in=["log", "fix"], passed__isnull=True),
                name="trialstep_passed_of_trials",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"
