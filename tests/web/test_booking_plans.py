"""The pages of series, several instruments, approval, terms and files do what their buttons say."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from liqi.access import booking, terms
from liqi.access.models import Booking, BookingTerms, Swap
from liqi.accounts.models import Person
from tests.web.access import Place, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def lab() -> Place:
    return place()


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    client.cookies["django_language"] = "en"
    return client


def day(ahead: int = 3) -> datetime:
    return datetime.now(UTC).replace(hour=2, minute=0, second=0, microsecond=0) + timedelta(days=ahead)


def fields(**more: Any) -> dict[str, Any]:
    start = day()
    return {"date": f"{start:%Y-%m-%d}", "start": "10:00", "minutes": "60", "zone": "Asia/Shanghai", **more}


def operator() -> Person:
    return Person.objects.create(email="op@example.org", name="Op", is_operator=True)


def book(lab: Place, person: Person, hours: int = 0, length: int = 1) -> Booking:
    start = day() + timedelta(hours=hours)
    return booking.book(
        instrument=lab.triple, person=person, starts_at=start, ends_at=start + timedelta(hours=length),
        now=datetime.now(UTC),
    )  # fmt: skip


def test_a_series_is_looked_at_date_by_date_and_booked_around_a_clash(lab: Place) -> None:
    book(lab, operator())
    client, address = browser(lab.member), reverse("book_plan", args=[lab.triple.key])
    seen = client.get(address, fields(repeat="daily", times="3"))
    assert [date.state for date, _words in seen.context["rows"]] == ["taken", "free", "free"]
    assert not seen.context["can_book"]
    refused = client.post(address, fields(repeat="daily", times="3"))
    assert refused.status_code == 422
    done = client.post(address, fields(repeat="daily", times="3", clash="skip", request_key="k"))
    assert done.status_code == 302
    assert Booking.objects.of(lab.member).live().count() == 2
    assert client.post(address, fields(repeat="daily", times="3", clash="skip", request_key="k")).status_code == 302
    assert Booking.objects.of(lab.member).live().count() == 2
    one = Booking.objects.of(lab.member).earliest("starts_at")
    shown = client.get(reverse("booking", args=[one.pk]))
    assert "all of the series (2)" in shown.content.decode()
    client.post(reverse("booking_scope", args=[one.pk, "cancel"]), {"scope": "all"})
    assert not Booking.objects.of(lab.member).live().exists()
    client.post(reverse("booking_scope", args=[one.pk, "restore"]) + "?scope=all")
    assert Booking.objects.of(lab.member).live().count() == 2
    client.post(reverse("booking_scope", args=[one.pk, "move"]), fields(scope="all", start="15:00"))
    assert {row.starts_at.hour for row in Booking.objects.of(lab.member).live()} == {7}


def test_a_bad_rule_and_a_bad_address_are_said_beside_the_field(lab: Place) -> None:
    client = browser(operator())
    address = reverse("book_plan", args=[lab.triple.key])
    seen = client.get(address, fields(repeat="rule", rule="FREQ=SECONDLY;COUNT=2")).content.decode()
    assert "expected one of RFC 5545" in seen
    assert "no account with the address" in client.get(address, fields(**{"for": "x@example.org"})).content.decode()


def test_a_steward_books_for_another_over_a_rule_with_a_reason(lab: Place) -> None:
    type(lab.triple).objects.filter(pk=lab.triple.pk).update(min_minutes=90)
    client, address = browser(operator()), reverse("book_plan", args=[lab.triple.key])
    asked = fields(**{"for": lab.member.email, "override": "1"})
    assert client.post(address, asked).status_code == 422
    assert client.post(address, asked | {"reason": "agreed"}).status_code == 302
    made = Booking.objects.get(person=lab.member)
    assert (made.made_by.name, made.reason) == ("Op", "agreed")


def test_the_queue_of_requests_approves_refuses_and_takes_back(lab: Place) -> None:
    boss = operator()
    terms.change(lab.triple, person=boss, now=datetime.now(UTC), approval="always")
    made = book(lab, lab.member)
    client = browser(boss)
    assert b"1 request" in client.get(reverse("approvals")).content
    assert made.order.key in client.get(reverse("approvals") + "?format=csv").getvalue().decode()
    for verb, state in (("approve", "confirmed"), ("undo", "requested"), ("refuse", "refused")):
        assert client.post(reverse("approval_answer", args=[made.pk, verb]), {"words": "so"}).status_code == 302
        made.refresh_from_db()
        assert made.state == state
    assert b"refused" in browser(lab.member).get(reverse("booking", args=[made.pk])).content
    assert browser(lab.member).post(reverse("approval_answer", args=[made.pk, "approve"])).status_code == 403


def test_the_terms_are_set_by_stewards_and_bad_ones_are_given_back(lab: Place) -> None:
    address = reverse("booking_terms", args=[lab.triple.key])
    assert browser(lab.member).get(address).status_code == 403
    client = browser(operator())
    good = {"positions": "2", "before_minutes": "5", "after_minutes": "0", "approval": "never", "approval_hours": "48"}
    assert client.post(address, good | {"families": "water\noil"}).status_code == 302
    grid = {"names": ["water", "oil"], "setup:0:1": "30", "families": "water\noil"}
    assert client.post(address, good | grid).status_code == 302
    assert BookingTerms.objects.get().setup_minutes == {"water": {"oil": 30}}
    assert client.post(address, good | {"positions": "many"}).status_code == 422
    assert b"30" in client.get(address).content


def test_two_people_swap_on_the_pages(lab: Place) -> None:
    other = operator()
    mine, theirs = book(lab, lab.member), book(lab, other, 3)
    client = browser(lab.member)
    assert f'value="{theirs.pk}"' in client.get(reverse("booking", args=[mine.pk])).content.decode()
    client.post(reverse("swap_propose", args=[mine.pk]), {"wanted": theirs.pk, "words": "please"})
    proposal = Swap.objects.get()
    assert b"please" in browser(other).get(reverse("booking", args=[theirs.pk])).content
    assert browser(other).post(reverse("swap_answer", args=[proposal.pk, "accept"])).status_code == 302
    mine.refresh_from_db()
    assert mine.starts_at == day() + timedelta(hours=3)


def test_a_file_is_shown_row_by_row_and_taken_all_or_none(lab: Place) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client, address = browser(lab.member), reverse("bookings_import")
    assert client.get(address).status_code == 200
    start = f"{day():%Y-%m-%d}"
    good = f"instrument,start,end\n{lab.triple.key},{start} 10:00,{start} 11:00\n,{start} 12:00,{start} 13:00\n"

    def send(text: str, **more: str) -> Any:
        return client.post(address, {"file": SimpleUploadedFile("b.csv", text.encode()), **more})

    seen = send(good)
    assert [row.state for row in seen.context["rows"]] == ["free", "unreadable"]
    assert not Booking.objects.exists()
    seen = send(good, instrument=lab.triple.key)
    assert seen.status_code == 200
    kept = {"kept": seen.context["kept"], "instrument": lab.triple.key, "take": "1"}
    assert client.post(address, kept).status_code == 302
    assert client.post(address, kept).status_code == 302
    assert Booking.objects.live().count() == 2
    assert send("nothing here").status_code == 422
    assert client.post(address, {}).status_code == 422


@pytest.mark.parametrize("sent", ["start,end\n" + "仪" * 700_000, b"start,end\n" + b"x" * 2_000_000])
def test_a_list_is_at_most_2_mb_as_a_file_or_as_text(sent: str | bytes) -> None:
    from liqi.access import booking_import

    with pytest.raises(booking_import.Unreadable, match="2 MB"):
        booking_import.read(sent)


def test_a_calendar_file_with_a_rule_gives_a_booking_for_each_date(lab: Place) -> None:
    from liqi.access import booking_import

    start = day()
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "BEGIN:VEVENT", "UID:1", f"DTSTART:{start:%Y%m%dT%H%M%SZ}",
             f"DTEND:{start + timedelta(hours=1):%Y%m%dT%H%M%SZ}", "RRULE:FREQ=DAILY;COUNT=3",
             f"EXDATE:{start + timedelta(days=1):%Y%m%dT%H%M%SZ}", "SUMMARY:Tea", "END:VEVENT",
             "END:VCALENDAR"]  # fmt: skip
    rows = booking_import.read("\r\n".join(lines).encode(), instrument=lab.triple.key)
    made = booking_import.take(rows, person=lab.member, now=datetime.now(UTC))
    assert [row.starts_at for row in made] == [start, start + timedelta(days=2)]
    assert made[0].order.title == "Tea"


def test_a_calendar_as_others_write_it_gives_what_still_stands(lab: Place) -> None:
    from liqi.access import booking_import

    start, key = day(), lab.triple.key

    def event(at: datetime, *more: str, uid: int = 1) -> list[str]:
        return ["BEGIN:VEVENT", f"UID:{uid}", f"DTSTART:{at:%Y%m%dT%H%M%SZ}",
                f"DTEND:{at + timedelta(hours=1):%Y%m%dT%H%M%SZ}", f"LOCATION:{key}", *more, "END:VEVENT"]  # fmt: skip

    second, third = start + timedelta(days=1), start + timedelta(days=2)
    moved, beside = third + timedelta(hours=3), start + timedelta(days=4)
    people = [f"ATTENDEE;CUTYPE=INDIVIDUAL:mailto:{lab.member.email}", "ATTENDEE;CUTYPE=ROOM:mailto:room@example.org"]
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0",
        *event(start, "RRULE:FREQ=DAILY;COUNT=3", f"RDATE:{beside:%Y%m%dT%H%M%SZ}", *people),
        *event(second, "STATUS:CANCELLED", f"RECURRENCE-ID:{second:%Y%m%dT%H%M%SZ}"),
        *event(moved, f"RECURRENCE-ID:{third:%Y%m%dT%H%M%SZ}", *people),
        *event(start, "STATUS:CANCELLED", uid=2),
        "BEGIN:VEVENT", "UID:3", "DTSTART;VALUE=DATE:20301224", "RRULE:FREQ=DAILY;COUNT=2", "END:VEVENT",
        "END:VCALENDAR",
    ]  # fmt: skip
    rows = booking_import.read("\r\n".join(lines).encode())
    assert [(row.start, row.person, row.instrument) for row in rows[:3]] == [
        (at.isoformat(), lab.member.email, key) for at in (start, beside, moved)
    ]
    assert [(row.start, row.end) for row in rows[3:]] == [
        ("2030-12-24T00:00:00", "2030-12-25T00:00:00"), ("2030-12-25T00:00:00", "2030-12-26T00:00:00"),
    ]  # fmt: skip


def test_a_workbook_and_days_as_spreadsheets_write_them_are_read(lab: Place) -> None:
    import io

    import xlsxwriter  # type: ignore[import-untyped]

    from liqi.access import booking_import

    at = day().replace(tzinfo=None)
    held, last = io.BytesIO(), at + timedelta(hours=5)
    with xlsxwriter.Workbook(held) as book:
        sheet, moment = book.add_worksheet(), book.add_format({"num_format": "yyyy/m/d h:mm"})
        sheet.write_row(0, 0, ["Our plan"])
        sheet.write_row(2, 0, ["仪器", "开始", "结束", "用途"])
        sheet.write_row(3, 0, [lab.triple.key])
        sheet.write_datetime(3, 1, at, moment)
        sheet.write_datetime(3, 2, at + timedelta(hours=1), moment)
        typed = [
            f"{one.year}/{one.month}/{one.day} {one.hour}:{one.minute:02d}" for one in (at + timedelta(hours=4), last)
        ]
        sheet.write_row(4, 0, [lab.triple.key, *typed, "Tea"])
    rows = booking_import.preview(booking_import.read(held.getvalue()), person=lab.member, now=datetime.now(UTC))
    assert [(row.number, row.state, row.title) for row in rows] == [(4, "free", ""), (5, "free", "Tea")]
    for broken in (b"", b"\r\n ", b"PK\x03\x04 no workbook"):
        with pytest.raises(booking_import.Unreadable):
            booking_import.read(broken)
