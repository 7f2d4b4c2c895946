"""A ZIP file with one plain instrument file is read as that file; what else it is said to be helps to go on."""

import gzip
import zipfile
from pathlib import Path

import pytest

from liqi.methods import Method, UnreadableFile, find_method
from liqi.methods.readers import head, sniff

ASKED = ("ms.identify", "chrom.area", "ea.chns", "sanger.quality", "qpcr.quantify", "spectrum.peaks")


def packed(folder: Path, files: dict[str, bytes]) -> Path:
    path = folder / "from the instrument.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as whole:
        for name, content in files.items():
            whole.writestr(name, content)
    return path


@pytest.mark.parametrize("method", [find_method(one) for one in ASKED], ids=lambda one: one.id)
def test_one_file_in_a_zip_gives_the_answer_of_the_file(method: Method, tmp_path: Path) -> None:
    plain, *others = method.example
    left = {f"__MACOSX/data/._{plain.name}": b"\0", "data/.DS_Store": b"\0", "data/": b""}
    path = packed(tmp_path, {f"data/{plain.name}": plain.read_bytes(), **left})
    assert sniff(path) == sniff(plain)
    found, wanted = method.run([path, *others]), method.run(method.example)
    assert found.verdict == wanted.verdict
    assert [one.value for one in found.findings] == [one.value for one in wanted.findings]
    assert found.inputs[0].path == str(path)


def test_what_is_in_it_may_be_packed_once_more_or_utf_16(tmp_path: Path) -> None:
    table = "mz,intensity\n138.066,100\n195.088,20\n"
    for name, content in (("a.csv.gz", gzip.compress(table.encode())), ("a.csv", table.encode("utf-16"))):
        assert head(packed(tmp_path, {name: content})).decode() == table


@pytest.mark.parametrize(
    ("files", "found", "do"),
    [
        ({"a.csv": b"a,b\n", "b.csv": b"a,b\n"}, "a ZIP file with 2 files", "several of a kind as a batch"),
        ({}, "a ZIP file of no known kind", "unpack it"),
    ],
)
def test_what_is_not_one_file_is_said_so(files: dict[str, bytes], found: str, do: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=f"{found}; expected .*{do}"):
        sniff(packed(tmp_path, files))


def test_a_zip_in_a_zip_ends(tmp_path: Path) -> None:
    inner = packed(tmp_path, {"a.csv": b"mz,intensity\n1,2\n"}).read_bytes()
    with pytest.raises(UnreadableFile, match="found a ZIP file inside a ZIP file"):
        sniff(packed(tmp_path, {"inner.zip": inner}))


def test_a_locked_or_endless_one_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path, {"a.csv": b"mz,intensity\n138.066,100\n"})
    raw = bytearray(path.read_bytes())
    raw[6] |= 1  # flags of the local header, and of the directory: encrypted
    raw[raw.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(raw)
    with pytest.raises(UnreadableFile, match="found a ZIP file that a password locks; expected one that opens"):
        sniff(path)
    bomb = packed(tmp_path, {"a.csv": b"mz,intensity\n" + b"\n" * (300 << 20)})
    with pytest.raises(UnreadableFile, match="unpacks to more than 300 times its size"):
        find_method("ea.chns").run(bomb)


def test_a_cut_one_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path, {"a.csv": b"mz,intensity\n" + b"138.066,100\n" * 400})
    whole = path.read_bytes()
    for end in range(2, len(whole), 7):
        path.write_bytes(whole[:end])
        with pytest.raises(UnreadableFile):
            sniff(path)
