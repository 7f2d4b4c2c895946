"""The training session: a date of a course, and who has its places."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from liqi.access.models.course import Course


class TrainingSession(models.Model):
    """A course is held from starts_at to ends_at, for so many people."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="sessions")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    time_zone = models.CharField(max_length=60)
    place = models.CharField(max_length=200, blank=True)
    places = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(500)])
    trainer = models.ForeignKey(
        "accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="sessions_given"
    )
    note = models.TextField(blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="training_session_ends_after_start"
            ),
            models.CheckConstraint(
                condition=models.Q(places__gte=1, places__lte=500), name="training_session_has_places"
            ),
        ]
        indexes = [models.Index(fields=["course", "starts_at"], name="training_session_course")]

    def __str__(self) -> str:
        return f"{self.course} {self.starts_at:%Y-%m-%d %H:%M}"


class Enrolment(models.Model):
    """A person's place at a session, or their turn in the line for one.

    ``seat`` numbers the places from 0; two people never have one seat, so a session never has more than its places.
    """

    class State(models.TextChoices):
        ENROLLED = "enrolled"
        WAITING = "waiting"
        LEFT = "left"
        ATTENDED = "attended"
        ABSENT = "absent"

    session = models.ForeignKey(TrainingSession, on_delete=models.PROTECT, related_name="enrolments")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="enrolments")
    state = models.CharField(max_length=10, choices=State.choices)
    seat = models.PositiveSmallIntegerField(null=True, blank=True)
    enrolled_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        "accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="attendance_kept"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    qualification = models.ForeignKey(
        "access.Qualification", null=True, blank=True, on_delete=models.SET_NULL, related_name="enrolments"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "person"], name="enrolment_once"),
            models.UniqueConstraint(
                fields=["session", "seat"], condition=models.Q(seat__isnull=False), name="enrolment_one_a_seat"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "left"], seat__isnull=True)
                | models.Q(state__in=["enrolled", "attended", "absent"], seat__isnull=False),
                name="enrolment_seated_or_not",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.session} ({self.state})"
