"""Flow cytometry standard files, FCS 2.0 to 3.2: header, text, data, and the ways in which real ones differ."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from liqi.methods._errors import UnreadableFile
from liqi.methods.cytometry._channels import Channel, Events
from liqi.methods.cytometry._data import decode

FORMATS = "an FCS file, version 2.0 to 3.2"
_AGAIN = "export it from the cytometer again"
_HEADER = 58
_MOST_CHANNELS = 10_000
_MOST_TEXT = 1 << 26
_MOST_SETS = 1_000
_VERSION = re.compile(rb"FCS[23]\.[0-9]")


def read_fcs(path: str | Path, number: int = 0) -> Events:
    """Return the events of the data set with this number, counted from 0; raise `UnreadableFile`."""
    path = Path(path)
    for place, events in enumerate(read_data_sets(path)):
        if place == number:
            return events
    raise UnreadableFile(path, f"no data set number {number}", "a number from 0", "leave the number out")


def read_data_sets(path: str | Path) -> Iterator[Events]:
    """Yield every data set of a file, as list-mode files of some vendors hold several."""
    path = Path(path)
    try:
        content = np.memmap(path, dtype=np.uint8, mode="r") if path.stat().st_size else np.empty(0, np.uint8)
    except OSError as problem:
        raise UnreadableFile(path, str(problem.strerror).lower(), FORMATS, "check path and rights") from None
    start = 0
    for number in range(_MOST_SETS):
        events, following = _data_set(path, content[start:], number)
        yield events
        if not 0 < following <= content.size - start - _HEADER:
            return
        start += following
        if not _VERSION.match(content[start : start + 6].tobytes()):
            return


def _data_set(path: Path, content: np.ndarray, number: int) -> tuple[Events, int]:
    head = content[:_HEADER].tobytes()
    if len(head) < _HEADER or not _VERSION.match(head):
        raise UnreadableFile(path, f"a file that begins {head[:10]!r}", FORMATS, _AGAIN)
    offsets = [_whole(head[at : at + 8]) for at in range(10, 58, 8)]
    words = _text(path, content, offsets[0], offsets[1])
    begin, end = _whole(words.get("$BEGINSTEXT", "")) or 0, _whole(words.get("$ENDSTEXT", "")) or 0
    if begin and (begin, end) != (offsets[0], offsets[1]) and end > begin:
        words = {**_text(path, content, begin, end), **words}
    if words.get("$MODE", "L").strip().upper() not in ("", "L"):
        found = f"data of mode {words['$MODE'].strip()}"
        raise UnreadableFile(path, found, "a list of events (mode L)", "export the events, not a histogram")
    channels = _channels(path, words)
    notices: list[str] = []
    first, last = _data_span(path, words, offsets, notices)
    raw = decode(path, content, words, channels, (first, last), notices)
    events = Events(path, head[3:6].decode(), channels, raw, words, tuple(notices), number)
    return events, _whole(words.get("$NEXTDATA", "0")) or 0


def _whole(text: bytes | str) -> int | None:
    """Return a whole number that is written with blanks or zeros around it; None for anything else."""
    words = text.decode("latin-1") if isinstance(text, bytes) else text
    words = words.strip()
    return int(words) if words.isascii() and words.isdigit() and len(words) <= 20 else None


def _text(path: Path, content: np.ndarray, begin: int | None, end: int | None) -> dict[str, str]:
    if begin is None or end is None or not _HEADER <= begin < end or end - begin > _MOST_TEXT:
        raise UnreadableFile(path, f"a text segment from {begin} to {end}", FORMATS, _AGAIN)
    if end >= content.size:
        found = f"a file of {content.size} bytes whose text ends at {end}"
        raise UnreadableFile(path, found, "a whole file", "copy it again")
    segment = content[begin : end + 1].tobytes()
    try:
        text = segment.decode("utf-8")
    except UnicodeDecodeError:
        text = segment.decode("latin-1")
    mark = text[0]
    parts = [part.replace(mark * 2, mark) for part in _split(text[1:].rstrip(" \x00\r\n"), mark)]
    if mark * 2 in text:  # an escape, or a value that is empty: what gives more keywords is meant
        parts = max(parts, text[1:].split(mark), key=lambda one: sum(name.startswith("$") for name in one[::2]))
    return {name.strip().upper(): value for name, value in zip(parts[::2], parts[1::2], strict=False)}


def _split(text: str, mark: str) -> list[str]:
    """Split at single delimiters; two together stand for one within a word."""
    pieces = re.split(f"(?<!{re.escape(mark)}){re.escape(mark)}(?!{re.escape(mark)})", text)
    if pieces and pieces[-1].endswith(mark) and not pieces[-1].endswith(mark * 2):
        pieces[-1] = pieces[-1][:-1]
    return pieces[:-1] if pieces and not pieces[-1] else pieces


def _channels(path: Path, words: Mapping[str, str]) -> list[Channel]:
    count = _whole(words.get("$PAR", "")) or 0
    if not 0 < count <= _MOST_CHANNELS:
        raise UnreadableFile(path, f"{words.get('$PAR', 'no')!r} channels ($PAR)", FORMATS, _AGAIN)
    found: list[Channel] = []
    for n in range(1, count + 1):
        name = words.get(f"$P{n}N", "").strip() or f"P{n}"
        if any(one.name == name for one in found):  # two of one name: the second says which it is
            name = f"{name} [{n}]"
        decades, lowest = (*_numbers(words.get(f"$P{n}E", "")), 0.0, 0.0)[:2]
        gain = (*_numbers(words.get(f"$P{n}G", "")), 1.0)[0]
        volts = (*_numbers(words.get(f"$P{n}V", "")), None)[0]
        most = (*_numbers(words.get(f"$P{n}R", "")), 0.0)[0]
        if decades and (words.get(f"$P{n}DATATYPE") or words.get("$DATATYPE", "")).strip().upper() != "I":
            decades = lowest = 0.0  # FCS 3.1: amplifiers are told of whole numbers alone
        marker = words.get(f"$P{n}S", "").strip()
        found.append(Channel(name, marker, most or 1.0, decades, lowest, gain if gain > 0 else 1.0, volts))
    return found


def _numbers(text: str) -> list[float]:
    found = []
    for part in text.split(","):
        try:
            number = float(part)
        except ValueError:
            return []
        found.append(number if np.isfinite(number) else 0.0)
    return found


def _data_span(path: Path, words: Mapping[str, str], offsets: list[int | None], notices: list[str]) -> tuple[int, int]:
    """Return first and last byte of the data: what the text says counts, and header and text have to agree."""
    header = (offsets[2] or 0, offsets[3] or 0)
    text = (_whole(words.get("$BEGINDATA", "")) or 0, _whole(words.get("$ENDDATA", "")) or 0)
    if not any(text):
        return header
    for said, other, name in zip(header, text, ("start", "end"), strict=True):
        if said and other and said != other:
            if abs(said - other) > 1:
                found = f"data that {name}s at byte {said} by the header and at {other} by the text"
                raise UnreadableFile(path, found, "one place", _AGAIN)
            notices.append(f"header and text differ by one byte on where the data {name}s; the text was followed")
    return text
