"""SCF 2 and 3, the standard chromatogram format (Dear and Staden, DNA Sequence 3:107, 1992), highest byte first."""

import struct
from pathlib import Path

import numpy as np

from liqi.methods._errors import UnreadableFile
from liqi.methods.sequencing._trace import BASES, Floats, Trace

_HEADER = struct.Struct(">4s8I4s4I")
_AGAIN = "copy or export it again"
_MOST = 1 << 24
_MOST_BYTES = 1 << 28


def read_scf(path: str | Path) -> Trace:
    """Return the run of a file; a broken one raises `UnreadableFile`."""
    path = Path(path)
    try:
        with path.open("rb") as stream:
            content = stream.read(_MOST_BYTES)
    except OSError as problem:
        reason = (problem.strerror or type(problem).__name__).lower()
        raise UnreadableFile(path, reason, "SCF", "check path and rights") from None
    if len(content) < 128 or content[:4] != b".scf":
        raise UnreadableFile(path, f"{len(content)} bytes that begin {content[:4]!r}", "SCF", _AGAIN)
    head = _HEADER.unpack_from(content)
    _, samples, at_samples, bases, _, _, at_bases, size_words, at_words, version, width, *_ = head
    width = width if width in (1, 2) else 1
    if samples > _MOST or bases > _MOST:
        raise UnreadableFile(path, f"{samples:,} samples and {bases:,} bases", "an SCF file", _AGAIN)
    newest = version[:1] >= b"3"
    needed = max(at_samples + 4 * samples * width, at_bases + 12 * bases, at_words + size_words)
    if needed > len(content):
        raise UnreadableFile(path, f"{len(content):,} of {needed:,} bytes", "a whole file", _AGAIN)
    kind = np.dtype(">u2" if width == 2 else "u1")
    values = np.frombuffer(content, kind, 4 * samples, at_samples)
    if newest:
        columns = [_undone(values[i * samples : (i + 1) * samples], width) for i in range(4)]
    else:
        columns = [values[i::4].astype(np.float64) for i in range(4)]
    places, chances, letters = _calls(content, at_bases, bases, newest)
    words = content[at_words : at_words + size_words].decode("latin-1").strip("\0 \n")
    facts = dict(line.split("=", 1) for line in words.splitlines() if "=" in line)
    known = np.array([BASES.find(letter) for letter in letters], np.int64)
    quality = np.where(known >= 0, chances[np.arange(bases), np.maximum(known, 0)], chances.max(axis=1, initial=0))
    names = {"MACH": "machine", "DYEP": "mobility file", "LANE": "lane", "TPSW": "base caller"}
    told = {names[key]: value.strip() for key, value in facts.items() if key in names}
    signals = dict(zip(BASES, columns, strict=True))
    return Trace(path, "SCF", facts.get("NAME", ""), letters, quality.astype(np.int64), places, signals, (), told)


def _undone(values: np.ndarray, width: int) -> Floats:
    """Return samples of SCF 3, which are stored as differences of differences."""
    full = 1 << (8 * width)
    once = np.cumsum(values.astype(np.int64)) % full
    return (np.cumsum(once) % full).astype(np.float64)


def _calls(content: bytes, at: int, number: int, newest: bool) -> tuple[np.ndarray, np.ndarray, str]:
    if newest:
        places = np.frombuffer(content, ">u4", number, at).astype(np.int64)
        chances = np.frombuffer(content, "u1", 4 * number, at + 4 * number).reshape(4, number).T.astype(np.int64)
        letters = content[at + 8 * number : at + 9 * number]
    else:
        table = np.frombuffer(
            content, np.dtype([("place", ">u4"), ("chance", "u1", 4), ("base", "S1"), ("spare", "u1", 3)]), number, at
        )
        places, chances = table["place"].astype(np.int64), table["chance"].astype(np.int64)
        letters = table["base"].tobytes() if number else b""
    return places, chances, letters.decode("latin-1").upper().replace("-", "N").ljust(number, "N")
