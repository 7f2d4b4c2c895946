import dataclasses
import io
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.utils import translation
from django_tasks_db.models import DBTaskResult

from liqi.accounts.membership import NotAllowed
from liqi.accounts.models import JournalEntry, Person
from liqi.answers import answer, execution, run, storage, store, worker
from liqi.answers.models import Run
from liqi.methods import Answer, BadParameter, Parameter, Text
from tests.methods.written import imzml

from . import conftest
from .conftest import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(seconds=1)


def start(person: Person | None, content: bytes = b"hello", **more: Any) -> Run:
    file = storage.keep(io.BytesIO(content), name="hello.txt", person=person, now=NOW)
    return run.start(method="test.count", files=[file], person=person, now=NOW, **more)


def work(one: Run, clock: Callable[[], datetime] = lambda: LATER) -> Run:
    execution.perform(key=one.key, clock=clock)
    one.refresh_from_db()
    return one


@pytest.mark.django_db(transaction=True)  # the worker closes its connection, which a transaction would not outlive
def test_a_run_is_queued_worked_off_by_the_worker_and_answered(person: Person) -> None:
    one = start(person, parameters={"factor": "2"})
    assert (one.state, one.parameters, one.version) == ("queued", {"factor": 2}, "1.0")
    worker._batch().run()
    one.refresh_from_db()
    assert one.state == "done"
    assert one.sentence("zh-hans") == "10 字节"
    facts = answer.read(one)
    assert facts["findings"][0]["value"] == 10
    assert [(given["path"], given["size"]) for given in facts["inputs"]] == [("hello.txt", 5)]
    assert one.share_done == 1.0
    verbs = JournalEntry.objects.filter(thing="answers.run").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["started", "answered"]
    assert not list(store.incoming().iterdir())


def test_an_image_is_read_with_the_file_that_lies_beside_it(person: Person, tmp_path: Path) -> None:
    image = tmp_path / "slice.imzML"
    imzml(image, [(np.array([100.0, 200.0]), np.array([5.0, 9.0]))] * 3, False)
    files = {}
    for path in (image, image.with_suffix(".ibd")):
        with path.open("rb") as stream:
            files[path.suffix] = storage.keep(stream, name=path.name, person=person, now=NOW)
    one = work(run.start(method="ms.quality", files=list(files.values()), person=person, now=NOW))
    assert (one.state, one.message) == ("done", "")
    assert [given["path"] for given in answer.read(one)["inputs"]] == ["slice.imzML"]
    with pytest.raises(run.NoFile, match="没有找到文件"):
        run.start(method="ms.quality", files=[files[".ibd"]], person=person, now=NOW)


def test_a_run_that_is_over_is_not_worked_off_again(person: Person) -> None:
    one = work(start(person))
    before = one.ended_at
    assert work(one, lambda: LATER + timedelta(hours=1)).ended_at == before
    assert one.attempts == 1


def test_a_bad_file_fails_with_the_methods_sentence(person: Person) -> None:
    one = work(start(person, b"bad bytes"))
    assert one.state == "failed"
    assert one.message == "hello.txt: found bad bytes; expected good bytes; bring good ones."


def test_a_fault_of_ours_is_logged_and_said_as_ours(person: Person, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, logger="liqi.answers.execution"):
        one = work(start(person, b"boom"))
    assert (one.state, one.message) == ("failed", "internal")
    assert "ZeroDivisionError" in caplog.text


def test_bad_parameters_and_missing_files_are_refused_before_anything_is_kept(person: Person) -> None:
    with pytest.raises(BadParameter):
        start(person, parameters={"factor": "0"})
    with pytest.raises(BadParameter):
        start(person, parameters={"speed": "1"})
    with pytest.raises(run.NoFile):
        run.start(method="test.count", files=[], person=person, now=NOW)
    assert not Run.objects.exists()
    assert not DBTaskResult.objects.exists()


def test_somebody_elses_file_cannot_be_used(person: Person, other: Person) -> None:
    file = storage.keep(io.BytesIO(b"secret"), name="s", person=person, now=NOW)
    with pytest.raises(NotAllowed):
        run.start(method="test.count", files=[file], person=other, now=NOW)
    with pytest.raises(NotAllowed):
        run.start(method="test.count", files=[file], person=None, now=NOW)


def test_a_cancelled_run_stops_at_its_next_step(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution, "BEAT_S", 0.0)
    one = start(person, b"12345")
    seen: list[int] = []

    def clock() -> datetime:
        now = Run.objects.get(pk=one.pk)
        seen.append(now.done)
        if now.done == 3:
            run.cancel(run=now, person=person, now=LATER)
        return LATER

    work(one, clock)
    assert (one.state, one.done, one.answer_sha256) == ("cancelled", 3, "")
    assert max(seen) == 3


def test_a_queued_run_can_be_cancelled_and_is_never_begun(person: Person) -> None:
    one = run.cancel(run=start(person), person=person, now=LATER)
    assert work(one).state == "cancelled"
    assert one.attempts == 0


def test_only_its_person_cancels_a_run(person: Person, other: Person) -> None:
    with pytest.raises(NotAllowed):
        run.cancel(run=start(person), person=other, now=LATER)


def test_cancelling_what_is_over_changes_nothing(person: Person) -> None:
    one = work(start(person))
    assert run.cancel(run=one, person=person, now=LATER).state == "done"


def test_progress_is_kept_and_at_most_four_times_a_second(person: Person) -> None:
    one = start(person)
    claimed = execution.claim(key=one.key, now=NOW)
    assert claimed is not None
    times: list[datetime] = []
    watch = execution.Watch(claimed, lambda: times.append(LATER) or LATER)
    for number in range(10_000):
        watch(number, 10_000, "matching")
    assert 1 <= len(times) <= 5
    one.refresh_from_db()
    assert (one.total, one.step, one.heartbeat_at) == (10_000, "matching", LATER)


