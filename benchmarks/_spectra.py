"""The spectra that the identification benchmark asks with, and the packages it is compared with."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ms_entropy
import numpy as np
import polars as pl

from liqi.methods.mass_spectrometry import SpectralLibrary
from liqi.methods.mass_spectrometry._cleaning import Peaks, nominal
from liqi.methods.mass_spectrometry._index import ION_MODES, ModeIndex
from liqi.methods.mass_spectrometry._quality import NOT_IN_LIBRARY
from liqi.methods.readers import Spectrum

MODES = ION_MODES
JITTER_PPM = 3.0


def tuning_set(data: Path, unit: bool = False) -> tuple[list[Spectrum], list[str | None]]:
    """The 400 tuning spectra and their compounds, None for those that the library lacks."""
    rows = pl.read_parquet(data / "massbank/dev_queries_ms2.parquet").to_dicts()
    spectra = [
        Spectrum(
            nominal(np.array(r["mz"])) if unit else np.array(r["mz"]),
            np.array(r["intensity"]),
            precursor_mz=r["precursor_mz"],
            polarity=r["ion_mode"],
            collision_energy=r["collision_energy"],
        )
        for r in rows
    ]
    return spectra, [r["inchikey_1"] if r["truth"] == "known" else None for r in rows]


def sampled(library: SpectralLibrary) -> tuple[list[Spectrum], list[str | None]]:
    """Every twentieth spectrum of a library as a question."""
    rows = [library.record(i) for i in range(0, library.info()["spectra"], 20)]
    spectra = [
        Spectrum(np.array(r["mz"]), np.array(r["intensity"]), precursor_mz=r["precursor_mz"], polarity=r["ion_mode"])
        for r in rows
    ]
    return spectra, [r["inchikey"][:14] for r in rows]


class Flash:
    """ms_entropy's Flash entropy search over one ion mode of a library, as its documentation shows it."""

    def __init__(self, library: SpectralLibrary, mode: str, index: ModeIndex | None = None) -> None:
        references, own = library.references, library.index(mode)
        index = index or own
        self.engine = ms_entropy.FlashEntropySearch()
        spectra = []
        for place, precursor in enumerate(index.precursor_mz.tolist()):
            row = int(own.rows[index.rows[place] % own.rows.size]) if index is not own else int(own.rows[place])
            span = slice(int(references.starts[row]), int(references.starts[row + 1]))
            peaks = np.column_stack([references.mz[span], references.intensity[span]])
            spectra.append({"precursor_mz": precursor, "peaks": peaks, "row": row})
        self.rows = np.array([one["row"] for one in self.engine.build_index(spectra)])

    def scores(self, spectrum: Spectrum, mode: str = "identity") -> np.ndarray:
        """The score of every reference, in the order of `rows`."""
        peaks = np.column_stack([spectrum.mz, spectrum.intensity]).astype(np.float32)
        precursor = spectrum.precursor_mz
        peaks = self.engine.clean_spectrum_for_search(precursor, peaks, precursor_ions_removal_da=1.6)
        if mode == "identity":
            width = precursor * 1e-5
            return self.engine.identity_search(
                precursor_mz=precursor, peaks=peaks, ms1_tolerance_in_da=width, ms2_tolerance_in_da=0.02
            )
        if mode == "open":
            return self.engine.open_search(peaks=peaks, ms2_tolerance_in_da=0.02)
        return self.engine.neutral_loss_search(precursor_mz=precursor, peaks=peaks, ms2_tolerance_in_da=0.02)


def flash_of(library: SpectralLibrary, index: ModeIndex) -> Flash:
    """Flash entropy search over an enlarged index of the positive mode."""
    return Flash(library, "positive", index)


def enlarged(index: ModeIndex, copies: int) -> ModeIndex:
    """An index with every reference copied, the copies' precursors moved by up to 3 ppm."""
    random = np.random.default_rng(0)
    precursors = np.tile(index.precursor_mz, copies)
    precursors[index.rows.size :] *= (
        1 + random.uniform(-JITTER_PPM, JITTER_PPM, precursors.size - index.rows.size) * 1e-6
    )
    order = np.argsort(precursors, kind="stable")
    places = order % index.rows.size
    peaks: Peaks = index.peaks.take(places)
    return ModeIndex(order, precursors[order], index.compound[places], index.lab[places], index.energy[places], peaks)


def by_compound(
    scores: Sequence[tuple[np.ndarray, np.ndarray]], truths: Sequence[str | None], blocks: Sequence[str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Query, compound, score and truth as `quality` takes them, from rows and scores of each query."""
    numbers: dict[str, int] = {}
    found: list[tuple[int, int, float]] = []
    for i, (rows, values) in enumerate(scores):
        best: dict[str, float] = {}
        for place in np.argsort(-values, kind="stable")[:200].tolist():
            if values[place] > 0:
                best.setdefault(blocks[int(rows[place])], float(values[place]))
        found += [(i, numbers.setdefault(block, len(numbers)), value) for block, value in best.items()]
    truth = [NOT_IN_LIBRARY if name is None else numbers.setdefault(name, len(numbers)) for name in truths]
    columns: Any = zip(*found, strict=True)
    query, compound, value = (np.array(column) for column in columns)
    return query, compound, value, np.array(truth)
