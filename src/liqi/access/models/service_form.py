"""What a facility asks with a service: the form in versions, and the terms of its orders."""

from django.db import models
from django.db.models import Q


class ServiceForm(models.Model):
    """One version of the form of a service; a version that an order answered is never changed."""

    service = models.ForeignKey("catalogue.Service", on_delete=models.PROTECT, related_name="forms")
    version = models.PositiveIntegerField()
    schema = models.JSONField(default=dict)
    """JSON Schema 2020-12 of the answers about the whole order."""
    sample_schema = models.JSONField(default=dict)
    """JSON Schema 2020-12 of the answers about each sample."""
    made_by = models.ForeignKey("accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "version"], name="serviceform_version_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="serviceform_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.service} v{self.version}"


class ServiceTerms(models.Model):
    """How the orders of a service go: who looks twice, who quotes, how long samples are kept."""

    service = models.OneToOneField("catalogue.Service", on_delete=models.CASCADE, related_name="terms")
    four_eyes = models.BooleanField(default=True)
    """Whether results are released by somebody who did not measure."""
    quote_needed = models.BooleanField(default=True)
    """Whether the customer accepts a quote before samples come; else the facility takes orders at its listed price."""
    retention_days = models.PositiveSmallIntegerField(default=90)
    """How long rests of samples are kept after the release."""
    instructions = models.TextField(blank=True)
    """How samples are packed, and where they are sent."""

    def __str__(self) -> str:
        return f"terms of {self.service}"


class GroupTerms(models.Model):
    """What an organisation asks of its own people's orders."""

    organisation = models.OneToOneField("accounts.Organisation", on_delete=models.CASCADE, related_name="order_terms")
    lead_accepts = models.BooleanField(default=False)
    """Whether quotes are accepted by a lead only."""

    def __str__(self) -> str:
        return f"order terms of {self.organisation}"