def test_a_silent_run_is_queued_again_exactly_once(person: Person) -> None:
    one = start(person)
    execution.claim(key=one.key, now=NOW)  # and the worker dies here
    assert run.requeue_silent(now=NOW + timedelta(seconds=29)) == 0
    late = NOW + timedelta(seconds=31)
    assert run.requeue_silent(now=late) == 1
    assert run.requeue_silent(now=late) == 0
    one.refresh_from_db()
    assert (one.state, one.attempts) == ("queued", 1)
    assert DBTaskResult.objects.count() == 2
    assert work(one).state == "done"
    assert one.attempts == 2


def test_a_worker_that_was_only_slow_cannot_overwrite_its_successor(person: Person) -> None:
    one = start(person)
    slow = execution.claim(key=one.key, now=NOW)
    assert slow is not None
    run.requeue_silent(now=NOW + timedelta(minutes=1))
    quick = execution.claim(key=one.key, now=NOW + timedelta(minutes=1))
    assert quick is not None
    with pytest.raises(execution.Cancelled):
        execution.Watch(slow, lambda: LATER)(1, 2, "late")
    execution._fail(slow, "late", LATER)
    one.refresh_from_db()
    assert (one.state, one.attempts) == ("running", 2)


def test_a_run_that_died_three_times_has_failed(person: Person) -> None:
    one = start(person)
    now = NOW
    for _ in range(run.MOST_ATTEMPTS):
        assert execution.claim(key=one.key, now=now) is not None
        now += timedelta(minutes=1)
        run.requeue_silent(now=now)
    one.refresh_from_db()
    assert (one.state, one.message, one.attempts) == ("failed", "stopped", 3)


def test_a_run_whose_queue_entry_was_lost_is_queued_again(person: Person) -> None:
    one = start(person)
    DBTaskResult.objects.update(status="RUNNING")  # taken by a worker that died before it began
    assert run.requeue_silent(now=NOW + timedelta(seconds=31)) == 1
    assert run.requeue_silent(now=NOW + timedelta(seconds=31)) == 0
    assert DBTaskResult.objects.ready().count() == 1
    assert work(one).state == "done"


def test_a_waiting_run_with_its_queue_entry_is_left_alone(person: Person) -> None:
    start(person)
    assert run.requeue_silent(now=NOW + timedelta(hours=5)) == 0


def test_a_worker_told_to_end_gives_its_run_back_at_once(person: Person) -> None:
    one = start(person)
    execution.stopping.set()
    try:
        work(one)
    finally:
        execution.stopping.clear()
    assert (one.state, one.attempts) == ("queued", 0)
    assert run.requeue_silent(now=LATER) == 1
    assert work(one).state == "done"


def test_an_answer_is_plain_json_without_machine_paths(person: Person, data: Any) -> None:
    one = work(start(person))
    text = storage.path_of(one.answer_sha256).read_text()
    assert str(data) not in text
    assert json.loads(text)["method"] == "test.count"


def test_a_run_without_an_answer_says_so(person: Person) -> None:
    with translation.override("en"), pytest.raises(answer.NoAnswer, match="without an answer"):
        answer.read(start(person))


def test_the_example_runs_for_a_visitor_and_is_worked_off_once_for_all(
    db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / "example.txt").write_bytes(b"example")
    chosen = dataclasses.replace(conftest.COUNT, example=[tmp_path / "example.txt"])
    monkeypatch.setattr(conftest, "COUNT", chosen)
    first = run.start_example(method="test.count", person=None, now=NOW)
    assert run.start_example(method="test.count", person=None, now=LATER) == first
    assert work(first).summary["counts"] == {"bytes": 7}
    assert first in Run.objects.visible_to(None)


def test_a_file_as_parameter_is_named_by_its_key_and_never_by_a_path(
    person: Person, other: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = Parameter("library", "file", "", Text.same("library"))

    def read_library(paths: Any, parameters: Any, progress: Any) -> Answer:
        return Answer("read", Text.same(Path(parameters["library"]).read_text()), [])

    chosen = dataclasses.replace(conftest.COUNT, parameters=[library], function=read_library)
    monkeypatch.setattr(conftest, "COUNT", chosen)
    file = storage.keep(io.BytesIO(b"spectra"), name="own.msp", person=person, now=NOW)
    one = work(run.start(method="test.count", files=[file], person=person, now=NOW, parameters={"library": file.key}))
    assert (one.state, one.sentence("en")) == ("done", "spectra")
    assert answer.read(one)["parameters"] == {"library": "own.msp"}
    for given in ("/etc/passwd", file.key):
        with pytest.raises(BadParameter):
            start(other, parameters={"library": given})


@pytest.mark.django_db(transaction=True)  # the worker closes its connection, which a transaction would not outlive
def test_the_worker_sweeps_what_a_cut_left_behind_and_keeps_the_rest(person: Person, data: Path) -> None:
    one = start(person)
    worker._batch().run()
    folder = store.incoming() / "run-abc"
    folder.mkdir()
    (folder / "lent").touch()
    (store.incoming() / "x.draft").touch()
    worker.sweep(datetime.now(UTC))
    assert len(list(store.incoming().iterdir())) == 2
    worker.sweep(datetime.now(UTC) + timedelta(days=40))
    assert not list(store.incoming().iterdir())
    assert not DBTaskResult.objects.exists()
    one.refresh_from_db()
    assert answer.read(one)["verdict"] == "counted"
