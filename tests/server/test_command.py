"""The command line is a contract: names, exit codes, one sentence."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from liqi.server import supervisor
from liqi.server.command import COMMANDS, liqi
from tests import tables


def run(*words: str, folder: Path, made: bool = True, **more: str) -> subprocess.CompletedProcess[str]:
    """What the command ended with; the data folder has all tables, unless it is not to be made."""
    if made:
        tables.ready(folder)
    environment = {**os.environ, "LIQI_DATA": str(folder), **more}
    return subprocess.run(
        [sys.executable, "-m", "liqi.server", *words],
        capture_output=True,
        text=True,
        env=environment,
        timeout=120,
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there_and_explains_itself(name: str) -> None:
    if name == "manage":
        pytest.skip("manage hands --help to Django")
    result = CliRunner().invoke(liqi, [name, "--help"], prog_name="liqi")
    assert result.exit_code == 0, result.output
    assert len(result.output.splitlines()) > 3


def test_an_unknown_command_is_one_sentence_and_exit_2(tmp_path: Path) -> None:
    result = run("sing", folder=tmp_path, made=False)
    assert result.returncode == 2
    assert result.stdout == ""
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_taken_port_is_one_sentence_and_exit_2(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = run("serve", "--empty", "--port", str(taken.getsockname()[1]), folder=tmp_path)
    assert result.returncode == 2
    assert "in use" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_data_folder_that_cannot_be_made_is_one_sentence_and_exit_2(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    result = run("serve", "--empty", folder=tmp_path / "file" / "data", made=False)
    assert result.returncode == 2
    assert "--data" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to a read-only folder")
def test_a_read_only_data_folder_is_one_sentence_and_exit_2(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    result = run("serve", "--empty", folder=tmp_path, made=False)
    assert result.returncode == 2
    assert "read-only" in result.stderr


def test_the_supervisor_names_the_child_that_ended() -> None:
    import threading

    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert supervisor.watch({"web": ended}, threading.Event()) == "web"
