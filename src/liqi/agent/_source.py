"""Sources: the bytes of a file, or of a folder that is one run, read at any place without a copy and without a touch.

A run is read as a tar archive that is the same for the same folder: members sorted, owners and rights left out. It is
never written to a disk of the instrument: any part of it is made when it is asked for.
"""

import os
import tarfile
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

BLOCK = tarfile.BLOCKSIZE
RECORD = tarfile.RECORDSIZE


class Changed(Exception):
    """The file or folder is not as it was seen."""


@dataclass(frozen=True)
class Member:
    """A file of a run, by its path below the folder."""

    path: str
    size: int
    modified_ns: int


class Plain:
    """One file."""

    def __init__(self, path: Path) -> None:
        self.stream: BinaryIO = path.open("rb")
        self.size = os.fstat(self.stream.fileno()).st_size

    def read(self, offset: int, count: int) -> bytes:
        """So many bytes from the offset, fewer at the end."""
        self.stream.seek(offset)
        return self.stream.read(count)

    def close(self) -> None:
        """The file is let go."""
        self.stream.close()


class Packed:
    """A folder as a tar archive (POSIX.1-2001 pax), every byte of it known by its place."""

    def __init__(self, folder: Path, members: list[Member]) -> None:
        self.folder = folder
        self.members = sorted(members, key=lambda member: member.path.encode("utf-8", "surrogateescape"))
        self.starts: list[int] = []
        self.headers: list[bytes] = []
        at = 0
        for member in self.members:
            self.starts.append(at)
            self.headers.append(self._header(member))
            at += len(self.headers[-1]) + -(-member.size // BLOCK) * BLOCK
        self.end = at
        self.size = -(-(at + 2 * BLOCK) // RECORD) * RECORD
        self.stream: BinaryIO | None = None
        self.opened = -1

    def _header(self, member: Member) -> bytes:
        name = f"{self.folder.name}/{member.path}".encode("utf-8", "surrogateescape").decode(
            "utf-8", "backslashreplace"
        )
        info = tarfile.TarInfo(name)
        info.size, info.mtime, info.mode = member.size, member.modified_ns // 10**9, 0o644
        return info.tobuf(tarfile.PAX_FORMAT)

    def read(self, offset: int, count: int) -> bytes:
        """So many bytes from the offset, fewer at the end; raises Changed where a member became shorter."""
        wanted = min(offset + count, self.size)
        parts = []
        while offset < wanted:
            part = self._piece(offset, wanted - offset)
            parts.append(part)
            offset += len(part)
        return b"".join(parts)

    def _piece(self, offset: int, count: int) -> bytes:
        if offset >= self.end:
            return bytes(count)
        number = bisect_right(self.starts, offset) - 1
        member, header, inside = self.members[number], self.headers[number], offset - self.starts[number]
        if inside < len(header):
            return header[inside : inside + count]
        inside -= len(header)
        if inside < member.size:
            part = self._open(number).read_at(inside, min(count, member.size - inside))
            if not part:
                raise Changed(f"{member.path} became shorter while it was read")
            return part
        padding = -member.size % BLOCK - (inside - member.size)
        return bytes(min(count, padding))

    def _open(self, number: int) -> "_At":
        if self.opened != number:
            self.close()
            self.stream = (self.folder / self.members[number].path).open("rb")
            self.opened = number
        assert self.stream is not None
        return _At(self.stream)

    def close(self) -> None:
        """The member that was read last is let go."""
        if self.stream is not None:
            self.stream.close()
        self.stream, self.opened = None, -1


@dataclass(frozen=True)
class _At:
    stream: BinaryIO

    def read_at(self, offset: int, count: int) -> bytes:
        self.stream.seek(offset)
        return self.stream.read(count)


def members(folder: Path) -> list[Member]:
    """Every file of a run with its size and time; raises OSError where a part cannot be listed."""
    return list(_walk(folder, ""))


def _walk(folder: Path, before: str) -> Iterator[Member]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_symlink():
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(Path(entry.path), f"{before}{entry.name}/")
            elif entry.is_file(follow_symlinks=False):
                known = os.stat(entry.path)
                yield Member(before + entry.name, known.st_size, known.st_mtime_ns)


Source = Plain | Packed
