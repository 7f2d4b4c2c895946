"""Records mended: adduct names, precursors from formula and adduct, ion modes, InChIKeys from SMILES.

Of the open MassBank records, 1.5 % of the precursors that can be checked are more than 20 ppm off.
"""

import math
import re
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl

from liqi.methods.mass_spectrometry._formula import ion_mz

REPAIR_ABOVE_PPM = 20.0
_FOUND_WITHIN_PPM = 10.0
COMMON_ADDUCTS = {
    "positive": ("[M+H]+", "[M+Na]+", "[M+NH4]+", "[M+K]+", "[M-H2O+H]+", "[M]+", "[2M+H]+", "[M+2H]2+"),
    "negative": ("[M-H]-", "[M+HCOO]-", "[M+CH3COO]-", "[M+Cl]-", "[M-H2O-H]-", "[M]-", "[2M-H]-", "[M-2H]2-"),
}
_SPELLED = {
    "[M+CH3COOH-H]-": "[M+CH3COO]-", "[M+HCOOH-H]-": "[M+HCOO]-", "[M+HCO2]-": "[M+HCOO]-", "[M+FA-H]-": "[M+HCOO]-",
    "[M+Hac-H]-": "[M+CH3COO]-", "[M+OAc]-": "[M+CH3COO]-", "[M+H-H2O]+": "[M-H2O+H]+", "[M+H-NH3]+": "[M-NH3+H]+",
    "[M]+*": "[M]+", "[M]+.": "[M]+", "[M-H-H2O]-": "[M-H2O-H]-", "[M+]+": "[M]+", "M+": "[M]+", "M-": "[M]-",
}  # fmt: skip
_BARE = re.compile(r"(\d*M(?:[+-]\d*[A-Z][A-Za-z0-9]*)*)(\d*)([+-]?)$")
_BRACKETED = re.compile(r"\[(\d*M(?:[+-]\d*[A-Z][A-Za-z0-9]*)*)\](\d*)([+-]*)$")
_PROTONS = re.compile(r"(\d*M(?:[+-]\d*[A-Z][A-Za-z0-9]*)*[+-](?:2H(?=2)|3H(?=3)|4H(?=4)))(\d)([+-])$")
"""As many protons as charges, written bare: M-2H2-."""
_SIGNS = {"+": "positive", "-": "negative"}
_KEY = re.compile(r"^[A-Z]{14}(-[A-Z]{10}-[A-Z])?$")
Line = dict[str, str]


def mend(table: pl.DataFrame) -> tuple[pl.DataFrame, list[Line]]:
    """Return the table with what could be mended, and one line for each change with what it was."""
    mode = pl.col("ion_mode").str.to_lowercase()
    table = table.with_columns(
        ion_mode=pl.when(mode.str.starts_with("p") | (mode == "+"))
        .then(pl.lit("positive"))
        .when(mode.str.starts_with("n") | (mode == "-"))
        .then(pl.lit("negative"))
        .otherwise(pl.lit(""))
    )
    lines: list[Line] = []
    table = _with_adducts(table, lines)
    table = _in_agreement(table, lines)
    table = _with_modes(table, lines)
    table = _with_precursors(table, lines)
    return _with_keys(table, lines), lines


@lru_cache(maxsize=4096)
def adduct_name(written: str, ion_mode: str = "") -> str:
    """Return an adduct in one spelling, `[M+H]+`; what is not understood stays as it was written.

    >>> adduct_name("M+H", "positive"), adduct_name("[M+HCOOH-H]-"), adduct_name("M-2H2-")
    ('[M+H]+', '[M+HCOO]-', '[M-2H]2-')
    """
    name = written.strip().replace(" ", "").replace("−", "-")
    if name in _SPELLED:
        return _SPELLED[name]
    found = _BRACKETED.match(name) or _PROTONS.match(name) or _BARE.match(name)
    if not found:
        return written
    inner, charge, sign = found.groups()
    if not charge and len(sign) > 1:
        charge = str(len(sign))
    sign = sign[:1] or {"positive": "+", "negative": "-"}.get(ion_mode, "")
    if not sign:
        return written
    bracketed = f"[{inner}]{charge if charge != '1' else ''}{sign}"
    return _SPELLED.get(bracketed, bracketed)


def _with_adducts(table: pl.DataFrame, lines: list[Line]) -> pl.DataFrame:
    named = [adduct_name(a, mode) if a else "" for a, mode in table.select("adduct", "ion_mode").iter_rows()]
    table = _changed(table, "adduct", named, "spelled in one way", lines)
    columns = table.select("adduct", "formula", "ion_mode", "precursor_mz").iter_rows()
    found = [name or _adduct_of(formula, mode, precursor) for name, formula, mode, precursor in columns]
    return _changed(table, "adduct", found, "found by mass from formula and precursor", lines)


