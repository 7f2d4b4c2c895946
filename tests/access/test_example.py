"""The example's use of instruments looks alive, keeps the rules, and is marked."""

import pytest
from django.contrib.auth import authenticate

from liqi.access import belonging, example, opening
from liqi.access.models import Booking, Order, Session
from liqi.accounts.models import JournalEntry, Organisation, Person
from liqi.catalogue.models import Institution, Instrument
from tests.access.conftest import NOW, make_instrument


@pytest.fixture
def made(db: None) -> example.Made:
    given = {"source": "test", "synthetic": True, "created_at": NOW, "updated_at": NOW}
    for number in range(3):
        institution = Institution.objects.create(key=f"x{number}", name=f"Institution {number}", **given)
        hours = {} if number else {day: [["09:00", "17:30"]] for day in opening.DAYS[:5]}
        for _each in range(3):
            make_instrument(institution, opening_hours=hours, name="质谱仪", max_minutes=180)
    make_instrument(institution, shared=False)
    return example.people.load(now=NOW)


def test_is_full_of_marked_bookings_and_sessions_around_now(made: example.Made) -> None:
    assert made.bookings == Booking.objects.count() == Order.objects.count() > 300
    assert made.sessions == Session.objects.count() > 100
    assert Booking.objects.filter(ends_at__lt=NOW).exists()
    assert Booking.objects.filter(starts_at__gt=NOW).exists()
    for model in (Booking, Order, Session, Person, Organisation):
        assert not model.objects.filter(synthetic=False).exists()
    assert not Person.objects.exclude(email__endswith="@example.org").exists()
    assert {line.facts["bookings"] for line in JournalEntry.objects.all()} == {made.bookings}


def test_keeps_opening_hours_and_lengths_and_metered_hours(made: example.Made) -> None:
    for booking in Booking.objects.select_related("instrument"):
        assert opening.is_open(booking.instrument, booking.starts_at, booking.ends_at)
        assert (booking.ends_at - booking.starts_at).total_seconds() <= 180 * 60
    ended = Session.objects.exclude(ended_at=None)
    assert all(session.effective_hours == session.hours_until(session.ended_at) for session in ended)
    assert ended.filter(outside=True).exists()
    assert ended.filter(outside=False).exists()


def test_anybody_may_sign_in_as_member_manager_and_operator(made: example.Made) -> None:
    people = {email: authenticate(email=email, password=example.DEMO_PASSWORD) for email in example.DEMO}
    assert all(people.values())
    manager, operator = (Person.objects.get(email=email) for email in (example.MANAGER, example.OPERATOR))
    assert belonging.looked_after_by(manager).count() == 8
    assert belonging.looked_after_by(operator).count() == Instrument.objects.count()


def test_loads_once_and_the_same_each_time(made: example.Made) -> None:
    assert example.people.load(now=NOW) == example.Made(0, 0, 0)
    before = list(Booking.objects.values_list("order__key", "starts_at", "ends_at").order_by("pk"))
    for model in (Session, Booking, Order, Person):
        model.objects.all().delete()
    Organisation.objects.exclude(parent=None).delete()
    Organisation.objects.filter(name__startswith="示例").delete()
    example.people.load(now=NOW)
    assert before == list(Booking.objects.values_list("order__key", "starts_at", "ends_at").order_by("pk"))


def test_an_empty_catalogue_still_gets_its_accounts(db: None) -> None:
    assert example.people.load(now=NOW).bookings == 0
    assert Person.objects.filter(email__in=example.DEMO).count() == 3


def test_the_desk_of_the_manager_shows_a_request_a_webhook_an_agent_files_and_duty_free_instruments(
    made: example.Made,
) -> None:
    from liqi.access import approval, webhooks
    from liqi.access.models import Agent, CustomsTerms
    from liqi.answers import example as answers_example
    from liqi.answers.models import Arrival

    Instrument.objects.update(synthetic=True)
    assert example.desk.load(now=NOW) == 9
    assert (example.desk.load(now=NOW), answers_example.load(now=NOW), answers_example.load(now=NOW)) == (0, 3, 0)
    manager = Person.objects.get(email=example.MANAGER)
    assert [one.synthetic for one in approval.waiting_for(manager)] == [True]
    (hook,) = webhooks.mine(manager)
    assert hook.stopped_at is not None, "nothing is sent to an address that is made up"
    assert webhooks.signed(hook.secret, key="1", body="{}", at=NOW)["webhook-signature"].startswith("v1,")
    mine = belonging.looked_after_by(manager)
    assert Agent.objects.filter(synthetic=True, instrument__in=mine).count() == 1
    assert Arrival.objects.filter(synthetic=True, state="inbox", instrument__in=mine).count() == 3
    assert CustomsTerms.objects.filter(synthetic=True, record__instrument__in=mine).count() == 3
