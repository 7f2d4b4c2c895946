"""Which fragment spectra of other instruments fit a powder: leads of lower weight than references at its voltages.

An ion in the source falls apart much as a chosen ion in a collision cell does, but at energies that are not
told alike. So a compound is a lead when its ion stands at the lowest voltage and, at each higher one, one of
its fragment spectra is found whole enough, its own ion and what lies near it left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from liqi.methods.mass_spectrometry._cleaning import Floats
from liqi.methods.mass_spectrometry._inverted import (
    LEAST_TARGET,
    REFERENCE_NOISE,
    Powder,
    Reference,
    Substance,
    near,
    target_of,
)
from liqi.methods.mass_spectrometry._powder_references import is_ambient
from liqi.methods.mass_spectrometry._references import References

LEAST_FRAGMENTS = 3
LEAST_OWN = 0.5
"""So much of a lead's fragment spectrum must be explained by nothing that was identified."""
_NEAR_ION_DA = 2.5
_SAMPLE_NOISE = 0.005
_ORDER = {"possible": 0, "isomer": 1, "fragment": 2}
_ADDUCTS = {"positive": ("[M+H]+", "[M]+"), "negative": ("[M-H]-", "[M]-")}


@dataclass(frozen=True, slots=True)
class Lead:
    """A compound whose ion and fragments are there; `explained_by` names the identified substances that have its ion.

    `shares` is the part of its best fragment spectrum found at each higher voltage, `own` the part that no
    identified substance has, at the voltage where it is largest; `explains` the part of such a substance's own
    fragments that it could explain instead. `same_ion` says that it is an isomer of one of
    them, else its ion is a fragment of theirs.
    """

    name: str
    inchikey: str
    formula: str
    accession: str
    licence: str
    ion_mz: float
    target_mz: float | None
    target_share: float
    shares: Mapping[int, float]
    own: float
    fragments: tuple[float, ...] = ()
    explained_by: tuple[str, ...] = ()
    explains: float = 0.0
    same_ion: bool = False
    smiles: str = ""

    @property
    def smallest_share(self) -> float:
        """The weakest evidence among the higher voltages."""
        return min(self.shares.values(), default=0.0)

    @property
    def rival(self) -> bool:
        """Whether it is an isomer that explains most of what was taken for the identified substance."""
        return self.same_ion and self.explains >= LEAST_OWN

    @property
    def verdict(self) -> str:
        """`possible`, or what makes it needless: `isomer` or `fragment` of what was identified."""
        if not self.explained_by and self.own >= LEAST_OWN:
            return "possible"
        return "isomer" if self.same_ion else "fragment"


def leads_of(
    powder: Powder,
    spectra: Sequence[References],
    found: Sequence[Substance],
    width_da: float,
    least_share: float,
    polarity: str = "positive",
) -> list[Lead]:
    """Return the leads beside the substances found, those that nothing else explains first; none from one voltage."""
    if len(powder) < 2:
        return []
    lowest = powder[min(powder)]
    ions = np.sort(lowest.mz[lowest.intensity >= LEAST_TARGET * lowest.intensity.max(initial=0.0)])
    explained = np.sort(
        np.concatenate([np.empty(0), *(one.mz for each in found for one in each.reference.spectra.values())])
    )
    taken = {each.reference.inchikey[:14] for each in found if each.reference.inchikey}
    best: dict[str, Lead] = {}
    for table in spectra:
        for row in _rows(table, ions, width_da, polarity):
            lead = _lead(table, row, powder, explained, width_da)
            if lead is None or lead.smallest_share < least_share or lead.inchikey[:14] in taken:
                continue
            key = lead.inchikey[:14] or lead.name.lower()
            before = best.get(key)
            best[key] = lead if before is None or lead.smallest_share > before.smallest_share else before
    leads = [_beside(lead, found, width_da) for lead in best.values()]
    return sorted(leads, key=lambda one: (_ORDER[one.verdict], -one.target_share, -one.smallest_share, one.name))


def _beside(lead: Lead, found: Sequence[Substance], width_da: float) -> Lead:
    """Return the lead with the substances that have its ion already, as their own or as a fragment."""
    isomers = [one for one in found if abs(one.reference.ion_mz - lead.ion_mz) <= width_da]
    holders = isomers or [
        one
        for one in found
        if any(near(np.array([lead.ion_mz]), each.mz, width_da)[0] for each in one.reference.spectra.values())
    ]
    explains = max((_instead(lead, one.reference, width_da) for one in isomers), default=0.0)
    names = tuple(one.reference.name for one in holders)
    return replace(lead, explained_by=names, explains=explains, same_ion=bool(isomers))


def _instead(lead: Lead, reference: Reference, width_da: float) -> float:
    """Return the part of a reference's fragments, at the voltage where it is least, that a lead has too."""
    shares = []
    for spectrum in list(reference.spectra.values())[1:]:
        below = (spectrum.mz < lead.ion_mz - _NEAR_ION_DA) & (
            spectrum.intensity >= REFERENCE_NOISE * spectrum.intensity.max(initial=0.0)
        )
        mz, height = spectrum.mz[below], spectrum.intensity[below]
        if height.sum() > 0:
            shares.append(float(height[near(mz, np.sort(lead.fragments), width_da)].sum() / height.sum()))
    return min(shares, default=0.0)


def _rows(table: References, ions: Floats, width_da: float, polarity: str) -> list[int]:
    """Return the rows whose ion the powder has, of the right polarity and adduct, recorded in a collision cell."""
    precursors = np.nan_to_num(table.precursor_mz, nan=-1.0)
    words = table.words
    return [
        row
        for row in np.flatnonzero(near(precursors, ions, width_da)).tolist()
        if words["ion_mode"][row] == polarity
        and words["adduct"][row] in _ADDUCTS[polarity]
        and not is_ambient(words["instrument_type"][row], words["collision_energy"][row])
    ]


def _lead(table: References, row: int, powder: Powder, explained: Floats, width_da: float) -> Lead | None:
    ion = float(table.precursor_mz[row])
    part = slice(int(table.starts[row]), int(table.starts[row + 1]))
    mz, height = table.mz[part].astype(np.float64), table.intensity[part].astype(np.float64)
    below = mz < ion - _NEAR_ION_DA
    mz, height = mz[below], height[below]
    strong = height >= REFERENCE_NOISE * height.max(initial=0.0)
    mz, height = mz[strong], height[strong]
    if mz.size < LEAST_FRAGMENTS:
        return None
    shares, own = {}, 0.0
    alone = ~near(mz, explained, width_da)
    for voltage, spectrum in powder.items():
        if voltage == min(powder):
            continue
        seen = spectrum.mz[spectrum.intensity >= _SAMPLE_NOISE * spectrum.intensity.max(initial=0.0)]
        found = near(mz, seen, width_da)
        shares[voltage] = float(height[found].sum() / height.sum())
        own = max(own, float(height[found & alone].sum() / height.sum()))
    lowest = powder[min(powder)]
    target_mz, target = target_of(lowest, ion, width_da)
    words = table.words
    return Lead(
        name=words["name"][row],
        inchikey=words["inchikey"][row],
        formula=words["formula"][row],
        accession=words["accession"][row],
        licence=words["licence"][row],
        ion_mz=ion,
        target_mz=target_mz,
        target_share=target,
        shares=shares,
        own=own,
        fragments=tuple(mz.tolist()),
        smiles=words["smiles"][row],
    )
