"""Control charts: what runs find in an instrument's check standard; out of its limits nobody books until a release."""

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liqi.access import outages
from liqi.access.agents import stewards_of
from liqi.access.care.refusal import NotPossible, require_steward, sentence
from liqi.access.models import ControlChart, ControlPoint, Outage
from liqi.accounts import journal, notices
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument
from liqi.insight import control

__all__ = ["add_point", "begin", "end", "figure", "release"]

LONGEST_RULE = max(rule.of for rule in control.RULES.values())
SHOWN = 200
FEWEST = 5
MOST = 200


def begin(
    *, instrument: Instrument, person: Person, name: str, method: str, finding: str, now: datetime,
    first_n: int = 20, centre: float | None = None, sigma: float | None = None,
    rules: Sequence[str] = control.WESTERN_ELECTRIC, action: str = ControlChart.Action.BLOCK,
) -> ControlChart:  # fmt: skip
    """The instrument has the chart; its limits are given, or those of the first points. Raises NotPossible."""
    require_steward(person, instrument)
    given = _limits(centre, sigma)
    if given is None and not FEWEST <= first_n <= MOST:
        words = _("Found limits from %(found)d first points; expected %(least)d to %(most)d, or centre and deviation.")
        raise NotPossible(words % {"found": first_n, "least": FEWEST, "most": MOST})
    unknown = [key for key in rules if key not in control.RULES]
    if not rules or unknown:
        words = _("Found %(found)s; expected at least one rule of the list.")
        raise NotPossible(words % {"found": unknown[0] if unknown else _("no rule")})
    if action not in ControlChart.Action.values:
        raise NotPossible(_("Found “%(found)s”; expected block or warn.") % {"found": action})
    try:
        with transaction.atomic():
            made = ControlChart.objects.create(
                instrument=instrument, name=sentence(name, 120), method=sentence(method, 80),
                finding=sentence(finding, 120), first_n=0 if given else first_n,
                centre=given.centre if given else None, sigma=given.sigma if given else None,
                rules=list(rules), action=action, person=person, created_at=now, synthetic=instrument.synthetic,
            )  # fmt: skip
            journal.write(
                person=person, verb="began", thing=made, at=now, instrument=instrument.key, name=made.name,
                method=made.method, finding=made.finding, first_n=made.first_n, centre=made.centre, sigma=made.sigma,
                rules=made.rules, action=made.action,
            )  # fmt: skip
    except IntegrityError:
        raise NotPossible(_("This finding has a chart here already; end that one first.")) from None
    return made


def end(*, chart: ControlChart, person: Person, now: datetime) -> ControlChart:
    """The chart takes no more points; its points stay. One that is out of its limits is released first."""
    require_steward(person, chart.instrument)
    with transaction.atomic():
        found = _locked(chart)
        if found.out_since is not None:
            raise NotPossible(_("The chart is out of its limits; release it with a reason first."))
        if found.ended_at is None:
            found.ended_at = now
            found.save(update_fields=["ended_at"])
            journal.write(person=person, verb="ended", thing=found, at=now)
    return found


def add_point(*, chart: ControlChart, value: float, unit: str, run: str, now: datetime) -> ControlPoint | None:
    """What the run found is a point of the chart, once; a point that breaks a rule blocks the instrument or warns.

    None where the chart is ended, the run has its point, or the value cannot stand on it; the journal says which.
    """
    with transaction.atomic():
        found = _locked(chart)
        if found.ended_at is not None or found.points.filter(run=run).exists():
            return None
        why = _unfit(found, value, unit)
        if why:
            journal.write(person=None, verb="left out", thing=found, at=now, run=run, value=str(value), why=why)
            return None
        broken = _judge(found, value)
        point = ControlPoint.objects.create(
            chart=found, at=now, value=value, run=run, broken=broken, synthetic=found.synthetic
        )
        journal.write(person=None, verb="measured", thing=found, at=now, run=run, value=value, broken=broken)
        found.unit = found.unit or unit
        if found.centre is None:
            _settle(found, now)
        if broken:
            _raise_alarm(found, point, now)
        found.save()
    return point


