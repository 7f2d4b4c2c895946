"""How good an owner's records are."""

import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from liqi.access.models import Booking, Order, Session
from liqi.accounts.models import Membership, Organisation, Person
from liqi.catalogue import quality
from liqi.catalogue.models import Contact, Institution, Instrument, Picture, Twins

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)
RECORD: dict[str, Any] = {"source": "test", "created_at": NOW, "updated_at": NOW}


@pytest.fixture
def host() -> Institution:
    return Institution.objects.create(key="host", name="Host", **RECORD)


def made(host: Institution, key: str, **fields: Any) -> Instrument:
    return Instrument.objects.create(key=key, **{"name": f"Name {key}", "institution": host, **RECORD, **fields})


def keys(host: Institution, issue: str) -> list[str]:
    return [one.key for one in quality.rows(host, issue, today=TODAY)]


def test_nothing_on_record_has_no_score(host: Institution) -> None:
    found = quality.look(host, today=TODAY)
    assert (found.total, found.score, found.completeness, found.freshness) == (0, None, None, None)
    assert all(one.percent is None for one in found.fields)


def test_a_full_record_confirmed_today_has_a_hundred(host: Institution) -> None:
    full = made(
        host, "full", name_en="x", class_code="010501", class_scheme="cn-instr", class_edition="current", model="m",
        serial="s12", description="d", value_cny=500_000, acquired_on=TODAY, techniques=["gc"], maker_text="M",
        city="C", capabilities=[{"quantity": "q"}], confirmed_on=TODAY,
    )  # fmt: skip
    Contact.objects.create(instrument=full, name="N")
    Picture.objects.create(
        instrument=full, sha256="0" * 64, media_type="image/png", size=1, width=1, height=1, added_at=NOW
    )
    found = quality.look(host, today=TODAY)
    assert (found.completeness, found.freshness, found.score) == (100.0, 100.0, 100.0)
    made(host, "empty")
    found = quality.look(host, today=TODAY)
    assert (found.completeness, found.freshness, found.score) == (50.0, 50.0, 50.0)


def test_the_score_is_seventy_percent_completeness_and_thirty_percent_freshness(host: Institution) -> None:
    made(host, "a", confirmed_on=TODAY)
    found = quality.look(host, today=TODAY)
    assert (found.completeness, found.freshness, found.score) == (0.0, 100.0, 30.0)


def test_every_issue_counts_what_its_rows_show(host: Institution) -> None:
    sound: dict[str, Any] = {
        "class_code": "010501", "class_scheme": "cn-instr", "class_edition": "current", "maker_text": "M", "city": "C",
        "value_cny": Decimal(500_000), "confirmed_on": TODAY, "run_hours": 10,
    }  # fmt: skip
    made(host, "sound", **sound)
    made(host, "old", **{**sound, "confirmed_on": TODAY - timedelta(days=366)})
    made(host, "never", **{**sound, "confirmed_on": None})
    made(host, "unclassified", **{**sound, "class_code": "", "class_scheme": "", "class_edition": ""})
    made(host, "nomaker", **{**sound, "maker_text": ""})
    made(host, "noplace", **{**sound, "city": ""})
    made(host, "dear", **{**sound, "value_cny": Decimal(415_000_000)})
    made(host, "cheap", **{**sound, "value_cny": Decimal(415)})
    made(host, "future", **{**sound, "acquired_on": TODAY + timedelta(days=1)})
    made(host, "placeholder", **{**sound, "name": "UNKNOWN"})
    made(host, "number", **{**sound, "name": "1218"})
    twin = made(host, "twin", **sound)
    first, second = sorted((twin, Instrument.objects.get(key="sound")), key=lambda one: one.pk)
    Twins.objects.create(first=first, second=second, reason="doi", score=1, found_at=NOW)
    made(host, "idle", **{**sound, "status": "working", "run_hours": None, "bookable": True})
    Instrument.objects.create(key="elsewhere", name="e", **RECORD)
    expected = {
        "unconfirmed": {"old", "never"},
        "unclassified": {"unclassified"},
        "no_maker": {"nomaker"},
        "no_place": {"noplace"},
        "value": {"dear", "cheap"},
        "dates": {"future"},
        "placeholder": {"placeholder", "number"},
        "duplicates": {"twin", "sound"},
        "never_booked": {"idle"},
        "no_hours": {"idle"},
    }
    found = quality.look(host, today=TODAY)
    assert set(expected) == set(quality.ISSUES)
    for issue, those in expected.items():
        assert set(keys(host, issue)) == those, issue
        assert found.issues[issue] == len(those), issue


