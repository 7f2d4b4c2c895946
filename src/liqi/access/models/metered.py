"""The judgement on metered hours: how an instrument counts, what was corrected, settled, confirmed."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from liqi.insight.metering import Kind, Limits

HALF_HOUR = timedelta(minutes=30)


class MeteringTerms(models.Model):
    """How the sessions of one instrument are counted and ended; an instrument without has the defaults."""

    instrument = models.OneToOneField("catalogue.Instrument", on_delete=models.CASCADE, related_name="metering_terms")
    startup = models.DurationField(default=HALF_HOUR)
    """The most that counts as start-up before the first measuring."""
    post = models.DurationField(default=HALF_HOUR)
    """The most that counts as post-processing after the last measuring."""
    idle_after = models.DurationField(default=timedelta(minutes=15))
    """A pause counts as idle running from this length on."""
    forgotten_after = models.DurationField(default=timedelta(hours=1))
    """So long after its booking a session that still runs is taken for forgotten and ended."""
    walk_up = models.BooleanField(default=True)
    """Whether somebody without a booking may start when the instrument is free."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    startup__gte=timedelta(0), post__gte=timedelta(0), idle_after__gte=timedelta(minutes=1),
                    forgotten_after__gte=timedelta(minutes=5),
                ),
                name="metering_terms_sound",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.instrument}"

    @property
    def limits(self) -> Limits:
        """What reconciling goes by."""
        return Limits(startup=self.startup, post=self.post, idle_after=self.idle_after)


class Confirmation(models.Model):
    """A steward stood for the hours of sessions; the sessions name it, and lose it when it is undone."""

    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    sessions = models.PositiveIntegerField()
    """How many it confirmed."""
    undone_at = models.DateTimeField(null=True, blank=True)
    synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="confirmation_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.sessions}"


class Correction(models.Model):
    """A steward changed a session: what it said before, what it says now, and why."""

    session = models.ForeignKey("access.Session", on_delete=models.PROTECT, related_name="corrections")
    reason = models.CharField(max_length=500)
    before = models.JSONField(default=dict)
    """Field and old value; empty where the session was added."""
    after = models.JSONField(default=dict)
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey("accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="correction_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.reason}"


class Settlement(models.Model):
    """A steward settled a finding: took what was proposed, or said why it is right as it is."""

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", _("taken")
        DISMISSED = "dismissed", _("right as it is")

    instrument = models.ForeignKey(
        "catalogue.Instrument", on_delete=models.PROTECT, related_name="settlements", db_index=False
    )
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in Kind])
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    reason = models.CharField(max_length=500, blank=True)
    correction = models.ForeignKey(
        Correction, null=True, blank=True, on_delete=models.PROTECT, related_name="settlements"
    )
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["instrument", "starts_at", "ends_at", "kind"], name="settlement_once"),
            models.CheckConstraint(
                condition=Q(verdict="accepted") | ~Q(reason=""), name="settlement_dismissed_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.starts_at:%Y-%m-%d %H:%M} {self.verdict}"
