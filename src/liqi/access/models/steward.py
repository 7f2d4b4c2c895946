"""The steward: who looks after an instrument or a whole facility (机组)."""

from django.db import models

from liqi.access.constraints import one_thing


class Steward(models.Model):
    """A person who looks after one instrument, or every instrument of one facility."""

    person = models.ForeignKey("accounts.Person", on_delete=models.CASCADE, related_name="stewardships")
    instrument = models.ForeignKey(
        "catalogue.Instrument", null=True, blank=True, on_delete=models.CASCADE, related_name="stewards"
    )
    facility = models.ForeignKey(
        "catalogue.Facility", null=True, blank=True, on_delete=models.CASCADE, related_name="stewards"
    )

    class Meta:
        constraints = [
            one_thing("steward_of_one_thing"),
            models.UniqueConstraint(
                fields=["person", "instrument"],
                condition=models.Q(instrument__isnull=False),
                name="steward_instrument_once",
            ),
            models.UniqueConstraint(
                fields=["person", "facility"],
                condition=models.Q(facility__isnull=False),
                name="steward_facility_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.instrument or self.facility}"
