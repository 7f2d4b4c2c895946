"""Facilities: units that host instruments and services, of three classes and eight kinds, for four stages."""

from collections.abc import Iterable

from django.db import models
from django.db.models import Q

from liqi.catalogue.models.institution import Institution
from liqi.catalogue.models.record import Placed, Record
from liqi.taxonomy import FACILITY_CLASSES, FACILITY_KINDS, STAGES


class FacilityStatus(models.TextChoices):
    """Where a facility is in its life."""

    PLANNED = "planned", "planned"
    BUILDING = "building", "building"
    OPERATING = "operating", "operating"
    CLOSED = "closed", "closed"


class Register(models.TextChoices):
    """As which record a facility stands in the national interface: 仪器中心 or 重大科研基础设施."""

    CENTRE = "centre", "instrument centre"
    INFRASTRUCTURE = "infrastructure", "large research infrastructure"


class Facility(Record, Placed):
    """A laboratory, platform, park or large facility; its class follows from its kind (taxonomy).

    `register` says as which national record it is reported; the fields below it are those of the two records.
    `subjects` are codes of GB/T 13745 level 1; `documents` is a list of {"kind", "name", "address"}.
    """

    institution = models.ForeignKey(
        Institution, null=True, blank=True, on_delete=models.PROTECT, related_name="facilities"
    )
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="parts")
    facility_class = models.CharField(max_length=16, choices=[(c, c) for c in FACILITY_CLASSES])
    kind = models.CharField(max_length=32, choices=[(k, k) for k in FACILITY_KINDS])
    field = models.CharField(max_length=32, blank=True, default="")
    frontier_research = models.BooleanField(default=False)
    applied_research = models.BooleanField(default=False)
    industrial_technology = models.BooleanField(default=False)
    industrialisation = models.BooleanField(default=False)
    status = models.CharField(max_length=12, choices=FacilityStatus.choices, default=FacilityStatus.OPERATING)
    description = models.TextField(blank=True, default="")
    website = models.URLField(max_length=300, blank=True, default="")
    opened_year = models.PositiveSmallIntegerField(null=True, blank=True)
    cost_cny = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    register = models.CharField(max_length=16, choices=Register.choices, blank=True, default="")
    acronym = models.CharField(max_length=60, blank=True, default="")
    founded_on = models.DateField(null=True, blank=True)
    accepted_on = models.DateField(null=True, blank=True)
    device_category = models.CharField(max_length=24, blank=True, default="")
    level = models.CharField(max_length=24, blank=True, default="")
    competent_department = models.CharField(max_length=200, blank=True, default="")
    approving_department = models.CharField(max_length=200, blank=True, default="")
    functions = models.TextField(blank=True, default="")
    specification = models.TextField(blank=True, default="")
    subjects = models.JSONField(blank=True, default=list)
    domestic_users = models.TextField(blank=True, default="")
    foreign_users = models.TextField(blank=True, default="")
    achievements = models.TextField(blank=True, default="")
    floor_area_m2 = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    instrument_count = models.PositiveIntegerField(null=True, blank=True)
    accredited = models.BooleanField(null=True, blank=True)
    documents = models.JSONField(blank=True, default=list)

    class Meta(Record.Meta, Placed.Meta):
        abstract = False
        verbose_name_plural = "facilities"
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["facility_class", "kind"]),
            models.Index(fields=["country", "province"]),
            models.Index(fields=["name", "id"]),
            models.Index(fields=["updated_at", "id"]),
        ]
        constraints = [
            *Record.Meta.constraints,
            *Placed.Meta.constraints,
            models.CheckConstraint(condition=Q(status__in=FacilityStatus.values), name="facility_status_known"),
            models.CheckConstraint(condition=Q(register__in=["", *Register.values]), name="facility_register_known"),
            models.CheckConstraint(
                condition=Q(cost_cny__isnull=True) | Q(cost_cny__gte=0), name="facility_cost_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    *[Q(kind=kind.code, facility_class=kind.facility_class) for kind in FACILITY_KINDS.values()],
                    _connector=Q.OR,
                ),
                name="facility_kind_in_its_class",
            ),
        ]

    @property
    def stages(self) -> list[str]:
        """The stages that this facility serves, in order from research to industry."""
        return [stage for stage in STAGES if getattr(self, stage)]

    @stages.setter
    def stages(self, stages: Iterable[str]) -> None:
        wanted = set(stages)
        if unknown := wanted - set(STAGES):
            raise ValueError(f"found stages {sorted(unknown)}; expected some of {list(STAGES)}")
        for stage in STAGES:
            setattr(self, stage, stage in wanted)
