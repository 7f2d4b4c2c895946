"""Which of the references that fit a powder are needed to explain it, and which cannot be told from another."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from liqi.methods.mass_spectrometry._inverted import Powder, Reference, Substance, target_of
from liqi.methods.mass_spectrometry._signal_shares import SignalShare, fitted_factors, level_of, signal_shares

ALIKE = 0.95
"""References of one ion whose spectra are at least so alike (cosine) at every voltage are not told apart."""
_NOTHING = 0.005
_MAYBE_NOTHING = 0.01
_MOST = 0.5


def told_apart(fitting: Sequence[Substance], powder: Powder, width_da: float) -> list[Substance]:
    """Return those that fit with their share of the signal, the alike ones as one.

    One that the others explain is left out: it gets next to nothing of the signal at any voltage, or its ion is a
    fragment of theirs and its share may be nothing.
    """
    chosen = _grouped(fitting, width_da)
    while True:
        shares = signal_shares(powder, [one.reference.spectra for one in chosen], width_da)
        if shares is None:
            return chosen
        needless = _needless(chosen, shares, powder, width_da)
        if needless is None:
            return [replace(one, signal=share) for one, share in zip(chosen, shares, strict=True)]
        chosen = [one for i, one in enumerate(chosen) if i != needless]


def _needless(
    chosen: Sequence[Substance], shares: Sequence[SignalShare], powder: Powder, width_da: float
) -> int | None:
    """Return the one with the smallest share that the others explain, None where each is needed."""
    for i in sorted(range(len(chosen)), key=lambda i: shares[i].share):
        if len(chosen) > 1 and max(shares[i].by_voltage.values()) < _NOTHING:
            return i
        others = [one.reference for k, one in enumerate(chosen) if k != i]
        if shares[i].low < _MAYBE_NOTHING and _is_fragment(chosen[i], others, powder, width_da):
            return i
    return None


def _is_fragment(one: Substance, others: Sequence[Reference], powder: Powder, width_da: float) -> bool:
    """Return whether heavier substances that are there give most of its ion at the lowest voltage."""
    lowest = min(powder)
    heavier = [
        other.spectra[lowest]
        for other in others
        if other.ion_mz > one.reference.ion_mz + width_da and lowest in other.spectra
    ]
    if not heavier:
        return False
    level = level_of(powder[lowest], heavier, width_da)
    given = level.references @ fitted_factors(level)
    ion = target_of(powder[lowest], one.reference.ion_mz, width_da)[0]
    if ion is None:
        return False
    place = int(np.argmin(np.abs(level.mz - ion)))
    return bool(given[place] >= _MOST * level.signal[place])


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
