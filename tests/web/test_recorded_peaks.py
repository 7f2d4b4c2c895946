"""Figures that are zoomed deep get the recorded peaks of the part in view, and nobody else gets them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from liqi.answers import answer, peakfiles, storage
from liqi.answers.models import Run, StoredFile
from liqi.methods.readers import read
from tests.web.test_answers import client, data, example, person  # noqa: F401 (fixtures)

pytestmark = pytest.mark.django_db


@pytest.fixture
def done(client: Client) -> Run:  # noqa: F811
    return example(client)


def part(done: Run, **asked: Any) -> str:
    whole = {"file": 0, "from_s": 240, "to_s": 262, "from_mz": 200, "to_mz": 210} | asked
    return f"/runs/{done.key}/recorded.json?" + "&".join(f"{name}={value}" for name, value in whole.items())


def test_the_page_and_its_figures_get_every_recorded_peak(client: Client, done: Run) -> None:  # noqa: F811
    page = client.get(f"/runs/{done.key}/").content.decode()
    assert f'data-part="/runs/{done.key}/recorded.json"' in page
    assert f'data-scans="/runs/{done.key}/features/' in page

    found = client.get(part(done)).json()
    source = storage.path_of(answer.read(done)["inputs"][0]["sha256"])
    wanted = sum(
        int(((one.mz >= 200) & (one.mz <= 210) & (one.intensity > 0)).sum())
        for one in read(source)
        if one.ms_level == 1 and 240 <= (one.retention_time_s or 0) <= 262
    )
    assert len(found["x"]) == len(found["y"]) == len(found["value"]) == found["whole"] == wanted > 10
    assert all(200 <= mz <= 210 for mz in found["y"])

    detail = answer.read(done)["detail"]
    place = next(n for n, one in enumerate(detail["measured"]) if one["scans"] > 1)
    index = detail["features"][place]["index"]
    scans = client.get(f"/runs/{done.key}/features/{index}/recorded.json?from_mz=0&to_mz=2000").json()["scans"]
    assert [one["name"] for one in scans] == detail["measured"][place]["scan_ids"]
    recorded = {one.id: one for one in read(source)}
    assert len(scans[0]["mz"]) == int((recorded[scans[0]["name"]].intensity > 0).sum())
    assert max(scans[0]["intensity"]) == 100

    second = example(client)
    offered = client.get(f"/runs/{second.key}/").content.decode()
    assert f"/runs/{second.key}/compare/{done.key}/" in offered

    wrong: list[tuple[dict[str, Any], int, str]] = [
        ({"file": 7}, 404, "expected one from 0 to 0"),
        ({"from_s": "a"}, 400, "expected a number"),
        ({"to_mz": "nan"}, 400, "expected a number"),
        ({"file": ""}, 400, "expected a number"),
    ]
    for asked, status, words in wrong:
        refused = client.get(part(done, **asked))
        assert (refused.status_code, words in refused.json()["detail"]) == (status, True)
    assert client.get(f"/runs/{done.key}/features/99999/recorded.json?from_mz=0&to_mz=9").status_code == 404


def test_a_large_file_is_read_beside_the_request_and_one_that_is_gone_is_told(
    client: Client,  # noqa: F811
    done: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[str] = []
    monkeypatch.setattr(peakfiles, "AT_ONCE_BYTES", 10)
    monkeypatch.setattr(peakfiles.threading, "Thread", lambda target, args, daemon: _Started(made, args))
    sha256 = answer.read(done)["inputs"][0]["sha256"]
    first = client.get(part(done))
    assert (first.status_code, first["Retry-After"]) == (202, "2")
    assert made == [sha256]
    peakfiles._made_beside(sha256)
    assert client.get(part(done)).status_code == 200
    peakfiles._cache().drop(sha256)
    storage.path_of(sha256).unlink()
    monkeypatch.setattr(peakfiles, "AT_ONCE_BYTES", 1 << 30)
    assert client.get(part(done)).status_code == 410


def test_why_a_file_could_not_be_read_is_told_once_and_then_it_is_tried_again(
    client: Client,  # noqa: F811
    done: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(sha256: str) -> Path:
        raise OSError("no space left")

    made: list[str] = []
    monkeypatch.setattr(peakfiles, "AT_ONCE_BYTES", 10)
    monkeypatch.setattr(peakfiles, "_make", full)
    monkeypatch.setattr(peakfiles.threading, "Thread", lambda target, args, daemon: _Started(made, args))
    sha256 = answer.read(done)["inputs"][0]["sha256"]
    peakfiles._cache().drop(sha256)
    assert client.get(part(done)).status_code == 202
    peakfiles._made_beside(sha256)
    told = client.get(part(done))
    assert (told.status_code, told.json()["detail"]) == (404, "no space left")
    assert client.get(part(done)).status_code == 202
    assert made == [sha256, sha256]
    peakfiles._making.clear()


class _Started:
    def __init__(self, made: list[str], args: tuple[str]) -> None:
        self.made, self.args = made, args

    def start(self) -> None:
        self.made.extend(self.args)


def test_a_file_that_holds_no_run_is_told(client: Client, done: Run, tmp_path: Path) -> None:  # noqa: F811
    path = tmp_path / "note.txt"
    path.write_text("nothing to see")
    with path.open("rb") as source:
        file: StoredFile = storage.keep(source, name="note.txt", person=None, now=datetime.now(UTC))
    with pytest.raises(peakfiles.NotThere):
        peakfiles._make(file.sha256)
