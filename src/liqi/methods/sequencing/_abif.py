"""ABIF, the file of Applied Biosystems' sequencers (.ab1, .fsa): a directory of tagged items, highest byte first.

Applied Biosystems Genetic Analysis Data File Format, 2009.
"""

import struct
from pathlib import Path

import numpy as np

from liqi.methods._errors import UnreadableFile
from liqi.methods.sequencing._trace import BASES, Dye, Floats, Trace

EXPECTED = "an ABIF file (.ab1, .fsa) or SCF"
_AGAIN = "copy or export it again"
_ENTRY = struct.Struct(">4sihhiii")
_STEP = 28
_MOST_ENTRIES, _MOST_BYTES = 10_000, 1 << 28
_NUMBERS = {1: ">u1", 3: ">u2", 4: ">i2", 5: ">i4", 7: ">f4", 8: ">f8"}
_BEHIND_MACBINARY = 128
Entry = tuple[int, int, int, int]


class _Items:
    """The directory of a file; items are read when they are asked for."""

    def __init__(self, path: Path, content: bytes) -> None:
        self.path, self.content = path, content
        self.entries: dict[str, Entry] = {}
        if content[:4] != b"ABIF" or len(content) < _STEP + 6:
            raise UnreadableFile(path, f"a file that begins {content[:12]!r}", EXPECTED, _AGAIN)
        _, _, _, size, number, length, offset = _ENTRY.unpack_from(content, 6)
        if size != _STEP or not 0 < number <= _MOST_ENTRIES or length < number * _STEP:
            raise UnreadableFile(path, f"a directory of {number} items of {size} bytes", EXPECTED, _AGAIN)
        if not 0 <= offset <= len(content) - number * _STEP:
            found = f"a file of {len(content):,} bytes whose directory ends at {offset + number * _STEP:,}"
            raise UnreadableFile(path, found, "a whole file", _AGAIN)
        for at in range(offset, offset + number * _STEP, _STEP):
            name, n, kind, _, count, bytes_, place = _ENTRY.unpack_from(content, at)
            self.entries[f"{name.decode('latin-1')}{n}"] = (kind, count, bytes_, at + 20 if bytes_ <= 4 else place)

    def raw(self, key: str) -> bytes:
        """Return the bytes of an item, none where there is no such item."""
        entry = self.entries.get(key)
        if entry is None:
            return b""
        _, _, size, place = entry
        if size < 0 or not 0 <= place <= len(self.content) - size:
            found = f"a file of {len(self.content):,} bytes whose {key} ends at {place + size:,}"
            raise UnreadableFile(self.path, found, "a whole file", _AGAIN)
        return self.content[place : place + size]

    def numbers(self, key: str) -> Floats:
        """Return an item of numbers, empty where there is none."""
        entry = self.entries.get(key)
        kind = _NUMBERS.get(entry[0]) if entry else None
        if entry is None or kind is None:
            return np.empty(0)
        raw = self.raw(key)
        width = np.dtype(kind).itemsize
        return np.frombuffer(raw[: len(raw) // width * width], kind).astype(np.float64)[: max(0, entry[1])]

    def text(self, key: str) -> str:
        """Return an item of letters, whether its length stands before it or a zero behind it."""
        entry, raw = self.entries.get(key), self.raw(key)
        if entry is None:
            return ""
        if entry[0] == 18:
            raw = raw[1 : 1 + raw[0]] if raw else b""
        elif entry[0] == 19:
            raw = raw.split(b"\0")[0]
        try:
            return raw.decode("utf-8").strip("\0 \r\n\t")
        except UnicodeDecodeError:
            return raw.decode("latin-1").strip("\0 \r\n\t")

    def moment(self, number: int) -> str:
        """Return date and time of an event of the run as ISO writes them, empty where there is none."""
        day, hour = self.raw(f"RUND{number}"), self.raw(f"RUNT{number}")
        if len(day) < 4 or len(hour) < 4:
            return ""
        year, month, date = struct.unpack_from(">hBB", day)
        return f"{year:04d}-{month:02d}-{date:02d} {hour[0]:02d}:{hour[1]:02d}:{hour[2]:02d}"


def read_abif(path: str | Path) -> Trace:
    """Return the run of a file; a broken one raises `UnreadableFile`."""
    path = Path(path)
    try:
        with path.open("rb") as stream:
            content = stream.read(_MOST_BYTES)
    except OSError as problem:
        reason = (problem.strerror or type(problem).__name__).lower()
        raise UnreadableFile(path, reason, EXPECTED, "check path and rights") from None
    if content[:4] != b"ABIF" and content[_BEHIND_MACBINARY : _BEHIND_MACBINARY + 4] == b"ABIF":
        content = content[_BEHIND_MACBINARY:]
    items = _Items(path, content)
    called = "2" if items.text("PBAS2") or not items.text("PBAS1") else "1"
    bases = items.text(f"PBAS{called}").upper()
    quality = np.frombuffer(items.raw(f"PCON{called}"), np.uint8).astype(np.int64)
    places = items.numbers(f"PLOC{called}").astype(np.int64)
    if quality.size != len(bases):
        quality = np.zeros(len(bases), np.int64)
    order = items.text("FWO_1").upper()
    signals = {}
    if sorted(order) == sorted(BASES):
        signals = {base: items.numbers(f"DATA{9 + i}") for i, base in enumerate(order)}
    strength = items.numbers("S/N%1")
    facts = {
        "well": items.text("TUBE1"), "machine": items.text("MODL1"), "serial number": items.text("MCHN1"),
        "run start": items.moment(1), "run finish": items.moment(2), "base caller": items.text("SVER2"),
        "chemistry": items.text("DySN1"), "mobility file": items.text("PDMF2") or items.text("PDMF1"),
        "size standard": items.text("StdF1"),
    }  # fmt: skip
    return Trace(
        path=path, format="ABIF", name=items.text("SMPL1") or items.text("SpNm1"), bases=bases, quality=quality,
        places=places if places.size == len(bases) else np.empty(0, np.int64), signals=signals,
        dyes=_dyes(items), facts={key: value for key, value in facts.items() if value},
        signal_strength=dict(zip(order, strength.tolist(), strict=False)) if strength.size == 4 else {},
    )  # fmt: skip


def _dyes(items: _Items) -> list[Dye]:
    """Return the raw signal of every dye: the first four are DATA 1 to 4, a fifth and more follow at 105."""
    found = []
    for number in range(1, 9):
        key = f"DATA{number}" if number <= 4 else f"DATA{100 + number}"
        signal = items.numbers(key)
        if signal.size:
            wave = items.numbers(f"DyeW{number}")
            found.append(Dye(items.text(f"DyeN{number}") or str(number), int(wave[0]) if wave.size else None, signal))
    return found
