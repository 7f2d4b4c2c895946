"""Text files read line by line, so that a file of any size takes no more memory than its longest record."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers._damage import Damage
from liqi.methods.readers._run import Array
from liqi.methods.readers._sniff import unpacked_badly
from liqi.methods.readers._streams import by_lines, open_bytes

_LONGEST = 1 << 20
_BLOCK = 1 << 20
MOST_LINES = 1 << 24


def lines_of(path: Path, damage: Damage) -> Iterator[str]:
    """Yield each line without its end: UTF-8, else Latin-1; a stream that breaks is noted and ends the file."""
    try:
        with by_lines(open_bytes(path)) as stream:
            first = True
            while line := stream.readline(_LONGEST):
                if first:
                    line, first = line.removeprefix(b"\xef\xbb\xbf"), False
                try:
                    yield line.decode("utf-8").rstrip("\r\n")
                except UnicodeDecodeError:
                    yield line.decode("latin-1").rstrip("\r\n")
    except UnreadableFile as problem:
        damage.stop(problem.found)
    except (OSError, EOFError, ValueError) as problem:
        damage.stop(unpacked_badly(path, problem).found)


def occurrences(path: Path, word: bytes) -> int:
    """Return how often a word in lower case stands in a file, whatever its case; what can be read of it counts."""
    count = 0
    rest = b""
    try:
        with open_bytes(path) as stream:
            while block := stream.read(_BLOCK):
                text = rest + block.lower()
                count += text.count(word)
                rest = text[len(text) - len(word) + 1 :]
    except (OSError, EOFError, ValueError):
        pass
    return count


def pairs_of(lines: list[str]) -> tuple[Array, Array]:
    """Return the first two numbers of every line; a line that has none raises `ValueError`.

    >>> [part.tolist() for part in pairs_of(["50.5 1", "60 2.5 note"])]
    [[50.5, 60.0], [1.0, 2.5]]
    """
    if not lines:
        return np.empty(0), np.empty(0)
    words = [line.split(None, 2) for line in lines]
    if short := next((line for line, word in zip(lines, words, strict=True) if len(word) < 2), None):
        raise ValueError(f"{short.strip()[:30]!r} is no peak")
    return np.array([word[0] for word in words], dtype="f8"), np.array([word[1] for word in words], dtype="f8")
