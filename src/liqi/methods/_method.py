"""A method declares what it is and what it takes, then runs: files and parameters in, `Answer` out."""

import hashlib
import json
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from liqi.arguments import explained
from liqi.methods._answer import Answer, Input
from liqi.methods._errors import BadParameter, UnreadableFile
from liqi.methods._text import Text
from liqi.methods.readers._streams import not_opened

Progress = Callable[[int, int, str], None]
"""Called with (done, total, step); total 0 means not known yet. Raise `Cancelled` in it to stop the run."""

_SETTLED_NS = 2_000_000_000


def unwatched(done: int, total: int, step: str) -> None:
    """Take no notice of progress."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A typed parameter: kind is ``number``, ``integer``, ``text``, ``choice``, ``tolerance`` or ``file``."""

    name: str
    kind: str
    default: Any
    title: Text
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    choices: Sequence[str] = ()
    formats: Sequence[str] = ()
    """The short names of the formats that a parameter of kind ``file`` reads; none means spectral libraries."""
    many: bool = False
    """Whether a parameter of kind ``file`` may name several; they come as a list then, one alone as a text."""

    def parse(self, value: object) -> Any:
        """Return the value in the parameter's type, or raise `BadParameter`."""
        if isinstance(value, list | tuple):
            return self._several(value)
        if value is None or value == "":
            return self.default
        if self.kind in ("number", "integer"):
            return self._number(value)
        if self.kind == "choice" and value not in self.choices:
            raise BadParameter(self.name, value, f"one of {', '.join(self.choices)}")
        return str(value)

    def _several(self, values: Sequence[object]) -> Any:
        given = [str(value) for value in values if value not in (None, "")]
        if len(given) > 1 and not self.many:
            raise BadParameter(self.name, ", ".join(given), "one value")
        return given if len(given) > 1 else self.parse(given[0] if given else None)

    def _number(self, value: object) -> float | int:
        word = "a whole number" if self.kind == "integer" else "a number"
        bounds = [f"at least {self.minimum:g}" if self.minimum is not None else ""]
        bounds.append(f"at most {self.maximum:g}" if self.maximum is not None else "")
        expected = ", ".join([word, *filter(None, bounds)])
        try:
            number = int(str(value)) if self.kind == "integer" else float(str(value))
        except ValueError:
            raise BadParameter(self.name, value, expected) from None
        low = self.minimum is not None and not number >= self.minimum
        if low or (self.maximum is not None and not number <= self.maximum):
            raise BadParameter(self.name, value, expected)
        return number

    def as_json(self) -> dict[str, Any]:
        """Return the declaration, enough to make a form from."""
        facts: dict[str, Any] = {"name": self.name, "kind": self.kind, "default": self.default}
        facts |= {"unit": self.unit, "title": self.title.as_json()}
        if self.choices:
            facts["choices"] = list(self.choices)
        if self.formats:
            facts["formats"] = list(self.formats)
        if self.many:
            facts["many"] = True
        for name in ("minimum", "maximum"):
            if getattr(self, name) is not None:
                facts[name] = getattr(self, name)
        return facts


