"""The page about mass-spectrometry files runs as written, and its formats are those that can be read."""

import re
from pathlib import Path

import pytest

from liqi.methods.readers import FORMAT_NAMES

PAGE = Path(__file__).parents[2] / "docs/reference/mass-spectrometry-files.md"


def test_the_example_runs_and_prints_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    exec(compile(code, str(PAGE), "exec"), {})
    printed = capsys.readouterr().out.splitlines()
    said = [line.rpartition("# ")[2] for line in code.splitlines() if line.startswith("print") and "  # " in line]
    for words in said:
        assert words in printed
    assert len(said) == 3


def test_every_format_is_named() -> None:
    text = PAGE.read_text(encoding="utf-8").lower()
    for name in set(FORMAT_NAMES) - {"peaks"}:
        assert name.replace("jcamp", "jcamp-dx") in text
