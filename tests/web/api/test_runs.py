"""The JSON interface of runs."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from liqi.accounts.models import Person
from liqi.answers import execution, storage

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
TEA = b"BEGIN IONS\nPEPMASS=195.0877\nCHARGE=1+\n138.066 100\n110.071 40\nEND IONS\n"


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Path:
    settings.LIQI_DATA = tmp_path
    return tmp_path


@pytest.fixture
def person() -> Person:
    return Person.objects.create_user("lin@example.org", name="Lin")


@pytest.fixture
def client(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def post(client: Client, address: str, **body: Any) -> Any:
    return client.post(address, json.dumps(body), content_type="application/json")


def test_a_run_is_started_watched_and_read(client: Client, person: Person) -> None:
    file = storage.keep(io.BytesIO(TEA), name="tea.mgf", person=person, now=NOW)
    started = post(client, "/api/runs", method="ms.identify", files=[file.key], parameters={"top": 2})
    assert started.status_code == 202
    waiting = started.json()
    assert (waiting["state"], waiting["parameters"]["top"], waiting["answer"]) == ("queued", 2, None)
    execution.perform(key=waiting["key"], clock=lambda: NOW)
    done = client.get(f"/api/runs/{waiting['key']}").json()
    assert done["state"] == "done"
    assert done["answer"]["inputs"][0]["sha256"] == file.sha256
    assert len(done["answer"]["detail"]["features"]) == 1


def test_a_run_is_cancelled(client: Client, person: Person) -> None:
    file = storage.keep(io.BytesIO(TEA), name="tea.mgf", person=person, now=NOW)
    key = post(client, "/api/runs", method="ms.identify", files=[file.key]).json()["key"]
    assert post(client, f"/api/runs/{key}/cancel").json()["state"] == "cancelled"


def test_what_cannot_be_run_is_said_as_a_problem(client: Client, person: Person) -> None:
    file = storage.keep(io.BytesIO(TEA), name="tea.mgf", person=person, now=NOW)
    wrong = post(client, "/api/runs", method="ms.identify", files=[file.key], parameters={"top": "many"})
    assert (wrong.status_code, wrong["Content-Type"]) == (422, "application/problem+json")
    assert "whole number" in wrong.json()["detail"]
    assert post(client, "/api/runs", method="ms.guess", files=[file.key]).status_code == 422
    assert post(client, "/api/runs", method="ms.identify", files=["nothing"]).status_code == 404


def test_others_see_nothing_and_visitors_sign_in(client: Client, person: Person) -> None:
    file = storage.keep(io.BytesIO(TEA), name="tea.mgf", person=person, now=NOW)
    key = post(client, "/api/runs", method="ms.identify", files=[file.key]).json()["key"]
    stranger = Client()
    assert stranger.get(f"/api/runs/{key}").status_code == 404
    assert post(stranger, "/api/runs", method="ms.identify", files=[file.key]).status_code == 401
    stranger.force_login(Person.objects.create_user("mo@example.org", name="Mo"))
    assert stranger.get(f"/api/runs/{key}").status_code == 404
    assert post(stranger, "/api/runs", method="ms.identify", files=[file.key]).status_code == 404
