"""Reference spectra on their way into a library: taken from a file, mended or refused, in one table."""

import os
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from liqi.methods._errors import UnreadableFile
from liqi.methods.mass_spectrometry._mending import mend
from liqi.methods.mass_spectrometry._references import WORDS
from liqi.methods.mass_spectrometry._retention_index import index_in
from liqi.methods.readers import Spectrum, read, sniff

SCHEMA: Mapping[str, Any] = {
    **dict.fromkeys(WORDS, pl.String),
    "precursor_mz": pl.Float64,
    "weight": pl.Float64,
    "repaired": pl.Boolean,
    "retention_index": pl.Float64,
    "mz": pl.List(pl.Float32),
    "intensity": pl.List(pl.Float32),
}
_ALIASES = {
    "accession": ("accession", "db", "spectrumid", "spectrum_id", "libraryid", "id", "nist", "casno"),
    "name": ("name", "compound_name", "compoundname", "title"),
    "formula": ("formula", "molecular_formula", "chemicalformula", "molecularformula"),
    "inchikey": ("inchikey", "inchi_key", "inchiaux", "inchikey_1", "inchi"),
    "smiles": ("smiles",),
    "adduct": ("adduct", "precursortype", "precursor_type", "ion"),
    "ion_mode": ("ion_mode", "ionmode", "polarity"),
    "collision_energy": ("collision_energy", "collisionenergy", "insourcevoltage", "energy"),
    "instrument_type": ("instrument_type", "instrumenttype", "source_instrument", "sourceinstrument", "instrument"),
    "licence": ("licence", "license", "license_uri"),
    "authors": ("authors", "author", "pi", "datacollector", "contributor"),
    "laboratory": ("laboratory", "lab", "contributor", "institution", "authors", "author", "pi", "datacollector"),
}
_NOTHING = ("n/a", "none", "null", "nan", "unknown", "not available", "-", "?", "")
_NEVER_SAID = ("accession", "name", "formula", "inchikey", "smiles", "adduct", "licence")
"""Fields whose writers put such a word where they know nothing: 5,000 records of an InChIKey N/A are no compound."""
HIGHEST_MZ = 100_000.0
_RICH = 10
_STDERR = threading.Lock()
_DO = "check the column names against docs/how-to/use-the-large-library.md"


@dataclass(slots=True)
class Intake:
    """A table in `SCHEMA`, how many records were refused, by reason, and a line for each one mended or refused."""

    table: pl.DataFrame
    refused: dict[str, int] = field(default_factory=dict)
    report: list[dict[str, str]] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        """How many records were refused."""
        return sum(self.refused.values())


def take(path: Path, weight: float = 1.0) -> Intake:
    """Return the reference spectra of any readable file, mended from formula and adduct, of this weight."""
    from liqi.methods.mass_spectrometry import _store

    damaged: list[str] = []
    missing = 0
    if _store.is_built(path):
        table = _from_built(path)
    elif sniff(path) == "parquet":
        table = _from_parquet(path)
    else:
        run = read(path)
        table = _from_spectra(path, run)
        damaged, missing = run.problems, run.missing
    table = table.with_columns(weight=pl.col("weight").fill_null(1.0) * weight, laboratory=_laboratory())
    electron = _is_electron_ionisation(table)
    table = table.with_columns(adduct=pl.when(electron).then(pl.lit("")).otherwise(pl.col("adduct")))
    table, report = mend(table)
    intake = _sift(table, electron)
    lines = report + intake.report + [_unread(sentence) for sentence in damaged]
    for line in lines:
        line["file"] = path.name
    refused = intake.refused | ({"damaged": missing} if missing else {})
    return Intake(intake.table, refused, lines)


def _unread(sentence: str) -> dict[str, str]:
    return {"record": "", "name": "", "action": "refused", "field": "", "was": "", "now": "", "why": sentence}


def read_parquet(path: Path) -> pl.DataFrame:
    """Return a Parquet file's table, or raise `UnreadableFile`.

    Some damage makes the Parquet code of Polars panic: an exception of its own, and a backtrace written to stderr.
    """
    try:
        with _silent():
            return pl.read_parquet(path)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as problem:
        found = f"a damaged Parquet file ({str(problem).splitlines()[0][:100]})"
        raise UnreadableFile(path, found, "a whole spectral library", "copy or build it again") from None


@contextmanager
def _silent() -> Iterator[None]:
    """Send what is written to stderr to nowhere for a while, also what is written by code that is not Python's.

    One thread at a time: a second one would take nowhere for stderr and leave it there.
    """
    with _STDERR:
        sys.stderr.flush()
        try:
            kept = os.dup(2)
        except OSError:  # no stderr at all
            yield
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nowhere)


def _from_built(path: Path) -> pl.DataFrame:
    from liqi.methods.mass_spectrometry._references import References
    from liqi.methods.mass_spectrometry._store import read as read_built

    return References.of_arrays(read_built(path)[0]).table().select(list(SCHEMA))


