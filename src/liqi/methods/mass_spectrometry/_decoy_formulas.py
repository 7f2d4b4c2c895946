"""How many suspects would be detected by chance: the same search for formulas that nobody suspects.

A decoy is a suspect's formula with one group more or less (CH2, O, H2, NH ...). It lies where formulas of real
substances lie, so what it meets is what an absent suspect would meet. Masses that no formula has (a shifted
window, an adduct that cannot be; Palmer et al., Nat. Methods 14:57, 2017) meet far too little here, for a
run's ions crowd where real formulas are (docs/reference/methods/ms.screen.md has the figures).
"""

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import replace

from liqi.methods.mass_spectrometry._formula import monoisotopic_mass
from liqi.methods.mass_spectrometry._suspects import Suspect

CHANGES: tuple[Mapping[str, int], ...] = (
    {"C": 1, "H": 2},
    {"C": -1, "H": -2},
    {"O": 1},
    {"O": -1},
    {"H": 2},
    {"H": -2},
    {"N": 1, "H": 1},
    {"C": 1, "H": 4, "O": -1},
    {"C": 1, "H": 1, "N": -1},
    {"C": -1, "H": -1, "N": 1},
)
_PART = re.compile(r"([A-Z][a-z]?)(\d*)")
_SAME_DA = 0.01
MOST_DECOYS = 5000


def decoys_of(suspects: Sequence[Suspect]) -> list[Suspect]:
    """Return up to ten decoys a suspect, with its adducts and time; none has the mass of any suspect.

    Of a long list every second, third ... is taken, so that there are at most five thousand.
    """
    masses = sorted({round(monoisotopic_mass(one.formula) or 0.0, 4) for one in suspects})
    decoys = []
    for suspect in suspects:
        for change in CHANGES:
            formula = changed(suspect.formula, change)
            mass = monoisotopic_mass(formula) if formula else None
            if formula and mass and not _taken(mass, masses):
                decoys.append(replace(suspect, name=f"decoy of {suspect.name}", formula=formula, inchikey=""))
    return decoys[:: -(-len(decoys) // MOST_DECOYS) or 1]


def changed(formula: str, change: Mapping[str, int]) -> str | None:
    """Return the formula with atoms more or fewer, None where it has not so many or is no plain formula.

    >>> changed("C9H13N", {"C": 1, "H": 2})
    'C10H15N'
    """
    if "[" in formula:
        return None
    counts: dict[str, int] = {}
    for element, count in _PART.findall(formula):
        counts[element] = counts.get(element, 0) + int(count or 1)
    for element, more in change.items():
        counts[element] = counts.get(element, 0) + more
    if min(counts.values()) < 0 or not counts.get("C"):
        return None
    return "".join(element + (str(count) if count > 1 else "") for element, count in counts.items() if count)


def _taken(mass: float, masses: Sequence[float]) -> bool:
    place = bisect_left(masses, mass - _SAME_DA)
    return place < len(masses) and masses[place] <= mass + _SAME_DA
