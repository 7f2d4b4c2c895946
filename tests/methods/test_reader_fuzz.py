"""Spoiled files and any bytes at all: spectra, fewer spectra with a sentence, or a refusal, and nothing else."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liqi.methods.readers import read
from tests.methods.mutation import complaint, good_files, spoil_many

HEADS = [
    b"",
    b"BEGIN IONS\n",
    b"Num Peaks: 3\n",
    b"##TITLE=x\n##XYDATA= (XY..XY)\n",
    b"ACCESSION: A\nPK$PEAK:\n",
    b"<mzSpecLib>\n<Spectrum=1>\n<Peaks>\n",
    b"CDF\x01",
    b"<mzML><spectrumList count='9'><spectrum ",
    b"<mzXML><scan ",
    b"\x1f\x8b\x08",
    b"1 2\n",
    b"\xff\xfe<",
]


@pytest.mark.parametrize("seed", [11, 12])
def test_spoiled_files_of_every_format_are_taken_quietly(seed: int, tmp_path: Path) -> None:
    wrong = {name: said for name, _ in spoil_many(tmp_path, seed, 1500) if (said := complaint(tmp_path, name))}
    assert wrong == {}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(head=st.sampled_from(HEADS), rest=st.binary(max_size=300))
def test_any_bytes_are_taken_quietly(head: bytes, rest: bytes, tmp_path: Path) -> None:
    (tmp_path / "any").write_bytes(head + rest)
    assert complaint(tmp_path, "any") == ""


def test_the_good_files_are_read_whole(tmp_path: Path) -> None:
    for name, data in good_files(tmp_path).items():
        if not name.endswith(".ibd"):
            (tmp_path / name).write_bytes(data)
            run = read(tmp_path / name)
            assert len(list(run)) >= 1
            assert run.problems == []
