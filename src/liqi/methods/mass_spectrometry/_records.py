"""Reference spectra on their way into a library: taken from a file, mended or refused, in one table."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from liqi.methods._errors import UnreadableFile
from liqi.methods.mass_spectrometry._formula import ion_mz
from liqi.methods.readers import Spectrum, read, sniff

REPAIR_ABOVE_PPM = 20.0
WORDS = (
    "accession", "name", "formula", "inchikey", "smiles", "adduct", "ion_mode", "collision_energy",
    "instrument_type", "licence", "authors",
)  # fmt: skip
SCHEMA: Mapping[str, Any] = {
    **dict.fromkeys(WORDS, pl.String),
    "precursor_mz": pl.Float64,
    "repaired": pl.Boolean,
    "mz": pl.List(pl.Float32),
    "intensity": pl.List(pl.Float32),
}
_ALIASES = {
    "accession": ("accession", "db", "spectrumid", "spectrum_id", "id"),
    "name": ("name", "compound_name", "compoundname", "title"),
    "formula": ("formula", "molecular_formula"),
    "inchikey": ("inchikey", "inchi_key", "inchiaux", "inchikey_1"),
    "smiles": ("smiles",),
    "adduct": ("adduct", "precursortype", "precursor_type"),
    "ion_mode": ("ion_mode", "ionmode", "polarity"),
    "collision_energy": ("collision_energy", "collisionenergy", "insourcevoltage"),
    "instrument_type": ("instrument_type", "instrumenttype", "source_instrument"),
    "licence": ("licence", "license"),
    "authors": ("authors", "pi", "datacollector"),
}
_DO = "check the column names against docs/how-to/use-the-large-library.md"


@dataclass(slots=True)
class Intake:
    """A table in `SCHEMA`, with how many records were refused, by reason."""

    table: pl.DataFrame
    refused: dict[str, int] = field(default_factory=dict)

    @property
    def rejected(self) -> int:
        """How many records were refused."""
        return sum(self.refused.values())


def take(path: Path) -> Intake:
    """Return the reference spectra of any readable file, precursors mended from formula and adduct."""
    table = _from_parquet(path) if sniff(path) == "parquet" else _from_spectra(path, read(path))
    return _sift(_mend(table))


def read_parquet(path: Path) -> pl.DataFrame:
    """Return a Parquet file's table, or raise `UnreadableFile`."""
    try:
        return pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as problem:
        found = f"a damaged Parquet file ({str(problem).splitlines()[0][:100]})"
        raise UnreadableFile(path, found, "a whole spectral library", "copy or build it again") from None


def _from_parquet(path: Path) -> pl.DataFrame:
    table = read_parquet(path)
    missing = [name for name in ("precursor_mz", "mz", "intensity") if name not in table.columns]
    if missing:
        raise UnreadableFile(path, f"no column {', '.join(missing)}", "precursor_mz, mz, intensity", _DO)
    columns = [pl.col("precursor_mz").cast(pl.Float64)]
    for name in WORDS:
        present = [pl.col(alias).cast(pl.String) for alias in _ALIASES[name] if alias in table.columns]
        columns.append((pl.coalesce(present) if present else pl.lit("")).fill_null("").alias(name))
    columns += [pl.col(name).cast(pl.List(pl.Float32)) for name in ("mz", "intensity")]
    return table.select(columns).with_columns(repaired=pl.lit(False))


def _from_spectra(path: Path, spectra: Iterable[Spectrum]) -> pl.DataFrame:
    rows = []
    for number, spectrum in enumerate(spectra, 1):
        facts = {name.lower(): value for name, value in (spectrum.facts or {}).items()}
        row: dict[str, Any] = {
            name: next((facts[alias] for alias in _ALIASES[name] if facts.get(alias)), "") for name in WORDS
        }
        row["name"] = row["name"] or spectrum.name
        row["ion_mode"] = spectrum.polarity or row["ion_mode"]
        row["accession"] = row["accession"] or f"{path.stem}:{number}"
        row |= {"precursor_mz": spectrum.precursor_mz, "repaired": False}
        row |= {"mz": spectrum.mz.tolist(), "intensity": spectrum.intensity.tolist()}
        rows.append(row)
    return pl.DataFrame(rows, schema=SCHEMA)


def _mend(table: pl.DataFrame) -> pl.DataFrame:
    """Put the theoretical precursor where the recorded one is missing or more than 20 ppm off it."""
    columns = (table[name].to_list() for name in ("formula", "adduct", "smiles"))
    theory = np.array([_theory(*record) for record in zip(*columns, strict=True)], dtype=np.float64)
    recorded = table["precursor_mz"].fill_null(float("nan")).to_numpy()
    with np.errstate(invalid="ignore"):
        off = ~(np.abs(recorded - theory) <= theory * REPAIR_ABOVE_PPM * 1e-6) & np.isfinite(theory)
    mode = pl.col("ion_mode").str.to_lowercase()
    return table.with_columns(
        precursor_mz=pl.Series(np.where(off, theory, recorded)),
        repaired=pl.Series(off),
        ion_mode=pl.when(mode.str.starts_with("p") | (mode == "+"))
        .then(pl.lit("positive"))
        .when(mode.str.starts_with("n") | (mode == "-"))
        .then(pl.lit("negative"))
        .when(pl.col("adduct").str.ends_with("+"))
        .then(pl.lit("positive"))
        .when(pl.col("adduct").str.ends_with("-"))
        .then(pl.lit("negative"))
        .otherwise(pl.lit("")),
    )


def _theory(formula: str, adduct: str, smiles: str) -> float:
    if not formula or not adduct or ("[2H]" in smiles and "D" not in formula and "2H" not in formula):
        return math.nan
    return ion_mz(formula, adduct) or math.nan


def _sift(table: pl.DataFrame) -> Intake:
    """Refuse what cannot be searched for; count each record under its first reason."""
    precursor = pl.col("precursor_mz")
    sizes = pl.col("mz").list.len()
    reasons = {
        "no precursor": ~(precursor.is_finite() & (precursor > 0)).fill_null(False),
        "no ion mode": pl.col("ion_mode") == "",
        "no name and no InChIKey": (pl.col("name") == "") & (pl.col("inchikey") == ""),
        "no peaks": ((sizes == 0) | (sizes != pl.col("intensity").list.len())).fill_null(True),
    }
    why = pl.lit("")
    for reason, is_so in reversed(reasons.items()):
        why = pl.when(is_so).then(pl.lit(reason)).otherwise(why)
    table = table.with_columns(why=why)
    refused = {reason: int((table["why"] == reason).sum()) for reason in reasons if (table["why"] == reason).any()}
    kept = table.filter(pl.col("why") == "").select(list(SCHEMA))
    return Intake(kept, refused)
