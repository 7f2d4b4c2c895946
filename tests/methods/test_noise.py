"""Spectra made as a run would have them: how far off they are is what was measured, and a fixed seed gives the same."""

import numpy as np

from liqi.methods.mass_spectrometry import SpectralLibrary
from liqi.methods.mass_spectrometry._energy import electronvolts
from liqi.methods.mass_spectrometry._noise import ENERGIES, NOISE_PEAKS, NOISE_SHARE, questions, scanned


def test_a_scan_has_its_peaks_off_by_what_was_measured_and_weak_noise_below_the_precursor() -> None:
    random = np.random.default_rng(1)
    mz, intensity = np.linspace(60.0, 390.0, 300), np.full(300, 5.0)
    masses, strengths, added = [], [], []
    for _ in range(50):
        seen, strength = scanned(mz, intensity, 400.0, random)
        assert (np.diff(seen) >= 0).all()
        own = strength > NOISE_SHARE
        masses.append((seen[own] / mz - 1) * 1e6)
        strengths.append(np.log(strength[own]))
        added.append(int((~own).sum()))
        assert seen[~own].min() >= 50
        assert seen[~own].max() <= 400
    assert 1.9 < np.std(masses) < 2.1
    assert 0.115 < np.std(strengths) < 0.125
    assert (min(added), max(added)) == NOISE_PEAKS


def test_only_what_is_marked_is_asked_with_noise_and_the_rest_is_what_the_library_has() -> None:
    references = SpectralLibrary.load().references
    rows = np.flatnonzero(np.isfinite(references.precursor_mz))[:40]
    noisy = np.arange(rows.size) % 2 == 1
    first, again = (questions(references, rows, noisy, np.random.default_rng(7)) for _ in range(2))
    assert all(np.array_equal(*both, equal_nan=True) for both in zip(first, again, strict=True))
    mz, intensity, counts, precursors, energy = first
    starts = np.concatenate([[0], np.cumsum(counts)])
    readings = {}
    for place, row in enumerate(rows.tolist()):
        own, kept = slice(starts[place], starts[place + 1]), slice(references.starts[row], references.starts[row + 1])
        same = np.array_equal(mz[own], references.mz[kept]) and np.array_equal(
            intensity[own], references.intensity[kept]
        )
        assert same != noisy[place]
        assert (precursors[place] == references.precursor_mz[row]) != noisy[place]
        if noisy[place]:
            told = float(references.precursor_mz[row])
            readings[place] = [electronvolts(one, "", told) for one in ENERGIES]
    low, high = (np.array([pick(one) for one in readings.values()]) for pick in (min, max))
    assert (energy[noisy] >= low).all()
    assert (energy[noisy] <= high).all()
    assert np.array_equal(energy[~noisy], references.energy[rows[~noisy]], equal_nan=True)
