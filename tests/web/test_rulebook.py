"""The composer of rules in the browser: set, read in three languages, tried on a past month, taken back."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from liqi.access.models import Booking, Order, RuleSetting
from liqi.accounts.models import JournalEntry
from tests.web.access import Place, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Place:
    return place()


@pytest.fixture
def steward(home: Place) -> Client:
    client = Client()
    client.force_login(home.manager)
    client.cookies["django_language"] = "en"
    return client


def limits(**more: str) -> dict[str, str]:
    row = {"limits-0-whose": "person", "limits-0-most": "1", "limits-0-what": "hours", "limits-0-per": "day"}
    return row | {"counted_on": "instrument"} | more


def past_booking(home: Place, hours: int = 2) -> Booking:
    start = (datetime.now(UTC).replace(day=1) - timedelta(days=3)).replace(hour=2, minute=0, second=0, microsecond=0)
    order = Order.objects.create(title="x", person=home.member, created_at=start - timedelta(days=2))
    return Booking.objects.create(
        order=order, instrument=home.orbitrap, person=home.member, starts_at=start,
        ends_at=start + timedelta(hours=hours), created_at=start - timedelta(days=2),
    )  # fmt: skip


def test_a_rule_is_set_told_in_words_switched_off_and_taken_back(home: Place, steward: Client) -> None:
    rulebook = f"/instruments/{home.orbitrap.key}/rules/"
    done = steward.post(f"{rulebook}quota/", limits(do="save"))
    assert done.status_code == 302
    assert RuleSetting.objects.get().parameters == {
        "limits": [{"whose": "person", "most": 1, "what": "hours", "per": "day"}],
        "counted_on": "instrument",
    }
    assert "At most 1 h a day for each person." in steward.get(rulebook).content.decode()
    steward.post(f"{rulebook}quota/switch/")
    assert not RuleSetting.objects.get().active
    steward.post(f"{rulebook}undo/{JournalEntry.objects.filter(verb='set a rule').latest('pk').pk}/")
    assert RuleSetting.objects.get().active
    steward.post(f"{rulebook}quota/drop/")
    assert not RuleSetting.objects.exists()


def test_reading_a_rule_in_words_writes_nothing(home: Place, steward: Client) -> None:
    said = steward.post(f"/instruments/{home.orbitrap.key}/rules/quota/", limits(do="read")).content.decode()
    assert "At most 1 h a day for each person." in said
    assert not RuleSetting.objects.exists()


def test_a_rule_is_tried_on_a_past_month_with_rows_and_people(home: Place, steward: Client) -> None:
    booked = past_booking(home)
    month = f"{booked.starts_at:%Y-%m}"
    address = f"/instruments/{home.orbitrap.key}/rules/quota/"
    said = steward.post(address, limits(do="try", month=month)).content.decode()
    assert "1 of 1 booking would have been refused." in said
    assert f'href="/bookings/{booked.pk}/"' in said
    assert home.member.name in said
    assert not RuleSetting.objects.exists()
    kind = steward.post(address, limits(do="try", month=month) | {"limits-0-most": "2"}).content.decode()
    assert "0 of 1 booking would have been refused." in kind


def test_the_rules_that_are_set_are_tried_and_the_rows_are_a_file(home: Place, steward: Client) -> None:
    booked = past_booking(home)
    rulebook = f"/instruments/{home.orbitrap.key}/rules/"
    steward.post(f"{rulebook}quota/", limits(do="save"))
    address = f"{rulebook}trial/?month={booked.starts_at:%Y-%m}"
    assert "1 of 1 booking would have been refused." in steward.get(address).content.decode()
    rows = b"".join(steward.get(f"{address}&format=csv")).decode().splitlines()
    assert len(rows) == 2
    assert f"{booked.pk}," in rows[1]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"limits-0-most": "-1"}, "Found -1; expected at least 0."),
        ({"limits-0-most": "many"}, "Found many; expected: number."),
        ({"limits-0-most": ""}, "Found 0 entries; expected at least 1."),
        ({"since": "2026-05-01", "until": "2026-05-01"}, "ends before it begins"),
        ({"since": "soon"}, "expected one such as 2026-11-21"),
    ],
)
def test_what_does_not_fit_is_said_beside_what_was_typed(
    home: Place, steward: Client, change: dict[str, str], said: str
) -> None:
    answer = steward.post(f"/instruments/{home.orbitrap.key}/rules/quota/", limits(do="save") | change)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not RuleSetting.objects.exists()


def test_organisations_are_named_and_an_unknown_name_stays_in_its_field(home: Place, steward: Client) -> None:
    address = f"/instruments/{home.orbitrap.key}/rules/embargo/"
    name = home.project.organisation.name
    answer = steward.post(address, {"do": "save", "organisations": f"{name}\nNo such body"})
    assert answer.status_code == 422
    assert "Found no organisation named No such body" in answer.content.decode()
    assert "No such body</textarea>" in answer.content.decode()
    assert steward.post(address, {"do": "save", "organisations": name}).status_code == 302
    assert RuleSetting.objects.get().parameters["organisations"] == [home.project.organisation.pk]


def test_days_and_hours_are_rows_and_a_removed_row_is_gone(home: Place, steward: Client) -> None:
    address = f"/instruments/{home.orbitrap.key}/rules/peak/"
    row = {"windows-0-days": ["mon", "tue"], "windows-0-from": "09:00", "windows-0-to": "17:00"}
    rest = {"share_percent": "50", "whose": "person", "longest_minutes": "0"}
    more = steward.post(address, {**row, **rest, "remove": "windows-0"}).content.decode()
    assert 'value="09:00"' not in more
    assert steward.post(address, {**row, **rest, "do": "save"}).status_code == 302
    assert RuleSetting.objects.get().parameters["windows"] == [{"days": ["mon", "tue"], "from": "09:00", "to": "17:00"}]


def test_rules_of_the_facility_hold_and_are_lifted_for_one_instrument(home: Place, steward: Client) -> None:
    assert steward.post(f"/facilities/{home.facility.key}/rules/quota/", limits(do="save")).status_code == 302
    assert "from the facility" in steward.get(f"/instruments/{home.orbitrap.key}/rules/").content.decode()
    steward.post(f"/instruments/{home.orbitrap.key}/rules/quota/switch/")
    assert "switched off here" in steward.get(f"/instruments/{home.orbitrap.key}/rules/").content.decode()


def test_only_stewards_see_and_set_rules(home: Place) -> None:
    client = Client()
    client.force_login(home.member)
    for address in ("", "quota/", "trial/"):
        assert client.get(f"/instruments/{home.orbitrap.key}/rules/{address}").status_code == 403
    assert client.post(f"/instruments/{home.orbitrap.key}/rules/quota/", limits()).status_code == 403
    assert client.get("/desk/rules/").status_code == 200
