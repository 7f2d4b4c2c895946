import gzip
import hashlib
import io
import os
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

import pytest

from liqi.accounts.models import JournalEntry, Person
from liqi.answers import preview, storage, store
from liqi.answers.models import Run, StoredFile

from .conftest import NOW

pytestmark = pytest.mark.django_db


def test_bytes_are_kept_under_their_hash(person: Person) -> None:
    file = storage.keep(io.BytesIO(b"hello"), name="a/b\\hello.mzML", person=person, now=NOW)
    assert file.sha256 == hashlib.sha256(b"hello").hexdigest()
    assert (file.name, file.size, file.format) == ("hello.mzML", 5, "mzml")
    assert storage.path_of(file.sha256).read_bytes() == b"hello"
    assert JournalEntry.objects.get().facts["sha256"] == file.sha256


def test_the_same_file_brought_twice_is_one_file(person: Person, other: Person) -> None:
    first = storage.keep(io.BytesIO(b"x"), name="x.mgf", person=person, now=NOW)
    assert storage.keep(io.BytesIO(b"x"), name="x.mgf", person=person, now=NOW) == first
    assert storage.keep(io.BytesIO(b"x"), name="x.mgf", person=other, now=NOW) != first
    assert len([path for path in storage.folder().rglob("*") if path.is_file()]) == 1


def test_a_source_that_breaks_leaves_nothing(person: Person) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                raise OSError("pulled out")
            return super().read(1)

    with pytest.raises(OSError, match="pulled out"):
        storage.keep(Broken(b"xyz"), name="x", person=person, now=NOW)
    assert not StoredFile.objects.exists()
    assert not [path for path in Path(storage.folder()).rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("given", "kept"),
    [("..", "file"), ("", "file"), ("\x00a\n.mgf", "a.mgf"), ("质谱 1.mzML", "质谱 1.mzML")],
)
def test_names_are_made_harmless(given: str, kept: str) -> None:
    assert storage.clean_name(given) == kept


def test_a_person_sees_examples_and_own_files_only(person: Person, other: Person) -> None:
    example = storage.keep(io.BytesIO(b"e"), name="e", person=None, now=NOW)
    mine = storage.keep(io.BytesIO(b"m"), name="m", person=person, now=NOW)
    assert set(StoredFile.objects.visible_to(person)) == {example, mine}
    assert set(StoredFile.objects.visible_to(other)) == {example}
    assert set(StoredFile.objects.visible_to(None)) == {example}


def test_what_a_killed_worker_left_goes_the_next_day_and_a_running_ones_stays(person: Person) -> None:
    for state, key in (("running", "atwork1"), ("done", "over1")):
        Run.objects.create(
            key=key, method="m", version="1", state=state, queued_at=NOW, heartbeat_at=NOW, ended_at=NOW,
            answer_sha256="ab", person=person,
        )  # fmt: skip
        folder = store.incoming() / f"{key}-x"
        folder.mkdir()
        os.utime(folder, (NOW.timestamp(), NOW.timestamp()))
    assert storage.drop_stale(now=NOW + timedelta(hours=20)) == 0
    assert storage.drop_stale(now=NOW + timedelta(hours=25)) == 1
    assert [path.name for path in store.incoming().iterdir()] == ["atwork1-x"]


def test_a_large_file_is_previewed_by_its_beginning_alone(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    peaks = "\n".join(f"{100 + place}.0 {place + 1}" for place in range(200))
    text = "".join(f"BEGIN IONS\nTITLE=spectrum {n}\nPEPMASS=300.1\n{peaks}\nEND IONS\n\n" for n in range(60))
    file = storage.keep(io.BytesIO(text.encode()), name="large.mgf", person=person, now=NOW)
    read: list[int | None] = []
    opened = storage.opened

    def counted(sha256: str, start: int = 0, length: int | None = None) -> BinaryIO:
        read.append(length)
        return opened(sha256, start, length)

    monkeypatch.setattr(preview, "MOST_READ_BYTES", 8192)
    monkeypatch.setattr(storage, "opened", counted)
    monkeypatch.setattr(storage, "path_of", lambda sha256: pytest.fail("the whole file was asked for"))
    found = preview.of(file)
    assert (found.kind, len(found.spectra), found.spectra[0]["name"]) == ("spectra", 3, "spectrum 0")
    assert read == [preview.HEAD_BYTES, 8192]


def test_a_packed_table_is_previewed_by_its_rows(person: Person) -> None:
    table = "sample,value\nA1,5.02\n"
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as whole:
        whole.writestr("results/run.csv", table)
    packed = {"a.csv.gz": gzip.compress(table.encode()), "a.zip": zipped.getvalue(), "a.csv": table.encode("utf-16")}
    for name, content in packed.items():
        found = preview.of(storage.keep(io.BytesIO(content), name=name, person=person, now=NOW))
        assert (found.kind, found.columns, found.rows) == ("table", ["sample", "value"], [["A1", "5.02"]])
    damaged = storage.keep(io.BytesIO(packed["a.csv.gz"][:12]), name="cut.csv.gz", person=person, now=NOW)
    assert preview.of(damaged).kind == "bytes"
