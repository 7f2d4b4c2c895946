from datetime import timedelta
from typing import Any

import pytest

from liqi.access import booking, whole_job
from liqi.access.models import RuleSetting
from liqi.access.whole_job import BadJob, JobStep, NoSlot
from liqi.accounts.models import Person
from liqi.catalogue.models import Instrument
from tests.access.conftest import NOW, at, make_instrument

HOUR = timedelta(hours=1)


@pytest.fixture
def bench(institution) -> Instrument:
    return make_instrument(institution, name="Bench")


def search(steps: list[JobStep], person: Person, **given: Any) -> list[whole_job.Way]:
    said = {"not_before": at(0), "not_after": at(0, day=27), "now": NOW} | given
    return whole_job.first(steps, person=person, **said)


def test_the_job_waits_for_its_last_step_and_names_who_else_is_free(
    instrument: Instrument, bench: Instrument, member: Person, guest: Person
):
    other = make_instrument(instrument.institution, name="Other")
    for taken in (instrument, other):
        booking.book(instrument=taken, person=guest, starts_at=at(0), ends_at=at(6), now=NOW)
    steps = [
        JobStep((bench,), 60, "prepare"),
        JobStep((instrument, other), 120, "measure", longest_gap_minutes=60),
    ]
    first, *later = search(steps, member, count=2)
    assert [(each.starts_at, each.ends_at) for each in first.steps] == [(at(5), at(6)), (at(6), at(8))]
    assert (first.steps[1].instrument, first.steps[1].others) == (instrument, (other,))
    assert later[0].starts_at >= first.starts_at + 4 * HOUR


def test_opening_hours_notice_and_length_are_kept(institution, member: Person):
    office = make_instrument(institution, opening_hours={"tue": [["09:00", "12:00"]]}, notice_minutes=60)
    [way] = search([JobStep((office,), 60)], member, count=1)
    assert way.starts_at == at(1, day=24)
    with pytest.raises(NoSlot, match="booked for 26 h"):
        search([JobStep((office,), 26 * 60)], member)


def test_a_rule_about_the_person_moves_the_job_to_the_next_day(instrument: Instrument, member: Person):
    RuleSetting.objects.create(
        instrument=instrument, rule="quota", updated_at=NOW,
        parameters={"limits": [{"whose": "person", "what": "hours", "per": "day", "most": 2}]},
    )  # fmt: skip
    booking.book(instrument=instrument, person=member, starts_at=at(9), ends_at=at(11), now=NOW)
    [way] = search([JobStep((instrument,), 60)], member, count=1)
    assert way.starts_at >= at(16)  # midnight between Monday and Tuesday in Shanghai


def test_a_step_whose_instruments_the_rules_keep_from_the_person_says_which_rule(
    bench: Instrument, instrument: Instrument, guest: Person
):
    Instrument.objects.filter(pk=instrument.pk).update(shared=False)
    instrument.refresh_from_db()
    with pytest.raises(NoSlot, match="Step 2") as problem:
        search([JobStep((bench,), 60), JobStep((instrument,), 60)], guest)
    assert problem.value.index == 1
    assert "open to" in problem.value.reasons[0].lower() or "own institution" in problem.value.reasons[0]


def test_a_gap_that_is_too_short_says_what_would_do(
    instrument: Instrument, bench: Instrument, member: Person, guest: Person
):
    booking.book(instrument=bench, person=guest, starts_at=at(2), ends_at=at(2, day=24), now=NOW)
    booking.book(instrument=instrument, person=guest, starts_at=at(0), ends_at=at(5), now=NOW)
    steps = [JobStep((bench,), 60, "prepare"), JobStep((instrument,), 60, "measure", longest_gap_minutes=60)]
    with pytest.raises(NoSlot, match="only 3 h after step 1, and at most 1 h"):
        search(steps, member, not_after=at(2, day=24))


def test_time_that_is_never_free_long_enough_says_how_long_it_is(instrument: Instrument, member: Person, guest: Person):
    booking.book(instrument=instrument, person=guest, starts_at=at(2), ends_at=at(20), now=NOW)
    with pytest.raises(NoSlot, match="takes 8 h, and 4 h is the longest"):
        search([JobStep((instrument,), 480)], member, not_after=at(0, day=24))


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([], "0 steps"),
        ([{"minutes": 0}], "length or gap in step 1"),
        ([{"minutes": 60, "shortest_gap_minutes": 9, "longest_gap_minutes": 3}], "exchange the two"),
    ],
)
def test_a_job_that_cannot_be_read_is_refused(instrument: Instrument, member: Person, steps, words: str):
    with pytest.raises(BadJob, match=words):
        search([JobStep((instrument,), **given) for given in steps], member)


def test_a_step_without_an_instrument_is_named(bench: Instrument, member: Person):
    with pytest.raises(NoSlot, match=r"Step 2 \(fly\)"):
        search([JobStep((bench,), 60), JobStep((), 60, "fly")], member)


def test_instruments_are_found_by_name_and_nothing_asked_is_refused(bench: Instrument, instrument: Instrument):
    assert whole_job.candidates(keys=[instrument.key, "nowhere", bench.key]) == [instrument, bench]
    with pytest.raises(BadJob, match="name one of them"):
        whole_job.candidates()
    with pytest.raises(BadJob, match="Qqxyz"):
        whole_job.candidates(technique="lcms", place="Qqxyz")


def test_the_whole_job_is_booked_or_nothing_of_it(
    instrument: Instrument, bench: Instrument, member: Person, guest: Person
):
    steps = [JobStep((bench,), 60, "prepare"), JobStep((instrument,), 60, "measure")]
    [way] = search(steps, member, count=1)
    made = whole_job.book(way=way, person=member, now=NOW, title="Tea", request_key="once")
    assert [each.instrument for each in made] == [bench, instrument]
    assert len({each.together for each in made}) == len({each.order_id for each in made}) == 1
    assert whole_job.book(way=way, person=member, now=NOW, title="Tea", request_key="once") == made
    with pytest.raises(booking.SlotTaken):
        whole_job.book(way=way, person=guest, now=NOW)
    assert not guest.bookings.exists()
    assert not guest.orders.exists()
