"""Which format a file is, judged by its content; the name counts only where the content says nothing."""

import gzip
from pathlib import Path
from typing import IO, cast

from liqi.methods._errors import UnreadableFile

FORMATS = "mzML, mzXML, MGF, MSP, MassBank text, CSV peak list or library Parquet"
_HEAD = 65_536


def open_bytes(path: Path) -> IO[bytes]:
    """Open a file for reading, unpacking gzip, or raise `UnreadableFile`."""
    try:
        stream = path.open("rb")
    except OSError as problem:
        reason = (problem.strerror or type(problem).__name__).lower()
        raise UnreadableFile(path, reason, "a file that can be read", "check path and rights") from None
    if stream.read(2) == b"\x1f\x8b":
        stream.close()
        return cast("IO[bytes]", gzip.open(path, "rb"))
    stream.seek(0)
    return stream


def head(path: Path, size: int = _HEAD) -> bytes:
    """Return the first 64 kB, unpacked where the file is gzip."""
    try:
        with open_bytes(path) as stream:
            return stream.read(size)
    except (OSError, EOFError) as problem:
        raise unpacked_badly(path, problem) from None


def unpacked_badly(path: Path, problem: Exception) -> UnreadableFile:
    """Return the error for a gzip file that does not unpack."""
    return UnreadableFile(path, f"a damaged gzip file ({problem})", "a whole one", "copy the file again")


def text_of(path: Path) -> str:
    """Return a text file's words, UTF-8 first and then Latin-1, or raise `UnreadableFile`."""
    try:
        with open_bytes(path) as stream:
            data = stream.read()
    except (OSError, EOFError) as problem:
        raise unpacked_badly(path, problem) from None
    if b"\x00" in data[:_HEAD]:
        raise UnreadableFile(path, "bytes that are no text", FORMATS, "export the file again")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def sniff(path: Path) -> str:
    """Return the format's short name: mzml, mzxml, mgf, msp, massbank, parquet or peaks."""
    start = head(path)
    if not start.strip():
        raise UnreadableFile(path, "an empty file", FORMATS, "copy the file again")
    if start[:4] == b"PAR1":
        return "parquet"
    if b"<mzML" in start or b"<indexedmzML" in start:
        return "mzml"
    if b"<mzXML" in start:
        return "mzxml"
    words = start.decode("utf-8", "replace").lstrip("\ufeff")
    lines = [line.strip().lower() for line in words.splitlines() if line.strip()]
    if any(line == "begin ions" for line in lines):
        return "mgf"
    if lines[0].startswith("accession:"):
        return "massbank"
    if any(line.startswith("num peaks:") for line in lines):
        return "msp"
    if _numbers(lines[1] if len(lines) > 1 else lines[0]):
        return "peaks"
    if path.suffix.lower() in (".mgf", ".msp"):
        return path.suffix.lower()[1:]
    raise UnreadableFile(path, f"a file that begins {lines[0][:40]!r}", FORMATS, "convert it to one of these")


def _numbers(line: str) -> bool:
    parts = line.replace(",", " ").replace(";", " ").split()
    try:
        return len(parts) >= 2 and all(float(part) >= 0 for part in parts[:2])
    except ValueError:
        return False
