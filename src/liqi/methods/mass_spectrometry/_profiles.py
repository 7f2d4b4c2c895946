"""Profiles of tissue: intensity by m/z bin from 100 to 1000, as shares of the whole; from runs, images and tables."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from liqi.methods._errors import UnreadableFile
from liqi.methods.mass_spectrometry._cleaning import Floats
from liqi.methods.mass_spectrometry._tables import read_table
from liqi.methods.readers import Spectrum, read, sniff

LOW_MZ, HIGH_MZ, WIDTH_DA = 100.0, 1000.0, 1.0
BINS = round((HIGH_MZ - LOW_MZ) / WIDTH_DA)
MOST_PIXELS = 250_000
_ABOUT = ("sample", "patient", "class")


@dataclass(frozen=True, slots=True)
class Profiles:
    """Rows of `shares` (n, 900), each summing to one; names of sample, patient and class, empty where not known.

    `positions` holds the pixel of each row of an image; `polarity` is that of all, None where not told or mixed.
    """

    samples: Sequence[str]
    patients: Sequence[str]
    classes: Sequence[str]
    shares: Floats
    polarity: str | None = None
    positions: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.samples)

    def take(self, rows: Sequence[int] | NDArray[np.int64]) -> "Profiles":
        """Return some of the rows."""
        chosen = [int(row) for row in rows]
        names, people, classes = ([one[i] for i in chosen] for one in (self.samples, self.patients, self.classes))
        places = None if self.positions is None else self.positions[chosen]
        return Profiles(names, people, classes, self.shares[chosen], self.polarity, places)


def read_profiles(path: str | Path) -> Profiles:
    """Return one profile a row of a table, a pixel of an image, or a file; raises UnreadableFile."""
    path = Path(path)
    if sniff(path) == "table":
        return _of_table(path)
    spectra = list(read(path).whole())
    surveys = [one for one in spectra if one.ms_level == 1] or spectra
    signs = {one.polarity for one in surveys}
    polarity = signs.pop() if len(signs) == 1 else None
    pixels = [one for one in surveys if one.position is not None]
    if not pixels:
        return Profiles([path.name], [""], [""], _shares(path, [_binned(surveys)]), polarity)
    if len(pixels) > MOST_PIXELS:
        raise UnreadableFile(path, f"{len(pixels)} pixels", f"at most {MOST_PIXELS}", "cut the image")
    positions = np.array([one.position[:2] for one in pixels if one.position is not None], np.int64)
    rows = [_binned([one]) for one in pixels]
    full = [i for i, row in enumerate(rows) if row.sum() > 0]
    names = [f"{path.name} ({positions[i][0]}, {positions[i][1]})" for i in full]
    shares = _shares(path, [rows[i] for i in full])
    nothing = [""] * len(full)
    return Profiles(names, nothing, nothing, shares, polarity, positions[full])


def joined(parts: Sequence[Profiles]) -> Profiles:
    """Return the rows of all; positions only where there is one image alone."""
    signs = {one.polarity for one in parts}
    return Profiles(
        [name for one in parts for name in one.samples],
        [name for one in parts for name in one.patients],
        [name for one in parts for name in one.classes],
        np.concatenate([one.shares for one in parts]),
        signs.pop() if len(signs) == 1 else None,
        parts[0].positions if len(parts) == 1 else None,
    )


def bin_of(mz: float) -> int | None:
    """Return the number of the bin that holds an m/z, None outside 100 to 1000.

    >>> bin_of(885.5), bin_of(99.0)
    (785, None)
    """
    return int((mz - LOW_MZ) / WIDTH_DA) if LOW_MZ <= mz < HIGH_MZ else None


def _binned(spectra: Iterable[Spectrum]) -> Floats:
    total = np.zeros(BINS)
    for one in spectra:
        inside = (one.mz >= LOW_MZ) & (one.mz < HIGH_MZ) & (one.intensity > 0)
        places = ((one.mz[inside] - LOW_MZ) / WIDTH_DA).astype(np.int64)
        total += np.bincount(np.minimum(places, BINS - 1), one.intensity[inside], BINS)
    return total


def _shares(path: Path, rows: Sequence[Floats]) -> Floats:
    matrix = np.array(rows).reshape(len(rows), BINS)
    whole = matrix.sum(axis=1, keepdims=True)
    if not len(rows) or not (whole > 0).all() or not np.isfinite(whole).all():
        found = "a profile without signal from m/z 100 to 1000"
        raise UnreadableFile(path, found, "peaks in that range in every profile", "take the empty ones out")
    return np.asarray(matrix / whole)


def _of_table(path: Path) -> Profiles:
    rows = read_table(path, ("sample",))
    expected = "columns sample, patient, class and one a bin, headed by its m/z"
    places = [(head, bin_of(number)) for head in rows[0] if (number := _number(head)) is not None]
    inside = [(head, place) for head, place in places if place is not None]
    if not inside:
        raise UnreadableFile(path, "no column headed by an m/z from 100 to 1000", expected, "head the columns so")
    matrix = np.zeros((len(rows), BINS))
    try:
        values = np.array([[float(row[head] or 0) for head, _ in inside] for row in rows])
    except ValueError as problem:
        raise UnreadableFile(path, f"no number ({problem})", expected, "mend the cell") from None
    if not (np.isfinite(values) & (values >= 0)).all():
        raise UnreadableFile(path, "an intensity below zero or none", "numbers of at least 0", "mend the cell")
    for column, (_, place) in enumerate(inside):
        matrix[:, place] += values[:, column]
    names, people, classes = ([row.get(name, "") for row in rows] for name in _ABOUT)
    return Profiles(names, people, classes, _shares(path, list(matrix)))


def _number(head: str) -> float | None:
    try:
        return float(head.removeprefix("m/z").strip())
    except ValueError:
        return None


def write_profiles(path: Path, profiles: Profiles, parts_per: float = 1e6) -> None:
    """Write the rows as a table that `read_profiles` reads; shares as whole parts per million unless said."""
    used = np.flatnonzero(profiles.shares.sum(axis=0) > 0)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*_ABOUT, *(f"{LOW_MZ + (place + 0.5) * WIDTH_DA:g}" for place in used)])
        told = zip(profiles.samples, profiles.patients, profiles.classes, profiles.shares[:, used], strict=True)
        for sample, patient, label, row in told:
            writer.writerow([sample, patient, label, *(round(value * parts_per) for value in row.tolist())])