def _in_agreement(table: pl.DataFrame, lines: list[Line]) -> pl.DataFrame:
    """Where ion mode and adduct have opposite signs, mend the one that the precursor speaks against."""
    adducts, modes = table["adduct"].to_list(), table["ion_mode"].to_list()
    against = [row for row, adduct in enumerate(adducts) if _SIGNS.get(adduct[-1:], mode := modes[row]) != mode != ""]
    for row in against:
        formula, precursor = table["formula"][row], table["precursor_mz"][row]
        theory = _theory(formula, adducts[row], table["smiles"][row])
        if precursor and abs(theory - precursor) <= theory * REPAIR_ABOVE_PPM * 1e-6:
            modes[row] = _SIGNS[adducts[row][-1]]
        else:
            adducts[row] = _adduct_of(formula, modes[row], precursor) or adducts[row]
    if not against:
        return table
    table = _changed(table, "ion_mode", modes, "the precursor is that of the adduct", lines)
    return _changed(table, "adduct", adducts, "the precursor is that of this adduct in the ion mode", lines)


def _adduct_of(formula: str, mode: str, precursor: float | None) -> str:
    if not formula or not precursor or not math.isfinite(precursor):
        return ""
    for adduct in COMMON_ADDUCTS.get(mode, ()):
        theory = ion_mz(formula, adduct)
        if theory and abs(theory - precursor) <= theory * _FOUND_WITHIN_PPM * 1e-6:
            return adduct
    return ""


def _with_modes(table: pl.DataFrame, lines: list[Line]) -> pl.DataFrame:
    modes = [mode or _SIGNS.get(adduct[-1:], "") for mode, adduct in table.select("ion_mode", "adduct").iter_rows()]
    return _changed(table, "ion_mode", modes, "the adduct's charge", lines)


def _with_precursors(table: pl.DataFrame, lines: list[Line]) -> pl.DataFrame:
    """Put the theoretical precursor where the recorded one is missing or more than 20 ppm off it."""
    columns = table.select("formula", "adduct", "smiles").iter_rows()
    theory = np.array([_theory(*record) for record in columns], dtype=np.float64)
    recorded = table["precursor_mz"].fill_null(float("nan")).to_numpy()
    with np.errstate(invalid="ignore"):
        off = ~(np.abs(recorded - theory) <= theory * REPAIR_ABOVE_PPM * 1e-6) & np.isfinite(theory)
    for row in np.flatnonzero(off).tolist():
        was = f"{recorded[row]:.5f}" if math.isfinite(recorded[row]) else ""
        why = "missing" if not was else f"{(recorded[row] / theory[row] - 1) * 1e6:.0f} ppm off formula and adduct"
        lines.append(_line(table, row, "precursor_mz", was, f"{theory[row]:.5f}", why))
    mended = pl.Series(np.where(off, theory, recorded)).fill_nan(None)
    return table.with_columns(precursor_mz=mended, repaired=pl.col("repaired") | pl.Series(off))


def _theory(formula: str, adduct: str, smiles: str) -> float:
    if not formula or not adduct or ("[2H]" in smiles and "D" not in formula and "2H" not in formula):
        return math.nan
    return ion_mz(formula, adduct) or math.nan


def _with_keys(table: pl.DataFrame, lines: list[Line]) -> pl.DataFrame:
    """Put the InChIKey of the InChI or the SMILES where none is recorded; what is no InChIKey goes."""
    told = (pl.col("inchikey") != "") | (pl.col("smiles") != "")
    lacking = table.select((told & ~pl.col("inchikey").str.contains(_KEY.pattern)).alias("lacking"))["lacking"]
    if not lacking.any():
        return table
    from rdkit import rdBase

    keys, smiles = table["inchikey"].to_list(), table["smiles"].to_list()
    with rdBase.BlockLogs():
        for row in np.flatnonzero(lacking.to_numpy()).tolist():
            was = keys[row]
            keys[row], why = _key_of(was, smiles[row])
            if keys[row] != was:
                lines.append(_line(table, row, "inchikey", was, keys[row], why))
    return table.with_columns(pl.Series("inchikey", keys, dtype=pl.String))


def _key_of(given: str, smiles: str) -> tuple[str, str]:
    """Return the InChIKey that was meant, and where it is from."""
    from rdkit import Chem

    chemistry: Any = Chem
    key = given.strip().upper().removeprefix("INCHIKEY=")
    if _KEY.match(key):
        return key, "spelled in one way"
    if given.startswith("InChI=") and (key := chemistry.InchiToInchiKey(given)):
        return key, "made from the InChI"
    molecule = chemistry.MolFromSmiles(smiles) if smiles else None
    return (chemistry.MolToInchiKey(molecule), "made from the SMILES") if molecule is not None else ("", "no InChIKey")


def _changed(table: pl.DataFrame, name: str, values: list[str], why: str, lines: list[Line]) -> pl.DataFrame:
    new = pl.Series(name, values, dtype=pl.String)
    for row in np.flatnonzero((table[name] != new).to_numpy()).tolist():
        lines.append(_line(table, row, name, table[name][row], values[row], why))
    return table.with_columns(new)


def _line(table: pl.DataFrame, row: int, name: str, was: str, now: str, why: str) -> Line:
    facts = {"record": table["accession"][row], "name": table["name"][row], "action": "repaired"}
    return {**facts, "field": name, "was": was, "now": now, "why": why}
