"""One act on several bookings is told in one notice, which names them all or counts the rest."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation
from icalendar import Calendar

from liqi.access import booking, booking_reminders, ical, series, terms, together
from liqi.access.booking import Wanted
from liqi.access.models import Booking, Steward
from liqi.accounts import sentences
from liqi.accounts.models import Notice, Person
from liqi.catalogue.models import Institution
from tests.access.conftest import NOW, at, make_instrument, make_person


@pytest.fixture
def instruments(institution: Institution, steward: Person) -> list[Any]:
    made = [make_instrument(institution, name=name) for name in ("Balance", "Mill", "Oven", "Orbitrap", "Press")]
    Steward.objects.bulk_create(Steward(instrument=one, person=steward) for one in made)
    return made


def several(instruments: list[Any], person: Person, **more: Any) -> list[Booking]:
    wanted = [Wanted(one, at(1), at(3)) for one in instruments]
    return together.book(wanted, person=person, now=NOW, **more)


def told(person: Person) -> list[str]:
    """The sentences that the person reads, and no notice is left for the next question."""
    found = [words for _notice, words in sentences.sentences(Notice.objects.filter(person=person).order_by("pk"))]
    Notice.objects.filter(person=person).delete()
    return found


def test_who_is_booked_several_instruments_reads_their_names_in_one_notice(
    instruments: list[Any], member: Person, steward: Person
) -> None:
    several(instruments[:1], member, made_by=steward)
    several(instruments[1:3], member, made_by=steward)
    assert told(member) == [
        "Wei booked Balance for you at 2026-11-23 09:00.",
        "Wei booked Mill and Oven for you at 2026-11-23 09:00.",
    ]


def test_more_than_three_are_counted_and_cancelling_says_the_same(
    instruments: list[Any], member: Person, steward: Person
) -> None:
    made = several(instruments, member, made_by=steward)
    together.cancel(booking=made[2], person=steward, now=NOW)
    assert told(member) == [
        "Wei booked Balance, Mill and 3 more for you at 2026-11-23 09:00.",
        "Wei cancelled your booking of Balance, Mill and 3 more at 2026-11-23 09:00.",
    ]


def test_the_person_who_acts_is_told_nothing(instruments: list[Any], member: Person) -> None:
    together.cancel(booking=several(instruments, member)[0], person=member, now=NOW)
    assert told(member) == []


def test_each_steward_reads_of_the_instruments_that_they_look_after(
    instruments: list[Any], member: Person, steward: Person, institution: Institution
) -> None:
    second = make_person("Second", institution.organisation)
    Steward.objects.create(instrument=instruments[1], person=second)
    for one in instruments[:3]:
        terms.change(one, person=steward, now=NOW, approval="always")
    several(instruments, member)
    assert told(steward) == ["Lin asks for Balance, Mill and Oven at 2026-11-23 09:00; answer the request."]
    assert told(second) == ["Lin asks for Mill at 2026-11-23 09:00; answer the request."]


def test_a_series_is_moved_and_cancelled_in_one_notice_each(
    instruments: list[Any], member: Person, steward: Person
) -> None:
    wanted = [Wanted(instruments[0], at(1), at(2)), Wanted(instruments[1], at(1), at(2))]
    made = series.book(
        wanted, person=member, now=NOW, rule="FREQ=DAILY;COUNT=4", time_zone="Asia/Shanghai", made_by=steward
    )
    first = made.bookings[0]
    series.move(
        booking=first, scope="all", person=steward, now=NOW, starts_at=first.starts_at + timedelta(hours=1),
        ends_at=first.ends_at + timedelta(hours=1),
    )  # fmt: skip
    first.refresh_from_db()
    series.cancel(booking=first, scope="all", person=steward, now=NOW)
    assert told(member) == [
        "Wei booked Balance and Mill for you at 2026-11-23 09:00, 2026-11-24 09:00 and 2 more.",
        "Wei moved your booking of Balance and Mill to 2026-11-23 10:00, 2026-11-24 10:00 and 2 more.",
        "Wei cancelled your booking of Balance and Mill at 2026-11-23 10:00, 2026-11-24 10:00 and 2 more.",
    ]


def test_what_begins_together_is_reminded_of_together(instruments: list[Any], member: Person) -> None:
    made = several(instruments[:2], member)
    booking.book(instrument=instruments[3], person=member, starts_at=at(1), ends_at=at(2), now=NOW)
    soon = made[0].starts_at - timedelta(minutes=30)
    assert (booking_reminders.due(now=soon), booking_reminders.due(now=soon)) == (2, 0)
    assert sorted(told(member)) == [
        "Your booking of Balance and Mill begins at 2026-11-23 09:00.",
        "Your booking of Orbitrap begins at 2026-11-23 09:00.",
    ]


def test_the_reader_s_language_joins_the_names(instruments: list[Any], member: Person, steward: Person) -> None:
    several(instruments, member, made_by=steward)
    notice = Notice.objects.get(person=member)
    for language, words in (("zh-hans", "Balance、Mill 及另外 3 项"), ("zh-hant", "Balance、Mill 及另外 3 項")):
        with translation.override(language):
            assert words in sentences.sentence(notice)


@pytest.mark.parametrize(
    ("words", "said"), [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C"),
                        (["A", "B", "C", "D"], "A, B and 2 more")]
)  # fmt: skip
def test_up_to_three_are_named(words: list[str], said: str) -> None:
    assert sentences.listed(words) == said


def test_the_calendar_feed_says_what_was_booked_together(instruments: list[Any], member: Person) -> None:
    several(instruments[:3], member)
    booking.book(instrument=instruments[3], person=member, starts_at=at(1), ends_at=at(2), now=NOW)
    events = Calendar.from_ical(ical.feed(person=member, now=NOW)).walk("VEVENT")
    about = {str(one["summary"]): str(one.get("description", "")) for one in events}
    assert "together with Balance and Oven." in about["Mill"]
    assert "together" not in about["Orbitrap"]


def test_who_reads_english_reads_english_names_and_the_others_their_own(
    instruments: list[Any], member: Person, steward: Person
) -> None:
    mill, oven = instruments[1], instruments[2]
    mill.name, mill.name_en = "球磨机", "Ball mill"
    mill.save()
    several([mill], member, made_by=steward)
    together.book([Wanted(one, at(5), at(6)) for one in (oven, mill)], person=member, made_by=steward, now=NOW)
    kept = list(Notice.objects.filter(person=member).order_by("pk"))
    with translation.override("zh-hant"):
        hant = [words for _notice, words in sentences.sentences(kept)]
    assert told(member) == [
        "Wei booked Ball mill for you at 2026-11-23 09:00.",
        "Wei booked Oven and Ball mill for you at 2026-11-23 13:00.",
    ]
    assert all("球磨機" in words for words in hant)
    assert kept[0].facts["instrument"] == "球磨机"
