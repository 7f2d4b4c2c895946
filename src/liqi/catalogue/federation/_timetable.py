"""When a harvest is due: by its timetable, and again after a failure."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from liqi.accounts import notices
from liqi.accounts.models import Person
from liqi.catalogue.models import Harvest

FIRST_RETRY = timedelta(minutes=10)
MOST_WAIT = timedelta(hours=24)
TELL_AFTER = 3
"""Operators are told when a harvest has failed so often in a row."""
HOURS_A_DAY = 24


def next_at(every_hours: int | None, at_time: time | None, *, now: datetime) -> datetime | None:
    """The next moment after `now` of a timetable that runs now; None where there is none.

    Whole days with a time fall on that time of the platform's clock, also across a change of summer time, counted
    from the last such time before `now`, so that a late run moves nothing.
    """
    if every_hours is None:
        return None
    if at_time is None:
        return now + timedelta(hours=every_hours)
    here: datetime = timezone.localtime(now, timezone.get_default_timezone())
    last = here.date() if at_time <= here.time() else here.date() - timedelta(days=1)
    days = max(1, every_hours // HOURS_A_DAY)
    return datetime.combine(last + timedelta(days=days), at_time, tzinfo=here.tzinfo)


def retry_at(failures: int, *, now: datetime) -> datetime:
    """After 10 minutes, then 20, 40 and so on, at most after a day."""
    wait: timedelta = min(MOST_WAIT, FIRST_RETRY * 2 ** min(failures - 1, 10))
    return now + wait


def failed(harvest: Harvest, message: str, *, now: datetime) -> None:
    """One failure more is on record; a harvest with a timetable is tried again, and operators are told of the third."""
    failures = harvest.failures + 1
    values: dict[str, object] = {"failures": failures}
    if harvest.every_hours is not None:
        again = retry_at(failures, now=now)
        values["due_at"] = min(again, harvest.due_at) if harvest.due_at and harvest.due_at > now else again
    Harvest.objects.filter(pk=harvest.pk).update(**values)
    if failures == TELL_AFTER:
        notices.tell(
            Person.objects.filter(is_operator=True, is_active=True),
            kind="harvest.failed",
            now=now,
            link=f"/desk/harvests/{harvest.pk}/",
            source=str(harvest),
            times=failures,
            reason=message[:300],
        )
