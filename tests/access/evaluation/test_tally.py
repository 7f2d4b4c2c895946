from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from liqi.access.evaluation import tally, use
from liqi.access.models import Session, UseChange, UseTally
from liqi.accounts.models import Person
from liqi.catalogue.models import Institution, Instrument
from tests.access.conftest import at, make_instrument
from tests.access.evaluation.uses import confirmed, used

pytestmark = pytest.mark.django_db
D = Decimal


def hours(year: int = 2026) -> dict[bool, tuple[Decimal, Decimal]]:
    """What the tallies of the year say: confirmed or not, and effective and outside hours."""
    tally.bring_up()
    rows = UseTally.objects.filter(year=year)
    return {one.confirmed: (one.effective_h, one.outside_h) for one in rows}


def test_tallies_are_the_sums_of_the_sessions(instrument: Instrument, member: Person, guest: Person) -> None:
    first = used(instrument, member, "3.5", purpose="teaching")
    used(instrument, guest, "2.25", outside=True, purpose="service")
    confirmed(first)
    assert hours() == {True: (D("3.5"), D(0)), False: (D("2.25"), D("2.25"))}
    row = UseTally.objects.get(confirmed=False)
    assert (row.sessions, row.teaching_h, row.service_h) == (1, D(0), D("2.25"))


def test_every_way_of_writing_is_noted_by_the_database(instrument: Instrument, member: Person) -> None:
    session = used(instrument, member, "3")
    tally.bring_up()
    Session.objects.filter(pk=session.pk).update(effective_hours=D(5))
    assert tally.waiting()
    assert hours() == {False: (D(5), D(0))}
    Session.objects.bulk_create(
        [Session(instrument=instrument, person=member, started_at=at(1), ended_at=at(2), effective_hours=D(1))]
    )
    assert hours() == {False: (D(6), D(0))}
    Session.objects.filter(pk=session.pk).update(withdrawn=True, effective_hours=0)
    assert hours() == {False: (D(1), D(0))}
    Session.objects.all().delete()
    assert hours() == {}
    assert not UseChange.objects.exists()


def test_a_running_session_is_not_noted_and_bringing_up_twice_does_nothing(
    instrument: Instrument, member: Person
) -> None:
    Session.objects.create(instrument=instrument, person=member, started_at=at(1))
    assert not tally.waiting()
    used(instrument, member, "3")
    assert tally.bring_up() == 1
    assert tally.bring_up() == 0


def test_a_session_belongs_to_the_year_on_the_clock_of_its_instrument(
    institution: Institution, instrument: Instrument, member: Person
) -> None:
    new_year = datetime(2025, 12, 31, 16, 30, tzinfo=UTC)  # half past midnight in Shanghai
    used(instrument, member, "1", ended_at=new_year)
    west = make_instrument(institution, time_zone="America/New_York")
    used(west, member, "2", ended_at=new_year)
    tally.bring_up()
    assert dict(UseTally.objects.values_list("instrument", "year")) == {instrument.pk: 2026, west.pk: 2025}
    assert Session.objects.filter(use.ended_in(["Asia/Shanghai", "America/New_York"], 2026)).get().instrument_id == (
        instrument.pk
    )


def test_an_instrument_whose_clock_was_changed_is_added_up_again(instrument: Instrument, member: Person) -> None:
    used(instrument, member, "1", ended_at=datetime(2025, 12, 31, 16, 30, tzinfo=UTC))
    tally.bring_up()
    Instrument.objects.filter(pk=instrument.pk).update(time_zone="UTC")
    assert tally.due(now=at(1)) == 1
    assert UseTally.objects.get().year == 2025


def test_an_instrument_noted_many_times_is_added_up_once(instrument: Instrument, member: Person) -> None:
    used(instrument, member, "3")
    UseChange.objects.bulk_create(UseChange(instrument=instrument.pk) for _ in range(5))
    assert tally.bring_up() == 1
    assert not tally.waiting()


def test_many_instruments_are_added_up_in_parts(
    institution: Institution, member: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tally, "AT_ONCE", 2)
    for number in range(5):
        used(make_instrument(institution), member, str(number + 1))
    assert tally.bring_up() == 5
    assert sum(UseTally.objects.values_list("effective_h", flat=True)) == 15


def test_hours_that_nobody_can_know_are_none_and_hours_of_an_idle_instrument_are_zero(
    institution: Institution, instrument: Instrument, member: Person
) -> None:
    used(instrument, member, "4")
    elsewhere = make_instrument(institution, bookable=False, run_hours=D(900), outside_hours=D(90), hours_year=2026)
    idle = make_instrument(institution)
    tally.bring_up()
    rows = {one.pk: one for one in use.of(Instrument.objects.all(), 2026, use.METERED)}
    assert [rows[one.pk].effective_h for one in (instrument, elsewhere, idle)] == [4, None, 0]  # type: ignore[attr-defined]
    assert rows[instrument.pk].waiting == 1  # type: ignore[attr-defined]
    rows = {one.pk: one for one in use.of(Instrument.objects.all(), 2026, use.CONFIRMED)}
    assert rows[instrument.pk].effective_h == 0  # type: ignore[attr-defined]
    rows = {one.pk: one for one in use.of(Instrument.objects.all(), 2026, use.DECLARED)}
    assert [rows[one.pk].effective_h for one in (instrument, elsewhere)] == [None, 900]  # type: ignore[attr-defined]


def test_sums_over_a_thousand_sessions_lose_nothing(instrument: Instrument, member: Person) -> None:
    Session.objects.bulk_create(
        Session(
            instrument=instrument, person=member, started_at=at(0) + timedelta(minutes=n),
            ended_at=at(1) + timedelta(minutes=n), effective_hours=D("0.3333"),
        )
        for n in range(1000)
    )  # fmt: skip
    assert hours() == {False: (D("333.3"), D(0))}
