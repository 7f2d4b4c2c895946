"""Composite runs made as the tuning one was: library spectra put as chromatographic peaks into a real run.

Three scans an ion; how far each is from the spectrum was measured on the tuning composite and stands where Liqi's own
confidence learns from it (`liqi.methods.mass_spectrometry._noise`).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from liqi.methods.mass_spectrometry._isotopes import isotope_peaks
from liqi.methods.mass_spectrometry._noise import PRECURSOR_PPM, off, scanned, told
from liqi.methods.readers import Spectrum

SCANS, APART_S = 3, 1.0
SURVEY_PPM = 1.0
WEAKEST, STRONGEST = 2e5, 3e8
WIDTHS_S = (2.0, 3.3)


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


def joined(scan: Spectrum, peaks: Sequence[tuple[np.ndarray, np.ndarray]]) -> Spectrum:
    mz, intensity = (
        np.concatenate([own, *(one[i] for one in peaks)]) for i, own in enumerate((scan.mz, scan.intensity))
    )
    order = np.argsort(mz, kind="stable")
    return replace(scan, mz=mz[order], intensity=intensity[order])


def fragmented(row: dict[str, Any], time_s: float, height: float, random: np.random.Generator) -> Spectrum:
    mz, intensity = scanned(np.array(row["mz"]), np.array(row["intensity"]), row["precursor_mz"], random)
    precursor = float(off(np.array(row["precursor_mz"]), PRECURSOR_PPM, random))
    return Spectrum(
        mz,
        intensity * height,
        ms_level=2,
        retention_time_s=time_s,
        precursor_mz=precursor,
        polarity=row["ion_mode"],
        collision_energy=told(random),
        centroid=True,
    )
