"""Institutions: universities, institutes, firms, hospitals that own instruments."""

from django.db import models

from liqi.catalogue.models.record import Placed, Record


class InstitutionKind(models.TextChoices):
    """The kinds that ROR knows."""

    EDUCATION = "education", "education"
    FACILITY = "facility", "facility"
    COMPANY = "company", "company"
    GOVERNMENT = "government", "government"
    HEALTHCARE = "healthcare", "healthcare"
    NONPROFIT = "nonprofit", "nonprofit"
    ARCHIVE = "archive", "archive"
    OTHER = "other", "other"


class Institution(Record, Placed):
    """An organisation of the world as the catalogue knows it; `organisation` is set once it signs in here."""

    kind = models.CharField(max_length=12, choices=InstitutionKind.choices, default=InstitutionKind.OTHER)
    ror_id = models.CharField(max_length=40, null=True, blank=True, unique=True)
    credit_code = models.CharField(max_length=18, blank=True, default="")
    national_code = models.CharField(max_length=32, blank=True, default="")
    """The identifier that the national platform issued (insCode)."""
    aliases = models.JSONField(blank=True, default=list)
    website = models.URLField(max_length=300, blank=True, default="")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children")
    organisation = models.ForeignKey(
        "accounts.Organisation", null=True, blank=True, on_delete=models.SET_NULL, related_name="institutions"
    )

    class Meta(Record.Meta, Placed.Meta):
        abstract = False
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["country", "province"]),
            models.Index(fields=["name", "id"]),
            models.Index(fields=["updated_at", "id"]),
        ]
        constraints = [
            *Record.Meta.constraints,
            *Placed.Meta.constraints,
            models.CheckConstraint(condition=models.Q(kind__in=InstitutionKind.values), name="institution_kind_known"),
        ]
