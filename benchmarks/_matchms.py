"""Cosine scores of matchms over the references within 10 ppm of each query, for the identification benchmark."""

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from liqi.methods.mass_spectrometry import SpectralLibrary
from liqi.methods.readers import Spectrum

Found = list[tuple[np.ndarray, np.ndarray]]


def cosines(peers: Path, library: SpectralLibrary, queries: list[Spectrum]) -> dict[str, Found]:
    """Return rows and scores of every query by greedy cosine, plain and of square roots, tolerance 0.02 Da."""
    sys.path.append(str(peers))
    import matchms
    from matchms.similarity import CosineGreedy

    def made(mz: Any, intensity: Any) -> Any:
        share = np.asarray(intensity, dtype=float) / np.max(intensity)
        strong = share >= 0.01
        return matchms.Spectrum(np.asarray(mz, dtype=float)[strong], share[strong], metadata_harmonization=False)

    asked = [made(one.mz, one.intensity) for one in queries]
    rows = []
    for one in queries:
        index = library.index(str(one.polarity))
        precursor = np.array([one.precursor_mz])
        low, high = index.window(precursor, precursor * 1e-5)
        rows.append(index.rows[int(low[0]) : int(high[0])])
    references = {int(row): library.record(int(row)) for row in np.unique(np.concatenate(rows))}
    spectra = {row: made(record["mz"], record["intensity"]) for row, record in references.items()}
    found: dict[str, Found] = {}
    for name, power in (("cosine", 1.0), ("cosine of roots", 0.5)):
        score = CosineGreedy(tolerance=0.02, intensity_power=power)
        started = time.process_time()
        found[name] = [
            (own, np.array([float(score.pair(spectra[int(row)], one)["score"]) for row in own]))
            for own, one in zip(rows, asked, strict=True)
        ]
        print(
            f"  matchms {name}: {len(asked) / (time.process_time() - started):,.0f} queries per CPU-second", flush=True
        )
    return found
