"""What evaluation remembers: hours added up by year, what changed since, dated tables, figures that people gave."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class UseTally(models.Model):
    """The ended sessions of an instrument in a year of its own clock, added up; confirmed ones apart from the rest."""

    instrument = models.ForeignKey(
        "catalogue.Instrument", on_delete=models.CASCADE, related_name="use_tallies", db_index=False
    )
    year = models.PositiveSmallIntegerField()
    confirmed = models.BooleanField()
    """Whether these are the sessions that a steward stands for, or those that nobody confirmed yet."""
    time_zone = models.CharField(max_length=48)
    """The clock that the year was taken by."""
    sessions = models.PositiveIntegerField()
    effective_h = models.DecimalField(max_digits=14, decimal_places=4)
    outside_h = models.DecimalField(max_digits=14, decimal_places=4)
    teaching_h = models.DecimalField(max_digits=14, decimal_places=4)
    research_h = models.DecimalField(max_digits=14, decimal_places=4)
    service_h = models.DecimalField(max_digits=14, decimal_places=4)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year", "confirmed", "instrument"], name="usetally_once"),
            models.CheckConstraint(
                condition=Q(outside_h__gte=0, outside_h__lte=F("effective_h")), name="usetally_outside_is_a_part"
            ),
        ]
        indexes = [models.Index(fields=["instrument", "year"], name="usetally_instrument")]

    def __str__(self) -> str:
        return f"{self.instrument_id} {self.year}: {self.effective_h} h"


class UseChange(models.Model):
    """An instrument whose sessions changed since its tallies were made; the database itself writes these."""

    instrument = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["instrument"], name="usechange_instrument")]

    def __str__(self) -> str:
        return str(self.instrument)


class TallyBook(models.Model):
    """The one row that who brings tallies up holds, so that two never write the same tally."""

    number = models.PositiveSmallIntegerField(unique=True, default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(number=1), name="tallybook_is_one")]

    def __str__(self) -> str:
        return str(self.number)


class EvaluationEdition(models.Model):
    """The parameters of a table of evaluation from a day on, dated by an operator, and the document they are of."""

    class Table(models.TextChoices):
        HOURS = "hours", _("Hours and thresholds")
        MOE_BENEFIT = "moe_benefit", _("Benefit form of the Ministry of Education")
        UNIVERSITY = "university", _("Points of a university")
        NATIONAL = "national", _("National evaluation")

    table = models.CharField(max_length=12, choices=Table.choices)
    since = models.DateField()
    source = models.CharField(max_length=300)
    note = models.CharField(max_length=500, blank=True)
    values = models.JSONField()
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["table", "-since"]
        constraints = [
            models.CheckConstraint(condition=~Q(source=""), name="evaluationedition_has_source"),
            models.CheckConstraint(
                condition=Q(table__in=["hours", "moe_benefit", "university", "national"]),
                name="evaluationedition_table_known",
            ),
            models.UniqueConstraint(
                fields=["table", "since"], condition=Q(withdrawn_at__isnull=True), name="evaluationedition_one_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.since}"


class GivenFigureQuerySet(models.QuerySet["GivenFigure"]):
    """The questions asked of given figures."""

    def standing(self) -> Self:
        """Those that nobody took back; of several of one name the last one holds."""
        return self.filter(undone_at__isnull=True)


class GivenFigure(models.Model):
    """A figure of a year that no record can give, such as an award or a judged point: who said it, and why."""

    institution = models.ForeignKey(
        "catalogue.Institution", null=True, blank=True, on_delete=models.PROTECT, related_name="given_figures"
    )
    instrument = models.ForeignKey(
        "catalogue.Instrument", null=True, blank=True, on_delete=models.PROTECT, related_name="given_figures"
    )
    year = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=24)
    value = models.DecimalField(max_digits=14, decimal_places=2)
    reason = models.CharField(max_length=500)
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey("accounts.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    synthetic = models.BooleanField(default=False)

    objects: ClassVar[GivenFigureQuerySet] = GivenFigureQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(institution__isnull=False, instrument__isnull=True)
                | Q(institution__isnull=True, instrument__isnull=False),
                name="givenfigure_of_one_thing",
            ),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(name=""), name="givenfigure_has_reason"),
            models.CheckConstraint(condition=Q(value__gte=0), name="givenfigure_not_negative"),
            models.CheckConstraint(condition=Q(year__gte=1990, year__lte=2100), name="givenfigure_year_sound"),
        ]
        indexes = [
            models.Index(fields=["year", "institution", "name"], name="givenfigure_institution"),
            models.Index(fields=["year", "instrument", "name"], name="givenfigure_instrument"),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.name} {self.value}"
