"""The kiosk: a tablet beside an instrument, and what people show it to be known."""

from django.db import models


class Kiosk(models.Model):
    """A tablet that may start and end sessions on one instrument, and nothing else."""

    instrument = models.ForeignKey("catalogue.Instrument", on_delete=models.PROTECT, related_name="kiosks")
    name = models.CharField(max_length=80)
    token_hash = models.CharField(max_length=64, unique=True)
    """SHA-256 of the secret in its address, which is shown once."""
    made_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.instrument})"


class KioskPass(models.Model):
    """How one person is known at a kiosk: a short PIN, a badge, or both."""

    person = models.OneToOneField("accounts.Person", on_delete=models.CASCADE, related_name="kiosk_pass")
    pin_hash = models.CharField(max_length=200, blank=True)
    badge_hash = models.CharField(max_length=64, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    """Wrong PINs in a row."""
    locked_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["badge_hash"], condition=~models.Q(badge_hash=""), name="kiosk_pass_badge_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}"
