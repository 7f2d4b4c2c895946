"""Whether the fragment spectra at the places of suspects are theirs, judged as `ms.identify` judges."""

from collections.abc import Sequence
from dataclasses import replace

from liqi.methods.mass_spectrometry._features import Feature
from liqi.methods.mass_spectrometry._search import BATCH, Identification, Question, identify_features
from liqi.methods.mass_spectrometry._suspect_ions import Place
from liqi.methods.mass_spectrometry._suspects import Suspect
from liqi.methods.mass_spectrometry._tolerance import Tolerance
from liqi.methods.mass_spectrometry.library import SpectralLibrary

_LEAST_PEAKS = 2


def fragment_confidence(
    suspects: Sequence[Suspect], places: Sequence[Sequence[Place]], library: SpectralLibrary
) -> dict[tuple[str, int], float]:
    """Return the confidence by suspect's name and feature's index; only where there are spectra of both.

    A suspect is found in the library by the first block of its InChIKey, else by name and formula.
    """
    known = _Known.of(library)
    asked: dict[int, Feature] = {}
    for suspect, some in zip(suspects, places, strict=True):
        if known.has(suspect):
            for place in some:
                if place.feature.scans and place.feature.spectrum.mz.size >= _LEAST_PEAKS:
                    asked[place.feature.index] = place.feature
    features = [_as_measured(one) for one in asked.values()]
    question = Question(Tolerance(10.0, "ppm"), Tolerance(0.02, "Da"), evidence_for=0)
    found: dict[int, Identification] = {}
    for start in range(0, len(features), BATCH):
        for one in identify_features(features[start : start + BATCH], library, question):
            found[one.feature.index] = one
    told = {}
    for suspect, some in zip(suspects, places, strict=True):
        if not known.has(suspect):
            continue
        for place in some:
            identification = found.get(place.feature.index)
            confidence = None if identification is None else _confidence(suspect, identification)
            if confidence is not None:
                told[suspect.name, place.feature.index] = confidence
    return told


def _as_measured(feature: Feature) -> Feature:
    """Return the feature with the m/z of its survey peak as precursor: the isolation's is coarser."""
    return replace(feature, spectrum=replace(feature.spectrum, precursor_mz=feature.mz)) if feature.mz else feature


def _confidence(suspect: Suspect, identification: Identification) -> float | None:
    """Return how probable the suspect is; as one of isomers that are not told apart it has the group's.

    None where the library has no spectrum of the suspect's ion.
    """
    for number, candidate in enumerate(identification.candidates):
        if _same(suspect, candidate.inchikey, candidate.name, candidate.formula):
            judged = identification.judgement
            return max(candidate.confidence, judged.confidence if number in judged.group else 0.0)
    return None


def _same(suspect: Suspect, inchikey: str, name: str, formula: str) -> bool:
    if suspect.inchikey and inchikey:
        return suspect.inchikey[:14] == inchikey[:14]
    return suspect.name.lower() == name.lower() and suspect.formula == formula


class _Known:
    """The compounds that a library has spectra of."""

    def __init__(self, keys: set[str], names: set[str]) -> None:
        self.keys, self.names = keys, names

    @classmethod
    def of(cls, library: SpectralLibrary) -> "_Known":
        words = library.references.words
        keys = {key[:14] for key in words["inchikey"].all()}
        return cls(keys - {""}, {name.lower() for name in words["name"].all()})

    def has(self, suspect: Suspect) -> bool:
        """Tell whether there may be spectra of a suspect."""
        return suspect.inchikey[:14] in self.keys if suspect.inchikey else suspect.name.lower() in self.names
