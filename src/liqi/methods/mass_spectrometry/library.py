"""A spectral library: loaded from any readable file, built into one Parquet file, searched by precursor."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from liqi.methods._errors import UnreadableFile
from liqi.methods.mass_spectrometry._cleaning import MERGE_DA, Floats, both_views, merge_width
from liqi.methods.mass_spectrometry._index import ModeIndex, Scores, build_index
from liqi.methods.mass_spectrometry._records import SCHEMA, read_parquet, take
from liqi.methods.mass_spectrometry._tolerance import Tolerance
from liqi.methods.readers import Spectrum, sniff

SMALL_LIBRARY = Path(__file__).with_name("data") / "small_library.parquet"
_NAMED = ("inchikey", "name", "formula", "adduct", "accession")
_MARK = "liqi_library"


@dataclass(slots=True)
class SpectralLibrary:
    """Reference spectra with one search index an ion mode, made when the mode is first asked for."""

    name: str
    records: pl.DataFrame
    rejected: int = 0
    compounds: np.ndarray[Any, np.dtype[np.int64]] = field(init=False)
    _indexes: dict[tuple[str, float], ModeIndex] = field(init=False, default_factory=dict)

    _words: dict[int, dict[str, str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        blocks = pl.col("inchikey").str.slice(0, 14)
        identity = pl.when(pl.col("inchikey") != "").then(blocks).otherwise(pl.col("name").str.to_lowercase())
        self.compounds = self.records.select(identity.rank("dense")).to_series().cast(pl.Int64).to_numpy()

    @classmethod
    def load(cls, *paths: str | Path) -> "SpectralLibrary":
        """Return the library of one built file, or of any readable files taken in afresh."""
        files = [Path(path) for path in paths] or [SMALL_LIBRARY]
        if len(files) == 1 and sniff(files[0]) == "parquet":
            facts = _facts(files[0])
            if facts is not None:
                return cls(files[0].name, _checked(files[0]), rejected=int(facts))
        intakes = [take(path) for path in files]
        records = pl.concat([intake.table for intake in intakes])
        if not records.height:
            found = "no spectrum with precursor, ion mode, name and peaks"
            raise UnreadableFile(files[0], found, "at least one", "give a file of reference spectra")
        names = ", ".join(path.name for path in files)
        return cls(names, records, rejected=sum(intake.rejected for intake in intakes))

    def save(self, path: str | Path) -> None:
        """Write the library as one Parquet file that loads without being mended again."""
        try:
            self.records.write_parquet(
                path, compression="zstd", compression_level=12, metadata={_MARK: str(self.rejected)}
            )
        except OSError as problem:
            reason = (problem.strerror or type(problem).__name__).lower()
            raise UnreadableFile(path, reason, "a file that can be written", "choose another --out") from None

    def info(self) -> dict[str, int]:
        """Return what `liqi library info` prints: spectra, compounds, rejected and repaired records."""
        return {
            "spectra": self.records.height,
            "compounds": int(np.unique(self.compounds).size),
            "rejected": self.rejected,
            "repaired": int(self.records["repaired"].sum()),
        }

    def index(self, ion_mode: str, width: float = MERGE_DA) -> ModeIndex:
        """Return the search index of `positive` or `negative`, peaks at least `width` Da apart."""
        if (ion_mode, width) not in self._indexes:
            rows = np.flatnonzero((self.records["ion_mode"] == ion_mode).to_numpy())
            self._indexes[ion_mode, width] = build_index(rows, self.precursors, *self._peaks(), width)
        return self._indexes[ion_mode, width]

    @property
    def precursors(self) -> Floats:
        """The precursor m/z of every record."""
        return self.records["precursor_mz"].to_numpy()

    def words(self, row: int) -> dict[str, str]:
        """Return what a reference is called: inchikey, name, formula, adduct, accession."""
        found = self._words.get(row)
        if found is None:
            found = self._words[row] = {name: self.records[name][row] for name in _NAMED}
        return found

    def record(self, row: int) -> dict[str, Any]:
        """Return one reference with its peaks."""
        return self.records.row(row, named=True)

    def search(self, spectrum: Spectrum, precursor_tolerance: Tolerance, fragment_tolerance: Tolerance) -> list[Scores]:
        """Return the scores of every reference near the spectrum's precursor, one entry an ion mode.

        A spectrum that does not tell its polarity is compared with both modes.
        """
        if not spectrum.precursor_mz:
            return []
        fragment_width = fragment_tolerance.at(spectrum.precursor_mz)
        width = merge_width(fragment_width)
        without, kept = both_views(spectrum, width)
        window = precursor_tolerance.at(spectrum.precursor_mz)
        modes = [spectrum.polarity] if spectrum.polarity else ["positive", "negative"]
        return [
            self.index(mode, width).search(without, kept, spectrum.precursor_mz, window, fragment_width)
            for mode in modes
        ]

    def _peaks(self) -> tuple[Floats, Floats, np.ndarray[Any, np.dtype[np.int64]]]:
        counts = self.records["mz"].list.len().to_numpy()
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        mz, intensity = (
            self.records[name].explode(empty_as_null=False).to_numpy().astype(np.float64)
            for name in ("mz", "intensity")
        )
        disorder = np.flatnonzero(mz[1:] < mz[:-1]) + 1
        if np.setdiff1d(disorder, starts).size:
            order = np.lexsort((mz, np.repeat(np.arange(counts.size), counts)))
            mz, intensity = mz[order], intensity[order]
        return mz, intensity, starts


def _facts(path: Path) -> str | None:
    try:
        return pl.read_parquet_metadata(path).get(_MARK)
    except (pl.exceptions.PolarsError, OSError):
        return None


def _checked(path: Path) -> pl.DataFrame:
    table = read_parquet(path)
    missing = [name for name in SCHEMA if name not in table.columns]
    if missing:
        raise UnreadableFile(path, f"no column {missing[0]}", "a library of `liqi library build`", "build it again")
    return table.select(list(SCHEMA))
