"""A feature searched in a library: candidate compounds with confidence, and the verdict on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from liqi.methods.mass_spectrometry._features import Feature
from liqi.methods.mass_spectrometry._index import Scores
from liqi.methods.mass_spectrometry._judgement import Contender, Judgement, confidences, judge, likeness
from liqi.methods.mass_spectrometry._tolerance import Tolerance
from liqi.methods.mass_spectrometry.library import SpectralLibrary

_DECIMALS = 4


class _Best(NamedTuple):
    """A compound's best reference."""

    likeness: float
    similarity: float
    row: int
    precursor_mz: float
    matched: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A compound that the feature may be, with its best reference spectrum."""

    row: int
    inchikey: str
    name: str
    formula: str
    adduct: str
    accession: str
    confidence: float
    entropy_similarity: float
    matched_peaks: int
    precursor_error_ppm: float

    def as_json(self) -> dict[str, Any]:
        """Return the candidate as in `liqi identify`."""
        return {
            "inchikey": self.inchikey,
            "name": self.name,
            "adduct": self.adduct,
            "confidence": round(self.confidence, _DECIMALS),
            "entropy_similarity": round(self.entropy_similarity, _DECIMALS),
            "matched_peaks": self.matched_peaks,
            "precursor_error_ppm": round(self.precursor_error_ppm, 2),
            "accession": self.accession,
        }


@dataclass(frozen=True, slots=True)
class Identification:
    """The verdict on one feature; all candidates best first."""

    feature: Feature
    judgement: Judgement
    candidates: Sequence[Candidate]

    def as_json(self, top: int) -> dict[str, Any]:
        """Return the feature as in `liqi identify`, with at most `top` candidates."""
        spectrum, judgement = self.feature.spectrum, self.judgement
        time = spectrum.retention_time_s
        return {
            "index": self.feature.index,
            "precursor_mz": round(spectrum.precursor_mz, 5) if spectrum.precursor_mz else None,
            "retention_time_s": None if time is None else round(time, 2),
            "verdict": judgement.verdict,
            "confidence": round(judgement.confidence, _DECIMALS),
            "level": judgement.level,
            "candidates": [candidate.as_json() for candidate in self.candidates[:top]],
        }


def identify_feature(
    feature: Feature, library: SpectralLibrary, precursor: Tolerance, fragment: Tolerance
) -> Identification:
    """Return the compounds of the library that the feature may be, grouped by first InChIKey block."""
    best: dict[int, _Best] = {}
    for scores in library.search(feature.spectrum, precursor, fragment):
        _keep_best(best, scores, library)
    ranked = sorted(best.values(), key=lambda one: one.likeness, reverse=True)
    probabilities = confidences([one.likeness for one in ranked]).tolist()
    contenders, candidates = [], []
    measured = feature.spectrum.precursor_mz or 0.0
    for one, probability in zip(ranked, probabilities, strict=True):
        words = library.words(one.row)
        contenders.append(Contender(probability, one.similarity, one.matched, words["formula"], one.precursor_mz))
        candidates.append(
            Candidate(
                row=one.row,
                confidence=probability,
                entropy_similarity=one.similarity,
                matched_peaks=one.matched,
                precursor_error_ppm=(measured - one.precursor_mz) / one.precursor_mz * 1e6,
                **words,
            )
        )
    return Identification(feature, judge(contenders), candidates)


def _keep_best(best: dict[int, _Best], scores: Scores, library: SpectralLibrary) -> None:
    """Put each compound's best reference in `best`."""
    likenesses = likeness(scores.similarity, scores.similarity_kept)
    compounds = library.compounds[scores.rows]
    for i in np.argsort(-likenesses, kind="stable").tolist():
        compound = int(compounds[i])
        if compound not in best or best[compound].likeness < likenesses[i]:
            best[compound] = _Best(
                float(likenesses[i]),
                min(1.0, float(scores.similarity[i])),
                int(scores.rows[i]),
                float(scores.precursor_mz[i]),
                int(scores.matched[i]),
            )
