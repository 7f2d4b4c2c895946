"""The run: one execution of a method on files."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.apps import apps
from django.db import models
from django.db.models import Q

from liqi.access.commissions import keepers
from liqi.access.commissions.results import RELEASED
from liqi.access.models.order import new_key
from liqi.accounts.models import Person


class RunQuerySet(models.QuerySet["Run"]):
    """The questions asked of runs."""

    def visible_to(self, person: Person | None) -> Self:
        """Those that are one's own to see, and those released to everybody or to one's organisations."""
        own = self.of_own(person)
        if person is not None and person.is_operator:
            return own
        release: Any = apps.get_model("answers", "Release")  # names this model, so it is looked up when needed
        return own | self.filter(pk__in=release.objects.shown_to(person).values("run"))

    def of_own(self, person: Person | None) -> Self:
        """Runs on examples, one's own, of released orders, of services one keeps, those one is asked to countersign."""
        if person is None:
            return self.filter(person=None)
        if person.is_operator:
            return self
        mine = Q(order__person=person) | Q(order__organisation__in=person.organisations.all())
        kept = Q(order__service__in=keepers.services_of(person))
        asked = Q(pk__in=_signings().filter(asked=person, withdrawn_at=None).values("run"))
        return self.filter(Q(person=None) | Q(person=person) | (mine & RELEASED) | kept | asked)

    def going_on(self) -> Self:
        """Those that wait or work."""
        return self.filter(state__in=Run.GOING_ON)

    def silent_since(self, moment: datetime) -> Self:
        """Those at work that gave no sign of life after this moment."""
        return self.filter(state=Run.State.RUNNING, heartbeat_at__lt=moment)


def _signings() -> models.QuerySet[Any]:
    """The signings; their model names this one, so it is looked up when it is needed."""
    signing: Any = apps.get_model("answers", "Signing")
    found: models.QuerySet[Any] = signing.objects.all()
    return found


class Run(models.Model):
    """A method, its version and parameters, the files it reads, how far it is and what came of it."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    GOING_ON: ClassVar[tuple[str, ...]] = (State.QUEUED, State.RUNNING)

    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    method = models.CharField(max_length=80)
    version = models.CharField(max_length=40)
    parameters = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    """Zero while it is not known how much there is to do."""
    step = models.CharField(max_length=120, blank=True)
    """What it does now, in the method's words."""
    queued_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField()
    """The last sign of life."""
    attempts = models.PositiveSmallIntegerField(default=0)
    task = models.UUIDField(null=True, blank=True)
    """The entry in the queue that is to execute it."""
    message = models.TextField(blank=True)
    """Why it failed, in one sentence; `internal` where the fault is ours."""
    answer_sha256 = models.CharField(max_length=64, blank=True)
    """Where the whole answer is kept among the files; empty until there is one."""
    answer_key = models.CharField(max_length=64, blank=True, db_index=True)
    """What the answer was made of (Method.key): runs of the same key have the same answer."""
    anew = models.BooleanField(default=False)
    """Computed even where an answer of the same key is there, to see whether it comes out the same."""
    same_as = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="repeats")
    """The run whose answer this is, where nothing was computed again."""
    summary = models.JSONField(default=dict)
    """Verdict, its sentence by language and a few counts: enough for a list."""
    order = models.ForeignKey("access.Order", null=True, blank=True, on_delete=models.PROTECT, related_name="runs")
    person = models.ForeignKey("accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="runs")
    """Who started it; empty for a visitor trying a shipped example."""
    files = models.ManyToManyField("answers.StoredFile", related_name="runs")
    batch = models.ForeignKey("answers.Batch", null=True, blank=True, on_delete=models.SET_NULL, related_name="runs")
    """What it is a part of, where many files were asked at once."""
    edited_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="edited")
    """The run whose gates or peak rules were changed by hand to make this one."""
    changes: Any = models.JSONField(default=list)
    """What was changed by hand against `edited_from`, one record a change, in order."""

    objects: ClassVar[RunQuerySet] = RunQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(state="done") | ~Q(answer_sha256=""), name="run_done_has_answer"),
            models.CheckConstraint(
                condition=Q(state__in=("queued", "running")) | Q(ended_at__isnull=False),
                name="run_over_has_end",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-queued_at"], name="run_person_queued"),
            models.Index(fields=["state", "heartbeat_at"], name="run_state_heartbeat"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.method}"

    @property
    def is_going_on(self) -> bool:
        """Whether it waits or works."""
        return self.state in self.GOING_ON

    @property
    def share_done(self) -> float | None:
        """From 0 to 1; nothing while it is not known how much there is to do."""
        return min(1.0, self.done / self.total) if self.total else None

    @property
    def called(self) -> str:
        """The name of its first file, by which people know it; its key where it has none."""
        return min(((file.pk, file.name) for file in self.files.all()), default=(0, self.key))[1]

    def took(self, now: datetime) -> timedelta:
        """How long it has worked, or did in all."""
        return (self.ended_at or now) - (self.started_at or self.ended_at or now)

    def sentence(self, language: str) -> str:
        """The verdict in one sentence, in a language such as zh-hans; empty until there is one."""
        words: dict[str, Any] = self.summary.get("sentence", {})
        by_tag = {tag.lower(): text for tag, text in words.items()}
        return str(by_tag.get(language.lower(), by_tag.get("en", "")))
