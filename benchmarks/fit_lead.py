"""Fit the numbers of the confidence without a precursor, by hiding laboratories inside the open libraries.

    ./run bench fit_lead DATA

DATA holds `massbank/library_ei.parquet` and `massbank/library_ms2.parquet`. Each spectrum is asked for while its
laboratory's spectra of the compound are hidden (known), and while the compound is (unknown).
"""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from liqi.methods.mass_spectrometry import SpectralLibrary
from liqi.methods.mass_spectrometry import _lead as rules
from liqi.methods.mass_spectrometry._confidence import UNKNOWN_SHARE
from liqi.methods.mass_spectrometry._quality import area_under_curve
from liqi.methods.mass_spectrometry._widths import HIGH_WIDTH_DA

MOST = 1_500
STEPS = 50


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(print(__doc__, file=sys.stderr) or 2)
    data = Path(sys.argv[1]) / "massbank"
    electron = SpectralLibrary.load(data / "library_ei.parquet")
    index = electron.electron

    def by_electron(place: int) -> np.ndarray:
        span = slice(*electron.references.starts[index.rows[place] : index.rows[place] + 2].tolist())
        peaks = (electron.references.mz[span], electron.references.intensity[span])
        return index.composites(*(part.astype(float) for part in peaks))

    tell("EI", electron, index.rows, by_electron, rules.ELECTRON)
    library = SpectralLibrary.load(data / "library_ms2.parquet")
    own = library.open_index("positive")

    def by_fragments(place: int) -> np.ndarray:
        return own.open(own.index.peaks.take(np.array([place])), HIGH_WIDTH_DA)

    tell("open", library, own.index.rows, by_fragments, rules.OPEN)


def tell(
    name: str, library: SpectralLibrary, rows: np.ndarray, scores: Callable[[int], np.ndarray], used: rules.Lead
) -> None:
    compound, lab = library.references.compound[rows], library.references.lab[rows]
    pairs = np.unique(np.column_stack([compound, lab]), axis=0)
    several = np.bincount(pairs[:, 0], minlength=int(compound.max()) + 1) > 1
    places = np.random.default_rng(0).permutation(np.flatnonzero(several[compound]))[:MOST]
    table, right, known = [], [], []
    for place in places.tolist():
        score = scores(place)
        for is_known in (True, False):
            hidden = (compound == compound[place]) & ((lab == lab[place]) | (not is_known))
            best = rules.best_of_compounds(np.where(hidden, 0.0, score), compound)[:20]
            if best.size:
                table.append([1.0, score[best][0], rules.lead(score[best])[0]])
                right.append(is_known and compound[best[0]] == compound[place])
                known.append(is_known)
    figures = np.array(table), np.array(right), np.array(known)
    weights = fit(*figures)
    sure = figures[0] @ weights
    rank = figures[1][figures[2]].mean()
    area = area_under_curve(sure[figures[1]], sure[~figures[1]])
    print(f"{name}: fitted {weights.round(2)}, in use {used}; {len(places)} spectra, first {rank:.3f}, area {area:.3f}")


def fit(table: np.ndarray, right: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return the three numbers by Newton's method."""
    share = np.where(known, (1 - UNKNOWN_SHARE) / known.mean(), UNKNOWN_SHARE / (1 - known.mean()))
    weights = np.zeros(3)
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-table @ weights))
        curvature = (table * (share * chance * (1 - chance))[:, None]).T @ table
        weights -= np.linalg.solve(curvature + 1e-3 * np.eye(3), table.T @ (share * (chance - right)))
    return weights


if __name__ == "__main__":
    main()
