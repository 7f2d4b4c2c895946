"""Waiting: who wishes for time that is taken, what was offered to them, and who did not come."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from liqi.access.constraints import one_thing
from liqi.accounts.models import Person

WEEK_MINUTES = 7 * 24 * 60


class WaitingTerms(models.Model):
    """How a manager has free time offered, for one instrument or for every one of a facility without its own."""

    instrument = models.OneToOneField(
        "catalogue.Instrument", null=True, blank=True, on_delete=models.CASCADE, related_name="waiting_terms"
    )
    facility = models.OneToOneField(
        "catalogue.Facility", null=True, blank=True, on_delete=models.CASCADE, related_name="waiting_terms"
    )
    offer_minutes = models.PositiveIntegerField(
        default=120, validators=[MinValueValidator(5), MaxValueValidator(WEEK_MINUTES)]
    )
    """How long an offer holds the time; never beyond its start."""
    lead_minutes = models.PositiveIntegerField(default=60, validators=[MaxValueValidator(WEEK_MINUTES)])
    """Time that falls free nearer to its start than this goes to those on standby alone."""
    standby_minutes = models.PositiveIntegerField(
        default=10, validators=[MinValueValidator(1), MaxValueValidator(WEEK_MINUTES)]
    )
    """How long such an offer at short notice holds."""
    fair_days = models.PositiveSmallIntegerField(default=28, validators=[MinValueValidator(1), MaxValueValidator(366)])
    """How far back offers and hours count for the fair share."""
    missed_offers = models.PositiveSmallIntegerField(
        default=3, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    """After so many offers that expired unanswered the wish leaves the list."""
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            one_thing("waiting_terms_of_one_thing"),
            models.CheckConstraint(
                condition=models.Q(
                    offer_minutes__gte=1, standby_minutes__gte=1, fair_days__gte=1, missed_offers__gte=1
                ),
                name="waiting_terms_above_zero",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument or self.facility}"


class WishQuerySet(models.QuerySet["Wish"]):
    """The questions asked of wishes."""

    def waiting(self, now: datetime) -> Self:
        """Those still on the list, whose window has not passed."""
        return self.filter(state=Wish.State.WAITING, latest_at__gt=now)

    def of(self, person: Person) -> Self:
        """Those that are this person's."""
        return self.filter(person=person)


class Wish(models.Model):
    """A person waits for so many minutes on one of these instruments, within [earliest_at, latest_at)."""

    class State(models.TextChoices):
        WAITING = "waiting"
        MET = "met"
        """The person has the time."""
        WITHDRAWN = "withdrawn"
        OVER = "over"
        """The window passed, or offers went unanswered too often."""

    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="wishes", db_index=False)
    organisation = models.ForeignKey(
        "accounts.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="wishes"
    )
    order = models.ForeignKey("access.Order", on_delete=models.PROTECT, related_name="wishes")
    """The thread in which the time will stand."""
    instruments = models.ManyToManyField("catalogue.Instrument", related_name="wishes")
    earliest_at = models.DateTimeField()
    latest_at = models.DateTimeField()
    minutes = models.PositiveIntegerField()
    priority = models.SmallIntegerField(default=0)
    """Set by a steward; a higher one is served first."""
    standby = models.BooleanField(default=False)
    """Whether time at short notice is welcome too."""
    automatic = models.BooleanField(default=False)
    """Whether what is offered is booked at once."""
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    request_key = models.CharField(max_length=80, blank=True)
    synthetic = models.BooleanField(default=False)

    objects: ClassVar[WishQuerySet] = WishQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(latest_at__gt=models.F("earliest_at"), minutes__gt=0), name="wish_has_a_window"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "met", "withdrawn", "over"]), name="wish_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state="waiting", closed_at__isnull=True)
                | (~models.Q(state="waiting") & models.Q(closed_at__isnull=False)),
                name="wish_closed_when_done",
            ),
            models.UniqueConstraint(
                fields=["person", "request_key"], condition=~models.Q(request_key=""), name="wish_request_once"
            ),
        ]
        indexes = [
            models.Index(fields=["latest_at"], condition=models.Q(state="waiting"), name="wish_waiting"),
            models.Index(fields=["person", "-created_at"], name="wish_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.minutes} min {self.earliest_at:%Y-%m-%d %H:%M} to {self.latest_at:%Y-%m-%d %H:%M}"

    @property
    def length(self) -> timedelta:
        """How long the wished time is."""
        return timedelta(minutes=self.minutes)


class Offer(models.Model):
    """A free period that was offered to a wish; while it is open, its booking holds the time."""

    class State(models.TextChoices):
        OPEN = "open"
        ACCEPTED = "accepted"
        REFUSED = "refused"
        EXPIRED = "expired"
        TAKEN_BACK = "taken back"
        """The wish was withdrawn, or the time was taken away."""

    wish = models.ForeignKey(Wish, on_delete=models.PROTECT, related_name="offers")
    booking = models.OneToOneField("access.Booking", on_delete=models.PROTECT, related_name="offer")
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["wish"], condition=models.Q(state__in=["open", "accepted"]), name="offer_one_a_wish"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "accepted", "refused", "expired", "taken back"]),
                name="offer_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", answered_at__isnull=True)
                | (~models.Q(state="open") & models.Q(answered_at__isnull=False)),
                name="offer_answered_when_done",
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], condition=models.Q(state="open"), name="offer_open")]

    def __str__(self) -> str:
        return f"{self.booking} ({self.state})"

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.state == self.State.OPEN


class NoShow(models.Model):
    """A booking whose person did not come; it counts until a steward forgives it."""

    booking = models.OneToOneField("access.Booking", on_delete=models.PROTECT, related_name="no_show")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="no_shows", db_index=False)
    instrument = models.ForeignKey(
        "catalogue.Instrument", on_delete=models.PROTECT, related_name="no_shows", db_index=False
    )
    at = models.DateTimeField()
    """When the time was given free."""
    points = models.PositiveSmallIntegerField(default=1)
    forgiven_at = models.DateTimeField(null=True, blank=True)
    forgiven_by = models.ForeignKey(
        "accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="forgiven", db_index=False
    )
    forgiven_why = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(forgiven_at__isnull=True, forgiven_by__isnull=True)
                | models.Q(forgiven_at__isnull=False, forgiven_by__isnull=False),
                name="no_show_forgiven_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "at"], name="no_show_person"),
            models.Index(fields=["instrument", "at"], name="no_show_instrument"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.booking}"
