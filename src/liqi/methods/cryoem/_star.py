"""STAR files as RELION writes them: blocks of tables and single values, in the 3.0 and the 3.1 dialect."""

import codecs
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from liqi.methods._errors import UnreadableFile
from liqi.methods.readers._streams import open_bytes

FORMATS = "a STAR file as RELION writes it"
_WORD = re.compile(r"""'([^']*)'|"([^"]*)"|(\S+)""")


@dataclass(frozen=True, slots=True)
class Block:
    """One `data_` block: its columns by label, each a list of words, all of one length."""

    name: str
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many rows the block has."""
        return len(next(iter(self.columns.values()), ()))

    def words(self, label: str) -> list[str] | None:
        """The words of a column, or None where the block has no such column."""
        found = self.columns.get(label)
        return None if found is None else list(found)


def read_star(path: str | Path) -> dict[str, Block]:
    """Return the blocks of a STAR file by name (without `data_`); rows of odd length are refused by line."""
    path = Path(path)
    try:
        with open_bytes(path) as stream:
            content = stream.read().removeprefix(codecs.BOM_UTF8)
        lines = _text(content).splitlines()
    except (OSError, EOFError) as problem:
        raise UnreadableFile(path, f"text that cannot be read ({problem})", FORMATS, "export it again") from None
    blocks: dict[str, Block] = {}
    name, looped = "", False
    labels: list[str] = []
    rows: list[list[str]] = []

    def close() -> None:
        if not (name or labels):
            return
        columns = {label: [row[i] for row in rows] for i, label in enumerate(labels)}
        blocks[name] = Block(name, columns)

    for number, line in enumerate(lines, 1):
        words = _words(line)
        if not words:
            continue
        first = words[0]
        if first.startswith("data_") and (
            len(words) == 1 or not (looped and labels)
        ):  # a name of a file may begin so too
            close()
            name, labels, rows, looped = first[5:], [], [], False
        elif first == "loop_":
            looped = True
        elif first.startswith("_") and looped and not rows:
            labels.append(first[1:])
        elif first.startswith("_") and not looped:
            if len(words) < 2:
                raise UnreadableFile(path, f"line {number}: {first} without a value", FORMATS, "export it again")
            labels.append(first[1:])
            rows = [[*(rows[0] if rows else []), words[1]]]
        elif labels and looped:
            if len(words) != len(labels):
                found = f"line {number}: {len(words)} values for {len(labels)} columns"
                raise UnreadableFile(path, found, f"{FORMATS}, every row whole", "copy or export the file again")
            rows.append(words)
        else:
            raise UnreadableFile(path, f"line {number}: {line.strip()[:40]!r}", FORMATS, "export it again")
    close()
    if not blocks:
        raise UnreadableFile(path, "no data_ block", FORMATS, "export it again")
    return blocks


def numbers(path: Path, block: Block, label: str, default: float | None = None) -> NDArray[np.float64] | None:
    """Return a column as numbers `(rows,)`; where it is not there, the default in every row, or None."""
    words = block.words(label)
    if words is None:
        return None if default is None else np.full(block.rows, default)
    try:
        found = np.array(words, np.float64)
    except ValueError:
        odd = next(word for word in words if not _is_number(word))
        raise UnreadableFile(path, f"{label} {odd!r}", "a number in every row", "correct it") from None
    if not np.isfinite(found).all():
        raise UnreadableFile(path, f"{label} that is not finite", "a number in every row", "leave these rows out")
    return found


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:  # a name of a file with letters of one language
        return content.decode("latin-1")


def _words(line: str) -> list[str]:
    if not line.strip() or line.lstrip().startswith("#"):
        return []
    words = []
    for match in _WORD.finditer(line):
        if match.group(3) and match.group(3).startswith("#"):
            break
        words.append(next(part for part in match.groups() if part is not None))
    return words


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
