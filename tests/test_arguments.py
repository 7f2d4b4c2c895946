"""A call with an argument of a wrong kind is answered in a sentence, never by an error from inside."""

import inspect
import pickle
from collections.abc import Callable, Iterator
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import liqi.methods
from liqi import policy
from liqi.arguments import WrongArgument, explained, fits, in_words
from liqi.methods import find_method
from liqi.methods.mass_spectrometry import SpectralLibrary, identify, identify_mixture, read_run
from liqi.planning import configuration

SOURCES = Path(__file__).resolve().parents[1] / "src"
ROOMS = sorted(
    ".".join(path.parent.relative_to(SOURCES).parts)
    for path in (SOURCES / "liqi").rglob("__init__.py")
    if "explain_face(__name__)" in path.read_text(encoding="utf-8")
)
WRONG = (None, 3, b"x", object(), [], [None])


def refusal_of(call: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    with pytest.raises(WrongArgument) as caught:
        call(*args, **kwargs)
    assert caught.value.__cause__ is None
    return str(caught.value)


def test_every_room_of_the_libraries_explains_its_face() -> None:
    methods = {path.parent.name for path in (SOURCES / "liqi/methods").glob("*/__init__.py")}
    told = {room.rpartition(".")[2] for room in ROOMS if room.startswith("liqi.methods.")}
    assert methods == told
    assert len(methods) > 15


@pytest.mark.parametrize("room", ROOMS)
def test_no_function_breaks_from_inside(room: str) -> None:
    face, broken = import_module(room), []
    for name in face.__all__:
        function = getattr(face, name)
        if not inspect.isfunction(function) or function is liqi.methods.document:  # which takes whatever JSON takes
            continue
        asked = [one for one in inspect.signature(function).parameters.values() if one.default is one.empty]
        for wrong in WRONG:
            given = [wrong for one in asked if one.kind not in (one.KEYWORD_ONLY, one.VAR_POSITIONAL, one.VAR_KEYWORD)]
            named = {one.name: wrong for one in asked if one.kind is one.KEYWORD_ONLY}
            try:
                found = function(*given, **named)
                if isinstance(found, Iterator):
                    next(found, None)
            except Exception as problem:
                if not type(problem).__module__.startswith("liqi."):
                    broken.append(f"{name}({wrong!r}): {type(problem).__name__}: {problem}")
    assert broken == []


def test_the_sentence_says_what_was_given_expected_and_to_do() -> None:
    library = SpectralLibrary.load()
    said = "SpectralLibrary.search(): found 'x' for spectrum; expected a Spectrum; see help(SpectralLibrary)."
    assert refusal_of(library.search, "x") == said
    said = "identify(): found None for path_or_spectra; expected a path or a list of paths"
    assert refusal_of(identify, None).startswith(said)
    run = read_run(find_method("ms.identify").example[0])
    assert refusal_of(run.xic, "a") == "Run.xic(): found 'a' for mz; expected a number; see help(Run)."
    said = "check(): found None for on; expected a date; see help(check)."
    assert refusal_of(policy.check, {}, on=None) == said
    assert refusal_of(configuration.count, "x", []).endswith("; expected a Model; read() gives one.")
    assert refusal_of(find_method("ms.identify").run, 3).startswith("Method.run(): found 3 for paths")
    assert "missing a required" in refusal_of(policy.check, {})
    assert policy.check({}, on=date(2026, 11, 23))


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(configuration.UnusableModel, match="found no such file or directory; expected a file"):
        configuration.read(str(tmp_path / "none.uvl"))


def test_nothing_given_is_said_so() -> None:
    with pytest.raises(ValueError, match=r"parameter powder: found \[\]; expected at least one spectrum"):
        identify_mixture([])
    with pytest.raises(ValueError, match="parameter row: found 1000000; expected the number of a reference"):
        SpectralLibrary.load().record(1_000_000)


def test_what_fits_is_left_alone() -> None:
    """An error that no argument explains stays as it is, and so does one of ours, which says more."""

    @explained
    def broken(number: float) -> float:
        return 1 / number

    with pytest.raises(ZeroDivisionError):
        broken(0)
    with pytest.raises(ValueError, match="found no such file"):
        read_run("none.mzML")
    assert pickle.loads(pickle.dumps(read_run)) is read_run


def test_kinds_as_they_are_written() -> None:
    assert fits({"a": 1}, dict[str, float])
    assert not fits({1: 1}, dict[str, float])
    assert fits((1.0, "a"), tuple[float, str])
    assert not fits("ab", list[str])
    assert in_words(Callable[[int], int]) == "a function"
    assert in_words(tuple[float, ...]) == "a list of numbers"
