"""What the tests of answers stand on: a data folder, a person, a method that can be watched."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from liqi.accounts.models import Person
from liqi.methods import Answer, Finding, Method, Parameter, Progress, Text, UnreadableFile, _registry

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Path:
    settings.LIQI_DATA = tmp_path
    settings.LIQI_APART = False  # so that a test can put another method in the registry's place
    return tmp_path


@pytest.fixture
def person(db: None) -> Person:
    return Person.objects.create_user("lin@example.org", name="Lin")


@pytest.fixture
def other(db: None) -> Person:
    return Person.objects.create_user("mo@example.org", name="Mo")


def count_bytes(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    """Counts bytes, one at a time, and says which byte it is at."""
    data = b"".join(path.read_bytes() for path in paths)
    if data.startswith(b"bad"):
        raise UnreadableFile(paths[0].name, "bad bytes", "good bytes", "bring good ones")
    if data.startswith(b"boom"):
        raise ZeroDivisionError("a fault of ours")
    for number, _ in enumerate(data, start=1):
        progress(number, len(data), f"byte {number}")
    value = len(data) * parameters["factor"]
    words = Text(f"{value} bytes", f"{value} 字节", f"{value} 位元組")
    return Answer("counted", words, [Finding("bytes", value, "B", 0.0)], detail={"counts": {"bytes": value}})


def method_of(function: Callable[..., Answer]) -> Method:
    factor = Parameter("factor", "integer", 1, Text.same("factor"), minimum=1)
    return Method("test.count", "1.0", Text.same("Count"), "CHMO:0000470", ["any file"], function, [factor])


COUNT = method_of(count_bytes)


@pytest.fixture(autouse=True)
def count_method(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(_registry._BUILT_IN, "test.count", f"{__name__}:COUNT")
