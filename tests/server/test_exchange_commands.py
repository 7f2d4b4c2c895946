"""`liqi export`: the contract of PRODUCT.md."""

import json
from pathlib import Path

import pytest

from liqi.catalogue.exchange import pidinst
from tests.server.test_command import run

TABLE = (
    "id,name,name_en,class,maker,model,serial,institution,place,value_cny\n"
    "1,質譜儀,Mass spectrometer,010201,Agilent,6470,SN1,合肥测试大学,合肥,1250000\n"
    "2,Laser,Laser,,,,,合肥测试大学,合肥,\n"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with two instruments."""
    made = tmp_path_factory.mktemp("exchange")
    (made / "list.csv").write_text(TABLE, encoding="utf-8")
    done = run("import", str(made / "list.csv"), "--json", folder=made / "data")
    assert done.returncode == 0, done.stderr
    return made


def test_export_gives_the_fields_of_the_contract_and_valid_files(folder: Path, tmp_path: Path) -> None:
    done = run("export", "pidinst-json", "--out", str(tmp_path), "--json", folder=folder / "data")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert {"written", "files", "losses"} <= set(document)
    assert document["written"] == len(document["files"]) == 2
    for name in document["files"]:
        pidinst.validator().validate(json.loads((tmp_path / name).read_text()))
    lost = {(loss["record"], loss["field"]) for loss in document["losses"]}
    assert any(field == "value_cny" for _record, field in lost)
    assert document["losses_total"] == len(document["losses"])


def test_filters_narrow_what_is_written(folder: Path, tmp_path: Path) -> None:
    words = ("export", "datacite", "--out", str(tmp_path), "--class", "0102", "--place", "安徽", "--json")
    done = run(*words, folder=folder / "data")
    assert json.loads(done.stdout)["written"] == 1, done.stderr
    done = run("export", "csv", "--out", str(tmp_path), "--kind", "institution", "--json", folder=folder / "data")
    assert json.loads(done.stdout)["files"] == ["institutions.csv"]


def test_a_table_written_is_taken_in_by_an_empty_catalogue(folder: Path, tmp_path: Path) -> None:
    run("export", "csv", "--out", str(tmp_path / "out"), "--kind", "instrument", folder=folder / "data")
    words = ("import", str(tmp_path / "out" / "instruments.csv"), "--json")
    first = json.loads(run(*words, folder=tmp_path / "second").stdout)
    again = json.loads(run(*words, folder=tmp_path / "second").stdout)
    assert (first["created"], first["rejected"]) == (2, 0)
    assert (again["unchanged"], again["updated"]) == (2, 0)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("pdf", "--out", "out"), "expected one of pidinst-json"),
        (("cerif", "--out", "out", "--kind", "service"), "can say: instrument"),
        (("cerif", "--out", "out", "--class", "nonsense"), "expected a class code"),
        (("cerif",), "--out"),
    ],
)
def test_what_cannot_be_written_ends_with_2_and_a_sentence(words: tuple[str, ...], said: str, folder: Path) -> None:
    done = run("export", *words, folder=folder / "data")
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
