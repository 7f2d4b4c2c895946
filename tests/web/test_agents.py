"""Agents and the inbox as their stewards see them, and what a token may do."""

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from liqi.access import agents, booking, upkeep
from liqi.access.models import Agent, Booking
from liqi.accounts.models import JournalEntry, Notice
from liqi.answers import storage
from liqi.answers.models import Arrival, StoredFile, Upload
from tests.web.access import Place, place

pytestmark = pytest.mark.django_db
CONTENT = b"one header for all" * 9
PIECE = "application/offset+octet-stream"


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Path:
    settings.LIQI_DATA = tmp_path
    return tmp_path


@pytest.fixture
def home(db: None) -> Place:
    return place()


@pytest.fixture
def token(home: Place) -> str:
    return agents.issue(instrument=home.orbitrap, name="PC 7", person=home.manager, now=datetime.now(UTC)).token


def steward(home: Place) -> Client:
    client = Client()
    client.force_login(home.manager)
    return client


def booked(home: Place, hours_ago: float = 1) -> Booking:
    start = datetime.now(UTC) + timedelta(days=2)
    made = booking.book(
        instrument=home.orbitrap, person=home.member, starts_at=start, ends_at=start + timedelta(hours=4),
        now=datetime.now(UTC),
    )  # fmt: skip
    begin = datetime.now(UTC) - timedelta(hours=hours_ago)
    end = begin + timedelta(hours=4)
    Booking.objects.filter(pk=made.pk).update(starts_at=begin, ends_at=end, held_from=begin, held_until=end)
    return Booking.objects.get(pk=made.pk)


def encoded(**facts: str) -> str:
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in facts.items())


def send(token: str, path: str = "run 1.bin", content: bytes = CONTENT, **facts: str) -> Any:
    sha256 = hashlib.sha256(content).hexdigest()
    facts = {"filename": path, "sha256": sha256, "modified": datetime.now(UTC).isoformat(), **facts}
    headers = {
        "Tus-Resumable": "1.0.0", "Authorization": f"Bearer {token}", "Upload-Length": str(len(content)),
        "Upload-Metadata": encoded(**facts),
        "Upload-Checksum": f"sha256 {base64.b64encode(hashlib.sha256(content).digest()).decode()}",
    }  # fmt: skip
    return Client(enforce_csrf_checks=True).post("/uploads/", content, content_type=PIECE, headers=headers)


def ask(token: str, sha256: str) -> Any:
    return Client().head(
        f"/uploads/sha256/{sha256}/", headers={"Tus-Resumable": "1.0.0", "Authorization": f"Bearer {token}"}
    )


def test_a_token_is_shown_once_and_kept_nowhere(home: Place) -> None:
    page = steward(home).post(reverse("agents", args=["orbitrap"]), {"name": "PC 7"}).content.decode()
    agent = Agent.objects.get()
    shown = page[page.index(agents.PREFIX) :].partition("<")[0]
    assert agents.recognise(shown, now=datetime.now(UTC)) == agent
    assert shown not in json.dumps(list(JournalEntry.objects.values("facts"))) + json.dumps([agent.digest, agent.hint])
    assert shown not in steward(home).get(reverse("agents", args=["orbitrap"])).content.decode()


def test_a_second_agent_of_one_name_is_refused(home: Place, token: str) -> None:
    answer = steward(home).post(reverse("agents", args=["orbitrap"]), {"name": "PC  7"})
    assert answer.status_code == 422
    assert Agent.objects.count() == 1


def test_only_stewards_see_the_agents_and_the_files(home: Place, token: str) -> None:
    send(token)
    client = Client()
    client.force_login(home.other)
    assert client.get(reverse("agents", args=["orbitrap"])).status_code == 403
    assert "run 1.bin" not in client.get(reverse("inbox")).content.decode()
    assert client.post(reverse("inbox_file"), {"arrival": Arrival.objects.get().key, "aside": "1"}).status_code == 302
    assert Arrival.objects.get().state == "inbox"


def test_a_file_written_during_a_booking_is_in_its_order(home: Place, token: str) -> None:
    order = booked(home).order
    answer = send(token)
    assert (answer.status_code, answer["Liqi-Sha256"]) == (201, hashlib.sha256(CONTENT).hexdigest())
    arrival = Arrival.objects.get()
    assert (arrival.state, arrival.how, arrival.order) == ("filed", "booking", order)
    file = StoredFile.objects.get()
    assert (file.order, file.person, file.name) == (order, home.member, "run 1.bin")
    assert Notice.objects.get(kind="arrival.filed").person == home.member


