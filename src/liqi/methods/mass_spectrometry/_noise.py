"""Spectra as a run of an instrument gives them, made from those of a library.

A reference is often cleaned by who recorded it, and tells its collision energy rightly. The numbers here were measured
on 202 fragment scans of 68 ions in a run of an Orbitrap whose content was known: fragments off by 2 ppm, precursors by
1.5 ppm, intensities by 12 %, four to thirteen peaks of noise of up to 4 % of the base peak, at most three scans an ion,
and each scan told one of four energies, whatever that of the spectrum had been.
"""

import numpy as np

from liqi.methods.mass_spectrometry._cleaning import Flags, Floats, Integers
from liqi.methods.mass_spectrometry._energy import electronvolts
from liqi.methods.mass_spectrometry._features import merged
from liqi.methods.mass_spectrometry._references import References
from liqi.methods.readers import Spectrum

PRECURSOR_PPM, FRAGMENT_PPM, INTENSITY = 1.5, 2.0, 0.12
NOISE_PEAKS, NOISE_SHARE, LEAST_MZ = (4, 13), 0.04, 50.0
MOST_SCANS = 3
ENERGIES = ("20", "30", "35", "45")


def off(mz: Floats | float, ppm: float, random: np.random.Generator) -> Floats:
    """Return masses that are wrong by so many ppm (one standard deviation)."""
    return np.asarray(mz * (1 + random.normal(0, ppm * 1e-6, np.shape(mz))))


def scanned(mz: Floats, intensity: Floats, precursor_mz: float, random: np.random.Generator) -> tuple[Floats, Floats]:
    """Return one scan of a spectrum, its base peak about 1: masses and intensities off, peaks of noise among them."""
    own = intensity / intensity.max() * np.exp(random.normal(0, INTENSITY, intensity.size))
    number = int(random.integers(NOISE_PEAKS[0], NOISE_PEAKS[1] + 1))
    noise = random.uniform(LEAST_MZ, max(precursor_mz, LEAST_MZ), number)
    both = np.concatenate([off(mz, FRAGMENT_PPM, random), noise])
    strengths = np.concatenate([own, random.uniform(0, NOISE_SHARE, number)])
    order = np.argsort(both, kind="stable")
    return both[order], strengths[order]


def told(random: np.random.Generator) -> str:
    """Return the collision energy that a scan tells, right or wrong."""
    return str(random.choice(ENERGIES))


def questions(
    references: References, rows: Integers, noisy: Flags, random: np.random.Generator
) -> tuple[Floats, Floats, Integers, Floats, Floats]:
    """Return m/z, intensity and number of peaks of these references, their precursors and collision energies in eV.

    Those marked `noisy` are as a run would have them: one to three scans put together as the features of a run are,
    with the energies that these scans tell.
    """
    precursors, energy = references.precursor_mz[rows].astype(np.float64), references.energy[rows].copy()
    peaks = []
    for place, row in enumerate(rows.tolist()):
        span = slice(int(references.starts[row]), int(references.starts[row + 1]))
        mz, intensity = references.mz[span].astype(np.float64), references.intensity[span].astype(np.float64)
        if noisy[place] and intensity.max(initial=0) > 0:
            right = float(precursors[place])
            scans = int(random.integers(1, MOST_SCANS + 1))
            mz, intensity = merged([Spectrum(*scanned(mz, intensity, right, random)) for _ in range(scans)])
            precursors[place] = np.median(off(np.full(scans, right), PRECURSOR_PPM, random))
            energy[place] = electronvolts("/".join(sorted({told(random) for _ in range(scans)})), "", right)
        peaks.append((mz, intensity))
    counts = np.array([mz.size for mz, _ in peaks], dtype=np.int64)
    mzs, intensities = (np.concatenate([np.empty(0), *(one[part] for one in peaks)]) for part in (0, 1))
    return mzs, intensities, counts, precursors, energy
