"""Many files, one method: a batch with progress and cancel, findings side by side, what stands out, two compared."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import Client
from openpyxl import load_workbook

from liqi.accounts.models import JournalEntry, Person
from liqi.answers import batch_table, batches, execution, gates, peaks, run, storage
from liqi.answers.models import Batch, Run, StoredFile
from liqi.methods import Text, find_method

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Path:
    settings.LIQI_DATA = tmp_path
    settings.LIQI_APART = False
    return tmp_path


@pytest.fixture
def person() -> Person:
    return Person.objects.create_user("lin@example.org", "long-enough-word", name="Lin")


@pytest.fixture
def client(person: Person) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.cookies["django_language"] = "en"
    client.force_login(person)
    return client


def trace(areas: tuple[float, float], shift_min: float) -> bytes:
    """A chromatogram of two peaks with a little noise, as a table."""
    time = np.arange(0, 6, 0.005)
    noise = np.random.default_rng(int(areas[0])).normal(0, 0.02, time.size)
    signal = noise
    for area, at in zip(areas, (2.0, 4.0), strict=True):
        signal = signal + area * np.exp(-(((time - at - shift_min) / 0.05) ** 2) / 2)
    rows = "\n".join(f"{t:.4f},{y:.5f}" for t, y in zip(time, signal, strict=True))
    return f"time (min),signal\n{rows}\n".encode()


@pytest.fixture
def files(person: Person) -> list[StoredFile]:
    """Six injections of which the last has three times as much of the second substance, and one that is no data."""
    areas = [100, 101, 99, 102, 98, 300]
    made = [(f"run{n}.csv", trace((50 + n / 10, area), n / 500)) for n, area in enumerate(areas, 1)]
    made.append(("torn.csv", b"time (min),signal\n1,2\n"))
    return [storage.keep(io.BytesIO(content), name=name, person=person, now=NOW) for name, content in made]


def begun(client: Client, files: list[StoredFile], method: str = "chrom.area", **more: str) -> Batch:
    given = {"file": [file.key for file in files], "method": method, "how": "each", **more}
    address = client.post("/answers/new/", given)["Location"]
    return Batch.objects.get(key=address.split("/")[2])


def perform(batch: Batch) -> None:
    for one in batch.runs.all():
        execution.perform(key=one.key, clock=lambda: NOW)


def test_files_become_a_batch_whose_findings_stand_side_by_side(client: Client, files: list[StoredFile]) -> None:
    batch = begun(client, files)
    page = client.get(f"/batches/{batch.key}/")
    assert b'hx-trigger="every 1500ms"' in page.content
    assert batches.progress(batch)["queued"] == 7
    perform(batch)
    page = client.get(f"/batches/{batch.key}/")
    said = page.content.decode()
    assert 'hx-trigger="every' not in said
    assert "7 of 7 over" in said
    sheet = batch_table.sheet(list(batch.runs.order_by("pk")))
    assert [column.count for column in sheet.columns] == [6, 6]
    second = next(n for n, column in enumerate(sheet.columns) if float(column.name.split()[0]) > 3)
    marked = [one.name for one in sheet.samples if one.cells[second] and one.cells[second].is_outlier]
    assert marked == ["run6.csv"]
    assert said.count("is-outlier") == 1
    assert "torn.csv" in said
    assert said.count("batch-why") == 1


def test_the_table_is_sorted_filtered_and_taken_as_csv_and_xlsx(client: Client, files: list[StoredFile]) -> None:
    batch = begun(client, files)
    perform(batch)
    address = f"/batches/{batch.key}/"
    names = [one.name for one, _ in client.get(address, {"sort": "-name"}).context["rows"]]
    assert names == sorted(names, reverse=True)
    assert [one.name for one, _ in client.get(address, {"verdict": "failed"}).context["rows"]] == ["torn.csv"]
    assert [one.name for one, _ in client.get(address, {"find": "RUN6"}).context["rows"]] == ["run6.csv"]
    falling = client.get(address, {"sort": "-1"}).context["rows"]
    assert falling[-1][0].name == "torn.csv"
    assert client.get(address, {"sort": "99", "plot": "x", "columns": "all"}).status_code == 200
    text = b"".join(client.get(address, {"format": "csv"}).streaming_content).decode("utf-8-sig")
    head, *rows = text.splitlines()
    assert head.startswith("sample,run,state,verdict,sentence,outliers,")
    assert len(rows) == 7
    book = load_workbook(io.BytesIO(client.get(address, {"format": "xlsx"}).content))
    values = list(book.active.values)
    assert len(values) == 8
    assert isinstance(values[1][6], float)


def test_two_answers_are_compared_against_their_uncertainty_and_figures_laid_over(
    client: Client, files: list[StoredFile]
) -> None:
    batch = begun(client, files)
    perform(batch)
    first, last = (batch.runs.get(files__name=name).key for name in ("run1.csv", "run6.csv"))
    asked = client.get(f"/batches/{batch.key}/", {"run": [first, last], "compare": "1"})
    assert asked["Location"] == f"/runs/{last}/compare/{first}/"
    lines = client.get(asked["Location"], {"all": "1"}).context["lines"]
    assert len(lines) == 2
    assert max(abs(line.against_uncertainty) for line in lines) > 50
    assert b"data-say-stacked" in client.get(asked["Location"]).content
    assert b"Choose exactly two" in client.get(f"/batches/{batch.key}/", {"run": first, "compare": "1"}).content
    drawn = client.get(f"/batches/{batch.key}/overlay.json").json()
    assert [one["label"] for one in drawn["data"]["series"]] == [f"run{n}.csv" for n in range(1, 7)]


def test_ticks_stay_while_the_page_is_polled_and_when_the_last_run_is_over(
    client: Client, files: list[StoredFile]
) -> None:
    batch = begun(client, files)
    one = batch.runs.get(files__name="run1.csv")
    execution.perform(key=one.key, clock=lambda: NOW)
    polled = client.get(f"/batches/{batch.key}/", {"run": one.key, "sort": "name"}, headers={"HX-Request": "true"})
    said = polled.content.decode()
    assert said.count(" checked") == 1
    assert f'id="tick-{one.key}" value="{one.key}"' in said
    assert f'hx-get="/batches/{batch.key}/?sort=name"' in said
    assert 'hx-include="#batch [name=run]:checked"' in said
    perform(batch)
    ended = client.get(f"/batches/{batch.key}/", {"run": one.key}, headers={"HX-Request": "true"})
    assert ended["HX-Redirect"] == f"/batches/{batch.key}/?run={one.key}"
    assert client.get(ended["HX-Redirect"]).content.decode().count(" checked") == 1
    assert client.get(f"/batches/{batch.key}/", headers={"HX-Request": "true"})["HX-Refresh"] == "true"


@pytest.mark.parametrize("wrong", [{"compare": "1", "run": ["a/b", "c"]}, {"compare": "1", "run": ["", ""]},
                                   {"sort": "9" * 5000}, {"sort": "-x", "plot": "/"}])  # fmt: skip
def test_what_no_batch_holds_is_not_compared_or_sorted_by(
    client: Client, files: list[StoredFile], wrong: dict[str, Any]
) -> None:
    batch = begun(client, files[:2])
    assert client.get(f"/batches/{batch.key}/", wrong).status_code == 200


def csv_of(client: Client, batch: Batch) -> str:
    answer: Any = client.get(f"/batches/{batch.key}/", {"format": "csv"})
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def test_in_chinese_the_file_of_a_batch_says_states_and_reasons_in_words(
    client: Client, files: list[StoredFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = begun(client, files)
    perform(batch)
    batch.runs.filter(files__name="torn.csv").update(message="stopped")
    client.cookies["django_language"] = "zh-hans"
    ratio = batch_table.Column("ratio", "1", title=Text.same("ratio"))
    monkeypatch.setattr(batch_table, "sheet", lambda runs: batch_table.Sheet([ratio], []))
    assert csv_of(client, batch).strip().endswith(",ratio,u(ratio)")
    monkeypatch.undo()
    text = csv_of(client, batch)
    torn = next(line for line in text.splitlines() if line.startswith("torn.csv"))
    assert "失败" in torn
    assert "计算进程三次中断" in torn
    assert not {"failed", "stopped", "done", "pass"} & set(text.replace("\n", ",").split(","))


def test_a_batch_is_cancelled_and_seen_by_nobody_else(client: Client, files: list[StoredFile]) -> None:
    batch = begun(client, files)
    execution.perform(key=batch.runs.first().key, clock=lambda: NOW)  # type: ignore[union-attr]
    assert client.post(f"/batches/{batch.key}/cancel/").status_code == 302
    assert batches.progress(batch) | {"total": 0} == {
        "queued": 0, "running": 0, "done": 1, "failed": 0, "cancelled": 6, "total": 0,
    }  # fmt: skip
    stranger = Client()
    stranger.force_login(Person.objects.create_user("other@example.org", "long-enough-word", name="Other"))
    assert stranger.get(f"/batches/{batch.key}/").status_code == 404
    assert stranger.post(f"/batches/{batch.key}/cancel/").status_code == 404


def test_gates_go_to_every_sample_of_a_batch(person: Person) -> None:
    sample, shared = (path.read_bytes() for path in find_method("flow.gate").example)
    given = [("a.fcs", sample), ("b.fcs", sample), ("gates.xml", shared)]
    kept = [storage.keep(io.BytesIO(content), name=name, person=person, now=NOW) for name, content in given]
    method = find_method("flow.gate")
    parts = [[file.name for file in part] for part in batches.groups(method, kept)]
    assert parts == [["a.fcs", "gates.xml"], ["b.fcs", "gates.xml"]]
    assert batches.is_apart(method, kept)
    assert not batches.is_apart(find_method("chrom.quantify"), kept)


@pytest.mark.parametrize("method", ["flow.gate", "chrom.area"])
def test_what_is_sent_wrong_to_the_drawing_pages_is_one_sentence(client: Client, person: Person, method: str) -> None:
    one = run.start_example(method=method, person=person, now=NOW)
    part = "gates/count" if method == "flow.gate" else "peaks/integrate"
    other = "peaks/integrate" if method == "flow.gate" else "gates/count"

    def sent(where: str, body: object) -> Any:
        return client.post(f"/runs/{one.key}/{where}/", json.dumps(body), content_type="application/json")

    assert sent(part, {}).status_code == 422  # no answer yet
    execution.perform(key=one.key, clock=lambda: NOW)
    assert client.get(f"/runs/{one.key}/{part.split('/', maxsplit=1)[0]}/").status_code == 200
    for body in ([], 3, {}, {"gates": 3, "edits": 3}, {"gates": [{}], "edits": [{}]}):
        told = sent(part, body)
        assert told.status_code == 422
        assert told.json()["detail"]
    assert sent(other, {"gates": [], "edits": []}).status_code == 422
    torn = client.post(f"/runs/{one.key}/{part}/", "{", content_type="application/json")
    assert torn.status_code == 422
    visitor = Client()
    assert visitor.get(f"/runs/{one.key}/{part.split('/', maxsplit=1)[0]}/").status_code == 404
    done = Run.objects.get(pk=one.pk)
    if method == "flow.gate":
        told = gates.drawing(done, person).gates()
        with pytest.raises(gates.NotPossible):
            gates.save(done, told, person=person, now=NOW)
    else:
        file = peaks.of_run(done, person)
        with pytest.raises(peaks.NotPossible):
            peaks.save(done, file, [], person=person, now=NOW)


def test_the_list_of_methods_is_grouped_and_searched(client: Client) -> None:
    groups = dict(client.get("/answers/").context["groups"])
    assert [one.id for one in groups["PCR"]] == ["dpcr.quantify", "qpcr.melt", "qpcr.quantify"]
    assert "Others" not in groups
    found = client.get("/answers/", {"find": "色谱 积分"}).context["groups"]
    assert [one.id for _, methods in found for one in methods] == ["chrom.area"]
    assert b"No method says that" in client.get("/answers/", {"find": "zzz"}).content


def test_batches_are_found_again_named_and_taken_as_a_list(
    client: Client, person: Person, files: list[StoredFile]
) -> None:
    assert b"No batch yet" in client.get("/batches/").content
    first = begun(client, files[:2], batch="Monday  milk ")
    second = begun(client, files[2:])
    perform(second)
    assert (first.name, second.name) == ("Monday milk", "")

    def listed(**asked: str) -> list[Batch]:
        return list(client.get("/batches/", asked).context["page"])

    assert listed() == [second, first]
    assert listed(sort="samples") == [first, second]
    assert listed(sort="-samples") == [second, first]
    assert listed(q="MILK") == listed(q=first.key) == listed(q="run1.csv") == listed(state="going") == [first]
    assert listed(state="failed") == listed(q="torn") == listed(state="over") == [second]
    assert listed(q=find_method("chrom.area").title.zh_hans) == listed(q="chrom.area") == [second, first]
    assert listed(q="\0", sort="9", state="x", page="z") == [second, first]
    assert b"No batch is so" in client.get("/batches/", {"q": "nothing"}).content
    text = b"".join(client.get("/batches/", {"format": "csv", "sort": "samples"}).streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    head, *rows = text.splitlines()
    assert head == "key,name,method,begun_at,samples,answered,failed,going"
    assert rows[0].startswith(f"{first.key},Monday milk,chrom.area,2")
    assert rows[1].endswith(",5,4,1,0")
    client.post(f"/batches/{second.key}/name/", {"name": "Tuesday\nmilk"})
    second.refresh_from_db()
    assert second.name == "Tuesday milk"
    stranger = Client()
    stranger.force_login(Person.objects.create_user("other@example.org", "long-enough-word", name="Other"))
    assert list(stranger.get("/batches/").context["page"]) == []
    assert stranger.post(f"/batches/{second.key}/name/", {"name": "mine"}).status_code == 404


def test_the_journal_tells_the_name_a_batch_had_though_another_page_had_changed_it(person: Person) -> None:
    batch = Batch.objects.create(name="a", method="chrom.area", person=person, begun_at=NOW, parameters={})
    stale = Batch.objects.get(pk=batch.pk)
    batches.call(batch=batch, name="b", person=person, now=NOW)
    batches.call(batch=stale, name="c", person=person, now=NOW)
    batches.call(batch=batch, name="c", person=person, now=NOW)
    told = [
        (one.facts["before"], one.facts["after"]) for one in JournalEntry.objects.filter(verb="named").order_by("pk")
    ]
    assert told == [("a", "b"), ("b", "c")]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_companion_of_no_file_is_told_instead_of_left_out(client: Client, person: Person, language: str) -> None:
    given = [("a.imzML", b"<mzML>"), ("b.imzML", b"<mzML>"), ("a.ibd", b"0" * 20), ("c.ibd", b"0" * 20)]
    kept = [storage.keep(io.BytesIO(content), name=name, person=person, now=NOW) for name, content in given]
    client.cookies["django_language"] = language
    asked = {"file": [one.key for one in kept], "method": "ms.identify", "how": "each"}
    refused = client.post("/answers/new/", asked)
    assert refused.status_code == 422
    words = {"en": "Found c.ibd without the file it belongs to", "zh-hans": "c.ibd 没有与它配套的文件"}
    assert words[language] in refused.content.decode()
    assert words[language] in client.get("/answers/new/", asked).content.decode()
    assert Run.objects.count() == Batch.objects.count() == 0
    with pytest.raises(run.NoFile, match=r"c\.ibd"):
        run.start(method="ms.identify", files=kept[:1] + kept[3:], person=person, now=NOW)
    assert begun(client, kept[:3], "ms.identify").runs.count() == 2


def test_times_that_are_none_show_the_whole_chromatogram(client: Client, person: Person) -> None:
    one = run.start_example(method="chrom.area", person=person, now=NOW)
    execution.perform(key=one.key, clock=lambda: NOW)

    def sent(body: str) -> Any:
        return client.post(f"/runs/{one.key}/peaks/integrate/", body, content_type="application/json")

    whole = sent('{"edits": []}').json()["signal"]
    for ends in ("[NaN, NaN]", "[NaN, 1]", "[-Infinity, 1e400]", "[1" + "0" * 400 + ", 1]", '["a", 2]', "[1, 2, 3]"):
        assert sent(f'{{"edits": [], "ends": {ends}}}').json()["signal"] == whole
    low, high = whole["whole"]
    middle = (low + high) / 2
    assert max(sent(json.dumps({"edits": [], "ends": [low, middle]})).json()["signal"]["x"]) <= middle
    assert sent(f'{{"edits": [], "ends": [{"1" * 5000}]}}').status_code == 422
