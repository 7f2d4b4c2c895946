"""/api/files: what is mine, with its state and my quota."""

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from liqi.accounts.models import Person
from liqi.answers import storage
from liqi.answers.models import StoredFile

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> None:
    settings.LIQI_DATA, settings.LIQI_QUOTA_BYTES = tmp_path, 100


def test_my_files_their_state_and_my_quota_are_told_and_nobody_elses() -> None:
    people = [Person.objects.create_user(f"{name}@example.org", name=name) for name in ("lin", "mo")]
    mine, theirs = (storage.keep(io.BytesIO(b"x" * 10), name="x.txt", person=one, now=NOW) for one in people)
    again = storage.keep(io.BytesIO(b"x" * 10), name="same.txt", person=people[0], now=NOW)
    client = Client()
    client.force_login(people[0])
    assert [one["key"] for one in client.get("/api/files").json()["items"]] == [again.key, mine.key]
    assert client.get("/api/files/quota").json() == {"kept": 10, "coming": 0, "most": 100, "free": 90}
    assert client.get(f"/api/files/{mine.key}").json()["bytes_at"] == f"/answers/files/{mine.key}/"
    assert client.get(f"/api/files/{theirs.key}").status_code == 404
    StoredFile.objects.filter(pk=mine.pk).update(removed_at=NOW)
    (gone,) = client.get("/api/files?state=removed").json()["items"]
    assert (gone["key"], gone["bytes_at"]) == (mine.key, None)
    assert client.get("/api/files?state=lost").status_code == 422