def release(
    *, chart: ControlChart, person: Person, reason: str, now: datetime, leave_out: bool = False
) -> ControlChart:
    """The instrument is free again: somebody who looks after it says why. The rules begin anew from here.

    With ``leave_out`` the points are none of the series, such as of a standard that had gone off.
    """
    require_steward(person, chart.instrument)
    said = sentence(reason, 300)
    with transaction.atomic():
        found = _locked(chart)
        if found.out_since is None:
            raise NotPossible(_("The chart is within its limits; there is nothing to release."))
        open_points = [point for point in found.points.filter(released_at=None) if point.broken]
        ControlPoint.objects.filter(pk__in=[point.pk for point in open_points]).update(
            released_at=now, released_by=person, reason=said, left_out=leave_out
        )
        held, found.outage, found.out_since = found.outage, None, None
        found.save(update_fields=["outage", "out_since"])
        journal.write(
            person=person, verb="released", thing=found, at=now, reason=said, leave_out=leave_out,
            points=[point.run for point in open_points],
        )  # fmt: skip
        if held is not None and held.stands:
            outages.end(outage=held, person=person, now=now)
    return found


def figure(chart: ControlChart) -> dict[str, Any]:
    """The last points as a figure of kind `line`: the series, the centre, one line every limit, the marks."""
    points = list(chart.points.order_by("-at", "-pk")[:SHOWN])[::-1]
    numbers = list(range(1, len(points) + 1))
    series = [{"label": chart.name, "x": numbers, "y": [point.value for point in points]}]
    if chart.centre is not None and chart.sigma is not None and points:
        limits = control.Limits(chart.centre, chart.sigma)
        for label, times in ((_("upper limit"), 3.0), (_("centre"), 0.0), (_("lower limit"), -3.0)):
            ends = [numbers[0], max(numbers[-1], numbers[0] + 1)]
            series.append({"label": label, "x": ends, "y": [limits.at(times)] * 2})
    marks = [
        {"label": f"{point.at:%m-%d}", "x": number, "y": point.value}
        for number, point in zip(numbers, points, strict=True)
        if point.broken
    ]
    return {"series": series, "marks": marks}


def _limits(centre: float | None, sigma: float | None) -> control.Limits | None:
    if centre is None and sigma is None:
        return None
    if centre is None or sigma is None or not math.isfinite(centre) or not (math.isfinite(sigma) and sigma > 0):
        raise NotPossible(_("Give centre and standard deviation both, the deviation above zero, or neither."))
    return control.Limits(centre, sigma)


def _locked(chart: ControlChart) -> ControlChart:
    found: ControlChart = ControlChart.objects.select_for_update(of=("self",)).get(pk=chart.pk)
    return found


def _unfit(chart: ControlChart, value: float, unit: str) -> str:
    if not math.isfinite(value):
        return "no finite number"
    return f"unit {unit}, expected {chart.unit}" if chart.unit and unit != chart.unit else ""


def _judge(chart: ControlChart, value: float) -> list[str]:
    """The rules that the value breaks; none while the limits are not known."""
    if chart.centre is None or chart.sigma is None:
        return []
    since = chart.points.filter(released_at__isnull=False).order_by("-pk").first()
    counted = chart.points.filter(left_out=False)
    if since is not None:
        counted = counted.filter(pk__gt=since.pk)
    before = list(counted.order_by("-at", "-pk").values_list("value", flat=True)[:LONGEST_RULE])[::-1]
    return control.broken([*before, value], control.Limits(chart.centre, chart.sigma), chart.rules)


def _settle(chart: ControlChart, now: datetime) -> None:
    """The limits are those of the first points, once there are enough."""
    values = list(chart.points.order_by("at", "pk").values_list("value", flat=True))
    if len(values) < chart.first_n:
        return
    try:
        limits = control.limits_of(values[: chart.first_n])
    except ValueError:  # all equal: wait for one that differs
        chart.first_n = len(values) + 1
        return
    chart.centre, chart.sigma = limits.centre, limits.sigma
    journal.write(person=None, verb="settled", thing=chart, at=now, centre=limits.centre, sigma=limits.sigma,
                  first_n=chart.first_n)  # fmt: skip


def _raise_alarm(chart: ControlChart, point: ControlPoint, now: datetime) -> None:
    is_new = chart.out_since is None
    chart.out_since = chart.out_since or now
    instrument = chart.instrument
    if chart.action == ControlChart.Action.BLOCK and chart.outage is None:
        words = _("Check standard “%(name)s” out of its limits; the stewards look after it") % {"name": chart.name}
        chart.outage = outages.declare(
            instrument=instrument, person=None, starts_at=now, ends_at=None, words=words, now=now,
            kind=Outage.Kind.CALIBRATION,
        )  # fmt: skip
    if is_new:
        notices.tell(
            stewards_of(instrument), kind="control.out", now=now, link=f"/instruments/{instrument.key}/control/",
            instrument=instrument, name=chart.name, value=f"{point.value:g} {chart.unit}".strip(),
            rules=", ".join(point.broken),
        )  # fmt: skip
