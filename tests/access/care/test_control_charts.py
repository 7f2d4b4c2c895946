"""A check standard out of its limits keeps its instrument from being booked until a release with a reason."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from liqi.access import booking, outages
from liqi.access.care import control_charts
from liqi.access.care.refusal import NotAllowed, NotPossible
from liqi.access.models import ControlChart, ControlPoint, Outage
from liqi.accounts.models import JournalEntry, Notice, Person
from liqi.catalogue.models import Instrument
from tests.access.conftest import NOW, at

GIVEN = {"centre": 10.0, "sigma": 1.0}


def begin(instrument: Instrument, steward: Person, **more: Any) -> ControlChart:
    asked = {"name": "Caffeine", "method": "ms.quantify", "finding": "area", "now": NOW, **GIVEN}
    return control_charts.begin(instrument=instrument, person=steward, **(asked | more))


def add(chart: ControlChart, *values: float, unit: str = "mg") -> list[ControlPoint | None]:
    start = chart.points.count()
    return [
        control_charts.add_point(
            chart=chart, value=value, unit=unit, run=f"run{start + place}", now=NOW + timedelta(minutes=start + place)
        )
        for place, value in enumerate(values)
    ]


def test_a_point_out_of_its_limits_blocks_booking_until_a_steward_releases_it(
    instrument: Instrument, member: Person, steward: Person
) -> None:
    held = booking.book(instrument=instrument, person=member, starts_at=at(8), ends_at=at(9), now=NOW)
    chart = begin(instrument, steward)
    (_fine, out) = add(chart, 11.0, 13.5)
    assert out is not None
    assert out.broken == ["beyond 3 sigma"]
    with pytest.raises(booking.Refused, match="Caffeine"):
        booking.book(instrument=instrument, person=member, starts_at=at(2), ends_at=at(3), now=NOW)
    assert set(Notice.objects.values_list("kind", flat=True)) >= {"control.out", "booking.outage"}
    chart.refresh_from_db()
    with pytest.raises(NotAllowed):
        control_charts.release(chart=chart, person=member, reason="I think so", now=at(0))
    with pytest.raises(NotPossible):
        control_charts.release(chart=chart, person=steward, reason=" ", now=at(0))
    control_charts.release(chart=chart, person=steward, reason="new column, measured twice", now=at(0))
    out.refresh_from_db()
    assert (out.reason, out.released_by) == ("new column, measured twice", steward)
    booking.book(instrument=instrument, person=member, starts_at=at(2), ends_at=at(3), now=at(0))
    assert JournalEntry.objects.get(verb="released").facts["reason"] == "new column, measured twice"
    held.refresh_from_db()
    assert held.is_live


def test_the_outage_of_a_chart_is_not_ended_around_it(instrument: Instrument, steward: Person) -> None:
    chart = begin(instrument, steward)
    add(chart, 20.0)
    outage = Outage.objects.get()
    for act in (outages.end, outages.withdraw):
        with pytest.raises(outages.Refused, match="release it on its control chart"):
            act(outage=outage, person=steward, now=at(0))
    with pytest.raises(outages.Refused, match="control chart"):
        outages.reschedule(outage=outage, person=steward, starts_at=NOW, ends_at=at(1), now=NOW)
    outage.refresh_from_db()
    assert (outage.ends_at, outage.withdrawn_at) == (None, None)


def test_a_chart_that_warns_tells_the_stewards_and_blocks_nobody(
    instrument: Instrument, member: Person, steward: Person
) -> None:
    chart = begin(instrument, steward, action="warn")
    add(chart, 20.0, 21.0)
    assert Notice.objects.filter(kind="control.out", person=steward).count() == 1
    booking.book(instrument=instrument, person=member, starts_at=at(2), ends_at=at(3), now=NOW)
    chart.refresh_from_db()
    assert chart.out_since == NOW


def test_limits_come_from_the_first_points_and_then_stand(instrument: Instrument, steward: Person) -> None:
    chart = begin(instrument, steward, centre=None, sigma=None, first_n=5)
    add(chart, 9.0, 11.0, 10.0, 8.0, 12.0)
    chart.refresh_from_db()
    assert (chart.centre, round(chart.sigma or 0, 4)) == (10.0, 1.5811)
    (out,) = add(chart, 15.0)
    assert out is not None
    assert out.broken
    chart.refresh_from_db()
    assert chart.centre == 10.0


def test_after_a_release_the_rules_begin_anew(instrument: Instrument, steward: Person) -> None:
    chart = begin(instrument, steward)
    points = add(chart, *[10.5] * 8)
    assert points[-1] is not None
    assert points[-1].broken == ["8 on one side"]
    control_charts.release(chart=chart, person=steward, reason="seen", now=at(0))
    assert [point.broken for point in add(chart, *[10.5] * 7) if point] == [[]] * 7


def test_points_left_out_are_none_of_the_series(instrument: Instrument, steward: Person) -> None:
    chart = begin(instrument, steward)
    add(chart, 12.5, 20.0)
    control_charts.release(chart=chart, person=steward, reason="the vial was empty", leave_out=True, now=at(0))
    assert ControlPoint.objects.filter(left_out=True).count() == 1


def test_a_run_has_one_point_and_another_unit_none(instrument: Instrument, steward: Person) -> None:
    chart = begin(instrument, steward)
    add(chart, 10.0)
    assert control_charts.add_point(chart=chart, value=9.0, unit="mg", run="run0", now=NOW) is None
    assert control_charts.add_point(chart=chart, value=9.0, unit="g", run="run9", now=NOW) is None
    assert control_charts.add_point(chart=chart, value=float("nan"), unit="mg", run="run8", now=NOW) is None
    assert chart.points.count() == 1
    assert JournalEntry.objects.filter(verb="left out").count() == 2


@pytest.mark.parametrize(
    "wrong",
    [{"first_n": 4, "centre": None, "sigma": None}, {"sigma": 0.0}, {"sigma": None}, {"rules": []}, {"rules": ["x"]},
     {"action": "shout"}, {"name": ""}, {"centre": float("inf")}],
)  # fmt: skip
def test_a_chart_that_makes_no_sense_is_refused(instrument: Instrument, steward: Person, wrong: dict[str, Any]) -> None:
    with pytest.raises(NotPossible):
        begin(instrument, steward, **wrong)
    assert not ControlChart.objects.exists()


def test_the_same_finding_has_one_chart_and_another_after_its_end(instrument: Instrument, steward: Person) -> None:
    chart = begin(instrument, steward)
    with pytest.raises(NotPossible, match="already"):
        begin(instrument, steward)
    control_charts.end(chart=chart, person=steward, now=NOW)
    begin(instrument, steward)


def test_a_chart_out_of_limits_is_not_ended_instead_of_released(instrument: Instrument, steward: Person) -> None:
    chart = begin(instrument, steward)
    add(chart, 20.0)
    with pytest.raises(NotPossible, match="release"):
        control_charts.end(chart=chart, person=steward, now=NOW)


def test_the_figure_has_the_series_its_limits_and_the_marks(instrument: Instrument, steward: Person) -> None:
    chart = begin(instrument, steward)
    add(chart, 10.0, 20.0)
    chart.refresh_from_db()
    made = control_charts.figure(chart)
    assert [series["y"] for series in made["series"]] == [[10.0, 20.0], [13.0, 13.0], [10.0, 10.0], [7.0, 7.0]]
    assert [(mark["x"], mark["y"]) for mark in made["marks"]] == [(2, 20.0)]


def test_the_database_keeps_what_the_verbs_promise(instrument: Instrument, steward: Person) -> None:
    chart = begin(instrument, steward)
    for wrong in ({"sigma": -1.0}, {"sigma": None}, {"centre": None, "sigma": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ControlChart.objects.filter(pk=chart.pk).update(**wrong)
    (point,) = add(chart, 10.0)
    assert point is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        ControlPoint.objects.filter(pk=point.pk).update(released_at=NOW)
