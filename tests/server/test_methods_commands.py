"""`new-method`, `test-method`, `batch`: begun, tried, run on many files."""

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from liqi.server.commands.methods import COMMANDS

BY_NAME = {command.name: command for command in COMMANDS}


@pytest.fixture(autouse=True)
def path_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))


def call(*words: object) -> Result:
    command = BY_NAME[str(words[0])]
    return CliRunner().invoke(command, [str(word) for word in words[1:]], catch_exceptions=True)


def test_a_new_method_is_begun_and_holds_everything(tmp_path: Path) -> None:
    made = call("new-method", "lab.sum", "--out", tmp_path / "new")
    assert made.exit_code == 0
    assert len(made.stdout.splitlines()) == 5
    tried = call("test-method", tmp_path / "new", "--json")
    assert tried.exit_code == 0, tried.stdout
    (told,) = json.loads(tried.stdout)
    assert (told["method"], told["held"]) == ("lab.sum", True)


def test_what_does_not_hold_ends_with_one(tmp_path: Path) -> None:
    call("new-method", "lab.broken", "--out", tmp_path / "new")
    module = tmp_path / "new/src/liqi_lab_broken/__init__.py"
    module.write_text(module.read_text().replace("(5.02, 0.005)", "(7, 0.005)"))
    tried = call("test-method", tmp_path / "new")
    assert tried.exit_code == 1
    assert "FAIL  lab.broken  answers as it was expected to: mean is 5.02, expected 7 within 0.005" in tried.stdout


def test_a_batch_tells_of_every_file_and_stops_at_none(tmp_path: Path) -> None:
    powder = Path(__file__).parents[2] / "src/liqi/methods/mass_spectrometry/data/powder/mixture2_30V.csv"
    (tmp_path / "a").mkdir()
    same = tmp_path / "a" / powder.name
    same.write_bytes(powder.read_bytes())
    bad = tmp_path / "words.txt"
    bad.write_text("these are words")
    out = tmp_path / "out"
    ran = call("batch", "ms.mixture", powder, bad, same, "--jobs", 2, "--out", out, "--json")
    assert ran.exit_code == 1
    told = json.loads(ran.stdout)
    assert [one["path"] for one in told] == [str(powder), str(bad), str(same)]
    assert ["problem" in one for one in told] == [False, True, False]
    assert told[0]["answer"]["key"] == told[2]["answer"]["key"]
    assert sorted(one.name for one in out.iterdir()) == [f"{powder.name}.1.json", f"{powder.name}.2.json"]


def test_a_wrong_setting_is_refused_before_any_file_is_read(tmp_path: Path) -> None:
    ran = call("batch", "ms.mixture", tmp_path / "nowhere", "--set", "speed=1")
    assert ran.exit_code != 0
    assert "speed" in str(ran.exception)
