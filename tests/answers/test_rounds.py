"""The nightly rounds read everything again within a month and tell the operators what they find."""

import io
import os
from datetime import UTC, datetime, timedelta

import pytest

from liqi.accounts.models import Notice, Person
from liqi.answers import rounds, storage, store
from liqi.answers.models import Audit, Content

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
"""Two in the morning in Shanghai."""
DAY = timedelta(days=1)


@pytest.fixture
def operator(db: None) -> Person:
    return Person.objects.create_user("op@example.org", name="Op", is_operator=True)


def keep(number: int) -> str:
    return storage.keep(io.BytesIO(b"content %d" % number), name="x", person=None, now=NIGHT).sha256


def damage(sha256: str) -> None:
    disk = store.current()
    assert isinstance(disk, store.Disk)
    disk.path_of(sha256).write_bytes(b"other")


def test_by_day_nothing_is_read() -> None:
    keep(1)
    assert rounds.due(now=NIGHT + timedelta(hours=8)) == 0
    assert not Audit.objects.exists()


def test_all_is_read_again_within_a_month_a_share_each_night() -> None:
    for number in range(56):
        keep(number)
    read = [sum(rounds.due(now=NIGHT + night * DAY + timedelta(minutes=n)) for n in range(3)) for night in range(30)]
    assert sum(read) >= 56
    assert max(read) == 2
    assert rounds.overdue(now=NIGHT + 31 * DAY) == 0
    assert Content.objects.filter(checked_at__gt=NIGHT).count() == 56
    assert Audit.objects.count() == 30


def test_damaged_bytes_are_found_told_once_and_mended_when_they_are_whole_again(operator: Person) -> None:
    sha256 = keep(1)
    rounds.due(now=NIGHT)
    damage(sha256)
    for night in range(1, 4):
        rounds.due(now=NIGHT + night * DAY)
    assert Content.objects.get().state == "damaged"
    assert Notice.objects.get(kind="files.damaged").person == operator
    assert Audit.objects.get(day="2026-11-23").damaged == 1
    store.current().remove(sha256)
    keep(1)
    rounds.due(now=NIGHT + 5 * DAY)
    assert Content.objects.get().state == "whole"


def test_missing_bytes_are_told_the_same_night(operator: Person) -> None:
    sha256 = keep(1)
    rounds.due(now=NIGHT)
    store.current().remove(sha256)
    for night in range(1, 4):
        rounds.due(now=NIGHT + night * DAY)
    assert Content.objects.get().state == "missing"
    assert Notice.objects.filter(kind="files.damaged").count() == 1
    assert Audit.objects.get(day="2026-11-23").missing == 1


def test_bytes_of_nobody_go_after_a_day_and_those_that_came_again_stay() -> None:
    old, again = storage.put(io.BytesIO(b"nobody's")), storage.put(io.BytesIO(b"again"))
    disk = store.current()
    assert isinstance(disk, store.Disk)
    for sha256 in (old, again):
        os.utime(disk.path_of(sha256), (0, 0))
    assert storage.put(io.BytesIO(b"again")) == again
    rounds.due(now=datetime.now(UTC).replace(hour=18))
    assert disk.find(old) is None
    assert disk.find(again) is not None
    assert Audit.objects.get().swept == 1


def test_two_workers_in_one_night_make_one_round() -> None:
    keep(1)
    assert rounds.begin(now=NIGHT) is not None
    assert rounds.begin(now=NIGHT) is None
