"""Check standards: files of an instrument's standard, whose runs add points to its control charts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liqi.access import belonging
from liqi.access.care import control_charts
from liqi.access.models import ControlChart
from liqi.accounts import journal
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.accounts.naming import called
from liqi.answers.models import Run, StoredFile
from liqi.catalogue.models import Instrument

__all__ = ["mark", "take"]


def mark(*, file: StoredFile, instrument: Instrument | None, person: Person, now: datetime) -> StoredFile:
    """The file is a measurement of that instrument's check standard, or of none; its stewards may say so."""
    for one in (instrument, file.check_standard_of):
        if one is not None and not belonging.looks_after(person, one):
            words = _("Only the stewards of %(instrument)s say what its check standard is; ask one of them.")
            raise NotAllowed(words % {"instrument": called(one)})
    with transaction.atomic():
        if StoredFile.objects.filter(pk=file.pk).update(check_standard_of=instrument):
            journal.write(
                person=person, verb="marked", thing=file, at=now, instrument=instrument.key if instrument else None
            )
    file.check_standard_of = instrument
    return file


def take(*, run: Run, answer: Mapping[str, Any], now: datetime) -> int:
    """What the answer found in a check standard stands on the charts of its instrument; gives how many points.

    A file that a chart has its point from adds none by being computed again: it is no other measurement.
    """
    files = list(run.files.filter(check_standard_of__isnull=False)[:2])
    if len(files) != 1:
        return 0
    (file,) = files
    charts = ControlChart.objects.kept().filter(instrument=file.check_standard_of, method=run.method)
    return sum(_take(chart, file, run, answer, now) for chart in charts.select_related("instrument"))


def _take(chart: ControlChart, file: StoredFile, run: Run, answer: Mapping[str, Any], now: datetime) -> bool:
    before = Run.objects.filter(files__sha256=file.sha256, key__in=chart.points.values("run"))
    if before.exists():
        return False
    for finding in answer["findings"]:
        if finding["name"] == chart.finding and isinstance(finding["value"], int | float):
            point = control_charts.add_point(
                chart=chart, value=float(finding["value"]), unit=finding["unit"], run=run.key, now=now
            )
            return point is not None
    journal.write(person=None, verb="left out", thing=chart, at=now, run=run.key, why=f"no finding {chart.finding}")
    return False
