"""Which peaks of a run are one substance: isotopes (hence charge) and adducts that rise and fall together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liqi.methods.mass_spectrometry._cleaning import Floats
from liqi.methods.mass_spectrometry._formula import ion_mz, monoisotopic_mass
from liqi.methods.mass_spectrometry._tracing import Peaks

CARBON_STEP = 1.0033548
"""Da between 13C and 12C (AME2020)."""
HALOGEN_STEPS = (1.9957958, 1.9970499, 1.9979535)
"""Da between 34S and 32S, 37Cl and 35Cl, 81Br and 79Br (AME2020): some 10 mDa below two carbons."""
CHARGES = (1, 2, 3)
MOST_ISOTOPES = 4
ADDUCTS = {
    "positive": ("[M+H]+", "[M+Na]+", "[M+NH4]+", "[M+K]+", "[2M+H]+", "[2M+Na]+", "[M-H2O+H]+"),
    "negative": ("[M-H]-", "[M+Cl]-", "[M+HCOO]-", "[M+CH3COO]-", "[2M-H]-", "[M-H2O-H]-"),
}
"""The first of each polarity is the one that the others are looked for beside."""
_ISOTOPE_PPM = 6.0
_ISOTOPE_DA = 0.0012
_ADDUCT_PPM = 6.0
_HALOGEN_DA = 0.0012
_ALONE = (0.2, 1.3)
"""How high a peak 2 Da above is of the first where nothing 1 Da above was seen: one chlorine to one bromine."""
_CARBON_SHARE = 0.0108
_LIGHTEST_CARBON_DA = 12.0
_TOGETHER = 0.25
_LEAST_TOGETHER_S = 1.0
_PROBE = "C20H20"
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Ion:
    """What the other peaks tell of one: its charge, its isotope peaks (m/z, height), its adduct, and the group."""

    charge: int | None = None
    isotopes: tuple[tuple[float, float], ...] = ()
    isotope_of: int | None = None
    adduct: str | None = None
    group: int | None = None


def ions_of(peaks: Peaks, polarity: str | None) -> list[Ion]:
    """Return what each peak is, in the order of the peaks."""
    steps = {charge: _partners(peaks, peaks.mz + CARBON_STEP / charge, _isotope_width(peaks.mz)) for charge in CHARGES}
    heavier = _partners(peaks, peaks.mz + 2 * CARBON_STEP, _isotope_width(peaks.mz) + 0.004)
    middle = (HALOGEN_STEPS[0] + HALOGEN_STEPS[-1]) / 2
    halogens = _partners(peaks, peaks.mz + middle, _isotope_width(peaks.mz) + _HALOGEN_DA)
    ions = [Ion() for _ in range(peaks.mz.size)]
    taken = np.zeros(peaks.mz.size, bool)
    followed = np.any([partner >= 0 for partner in (*steps.values(), halogens)], axis=0)
    for i in np.flatnonzero(followed).tolist():
        if taken[i]:
            continue
        charge, chain = _best_chain(i, peaks, steps, heavier)
        carbons = chain
        if charge in (None, 1):
            chain = _with_halogen(i, chain, peaks, steps[1], int(halogens[i]))
            charge = 1 if chain else None
        if charge is None:
            continue
        taken[chain] = True
        pattern = tuple((float(peaks.mz[j]), float(peaks.height[j])) for j in chain)
        ions[i] = Ion(charge=charge, isotopes=pattern)
        for j in {*chain, *carbons}:
            ions[j] = Ion(charge=charge, isotope_of=i)
    return _with_adducts(ions, peaks, polarity)


def neutral_mass(mz: float, adduct: str) -> float:
    """Return the mass of the molecule in a singly charged ion of this adduct."""
    return (mz - _shift(adduct)) / _many(adduct)


def _isotope_width(mz: Floats) -> Floats:
    return _ISOTOPE_DA + mz * _ISOTOPE_PPM * 1e-6


def _partners(peaks: Peaks, wanted: Floats, width: Floats | float) -> Ints:
    """Return for each peak the one at the wanted m/z that has its apex nearest in time, -1 where there is none."""
    low = np.searchsorted(peaks.mz, wanted - width)
    high = np.searchsorted(peaks.mz, wanted + width, side="right")
    allowed = np.maximum(_LEAST_TOGETHER_S, _TOGETHER * (peaks.end_s - peaks.start_s))
    found = np.full(peaks.mz.size, -1, np.int64)
    nearest = np.full(peaks.mz.size, np.inf)
    for step in range(int((high - low).max(initial=0))):
        place = low + step
        there = np.flatnonzero(place < high)
        other = place[there]
        apart = np.abs(peaks.apex_s[other] - peaks.apex_s[there])
        better = apart < np.minimum(nearest[there], np.minimum(allowed[there], allowed[other]) + 1e-9)
        found[there[better]], nearest[there[better]] = other[better], apart[better]
    return found


def _best_chain(i: int, peaks: Peaks, steps: dict[int, Ints], heavier: Ints) -> tuple[int | None, list[int]]:
    """Return the charge whose isotope peaks make the longest plausible chain from peak i, and the chain."""
    best: tuple[int | None, list[int]] = (None, [])
    for charge, partner in steps.items():
        chain: list[int] = []
        last = i
        while len(chain) < MOST_ISOTOPES and (following := int(partner[last])) >= 0:
            mass = float(peaks.mz[i]) * charge
            most = 1.6 * _CARBON_SHARE * mass / _LIGHTEST_CARBON_DA / (len(chain) + 1) + 0.1
            if len(chain) == 1 and charge == 1:
                most = 2.5 / max(float(peaks.height[last] / peaks.height[i]), 0.05)
            if peaks.height[following] > most * peaks.height[last]:
                break
            chain.append(following)
            last = following
        if len(chain) == 1 and charge == 1 and heavier[i] >= 0 and chain[-1] != heavier[i]:
            chain.append(int(heavier[i]))
        if len(chain) > len(best[1]):
            best = (charge, chain)
    return best


def _with_halogen(i: int, chain: list[int], peaks: Peaks, step: Ints, halogen: int) -> list[int]:
    """Return the chain with the peak of chlorine, bromine or sulphur 2 Da above, where it is the higher one there."""
    if halogen < 0 or halogen in chain:
        return chain
    height = float(peaks.height[halogen])
    if not chain:
        return [halogen] if _ALONE[0] <= height / float(peaks.height[i]) <= _ALONE[1] else []
    if len(chain) > 1 and peaks.height[chain[1]] >= height:
        return chain
    above = int(step[halogen])
    return [chain[0], halogen, *([above] if above >= 0 and peaks.height[above] < height else [])]


def _with_adducts(ions: list[Ion], peaks: Peaks, polarity: str | None) -> list[Ion]:
    names = ADDUCTS.get(polarity or "", ())
    if not names or not ions:
        return ions
    first, *others = names
    neutral = peaks.mz - _shift(first)
    found = {name: _partners(peaks, _of_neutral(neutral, name), peaks.mz * _ADDUCT_PPM * 1e-6) for name in others}
    count = np.sum([partner >= 0 for partner in found.values()], axis=0)
    free = np.array([ion.isotope_of is None for ion in ions])
    group = 0
    for i in np.lexsort((-peaks.height, -count)).tolist():
        if not count[i] or not free[i] or ions[i].adduct or (ions[i].charge or 1) != 1:
            continue
        members = {name: int(partner[i]) for name, partner in found.items() if partner[i] >= 0 and free[partner[i]]}
        members = {name: j for name, j in members.items() if not ions[j].adduct and ions[j].charge in (None, 1)}
        if not members:
            continue
        for name, j in {first: i, **members}.items():
            ion = ions[j]
            ions[j] = Ion(ion.charge or 1, ion.isotopes, None, name, group)
        group += 1
    return ions


def _shift(adduct: str) -> float:
    """Return the m/z of a singly charged adduct less its molecules."""
    return (ion_mz(_PROBE, adduct) or 0.0) - (monoisotopic_mass(_PROBE) or 0.0) * _many(adduct)


def _many(adduct: str) -> int:
    return 2 if adduct.startswith("[2M") else 1


def _of_neutral(neutral: Floats, adduct: str) -> Floats:
    return neutral * _many(adduct) + _shift(adduct)
