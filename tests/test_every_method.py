"""Every method keeps its promises: three languages, a technique we know, units, uncertainty, an example, a page.

That its example is what it says and can be cut anywhere is tried in `tests/methods/test_trial.py`.
"""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from liqi import taxonomy
from liqi.methods import LANGUAGES, Answer, Method, UnreadableFile, all_methods, list_methods, method_ids
from liqi.methods.readers import FORMAT_NAMES, OTHER_FORMATS

METHODS = list(all_methods())
PAGES = Path(__file__).parents[1] / "docs/reference/methods"
READABLE = {*FORMAT_NAMES, *OTHER_FORMATS}
NO_UNCERTAINTY = "Values without uncertainty"
"""A method whose findings have none says why on its page, under this heading."""

every_method = pytest.mark.parametrize("method", METHODS, ids=lambda method: method.id)


@pytest.fixture(scope="module")
def answers() -> dict[str, Answer]:
    return {method.id: method.run(method.example) for method in METHODS}


def in_three_languages(words: dict[str, str]) -> bool:
    return all(words[language].strip() for language in LANGUAGES)


def test_the_registry_lists_each_method_under_its_own_id() -> None:
    assert [method.id for method in METHODS] == method_ids() == [one["id"] for one in list_methods()]
    for one in list_methods():
        assert {"id", "title", "technique", "accepts", "parameters", "example"} <= set(one)
    json.dumps(list_methods(), allow_nan=False)


@every_method
def test_titles_stand_in_three_languages(method: Method) -> None:
    assert in_three_languages(method.title.as_json())
    assert len(set(method.title.as_json().values())) == len(LANGUAGES)
    for parameter in method.parameters:
        assert in_three_languages(parameter.title.as_json())


@every_method
def test_the_technique_is_in_the_taxonomy(method: Method) -> None:
    assert method.technique in taxonomy.techniques()


@every_method
def test_parameters_have_a_unit_and_a_default_that_parses(method: Method) -> None:
    for parameter in method.parameters:
        assert parameter.unit or parameter.kind in ("file", "text", "choice")
        assert parameter.parse(parameter.default) == parameter.default


@every_method
def test_the_example_runs_and_says_where_it_came_from(method: Method, answers: dict[str, Answer]) -> None:
    answer = answers[method.id]
    assert method.example
    assert set(method.accepts) <= READABLE
    assert answer.findings
    assert (answer.method, answer.version) == (method.id, method.version)
    assert [len(one.sha256) for one in answer.inputs] == [64] * len(method.example)
    assert set(answer.parameters) == {parameter.name for parameter in method.parameters}
    assert answer.seconds > 0
    assert in_three_languages(answer.sentence.as_json())
    assert all(in_three_languages(notice.text.as_json()) for notice in answer.warnings)
    assert ("research use only" in answer.tags) == method.research_use_only


@every_method
def test_findings_have_a_unit_and_an_uncertainty_or_a_documented_reason(
    method: Method, answers: dict[str, Answer]
) -> None:
    page = (PAGES / f"{method.id}.md").read_text(encoding="utf-8")
    for finding in answers[method.id].findings:
        assert finding.unit
        if finding.uncertainty is None:
            assert NO_UNCERTAINTY in page
        else:
            assert finding.uncertainty > 0


@every_method
def test_tables_and_figures_have_titles_and_units(method: Method, answers: dict[str, Answer]) -> None:
    for table in answers[method.id].tables:
        assert in_three_languages(table.title.as_json())
        for column in table.columns:
            assert in_three_languages(column.title.as_json())
            numbers = [row.get(column.name) for row in table.rows if isinstance(row.get(column.name), float)]
            assert column.unit or not numbers, f"{table.name}.{column.name} holds numbers without a unit"
    for plot in answers[method.id].plots:
        assert all(in_three_languages(text.as_json()) for text in (plot.title, plot.x_title, plot.y_title))


@every_method
def test_data_that_ships_with_a_method_is_there_and_counts_in_its_key(method: Method, tmp_path: Path) -> None:
    settled = method.settle({})
    for place, path in enumerate(method.data):
        other = tmp_path / path.name
        other.write_bytes(path.read_bytes())
        same = [*method.data[:place], other, *method.data[place + 1 :]]
        assert replace(method, data=same).key([], settled) == method.key([], settled)
        other.write_bytes(path.read_bytes() + b"\n")
        assert replace(method, data=same).key([], settled) != method.key([], settled)


@every_method
def test_the_same_files_give_the_same_answer(method: Method, answers: dict[str, Answer]) -> None:
    again, once = method.run(method.example).as_json(), answers[method.id].as_json()
    assert {**again, "seconds": 0} == {**once, "seconds": 0}


@every_method
def test_a_file_that_is_none_of_its_own_is_refused(method: Method, tmp_path: Path) -> None:
    for name, content in {"empty.mzML": b"", "words.txt": b"these are words", "noise.bin": bytes(range(256))}.items():
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(UnreadableFile, match="expected"):
            method.run([path])
    with pytest.raises(UnreadableFile, match="name at least one file"):
        method.run([])


@every_method
def test_the_method_has_a_page_that_names_it_and_its_parameters(method: Method) -> None:
    page = (PAGES / f"{method.id}.md").read_text(encoding="utf-8")
    assert f"`{method.id}`" in page
    assert method.title.zh_hans in page
    for parameter in method.parameters:
        assert f"`{parameter.name}`" in page
