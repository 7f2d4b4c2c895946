"""The pages of booking answer in HTTP what the verbs say: 200, 302, 403, 404, 409, 422."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from liqi.access import booking
from liqi.access.models import Booking
from tests.web.access import Place, place

pytestmark = pytest.mark.django_db

HERE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def lab() -> Place:
    return place()


@pytest.fixture
def client(lab: Place) -> Client:
    """The member's browser, in English."""
    return browser_of(lab.member)


def browser_of(person: object) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")  # type: ignore[arg-type]
    return client


def wish(days: int, clock: str, minutes: int = 60, **more: str) -> dict[str, str]:
    """The form values of that time so many days from today."""
    day = datetime.now(HERE) + timedelta(days=days)
    return {"date": f"{day:%Y-%m-%d}", "start": clock, "minutes": str(minutes), "zone": "Asia/Shanghai", **more}


def moment(days: int, hour: int) -> datetime:
    day = datetime.now(HERE) + timedelta(days=days)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0).astimezone(UTC)


def taken(lab: Place, days: int, hour: int) -> Booking:
    start = moment(days, hour)
    return booking.book(
        instrument=lab.orbitrap,
        person=lab.other,
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        now=datetime.now(UTC),
        title="Other's secret",
    )


def test_the_form_books_and_leads_to_the_thread(client: Client, lab: Place) -> None:
    need = "Pesticides in tea\nTwenty samples"
    answer = client.post("/instruments/orbitrap/book/", wish(3, "09:00", 120, need=need, project=str(lab.project.pk)))
    made = Booking.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/orders/{made.order.key}/")
    assert (made.order.title, made.order.project) == ("Pesticides in tea", lab.project)
    assert (made.starts_at, made.ends_at - made.starts_at) == (moment(3, 9), timedelta(hours=2))


def test_the_confirm_page_says_price_and_rules(client: Client) -> None:
    page = client.get("/instruments/orbitrap/book/", wish(3, "09:00", 120)).content.decode()
    assert "240.00" in page
    assert "From 30 min to 8 h at a time." in page
    assert Booking.objects.count() == 0


def test_another_zone_is_said_on_both_clocks(client: Client) -> None:
    page = client.get("/instruments/orbitrap/book/", wish(3, "09:00") | {"zone": "Europe/Berlin"}).content.decode()
    assert "09:00–10:00" in page
    assert "Asia/Shanghai (UTC+8)" in page


