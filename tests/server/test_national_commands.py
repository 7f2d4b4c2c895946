"""Reporting to the national platform from the command line, from a form to a record on the platform."""

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from liqi.catalogue.national.stand_in import Platform, Server
from tests.server.test_command import run

FORM = (
    "所在单位仪器编号,所属单位标识,仪器设备名称,所属单位内部门,仪器分类编码,设备来源,是否在海关监管年限内,原值(万元),产地国别,"
    "生产制造商,建账日期,仪器设备类别,规格型号,主要学科领域,主要购置经费来源,联系人,电话\n"
    "20200001,JG0001,质谱仪,分析中心,10201,购置,否,415.00万,美国,Waters,20200301,通用,Xevo,化学,中央财政资金,王伟,0551\n"
    "20200002,JG0001,电镜,分析中心,010101,购置,是,900,日本,JEOL,2021-03-01,通用,F200,物理学,地方财政资金,王伟,0551\n"
)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(Platform({"JG0001"})) as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.01,))
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with two instruments of one institution, the second without its customs record."""
    made = tmp_path_factory.mktemp("national")
    (made / "form.csv").write_text(FORM, encoding="gb18030")
    done = run("import", str(made / "form.csv"), "--json", folder=made / "data")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["created"] == 2
    return made


def told(folder: Path, *words: str) -> dict[str, Any]:
    done = run("national", *words, "--json", folder=folder / "data")
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def test_the_whole_way_from_check_to_read_back(folder: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIQI_NATIONAL_URL", server.address)
    checked = told(folder, "check", "--year", "2026")
    assert (checked["records"], checked["held"]) == (3, 1)
    assert [one["code"] for one in checked["problems"] if one["holds"]] == ["customs_missing"]
    assert told(folder, "queue", "--year", "2026", "--submit")["institutions"][0]["held"] == 1
    pushed = told(folder, "push")["institutions"][0]
    assert (pushed["sent"], pushed["locked"], pushed["accepted"]) == (2, 1, 1)
    states = told(folder, "status", "--institution", "JG0001")["institutions"][0]["states"]
    assert (states["locked"], states["held"], states["accepted"]) == (1, 1, 1)
    assert told(folder, "read-back")["institutions"][0] == {
        "institution": pushed["institution"],
        "looked": 1,
        "rejected": 0,
    }
    assert server.platform.held["JG0001", "4", ("20200001",)]["instrCategory"] == "010201"


def test_everything_is_written_for_the_institution_with_its_contacts(folder: Path) -> None:
    written = told(folder, "export", "--year", "2026", "--out", str(folder / "out"))
    names = {os.path.basename(name) for name in written["files"]}
    assert {"national_instrument.xlsx", "national_4_instrument.json", "national_7_institution_year.json"} <= names
    text = next((folder / "out").rglob("national_instrument.csv")).read_text("utf-8-sig")
    assert "王伟" in text


def test_service_records_are_made_from_sessions(folder: Path) -> None:
    made = told(folder, "records", "--year", "2026")["institutions"][0]
    assert (made["created"], made["unchanged"]) == (0, 0)
    assert {figure["key"] for figure in made["figures"]} >= {"instrNum", "effectiveHours"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("check", "--institution", "nowhere"), "found no institution 'nowhere'"),
        (("check", "--year", "12"), "12"),
        (("push",), "LIQI_NATIONAL_URL"),
        (("nothing",), "nothing"),
    ],
)
def test_bad_usage_is_one_sentence(
    folder: Path, words: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LIQI_NATIONAL_URL", raising=False)
    done = run("national", *words, folder=folder / "data")
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_an_empty_catalogue_has_nothing_to_report(tmp_path: Path) -> None:
    done = run("national", "check", "--json", folder=tmp_path)
    assert done.returncode == 2
    assert "insCode" in done.stderr
