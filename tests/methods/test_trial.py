"""What a method owes is found out by trial; a new one is begun from a template that holds all of it."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from liqi.methods import Answer, BadParameter, Expected, Finding, Method, Text, UnreadableFile, all_methods
from liqi.methods.trial import Budget, Trial, begin, methods_of, try_method


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Method]:
    import sys

    monkeypatch.setattr(sys, "path", list(sys.path))
    begin("lab.mean", tmp_path / "new")
    (method,) = methods_of(tmp_path / "new")
    yield method
    sys.modules.pop("liqi_lab_mean")


def failed(method: Method, **budget: float) -> dict[str, str]:
    return {trial.name: trial.seen for trial in try_method(method, Budget(**budget)) if not trial.held}


def test_what_the_template_makes_holds_everything(package: Method) -> None:
    trials = list(try_method(package))
    assert [trial for trial in trials if not trial.held] == []
    assert Trial("answers as it was expected to", True, "measured, 1 values") in trials
    assert trials[-1].seen == "10 refused in a sentence, 10 answered from what was whole"


@pytest.mark.parametrize("method", list(all_methods()), ids=lambda method: method.id)
def test_the_methods_of_liqi_hold_everything(method: Method) -> None:
    assert failed(method) == {}


def test_a_name_that_a_method_has_is_not_begun_again(tmp_path: Path) -> None:
    with pytest.raises(BadParameter, match=r"found 'ms\.identify'; expected a name that no method has yet"):
        begin("ms.identify", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_wrong_answer_is_found(package: Method) -> None:
    off = dataclasses.replace(package, expected=Expected("measured", {"mean": (5.1, 0.01)}))
    assert failed(off) == {"answers as it was expected to": "mean is 5.02, expected 5.1 within 0.01"}
    missing = dataclasses.replace(package, expected=Expected("measured", {"median": (5.1, 0.01)}))
    assert failed(missing) == {"answers as it was expected to": "no finding median"}
    assert "declares no Expected" in failed(dataclasses.replace(package, expected=None)).popitem()[1]


def test_a_method_that_gives_something_else_each_time_is_found(package: Method) -> None:
    count = iter(range(1000))

    def restless(*_: Any) -> Answer:
        return Answer("measured", Text.same("x"), [Finding("mean", 5.02 + 0.0001 * next(count), "1", 0.1)])

    assert "findings differs" in failed(dataclasses.replace(package, function=restless)).popitem()[1]


def test_a_traceback_on_a_cut_file_is_found(package: Method) -> None:
    def careless(paths: Any, *_: Any) -> Answer:
        if len(paths[0].read_bytes()) < 10:
            raise IndexError("list index out of range")
        return Answer("measured", Text.same("x"), [Finding("mean", 5.02, "1", 0.1)])

    assert "IndexError: list index out of range" in failed(dataclasses.replace(package, function=careless)).popitem()[1]


def test_missing_units_words_and_time_are_found(package: Method) -> None:
    def bare(*_: Any) -> Answer:
        return Answer("measured", Text.same("x"), [Finding("mean", 5.02, "", float("nan"))])

    poor = dataclasses.replace(package, function=bare, title=Text("Mean", "", "平均值"), technique="guessing")
    found = failed(poor, example_s=0.0)
    assert set(found) == {
        *("says what it is in three languages", "names a technique of the taxonomy"),
        *("answers its example", "gives every value a unit"),
    }


def test_names_and_folders_that_cannot_be_are_refused(tmp_path: Path) -> None:
    for name in ("Mean", "mean", "lab.", "../lab.mean", "lab.mean;x"):
        with pytest.raises(BadParameter, match="joined by points"):
            begin(name, tmp_path / "x")
    (tmp_path / "mine.txt").touch()
    with pytest.raises(BadParameter, match="empty or not there yet"):
        begin("lab.mean", tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["mine.txt"]


def test_a_folder_without_methods_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"no pyproject.toml"):
        methods_of(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    with pytest.raises(UnreadableFile, match="no entry points"):
        methods_of(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[project.entry-points.'liqi.methods']\n'a.b' = 'nowhere_to_be_found:X'\n")
    with pytest.raises(UnreadableFile, match="mend the module"):
        methods_of(tmp_path)
