"""Several processes that start at once make the tables once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PREPARE = "from liqi.server.setup import prepare; prepare()"


def start_together(environment: dict[str, str]) -> None:
    started = [
        subprocess.Popen([sys.executable, "-c", PREPARE], env=environment, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for one in started:
        _nothing, told = one.communicate(timeout=280)
        assert one.returncode == 0, told


def test_processes_that_start_at_once_on_an_empty_folder_all_come_up(tmp_path: Path) -> None:
    environment = {**os.environ, "LIQI_DATA": str(tmp_path)}
    environment.pop("LIQI_DATABASE_URL", None)
    start_together(environment)


@pytest.mark.postgresql
def test_processes_that_start_at_once_on_an_empty_server_all_come_up(postgresql: str, tmp_path: Path) -> None:
    import psycopg

    with psycopg.connect(postgresql, autocommit=True) as server:
        server.execute("CREATE DATABASE started_at_once")
    address = postgresql.rsplit("/", 1)[0] + "/started_at_once"
    start_together({**os.environ, "LIQI_DATA": str(tmp_path), "LIQI_DATABASE_URL": address})
