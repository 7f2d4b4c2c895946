"""The page of the national report: check, queue, push with true progress, and who may do it."""

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from liqi.accounts.models import Person
from liqi.catalogue.models import Facility, Institution, Instrument, Push, PushRun
from liqi.catalogue.national import queue, run
from tests.catalogue.national.test_push import Told
from tests.web.access import Place, place

pytestmark = pytest.mark.django_db
YEAR = 2026


@pytest.fixture
def home() -> Place:
    made = place()
    cache.clear()
    Institution.objects.filter(key="host").update(national_code="JG0001")
    Facility.objects.update(register="centre")
    Instrument.objects.filter(key="orbitrap").update(
        class_code="010201", class_scheme="cn-instr", class_edition="current", obtained="bought", purpose="general",
        customs_supervised=False, value_cny=Decimal("4150000"), made_in="US", maker_text="Thermo", subjects=["150"],
        acquired_on="2020-03-01",
    )  # fmt: skip
    return made


@pytest.fixture
def client(home: Place) -> Client:
    return signed_in(home.manager)


def signed_in(person: Person, language: str = "en") -> Client:
    made = Client()
    made.force_login(person)
    made.cookies["django_language"] = language
    return made


def page(client: Client, **asked: Any) -> str:
    answer = client.get(reverse("national"), {"institution": "host", "year": YEAR, **asked})
    assert answer.status_code == 200
    return answer.content.decode()


def act(client: Client, do: str, **more: Any) -> str:
    """What the page says after the deed."""
    answer = client.post(reverse("national_act", args=["host"]), {"do": do, "year": YEAR, **more}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_check_says_for_each_record_what_to_do(client: Client) -> None:
    said = page(client)
    assert "三重四极杆质谱仪" in said or "Triple quadrupole MS" in said
    assert "原值(万元)" in said
    assert "fill it in on the record" in said
    assert reverse("instrument_edit", args=["triple"]) in said


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_both_tabs_are_shown_in_three_languages(home: Place, language: str) -> None:
    queue.enqueue(Institution.objects.get(key="host"), YEAR, now=timezone.now())
    client = signed_in(home.manager, language)
    for tab in ("check", "queue"):
        assert f'<html lang="{language}"' in page(client, tab=tab)


def test_filters_and_the_file_say_the_same(client: Client) -> None:
    rows = list(csv.DictReader(io.StringIO(_file(client, field="worth"))))
    assert {row["id"] for row in rows} == {"triple"}
    assert {row["record"] for row in csv.DictReader(io.StringIO(_file(client, kind="center")))} == {"center"}
    assert "orbitrap" not in _file(client, held="1")


def _file(client: Client, **asked: Any) -> str:
    answer = client.get(reverse("national"), {"institution": "host", "year": YEAR, "format": "csv", **asked})
    return b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]


def test_records_are_queued_held_and_sent_again(client: Client) -> None:
    assert "are held back" in act(client, "queue")
    states = dict(Push.objects.values_list("record", "state"))
    assert (states["orbitrap"], states["triple"]) == ("waiting", "held")
    assert "a value: the platform does not take the record without it" in page(client, tab="queue", state="held")
    row = Push.objects.get(record="orbitrap")
    assert "1 record is held back." in act(client, "hold", row=[row.pk])
    row.refresh_from_db()
    assert (row.state, row.code) == ("held", "hand")
    assert "held by hand" in page(client, tab="queue", state="held")
    assert "1 record waits to be sent." in act(client, "again", row=[row.pk])
    row.refresh_from_db()
    assert row.state == "waiting"


def test_a_push_begins_shows_how_far_it_is_and_can_be_cancelled(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LIQI_NATIONAL_URL", raising=False)
    act(client, "queue")
    assert "LIQI_NATIONAL_URL" in act(client, "push")
    assert not PushRun.objects.exists()
    monkeypatch.setenv("LIQI_NATIONAL_URL", "http://127.0.0.1:9")
    assert "The push has begun" in act(client, "push")
    one = PushRun.objects.get()
    progress = client.get(reverse("national_progress", args=["host"])).content.decode()
    assert f'max="{one.total}"' in progress
    assert 'hx-trigger="every 1s"' in progress
    assert "is going on" in act(client, "push")
    assert "ends before its next record" in act(client, "cancel")
    one.refresh_from_db()
    assert one.state == "cancelled"
    assert "hx-trigger" not in client.get(reverse("national_progress", args=["host"])).content.decode()


def test_answers_stand_beside_their_records(client: Client) -> None:
    act(client, "queue")
    host = Institution.objects.get(key="host")
    run.push_now(host, Told(["101"] * 9), clock=timezone.now, pause=lambda _s: None)
    said = page(client, tab="queue")
    assert "as told" in said
    assert "rejected" in said
    assert "101" in _file(client, tab="queue", state="rejected")


def test_service_records_are_made_from_the_page(client: Client) -> None:
    assert "Service records: 0 made" in act(client, "records")


@pytest.mark.parametrize("who", ["member", "other"])
def test_others_may_neither_see_nor_do_it(home: Place, who: str) -> None:
    client = signed_in(getattr(home, who))
    assert "You report for no institution" in client.get(reverse("national")).content.decode()
    assert client.get(reverse("national_progress", args=["host"])).status_code == 403
    assert client.post(reverse("national_act", args=["host"]), {"do": "queue"}).status_code == 403
    assert not Push.objects.exists()


def test_an_institution_without_a_code_is_told_where_to_enter_it(client: Client) -> None:
    Institution.objects.update(national_code="")
    assert reverse("institution_edit", args=["host"]) in page(client)
    assert "insCode" in act(client, "queue")


@pytest.mark.parametrize(
    "asked",
    [{"year": "x"}, {"page": "999"}, {"kind": "nothing"}, {"institution": "nowhere"}, {"tab": "?"}, {"state": "0"}],
)
def test_odd_addresses_still_give_the_page(client: Client, asked: dict[str, str]) -> None:
    page(client, **asked)
    page(client, **({"tab": "queue"} | asked))


def test_odd_deeds_change_nothing(client: Client) -> None:
    act(client, "nothing", row=["x", "99999999", "1"])
    assert not Push.objects.exists()


def test_the_check_is_kept_while_nothing_changes(client: Client, django_assert_max_num_queries: Any) -> None:
    page(client)
    with django_assert_max_num_queries(22):
        page(client)
    Instrument.objects.filter(key="triple").update(value_cny=Decimal("900000"), updated_at=timezone.now())
    assert "triple" not in _file(client, field="worth")
