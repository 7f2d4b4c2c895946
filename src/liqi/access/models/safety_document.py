"""The safety document: what people read and accept before they use an instrument, version by version."""

from django.core.validators import MaxValueValidator
from django.db import models

from liqi.access.constraints import one_thing
from liqi.access.models.order import new_key


class SafetyDocument(models.Model):
    """A document of an instrument or a facility; its text is in its versions."""

    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    title = models.CharField(max_length=200)
    instrument = models.ForeignKey(
        "catalogue.Instrument", null=True, blank=True, on_delete=models.CASCADE, related_name="safety_documents"
    )
    facility = models.ForeignKey(
        "catalogue.Facility", null=True, blank=True, on_delete=models.CASCADE, related_name="safety_documents"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    """Since when nobody need accept it."""
    created_at = models.DateTimeField()
    synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            one_thing("safety_document_of_one_thing"),
        ]

    def __str__(self) -> str:
        return self.title


class SafetyDocumentVersion(models.Model):
    """One version of the text, never changed after it is published."""

    document = models.ForeignKey(SafetyDocument, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    changes = models.CharField(max_length=300, blank=True)
    """What is new against the version before."""
    valid_months = models.PositiveSmallIntegerField(default=12, validators=[MaxValueValidator(240)])
    """How long an acceptance holds; 0: for as long as the version is the newest."""
    grace_days = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(365)])
    """How long an acceptance of the version before still counts."""
    published_at = models.DateTimeField()
    published_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="safety_version_numbered"),
            models.CheckConstraint(condition=~models.Q(text=""), name="safety_version_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.number}"


class Acceptance(models.Model):
    """A person read a version and accepted it; accepting again starts its time anew."""

    version = models.ForeignKey(SafetyDocumentVersion, on_delete=models.PROTECT, related_name="acceptances")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="acceptances")
    accepted_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    reminded_days = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "person"], name="acceptance_once"),
            models.CheckConstraint(
                condition=models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=models.F("accepted_at")),
                name="acceptance_ends_after_start",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"], condition=models.Q(expires_at__isnull=False), name="acceptance_expires"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.version}"
