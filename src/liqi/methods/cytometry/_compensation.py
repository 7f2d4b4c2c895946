"""Compensation: what each dye spills into each detector, taken back out of the signals."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from liqi.methods._errors import BadParameter, UnreadableFile
from liqi.methods.cytometry._channels import Events, Floats

KEYWORDS = ("$SPILLOVER", "SPILL", "SPILLOVER", "$COMP")
_BLOCK = 1 << 15
_MOST = 256


@dataclass(frozen=True)
class Spillover:
    """The share of each dye's signal in each detector: `matrix` has a row a dye and a column a detector."""

    id: str
    dyes: Sequence[str]
    detectors: Sequence[str]
    matrix: Floats
    inverted: bool = False
    """Whether `matrix` is the inverse already: a row a detector, a column a dye."""

    def __post_init__(self) -> None:
        if self.matrix.shape != (len(self.dyes), len(self.detectors)) or not np.isfinite(self.matrix).all():
            raise BadParameter("compensation", self.id, "a finite number for each dye and each detector")
        if not self.inverted and np.linalg.matrix_rank(self.matrix) < len(self.dyes):
            raise BadParameter("compensation", self.id, "a matrix that can be inverted: no two dyes alike")

    @cached_property
    def taken_out(self) -> Floats:
        """What the detectors' signals are multiplied by, shape (detectors, dyes): the least-squares inverse."""
        return np.asarray(self.matrix if self.inverted else np.linalg.pinv(self.matrix))

    def column_of(self, name: str) -> int | None:
        """Return the place of a dye, named by itself or by its detector; None where the matrix has none."""
        if name in self.dyes:
            return list(self.dyes).index(name)
        square = len(self.dyes) == len(self.detectors)
        return list(self.detectors).index(name) if square and name in self.detectors else None

    def columns(
        self, events: Events, names: Sequence[str], start: int = 0, stop: int | None = None
    ) -> dict[str, Floats]:
        """Return the compensated signals of some dyes for events start to stop; names it does not have are left out."""
        wanted = {name: place for name in names if (place := self.column_of(name)) is not None}
        places = [events.place(name) for name in self.detectors]
        factor = np.ascontiguousarray(self.taken_out[:, list(wanted.values())].T)
        end = len(events) if stop is None else stop
        found = np.empty((len(wanted), end - start))
        for at in range(start, end, _BLOCK):
            until = min(end, at + _BLOCK)
            np.matmul(factor, events.block(places, at, until), out=found[:, at - start : until - start])
        return dict(zip(wanted, found, strict=True))


def of_keywords(words: Mapping[str, str], names: Sequence[str]) -> Spillover | None:
    """Return the matrix that the file itself carries, None where it carries none that can be used.

    FCS 3.1, section 3.2.9: the number of detectors, their names, the matrix row by row. Some files name detectors by
    their number. $COMP of FCS 3.0 names none where it is of all channels in order.
    """
    for key in KEYWORDS:
        parts = _parts(words, key)
        if not parts:
            continue
        count = int(parts[0])
        if key == "$COMP" and count == len(names) and len(parts) == 1 + count * count:
            parts = [parts[0], *names, *parts[1:]]
        detectors, numbers = parts[1 : 1 + count], parts[1 + count : 1 + count + count * count]
        if any(name not in names for name in detectors) and all(name.isdigit() for name in detectors):
            detectors = [names[int(name) - 1] if 0 < int(name) <= len(names) else name for name in detectors]
        try:
            matrix = np.array([float(number) for number in numbers]).reshape(count, count)
        except ValueError:
            continue
        if all(name in names for name in detectors):
            return Spillover("FCS", detectors, detectors, matrix)
    return None


def is_unused(words: Mapping[str, str], names: Sequence[str]) -> bool:
    """Return whether the file carries a matrix that cannot be used: of other detectors, or without its numbers."""
    return any(_parts(words, key) for key in KEYWORDS) and of_keywords(words, names) is None


def _parts(words: Mapping[str, str], key: str) -> list[str]:
    """Return what a keyword lists, the number of detectors first; nothing where it lists no matrix."""
    parts = [part.strip() for part in words.get(key, "").replace("\t", ",").split(",")]
    is_number = parts[0].isascii() and parts[0].isdigit() and 0 < int(parts[0][:6]) <= _MOST
    return parts if is_number else []


def read_matrix(path: str | Path) -> Spillover:
    """Return the matrix of a CSV or tab-separated file: a head of detectors, then a row a dye, named or not."""
    path = Path(path)
    expected = "a square table: a head of detectors and a row of numbers each"
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise UnreadableFile(path, "no text", expected, "export the matrix as CSV") from None
    rows = _cells(text)
    head, body = (rows[0], rows[1:]) if rows else ([], [])
    named = bool(body) and len(body[0]) == len(body) + 1
    detectors = head[1:] if named and len(head) == len(body) + 1 else head
    dyes = [row[0] for row in body] if named else detectors
    try:
        matrix = np.array([[float(cell) for cell in row[named:]] for row in body], dtype=np.float64)
    except ValueError:
        raise UnreadableFile(path, "words in the matrix", expected, "export the matrix as CSV") from None
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.shape[1] != len(detectors):
        raise UnreadableFile(
            path, f"{len(body)} rows under {len(detectors)} detectors", expected, "add what is missing"
        )
    return Spillover(path.name, _bare(dyes, detectors), detectors, matrix)


def _cells(text: str) -> list[list[str]]:
    """Return the rows of a matrix, cut at tabs, semicolons, commas or blanks, from the row of its detectors on."""
    lines = [line for line in text.splitlines() if line.strip()]
    last = lines[-1] if lines else ""
    mark = next((one for one in "\t;," if one in last), " ")
    rows = [
        [cell.strip() for cell in row] for row in csv.reader(lines, delimiter=mark, skipinitialspace=mark == " ") if row
    ]
    width = len(rows[-1]) if rows else 0
    start = next((at for at, row in enumerate(rows) if len(row) in (width, width - 1) and len(row) > 1), 0)
    if mark in "\t; " and "." not in "".join(lines[start + 1 :]):
        rows = [[cell.replace(",", ".") for cell in row] for row in rows]
    return [row for row in rows[start:] if any(row)]


def of_controls(controls: Mapping[str, Events], unstained: Events | None = None) -> Spillover:
    """Return the matrix of single-stain controls, by the detector that each one's dye belongs to.

    Medians of each control's signals, those of the unstained control taken off, over the median in its own detector
    (as flowCore's spillover(method="median") does; Bagwell and Adams, Ann. N. Y. Acad. Sci. 677:167, 1993).
    """
    detectors = list(controls)
    ground = medians(unstained, detectors) if unstained is not None else np.zeros(len(detectors))
    rows = []
    for detector, events in controls.items():
        signal = medians(events, detectors) - ground
        own = signal[detectors.index(detector)]
        if not own > 0 or own < signal.max():
            raise BadParameter("controls", events.path.name, f"a control that is brightest in {detector}")
        rows.append(np.maximum(signal, 0.0) / own)
    return Spillover("controls", detectors, detectors, np.array(rows))


def medians(events: Events, names: Sequence[str]) -> Floats:
    """Return the median of each channel."""
    return np.array([float(np.median(events.column(name))) for name in names])


def _bare(dyes: Sequence[str], detectors: Sequence[str]) -> list[str]:
    """Return the dyes' names; those that repeat the detector's name and more become the detector's."""
    return [next((one for one in detectors if name.startswith(f"{one} ::")), name) for name in dyes]
