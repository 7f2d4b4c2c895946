"""Features searched in a library: candidate compounds with confidence and evidence, and the verdict on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from liqi.methods.mass_spectrometry._beside import beside, pushes_beside
from liqi.methods.mass_spectrometry._cleaning import Floats, Integers
from liqi.methods.mass_spectrometry._confidence import UNKNOWN_SHARE
from liqi.methods.mass_spectrometry._energy import REFERENCE_MZ, electronvolts
from liqi.methods.mass_spectrometry._evidence import NAMES, Evidence, weigh_evidence
from liqi.methods.mass_spectrometry._features import Feature
from liqi.methods.mass_spectrometry._formula import monoisotopic_mass
from liqi.methods.mass_spectrometry._index import ion_modes, match
from liqi.methods.mass_spectrometry._judgement import SURE_WITHOUT_PRECURSOR, Contender, Judgement, judge
from liqi.methods.mass_spectrometry._tolerance import Tolerance
from liqi.methods.mass_spectrometry._unbound import find
from liqi.methods.mass_spectrometry._widths import kind_of, step_of
from liqi.methods.mass_spectrometry.library import SpectralLibrary
from liqi.methods.readers import Spectrum

BATCH = 256
_DECIMALS = 4
_EXPLAINED = NAMES.index("explained_query")
_EVIDENCE_DECIMALS = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A compound that the feature may be, with its best reference spectrum.

    `evidence` names each figure with its value (None where not known) and how far it moves the log-odds.
    """

    row: int
    inchikey: str
    name: str
    formula: str
    adduct: str
    accession: str
    confidence: float
    entropy_similarity: float
    matched_peaks: int
    precursor_error_ppm: float | None
    evidence: dict[str, tuple[float | None, float]]
    smiles: str = ""

    @property
    def by_mass_alone(self) -> bool:
        """Whether no fragment speaks for the compound: its mass fits, and the confidence is that of such masses."""
        return not self.matched_peaks and self.precursor_error_ppm is not None

    def as_json(self) -> dict[str, Any]:
        """Return the candidate as in `liqi identify`."""
        return {
            "inchikey": self.inchikey,
            "name": self.name,
            "adduct": self.adduct,
            "confidence": round(self.confidence, _DECIMALS),
            "entropy_similarity": round(self.entropy_similarity, _DECIMALS),
            "matched_peaks": self.matched_peaks,
            "precursor_error_ppm": None if self.precursor_error_ppm is None else round(self.precursor_error_ppm, 2),
            "accession": self.accession,
            "by_mass_alone": self.by_mass_alone,
            "smiles": self.smiles,
            "evidence": {name: {"value": value, "push": push} for name, (value, push) in self.evidence.items()},
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
            "by_mass_alone": bool(self.candidates) and self.candidates[0].by_mass_alone,
            "candidates": [candidate.as_json() for candidate in self.candidates[:top]],
        }


@dataclass(frozen=True, slots=True)
class Question:
    """How features are searched; `evidence_for` says for how many candidates the evidence is told."""

    precursor: Tolerance
    fragment: Tolerance
    unknown_share: float = UNKNOWN_SHARE
    evidence_for: int = 5

    def fragment_width(self, precursor_mz: float) -> float:
        """Return the fragment tolerance in Da; ppm are those of the precursor."""
        return self.fragment.at(precursor_mz)


@dataclass(frozen=True, slots=True)
class _Found:
    """The candidates of one feature in a batch: rows, evidence and probabilities, best first."""

    rows: Integers
    precursors: Floats
    chance: Floats
    similarity: Floats
    matched: Integers
    table: Floats
    pushes: Floats


def identify_features(asked: Sequence[Feature], library: SpectralLibrary, question: Question) -> list[Identification]:
    """Return the identification of every feature, in their order; candidates are grouped by first InChIKey block."""
    found = _search(asked, library, question)
    return [
        _identification(feature, one, library, question)
        if feature.spectrum.precursor_mz
        else _without_precursor(feature, library, question)
        for feature, one in zip(asked, found, strict=True)
    ]


def _search(asked: Sequence[Feature], library: SpectralLibrary, question: Question) -> list[_Found | None]:
    """Search spectra of one polarity and resolution together; those without a precursor find nothing."""
    together: dict[tuple[str | None, float], list[int]] = {}
    for i, spectrum in enumerate(feature.spectrum for feature in asked):
        if spectrum.precursor_mz:
            step = step_of(question.fragment_width(spectrum.precursor_mz))
            together.setdefault((spectrum.polarity, step), []).append(i)
    found: list[_Found | None] = [None] * len(asked)
    for (polarity, _), places in together.items():
        for start in range(0, len(places), BATCH):
            batch = places[start : start + BATCH]
            answers = _search_alike([asked[i] for i in batch], polarity, library, question)
            for i, answer in zip(batch, answers, strict=True):
                found[i] = answer
    return found


