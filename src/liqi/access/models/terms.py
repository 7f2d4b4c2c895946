"""The booking terms: how many places an instrument has, what lies between two bookings, who is asked first."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from liqi.access.constraints import one_thing

DAY_MINUTES = 24 * 60


def no_setup() -> dict[str, Any]:
    """Set-up times of an instrument without families."""
    return {}


class BookingTerms(models.Model):
    """What a manager set for one instrument, or for every instrument of a facility that has none of its own."""

    class Approval(models.TextChoices):
        """Whose bookings wait for a steward's yes."""

        NEVER = "never"
        OUTSIDE = "outside"
        ALWAYS = "always"

    instrument = models.OneToOneField(
        "catalogue.Instrument", null=True, blank=True, on_delete=models.CASCADE, related_name="booking_terms"
    )
    facility = models.OneToOneField(
        "catalogue.Facility", null=True, blank=True, on_delete=models.CASCADE, related_name="booking_terms"
    )
    positions = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(200)])
    """How many can use the instrument at once."""
    before_minutes = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(DAY_MINUTES)])
    """The buffer before each booking."""
    after_minutes = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(DAY_MINUTES)])
    """The buffer after each booking."""
    families = models.JSONField(default=list, blank=True)
    """The set-up families by name, as people choose them."""
    setup_minutes = models.JSONField(default=no_setup, blank=True)
    """Minutes from one family to another: {from: {to: minutes}}; none where it is not named."""
    approval = models.CharField(max_length=10, choices=Approval.choices, default=Approval.NEVER)
    approval_hours = models.PositiveSmallIntegerField(default=48, validators=[MinValueValidator(1)])
    """How long a request waits for its answer; never beyond its start."""
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            one_thing("booking_terms_of_one_thing"),
            models.CheckConstraint(
                condition=models.Q(positions__gte=1, positions__lte=200), name="booking_terms_has_positions"
            ),
            models.CheckConstraint(
                condition=models.Q(before_minutes__lte=DAY_MINUTES, after_minutes__lte=DAY_MINUTES),
                name="booking_terms_short_buffers",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument or self.facility}"
