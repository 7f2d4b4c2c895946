"""Every published number of formulas and references has the test that holds it; those without one are told apart."""

import ast
import csv
from pathlib import Path

import pytest

HERE = Path(__file__).parent
with (HERE / "published_numbers.tsv").open(encoding="utf-8", newline="") as file:
    LINES = list(csv.DictReader(file, delimiter="\t"))
NOT_HELD = {"+0.054", "-0.094", "11060"}
"""Numbers that no test holds; `docs/reference/benchmarks.md` says why."""
REASON = "not held: "


def source_of(test: str) -> str:
    """The text of a test, its decorators and docstring with it; blank where there is none of that name."""
    path, _, name = test.partition("::")
    text = (HERE / path).read_text(encoding="utf-8")
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            return "\n".join(text.splitlines()[first - 1 : node.end_lineno])
    return ""


@pytest.mark.parametrize("line", LINES, ids=[line["number"] for line in LINES])
def test_every_published_number_stands_in_the_test_that_holds_it(line: dict[str, str]) -> None:
    if line["test"].startswith(REASON):
        assert line["number"] in NOT_HELD
        return
    source = source_of(line["test"])
    assert source, f"there is no test {line['test']}"
    assert line["in the test"] in source, f"{line['test']} does not speak of {line['in the test']}"
    assert "assert" in source
    assert line["tolerance"]


def test_the_numbers_without_a_test_are_those_that_the_documentation_tells() -> None:
    assert {line["number"] for line in LINES if line["test"].startswith(REASON)} == NOT_HELD
    assert len({(line["number"], line["of"]) for line in LINES}) == len(LINES) > 70
    said = (HERE.parents[1] / "docs/reference/benchmarks.md").read_text(encoding="utf-8")
    assert [number for number in NOT_HELD if number.lstrip("+-") not in said] == []


def test_a_test_that_is_not_there_has_no_source() -> None:
    assert source_of("test_concentration.py::test_nothing_of_the_kind") == ""