def test_the_clock_of_the_pc_is_set_right_before_the_booking_is_looked_for(home: Place, token: str) -> None:
    booked(home)
    wrong = datetime.now(UTC) + timedelta(hours=8)
    send(token, modified=wrong.isoformat(), skew=str(8 * 3600))
    assert Arrival.objects.get().how == "booking"
    assert abs(Arrival.objects.get().modified_at - datetime.now(UTC)) < timedelta(minutes=1)


def test_the_key_of_an_order_in_the_name_says_more_than_the_time(home: Place, token: str) -> None:
    order = booked(home, hours_ago=100).order
    send(token, path=f"tea/{order.key}_01.raw")
    assert (Arrival.objects.get().how, Arrival.objects.get().order) == ("name", order)


def test_the_key_of_an_order_in_the_file_is_found(home: Place, token: str) -> None:
    order = booked(home, hours_ago=100).order
    send(token, content=b"\0\1sample name=" + order.key.encode("utf-16-le") + b"\0\0;")
    assert (Arrival.objects.get().how, Arrival.objects.get().order) == ("content", order)


def test_an_order_of_another_instrument_is_not_believed(home: Place, token: str) -> None:
    order = booked(home, hours_ago=100).order
    other = agents.issue(instrument=home.triple, name="PC", person=home.manager, now=datetime.now(UTC)).token
    send(other, path=f"{order.key}.raw")
    assert Arrival.objects.get().state == "inbox"
    assert not StoredFile.objects.exists()


def test_two_people_at_once_leave_the_file_in_the_inbox_and_a_folder_named_after_one_settles_it(
    home: Place, token: str
) -> None:
    first = booked(home)
    second = Booking.objects.get(pk=first.pk)
    second.pk, second.position, second.person, second.request_key = None, 1, home.other, ""
    second.order = type(first.order).objects.create(
        title="other", person=home.other, instrument=home.orbitrap, created_at=datetime.now(UTC)
    )
    second.save()
    send(token)
    assert (Arrival.objects.get().state, Arrival.objects.get().why) == ("inbox", "several")
    send(token, path="member@example.org/run 2.bin", content=b"2" + CONTENT)
    assert Arrival.objects.get(path__contains="run 2").order == first.order


def test_what_nobody_can_be_sure_of_is_seen_by_stewards_alone_and_told_once(home: Place, token: str) -> None:
    send(token)
    send(token, path="run 2.bin", content=b"2" + CONTENT)
    assert Notice.objects.filter(kind="arrival.waits").count() == 1
    assert "run 2.bin" in steward(home).get(reverse("inbox")).content.decode()
    assert not StoredFile.objects.exists()
    assert "run 2.bin" in b"".join(steward(home).get(reverse("inbox") + "?format=csv").streaming_content).decode()  # type: ignore[attr-defined]


def test_a_steward_files_many_at_once_and_takes_them_back(home: Place, token: str) -> None:
    order = booked(home, hours_ago=100).order
    for number in range(3):
        send(token, path=f"run {number}.bin", content=bytes([number]) + CONTENT)
    keys = list(Arrival.objects.values_list("key", flat=True))
    client = steward(home)
    client.post(reverse("inbox_file"), {"arrival": keys, "order": order.key.upper()})
    assert StoredFile.objects.filter(order=order, person=home.member).count() == 3
    client.post(reverse("inbox_back") + "?" + "&".join(f"arrival={key}" for key in keys))
    assert set(Arrival.objects.values_list("state", "why")) == {("inbox", "taken back")}
    assert not StoredFile.objects.exists()
    assert all(storage.path_of(sha256).exists() for sha256 in Arrival.objects.values_list("sha256", flat=True))


def test_an_order_that_has_nothing_to_do_with_the_instrument_is_refused_in_words(home: Place, token: str) -> None:
    send(token)
    start = datetime.now(UTC) + timedelta(days=2)
    elsewhere = booking.book(
        instrument=home.triple, person=home.member, starts_at=start, ends_at=start + timedelta(hours=1),
        now=datetime.now(UTC),
    ).order  # fmt: skip
    told = steward(home).post(
        reverse("inbox_file"), {"arrival": Arrival.objects.get().key, "order": elsewhere.key}, follow=True
    )
    assert elsewhere.key in told.content.decode()
    assert Arrival.objects.get().state == "inbox"


