"""Projects on their way to the market, their moves, and what judges say of them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liqi.observatory.models.firm import Firm
from liqi.observatory.models.kept import Kept
from liqi.observatory.models.park import Park


class Project(Kept):
    """A project: how ready it is, how far it has come with a park or fund, and how it left if it did."""

    class State(models.TextChoices):
        FOUND = "found", _("found")
        SCREENED = "screened", _("screened")
        RESERVED = "reserved", _("in reserve")
        NEGOTIATED = "negotiated", _("under negotiation")
        SIGNED = "signed", _("signed")
        SETTLED = "settled", _("settled")

    class Exit(models.TextChoices):
        DROPPED = "dropped", _("dropped")
        SOLD_AWAY = "sold_away", _("sold away")
        MOVED_AWAY = "moved_away", _("moved away")

    name = models.CharField(max_length=200)
    firm = models.ForeignKey(Firm, null=True, blank=True, on_delete=models.PROTECT, related_name="projects")
    park = models.ForeignKey(Park, null=True, blank=True, on_delete=models.PROTECT, related_name="projects")
    derived_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="derived")
    fields = models.CharField(max_length=300, blank=True)
    """With semicolons between them."""
    level = models.PositiveSmallIntegerField(default=1)
    """Technology readiness, 1 to 9."""
    sold = models.BooleanField(default=False)
    """Whether the market buys it."""
    state = models.CharField(max_length=10, choices=State.choices, default=State.FOUND)
    exit = models.CharField(max_length=10, choices=Exit.choices, blank=True)
    cost_cny = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    """What it asks for."""
    begun_on = models.DateField()
    excludes = models.ManyToManyField("self", blank=True)
    """Projects of which at most one is taken."""

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(withdrawn_at=None), name="pipeline_project_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="pipeline_project_has_name"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=9), name="pipeline_project_level_1_to_9"),
            models.CheckConstraint(
                condition=Q(state__in=["found", "screened", "reserved", "negotiated", "signed", "settled"]),
                name="pipeline_project_state_known",
            ),
            models.CheckConstraint(
                condition=Q(exit__in=["", "dropped", "sold_away", "moved_away"]), name="pipeline_project_exit_known"
            ),
            models.CheckConstraint(condition=Q(sold=False) | Q(level=9), name="pipeline_project_sold_at_nine"),
            models.CheckConstraint(condition=Q(cost_cny=None) | Q(cost_cny__gte=0), name="pipeline_project_cost"),
        ]
        indexes = [models.Index(fields=["state"], name="pipeline_project_state")]

    def __str__(self) -> str:
        return self.name


class Move(models.Model):
    """A project reached a level and state on a day, or left; moves are added, and the last one can be taken back."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="moves")
    on = models.DateField()
    level = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=Project.State.choices)
    exit = models.CharField(max_length=10, choices=Project.Exit.choices, blank=True)
    sold = models.BooleanField(default=False)
    words = models.CharField(max_length=300, blank=True)
    person = models.ForeignKey("accounts.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["project", "on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=9), name="move_level_1_to_9"),
            models.CheckConstraint(condition=Q(sold=False) | Q(level=9), name="move_sold_at_nine"),
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.on} {self.level}"


class Judgement(models.Model):
    """What a judge gives a project, and whether an interest in it was declared: then the score does not count."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="judgements")
    judge = models.CharField(max_length=120)
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    interest = models.BooleanField(default=False)

    class Meta:
        ordering = ["project", "judge"]
        constraints = [
            models.UniqueConstraint(fields=["project", "judge"], name="judgement_once"),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__gte=0, score__lte=100), name="judgement_score_0_to_100"
            ),
            models.CheckConstraint(
                condition=Q(interest=True) | Q(score__isnull=False), name="judgement_says_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.judge}: {self.project}"
