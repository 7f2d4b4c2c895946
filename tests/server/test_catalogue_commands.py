"""The catalogue from the command line: the contract of PRODUCT.md."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.server.test_command import run

TABLE = (
    "id,name,name_en,class,maker,model,institution,place,value_cny\n"
    "1,質譜儀,Mass spectrometer,010201,Agilent,6470,合肥测试大学,合肥,1250000\n"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one instrument."""
    made = tmp_path_factory.mktemp("catalogue")
    (made / "list.csv").write_text(TABLE, encoding="utf-8")
    done = run("import", str(made / "list.csv"), "--json", folder=made / "data")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["created"] == 1
    return made


def found(folder: Path, *words: str) -> dict[str, Any]:
    done = run("search", *words, "--json", folder=folder / "data")
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def test_search_gives_the_fields_of_the_contract(folder: Path) -> None:
    document = found(folder, "质谱")
    assert set(document) >= {"total", "took_ms", "hits", "facets"}
    assert document["total"] == 1
    hit = document["hits"][0]
    assert set(hit) == {"id", "kind", "name", "name_en", "institution", "place", "score"}
    assert (hit["kind"], hit["name"], hit["institution"]) == ("instrument", "質譜儀", "合肥测试大学")
    assert document["facets"]["class"] == [{"code": "010000", "label": "分析仪器", "count": 1}]


@pytest.mark.parametrize(
    ("words", "total"),
    [
        (("質譜", "--place", "安徽"), 1),
        (("質譜", "--place", "Beijing"), 0),
        (("質譜", "--class", "0102"), 1),
        (("質譜", "--maker", "安捷伦", "--origin", "US", "--min-value", "1000000"), 1),
        (("質譜", "--shared"), 0),
        (("質譜", "--kind", "facility"), 0),
    ],
)
def test_filters_take_codes_and_names(words: tuple[str, ...], total: int, folder: Path) -> None:
    assert found(folder, *words)["total"] == total


def test_importing_again_changes_nothing(folder: Path) -> None:
    done = run("import", str(folder / "list.csv"), "--json", folder=folder / "data")
    counts = json.loads(done.stdout)
    assert set(counts) == {"read", "created", "updated", "unchanged", "rejected", "problems"}
    assert (counts["created"], counts["unchanged"]) == (0, 1)


def test_a_rejected_row_ends_with_2_and_writes_nothing(folder: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("id,name\n8,ok\n9,\n", encoding="utf-8")
    done = run("import", str(bad), "--json", folder=folder / "data")
    assert done.returncode == 2
    counts = json.loads(done.stdout)
    assert (counts["created"], counts["rejected"]) == (0, 1)
    assert counts["problems"][0] == {
        "row": 3,
        "field": "name",
        "code": "name_missing",
        "message": "found no name; expected one in every row.",
    }
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "words",
    [("import", "nosuch.csv"), ("search", "x", "--class", "zzz"), ("search", "x", "--min-value", "much"), ("search",)],
)
def test_bad_usage_is_one_sentence_and_exit_2(words: tuple[str, ...], folder: Path) -> None:
    done = run(*words, folder=folder / "data")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_generate_makes_the_same_again_and_indexes_it(tmp_path: Path) -> None:
    names = []
    for place in ("a", "b"):
        done = run("generate", "--instruments", "50", "--seed", "3", "--json", folder=tmp_path / place)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["instruments"] == 50
        listed = run("search", "示例", "--kind", "instrument", "--json", folder=tmp_path / place)
        names.append([(hit["id"], hit["name"]) for hit in json.loads(listed.stdout)["hits"]])
    again = run("generate", "--instruments", "50", "--seed", "3", folder=tmp_path / "a")
    assert again.returncode == 2
    assert "choose another" in again.stderr
    assert names[0] == names[1]
    assert names[0]


def test_generate_goes_on_beside_an_imported_list(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("id,name,institution\n1,pH meter,Somewhere\n", encoding="utf-8")
    run("import", str(tmp_path / "list.csv"), folder=tmp_path / "a")
    done = run("generate", "--instruments", "20", "--json", folder=tmp_path / "a")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["instruments"] == 20
