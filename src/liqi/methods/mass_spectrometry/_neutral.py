"""Ions of a run put together into neutral molecules: adducts, dimers and charges of one mass that elute together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liqi.methods.mass_spectrometry._centroids import centroided
from liqi.methods.mass_spectrometry._features import surveys_of
from liqi.methods.mass_spectrometry._formula import ELECTRON, monoisotopic_mass
from liqi.methods.mass_spectrometry._ions import Ion, neutral_mass
from liqi.methods.mass_spectrometry._tracing import Peaks
from liqi.methods.readers import Spectrum

SAME_MASS_PPM = 8.0
_TOGETHER = 0.25
_LEAST_TOGETHER_S = 1.0
_RARE_STEPS = 0.9970349, 1.0062767, 1.9957958, 2.0042450
"""Da above the lightest: 15N, 2H, 34S, 18O (AME2020)."""
_RARE_PPM = 5.0
_RARE_TIMES = 5.0
_PROTON = (monoisotopic_mass("H") or 0.0) - ELECTRON


@dataclass(frozen=True, slots=True)
class NeutralIon:
    """An ion of a molecule: what it is (`assumed` where nothing but its being alone says so), m/z, charge, area."""

    adduct: str
    mz: float
    charge: int
    area: float
    height: float
    apex_s: float
    mass: float
    width_s: float
    group: int | None
    assumed: bool


@dataclass(frozen=True, slots=True)
class NeutralMass:
    """A molecule: its mass in Da, standard uncertainty, time, and its ions, the strongest first.

    `evidence` is ``ions`` where two or more ions agree, ``charge`` where isotopes tell a charge above one, else
    ``assumed``: a lone ion taken as [M+H]+ or [M-H]-.
    """

    mass: float
    uncertainty: float
    apex_s: float
    polarity: str
    ions: Sequence[NeutralIon]

    @property
    def area(self) -> float:
        """The areas of all its ions."""
        return sum(one.area for one in self.ions)

    @property
    def evidence(self) -> str:
        """What speaks for the mass."""
        if len(self.ions) > 1:
            return "ions"
        return "charge" if self.ions[0].charge > 1 else "assumed"


def neutral_masses(spectra: Iterable[Spectrum]) -> list[NeutralMass]:
    """Return the molecules of a run's survey scans, by area, the largest first.

    Isotope peaks tell charges one to three, which `_ions` follows; adducts and dimers are those of `_ions.ADDUCTS`.
    Ions belong together when their masses agree within 8 ppm and their apexes within a quarter of a peak's width.
    """
    found = []
    for polarity, survey in surveys_of([centroided(one) for one in spectra]).items():
        sign = polarity or "positive"
        rare = _rare_isotopes(survey.peaks)
        alone = (i for i, one in enumerate(survey.ions) if one.isotope_of is None and not (rare[i] and not one.adduct))
        ions = [_ion(survey.peaks, i, survey.ions[i], sign) for i in alone]
        found += [_molecule(group, sign) for group in _together(ions)]
    return sorted(found, key=lambda one: -one.area)


def _rare_isotopes(peaks: Peaks) -> NDArray[np.bool_]:
    """Return which peaks stand where 15N, 2H, 34S or 18O of a much higher peak of the same time would."""
    rare = np.zeros(peaks.mz.size, bool)
    allowed = np.maximum(_LEAST_TOGETHER_S, _TOGETHER * (peaks.end_s - peaks.start_s))
    for step in _RARE_STEPS:
        for charge in (1, 2):
            wanted = peaks.mz - step / charge
            width = _RARE_PPM * 1e-6 * peaks.mz
            low, high = np.searchsorted(peaks.mz, wanted - width), np.searchsorted(peaks.mz, wanted + width)
            for i in np.flatnonzero(high > low).tolist():
                others = slice(int(low[i]), int(high[i]))
                together = np.abs(peaks.apex_s[others] - peaks.apex_s[i]) <= allowed[i]
                rare[i] |= bool((together & (peaks.height[others] > _RARE_TIMES * peaks.height[i])).any())
    return rare


def _ion(peaks: Peaks, i: int, ion: Ion, sign: str) -> NeutralIon:
    mz, charge = float(peaks.mz[i]), ion.charge or 1
    mark = "+" if sign == "positive" else "-"
    proton = _PROTON if sign == "positive" else -_PROTON
    if ion.adduct:
        adduct, mass = ion.adduct, neutral_mass(mz, ion.adduct)
    else:
        many = "" if charge == 1 else str(charge)
        adduct, mass = f"[M{mark}{many}H]{many}{mark}", charge * (mz - proton)
    width = float(peaks.end_s[i] - peaks.start_s[i])
    facts = float(peaks.area[i]), float(peaks.height[i]), float(peaks.apex_s[i])
    return NeutralIon(adduct, mz, charge, *facts, mass, width, ion.group, not ion.adduct and charge == 1)


def _together(ions: Sequence[NeutralIon]) -> list[list[NeutralIon]]:
    """Return the ions of each molecule: those that `_ions` grouped, and those of the same mass at the same time."""
    order = sorted(range(len(ions)), key=lambda i: ions[i].mass)
    owner = list(range(len(ions)))

    def root(i: int) -> int:
        while owner[i] != i:
            owner[i] = owner[owner[i]]
            i = owner[i]
        return i

    held = {i: {one.adduct} for i, one in enumerate(ions)}

    def join(i: int, j: int) -> None:
        """Put two together, unless one molecule would have an ion twice."""
        first, second = root(i), root(j)
        if first != second and not held[first] & held[second]:
            owner[second] = first
            held[first] |= held.pop(second)

    first: dict[int, int] = {}
    for i, one in enumerate(ions):
        if one.group is not None:
            join(first.setdefault(one.group, i), i)
    for place, i in enumerate(order):
        for j in order[place + 1 :]:
            if ions[j].mass - ions[i].mass > SAME_MASS_PPM * 1e-6 * ions[j].mass:
                break
            if _elute_together(ions[i], ions[j]):
                join(i, j)
    groups: dict[int, list[NeutralIon]] = {}
    for i, one in enumerate(ions):
        groups.setdefault(root(i), []).append(one)
    return list(groups.values())


def _elute_together(a: NeutralIon, b: NeutralIon) -> bool:
    allowed = max(_LEAST_TOGETHER_S, _TOGETHER * min(a.width_s, b.width_s))
    return abs(a.apex_s - b.apex_s) <= allowed


def _molecule(ions: Sequence[NeutralIon], sign: str) -> NeutralMass:
    """Return the mass weighted by area; its uncertainty is the ions' spread, at least a uniform window by sqrt n."""
    ranked = sorted(ions, key=lambda one: -one.area)
    masses, areas = np.array([one.mass for one in ranked]), np.array([one.area for one in ranked])
    mass = float(np.average(masses, weights=np.maximum(areas, 1e-300)))
    alone = SAME_MASS_PPM * 1e-6 * mass / 3**0.5
    spread = float(masses.std(ddof=1)) if len(ranked) > 1 else 0.0
    return NeutralMass(mass, max(spread, alone) / len(ranked) ** 0.5, ranked[0].apex_s, sign, ranked)
