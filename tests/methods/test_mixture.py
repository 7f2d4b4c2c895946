"""The NIST powders: eight of eight components, none that is not there, isomers told apart."""

import csv
from pathlib import Path

import pytest

from liqi.methods import UnreadableFile, find_method
from tests.methods.samples import POWDER

METHOD = find_method("ms.mixture")
TRUTH: dict[str, set[str]] = {}
for row in csv.DictReader((POWDER / "truth.csv").read_text(encoding="utf-8").splitlines()):
    TRUTH.setdefault(row["sample"], set()).add(row["inchikey"])


def files(sample: str, *voltages: int) -> list[Path]:
    return [POWDER / f"{sample}_{voltage}V.csv" for voltage in voltages or (30, 60, 90)]


@pytest.mark.parametrize("sample", TRUTH)
def test_each_powder_gives_exactly_its_components(sample: str) -> None:
    answer = METHOD.run(files(sample))
    assert {finding.extra["inchikey"] for finding in answer.findings} == TRUTH[sample]


def test_the_order_of_the_files_does_not_matter() -> None:
    one, other = METHOD.run(files("mixture1")), METHOD.run(files("mixture1")[::-1])
    assert one.findings == other.findings


def test_one_voltage_alone_calls_nothing_present() -> None:
    answer = METHOD.run(files("mixture1", 30))
    assert answer.verdict == "unknown"
    assert "one-voltage" in [warning.code for warning in answer.warnings]


def test_a_substance_outside_the_library_leaves_peaks_unexplained(tmp_path: Path) -> None:
    records = (POWDER / "library_dart.msp").read_text().split("\n\n")
    fewer = tmp_path / "fewer.msp"
    fewer.write_text("\n\n".join(record for record in records if "methamphetamine" in record))
    answer = METHOD.run(files("mixture1"), {"library": str(fewer)})
    assert not answer.findings
    assert answer.tables[1].rows[0]["mz"] == pytest.approx(323.21, abs=0.02)


def test_two_samples_at_once_and_a_file_without_voltage_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="second spectrum at 30 V"):
        METHOD.run([*files("mixture1"), *files("mixture2")])
    path = tmp_path / "nameless.csv"
    path.write_text("mz,intensity\n100,1\n")
    with pytest.raises(UnreadableFile, match="without its voltage"):
        METHOD.run([path])
