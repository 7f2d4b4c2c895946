"""The pages of metered hours: what is amiss is settled with a key, what is clear is confirmed, kiosks start and end."""

import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from liqi.access import booking
from liqi.access.metering import kiosk, meters
from liqi.access.models import Booking, Confirmation, Kiosk, Meter, MeteringTerms, Session, Settlement
from liqi.accounts.models import JournalEntry, Notice
from liqi.catalogue.models import Instrument
from tests.web.access import Place, place

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC).replace(second=0, microsecond=0)


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Any) -> None:
    settings.LIQI_DATA = tmp_path
    cache.clear()


@pytest.fixture
def home() -> Place:
    made = place()
    Instrument.objects.update(opening_hours={}, notice_minutes=0)
    return made


def client_of(person: Any = None, language: str = "en") -> Client:
    client = Client()
    if person is not None:
        client.force_login(person)
    client.cookies["django_language"] = language
    return client


@pytest.fixture
def session(home: Place) -> Session:
    return Session.objects.create(
        instrument=home.orbitrap, person=home.other, started_at=NOW - timedelta(hours=30),
        ended_at=NOW - timedelta(hours=28), effective_hours=Decimal(2),
    )  # fmt: skip


def metered(home: Place, session: Session) -> None:
    """The machine worked for the first half hour of the session and idled on."""
    meters.keep(instrument=home.orbitrap, person=home.manager, now=NOW, name="power")
    values = [300.0] * 6 + [50.0] * 25
    readings = [
        meters.Read("power", session.started_at + timedelta(minutes=5 * n), value) for n, value in enumerate(values)
    ]
    meters.take(instrument=home.orbitrap, readings=readings, now=NOW)


def hours_address(home: Place, session: Session) -> str:
    day = session.started_at.astimezone(timezone.get_fixed_timezone(480)).date()
    return f"{reverse('instrument_hours', args=[home.orbitrap.key])}?view=month&day={day}"


def test_the_page_shows_the_sources_and_what_is_amiss(home: Place, session: Session) -> None:
    metered(home, session)
    shown = client_of(home.manager).get(hours_address(home, session)).content.decode()
    assert "Logged on while it ran idle" in shown
    assert "Used without a booking" in shown
    assert "mark-working" in shown
    assert "mark-amiss" in shown
    assert "Take 1 h of idle running off the session." in shown


def test_a_finding_is_corrected_as_proposed_and_opened_again(home: Place, session: Session) -> None:
    metered(home, session)
    client = client_of(home.manager)
    page = client.get(hours_address(home, session))
    (idle,) = [one for one in page.context["shown"] if one.finding.kind == "idle"]
    settle = reverse("finding_settle", args=[home.orbitrap.key])
    answer = client.post(settle, idle.name | {"do": "accept", "query": "view=month"}, follow=True)
    assert "Corrected as proposed." in answer.content.decode()
    session.refresh_from_db()
    assert session.effective_hours == Decimal(1)
    made = Settlement.objects.get()
    client.post(reverse("settlement_undo", args=[made.pk]))
    session.refresh_from_db()
    assert session.effective_hours == Decimal(2)


def test_leaving_it_as_it_is_needs_a_reason(home: Place, session: Session) -> None:
    client = client_of(home.manager)
    (one,) = client.get(hours_address(home, session)).context["shown"]
    settle = reverse("finding_settle", args=[home.orbitrap.key])
    assert "no reason" in client.post(settle, one.name | {"do": "dismiss"}, follow=True).content.decode()
    client.post(settle, one.name | {"do": "dismiss", "reason": "agreed by phone"})
    assert Settlement.objects.get().reason == "agreed by phone"
    for wrong in ({"kind": "x"}, {"starts_at": "now"}, {"ends_at": "2026-01-01"}):
        answer = client.post(settle, one.name | {"do": "dismiss", "reason": "y"} | wrong, follow=True)
        assert answer.status_code == 200
    assert Settlement.objects.count() == 1


