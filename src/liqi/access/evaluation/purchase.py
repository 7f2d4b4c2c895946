"""The check before an instrument is bought (查重评议): those of its class and technique near, and their hours."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from liqi import taxonomy
from liqi.access import reporting
from liqi.access.evaluation import tally, use
from liqi.access.evaluation.editions import Rules
from liqi.access.evaluation.refusal import NotSound
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.catalogue import search
from liqi.catalogue.models import Instrument
from liqi.insight.evaluation import duplicates
from liqi.insight.evaluation.duplicates import Finding, Like

__all__ = ["MOST", "Checked", "Wanted", "check", "require"]

MOST = 500
"""So many like instruments at most; a wider question is refused, not cut short."""
DEGREE_KM = 111.2


@dataclass(frozen=True)
class Wanted:
    """What is to be bought: class code, technique, price, where it would stand, and how far others may be."""

    class_code: str
    place: str = ""
    km: float | None = None
    """Within so many kilometres of the place; None: within its province, or its country where it is one."""
    technique: str = ""
    value_cny: Decimal | None = None


@dataclass(frozen=True)
class Checked:
    """The finding with the instruments it rests on, and whether the price asks for the check at all."""

    wanted: Wanted
    year: int
    basis: str
    on: date
    finding: Finding
    instruments: Mapping[str, Instrument] = field(hash=False)
    asked_for: bool | None
    """Whether the check is due at this price; None where no price was given."""
    from_cny: Decimal
    source: str


def require(person: Person) -> None:
    """Raise NotAllowed unless the person looks after instruments, leads an institution, or runs the platform."""
    if not (person.is_operator or reporting.institutions_of(person).exists()):
        raise NotAllowed(_("Only stewards, leads of institutions and operators check purchases; ask one of them."))


def check(wanted: Wanted, *, year: int, basis: str, on: date, rules: Rules, unfit: Collection[str] = ()) -> Checked:
    """The verdict on what is wanted; `unfit` are keys of instruments that somebody found not to fit.

    Raises NotSound for a class, technique or place that there is not, or where more than MOST are alike.
    """
    tally.bring_up()
    rows, point = _near(_alike(wanted), wanted)
    hours = rules["hours"]
    rows = use.of(rows.select_related("institution").defer("source_row", "description"), year, basis)
    found = {one.key: one for one in rows.order_by("key")[: MOST + 1] if _has(one, wanted.technique)}
    if len(found) > MOST:
        raise NotSound(_("Found more than %(most)d like instruments; choose a smaller class or a nearer place.")
                       % {"most": MOST})  # fmt: skip
    like = [_like(one, point, key in unfit) for key, one in found.items()]
    near = [one for one in like if wanted.km is None or one.km is None or one.km <= Decimal(str(wanted.km))]
    near.sort(key=lambda one: (one.km is None, one.km or 0, one.key))
    least = Decimal(str(hours.values.get("check_from_cny", 2_000_000)))
    due = None if wanted.value_cny is None else wanted.value_cny >= least
    return Checked(
        wanted, year, basis, on, duplicates.check(near, hours), {one.key: found[one.key] for one in near}, due, least,
        hours.source,
    )  # fmt: skip


def _alike(wanted: Wanted) -> QuerySet[Instrument]:
    if wanted.class_code not in taxonomy.classes():
        words = _("Found the class “%(found)s”; expected a code of six digits such as 010201: choose it from the list.")
        raise NotSound(words % {"found": wanted.class_code[:20]})
    rows = Instrument.objects.exclude(status="retired").filter(decommissioned_on=None)
    if wanted.technique and wanted.technique not in taxonomy.techniques():
        words = _("Found the technique “%(found)s”; expected one of the taxonomy, or none.")
        raise NotSound(words % {"found": wanted.technique[:40]})
    return rows.filter(class_code__startswith=taxonomy.class_prefix(wanted.class_code))


def _near(rows: QuerySet[Instrument], wanted: Wanted) -> tuple[QuerySet[Instrument], tuple[float, float] | None]:
    """Those in reach; by province or country without a distance, else within a box that surely holds the circle."""
    if not wanted.place.strip():
        return rows, None
    if wanted.km is None:
        code = taxonomy.find_place(wanted.place)
        if code is None:
            words = _("Found the place “%(found)s”; expected a province, city or country such as 安徽: write it anew.")
            raise NotSound(words % {"found": wanted.place[:40]})
        if not code.isdigit():
            return rows.filter(country=code), None
        return rows.filter(country="CN", province=f"{code[:2]}0000"), None
    try:
        near = search.near(wanted.place, wanted.km)
    except search.UnknownFilter as problem:
        raise NotSound(str(problem)) from None
    up = near.km / DEGREE_KM
    reach = Q(latitude__gte=near.latitude - up, latitude__lte=near.latitude + up)
    code = taxonomy.find_place(wanted.place)
    if code is not None and code.isdigit():  # one without a point may be near where it stands in the same province
        reach |= Q(latitude=None, country="CN", province=f"{code[:2]}0000")
    return rows.filter(reach), (near.latitude, near.longitude)


def _like(one: Instrument, point: tuple[float, float] | None, unfit: bool) -> Like:
    km = None
    if point is not None and one.latitude is not None and one.longitude is not None:
        km = Decimal(str(round(taxonomy.distance_km(point, (one.latitude, one.longitude)), 1)))
    takes = bool(getattr(one, "open", False))
    return Like(
        one.key, getattr(one, "effective_h", None), open=True if takes or one.shared else None, km=km,
        fits=False if unfit else None,
    )  # fmt: skip


def _has(one: Instrument, technique: str) -> bool:
    return not technique or technique in one.techniques