@dataclass(frozen=True, slots=True)
class Expected:
    """What the example must give: the verdict, and values by the name of their finding as (value, how far off)."""

    verdict: str
    values: Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Method:
    """One way from files to an answer, declared first so that it can be listed, formed and checked."""

    id: str
    version: str
    title: Text
    technique: str
    accepts: Sequence[str]
    function: Callable[[Sequence[Path], Mapping[str, Any], Progress], Answer]
    parameters: Sequence[Parameter] = ()
    example: Sequence[Path] = ()
    research_use_only: bool = False
    many_files: bool = False
    libraries: Sequence[str] = ("numpy",)
    """Packages whose version may change a number of the answer."""
    beside: Callable[[Sequence[Path]], Sequence[Path]] | None = None
    """Finds files that those given name and that lie beside them; they go in as if they had been given."""
    data: Sequence[Path] = ()
    """Files that ship with the method and may change a number of the answer: libraries, trained models, limits."""
    shared: Sequence[str] = ()
    """Formats of files that belong to every sample where many are answered one by one, such as gates."""
    expected: Expected | None = None
    """The known answer of the example."""

    @explained
    def settle(self, given: Mapping[str, object] | None) -> dict[str, Any]:
        """Return every parameter's value, defaults filled in, or raise `BadParameter`."""
        given = dict(given or {})
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in given:
            if name not in known:
                expected = f"one of {', '.join(known)}" if known else "no parameter"
                raise BadParameter(name, given[name], expected)
        return {name: parameter.parse(given.get(name)) for name, parameter in known.items()}

    @explained
    def run(
        self,
        paths: str | Path | Sequence[str | Path],
        parameters: Mapping[str, object] | None = None,
        progress: Progress = unwatched,
    ) -> Answer:
        """Return the answer for these files, or this one; raise `UnreadableFile`, `BadParameter` or `Cancelled`."""
        started = time.perf_counter()
        settled = self.settle(parameters)
        files = [Path(path) for path in ([paths] if isinstance(paths, str | Path) else paths)]
        if not files:
            raise UnreadableFile(self.id, "no file", " or ".join(self.accepts), "name at least one file")
        files += self.beside(files) if self.beside else []
        inputs = [_pin(path) for path in files]
        answer = self._answer(files, settled, progress)
        tags = [*answer.tags, *(["research use only"] if self.research_use_only else [])]
        seconds = round(time.perf_counter() - started, 4)
        facts = {"method": self.id, "version": self.version, "title": self.title, "parameters": settled}
        made = {"software": self.software(), "key": self.key([one.sha256 for one in inputs], settled)}
        return answer.with_provenance(**facts, **made, tags=tags, inputs=inputs, seconds=seconds)

    def _answer(self, files: Sequence[Path], settled: Mapping[str, Any], progress: Progress) -> Answer:
        """The function's answer; wrapped files are laid out plain, but for runs of mass spectra: those are streamed."""
        if "mzml" in self.accepts:
            return self.function(files, settled, progress)
        from liqi.methods.readers._unwrapped import unwrapped

        with unwrapped(files) as plain:
            return self.function(plain, settled, progress)

    def software(self) -> dict[str, str]:
        """Return the version of Python and of each library that may change a number."""
        return {"python": platform.python_version()} | {name: version(name) for name in self.libraries}

    def key(self, inputs: Sequence[str], settled: Mapping[str, Any]) -> str:
        """Return what makes the answer: the SHA-256 of method, version, software, data, input hashes and parameters.

        A file among the parameters counts by its content, and so does the data that ships. The same key, the same
        answer.
        """
        files = {one.name for one in self.parameters if one.kind == "file"}
        values = {name: _pinned(value) if name in files and value else value for name, value in settled.items()}
        shipped = [_hash_of(path) for path in self.data]
        made_of = [self.id, self.version, self.software(), shipped, list(inputs), values]
        return hashlib.sha256(json.dumps(made_of, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """Return one entry of `liqi methods --json`."""
        return {
            "id": self.id,
            "version": self.version,
            "title": self.title.as_json(),
            "technique": self.technique,
            "accepts": list(self.accepts),
            "many_files": self.many_files,
            "parameters": [parameter.as_json() for parameter in self.parameters],
            "example": [str(path) for path in self.example],
            "research_use_only": self.research_use_only,
        }


def _pinned(value: Any) -> Any:
    """The hash of the file that a parameter names, or of each."""
    return [_hash_of(Path(one)) for one in value] if isinstance(value, list) else _hash_of(Path(value))


def _hash_of(path: Path) -> str:
    """Return the SHA-256 of a file; a large library is read once a process, and again when it changes.

    A file written in the last seconds is read each time: its clock may be too coarse to tell a second writing.
    """
    try:
        state = path.stat()
    except OSError:
        return _pin(path).sha256
    if time.time_ns() - max(state.st_mtime_ns, state.st_ctime_ns) < _SETTLED_NS:
        return _pin(path).sha256
    return _remembered(path, state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns)


@lru_cache(maxsize=64)
def _remembered(path: Path, *_state: int) -> str:
    return _pin(path).sha256


def _pin(path: Path) -> Input:
    try:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            return Input(str(path), digest, stream.tell())
    except OSError as problem:
        raise not_opened(path, problem) from None
