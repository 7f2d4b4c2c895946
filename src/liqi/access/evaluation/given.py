"""Figures that no record can give: awards, papers, functions, judged points; typed with a reason, and undone."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from liqi.access.evaluation import scope
from liqi.access.evaluation.refusal import NotSound
from liqi.access.models import GivenFigure
from liqi.accounts import journal
from liqi.accounts.models import Person
from liqi.catalogue.models import Institution, Instrument
from liqi.insight.evaluation import national

__all__ = ["OF_INSTITUTION", "OF_INSTRUMENT", "give", "history", "of_institutions", "of_instruments", "undo"]

OF_INSTITUTION = national.JUDGED
"""Judged points of the national evaluation, out of 100."""
OF_INSTRUMENT = (
    *("national_awards", "provincial_awards", "school_awards", "core_papers"),
    *("functions", "functions_used", "new_functions"),
    *("trained_students", "trained_teachers", "trained_others"),
    *("patents_teachers", "patents_students", "papers_indexed"),
)
"""Counts of a year that the ministry's forms ask for and no record here gives."""


def give(
    *, of: Institution | Instrument, year: int, name: str, value: Decimal, reason: str, person: Person, now: datetime
) -> GivenFigure:
    """The figure of that year is this one, for the reason given; what was said before stays as history.

    Raises NotAllowed (points are judged by operators, counts given by who sees the instrument) and NotSound.
    """
    institution, instrument = _sides(of)
    judged = institution is not None
    known = OF_INSTITUTION if judged else OF_INSTRUMENT
    if name not in known:
        raise NotSound(_("Found the figure “%(found)s”; expected one of %(names)s.")
                       % {"found": name[:40], "names": ", ".join(known)})  # fmt: skip
    _require(of, person)
    most = 100 if judged else 1_000_000
    if not value.is_finite() or not 0 <= value <= most or (not judged and value != value.to_integral_value()):
        wanted = _("points from 0 to 100") if judged else _("a whole number from 0 up")
        raise NotSound(_("Found %(found)s; expected %(wanted)s.") % {"found": value, "wanted": wanted})
    if not 1990 <= year <= 2100:
        raise NotSound(_("Found the year %(found)s; expected one from 1990 to 2100.") % {"found": year})
    reason = " ".join(reason.split())[:500]
    if not reason:
        raise NotSound(_("Found no reason; say in a few words on what it rests."))
    with transaction.atomic():
        made = GivenFigure.objects.create(
            institution=institution, instrument=instrument, year=year, name=name, value=value,
            reason=reason, person=person, at=now, synthetic=of.synthetic,
        )  # fmt: skip
        journal.write(
            person=person, verb="gave figure", thing=of, at=now, year=year, name=name, value=str(value), reason=reason
        )
    return made


def undo(*, figure: GivenFigure, person: Person, now: datetime) -> None:
    """The figure holds no longer: the one given before it does again, or none."""
    of = figure.institution or figure.instrument
    assert of is not None
    _require(of, person)
    with transaction.atomic():
        if GivenFigure.objects.filter(pk=figure.pk, undone_at=None).update(undone_at=now, undone_by=person):
            journal.write(person=person, verb="took back figure", thing=of, at=now, year=figure.year, name=figure.name)


def of_institutions(year: int, institutions: Iterable[int] | None = None) -> dict[int, dict[str, GivenFigure]]:
    """What stands for each institution in the year, by name; for all where none are named."""
    rows = GivenFigure.objects.standing().filter(year=year, institution__isnull=False).select_related("person")
    return _last(rows if institutions is None else rows.filter(institution__in=list(institutions)), "institution_id")


def of_instruments(year: int, instruments: Iterable[int]) -> dict[int, dict[str, GivenFigure]]:
    """What stands for each instrument in the year, by name."""
    rows = GivenFigure.objects.standing().filter(year=year, instrument__in=list(instruments)).select_related("person")
    return _last(rows, "instrument_id")


def history(of: Institution | Instrument, year: int) -> list[GivenFigure]:
    """Everything that was given for the year, last first."""
    return list(of.given_figures.filter(year=year).select_related("person", "undone_by")[:200])


def _sides(of: Institution | Instrument) -> tuple[Institution | None, Instrument | None]:
    return (of, None) if isinstance(of, Institution) else (None, of)


def _require(of: Institution | Instrument, person: Person) -> None:
    if isinstance(of, Institution):
        scope.require_judge(person)
    else:
        scope.require_instrument(person, of)


def _last(rows: Iterable[GivenFigure], field: str) -> dict[int, dict[str, GivenFigure]]:
    found: dict[int, dict[str, GivenFigure]] = {}
    for row in rows:  # last first
        found.setdefault(getattr(row, field), {}).setdefault(row.name, row)
    return found
