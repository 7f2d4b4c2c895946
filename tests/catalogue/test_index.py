"""The index on disk: built when missing, changed from the queue, rebuilt at will."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from liqi.catalogue import search
from liqi.catalogue.models import Facility, IndexChange, Institution, Instrument, Maker
from liqi.catalogue.search import _build, _store
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
def test_a_record_taken_out_of_the_catalogue_leaves_the_index(index: Path) -> None:
    one = make("a", "红外光谱仪")
    search.rebuild()
    one.removed_at = NOW
    one.save()
    search.note("instrument", ["a"])
    search.apply_changes()
    assert search.find("红外").total == 0
    assert list(search.keys("")) == []


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["institution", "facility", "maker"])
def test_a_renamed_owner_is_found_with_all_that_carries_its_name(kind: str, index: Path) -> None:
    record: dict[str, Any] = {"source": "test", "created_at": NOW, "updated_at": NOW}
    owners = {
        "institution": Institution.objects.create(key="o1", name="老名研究院", **record),
        "facility": Facility.objects.create(
            key="o2", name="老名平台", facility_class="support", kind="service_platform", **record
        ),
        "maker": Maker.objects.create(key="o3", name="老名厂", **record),
    }
    Instrument.objects.create(key="a", name="红外光谱仪", **record, **owners)
    search.rebuild()
    owner = owners[kind]
    owner.name = "改名以后"
    owner.save()
    search.note(kind, [owner.key])
    search.apply_changes()
    found = search.find("改名以后", search.Filters(kinds=("instrument",)))
    assert [hit.key for hit in found.hits] == ["a"]


@pytest.mark.django_db
def test_what_was_added_since_is_counted(index: Path) -> None:
    make("a", "红外光谱仪")
    Instrument.objects.create(
        key="b", name="红外相机", source="test", created_at=NOW + timedelta(hours=1), updated_at=NOW
    )
    search.rebuild()
    assert search.count("红外") == 2
    assert search.count("红外", since=NOW) == 1
    assert search.count("红外", since=NOW + timedelta(hours=2)) == 0


@pytest.mark.django_db
def test_an_index_written_by_two_processes_is_that_of_one(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(40):
        make(f"k{number}", f"红外光谱仪 {number}")
    at, half = index / "one", index / "two"
    tiers: list[float] = []
    middle = min(Instrument.objects.values_list("id", flat=True)) + 20
    assert _build._write(at, range(middle), tiers, NOW.date(), others=True) == 20
    assert _build._write(half, range(middle, 10**6), tiers, NOW.date(), others=False) == 20
    _build._take_in(half, at)
    (at / _build.TIERS).write_text("[]")
    name = f"{_store._kind()}joined"
    at.rename(index / name)
    (index / "current").write_text(name)
    assert not half.exists()
    assert search.find("红外").total == Instrument.objects.count() == len(list(search.keys("")))
    make("later", "红外相机")
    search.note("instrument", ["later"])
    assert search.apply_changes() == 1
    assert search.find("红外").total == 41


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
