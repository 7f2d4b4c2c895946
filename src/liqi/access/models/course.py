"""The course: what somebody learns before they use instruments, and the level it gives."""

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from liqi.access.constraints import one_thing
from liqi.access.models.order import new_key


class Level(models.TextChoices):
    """What a qualified person may do, each level more than the one before it."""

    ASSISTED = "assisted"
    """With somebody of the instrument's staff beside them."""
    SELF = "self"
    """On their own while the instrument is staffed."""
    OUT_OF_HOURS = "out of hours"
    """On their own at any time."""

    @classmethod
    def from_(cls, level: str) -> list[str]:
        """The levels that include this one, lowest first."""
        return cls.values[cls.values.index(level) :]


class Course(models.Model):
    """What is learnt, for which instruments, by which steps; it belongs to an instrument or a facility.

    It covers its own instrument, or those named in ``instruments``; ``whole_facility`` covers every instrument of
    its facility, ``class_codes`` those of these classes at the same institution.
    """

    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    summary = models.TextField(blank=True)
    instrument = models.ForeignKey(
        "catalogue.Instrument", null=True, blank=True, on_delete=models.CASCADE, related_name="own_courses"
    )
    facility = models.ForeignKey(
        "catalogue.Facility", null=True, blank=True, on_delete=models.CASCADE, related_name="courses"
    )
    instruments: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        "catalogue.Instrument", blank=True, related_name="courses"
    )
    whole_facility = models.BooleanField(default=False)
    class_codes = models.JSONField(default=list, blank=True)
    level = models.CharField(max_length=20, choices=Level.choices, default=Level.SELF)
    valid_months = models.PositiveSmallIntegerField(default=24, validators=[MaxValueValidator(240)])
    """How long the qualification holds; 0: it does not expire."""
    needs_session = models.BooleanField(default=True)
    needs_quiz = models.BooleanField(default=False)
    needs_practical = models.BooleanField(default=False)
    pass_percent = models.PositiveSmallIntegerField(
        default=80, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    questions_asked = models.PositiveSmallIntegerField(default=0)
    """How many questions are drawn for a quiz; 0: all."""
    attempts = models.PositiveSmallIntegerField(default=3, validators=[MinValueValidator(1)])
    """How often the quiz may be tried before a steward opens it again."""
    closed_at = models.DateTimeField(null=True, blank=True)
    """Since when nobody enrols any more; qualifications of it stay."""
    created_at = models.DateTimeField()
    synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            one_thing("course_of_one_thing"),
            models.CheckConstraint(condition=models.Q(level__in=Level.values), name="course_level_known"),
            models.CheckConstraint(
                condition=models.Q(pass_percent__gte=1, pass_percent__lte=100), name="course_pass_mark_possible"
            ),
            models.CheckConstraint(condition=models.Q(attempts__gte=1), name="course_can_be_tried"),
            models.CheckConstraint(
                condition=models.Q(needs_session=True) | models.Q(needs_quiz=True) | models.Q(needs_practical=True),
                name="course_has_a_step",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Question(models.Model):
    """A question of a course's quiz with its choices; one or more of them are right."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="questions")
    text = models.TextField()
    choices = models.JSONField()
    """[{"text", "right"}, ...], two to ten."""
    explanation = models.TextField(blank=True)
    """Told after the quiz is over."""
    removed_at = models.DateTimeField(null=True, blank=True)
    """Since when it is asked no more; quizzes that asked it keep it."""
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.text[:80]


class QuizAttempt(models.Model):
    """One try of a person at a course's quiz: what was asked, what was answered, how it ended.

    ``asked`` keeps each question as it stood: [{"question", "text", "choices", "right", "explanation"}, ...] with the
    choices in the order shown; ``answers`` the numbers of the choices taken, in the same order.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="quiz_attempts")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="quiz_attempts")
    number = models.PositiveSmallIntegerField()
    """Which try of the person it is, from 1."""
    asked = models.JSONField()
    answers = models.JSONField(default=list, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    score_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    passed = models.BooleanField(default=False)
    forgiven = models.BooleanField(default=False)
    """Whether a steward let it count no longer against the number of tries."""
    qualification = models.ForeignKey(
        "access.Qualification", null=True, blank=True, on_delete=models.SET_NULL, related_name="quiz_attempts"
    )
    """The qualification that it helped to give; evidence counts once."""

    objects: ClassVar[models.Manager["QuizAttempt"]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "course", "number"], name="quiz_attempt_numbered"),
            models.UniqueConstraint(
                fields=["person", "course"], condition=models.Q(finished_at__isnull=True), name="quiz_attempt_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(finished_at__isnull=True, score_percent__isnull=True, passed=False)
                | models.Q(finished_at__isnull=False, score_percent__gte=0, score_percent__lte=100),
                name="quiz_attempt_scored_when_finished",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.course} {self.number}"