def test_what_is_clear_is_confirmed_on_both_pages_and_undone(home: Place, session: Session) -> None:
    client = client_of(home.manager)
    month = f"{session.ended_at.astimezone(timezone.get_fixed_timezone(480)):%Y-%m}" if session.ended_at else ""
    queue = reverse("hours_queue")
    assert "not booked 1" in client.get(f"{queue}?month={month}").content.decode()
    said = client.post(reverse("hours_confirm"), {"month": month}, follow=True).content.decode()
    assert "No session is clear to confirm. 1 is left" in said
    here = reverse("hours_confirm_here", args=[home.orbitrap.key])
    assert "1 session confirmed" in client.post(here, {"session": session.pk}, follow=True).content.decode()
    made = Confirmation.objects.get()
    client.post(reverse("confirmation_undo", args=[made.pk]))
    assert not Session.objects.confirmed().exists()


def test_both_files_have_a_line_a_session(home: Place, session: Session) -> None:
    client = client_of(home.manager)
    for address in (
        f"{reverse('hours_queue')}?month={session.ended_at:%Y-%m}&format=",
        hours_address(home, session) + "&format=",
    ):
        text = b"".join(client.get(address + "csv")).decode("utf-8-sig")  # type: ignore[arg-type]
        assert text.splitlines()[0].startswith("session,instrument,person")
        assert f"{session.pk},orbitrap,Other" in text
        book = openpyxl.load_workbook(io.BytesIO(client.get(address + "xlsx").content))
        header, line = list(book.active.iter_rows(values_only=True))  # type: ignore[union-attr]
        assert dict(zip(header, line, strict=True))["effective_h"] == 2


def test_a_session_is_corrected_by_form_and_the_person_of_it_is_outside(home: Place, session: Session) -> None:
    client = client_of(home.manager)
    address = reverse("session_correct", args=[session.pk])
    typed = client.get(address).context["typed"]
    for wrong, words in (
        ({"idle": "many"}, "expected minutes"),
        ({"user": "nobody@example.org"}, "somebody here"),
        ({"ended_at": "soon"}, "expected a day and a time"),
        ({"reason": ""}, "no reason"),
        ({"purpose": "fun"}, "unknown purpose"),
    ):
        answer = client.post(address, typed | {"reason": "it was Member", "idle": "30"} | wrong)
        assert (answer.status_code, words in answer.content.decode()) == (422, True), wrong
    client.post(address, typed | {"reason": "it was Member", "idle": "30", "user": "member@example.org"})
    session.refresh_from_db()
    assert (session.person, session.outside, session.effective_hours) == (home.member, True, Decimal("1.5000"))
    assert "it was Member" in client.get(address).content.decode()
    client.post(reverse("correction_undo", args=[session.corrections.get().pk]))
    session.refresh_from_db()
    assert (session.person, session.effective_hours) == (home.other, Decimal("2.0000"))


def test_nobody_but_stewards_sees_hours(home: Place, session: Session) -> None:
    client = client_of(home.member)
    addresses = [
        hours_address(home, session), reverse("session_correct", args=[session.pk]),
        reverse("instrument_metering", args=[home.orbitrap.key]),
    ]  # fmt: skip
    assert [client.get(address).status_code for address in addresses] == [403, 403, 403]
    posts = ["finding_settle", "hours_confirm_here"]
    assert [client.post(reverse(name, args=[home.orbitrap.key])).status_code for name in posts] == [403, 403]
    assert "No session ended in this month" in client.get(reverse("hours_queue")).content.decode()


def test_a_meter_is_set_up_and_removed_and_wrong_values_are_given_back(home: Place) -> None:
    client = client_of(home.manager)
    address = reverse("instrument_metering", args=[home.orbitrap.key])
    form = {"form": "meter"} | client.get(address).context["typed"] | {"name": "power", "topic": "tele/x/SENSOR"}
    for wrong in ({"on_below": "99"}, {"working_from": "much"}, {"name": "two words"}, {"quantity": "noise"}):
        answer = client.post(address, form | wrong)
        assert answer.status_code == 422, wrong
        assert "tele/x/SENSOR" in answer.content.decode()
    client.post(address, form)
    made = Meter.objects.get()
    client.post(reverse("meter_remove", args=[made.pk]))
    assert not Meter.objects.get().active
    client.post(address, form | {"working_from": "500"})
    assert (Meter.objects.get().active, Meter.objects.get().working_from) == (True, 500)


