"""`liqi agent` and `liqi agent-token` on the command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from liqi.agent import OPTIONS
from liqi.agent._install import install_text
from liqi.server.command import liqi
from tests import tables


def test_every_option_of_the_agent_is_an_option_of_liqi() -> None:
    said = CliRunner().invoke(liqi, ["agent", "--help"], prog_name="liqi").output
    assert [option.flag for option in OPTIONS if option.flag not in said] == []


def test_what_is_missing_is_one_sentence_and_exit_2(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "liqi.server", "agent", str(tmp_path), "--server", "http://127.0.0.1:9"]
    done = subprocess.run([*words, "--token-file", str(tmp_path / "none")], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "token" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_the_text_of_a_service_names_everything_that_was_chosen(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "liqi.agent", str(tmp_path), "--server", "https://liqi.example.org", "--pull"]
    words += ["--token-file", "t.txt", "--window", "20:00-07:00", "--install-text"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
    for word in ("ExecStart=", "--pull", "20:00-07:00", str(tmp_path), "Restart=always"):
        assert word in done.stdout


def test_a_service_of_windows_is_a_task_that_starts_with_it(tmp_path: Path) -> None:
    given = {"server": "https://liqi.example.org", "token_file": "C:/liqi/token.txt", "pull": True, "once": True}
    said = install_text(str(tmp_path), given, windows=True)
    assert "schtasks /Create" in said
    assert "--pull" in said
    assert "--once" not in said


def test_once_without_a_server_says_how_many_files_wait(tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    (files / "a.bin").write_bytes(b"a")
    (tmp_path / "token").write_text("liqi-agent-" + "x" * 30)
    words = [sys.executable, "-m", "liqi.server", "agent", str(files), "--server", "http://127.0.0.1:9", "--once"]
    words += ["--token-file", str(tmp_path / "token"), "--state", str(tmp_path / "state"), "--quiet-seconds", "0"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=90)
    assert done.returncode == 2
    assert "1 files wait" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_token_is_issued_for_an_instrument_that_exists(tmp_path: Path) -> None:
    tables.ready(tmp_path)
    words = [sys.executable, "-m", "liqi.server", "agent-token", "nowhere", "--data", str(tmp_path), "--json"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=280)
    assert done.returncode == 2
    assert "nowhere" in done.stderr
    assert done.stdout == ""
    make = (
        "from liqi.server.setup import prepare; prepare(); from datetime import UTC, datetime;"
        "from liqi.catalogue.models import Instrument; now = datetime.now(UTC);"
        "Instrument.objects.create(key='nmr', name='NMR', source='test', created_at=now, updated_at=now)"
    )
    known = {**os.environ, "LIQI_DATA": str(tmp_path)}
    subprocess.run([sys.executable, "-c", make], env=known, check=True, timeout=120)
    words[4] = "nmr"
    made = json.loads(subprocess.run(words, capture_output=True, text=True, timeout=120, check=True).stdout)
    assert made["instrument"] == "nmr"
    assert made["token"].startswith("liqi-agent-")
