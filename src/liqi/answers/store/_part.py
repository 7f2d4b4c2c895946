"""A part of a stream: at most so many bytes of it, read as they are asked for."""

import io
from typing import Any, BinaryIO


class Part(io.RawIOBase):
    """The next ``length`` bytes of the stream; closing it closes the stream."""

    def __init__(self, stream: BinaryIO, length: int) -> None:
        self.stream, self.left = stream, length

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def readinto(self, target: Any) -> int:
        """Fill the target with what comes next; nothing at the end of the part."""
        piece = self.stream.read(min(self.left, len(target)))
        target[: len(piece)] = piece
        self.left -= len(piece)
        return len(piece)

    def close(self) -> None:
        """The stream is closed too."""
        self.stream.close()
        super().close()


def part_of(stream: BinaryIO, length: int | None) -> BinaryIO:
    """The stream itself, or its next so many bytes."""
    return stream if length is None else io.BufferedReader(Part(stream, length))
