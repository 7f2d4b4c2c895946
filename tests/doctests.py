"""Of the house's own modules only those are searched for examples that have one: to search a module, it is loaded."""

from pathlib import Path

import pytest

SOURCES = Path(__file__).resolve().parents[1] / "src"
PROMPT = b">>>"


@pytest.hookimpl(tryfirst=True)
def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Whether nothing is looked for there; None where others decide."""
    if collection_path.suffix != ".py" or SOURCES not in collection_path.parents:
        return None
    return None if PROMPT in collection_path.read_bytes() else True