def test_a_file_sent_twice_is_one_and_a_copy_under_another_name_sends_no_bytes(home: Place, token: str) -> None:
    send(token)
    assert send(token)["Upload-Offset"] == str(len(CONTENT))
    assert Arrival.objects.count() == Upload.objects.count() == 1
    copy = send(token, path="copy of run 1.bin")
    assert (copy["Upload-Offset"], Arrival.objects.count()) == (str(len(CONTENT)), 2)
    assert len(list(storage.folder().glob("??/*"))) == 1


def test_bytes_of_others_are_not_had_by_their_hash(home: Place, token: str) -> None:
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    assert ask(token, sha256).status_code == 404
    send(token)
    assert ask(token, sha256)["Liqi-Sha256"] == sha256
    other = agents.issue(instrument=home.triple, name="PC", person=home.manager, now=datetime.now(UTC)).token
    assert ask(other, sha256).status_code == 404


def test_a_piece_with_a_wrong_checksum_is_not_kept(token: str) -> None:
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    headers = {
        "Tus-Resumable": "1.0.0", "Authorization": f"Bearer {token}", "Upload-Length": str(len(CONTENT)),
        "Upload-Metadata": encoded(filename="a.bin", sha256=sha256),
    }  # fmt: skip
    location = Client().post("/uploads/", headers=headers)["Location"]
    headers |= {"Upload-Offset": "0", "Upload-Checksum": "sha1 " + base64.b64encode(bytes(20)).decode()}
    assert Client().patch(location, CONTENT, content_type=PIECE, headers=headers).status_code == 460
    assert Client().head(location, headers=headers)["Upload-Offset"] == "0"


def test_a_revoked_token_sends_nothing_and_another_of_the_same_agent_is_needed(home: Place, token: str) -> None:
    agent = Agent.objects.get()
    steward(home).post(reverse("agent_revoke", args=[agent.pk]))
    assert send(token).status_code == 401
    assert heartbeat(token).status_code == 401
    steward(home).post(reverse("agent_restore", args=[agent.pk]))
    assert send(token).status_code == 201


def test_a_token_reads_nothing(token: str) -> None:
    client = Client(headers={"Authorization": f"Bearer {token}"})
    assert client.get("/bench/").status_code == 302
    assert client.get("/api/agents?instrument=orbitrap").status_code == 401
    assert client.post("/api/sessions", {"booking": 1}, content_type="application/json").status_code == 401


def heartbeat(token: str, **more: Any) -> Any:
    report = {"version": "1", "at": datetime.now(UTC).timestamp(), **more}
    headers = {"Authorization": f"Bearer {token}"}
    return Client().post("/api/agents/heartbeat", json.dumps(report), content_type="application/json", headers=headers)


def test_a_heartbeat_is_shown_and_a_silence_is_told_once(home: Place, token: str) -> None:
    answer = heartbeat(token, waiting=3, waiting_bytes=9, troubles=[{"path": "a.fcs", "reason": "end"}], skew_s=400)
    assert abs(answer.json()["at"] - datetime.now(UTC).timestamp()) < 60
    page = steward(home).get(reverse("agents", args=["orbitrap"])).content.decode()
    assert "a.fcs" in page
    assert "400" in page
    later = datetime.now(UTC) + timedelta(minutes=61)
    assert agents.tell_silent in upkeep.TASKS
    assert agents.tell_silent(now=later) == 1
    assert agents.tell_silent(now=later) == 0
    assert Notice.objects.get(kind="agent.silent").person == home.manager
    heartbeat(token)
    assert Agent.objects.get().told_at is None


@pytest.mark.parametrize("report", [{"at": "soon"}, {"at": 1, "troubles": 7}, {"at": -1}, {"at": 1, "skew_s": "NaN?"}])
def test_a_report_that_cannot_be_read_is_a_problem_not_a_fault(token: str, report: dict[str, Any]) -> None:
    assert heartbeat(token, **report).status_code == 422


def test_silence_is_set_in_minutes(home: Place, token: str) -> None:
    agent = Agent.objects.get()
    steward(home).post(reverse("agent_silence", args=[agent.pk]), {"minutes": "15"})
    assert Agent.objects.get().silence == timedelta(minutes=15)
    steward(home).post(reverse("agent_silence", args=[agent.pk]), {"minutes": "soon"})
    assert Agent.objects.get().silence == timedelta(minutes=15)


def test_a_person_still_needs_the_secret_of_their_form(home: Place) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(home.member)
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "1", "Upload-Metadata": encoded(filename="a")}
    assert client.post("/uploads/", headers=headers).status_code == 403
