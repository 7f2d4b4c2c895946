"""What has to agree before a year is reported: the institution's totals, its records, its instruments' hours."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from liqi.access import service_record
from liqi.access.evaluation import income, tally, use
from liqi.access.models import Session, UseTally
from liqi.catalogue.models import Institution, InstitutionYear, Instrument
from liqi.catalogue.national import figures

__all__ = ["Check", "Differing", "differing", "of_year"]

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Check:
    """Two totals that have to be one: what the records add up to, and what is said elsewhere (None: nothing is)."""

    name: str
    records: Decimal | None
    said: Decimal | None
    unit: str
    kind: str = ""
    """The rows behind `records`, where there are such."""

    @property
    def agrees(self) -> bool | None:
        """Whether they are the same to the cent; None where one of them is not known."""
        if self.records is None or self.said is None:
            return None
        return abs(self.records - self.said) < CENT


@dataclass(frozen=True)
class Differing:
    """An instrument whose declared hours are not those of its sessions."""

    instrument: Instrument
    metered_h: Decimal
    declared_h: Decimal | None


def of_year(institution: Institution, year: int) -> list[Check]:
    """Every pair of totals of the year; the evaluation's reviewers ask about each that differs."""
    tally.bring_up()
    reported = list(InstitutionYear.objects.filter(institution=institution, year=year))
    read = service_record.institution_year if reported else service_record.recorded_year
    national = read(institution, year)
    mine = UseTally.objects.filter(instrument__institution=institution, instrument__removed_at=None, year=year)
    tallied = _sums(mine)
    zones = Instrument.objects.filter(institution=institution).order_by().values_list("time_zone", flat=True).distinct()
    rows = Session.objects.filter(
        use.ended_in(zones, year), instrument__institution=institution, instrument__removed_at=None, withdrawn=False
    )
    added = rows.aggregate(all=Sum("effective_hours"), outside=Sum("effective_hours", filter=Q(outside=True)))
    declared = Instrument.objects.filter(institution=institution, hours_year=year).aggregate(
        run=Sum("run_hours"), outside=Sum("outside_hours")
    )
    earned = income.of_seller(institution.pk, year)
    recorded = {name: national[name].value for name in ("recordedHours", "recordedOutsideHours", "serviceIncome")}
    wan = recorded["serviceIncome"]
    return [
        Check("tally_hours", _decimal(added["all"]), tallied[0], "h", "sessions"),
        Check("tally_outside_hours", _decimal(added["outside"]), tallied[1], "h", "sessions"),
        Check("service_record_hours", tallied[0], _known(recorded["recordedHours"]), "h", "sessions"),
        Check("service_record_outside_hours", tallied[1], _known(recorded["recordedOutsideHours"]), "h", "sessions"),
        Check("declared_hours", tallied[0], _known(declared["run"]), "h", "sessions"),
        Check("declared_outside_hours", tallied[1], _known(declared["outside"]), "h", "sessions"),
        Check(
            "outside_income", None if earned is None else earned.outside_cny,
            None if wan is None else Decimal(str(wan)) * 10_000, "CNY", "charges",
        ),
        *_reported(reported, national),
    ]  # fmt: skip


def differing(institution: Institution, year: int, limit: int = 200) -> list[Differing]:
    """The instruments whose declared hours of the year differ from those metered, widest first."""
    declaring = Instrument.objects.filter(institution=institution, hours_year=year, run_hours__isnull=False)
    metered_too: QuerySet[Any] = use.of(declaring, year, use.METERED)
    hours = metered_too.values_list("pk", "effective_h", "run_hours")
    apart = {pk: (metered or Decimal(0), declared) for pk, metered, declared in hours}
    widest = sorted(
        (pk for pk, (metered, declared) in apart.items() if abs(declared - metered) >= CENT),
        key=lambda pk: (-abs(apart[pk][1] - apart[pk][0]), pk),
    )[:limit]
    named = Instrument.objects.defer("source_row", "description").in_bulk(widest)
    return [Differing(named[pk], *apart[pk]) for pk in widest]


def _reported(said: Iterable[InstitutionYear], computed: dict[str, figures.Figure]) -> Iterator[Check]:
    """What another system declared for the year beside what is computed."""
    for one in said:
        for key, figure in computed.items():
            if isinstance(figure.value, Decimal | int) and (number := _number(one.reported.get(key))) is not None:
                yield Check(f"reported:{key}", Decimal(figure.value), number, figure.unit)


def _sums(rows: QuerySet[UseTally]) -> tuple[Decimal, Decimal]:
    found = rows.aggregate(all=Sum("effective_h"), outside=Sum("outside_h"))
    return _decimal(found["all"]), _decimal(found["outside"])


def _decimal(value: object) -> Decimal:
    return Decimal(str(value or 0)).quantize(Decimal("0.0001"))


def _known(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(Decimal("0.0001"))


def _number(value: object) -> Decimal | None:
    text = str(value or "").strip().rstrip("%％")
    try:
        return Decimal(text) if text else None
    except ArithmeticError:
        return None
