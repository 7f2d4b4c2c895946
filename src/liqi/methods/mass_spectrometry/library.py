"""A spectral library: built from any readable files into one file that is mapped, searched and judges by itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from liqi.arguments import explained
from liqi.methods._errors import BadParameter, UnreadableFile
from liqi.methods.mass_spectrometry._cleaning import (
    Peaks,
    clean_many,
    flat,
    merge_width,
)
from liqi.methods.mass_spectrometry._confidence import Confidence
from liqi.methods.mass_spectrometry._electron import ElectronIndex
from liqi.methods.mass_spectrometry._index import ION_MODES, ModeIndex, build_index
from liqi.methods.mass_spectrometry._modes import Hit, search
from liqi.methods.mass_spectrometry._open import OpenIndex
from liqi.methods.mass_spectrometry._references import References
from liqi.methods.mass_spectrometry._shipped import shipped_confidence
from liqi.methods.mass_spectrometry._store import Arrays, is_built, read, write
from liqi.methods.mass_spectrometry._tolerance import Tolerance
from liqi.methods.mass_spectrometry._training import train
from liqi.methods.mass_spectrometry._widths import HIGH_WIDTH_DA, UNIT_WIDTH_DA, kind_of, step_of
from liqi.methods.readers import Spectrum

if TYPE_CHECKING:
    import polars as pl

SMALL_LIBRARY = Path(__file__).with_name("data") / "small_library.parquet"
_TRAINED_AT = {"high": ((10.0, "ppm"), HIGH_WIDTH_DA), "unit": ((0.5, "Da"), UNIT_WIDTH_DA)}
_NAMED = ("inchikey", "name", "formula", "adduct", "accession", "smiles")
_PEAKS = ("mz", "without", "kept", "share", "owner", "starts", "entropy", "count", "residual", "centre")


@dataclass(slots=True)
class SpectralLibrary:
    """Reference spectra with a search index for each ion mode, and the confidence trained inside them."""

    name: str
    references: References
    rejected: int = 0
    report: Sequence[dict[str, str]] = ()
    confidences: dict[str, Confidence | str] = field(default_factory=dict)
    _indexes: dict[tuple[str, str, float], ModeIndex] = field(default_factory=dict)
    _open: dict[int, OpenIndex] = field(default_factory=dict)
    _electron: ElectronIndex | None = None
    _words: dict[int, dict[str, str]] = field(default_factory=dict)
    _table: "pl.DataFrame | None" = None

    def __repr__(self) -> str:
        """Return its name and its counts."""
        told = self.info()
        return f"<SpectralLibrary {self.name}: {told['spectra']:,} spectra of {told['compounds']:,} compounds>"

    @classmethod
    @explained
    def load(cls, *paths: str | Path, weights: Sequence[float] = ()) -> "SpectralLibrary":
        """Return the library of one built file, or of any readable files taken in afresh.

        `weights`, one a file, multiply the odds of that file's references: 2 for the in-house library. A reference
        whose own weight is not above 0 is refused, as its odds would be none. Raises UnreadableFile, BadParameter.
        """
        files = [Path(path) for path in paths] or [SMALL_LIBRARY]
        if len(files) == 1 and not weights and is_built(files[0]):
            return cls._of_file(files[0])
        import polars as pl

        from liqi.methods.mass_spectrometry._records import take

        if len(weights) > len(files) or not all(0 < weight < np.inf for weight in weights):
            raise BadParameter("weights", list(weights), f"at most {len(files)}, each a number above 0")
        given = [*weights, *([1.0] * (len(files) - len(weights)))]
        intakes = [take(path, weight) for path, weight in zip(files, given, strict=True)]
        table = pl.concat([intake.table for intake in intakes])
        if not table.height:
            found = "no spectrum with precursor, ion mode, name, peaks and a weight above 0"
            raise UnreadableFile(files[0], found, "at least one", "give a file of reference spectra")
        report = [line for intake in intakes for line in intake.report]
        rejected = sum(intake.rejected for intake in intakes)
        return cls(", ".join(path.name for path in files), References.of_table(table), rejected, report)

    @classmethod
    def _of_file(cls, path: Path) -> "SpectralLibrary":
        arrays, facts = read(path)
        try:
            library = cls(path.name, References.of_arrays(arrays), int(facts["rejected"]))
            for mode, kind in facts["indexes"]:
                library._indexes[mode, kind, _TRAINED_AT[kind][1]] = _index_of(arrays, f"{mode}/{kind}/")
            for kind, told in facts["confidence"].items():
                library.confidences[kind] = _confidence_of(arrays, f"confidence/{kind}/", told)
        except (KeyError, TypeError, ValueError) as problem:
            found = f"a library without {problem}"
            raise UnreadableFile(path, found, "a whole one", "build it anew with `liqi library build`") from None
        return library

    def prepare(self) -> None:
        """Make every index and train the confidence of each kind; a library too small keeps the reason."""
        for kind, (half_width, width) in _TRAINED_AT.items():
            indexes = [self.index(mode, width) for mode in ION_MODES]
            self.confidences[kind] = train(indexes, self.references, half_width, width)

    @explained
    def save(self, path: str | Path) -> None:
        """Write the library as one file, whole or not at all; it loads mapped, ready to be searched."""
        arrays: Arrays = self.references.arrays()
        stored = []
        for kind, (_, width) in _TRAINED_AT.items():
            for mode in ION_MODES:
                index = self.index(mode, width)
                stored.append([mode, kind])
                arrays |= {f"{mode}/{kind}/{name}": getattr(index.peaks, name) for name in _PEAKS}
                facts = ("rows", "precursor_mz", "compound", "lab", "energy")
                arrays |= {f"{mode}/{kind}/index/{name}": getattr(index, name) for name in facts}
        told: dict[str, Any] = {}
        for kind, one in self.confidences.items():
            told[kind] = one if isinstance(one, str) else one.as_json()
            if isinstance(one, Confidence):
                arrays |= {f"confidence/{kind}/{name}": array for name, array in one.arrays().items()}
        write(Path(path), arrays, {"rejected": self.rejected, "indexes": stored, "confidence": told})

    def validate(self) -> list[dict[str, str]]:
        """Return one line for each record that was mended or refused when the files were taken in, with what it was.

        Precursors, adducts, ion modes and InChIKeys are mended as they come in; a built file keeps their count alone.
        """
        return [dict(line) for line in self.report]

    def info(self) -> dict[str, int]:
        """Return the counts that `liqi library info` prints: spectra, compounds, rejected and repaired records."""
        return {
            "spectra": len(self.references),
            "compounds": int(self.references.compound.max(initial=-1)) + 1,
            "rejected": self.rejected,
            "repaired": int(self.references.repaired.sum()),
        }

    def confidence(self, kind: str) -> Confidence:
        """Return the confidence trained in this library, or the shipped one where there is none."""
        own = self.confidences.get(kind)
        return own if isinstance(own, Confidence) else shipped_confidence(kind)

    def confidence_facts(self, kind: str) -> dict[str, Any]:
        """Return where the confidence comes from, its figures out of fold, and why it is not the library's own."""
        own = self.confidences.get(kind)
        why = (
            {} if isinstance(own, Confidence) else {"why": own or "the library was not built with `liqi library build`"}
        )
        return {"kind": kind, **self.confidence(kind).facts, **why}

    @explained
    def index(self, ion_mode: str = "positive", fragment_width: float = HIGH_WIDTH_DA) -> ModeIndex:
        """Return the search index of `positive` or `negative` that serves this fragment tolerance in Da."""
        if ion_mode not in ION_MODES:
            raise BadParameter("ion_mode", ion_mode, f"one of {', '.join(ION_MODES)}")
        kind = kind_of(fragment_width)
        width = step_of(fragment_width)
        if (ion_mode, kind, width) not in self._indexes:
            references = self.references
            modes = np.array([mode == ion_mode for mode in references.words["ion_mode"].all()], dtype=bool)
            rows = np.flatnonzero(modes & np.isfinite(references.precursor_mz))
            facts = {"compound": references.compound, "lab": references.lab, "energy": references.energy}
            peaks = (references.mz, references.intensity, references.starts)
            self._indexes[ion_mode, kind, width] = build_index(
                rows, references.precursor_mz, peaks, facts, width, kind == "unit"
            )
        return self._indexes[ion_mode, kind, width]

    def cleaned(self, spectra: Sequence[Spectrum], fragment_width: float) -> tuple[Peaks, float]:
        """Return spectra cleaned as this tolerance asks, and the width in Da to match them with."""
        unit = kind_of(fragment_width) == "unit"
        precursors = np.array([spectrum.precursor_mz or np.nan for spectrum in spectra], dtype=np.float64)
        width = UNIT_WIDTH_DA if unit else fragment_width
        return clean_many(*flat(spectra), precursors, merge_width(step_of(fragment_width)), unit), width

    def open_index(self, ion_mode: str, fragment_width: float = HIGH_WIDTH_DA) -> OpenIndex:
        """Return the index for searches without a precursor window."""
        index = self.index(ion_mode, fragment_width)
        if id(index) not in self._open:
            self._open[id(index)] = OpenIndex.of(index)
        return self._open[id(index)]

    @property
    def electron(self) -> ElectronIndex:
        """The index of the EI references, those without a precursor; empty in most libraries."""
        if self._electron is None:
            self._electron = ElectronIndex.of(self.references)
        return self._electron

    @explained
    def search(
        self,
        spectrum: Spectrum,
        mode: str = "identity",
        precursor_tolerance: str | Tolerance = "10 ppm",
        fragment_tolerance: str | Tolerance = "0.02 Da",
        top: int = 10,
        *,
        top_n: int | None = None,
    ) -> list[Hit]:
        """Return the reference spectra most like one spectrum, best first; `top_n` is another name of `top`.

        Modes: `identity` (same precursor, entropy similarity), `open` (fragments, any precursor), `neutral_loss`,
        `fused` (mean of both: the best without a trusted precursor), `hybrid` (a peak matches as fragment or as
        loss: analogues), `reverse` (share of the reference's intensity that the spectrum has: mixtures).
        """
        precursor, fragment = (
            one if isinstance(one, Tolerance) else Tolerance.parse(one, name)
            for one, name in ((precursor_tolerance, "precursor_tolerance"), (fragment_tolerance, "fragment_tolerance"))
        )
        return search(self, spectrum, mode, precursor, fragment, top if top_n is None else top_n)

    @property
    def records(self) -> "pl.DataFrame":
        """Every record with its peaks, as a table."""
        if self._table is None:
            self._table = self.references.table()
        return self._table

    def words(self, row: int) -> dict[str, str]:
        """Return what a reference is called: inchikey, name, formula, adduct, accession, smiles."""
        found = self._words.get(row)
        if found is None:
            found = self._words[row] = {name: self.references.words[name][row] for name in _NAMED}
        return found

    @explained
    def record(self, row: int) -> dict[str, Any]:
        """Return one reference with its peaks."""
        references = self.references
        if not 0 <= row < len(references.precursor_mz):
            raise BadParameter("row", row, f"the number of a reference, 0 to {len(references.precursor_mz) - 1}")
        span = slice(int(references.starts[row]), int(references.starts[row + 1]))
        facts: dict[str, Any] = {name: words[row] for name, words in references.words.items()}
        facts |= {"precursor_mz": float(references.precursor_mz[row]), "repaired": bool(references.repaired[row])}
        return facts | {"mz": references.mz[span].tolist(), "intensity": references.intensity[span].tolist()}


def _index_of(arrays: Arrays, under: str) -> ModeIndex:
    facts = {name: arrays[f"{under}index/{name}"] for name in ("rows", "precursor_mz", "compound", "lab", "energy")}
    return ModeIndex(**facts, peaks=Peaks(**{name: arrays[under + name] for name in _PEAKS}))


def _confidence_of(arrays: Arrays, under: str, told: Any) -> Confidence | str:
    if isinstance(told, str):
        return told
    own = {name.removeprefix(under): array for name, array in arrays.items() if name.startswith(under)}
    return Confidence.of_arrays(own, told) or "its confidence was trained by another version of Liqi; build it anew"
