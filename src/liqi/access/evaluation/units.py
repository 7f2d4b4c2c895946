"""The national evaluation of institutions: nine indicators measured or judged, scores, ranks, and what if."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from liqi.access.evaluation import editions, given, tally, use
from liqi.access.evaluation._homes import homes
from liqi.access.evaluation.editions import Rules
from liqi.access.evaluation.refusal import NotSound
from liqi.access.models import Feedback, Steward
from liqi.catalogue.models import Institution, Instrument
from liqi.catalogue.national.figures import year_bounds
from liqi.insight.evaluation import Edition, Score, national
from liqi.insight.evaluation.use import Shares, added, shares_of

__all__ = ["Measure", "Unit", "one", "read", "read_all", "what_if"]

_POINT = Decimal("0.0001")


@dataclass(frozen=True)
class Measure:
    """One indicator of a unit: its value (None where nothing says), of how many rows, the share that is missing."""

    value: Decimal | None
    rows: int
    missing: float = 0.0
    given: Any = None
    """The figure that a person gave, where people judge."""


@dataclass(frozen=True)
class Unit:
    """An institution in a year: its figures of use, the nine measures, score and rank."""

    institution: Institution
    instruments: int
    """Those that count."""
    unpriced: int
    """Those of unknown value, which are left out."""
    shares: Shares
    measures: Mapping[str, Measure] = field(hash=False)
    score: Score
    rank: int = 0
    ranked: int = 0
    """How many units were ranked."""


def read(year: int, basis: str, rules: Rules) -> list[Unit]:
    """Every institution with an instrument that counts, best first; a handful of queries, however many sessions."""
    return read_all(year, basis, rules)[0]


def read_all(year: int, basis: str, rules: Rules) -> tuple[list[Unit], Shares]:
    """The same, and the figures of use of all instruments that count, also of those that no institution has."""
    tally.bring_up()
    every = _counted(year, basis, rules["hours"])
    whole = shares_of(added(use.sums(row) for row in every.values()), rules["hours"])
    counted = {pk: row for pk, row in every.items() if pk is not None}
    rows = list(
        Institution.objects.filter(pk__in=counted).only("pk", "key", "name", "name_en", "synthetic", "national_code")
    )
    blank = _unpriced()
    people, grades, judged = _technicians(), _grades(year), given.of_institutions(year)
    measured = {}
    for pk, row in counted.items():
        found = shares_of(use.sums(row), rules["hours"])
        measured[pk] = found, _measures(row, found, len(people.get(pk, ())), grades.get(pk), judged.get(pk, {}))
    scores = _scores({institution.key: measured[institution.pk][1] for institution in rows}, rules["national"])
    units = [
        Unit(one, found.instruments, blank.get(one.pk, 0), found, measures, scores[one.key])
        for one in rows for found, measures in [measured[one.pk]]
    ]  # fmt: skip
    return _ranked(units, rules["national"]), whole


def one(units: Sequence[Unit], key: str) -> Unit | None:
    """The unit of that key among them."""
    return next((unit for unit in units if unit.institution.key == key), None)


LARGEST = 10**15
"""What no measure reaches: a thousand million million yuan or hours."""


def what_if(
    units: Sequence[Unit], key: str, measures: Mapping[str, Decimal], numbers: Mapping[str, object], rule: Edition
) -> tuple[list[Unit], Edition]:
    """All units again as they would stand if this one had these measures, and the rule these numbers; nothing is kept.

    Raises NotSound for a measure or number that cannot be.
    """
    changed = replace(rule, values=editions.nested(rule.values, numbers)) if numbers else rule
    for name, value in measures.items():
        if name not in (known := national_names(rule)):
            words = _("Found the figure “%(found)s”; expected one of %(names)s.")
            raise NotSound(words % {"found": name[:40], "names": ", ".join(known)})
        if not value.is_finite() or not 0 <= value < LARGEST:
            words = _("Found “%(found)s”; expected a number from 0 up, below %(most)s.")
            raise NotSound(words % {"found": f"{name}: {value}"[:60], "most": f"{LARGEST:,}"})
    now = {unit.institution.key: unit.measures for unit in units}
    if mine := now.get(key):
        now[key] = {**mine, **{name: replace(mine[name], value=value) for name, value in measures.items()}}
    scores = _scores(now, changed)
    again = [replace(one, measures=now[at], score=scores[at]) for one in units for at in [one.institution.key]]
    return _ranked(again, changed), changed


def national_names(rule: Edition) -> list[str]:
    """The nine indicators in the order of the rule."""
    return [name for names in rule.values["heads"].values() for name in names]


def _scores(measured: Mapping[str, Mapping[str, Measure]], rule: Edition) -> dict[str, Score]:
    bare = {key: {name: one.value for name, one in measures.items()} for key, measures in measured.items()}
    return national.scores(bare, rule)


def _ranked(units: Sequence[Unit], rule: Edition) -> list[Unit]:
    by_key = {unit.institution.key: unit for unit in units}
    places = national.ranking({key: unit.score for key, unit in by_key.items()}, rule)
    return [replace(by_key[key], rank=rank, ranked=len(places)) for rank, key in places]


def _counted(year: int, basis: str, hours: Edition) -> dict[int | None, dict[str, Any]]:
    rows = use.of(use.counting(Instrument.objects.all(), hours), year, basis)
    grouped = rows.order_by().values("institution").annotate(
        **use.SUMS, made=Count("pk", filter=~Q(made_in="")), home=Count("pk", filter=Q(made_in="CN")),
    )  # fmt: skip
    return {row["institution"]: dict(row) for row in grouped}


def _unpriced() -> dict[int, int]:
    rows = Instrument.objects.filter(value_cny=None, institution__isnull=False).exclude(status="retired")
    return dict(rows.order_by().values_list("institution").annotate(n=Count("pk")))


def _technicians() -> dict[int, set[int]]:
    """The stewards of each institution's instruments and facilities, every person once."""
    found: dict[int, set[int]] = {}
    for person, of_instrument, of_facility in Steward.objects.values_list(
        "person", "instrument__institution", "facility__institution"
    ):
        if host := of_instrument or of_facility:
            found.setdefault(host, set()).add(person)
    return found


