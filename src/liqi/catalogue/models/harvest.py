"""Other repositories that are harvested (OAI-PMH): how far each harvest is, and the records that could not be taken."""

from django.db import models
from django.db.models import Q

from liqi.accounts.models import Person


class HarvestState(models.TextChoices):
    """Where a harvest is; one that is cut off stays `running` and goes on from its token."""

    IDLE = "idle", "idle"
    QUEUED = "queued", "queued"
    RUNNING = "running", "running"
    DONE = "done", "done"
    FAILED = "failed", "failed"
    STOPPED = "stopped", "stopped"


class Harvest(models.Model):
    """A source to harvest, and its last or current pass.

    `token` is what the repository asked to be shown for the next page; it is kept in the transaction of the records
    of the page before. `runner` names the process that is at it: a page of another one is refused. `answered_at` is
    the repository's clock at the first page, from which the next pass starts (`harvested_until`).
    """

    url = models.URLField(max_length=500)
    prefix = models.CharField(max_length=60)
    set_spec = models.CharField(max_length=200, blank=True, default="")
    allow_private = models.BooleanField(default=False)
    repository = models.CharField(max_length=120, blank=True, default="")
    """The name of the repository in its identifiers: the source of the records it gave."""
    title = models.CharField(max_length=200, blank=True, default="")
    granularity = models.CharField(max_length=24, blank=True, default="")
    state = models.CharField(max_length=8, choices=HarvestState.choices, default=HarvestState.IDLE)
    runner = models.CharField(max_length=40, blank=True, default="")
    token = models.TextField(blank=True, default="")
    landmark = models.TextField(blank=True, default="")
    """A token seen before, to notice a repository that leads in a circle."""
    landmark_page = models.PositiveIntegerField(default=0)
    restarts = models.PositiveSmallIntegerField(default=0)
    since = models.DateTimeField(null=True, blank=True)
    """From when on this pass asks; None for everything."""
    answered_at = models.DateTimeField(null=True, blank=True)
    harvested_until = models.DateTimeField(null=True, blank=True)
    pages = models.PositiveIntegerField(default=0)
    seen = models.PositiveIntegerField(default=0)
    size = models.PositiveIntegerField(null=True, blank=True)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    deleted = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    message = models.TextField(blank=True, default="")
    added_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    every_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    """How often it is harvested by itself; None: only when somebody asks."""
    at_time = models.TimeField(null=True, blank=True)
    """For whole days: at what time of the platform's clock."""
    due_at = models.DateTimeField(null=True, blank=True, db_index=True)
    """When it is harvested next by itself: by its timetable, or again after a failure."""
    failures = models.PositiveSmallIntegerField(default=0)
    """How often it failed since it last went to its end."""
    language = models.CharField(max_length=10, blank=True, default="")
    """In which whoever asked for it reads; what went wrong is said in it."""
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["repository", "url", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=HarvestState.values), name="harvest_state_known"),
            models.UniqueConstraint(fields=["url", "prefix", "set_spec"], name="harvest_once"),
            models.CheckConstraint(
                condition=Q(every_hours=None, at_time=None)
                | Q(every_hours__gte=1, every_hours__lte=8784, at_time=None)
                | Q(every_hours__gte=24, every_hours__lte=8784),
                name="harvest_timetable_sound",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.repository or self.url


class HarvestProblem(models.Model):
    """A record that could not be taken, and why; gone once the record was taken."""

    harvest = models.ForeignKey(Harvest, on_delete=models.CASCADE, related_name="problems")
    identifier = models.CharField(max_length=300)
    datestamp = models.CharField(max_length=24, blank=True, default="")
    code = models.CharField(max_length=24)
    message = models.TextField()
    found_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["harvest", "identifier"], name="harvestproblem_once")]

    def __str__(self) -> str:
        return f"{self.identifier}: {self.code}"
