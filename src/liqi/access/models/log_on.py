"""The log-on: a period in which somebody was logged on at an instrument's PC."""

from django.db import models
from django.db.models import F, Q


class LogOn(models.Model):
    """A period at the PC as its program told it; whose it was may be unknown."""

    instrument = models.ForeignKey(
        "catalogue.Instrument", on_delete=models.PROTECT, related_name="log_ons", db_index=False
    )
    name = models.CharField(max_length=80)
    """What the sender calls it; once an instrument."""
    account = models.CharField(max_length=120)
    """The account on the PC."""
    person = models.ForeignKey(
        "accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="log_ons"
    )
    """Whose account it is; empty where many share it."""
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["instrument", "name"], name="log_on_once"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gt=F("started_at")), name="log_on_ends_after_start"
            ),
        ]
        indexes = [models.Index(fields=["instrument", "started_at"], name="log_on_instrument_started")]

    def __str__(self) -> str:
        return f"{self.account} {self.started_at:%Y-%m-%d %H:%M}"