def test_terms_are_kept_in_minutes(home: Place) -> None:
    client = client_of(home.manager)
    address = reverse("instrument_metering", args=[home.orbitrap.key])
    form = {"form": "terms", "startup": "45", "post": "0", "idle_after": "20", "forgotten_after": "90"}
    assert client.post(address, form | {"idle_after": "0"}).status_code == 422
    client.post(address, form)
    its = MeteringTerms.objects.get()
    assert (its.startup, its.idle_after, its.walk_up) == (timedelta(minutes=45), timedelta(minutes=20), False)


# the kiosk


@pytest.fixture
def booked(home: Place) -> Booking:
    start = datetime.now(UTC) + timedelta(minutes=5)
    return booking.book(
        instrument=home.orbitrap, person=home.member, starts_at=start, ends_at=start + timedelta(hours=1),
        now=datetime.now(UTC),
    )  # fmt: skip


def test_on_a_phone_one_tap_starts_and_one_ends(home: Place, booked: Booking) -> None:
    client, address = client_of(home.member), reverse("kiosk", args=["orbitrap"])
    shown = client.get(address)
    assert f'name="booking" value="{booked.pk}"' in shown.content.decode()
    act = reverse("kiosk_act", args=["orbitrap"])
    assert (
        "runs; the hours are counted"
        in client.post(act, {"do": "start", "booking": booked.pk}, follow=True).content.decode()
    )
    Session.objects.update(started_at=datetime.now(UTC) - timedelta(minutes=30))
    running = Session.objects.get()
    assert running.booking == booked
    assert (
        "The session is over: 0.5"
        in client.post(act, {"do": "end", "session": running.pk}, follow=True).content.decode()
    )


def test_a_visitor_sees_no_name_and_is_asked_to_sign_in(home: Place, booked: Booking) -> None:
    shown = client_of().get(reverse("kiosk", args=["orbitrap"])).content.decode()
    assert "Member" not in shown
    assert "/accounts/login/?next=/kiosk/orbitrap/" in shown
    act = reverse("kiosk_act", args=["orbitrap"])
    assert "Sign in first" in client_of().post(act, {"do": "start", "booking": booked.pk}, follow=True).content.decode()
    assert not Session.objects.exists()


def test_the_label_on_the_instrument_leads_to_the_kiosk(home: Place) -> None:
    answer = client_of().get("/id/orbitrap?here")
    assert (answer.status_code, answer["Location"]) == (303, "/kiosk/orbitrap/")
    assert client_of().get("/id/orbitrap")["Location"].endswith("/instruments/orbitrap/")


@pytest.fixture
def tablet(home: Place) -> str:
    _made, token = kiosk.register(instrument=home.orbitrap, name="Room 3", person=home.manager, now=NOW)
    return token


def test_a_tablet_starts_by_pin_and_ends_by_badge(home: Place, booked: Booking, tablet: str) -> None:
    kiosk.set_pass(person=home.member, now=NOW, pin="4711", badge="04AB12CD")
    client, act = client_of(), reverse("kiosk_act", args=[tablet])
    asked = client.get(reverse("kiosk", args=[tablet]) + f"?booking={booked.pk}").content.decode()
    assert 'name="pin"' in asked
    wrong = client.post(f"{act}?booking={booked.pk}", {"do": "start", "booking": booked.pk, "pin": "0815"}, follow=True)
    assert "not Member" in wrong.content.decode()
    assert not Session.objects.exists()
    client.post(act, {"do": "start", "booking": booked.pk, "pin": "4711", "purpose": "teaching"})
    assert Session.objects.get().purpose == "teaching"
    Session.objects.update(started_at=datetime.now(UTC) - timedelta(minutes=30))
    assert "is over" in client.post(act, {"do": "badge", "badge": "04ab12cd"}, follow=True).content.decode()


