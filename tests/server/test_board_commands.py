"""`liqi board`: tables in and out of the boards of the observatory."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from liqi.observatory.models import DemandLine
from liqi.server.command import liqi

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def prepared(monkeypatch):
    monkeypatch.setattr("liqi.server.commands.boards.prepare", lambda _data: None)


def run(*words):
    return CliRunner().invoke(liqi, ["board", *map(str, words)])


def test_a_table_goes_in_and_comes_out_as_it_was(tmp_path: Path):
    table = tmp_path / "lines.csv"
    table.write_text("programme,code,item,quantity,custom\n光源,1,真空计,3,yes\n光源,2,电源,4,\n", encoding="utf-8")
    said = json.loads(run("import", "demand", table, "--json").stdout)
    assert said == {"read": 2, "created": 2, "updated": 0, "unchanged": 0, "rejected": 0, "problems": []}
    out = tmp_path / "out.csv"
    assert json.loads(run("export", "demand", "--out", out, "--json").stdout)["written"] == 2
    assert json.loads(run("import", "demand", out, "--json").stdout)["unchanged"] == 2
    listed = json.loads(run("list", "--json").stdout)["boards"]
    assert {one["board"]: one["records"] for one in listed}["demand"] == 2


def test_a_table_with_a_fault_ends_with_2_and_is_not_kept(tmp_path: Path):
    table = tmp_path / "lines.csv"
    table.write_text("programme,code,item,quantity\nA,1,x,none\n", encoding="utf-8")
    done = run("import", "demand", table, "--json")
    assert done.exit_code == 2
    assert json.loads(done.stdout)["problems"][0]["row"] == 2
    assert not DemandLine.objects.exists()


def test_a_board_that_there_is_not_is_named(tmp_path: Path):
    table = tmp_path / "x.csv"
    table.write_text("a\n1\n")
    done = run("import", "moon", table)
    assert "moon" in str(done.exception)
