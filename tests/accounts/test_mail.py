"""Notices by mail: at once, gathered, not in quiet hours, not about what is muted, in the reader's language."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail as outbox

from liqi.accounts import mail, notice_wishes, notices
from liqi.accounts.models import Notice, Person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 4, tzinfo=UTC)
"""A Wednesday, noon in Shanghai."""


@pytest.fixture
def lin(settings: Any) -> Person:
    settings.LIQI_MAIL = True
    settings.LIQI_SITE = "https://liqi.example.org"
    return Person.objects.create_user("lin@example.org", name="Lin", language="en", time_zone="Asia/Shanghai")


def tell(person: Person, kind: str = "booking.soon", at: datetime = NOW) -> None:
    notices.tell(
        [person], kind=kind, now=at, link="/bookings/1/", instrument="Orbitrap", start_at="2026-11-26T01:00:00+00:00",
        person="Mo",
    )  # fmt: skip


def wish(person: Person, **changed: Any) -> None:
    values = {"rhythm": "at once", "hour": 8, "quiet_from": None, "quiet_until": None, "muted": [], "remind_minutes": 0}
    notice_wishes.change(person, **(values | changed))


def test_a_notice_comes_once_on_the_clock_and_in_the_language_of_its_reader(lin: Person) -> None:
    tell(lin)
    assert (mail.due(now=NOW), mail.due(now=NOW)) == (1, 0)
    letter = outbox.outbox[0]
    assert letter.to == ["lin@example.org"]
    assert letter.subject == "Your booking of Orbitrap begins at 2026-11-26 09:00."
    assert "https://liqi.example.org/bookings/1/" in letter.body


def test_without_a_mail_host_nothing_goes_out_and_nothing_is_lost(lin: Person, settings: Any) -> None:
    settings.LIQI_MAIL = False
    tell(lin)
    assert mail.due(now=NOW) == 0
    settings.LIQI_MAIL = True
    assert mail.due(now=NOW) == 1


def test_a_daily_digest_gathers_and_comes_at_its_hour(lin: Person) -> None:
    wish(lin, rhythm="daily", hour=18)
    tell(lin)
    mail.due(now=NOW)
    tell(lin)
    tell(lin)
    assert mail.due(now=NOW + timedelta(hours=5, minutes=59)) == 0
    assert mail.due(now=NOW + timedelta(hours=6)) == 1
    assert "notices" in outbox.outbox[-1].subject
    tell(lin)
    assert mail.due(now=NOW + timedelta(hours=7)) == 0
    assert mail.due(now=NOW + timedelta(hours=30)) == 1


def test_a_weekly_digest_comes_on_monday(lin: Person) -> None:
    wish(lin, rhythm="weekly", hour=8)
    tell(lin)
    mail.due(now=NOW)
    tell(lin, at=NOW + timedelta(hours=1))
    monday = datetime(2026, 11, 30, 0, tzinfo=UTC)
    assert mail.due(now=monday - timedelta(minutes=1)) == 0
    assert mail.due(now=monday) == 1


def test_quiet_hours_across_midnight_hold_mail_back(lin: Person) -> None:
    wish(lin, quiet_from=time(22), quiet_until=time(7))
    late = datetime(2026, 11, 25, 15, tzinfo=UTC)
    tell(lin, at=late)
    assert mail.due(now=late) == 0
    assert mail.due(now=late + timedelta(hours=8)) == 1


def test_what_is_muted_or_read_or_unwanted_comes_by_no_mail(lin: Person) -> None:
    wish(lin, muted=["booking"])
    tell(lin)
    assert mail.due(now=NOW) == 0
    assert notices.unread(lin) == 0
    wish(lin)
    assert mail.due(now=NOW) == 0
    tell(lin)
    notices.read(lin, now=NOW)
    assert mail.due(now=NOW) == 0
    wish(lin, rhythm="never")
    tell(lin)
    assert mail.due(now=NOW) == 0


def test_a_mail_host_that_refuses_gets_it_again(lin: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(lin)
    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMessage.send", lambda *_args: (_ for _ in ()).throw(OSError("down")))
        assert mail.due(now=NOW) == 0
    assert Notice.objects.get().mailed_at is None
    assert mail.due(now=NOW) == 1
