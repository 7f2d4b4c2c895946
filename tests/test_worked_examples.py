"""The worked examples of docs/ give what they say: commands on shipped files, and Python as in a notebook."""

import doctest
from pathlib import Path

import pytest

from docs import scenarios


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    scenarios.lay_out(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.timeout(180)
def test_the_commands_of_the_scenarios_print_what_stands_under_them(folder: Path) -> None:
    page = scenarios.SCENARIOS.read_text(encoding="utf-8")
    assert page.count("$ liqi ") >= 8
    assert scenarios.filled(page, folder) == page, "run ./run docs"


def test_the_python_of_the_notebook_page_gives_what_it_says(folder: Path) -> None:
    page = scenarios.NOTEBOOK.read_text(encoding="utf-8")
    blocks = "\n".join(part.partition("```")[0] for part in page.split("```python")[1:])
    told = doctest.DocTestParser().get_doctest(blocks, {}, "notebook", str(scenarios.NOTEBOOK), 0)
    assert len(told.examples) >= 20
    failures: list[str] = []
    result = doctest.DocTestRunner().run(told, out=failures.append)
    assert result.failed == 0, "".join(failures)
