"""Composite runs made as the tuning one was: library spectra put as chromatographic peaks into a real run.

Measured on the tuning composite (202 fragment scans of 68 ions): three scans an ion, its m/z off by 1.5 ppm, fragments
by 2 ppm, intensities by 12 %, four to thirteen peaks of noise of up to 4 % of the base peak, and each scan tells one of
four collision energies, whatever that of the spectrum was.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from liqi.methods.mass_spectrometry._isotopes import isotope_peaks
from liqi.methods.readers import Spectrum

SCANS, APART_S = 3, 1.0
PRECURSOR_PPM, SURVEY_PPM, FRAGMENT_PPM, INTENSITY = 1.5, 1.0, 2.0, 0.12
WEAKEST, STRONGEST = 2e5, 3e8
WIDTHS_S = (2.0, 3.3)
NOISE_PEAKS, NOISE_SHARE = (4, 13), 0.04
ENERGIES = ("20", "30", "35", "45")


def composed(
    background: Sequence[Spectrum], rows: Sequence[dict[str, Any]], random: np.random.Generator
) -> tuple[list[Spectrum], list[float]]:
    """Return the run with the spectra of these rows in it, by time, and the time in s of each ion's apex."""
    times = [one.retention_time_s or 0.0 for one in background]
    apexes = random.uniform(min(times) + 5, max(times) - 5, len(rows))
    survey = [one for one in background if one.ms_level == 1]
    added: list[list[tuple[np.ndarray, np.ndarray]]] = [[] for _ in survey]
    scans = [one for one in background if one.ms_level != 1]
    for row, apex in zip(rows, apexes.tolist(), strict=True):
        height = float(np.exp(random.uniform(np.log(WEAKEST), np.log(STRONGEST))))
        width = random.uniform(*WIDTHS_S)
        theory = isotope_peaks(row["formula"], row["adduct"]) or (np.array([row["precursor_mz"]]), np.array([100.0]))
        for place, one in enumerate(survey):
            risen = (
                height
                * theory[1]
                / theory[1].max()
                * np.exp(-0.5 * (((one.retention_time_s or 0) - apex) / width) ** 2)
            )
            seen = risen > WEAKEST / 100
            added[place].append((off(theory[0][seen], SURVEY_PPM, random), risen[seen]))
        scans += [fragmented(row, apex + (k - SCANS // 2) * APART_S, height, random) for k in range(SCANS)]
    whole = [joined(one, peaks) for one, peaks in zip(survey, added, strict=True)]
    return sorted([*whole, *scans], key=lambda one: one.retention_time_s or 0.0), apexes.tolist()


def off(mz: np.ndarray, ppm: float, random: np.random.Generator) -> np.ndarray:
    return np.asarray(mz * (1 + random.normal(0, ppm * 1e-6, np.shape(mz))))


def joined(scan: Spectrum, peaks: Sequence[tuple[np.ndarray, np.ndarray]]) -> Spectrum:
    mz, intensity = (
        np.concatenate([own, *(one[i] for one in peaks)]) for i, own in enumerate((scan.mz, scan.intensity))
    )
    order = np.argsort(mz, kind="stable")
    return replace(scan, mz=mz[order], intensity=intensity[order])


def fragmented(row: dict[str, Any], time_s: float, height: float, random: np.random.Generator) -> Spectrum:
    own = (
        np.array(row["intensity"]) / max(row["intensity"]) * np.exp(random.normal(0, INTENSITY, len(row["intensity"])))
    )
    number = int(random.integers(NOISE_PEAKS[0], NOISE_PEAKS[1] + 1))
    mz = np.concatenate(
        [off(np.array(row["mz"]), FRAGMENT_PPM, random), random.uniform(50, row["precursor_mz"], number)]
    )
    intensity = np.concatenate([own, random.uniform(0, NOISE_SHARE, number)])
    order = np.argsort(mz, kind="stable")
    precursor = float(off(np.array(row["precursor_mz"]), PRECURSOR_PPM, random))
    return Spectrum(
        mz[order],
        intensity[order] * height,
        ms_level=2,
        retention_time_s=time_s,
        precursor_mz=precursor,
        polarity=row["ion_mode"],
        collision_energy=str(random.choice(ENERGIES)),
        centroid=True,
    )
