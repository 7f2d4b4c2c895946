"""A file in gzip or UTF-16 gives the answer of the plain one, whatever method it is for."""

import gzip
from pathlib import Path

import pytest

from liqi.methods import Method, UnreadableFile, find_method
from liqi.methods.readers import sniff
from tests.methods.pcr import projects

METHODS = (
    *("chrom.area", "dpcr.quantify", "ea.chns", "epr.cw", "flow.gate", "force6.dynamic", "irms.delta", "nmr.1d"),
    *("odmr.vector", "print.slices", "qpcr.melt", "qpcr.quantify", "sanger.quality", "uvvis.purity"),
)
TEXTS = ("dpcr.quantify", "ea.chns", "force6.dynamic", "irms.delta", "odmr.vector", "uvvis.purity")


def values(method: Method, files: list[Path]) -> list[tuple[str, float | None]]:
    return [(one.name, one.value) for one in method.run(files).findings]


@pytest.mark.parametrize("name", METHODS)
def test_a_file_in_gzip_gives_the_answer_of_the_plain_one(name: str, tmp_path: Path) -> None:
    method = find_method(name)
    files = []
    for whole in method.example:
        files.append(tmp_path / f"{whole.name}.gz")
        files[-1].write_bytes(gzip.compress(whole.read_bytes()))
    assert values(method, files) == values(method, list(method.example))
    assert [one.path for one in method.run(files).inputs] == [str(one) for one in files]


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("letters", ["utf-16-le", "utf-16-be"])
def test_a_text_in_utf_16_gives_the_answer_of_the_plain_one(name: str, letters: str, tmp_path: Path) -> None:
    method = find_method(name)
    files = []
    for whole in method.example:
        files.append(tmp_path / whole.name)
        files[-1].write_bytes(f"\ufeff{whole.read_text('utf-8')}".encode(letters))
    assert values(method, files) == values(method, list(method.example))


def test_one_of_two_that_belong_together_may_be_in_gzip(tmp_path: Path) -> None:
    method = find_method("epr.cw")
    description, numbers = method.example
    beside = tmp_path / description.name
    beside.write_bytes(description.read_bytes())
    packed = tmp_path / f"{numbers.name}.gz"
    packed.write_bytes(gzip.compress(numbers.read_bytes()))
    assert values(method, [beside, packed]) == values(method, list(method.example))


def test_a_zip_in_gzip_is_told_by_its_members(tmp_path: Path) -> None:
    path = tmp_path / "a.eds.gz"
    path.write_bytes(gzip.compress(projects.with_json(tmp_path / "a.eds").read_bytes()))
    assert sniff(path) == "eds"


def test_what_is_wrong_with_a_wrapped_file_is_told_of_it(tmp_path: Path) -> None:
    path = tmp_path / "a.ab1.gz"
    path.write_bytes(gzip.compress(b"ABIF\0\0"))
    with pytest.raises(UnreadableFile, match=r"a\.ab1\.gz: found") as told:
        find_method("sanger.quality").run([path])
    assert "liqi-plain" not in str(told.value)
    path.write_bytes(gzip.compress(b"ABIF" * 5000)[:-9])
    with pytest.raises(UnreadableFile, match="damaged gzip"):
        find_method("sanger.quality").run([path])
