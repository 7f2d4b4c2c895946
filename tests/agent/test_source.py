"""A run is packed the same each time, at any place, and its folder stays as it was."""

import io
import os
import random
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from liqi.agent._source import Changed, Member, Packed, members


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "sample 大.d"
    for name, size in (("analysis.tdf", 70_000), ("a/b/c.bin", 512), ("empty", 0), ("大/谱.xml", 3)):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(random.Random(name).randbytes(size))
        os.utime(path, ns=(10**18, 10**18 + size))
    (folder / ("long " * 30)).mkdir()
    (folder / ("long " * 30) / ("name" * 30)).write_bytes(b"x")
    return folder


@contextmanager
def packed_of(folder: Path, inside: list[Member] | None = None) -> Iterator[Packed]:
    made = Packed(folder, members(folder) if inside is None else inside)
    yield made
    made.close()


def whole_of(folder: Path, inside: list[Member] | None = None) -> bytes:
    with packed_of(folder, inside) as made:
        return made.read(0, made.size + 99)


def test_what_is_packed_is_a_tar_of_the_folder(run: Path) -> None:
    whole = whole_of(run)
    assert len(whole) % 10240 == 0
    with tarfile.open(fileobj=io.BytesIO(whole)) as archive:
        found = {name: archive.extractfile(name).read() for name in archive.getnames()}  # type: ignore[union-attr]
    expected = {f"{run.name}/{path.relative_to(run)}": path.read_bytes() for path in run.rglob("*") if path.is_file()}
    assert found == expected


def test_any_part_of_it_is_the_same_as_that_part_of_the_whole(run: Path) -> None:
    whole = whole_of(run)
    draw = random.Random(1)
    with packed_of(run) as packed:
        for _ in range(300):
            offset = draw.randrange(packed.size)
            count = draw.choice([1, 511, 512, 4000, 90_000])
            assert packed.read(offset, count) == whole[offset : offset + count]


def test_it_is_the_same_for_the_same_folder_whatever_the_order_of_listing(run: Path) -> None:
    inside = members(run)
    assert whole_of(run, inside) == whole_of(run, list(reversed(inside)))


def test_the_folder_is_not_touched(run: Path) -> None:
    before = {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in run.rglob("*")}
    whole_of(run)
    assert {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in run.rglob("*")} == before


def test_a_member_that_became_shorter_is_noticed(run: Path) -> None:
    with packed_of(run) as packed:
        (run / "analysis.tdf").write_bytes(b"short")
        with pytest.raises(Changed, match=r"analysis\.tdf"):
            packed.read(0, packed.size)
