"""How good an owner's records are: what is filled in, what needs a look, and the rows behind each figure.

Everything of one owner is counted in one question to the database. The score is 70 % completeness (the mean share of
filled fields) and 30 % freshness (the share of records confirmed within twelve months).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from liqi.accounts.models import Person
from liqi.catalogue import editing, pictures
from liqi.catalogue.models import Contact, Institution, Instrument, Picture, Twins
from liqi.catalogue.models.instrument import InstrumentStatus
from liqi.taxonomy import WORDS_FOR_NOTHING, misprint_in

__all__ = ["FIELDS", "ISSUES", "Quality", "institutions_of", "look", "look_at_many", "missing_files", "rows", "words"]

FRESH = timedelta(days=365)
HIGH_CNY, LOW_CNY = Decimal(200_000_000), Decimal(1_000)
"""A value outside is looked at again: above, 元 and 万元 were probably mixed up; below, it is no large instrument."""
_PLACEHOLDER = rf"^({'|'.join(WORDS_FOR_NOTHING)}|[-?]+)$"
COMPLETENESS, FRESHNESS = Decimal("0.7"), Decimal("0.3")


def _filled(field: str) -> Q:
    column: Any = Instrument._meta.get_field(field)
    empty: Any = [] if column.get_internal_type() == "JSONField" else ""
    return Q(**{f"{field}__isnull": False}) if column.null else ~Q(**{field: empty})


FIELDS: dict[str, Q] = {
    **{
        name: _filled(name)
        for name in (
            "name_en",
            "class_code",
            "model",
            "serial",
            "description",
            "value_cny",
            "acquired_on",
            "techniques",
        )
    },
    "maker": Q(maker__isnull=False) | ~Q(maker_text=""),
    "place": ~Q(city="") | ~Q(address="") | Q(latitude__isnull=False),
    "capabilities": _filled("capabilities"),
    "contacts": Exists(Contact.objects.filter(instrument=OuterRef("pk"))),  # type: ignore[dict-item]
    "pictures": Exists(Picture.objects.filter(instrument=OuterRef("pk"))),  # type: ignore[dict-item]
}
"""What an instrument's record should say, and when it does."""

ISSUES = (
    "unconfirmed", "unclassified", "no_maker", "no_place", "value", "dates", "placeholder", "duplicates",
    "never_booked", "no_hours",
)  # fmt: skip
"""What needs a look, counted in the database; words and files are looked at apart."""


@dataclass(frozen=True)
class Share:
    """So many of all records have this field."""

    field: str
    filled: int
    of: int

    @property
    def percent(self) -> float | None:
        """The share in percent, None of nothing."""
        return round(100 * self.filled / self.of, 1) if self.of else None


@dataclass(frozen=True)
class Quality:
    """What is known of one owner's records on one day."""

    total: int
    fields: tuple[Share, ...]
    issues: dict[str, int]

    @property
    def completeness(self) -> float | None:
        """The mean share of filled fields in percent."""
        if not self.total:
            return None
        return round(100 * sum(one.filled for one in self.fields) / (self.total * len(self.fields)), 1)

    @property
    def freshness(self) -> float | None:
        """The share of records confirmed within twelve months, in percent."""
        return round(100 * (1 - self.issues["unconfirmed"] / self.total), 1) if self.total else None

    @property
    def score(self) -> float | None:
        """Out of 100: 70 % completeness, 30 % freshness; None where there is no record."""
        if self.completeness is None or self.freshness is None:
            return None
        return round(float(COMPLETENESS) * self.completeness + float(FRESHNESS) * self.freshness, 1)


def look(institution: Institution, *, today: date) -> Quality:
    """The figures of one institution's instruments, in one question."""
    found = Instrument.objects.filter(institution=institution).order_by().aggregate(**_counts(today))
    return _quality(found)


