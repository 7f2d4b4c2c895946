"""Which of the references that fit a powder are needed to explain it, and which cannot be told from another."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from liqi.methods.mass_spectrometry._inverted import Powder, Reference, Substance
from liqi.methods.mass_spectrometry._signal_shares import level_of, signal_shares

ALIKE = 0.95
"""References of one ion whose spectra are at least so alike (cosine) at every voltage are not told apart."""
_NOTHING = 1e-4


def told_apart(fitting: Sequence[Substance], powder: Powder, width_da: float) -> list[Substance]:
    """Return those that fit with their share of the signal, the alike ones as one.

    What the others explain whole at the lowest voltage, its ion too, is given back as not present.
    """
    chosen = _grouped(fitting, width_da)
    lowest = min(powder)
    while chosen:
        shares = signal_shares(powder, [one.reference.spectra for one in chosen], width_da)
        if shares is None:
            break
        least = min(range(len(chosen)), key=lambda i: shares[i].by_voltage.get(lowest, shares[i].share))
        if len(chosen) == 1 or shares[least].by_voltage.get(lowest, 1.0) > _NOTHING:
            return [replace(one, signal=share) for one, share in zip(chosen, shares, strict=True)]
        chosen = [one for i, one in enumerate(chosen) if i != least]
    return chosen


def _grouped(fitting: Sequence[Substance], width_da: float) -> list[Substance]:
    """Return one substance a group of alike ones, the one that fits best; it names the others."""
    left = sorted(fitting, key=lambda one: (-one.smallest_share, one.reference.name))
    groups: list[Substance] = []
    while left:
        best, *others = left
        same = [one for one in others if likeness(best.reference, one.reference, width_da) >= ALIKE]
        left = [one for one in others if one not in same]
        groups.append(replace(best, alike=tuple(one.reference.name for one in same)))
    return groups


def likeness(one: Reference, other: Reference, width_da: float) -> float:
    """Return the least cosine of two references at a voltage they share; 0 where their ions differ."""
    common = set(one.spectra) & set(other.spectra)
    if abs(one.ion_mz - other.ion_mz) > width_da or not common:
        return 0.0
    return min(_cosine(one, other, voltage, width_da) for voltage in common)


def _cosine(one: Reference, other: Reference, voltage: int, width_da: float) -> float:
    level = level_of(one.spectra[voltage], [other.spectra[voltage]], width_da)
    first, second = level.signal, level.references[:, 0]
    return float(first @ second / max(float(np.linalg.norm(first) * np.linalg.norm(second)), 1e-12))
