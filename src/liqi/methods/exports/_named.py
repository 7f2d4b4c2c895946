"""The features of an identification with the candidates that their verdicts name, read from the answer's JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from liqi.methods.mass_spectrometry import ion_charge, ion_mz, monoisotopic_mass

_PPM = 1e6


@dataclass(frozen=True, slots=True)
class Named:
    """A compound that a feature is said to be, with its evidence; `ion` is the adduct, as `[M+H]+`."""

    number: int
    name: str
    inchikey: str
    formula: str
    accession: str
    ion: str
    confidence: float
    similarity: float
    matched_peaks: int
    error_ppm: float | None
    theoretical_mz: float | None
    neutral_mass: float | None
    smiles: str = ""


@dataclass(frozen=True, slots=True)
class Feature:
    """One ion; `number` counts from 1, `index` is the answer's own; no candidates where it is unknown."""

    number: int
    index: int
    file: int
    level: str
    precursor_mz: float | None
    mz: float | None
    polarity: str | None
    charge: int | None
    ion: str | None
    apex_s: float | None
    start_s: float | None
    end_s: float | None
    area: float | None
    scan_ids: Sequence[str]
    candidates: Sequence[Named]
    review: str = ""
    """What a person said of it, in words."""


@dataclass(frozen=True, slots=True)
class Molecule:
    """What the features of the same candidates are together."""

    number: int
    level: str
    candidates: Sequence[Named]
    features: list[Feature] = field(default_factory=list)


def features_of(answer: Mapping[str, Any]) -> list[Feature]:
    """Return the features that have an m/z, in the answer's order; the candidates are numbered through."""
    found: list[Feature] = []
    evidence = 0
    detail = answer["detail"]
    reviews = reviews_of(answer)
    for told, measured in zip(detail["features"], detail["measured"], strict=True):
        mz = measured["mz"] or told["precursor_mz"]
        if mz is None:
            continue
        formulas = measured["formulas"]
        group = told["candidates"][: len(formulas)]
        named = [_named(evidence + i, *pair, told) for i, pair in enumerate(zip(group, formulas, strict=False), 1)]
        evidence += len(named)
        one = _feature(len(found) + 1, told, measured, named)
        found.append(replace(one, review=reviews.get(one.index, "")))
    return found


def reviews_of(answer: Mapping[str, Any]) -> dict[int, str]:
    """Return what people said of features, by number: the part `people` that goes with an answer on the server."""
    told = answer.get("people", {}).get("amendments", ())
    return {one["feature"]: _said(one) for one in told}


def _said(one: Mapping[str, Any]) -> str:
    what = {"confirm": "confirmed", "reject": "rejected"}.get(one["kind"], f"renamed {one.get('name', '')}".strip())
    return f"{what} by {one['person']} on {one['at'][:10]}: {one['reason']}"


def signature_of(answer: Mapping[str, Any]) -> str:
    """Return who signed the answer and who countersigned; empty where nobody did."""
    signed = answer.get("people", {}).get("signature")
    if not signed:
        return ""
    second = f", countersigned by {signed['countersigner']}" if signed.get("countersigner") else ", not countersigned"
    return f"Signed by {signed['author']} on {signed['signed_at'][:10]}{second}."


def _feature(number: int, told: Mapping[str, Any], measured: Mapping[str, Any], named: list[Named]) -> Feature:
    ion = named[0].ion if named else measured["adduct"]
    charge = measured["charge"] or (ion_charge(ion) if ion else None)
    sign = {"+": "positive", "-": "negative"}.get((ion or " ")[-1])
    apex = measured["apex_s"] if measured["apex_s"] is not None else told["retention_time_s"]
    return Feature(
        number,
        told["index"],
        measured["file"],
        told["level"],
        told["precursor_mz"],
        measured["mz"] or told["precursor_mz"],
        measured["polarity"] or sign,
        charge,
        ion,
        apex,
        measured["start_s"],
        measured["end_s"],
        measured["area"],
        measured["scan_ids"],
        named,
    )


def _named(number: int, candidate: Mapping[str, Any], formula: str, told: Mapping[str, Any]) -> Named:
    error = candidate["precursor_error_ppm"]
    theory = ion_mz(formula, candidate["adduct"]) if formula and candidate["adduct"] else None
    if theory is None and error is not None:  # the reference's own m/z
        theory = told["precursor_mz"] / (1 + error / _PPM)
    return Named(
        number,
        candidate["name"],
        candidate["inchikey"],
        formula,
        candidate["accession"],
        candidate["adduct"],
        candidate["confidence"],
        candidate["entropy_similarity"],
        candidate["matched_peaks"],
        error,
        theory if theory is not None else told["precursor_mz"],
        monoisotopic_mass(formula) if formula else None,
        candidate.get("smiles", ""),
    )


def molecules_of(features: Sequence[Feature]) -> list[Molecule]:
    """Return each set of candidates once with all its features; an unknown feature is a molecule of its own."""
    found: dict[Any, Molecule] = {}
    for one in features:
        key: Any = tuple(candidate.inchikey or candidate.name for candidate in one.candidates) or one.number
        there = found.setdefault(key, Molecule(len(found) + 1, one.level, one.candidates))
        there.features.append(one)
    return [replace(one, level=min(feature.level for feature in one.features)) for one in found.values()]
