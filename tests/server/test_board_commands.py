"""`liqi board`: tables in and out of the boards of the observatory."""

import json
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import CliRunner
from django.utils import translation

from liqi.observatory.models import DemandLine, Firm
from liqi.server.command import liqi

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def prepared(monkeypatch):
    monkeypatch.setattr("liqi.server.commands.boards.prepare", lambda _data: None)
    with translation.override("en"):
        yield


def run(*words):
    return CliRunner().invoke(liqi, ["board", *map(str, words)])


def test_a_table_goes_in_and_comes_out_as_it_was(tmp_path: Path):
    table = tmp_path / "lines.csv"
    table.write_text("programme,code,item,quantity,custom\n光源,1,真空计,3,yes\n光源,2,电源,4,\n", encoding="utf-8")
    said = json.loads(run("import", "demand", table, "--json").stdout)
    assert said == {"read": 2, "created": 2, "updated": 0, "unchanged": 0, "rejected": 0, "problems": [], "remarks": []}
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


def test_a_workbook_goes_in_and_out(tmp_path: Path):
    table = tmp_path / "lines.csv"
    table.write_text("programme,code,item,quantity,due_on\n光源,1,=A1,3,2027-01-31\n", encoding="utf-8")
    run("import", "demand", table)
    out = tmp_path / "out.xlsx"
    assert json.loads(run("export", "demand", "--out", out, "--json").stdout)["written"] == 1
    assert json.loads(run("import", "demand", out, "--json").stdout)["unchanged"] == 1
    book = tmp_path / "typed.xlsx"
    with xlsxwriter.Workbook(book) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ("programme", "code", "item", "quantity", "due_on"))
        sheet.write_row(1, 0, ("光源", "2", "真空计", 7))
        sheet.write_datetime(1, 4, datetime(2027, 2, 28), made.add_format({"num_format": "yyyy-mm-dd"}))
    assert json.loads(run("import", "demand", book, "--json").stdout)["created"] == 1
    line = DemandLine.objects.get(code="2")
    assert (line.quantity, str(line.due_on)) == (7, "2027-02-28")


def test_a_table_with_other_headers_goes_in_by_a_mapping(tmp_path: Path):
    table = tmp_path / "register.csv"
    table.write_text("企业名称,从业人员,法人\n甲公司,120,王\n", encoding="utf-8")
    mapping = tmp_path / "mapping.txt"
    mapping.write_text("# a register of firms\n企业名称 = name\n从业人员 = staff\n", encoding="utf-8")
    assert "columns 企业名称" in str(run("import", "firms", table).exception)
    done = run("import", "firms", table, "--mapping", mapping, "--dry-run", "--json")
    assert (json.loads(done.stdout)["created"], Firm.objects.count()) == (1, 0)
    assert "passed over: 法人" in done.stderr
    run("import", "firms", table, "--mapping", mapping)
    assert Firm.objects.get().staff == 120


@pytest.mark.parametrize(
    ("lines", "found"),
    [("企业名称", "“企业名称”"), ("企业名称 = moon", "our field, one of name"), ("a = name\nb = name", "two columns")],
)
def test_a_mapping_that_does_not_stand_is_refused(tmp_path: Path, lines, found):
    table = tmp_path / "register.csv"
    table.write_text("a,b\n甲公司,乙\n", encoding="utf-8")
    mapping = tmp_path / "mapping.txt"
    mapping.write_text(lines, encoding="utf-8")
    assert found in str(run("import", "firms", table, "--mapping", mapping).exception)


def test_a_damaged_workbook_is_refused_in_a_sentence(tmp_path: Path):
    book = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(book) as made:
        made.add_worksheet().write_row(0, 0, ("programme", "code"))
    whole = book.read_bytes()
    for cut in range(4, len(whole), len(whole) // 20):
        book.write_bytes(whole[:cut])
        assert "expected" in str(run("import", "demand", book).exception)