def _search_alike(
    asked: Sequence[Feature], polarity: str | None, library: SpectralLibrary, question: Question
) -> list[_Found]:
    spectra = [feature.spectrum for feature in asked]
    precursors = np.array([spectrum.precursor_mz for spectrum in spectra], dtype=np.float64)
    half_widths = np.array([question.precursor.at(mz) for mz in precursors.tolist()])
    widths = np.array([question.fragment_width(mz) for mz in precursors.tolist()])
    widest = float(widths.max())
    kind = kind_of(widest)
    queries, width = library.cleaned(spectra, widest)
    energy = np.array([_energy(spectrum) for spectrum in spectra]).reshape(-1, 2)
    evidence, rows = [], []
    for mode in ion_modes(polarity):
        index = library.index(mode, widest)
        pairs = match(index, queries, precursors, half_widths, widths if kind == "high" else width)
        one = weigh_evidence(index, queries, precursors, energy, pairs, None, library.references, kind == "high")
        evidence.append(one)
        rows.append(index.rows[one.reference])
    return _ranked(evidence, np.concatenate(rows), asked, library, kind, question)


def _energy(spectrum: Spectrum) -> tuple[float, float]:
    instrument = (spectrum.facts or {}).get("instrumenttype", "") or (spectrum.facts or {}).get("INSTRUMENT_TYPE", "")
    return electronvolts(str(spectrum.collision_energy or ""), instrument, spectrum.precursor_mz or 0.0)


def _ranked(
    parts: Sequence[Evidence],
    rows: Integers,
    asked: Sequence[Feature],
    library: SpectralLibrary,
    kind: str,
    question: Question,
) -> list[_Found]:
    number = len(asked)
    query = np.concatenate([part.query for part in parts])
    table = np.concatenate([part.table for part in parts])
    likeness, similarity, matched = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("likeness", "similarity", "matched")
    )
    confidence = library.confidence(kind)
    weight = np.asarray(library.references.weight[rows]) * np.exp(pushes_beside(asked, query, rows, library))
    chance = confidence.probabilities(table, query, number, question.unknown_share, weight)
    order = np.lexsort((-likeness, -chance, query))
    starts = np.searchsorted(query[order], np.arange(number + 1))
    place = np.arange(order.size) - starts[query[order]]
    told = place < question.evidence_for
    pushes = np.zeros((order.size, len(NAMES)))
    pushes[told] = confidence.pushes(table[order[told]])
    found = []
    for start, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        own = order[start:end]
        precursors = library.references.precursor_mz[rows[own]]
        found.append(
            _Found(rows[own], precursors, chance[own], similarity[own], matched[own], table[own], pushes[start:end])
        )
    return found


def _identification(
    feature: Feature, found: _Found | None, library: SpectralLibrary, question: Question
) -> Identification:
    if found is None:
        return Identification(feature, judge([]), [])
    contenders, candidates = [], []
    measured = feature.spectrum.precursor_mz or 0.0
    facts = zip(
        found.rows.tolist(),
        found.precursors.tolist(),
        found.chance.tolist(),
        found.similarity.tolist(),
        found.matched.tolist(),
        strict=True,
    )
    for place, (row, precursor, chance, similarity, matched) in enumerate(facts):
        words = library.words(row)
        explained = float(found.table[place, _EXPLAINED])
        contenders.append(Contender(chance, similarity, matched, words["formula"], precursor, explained))
        error = (measured - precursor) / precursor * 1e6
        evidence = _told(found.table[place], found.pushes[place]) if place < question.evidence_for else {}
        if evidence:
            evidence |= beside(feature, row, library)
        candidates.append(Candidate(row, **words, confidence=chance, entropy_similarity=similarity,
                                    matched_peaks=matched, precursor_error_ppm=error, evidence=evidence))  # fmt: skip
    return Identification(feature, judge(contenders), candidates)


def _without_precursor(feature: Feature, library: SpectralLibrary, question: Question) -> Identification:
    """Return what a spectrum without a precursor may be: any reference of its mode, or any EI reference."""
    found = find(feature.spectrum, library, question.fragment_width(REFERENCE_MZ), question.unknown_share)
    if found is None:
        return Identification(feature, judge([]), [])
    contenders, candidates = [], []
    columns = (found.rows, found.score, found.lead, found.chance, found.similarity, found.matched)
    for row, score, lead, chance, similarity, matched in zip(*(one.tolist() for one in columns), strict=True):
        words = library.words(row)
        mass = monoisotopic_mass(words["formula"]) or 0.0
        contenders.append(Contender(chance, similarity, matched, words["formula"], mass, sure=SURE_WITHOUT_PRECURSOR))
        rule = found.rule
        evidence: dict[str, tuple[float | None, float]] = {
            "score": (round(score, 3), round(rule.by_score * score, 3)),
            "lead": (round(lead, 3), round(rule.by_lead * lead, 3)),
            **beside(feature, row, library, found.part),
        }
        candidates.append(Candidate(row, **words, confidence=chance, entropy_similarity=similarity,
                                    matched_peaks=matched, precursor_error_ppm=None, evidence=evidence))  # fmt: skip
    return Identification(feature, judge(contenders), candidates)


def _told(values: Floats, pushes: Floats) -> dict[str, tuple[float | None, float]]:
    known = [None if value != value else value for value in values.round(_EVIDENCE_DECIMALS).tolist()]
    return dict(zip(NAMES, zip(known, pushes.round(_EVIDENCE_DECIMALS).tolist(), strict=True), strict=True))
