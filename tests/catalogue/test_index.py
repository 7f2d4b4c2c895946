"""The index on disk: built when missing, changed from the queue, rebuilt at will."""

import threading
from pathlib import Path

import pytest

from liqi.catalogue import search
from liqi.catalogue.models import IndexChange, Instrument
from tests.catalogue.conftest import NOW


def make(key: str, name: str) -> Instrument:
    return Instrument.objects.create(key=key, name=name, source="test", created_at=NOW, updated_at=NOW)


@pytest.mark.django_db
def test_a_missing_index_is_built_by_the_first_question(index: Path) -> None:
    make("a", "红外光谱仪")
    assert search.find("红外").total == 1
    assert (index / "current").exists()


@pytest.mark.django_db
def test_queued_changes_are_taken_in_and_leave_the_queue(index: Path) -> None:
    one = make("a", "红外光谱仪")
    search.rebuild()
    one.name = "拉曼光谱仪"
    one.save()
    make("b", "扫描电镜")
    search.note("instrument", ["a", "b"])
    assert search.find("拉曼").total == 0
    assert search.apply_changes() == 2
    assert not IndexChange.objects.exists()
    assert [search.find(text).total for text in ("红外", "拉曼", "电镜")] == [0, 1, 1]


@pytest.mark.django_db
def test_a_removed_record_leaves_the_index(index: Path) -> None:
    one = make("a", "红外光谱仪")
    search.rebuild()
    one.delete()
    search.note("instrument", ["a"])
    search.apply_changes()
    assert search.find("").total == 0


@pytest.mark.django_db
def test_rebuilding_leaves_one_folder_and_an_empty_queue(index: Path) -> None:
    make("a", "红外光谱仪")
    search.note("instrument", ["a"])
    assert search.rebuild() == search.rebuild() == 1
    assert not IndexChange.objects.exists()
    assert len(list(index.glob("v*-*"))) == 1


@pytest.mark.django_db
def test_an_index_thrown_away_comes_back(index: Path) -> None:
    make("a", "红外光谱仪")
    search.rebuild()
    for path in index.glob("v*-*/*"):
        path.unlink()
    assert search.find("红外").total == 1


@pytest.mark.django_db(transaction=True)
def test_questions_go_on_while_the_index_is_rebuilt(index: Path) -> None:
    make("a", "红外光谱仪")
    search.rebuild()
    stop = threading.Event()
    totals: set[int] = set()
    problems: list[Exception] = []

    def ask() -> None:
        while not stop.is_set():
            try:
                totals.add(search.find("红外").total)
            except Exception as problem:
                problems.append(problem)
                return

    askers = [threading.Thread(target=ask) for _ in range(3)]
    for asker in askers:
        asker.start()
    for _ in range(5):
        search.rebuild()
    stop.set()
    for asker in askers:
        asker.join()
    assert not problems
    assert totals == {1}
