"""CSV of an answer: the three lists, three languages, nothing that a spreadsheet would run; and what refuses."""

import csv
from datetime import UTC, datetime
from typing import Any

import pytest

from liqi.methods import LANGUAGES, find_method
from liqi.methods.exports import NotExportable, exports_of, lists, write_export
from tests.methods.samples import RUN

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def answer() -> dict[str, Any]:
    return find_method("ms.identify").run([RUN]).as_json()


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(text.removeprefix("\ufeff").splitlines()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_and_verdicts_are_in_the_language(answer: dict[str, Any], language: str) -> None:
    head, *body = rows(lists.write(answer, language))
    assert (
        head[:2] == {"en": ["no.", "compound"], "zh-Hans": ["序号", "化合物"], "zh-Hant": ["序號", "化合物"]}[language]
    )
    assert len(body) == len(answer["tables"][0]["rows"])
    assert {row[2] for row in body} == {row["verdict"][language] for row in answer["tables"][0]["rows"]}


def test_the_three_lists_are_the_table(answer: dict[str, Any]) -> None:
    table = answer["tables"][0]
    parts = [rows(lists.csv_of(table, "en", one))[1:] for one in lists.LISTS]
    assert [len(part) for part in parts] == [
        sum(one["verdict"] == name for one in answer["detail"]["features"]) for name in lists.LISTS
    ]
    assert sum(map(len, parts)) == len(table["rows"])


def test_words_that_a_spreadsheet_would_run_are_kept_as_words() -> None:
    columns = [{"name": "a", "title": {"en": "a"}, "unit": "", "decimals": None}]
    table = {"columns": columns, "rows": [{"a": "=1+1"}, {"a": -2.5}, {"a": None}, {"a": [1]}]}
    assert rows(lists.csv_of(table, "en"))[1:3] == [["'=1+1"], ["-2.5"]]


def test_an_answer_tells_the_formats_it_can_leave_in(answer: dict[str, Any]) -> None:
    assert [one.key for one in exports_of(answer)] == ["mztab", "mzspeclib", "csv"]
    quality = find_method("ms.quality").run([RUN])
    assert [one.key for one in exports_of(quality)] == ["mzqc", "csv"]
    with pytest.raises(NotExportable, match="expected one of: mzqc, csv"):
        write_export(quality, "mztab", now=NOW)


def test_an_answer_of_before_these_exports_can_leave_as_a_table_only(answer: dict[str, Any]) -> None:
    old = answer | {"detail": {name: answer["detail"][name] for name in ("features", "library")}}
    assert [one.key for one in exports_of(old)] == ["csv"]