def look_at_many(institutions: list[Institution], *, today: date) -> dict[int, Quality]:
    """The figures of several institutions, in one question."""
    rows = Instrument.objects.filter(institution__in=institutions).order_by().values("institution_id")
    return {row["institution_id"]: _quality(row) for row in rows.annotate(**_counts(today))}


def institutions_of(person: Person) -> QuerySet[Institution]:
    """The institutions whose instruments this person looks after; of an operator, all that have instruments."""
    mine = editing.editable(person, Instrument).filter(removed_at=None)
    return Institution.objects.filter(Exists(mine.filter(institution=OuterRef("pk")))).order_by("name", "pk")


def rows(institution: Institution, issue: str, *, today: date) -> QuerySet[Instrument]:
    """The records behind a figure: of an issue, or `no_` and the name of a field that they lack."""
    asked = Instrument.objects.filter(institution=institution).select_related("maker", "facility", "institution")
    if issue in ISSUES:
        return asked.filter(_conditions(today)[issue]).order_by("name", "pk")
    field = issue.removeprefix("no_")
    if issue.startswith("no_") and field in FIELDS:
        return asked.filter(~Q(FIELDS[field])).order_by("name", "pk")
    return asked.order_by("name", "pk")


def words(institution: Institution) -> Iterator[tuple[Instrument, str, str]]:
    """Records whose name seems misprinted: the record, what stands there, what is usual."""
    for record in Instrument.objects.filter(institution=institution).order_by("name", "pk"):
        if wrong := misprint_in(record.name):
            yield record, *wrong


def missing_files(institution: Institution) -> list[Picture]:
    """Pictures on record whose file is not on this machine; addresses elsewhere are not asked."""
    kept = Picture.objects.filter(instrument__institution=institution, instrument__removed_at=None)
    return [one for one in kept.select_related("instrument") if not pictures.path_of(one.sha256).is_file()]


def _counts(today: date) -> dict[str, Count]:
    conditions = {f"has_{name}": condition for name, condition in FIELDS.items()} | _conditions(today)
    return {"total": Count("pk"), **{name: Count("pk", filter=Q(one)) for name, one in conditions.items()}}


def _conditions(today: date) -> dict[str, Any]:
    twins = Twins.objects.filter(state="proposed", first__removed_at=None, second__removed_at=None)
    relations: Any = Instrument._meta.related_objects
    used = {one.get_accessor_name(): one.related_model for one in relations}
    bookings, sessions = used["bookings"].objects, used["sessions"].objects
    year = today - FRESH
    return {
        "unconfirmed": Q(confirmed_on=None) | Q(confirmed_on__lt=year),
        "unclassified": Q(class_code=""),
        "no_maker": ~FIELDS["maker"],
        "no_place": ~FIELDS["place"],
        "value": Q(value_cny__gte=HIGH_CNY) | Q(value_cny__lt=LOW_CNY),
        "dates": Q(acquired_on__gt=today) | Q(acquired_on__year__lt=1900) | Q(confirmed_on__gt=today),
        "placeholder": Q(name__iregex=_PLACEHOLDER) | Q(name__regex=r"^[0-9 ./-]+$"),
        "duplicates": Q(Exists(twins.filter(first=OuterRef("pk")))) | Q(Exists(twins.filter(second=OuterRef("pk")))),
        "never_booked": Q(bookable=True) & ~Q(Exists(bookings.filter(instrument=OuterRef("pk")))),
        "no_hours": Q(run_hours=None, status__in=(InstrumentStatus.WORKING, InstrumentStatus.RESTRICTED))
        & ~Q(Exists(sessions.filter(instrument=OuterRef("pk"), ended_at__date__gte=year))),
    }


def _quality(found: dict[str, Any]) -> Quality:
    total = found["total"]
    shares = tuple(Share(name, found[f"has_{name}"], total) for name in FIELDS)
    return Quality(total, shares, {name: found[name] for name in ISSUES})
