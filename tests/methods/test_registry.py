"""A method of another package is found by its entry point; parameters are what they were declared to be."""

import os
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from liqi.methods import (
    Answer,
    BadParameter,
    Finding,
    Method,
    Parameter,
    Text,
    _method,
    _registry,
    find_method,
    method_ids,
)

WORDS = Text("Count the bytes", "统计字节数", "計算位元組數")


def count(paths: Any, parameters: Any, progress: Any) -> Answer:
    size = sum(Path(path).stat().st_size for path in paths)
    return Answer("counted", WORDS, [Finding("size", size * parameters["times"], "By")])


OURS = Method(
    "test.count",
    "1",
    WORDS,
    "hrms",
    ("any",),
    count,
    parameters=(
        Parameter("times", "integer", 1, WORDS, minimum=1, maximum=9),
        Parameter("way", "choice", "up", WORDS, choices=("up", "down")),
        Parameter("share", "number", 0.5, WORDS, minimum=0.0),
        Parameter("library", "file", None, WORDS, many=True),
    ),
)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    entry = EntryPoint("test.count", f"{__name__}:OURS", "liqi.methods")
    monkeypatch.setattr(_registry, "entry_points", lambda group: [entry] if group == "liqi.methods" else [])
    _registry._of_others.cache_clear()
    yield
    _registry._of_others.cache_clear()


@pytest.mark.usefixtures("installed")
def test_an_entry_point_adds_a_method(tmp_path: Path) -> None:
    path = tmp_path / "five"
    path.write_bytes(b"12345")
    assert "test.count" in method_ids()
    answer = find_method("test.count").run([path], {"times": "3"})
    assert answer.findings[0].value == 15
    assert answer.as_json()["inputs"][0]["size"] == 5


def test_an_unknown_method_is_refused_with_those_there_are() -> None:
    with pytest.raises(BadParameter, match=r"found 'test\.count'; expected one of .*ms\.identify,.* ms\.mixture"):
        find_method("test.count")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"times": "x"}, "a whole number, at least 1, at most 9"),
        ({"times": 10}, "at most 9"),
        ({"times": "1.5"}, "a whole number"),
        ({"way": "left"}, "one of up, down"),
        ({"share": "nan"}, "a number, at least 0"),
        ({"other": 1}, "one of times, way, share, library"),
        ({"times": ["1", "2"]}, "found '1, 2'; expected one value"),
    ],
)
def test_a_value_that_was_not_declared_is_refused(given: dict[str, object], said: str) -> None:
    with pytest.raises(BadParameter, match=said):
        OURS.settle(given)


def test_what_is_not_given_takes_its_default() -> None:
    assert OURS.settle({"share": "2"}) == {"times": 1, "way": "up", "share": 2.0, "library": None}
    assert OURS.settle({"times": ""}) == {"times": 1, "way": "up", "share": 0.5, "library": None}


def test_several_files_count_by_their_contents(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_bytes(b"1")
    two.write_bytes(b"2")
    assert OURS.settle({"library": [one]})["library"] == str(one)
    first = OURS.run([one], {"library": [one, two]})
    assert first.parameters["library"] == [str(one), str(two)]
    two.write_bytes(b"3")
    assert OURS.run([one], {"library": [one, two]}).key != first.key


def test_a_file_read_once_is_read_again_when_it_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = tmp_path / "one"
    one.write_bytes(b"1")
    monkeypatch.setattr(_method, "_SETTLED_NS", 0)
    first = OURS.key(["x"], {"library": str(one)})
    read: list[Path] = []
    pin = _method._pin
    monkeypatch.setattr(_method, "_pin", lambda path: read.append(path) or pin(path))
    assert OURS.key(["x"], {"library": str(one)}) == first
    assert not read
    state = one.stat()
    one.write_bytes(b"22")
    os.utime(one, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert OURS.key(["x"], {"library": str(one)}) != first
    assert read == [one]


def test_one_file_is_named_as_it_is_or_in_a_list(tmp_path: Path) -> None:
    path = tmp_path / "ten.bin"
    path.write_bytes(b"0123456789")
    sizes = [OURS.run(given).findings[0].value for given in (path, str(path), [path], (str(path),))]
    assert sizes == [10, 10, 10, 10]