def test_a_taken_period_is_409_and_names_the_nearest(client: Client, lab: Place) -> None:
    taken(lab, 3, 9)
    answer = client.post("/instruments/orbitrap/book/", wish(3, "09:00"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "08:00–09:00" in page
    assert "10:00–11:00" in page
    assert "Other's secret" not in page


def test_a_program_gets_a_problem_with_the_nearest(client: Client, lab: Place) -> None:
    taken(lab, 3, 9)
    answer = client.post("/instruments/orbitrap/book/", wish(3, "09:00"), headers={"accept": "application/json"})
    problem = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
    assert [offer["fields"]["start"] for offer in problem["nearest"]] == ["08:00", "10:00"]


def test_a_refusal_is_422_and_lists_the_rules(client: Client) -> None:
    answer = client.post("/instruments/orbitrap/book/", wish(3, "09:00", 900))
    assert answer.status_code == 422
    assert "the longest here is 8 h" in answer.content.decode()
    assert client.post("/instruments/orbitrap/book/", wish(-3, "09:00")).status_code == 422


def test_what_cannot_be_read_is_422_and_nothing_typed_is_lost(client: Client) -> None:
    answer = client.post("/instruments/orbitrap/book/", {"date": "tomorrow", "start": "9", "need": "Tea"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Found “tomorrow 9”" in page
    assert 'value="Tea"' in page


def test_the_same_form_sent_twice_books_once(client: Client) -> None:
    values = wish(3, "09:00", request_key="abc")
    client.post("/instruments/orbitrap/book/", values)
    client.post("/instruments/orbitrap/book/", values)
    assert Booking.objects.count() == 1


def test_a_visitor_is_asked_to_sign_in_and_comes_back_with_what_was_typed(lab: Place) -> None:
    answer = Client().post("/instruments/orbitrap/book/", wish(3, "09:00", need="Tea and honey"))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=/instruments/orbitrap/book/")
    assert "Tea%2Band%2Bhoney" in answer["Location"]
    assert Booking.objects.count() == 0


def test_a_form_without_its_token_is_refused(lab: Place) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(lab.member, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert strict.post("/instruments/orbitrap/book/", wish(3, "09:00")).status_code == 403
    assert Booking.objects.count() == 0


def mine(lab: Place) -> Booking:
    return booking.book(
        instrument=lab.orbitrap,
        person=lab.member,
        starts_at=moment(3, 9),
        ends_at=moment(3, 11),
        now=datetime.now(UTC),
    )


def test_moving_answers_with_the_way_back(client: Client, lab: Place) -> None:
    made = mine(lab)
    answer = client.post(f"/bookings/{made.pk}/move/", wish(3, "13:00", 120), headers={"accept": "application/json"})
    undo = answer.json()["undo"]
    made.refresh_from_db()
    assert made.starts_at == moment(3, 13)
    client.post(undo["address"], undo["fields"])
    made.refresh_from_db()
    assert made.starts_at == moment(3, 9)


def test_moving_onto_taken_time_is_409(client: Client, lab: Place) -> None:
    made = mine(lab)
    taken(lab, 3, 14)
    answer = client.post(f"/bookings/{made.pk}/move/", wish(3, "13:00", 120))
    assert answer.status_code == 409
    assert "free times are nearest" in answer.content.decode()


def test_cancelling_can_be_taken_back(client: Client, lab: Place) -> None:
    made = mine(lab)
    client.post(f"/bookings/{made.pk}/cancel/")
    made.refresh_from_db()
    assert not made.is_live
    page = client.get(f"/bookings/{made.pk}/").content.decode()
    assert f'action="/bookings/{made.pk}/restore/"' in page
    client.post(f"/bookings/{made.pk}/restore/")
    made.refresh_from_db()
    assert made.is_live


def test_others_can_neither_see_nor_change_a_booking(lab: Place) -> None:
    made = mine(lab)
    other = browser_of(lab.other)
    assert other.get(f"/bookings/{made.pk}/").status_code == 403
    assert other.post(f"/bookings/{made.pk}/move/", wish(4, "09:00")).status_code == 403
    assert other.post(f"/bookings/{made.pk}/cancel/").status_code == 403
    made.refresh_from_db()
    assert made.is_live


def test_a_steward_may_move_a_booking_of_their_instrument(lab: Place) -> None:
    made = mine(lab)
    assert browser_of(lab.manager).post(f"/bookings/{made.pk}/move/", wish(4, "09:00", 120)).status_code == 302
    made.refresh_from_db()
    assert made.starts_at == moment(4, 9)


@pytest.fixture
def twice() -> datetime:
    """01:30 of the next night in which the clocks of New York go back, the second time that they show it."""
    here, day = ZoneInfo("America/New_York"), datetime.now(UTC).date()
    while True:
        day += timedelta(days=1)
        first, second = (datetime(day.year, day.month, day.day, 1, 30, tzinfo=here, fold=fold) for fold in (0, 1))
        if first.utcoffset() != second.utcoffset() and first.astimezone(UTC) < second.astimezone(UTC):
            return second


def test_the_second_of_two_hours_is_booked_said_kept_and_moved_back(
    client: Client, lab: Place, twice: datetime
) -> None:
    type(lab.orbitrap).objects.update(horizon_days=400, time_zone="America/New_York")
    asked = {"date": f"{twice:%Y-%m-%d}", "start": "01:30", "minutes": "60", "zone": "America/New_York", "fold": "1"}
    page = client.get("/instruments/orbitrap/book/", asked).content.decode()
    assert "01:30 EST–02:30" in page
    assert 'name="fold" value="1"' in page
    client.post("/instruments/orbitrap/book/", asked)
    made = Booking.objects.get()
    assert made.starts_at == twice.astimezone(UTC)
    seen = client.get(f"/bookings/{made.pk}/", {"zone": "America/New_York"}).content.decode()
    assert '<option value="1" selected>The second time' in seen
    moved = client.post(
        f"/bookings/{made.pk}/move/", asked | {"start": "04:00"}, headers={"accept": "application/json"}
    ).json()
    client.post(moved["undo"]["address"], moved["undo"]["fields"])
    made.refresh_from_db()
    assert made.starts_at == twice.astimezone(UTC)
    client.post(f"/bookings/{made.pk}/move/", asked | {"fold": "0"})
    made.refresh_from_db()
    assert made.starts_at == twice.astimezone(UTC) - timedelta(hours=1)
