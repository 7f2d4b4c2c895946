"""Runs on an instrument's check standard add points to its control charts."""

import io

import pytest

from liqi.access.care import control_charts
from liqi.access.models import ControlChart, Steward
from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import Person
from liqi.answers import check_standards, execution, run, storage
from liqi.answers.models import Run, StoredFile
from liqi.catalogue.models import Instrument

from .conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def instrument(person: Person) -> Instrument:
    made = Instrument.objects.create(key="i1", name="MS", source="test", created_at=NOW, updated_at=NOW)
    Steward.objects.create(person=person, instrument=made)
    return made


@pytest.fixture
def chart(instrument: Instrument, person: Person) -> ControlChart:
    return control_charts.begin(
        instrument=instrument, person=person, name="Standard", method="test.count", finding="bytes", centre=10.0,
        sigma=1.0, now=NOW,
    )  # fmt: skip


def standard(instrument: Instrument, person: Person, content: bytes) -> StoredFile:
    file = storage.keep(io.BytesIO(content), name="qc", person=person, now=NOW)
    return check_standards.mark(file=file, instrument=instrument, person=person, now=NOW)


def answer(file: StoredFile, person: Person, **more: bool) -> Run:
    one = run.start(method="test.count", files=[file], person=person, now=NOW, **more)
    execution.perform(key=one.key, clock=lambda: NOW)
    one.refresh_from_db()
    assert one.state == Run.State.DONE
    return one


def test_a_run_on_the_check_standard_is_a_point_and_out_of_limits_an_outage(
    chart: ControlChart, instrument: Instrument, person: Person
) -> None:
    one = answer(standard(instrument, person, b"x" * 10), person)
    point = chart.points.get()
    assert (point.value, point.run, point.broken) == (10.0, one.key, [])
    answer(standard(instrument, person, b"x" * 20), person)
    chart.refresh_from_db()
    assert chart.unit == "B"
    assert chart.outage is not None
    assert chart.outage.instrument == instrument


def test_other_files_add_no_point(chart: ControlChart, person: Person) -> None:
    answer(storage.keep(io.BytesIO(b"xy"), name="x", person=person, now=NOW), person)
    assert not chart.points.exists()


def test_the_same_measurement_computed_again_is_no_other_point(
    chart: ControlChart, instrument: Instrument, person: Person
) -> None:
    file = standard(instrument, person, b"x" * 10)
    answer(file, person)
    answer(file, person, anew=True)
    assert chart.points.count() == 1


def test_only_stewards_say_what_a_check_standard_is(instrument: Instrument, person: Person, other: Person) -> None:
    file = storage.keep(io.BytesIO(b"x"), name="x", person=other, now=NOW)
    with pytest.raises(NotAllowed):
        check_standards.mark(file=file, instrument=instrument, person=other, now=NOW)
    marked = standard(instrument, person, b"y")
    with pytest.raises(NotAllowed):
        check_standards.mark(file=marked, instrument=None, person=other, now=NOW)