def _grades(year: int) -> dict[int, tuple[int, int]]:
    """How many grades outside users gave each institution in the year, and their sum."""
    starts_at, ends_at = year_bounds(year)
    rows = Feedback.objects.filter(at__gte=starts_at, at__lt=ends_at).order_by()
    at = rows.values_list("order__organisation", "order__service__institution", "order__instrument__institution")
    lines = list(at.annotate(n=Count("pk"), sum=Sum("grade")))
    known = homes() if lines else None
    found: dict[int, tuple[int, int]] = {}
    for organisation, of_service, of_instrument, n, total in lines:
        host = of_service or of_instrument
        if host and known and known.outside(organisation, host):
            before = found.get(host, (0, 0))
            found[host] = (before[0] + n, before[1] + total)
    return found


def _measures(
    row: Mapping[str, Any], found: Shares, technicians: int, grades: tuple[int, int] | None,
    judged: Mapping[str, Any],
) -> dict[str, Measure]:  # fmt: skip
    n = found.instruments
    unknown = found.missing / n if n else 0.0
    measures = {
        "open_share": Measure(_part(row["takes"], n), n),
        "technicians": Measure(_part(technicians, n) if technicians else None, technicians),
        "running_hours": Measure(_round(found.mean_effective_h), n, unknown),
        "shared_hours": Measure(_round(found.mean_outside_h), n, unknown),
        "outside_results": Measure(_part(grades[1], grades[0]) if grades else None, grades[0] if grades else 0),
        "home_grown": Measure(_part(row["home"], row["made"]), n, 1 - row["made"] / n if n else 0.0),
    }
    for name in national.JUDGED:
        said = judged.get(name)
        measures[name] = Measure(said.value if said else None, 1 if said else 0, given=said)
    return measures


def _part(part: int, whole: int) -> Decimal | None:
    return (Decimal(part) / whole).quantize(_POINT) if whole else None


def _round(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(_POINT)
