"""The setting of a booking rule: which rule holds where, with which parameters."""

from typing import Any

from django.db import models

from liqi.access.constraints import one_thing


def no_parameters() -> dict[str, Any]:
    """The parameters of a rule that needs none."""
    return {}


class RuleSetting(models.Model):
    """One rule with its parameters for one instrument, or for every instrument of a facility.

    A setting of the instrument wins over its facility's, also when it is switched off: so a rule of the
    facility is lifted for one instrument. It holds for bookings that start on a day of [since, until),
    by the clock where the instrument stands.
    """

    instrument = models.ForeignKey(
        "catalogue.Instrument", null=True, blank=True, on_delete=models.CASCADE, related_name="rule_settings"
    )
    facility = models.ForeignKey(
        "catalogue.Facility", null=True, blank=True, on_delete=models.CASCADE, related_name="rule_settings"
    )
    rule = models.CharField(max_length=40)
    """The name of the rule's module."""
    parameters = models.JSONField(default=no_parameters, blank=True)
    """What fills the rule's PARAMETERS; one that is missing has its default."""
    active = models.BooleanField(default=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    updated_at = models.DateTimeField()
    synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            one_thing("rule_setting_of_one_thing"),
            models.CheckConstraint(
                condition=models.Q(since__isnull=True)
                | models.Q(until__isnull=True)
                | models.Q(until__gt=models.F("since")),
                name="rule_setting_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["instrument", "rule"],
                condition=models.Q(instrument__isnull=False),
                name="rule_setting_instrument_once",
            ),
            models.UniqueConstraint(
                fields=["facility", "rule"],
                condition=models.Q(facility__isnull=False),
                name="rule_setting_facility_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.instrument or self.facility}"