def test_use_settles_what_was_never_booked_and_has_no_hours(host: Institution) -> None:
    one = made(host, "one", status="working", bookable=True)
    person = Person.objects.create_user("p@example.org", "x", name="P")
    order = Order.objects.create(title="o", person=person, instrument=one, created_at=NOW)
    Booking.objects.create(
        order=order, instrument=one, person=person, starts_at=NOW, ends_at=NOW + timedelta(hours=1), created_at=NOW
    )
    Session.objects.create(
        instrument=one, person=person, started_at=NOW - timedelta(hours=1), ended_at=NOW, effective_hours=1
    )
    assert keys(host, "never_booked") == keys(host, "no_hours") == []


def test_records_that_lack_a_field_are_the_rest_of_those_that_have_it(host: Institution) -> None:
    made(host, "a", serial="S-1", techniques=["gc"])
    Contact.objects.create(instrument=made(host, "b"), name="N")
    found = {one.field: one.filled for one in quality.look(host, today=TODAY).fields}
    for field in quality.FIELDS:
        assert len(keys(host, f"no_{field}")) == 2 - found[field], field
    assert keys(host, "no_contacts") == ["a"]


def test_names_that_seem_misprinted_and_files_that_are_gone_are_found(
    host: Institution, settings: Any, tmp_path: Any
) -> None:
    settings.LIQI_DATA = tmp_path
    one = made(host, "gc", name="岛津气象色谱仪")
    assert [(record.key, wrong, right) for record, wrong, right in quality.words(host)] == [
        ("gc", "气象色谱", "气相色谱")
    ]
    picture = Picture.objects.create(
        instrument=one, sha256="a" * 64, media_type="image/png", size=1, width=1, height=1, added_at=NOW
    )
    assert quality.missing_files(host) == [picture]
    path = tmp_path / "pictures" / "aa" / ("a" * 64)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")
    assert quality.missing_files(host) == []


def test_leads_see_their_institutions_and_operators_all_that_have_instruments(host: Institution) -> None:
    university = Organisation.objects.create(name="Host", kind=Organisation.Kind.INSTITUTION)
    host.organisation = university
    host.save()
    lead = Person.objects.create_user("lead@example.org", "x", name="Lead")
    Membership.objects.create(person=lead, organisation=university, role=Membership.Role.LEAD)
    other = Institution.objects.create(key="other", name="Other", **RECORD)
    Institution.objects.create(key="empty", name="Empty", **RECORD)
    made(host, "a")
    made(other, "b")
    operator = Person.objects.create_user("op@example.org", "x", name="Op", is_operator=True)
    assert [one.key for one in quality.institutions_of(lead)] == ["host"]
    assert [one.key for one in quality.institutions_of(operator)] == ["host", "other"]
    many = quality.look_at_many([host, other], today=TODAY)
    assert {key: one.total for key, one in many.items()} == {host.pk: 1, other.pk: 1}


def test_ten_thousand_instruments_of_one_owner_are_counted_in_one_question(
    host: Institution, django_assert_num_queries: Any
) -> None:
    Instrument.objects.bulk_create(
        Instrument(key=f"i{n}", name=f"质谱仪 {n}", institution=host, serial=f"SN{n}", bookable=n % 3 == 0, **RECORD)
        for n in range(10_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as PostgreSQL does by itself within a minute
    with django_assert_num_queries(1):
        began = time.perf_counter()
        found = quality.look(host, today=TODAY)
        seconds = time.perf_counter() - began
    assert found.total == 10_000
    assert seconds < 2, f"{seconds:.3f} s; expected well under a second"
    print(f"{seconds * 1e3:.0f} ms")
