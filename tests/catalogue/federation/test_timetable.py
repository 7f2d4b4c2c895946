"""A source is harvested by its timetable, again after a failure, and operators hear of the third."""

from datetime import UTC, datetime, time, timedelta

import pytest

from liqi.accounts.models import Notice, Person
from liqi.catalogue.federation import _timetable, harvesting, sources
from liqi.catalogue.models import Harvest, HarvestState
from tests.catalogue.federation.elsewhere import NOW, Elsewhere, harvest, page, told

pytestmark = pytest.mark.django_db


def test_hours_are_counted_and_days_fall_on_their_time() -> None:
    at = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
    assert _timetable.next_at(6, None, now=at) == at + timedelta(hours=6)
    assert _timetable.next_at(24, time(3, 30), now=at) == datetime(2026, 11, 21, 19, 30, tzinfo=UTC)
    assert _timetable.next_at(48, time(8, 59), now=at) == datetime(2026, 11, 23, 0, 59, tzinfo=UTC)
    late = datetime(2026, 11, 21, 16, 5, tzinfo=UTC)  # five past midnight, for the run of 23:50
    assert _timetable.next_at(24, time(23, 50), now=late) == datetime(2026, 11, 22, 15, 50, tzinfo=UTC)


def test_summer_time_moves_no_harvest(settings: pytest.FixtureRequest) -> None:
    from django.utils import timezone

    settings.TIME_ZONE = "Europe/Berlin"  # type: ignore[attr-defined]
    timezone.get_default_timezone.cache_clear()
    before = datetime(2026, 10, 24, 2, 0, tzinfo=UTC)  # the night after, the clock goes back
    assert _timetable.next_at(24, time(3, 30), now=before) == datetime(2026, 10, 25, 2, 30, tzinfo=UTC)
    timezone.get_default_timezone.cache_clear()


def test_a_due_source_is_queued_once_and_due_again(source: Harvest) -> None:
    sources.repeat(source, every_hours=6, person=None, now=NOW)
    assert source.due_at == NOW + timedelta(hours=6)
    assert sources.enqueue_due(now=NOW + timedelta(hours=5)) == 0
    later = NOW + timedelta(hours=7)
    assert (sources.enqueue_due(now=later), sources.enqueue_due(now=later)) == (1, 0)
    source.refresh_from_db()
    assert (source.state, source.due_at) == (HarvestState.QUEUED, later + timedelta(hours=6))


@pytest.mark.parametrize(("hours", "at_time"), [(0, None), (9000, None), (6, time(3, 0)), (None, time(3, 0))])
def test_a_timetable_that_cannot_be_is_refused(source: Harvest, hours: int | None, at_time: time | None) -> None:
    with pytest.raises(sources.Refused, match="found"):
        sources.repeat(source, every_hours=hours, at_time=at_time, person=None, now=NOW)


def test_after_a_failure_it_is_tried_again_later_each_time_and_the_third_is_told(
    elsewhere: Elsewhere, source: Harvest
) -> None:
    operator = Person.objects.create_superuser(email="o@example.org", password="x", name="Operator")
    sources.repeat(source, every_hours=24, person=None, now=NOW)
    elsewhere.answer = lambda _: b"no XML at all"
    waits = []
    for _times in range(3):
        with pytest.raises(harvesting.Failed):
            harvest(source)
        source.refresh_from_db()
        assert source.due_at is not None
        waits.append(source.due_at - (NOW + timedelta(hours=2)))
        Harvest.objects.filter(pk=source.pk).update(due_at=None)
    assert [wait.total_seconds() / 60 for wait in waits] == [10, 20, 40]
    told_of = Notice.objects.get()
    assert (told_of.person, told_of.kind, told_of.facts["times"]) == (operator, "harvest.failed", 3)
    elsewhere.answer = lambda _: page(told("a"))
    harvest(source)
    source.refresh_from_db()
    assert (source.failures, source.state) == (0, HarvestState.DONE)


def test_a_harvest_without_a_timetable_is_not_tried_again_by_itself(elsewhere: Elsewhere, source: Harvest) -> None:
    elsewhere.answer = lambda _: b"no XML at all"
    with pytest.raises(harvesting.Failed):
        harvest(source)
    source.refresh_from_db()
    assert (source.failures, source.due_at) == (1, None)
