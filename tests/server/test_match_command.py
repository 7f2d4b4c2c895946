"""`liqi match` from the command line: the contract of its JSON, limits, and one sentence for bad usage."""

import json
from pathlib import Path

import pytest

from tests.server.test_command import run

TABLE = (
    "id,name,name_en,class,maker,model,institution,place,value_cny,techniques,shared\n"
    "1,三重四极杆液质联用仪,LC-MS,010201,Agilent,6470,合肥测试大学,合肥,1250000,lcms,yes\n"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one instrument that is open to others."""
    made = tmp_path_factory.mktemp("match")
    (made / "list.csv").write_text(TABLE, encoding="utf-8")
    done = run("import", str(made / "list.csv"), "--json", folder=made / "data")
    assert done.returncode == 0, done.stderr
    return made / "data"


def test_match_gives_the_fields_of_the_contract(folder: Path) -> None:
    done = run("match", "测定牛奶中四环素残留", "--json", folder=folder)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert set(document) >= {"techniques", "offers"}
    assert document["techniques"][0]["id"] == "lcms"
    assert all(set(one) >= {"id", "label", "score", "why"} for one in document["techniques"])
    (offer,) = document["offers"]
    assert set(offer) >= {"id", "kind", "name", "price", "earliest", "km", "score", "why"}
    assert offer["name"] == "三重四极杆液质联用仪"


def test_a_limit_of_which_nothing_is_on_record_does_not_pass(folder: Path) -> None:
    done = run("match", "牛奶中四环素", "--budget", "500", "--json", folder=folder)
    document = json.loads(done.stdout)
    (offer,) = document["offers"]
    assert offer["fits"] == "unknown"
    assert {one["limit"]: one["result"] for one in offer["constraints"]} == {"open": "pass", "price": "unknown"}


def test_without_json_a_person_can_read_it(folder: Path) -> None:
    done = run("match", "tetracycline in milk", "--from", "Hefei", "--within-km", "50", folder=folder)
    assert done.returncode == 0, done.stderr
    assert "lcms" in done.stdout
    assert "distance: 50 km" in done.stdout


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["铅", "--budget", "much"], "an amount in CNY"),
        (["铅", "--before", "soon"], "a day such as"),
        (["铅", "--from", "Nowhere-at-all"], "a city or province"),
        (["铅", "--within-km", "-1"], "-1"),
        ([], "TEXT"),
    ],
)
def test_bad_usage_is_one_sentence_and_status_two(folder: Path, words: list[str], expected: str) -> None:
    done = run("match", *words, "--json", folder=folder)
    assert done.returncode == 2
    assert expected in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