def _from_parquet(path: Path) -> pl.DataFrame:
    table = read_parquet(path)
    missing = [name for name in ("mz", "intensity") if name not in table.columns]
    if missing:
        raise UnreadableFile(path, f"no column {', '.join(missing)}", "precursor_mz, mz, intensity", _DO)
    try:
        precursor = pl.col("precursor_mz").cast(pl.Float64) if "precursor_mz" in table.columns else pl.lit(None)
        columns = [precursor.cast(pl.Float64).alias("precursor_mz")]
        for name in WORDS:
            present = [_told(name, alias) for alias in _ALIASES[name] if alias in table.columns]
            columns.append((pl.coalesce(present) if present else pl.lit("")).fill_null("").alias(name))
        columns += [pl.col(name).cast(pl.List(pl.Float32)) for name in ("mz", "intensity")]
        for name, kind in (("weight", pl.Float64), ("repaired", pl.Boolean), ("retention_index", pl.Float64)):
            given = pl.col(name) if name in table.columns else pl.lit(None)
            columns.append(given.cast(kind).alias(name))
        told = [pl.col("repaired").fill_null(False), pl.col("retention_index").fill_null(np.nan)]
        return table.select(columns).with_columns(told).select(list(SCHEMA))
    except pl.exceptions.PolarsError as problem:
        found = f"a column of the wrong kind ({str(problem).splitlines()[0][:100]})"
        raise UnreadableFile(
            path, found, "numbers in precursor_mz, lists of numbers in mz and intensity", _DO
        ) from None


def _told(field: str, column: str) -> pl.Expr:
    """The words of a column; null where they say that nothing is known."""
    words = pl.col(column).cast(pl.String)
    if field not in _NEVER_SAID:
        return words
    bare = words.str.strip_chars()
    return pl.when(bare.str.to_lowercase().is_in(_NOTHING) | (bare == "NA")).then(None).otherwise(words)


def _from_spectra(path: Path, spectra: Iterable[Spectrum]) -> pl.DataFrame:
    rows = []
    for number, spectrum in enumerate(spectra, 1):
        facts = {name.lower(): value for name, value in (spectrum.facts or {}).items()}
        row: dict[str, Any] = {
            name: next((said for alias in _ALIASES[name] if (said := _said(name, facts.get(alias, "")))), "")
            for name in WORDS
        }
        row["name"] = row["name"] or _said("name", spectrum.name)
        row["ion_mode"] = spectrum.polarity or row["ion_mode"]
        row["collision_energy"] = spectrum.collision_energy or row["collision_energy"]
        row["accession"] = row["accession"] or f"{path.stem}:{number}"
        row |= {"precursor_mz": spectrum.precursor_mz, "repaired": False, "weight": 1.0}
        row["retention_index"] = index_in(spectrum.facts)
        row |= {"mz": spectrum.mz.tolist(), "intensity": spectrum.intensity.tolist()}
        rows.append(row)
    return pl.DataFrame(rows, schema=SCHEMA)


def _said(field: str, words: str) -> str:
    """Return what a field says, nothing where it says that nothing is known.

    >>> _said("inchikey", "N/A"), _said("inchikey", "NA"), _said("formula", "Na"), _said("instrument_type", "N/A")
    ('', '', 'Na', 'N/A')
    """
    nothing = field in _NEVER_SAID and (words.strip().lower() in _NOTHING or words.strip() == "NA")
    return "" if nothing else words


def _laboratory() -> pl.Expr:
    """The laboratory as recorded; else the contributor in a MassBank accession."""
    told = pl.col("laboratory")
    massbank = pl.col("accession").str.extract(r"^MSBNK-(.+)-[^-]+$", 1).fill_null("")
    return (
        pl.when(massbank != "")
        .then(pl.when(told.str.len_chars().is_between(1, 40)).then(told).otherwise(massbank))
        .otherwise(told)
    )


def _is_electron_ionisation(table: pl.DataFrame) -> pl.Series:
    """Which records are EI spectra: their instrument says so, or the whole file has neither precursor nor adduct.

    A file of one record says a formula and no ion mode, as NIST writes EI spectra; a bare list of peaks is no library.
    """
    kind = table["instrument_type"].str.to_uppercase()
    said = kind.str.contains(r"(^|-|\b)EI(-|\b|$)") | kind.str.contains("ELECTRON")
    none = table["precursor_mz"].is_null() | table["precursor_mz"].is_nan()
    peaks = table["mz"].list.len().median()
    whole = (
        (table.height > 1 or bool(((table["ion_mode"] == "") & (table["formula"] != "")).all()))
        and bool(none.all())
        and bool((table["adduct"] == "").all())
        and isinstance(peaks, int | float)
        and peaks >= _RICH
    )
    return none & (said | whole)


def _sift(table: pl.DataFrame, electron: pl.Series) -> Intake:
    """Refuse what cannot be searched for; count each record under its first reason."""
    precursor = pl.col("precursor_mz")
    sizes = pl.col("mz").list.len()
    peaks = pl.col("mz").list
    reasons = {
        "no precursor": ~(precursor.is_finite() & (precursor > 0)).fill_null(False) & ~pl.lit(electron),
        "no ion mode": (pl.col("ion_mode") == "") & ~pl.lit(electron),
        "no name and no InChIKey": (pl.col("name") == "") & (pl.col("inchikey") == ""),
        "no peaks": ((sizes == 0) | (sizes != pl.col("intensity").list.len())).fill_null(True),
        "a peak that is no mass": ~((peaks.min() > 0) & (peaks.max() < HIGHEST_MZ)).fill_null(False),
        "a weight that is not above 0": ~(pl.col("weight").is_finite() & (pl.col("weight") > 0)),
    }
    why = pl.lit("")
    for reason, is_so in reversed(reasons.items()):
        why = pl.when(is_so).then(pl.lit(reason)).otherwise(why)
    table = table.with_columns(why=why, precursor_mz=precursor.fill_null(np.nan))
    refused = {reason: int((table["why"] == reason).sum()) for reason in reasons if (table["why"] == reason).any()}
    lines = [
        {"record": accession, "name": name, "action": "refused", "field": "", "was": "", "now": "", "why": reason}
        for accession, name, reason in table.filter(pl.col("why") != "").select("accession", "name", "why").iter_rows()
    ]
    return Intake(table.filter(pl.col("why") == "").select(list(SCHEMA)), refused, lines)
