"""`identify`, `library`, `methods`, `answer`: the JSON of the contract, one document, exit codes 0 and 2."""

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from liqi.methods import BadParameter, UnreadableFile
from liqi.methods.mass_spectrometry import SMALL_LIBRARY
from liqi.server.commands import answers, libraries

RUN = str(SMALL_LIBRARY.with_name("example_mixture.mzML"))
POWDER = [str(SMALL_LIBRARY.parent / "powder" / f"mixture2_{voltage}V.csv") for voltage in (30, 60, 90)]
BY_NAME = {command.name: command for command in [*answers.COMMANDS, *libraries.COMMANDS]}


def call(*words: str) -> Result:
    command = BY_NAME[words[0]]
    return CliRunner().invoke(command, list(words[1:]), catch_exceptions=True)


def answered(*words: str) -> Any:
    result = call(*words, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_identify_gives_the_features_of_a_run() -> None:
    facts = answered("identify", RUN, "--top", "2")
    assert set(facts) == {"features", "library", "seconds"}
    assert {"identified", "unknown"} <= {one["verdict"] for one in facts["features"]}
    assert max(len(one["candidates"]) for one in facts["features"]) == 2


def test_identify_writes_a_report_and_gives_the_same_features(tmp_path: Path) -> None:
    report = tmp_path / "answer.pdf"
    facts = answered("identify", RUN, "--report", str(report), "--language", "zh-hans")
    assert report.read_bytes().startswith(b"%PDF")
    assert facts["features"] == answered("identify", RUN)["features"]
    assert set(facts) == {"features", "library", "seconds"}


def test_an_answer_is_exported_in_several_formats(tmp_path: Path) -> None:
    table, spectra, sheet = tmp_path / "out.mztab", tmp_path / "out.mzSpecLib.txt", tmp_path / "out.csv"
    wanted = [f"--export=mztab={table}", f"--export=mzspeclib={spectra}", f"--export=csv={sheet}"]
    told = answered("answer", "ms.identify", RUN, *wanted, "--language", "zh-Hans")
    assert table.read_text(encoding="utf-8").startswith("MTD\tmzTab-version\t2.0.0-M")
    assert spectra.read_text(encoding="utf-8").startswith("<mzSpecLib>")
    assert "化合物" in sheet.read_text(encoding="utf-8-sig").splitlines()[0]
    assert told["verdict"] == "identified"


def test_a_library_is_exported_and_read_again(tmp_path: Path) -> None:
    references = str(SMALL_LIBRARY.parent / "powder" / "library_dart.msp")
    for form in ("mzspeclib", "msp", "mgf"):
        out = str(tmp_path / f"out.{form}")
        assert answered("library", "export", references, "--as", form, "--out", out) == {"written": 12, "files": [out]}
        assert answered("library", "info", out)["spectra"] == 12


def test_people_get_a_table() -> None:
    result = call("identify", RUN)
    assert result.exit_code == 0
    assert "Thiabendazole" in result.stdout
    assert " identified, " in result.stdout


def test_a_library_is_built_looked_at_and_used(tmp_path: Path) -> None:
    out = str(tmp_path / "mine.parquet")
    references = str(SMALL_LIBRARY.parent / "powder" / "library_dart.msp")
    report = tmp_path / "report.csv"
    built = answered("library", "build", references, str(SMALL_LIBRARY), "--out", out, "--report", str(report))
    assert built == answered("library", "info", out)
    assert set(built) == {"spectra", "compounds", "rejected", "repaired"}
    with report.open(encoding="utf-8-sig") as stream:
        lines = list(csv.DictReader(stream))
    assert {"repaired", "refused"} >= {line["action"] for line in lines}
    assert {"small_library.parquet", "library_dart.msp"} >= {line["file"] for line in lines} > set()
    assert answered("identify", RUN, "--library", out)["library"]["spectra"] == built["spectra"]


def test_methods_are_listed_with_what_a_form_needs() -> None:
    listed = answered("methods")
    assert {"ms.identify", "ms.mixture"} <= {one["id"] for one in listed}
    for one in listed:
        assert {"id", "title", "technique", "accepts", "parameters", "example"} <= set(one)
    assert "ms.mixture" in call("methods").stdout


def test_answer_runs_a_method_with_its_parameters(tmp_path: Path) -> None:
    facts = answered("answer", "ms.mixture", *POWDER, "--set", "least_share=0.9", "--report", str(tmp_path / "a.html"))
    needed = {"method", "version", "inputs", "parameters", "findings", "tables", "verdict", "warnings", "seconds"}
    assert needed <= set(facts)
    assert facts["parameters"]["least_share"] == 0.9
    assert {finding["name"] for finding in facts["findings"]} == {"acetyl fentanyl", "amphetamine"}
    assert all({"name", "value", "uncertainty", "unit"} <= set(finding) for finding in facts["findings"])
    assert (tmp_path / "a.html").exists()
    assert "acetyl fentanyl" in call("answer", "ms.mixture", *POWDER).stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["identify", RUN, "--report", "a.docx"], "found --report a.docx, expected a name that ends in"),
        (["answer", "ms.mixture", *POWDER, "--set", "share"], "expected key=value"),
        (["answer", "ms.identify", RUN, "--export", "xls=out.xls"], "expected FORMAT=OUT with a format of mztab"),
        (["answer", "ms.identify", RUN, "--export", "mzqc=out.json"], "expected one of: mztab, mzspeclib, csv"),
        (["answer", "ms.identify", RUN, "--export", "csv=no/such/out.csv"], "expected a file that can be written"),
        (["library", "export", RUN, "--as", "xls", "--out", "x"], "'xls' is not one of"),
        (["identify"], "Missing argument"),
        (["identify", RUN, "--top", "0"], "1<=x<=100"),
    ],
)
def test_bad_usage_is_two_and_a_sentence(words: list[str], said: str) -> None:
    result = call(*words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert not result.stdout


@pytest.mark.parametrize(
    "words",
    [
        ["identify", "none.mzML"],
        ["identify", RUN, "--library", "none.parquet"],
        ["identify", RUN, "--library", RUN],
        ["identify", RUN, "--precursor-tolerance", "wide"],
        ["library", "info", "none.parquet"],
        ["library", "build", POWDER[0], "--out", "x.parquet"],
        ["answer", "ms.nothing", RUN],
        ["library", "export", "none.parquet", "--as", "msp", "--out", "x.msp"],
        ["answer", "ms.mixture", RUN],
        ["answer", "ms.mixture", *POWDER, "--set", "colour=blue"],
    ],
)
def test_input_that_cannot_be_used_is_our_own_error_with_a_sentence(words: list[str]) -> None:
    problem = call(*words).exception
    assert isinstance(problem, UnreadableFile | BadParameter)
    assert "found" in problem.sentence
    assert "expected" in problem.sentence


def test_identify_starts_without_django_and_exits_two_on_a_missing_file() -> None:
    look = (
        "import sys; from liqi.server.commands import answers; print('django' in sys.modules, 'polars' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", "False"]
    failed = subprocess.run(
        [sys.executable, "-m", "liqi.server", "identify", "none.mzML"], capture_output=True, text=True, check=False
    )
    assert failed.returncode == 2
    assert failed.stderr.count("\n") == 1
    assert "Traceback" not in failed.stderr
