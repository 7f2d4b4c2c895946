"""What is fitted has a dated history, and stewards are reminded when the next booking needs something else."""

from datetime import timedelta

import pytest

from liqi.access import booking
from liqi.access.care import fittings
from liqi.access.care.refusal import NotAllowed, NotPossible
from liqi.access.models import Fitting, Session
from liqi.accounts.models import Notice, Person
from liqi.catalogue.models import Instrument
from tests.access.conftest import NOW, at


@pytest.fixture
def column(instrument: Instrument, steward: Person) -> Fitting:
    return fittings.add(
        instrument=instrument, person=steward, name="Column", choices=["C18", " C8 ", "", "C18"], now=NOW
    )


def test_choices_are_kept_once_and_in_order(column: Fitting) -> None:
    assert column.choices == ["C18", "C8"]


def test_the_history_is_dated_and_the_same_again_adds_nothing(column: Fitting, steward: Person) -> None:
    for hours, value in enumerate(("C18", "C18", "C8")):
        fittings.fit(fitting=column, person=steward, value=value, now=NOW + timedelta(hours=hours))
    assert [(one.value, one.at) for one in column.states.all()] == [("C8", NOW + timedelta(hours=2)), ("C18", NOW)]
    with pytest.raises(NotPossible, match="C18, C8"):
        fittings.fit(fitting=column, person=steward, value="HILIC", now=NOW)


def test_who_is_in_session_says_what_is_fitted_and_others_do_not(
    column: Fitting, member: Person, instrument: Instrument
) -> None:
    with pytest.raises(NotAllowed):
        fittings.fit(fitting=column, person=member, value="C8", now=NOW)
    Session.objects.create(instrument=instrument, person=member, started_at=NOW)
    assert fittings.fit(fitting=column, person=member, value="C8", now=NOW).person == member


def test_a_booking_that_needs_something_else_is_told_a_day_ahead(
    column: Fitting, member: Person, guest: Person, steward: Person, instrument: Instrument
) -> None:
    booked = booking.book(instrument=instrument, person=member, starts_at=at(2), ends_at=at(4), now=NOW)
    with pytest.raises(NotAllowed):
        fittings.need(booking=booked, fitting=column, person=guest, value="C8", now=NOW)
    fittings.need(booking=booked, fitting=column, person=member, value="C8", now=NOW)
    fittings.fit(fitting=column, person=steward, value="C18", now=NOW)
    (known,) = fittings.of(instrument, now=NOW)
    assert known.state is not None
    assert (known.state.value, known.next_need and known.next_need.booking) == ("C18", booked)
    assert [fittings.due(now=NOW), fittings.due(now=at(3, day=22)), fittings.due(now=at(4, day=22))] == [0, 1, 0]
    assert Notice.objects.get(kind="fitting.needed").facts["value"] == "C8"
    fittings.fit(fitting=column, person=steward, value="C8", now=NOW + timedelta(hours=1))
    assert fittings.of(instrument, now=NOW)[0].next_need is None
    fittings.need(booking=booked, fitting=column, person=member, value="", now=NOW)
    assert not booked.fitting_needs.exists()
