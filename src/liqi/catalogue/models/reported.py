"""What institutions report of an instrument or a year: service records, customs records, results of a year.

The fields are those of the national interface; the words of its lists are kept as codes (`catalogue/national`).
"""

from django.db import models
from django.db.models import F, Q

from liqi.catalogue.models.institution import Institution
from liqi.catalogue.models.instrument import Instrument


class Reported(models.Model):
    """A row that a source reported: where from, and the row as given."""

    source = models.CharField(max_length=120, db_index=True)
    source_ref = models.CharField(max_length=300)
    source_row = models.JSONField(blank=True, default=dict)
    synthetic = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=~Q(source="") & ~Q(source_ref=""), name="%(class)s_has_source"),
            models.UniqueConstraint(fields=["source", "source_ref"], name="%(class)s_once_per_source"),
        ]


class ServiceRecord(Reported):
    """One service done with an instrument (服务记录); `quantity` counts hours, or samples for commissioned work.

    `ways` lists the codes of how it was done, `subjects` codes of GB/T 13745; `audience` is 120 (inside) or 130.
    """

    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="service_records")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    amount_cny = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    quantity = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    quantity_unit = models.CharField(max_length=8, choices=[("hours", "hours"), ("samples", "samples")])
    content = models.CharField(max_length=200, blank=True, default="")
    ways = models.JSONField(blank=True, default=list)
    audience = models.CharField(max_length=4, blank=True, default="")
    direction = models.CharField(max_length=4, blank=True, default="")
    subject_name = models.CharField(max_length=200, blank=True, default="")
    subject_income = models.CharField(max_length=4, blank=True, default="")
    subject_content = models.CharField(max_length=200, blank=True, default="")
    subjects = models.JSONField(blank=True, default=list)
    applicant = models.CharField(max_length=40, blank=True, default="")
    applicant_phone = models.CharField(max_length=40, blank=True, default="")
    applicant_email = models.CharField(max_length=120, blank=True, default="")
    applicant_unit = models.CharField(max_length=120, blank=True, default="")
    comment = models.CharField(max_length=4, blank=True, default="")
    agreement_signed = models.BooleanField(null=True, blank=True)
    off_site = models.BooleanField(null=True, blank=True)
    off_site_address = models.CharField(max_length=300, blank=True, default="")
    customs_notice = models.CharField(max_length=120, blank=True, default="")
    tax_record = models.CharField(max_length=300, blank=True, default="")

    class Meta(Reported.Meta):
        abstract = False
        ordering = ["starts_at", "id"]
        constraints = [
            *Reported.Meta.constraints,
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")), name="servicerecord_in_order"
            ),
            models.CheckConstraint(condition=Q(quantity=None) | Q(quantity__gte=0), name="servicerecord_not_negative"),
        ]

    def __str__(self) -> str:
        return self.source_ref


class CustomsRecord(Reported):
    """The import of an instrument under customs supervision (海关监管信息): items of the 2016 and 2019 forms."""

    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="customs_records")
    declaration_number = models.CharField(max_length=18, blank=True, default="")
    item_number = models.CharField(max_length=4, blank=True, default="")
    released_on = models.DateField(null=True, blank=True)
    declared_name = models.CharField(max_length=60, blank=True, default="")
    exemption_number = models.CharField(max_length=24, blank=True, default="")
    exemption_item = models.CharField(max_length=12, blank=True, default="")
    contract_number = models.CharField(max_length=50, blank=True, default="")
    port = models.CharField(max_length=50, blank=True, default="")
    customs_office = models.CharField(max_length=50, blank=True, default="")
    share_declared = models.BooleanField(null=True, blank=True)
    fees_reviewed = models.BooleanField(null=True, blank=True)
    hs_code = models.CharField(max_length=50, blank=True, default="")
    follow_up = models.CharField(max_length=200, blank=True, default="")

    class Meta(Reported.Meta):
        abstract = False
        ordering = ["id"]

    def __str__(self) -> str:
        return self.declaration_number or self.source_ref


class InstitutionYear(Reported):
    """What an institution reports of a year (单位开放共享成效); `typed` holds the words that nothing can compute.

    The figures that can be computed from records are computed when they are reported, never kept here:
    `reported` holds what another system declared, to be compared.
    """

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="years")
    year = models.PositiveSmallIntegerField()
    reported = models.JSONField(blank=True, default=dict)
    typed = models.JSONField(blank=True, default=dict)

    class Meta(Reported.Meta):
        abstract = False
        ordering = ["institution", "year"]
        constraints = [
            *Reported.Meta.constraints,
            models.UniqueConstraint(fields=["institution", "year", "source"], name="institutionyear_once"),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.year}"
