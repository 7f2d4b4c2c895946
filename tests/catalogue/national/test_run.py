"""Going through the queue: one at a time, in slices, cancelled at will, never lost with its process."""

from datetime import timedelta
from typing import Any

import pytest

from liqi.catalogue.models import Institution, Instrument, Push, PushRun
from liqi.catalogue.national import queue, run
from tests.catalogue.national.conftest import NOW, YEAR, Make
from tests.catalogue.national.test_push import Told, clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def queued(institution: Institution, make_instrument: Make) -> list[Instrument]:
    made = [make_instrument(f"i{n}") for n in range(6)]
    queue.enqueue(institution, YEAR, now=NOW, kinds=["instrument"])
    return made


def test_a_run_says_truly_how_far_it_is(institution: Institution, queued: list[Instrument]) -> None:
    seen: list[tuple[int, int]] = []

    def look(_given: Any) -> None:
        one = PushRun.objects.get()
        seen.append((one.done, one.total))

    run.push_now(institution, Told(["100"] * 6, look), clock=clock)
    assert seen == [(n, 6) for n in range(6)]
    one = PushRun.objects.get()
    assert (one.state, one.done, one.taken) == ("done", 6, 6)
    assert one.ended_at is not None


def test_a_worker_works_in_slices_and_goes_on_where_it_left(institution: Institution, queued: list[Instrument]) -> None:
    one = run.start(institution, now=NOW)
    told = Told(["100"] * 6)
    for _ in range(20):
        run.perform(one.pk, clock=clock, client=told, slice_s=0.0001)
    one.refresh_from_db()
    assert (one.state, one.done, told.count) == ("queued", 0, 0)
    run.perform(one.pk, clock=clock, client=told)
    one.refresh_from_db()
    assert (one.state, one.done, told.count) == ("done", 6, 6)


def test_only_one_push_of_an_institution_is_under_way(institution: Institution, queued: list[Instrument]) -> None:
    run.start(institution, now=NOW)
    with pytest.raises(run.UnderWay, match="going on"):
        run.start(institution, now=NOW)
    with pytest.raises(run.UnderWay):
        run.push_now(institution, Told([]), clock=clock)


def test_a_cancelled_run_ends_before_its_next_record(institution: Institution, queued: list[Instrument]) -> None:
    def stop(_given: Any) -> None:
        if told.count == 3:
            assert run.cancel(PushRun.objects.get(), now=NOW)

    told = Told(["100"] * 6, stop)
    run.push_now(institution, told, clock=clock)
    assert told.count == 3
    assert PushRun.objects.get().state == "cancelled"
    assert Push.objects.filter(state="accepted").count() == 3
    assert not run.cancel(PushRun.objects.get(), now=NOW)


def test_an_answer_that_stops_the_run_is_its_message(institution: Institution, queued: list[Instrument]) -> None:
    run.push_now(institution, Told(["100", "200"]), clock=clock)
    one = PushRun.objects.get()
    assert (one.state, one.done, one.taken) == ("stopped", 2, 1)
    assert "code that it issued" in one.message


def test_a_worker_without_settings_says_what_is_missing(
    institution: Institution, queued: list[Instrument], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LIQI_NATIONAL_URL", raising=False)
    one = run.start(institution, now=NOW)
    run.perform(one.pk, clock=clock)
    one.refresh_from_db()
    assert one.state == "stopped"
    assert "LIQI_NATIONAL_URL" in one.message


def test_a_run_whose_process_died_is_taken_up_again(institution: Institution, queued: list[Instrument]) -> None:
    one = run.start(institution, now=NOW)
    PushRun.objects.update(state="running", owner="dead")
    assert run.requeue_silent(now=NOW + timedelta(seconds=60)) == 0
    assert run.requeue_silent(now=NOW + timedelta(seconds=100)) == 1
    run.perform(one.pk, clock=clock, client=Told(["100"] * 6))
    one.refresh_from_db()
    assert (one.state, one.done) == ("done", 6)
