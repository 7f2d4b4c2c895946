"""One spectrum against a library in one of the search modes; the answer is a list of reference spectra."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np

from liqi.methods._errors import BadParameter
from liqi.methods.mass_spectrometry._cleaning import Floats, Peaks
from liqi.methods.mass_spectrometry._energy import REFERENCE_MZ
from liqi.methods.mass_spectrometry._index import ModeIndex, ion_modes, match
from liqi.methods.mass_spectrometry._open import OpenIndex
from liqi.methods.mass_spectrometry._references import References
from liqi.methods.mass_spectrometry._tolerance import Tolerance
from liqi.methods.readers import Spectrum

MODES = ("identity", "open", "neutral_loss", "fused", "hybrid", "reverse")
_NEED_PRECURSOR = ("identity", "neutral_loss", "hybrid")
_BY_PAIRS = ("identity", "reverse")
_WIDE = 1e6


class Searched(Protocol):
    """What a search needs of a library."""

    references: References

    def index(self, ion_mode: str, fragment_width: float) -> ModeIndex: ...
    def open_index(self, ion_mode: str, fragment_width: float) -> OpenIndex: ...
    def cleaned(self, spectra: Sequence[Spectrum], fragment_width: float) -> tuple[Peaks, float]: ...
    def words(self, row: int) -> dict[str, str]: ...


@dataclass(frozen=True, slots=True)
class Hit:
    """A reference spectrum that answers a search; `score` is what the mode ranks by, between 0 and 1."""

    row: int
    score: float
    entropy_similarity: float
    sqrt_cosine: float
    matched_peaks: int
    explained_intensity: float
    precursor_error_ppm: float | None
    inchikey: str
    name: str
    formula: str
    adduct: str
    accession: str
    licence: str
    smiles: str = ""

    @property
    def cosine(self) -> float:
        """The cosine of the square roots of the intensities, as `sqrt_cosine`."""
        return self.sqrt_cosine

    @property
    def reference(self) -> str:
        """What the reference spectrum is called, as `accession`."""
        return self.accession

    def as_json(self) -> dict[str, Any]:
        """Return every field."""
        return asdict(self)


def search(
    library: Searched,
    spectrum: Spectrum,
    mode: str,
    precursor_tolerance: Tolerance,
    fragment_tolerance: Tolerance,
    top: int,
) -> list[Hit]:
    """Return the best references, best first; a spectrum that does not tell its polarity is searched in both."""
    if mode not in MODES:
        raise BadParameter("mode", mode, f"one of {', '.join(MODES)}")
    if mode in _NEED_PRECURSOR and not spectrum.precursor_mz:
        raise BadParameter("spectrum", "no precursor m/z", f"one, for mode {mode}; mode open needs none")
    precursor = spectrum.precursor_mz or float("nan")
    width = fragment_tolerance.at(spectrum.precursor_mz or REFERENCE_MZ)
    hits: list[Hit] = []
    for ion_mode in ion_modes(spectrum.polarity):
        index = library.index(ion_mode, width)
        query, width = library.cleaned([spectrum], width)
        window = (
            precursor_tolerance.at(precursor)
            if mode == "identity" or (mode == "reverse" and spectrum.precursor_mz)
            else None
        )
        hits += _hits(library, ion_mode, index, query, precursor, window, width, mode, top)
    return sorted(hits, key=lambda hit: hit.score, reverse=True)[:top]


def _hits(
    library: Searched,
    ion_mode: str,
    index: ModeIndex,
    query: Peaks,
    precursor: float,
    window: float | None,
    width: float,
    mode: str,
    top: int,
) -> list[Hit]:
    half = np.array([_WIDE if window is None else window])
    centre = np.array([precursor if window is not None else 0.0])
    score: Floats | None = None
    if mode not in _BY_PAIRS:
        score = _open_score(library.open_index(ion_mode, width), query, precursor, width, mode)
        places = np.sort(np.argsort(-score, kind="stable")[:top])
        index, score = index.take(places), score[places]
    pairs = match(index, query, centre, half, width)
    if score is None:
        score = pairs.similarity if mode == "identity" else pairs.explained_reference
    best = np.argsort(-score, kind="stable")[:top]
    best = best[score[best] > 0]
    found = []
    for i in best.tolist():
        place = int(pairs.reference[i])
        row = int(index.rows[place])
        theory = float(index.precursor_mz[place])
        error = (precursor - theory) / theory * 1e6 if precursor == precursor else None
        found.append(
            Hit(
                row,
                min(1.0, float(score[i])),
                float(pairs.similarity[i]),
                float(pairs.cosine[i]),
                int(pairs.matched_kept[i] if mode == "open" else pairs.matched[i]),
                float(pairs.explained_query[i]),
                error,
                **library.words(row),
                licence=library.references.words["licence"][row],
            )
        )
    return found


def _open_score(index: OpenIndex, query: Peaks, precursor: float, width: float, mode: str) -> Floats:
    if mode == "open":
        return index.open(query, width)
    if mode == "neutral_loss":
        return index.neutral_loss(query, precursor, width)
    if mode == "hybrid":
        return index.hybrid(query, precursor, width)
    return index.fused(query, precursor if precursor == precursor else None, width)