def test_five_wrong_pins_lock_it_for_a_while(home: Place, booked: Booking) -> None:
    kiosk.set_pass(person=home.member, now=NOW, pin="4711")
    for _n in range(5):
        with pytest.raises(kiosk.NotKnown):
            kiosk.known_by_pin(person=home.member, pin="0000", now=NOW)
    with translation.override("en"), pytest.raises(kiosk.NotKnown, match="Too many"):
        kiosk.known_by_pin(person=home.member, pin="4711", now=NOW + timedelta(minutes=9))
    assert kiosk.known_by_pin(person=home.member, pin="4711", now=NOW + timedelta(minutes=11)) == home.member


def test_somebody_elses_booking_is_not_started_by_ones_own_pin(home: Place, booked: Booking, tablet: str) -> None:
    kiosk.set_pass(person=home.other, now=NOW, pin="4711")
    act = reverse("kiosk_act", args=[tablet])
    send = {"do": "start", "booking": booked.pk, "pin": "4711", "email": "other@example.org"}
    assert "Member" in client_of().post(act, send, follow=True).content.decode()
    assert not Session.objects.exists()
    kiosk.set_pass(person=home.manager, now=NOW, pin="12345")
    client_of().post(act, {"do": "start", "booking": booked.pk, "pin": "12345", "email": "manager@example.org"})
    run = Session.objects.get()
    assert (run.person, run.staff) == (home.member, home.manager)


def test_a_tablets_secret_opens_nothing_else_and_nothing_once_revoked(home: Place, tablet: str) -> None:
    client = client_of()
    assert client.get(reverse("kiosk", args=[tablet])).status_code == 200
    assert client.get(reverse("hours_queue")).status_code == 302
    client_of(home.manager).post(reverse("kiosk_revoke", args=[Kiosk.objects.get().pk]))
    assert client.get(reverse("kiosk", args=[tablet])).status_code == 404


def test_a_walk_up_on_a_phone_books_and_starts(home: Place) -> None:
    act = reverse("kiosk_act", args=["orbitrap"])
    client_of(home.member).post(act, {"do": "walk_up"})
    run = Session.objects.get()
    assert run.booking is not None
    assert run.booking.ends_at - run.started_at <= timedelta(hours=2)
    said = client_of(home.other).post(act, {"do": "walk_up"}, follow=True).content.decode()
    assert "booked or closed now" in said


def test_a_problem_reaches_the_stewards(home: Place) -> None:
    act = reverse("kiosk_act", args=["orbitrap"])
    said = client_of(home.member).post(act, {"do": "problem", "words": " "}, follow=True).content.decode()
    assert "Found 0 characters" in said
    client_of(home.member).post(act, {"do": "problem", "words": "It leaks"})
    assert Notice.objects.get(person=home.manager).facts["words"] == "It leaks"
    assert JournalEntry.objects.filter(verb="reported a problem").exists()


@pytest.mark.parametrize("given", [{"pin": "12"}, {"pin": "1111"}, {"pin": "abcd"}, {"badge": "!"}, {}])
def test_a_pin_that_is_easy_or_a_badge_that_is_none_is_refused(home: Place, given: dict[str, str]) -> None:
    answer = client_of(home.member).post(reverse("kiosk_pass"), given)
    assert answer.status_code == 422


def test_a_badge_is_one_persons(home: Place) -> None:
    address = reverse("kiosk_pass")
    assert client_of(home.member).post(address, {"badge": "04AB12CD"}).status_code == 302
    answer = client_of(home.other).post(address, {"badge": "04ab12cd"})
    assert "somebody else" in answer.content.decode()
    client_of(home.member).post(address, {"clear": "badge"})
    assert client_of(home.other).post(address, {"badge": "04ab12cd"}).status_code == 302


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_every_page_speaks_three_languages(home: Place, session: Session, booked: Booking, language: str) -> None:
    client = client_of(home.manager, language)
    for address in (
        hours_address(home, session), reverse("session_correct", args=[session.pk]), reverse("hours_queue"),
        reverse("instrument_metering", args=[home.orbitrap.key]), reverse("kiosk", args=["orbitrap"]),
        reverse("kiosk_pass"),
    ):  # fmt: skip
        assert f'<html lang="{language}"' in client.get(address).content.decode(), address
