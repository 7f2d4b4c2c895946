"""Files that came wrapped, alone in a ZIP file, in gzip or as UTF-16, laid plain for readers that look at bytes."""

import codecs
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers._lone import lone_member
from liqi.methods.readers._streams import open_bytes

_GZIP = b"\x1f\x8b"
_ZIP = b"PK"
_LOOKED_AT = 4096
_LEAST_PRINTABLE = 0.9


@contextmanager
def unwrapped(paths: Sequence[Path]) -> Iterator[list[Path]]:
    """Give the files, wrapped ones as plain ones in a folder that goes away, with those of the same name beside them.

    What is told of a plain one by `UnreadableFile` is told of the file that came.
    """
    wrapped = [path for path in paths if _is_wrapped(path)]
    if not wrapped:
        yield list(paths)
        return
    names = {(path.parent, _plain_name(path).partition(".")[0]) for path in wrapped}
    with tempfile.TemporaryDirectory(prefix="liqi-plain-") as folder:
        laid: dict[Path, Path] = {}
        for path in dict.fromkeys(paths):
            if path in wrapped or (path.parent, path.name.partition(".")[0]) in names:
                laid[path] = _lay(path, Path(folder), path in wrapped)
        try:
            yield [laid.get(path, path) for path in paths]
        except UnreadableFile as problem:
            came = next((path for path, plain in laid.items() if problem.name == str(plain)), None)
            if came is None:
                raise
            raise UnreadableFile(came, problem.found, problem.expected, problem.do) from None


def _lay(path: Path, folder: Path, is_wrapped: bool) -> Path:
    """Return the plain file; files of one folder stay in one, so that each finds what belongs to it."""
    places = sorted(folder.iterdir())
    place = next((one for one in places if (one / ".from").read_text("utf-8") == str(path.parent)), None)
    if place is None or (place / _plain_name(path)).exists():
        place = folder / f"{len(places)}"
        place.mkdir()
        (place / ".from").write_text(str(path.parent), "utf-8")
    plain = place / (_plain_name(path) if is_wrapped else path.name)
    if not is_wrapped:
        try:
            os.symlink(path.absolute(), plain)
        except OSError:
            shutil.copyfile(path, plain)
        return plain
    try:
        with open_bytes(path) as stream, plain.open("wb") as out:
            shutil.copyfileobj(stream, out, 1 << 20)
    except (OSError, EOFError, ValueError) as problem:
        if isinstance(problem, UnreadableFile):
            raise
        found = f"a damaged gzip file ({problem})"
        raise UnreadableFile(path, found, "a whole one", "copy the file again") from None
    return plain


def _plain_name(path: Path) -> str:
    if (name := _alone_in(path)) is not None:
        path = Path(name.replace("\\", "/").rpartition("/")[2])
    return path.stem if path.suffix.lower() in (".gz", ".gzip") else path.name


def _alone_in(path: Path) -> str | None:
    """The name of the one file in a ZIP file."""
    try:
        with path.open("rb") as stream:
            return lone_member(path) if stream.read(2) == _ZIP else None
    except OSError:
        return None


def _is_wrapped(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            start = stream.read(_LOOKED_AT)
    except OSError:
        return False
    if start[:2] == _GZIP or (start[:2] == _ZIP and lone_member(path)):
        return True
    if start[:2] not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return False
    words = start[: len(start) // 2 * 2].decode("utf-16", "replace")
    fine = sum(letter.isprintable() or letter in "\r\n\t" for letter in words if letter != "\ufffd")
    return fine >= _LEAST_PRINTABLE * len(words)
