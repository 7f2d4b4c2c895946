"""A spectrum with what it is and where it comes from, as any format of a spectral library says it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from liqi.methods.exports._named import Feature, Named, features_of
from liqi.methods.mass_spectrometry import ion_charge, monoisotopic_mass

if TYPE_CHECKING:
    from liqi.methods.mass_spectrometry import SpectralLibrary


@dataclass(frozen=True, slots=True)
class Analyte:
    """A compound that a spectrum is of."""

    name: str
    formula: str = ""
    inchikey: str = ""
    smiles: str = ""
    adduct: str = ""

    @property
    def charge(self) -> int | None:
        """How many charges the adduct has."""
        return ion_charge(self.adduct) if self.adduct else None

    @property
    def mass(self) -> float | None:
        """The monoisotopic mass of the neutral formula in Da."""
        return monoisotopic_mass(self.formula) if self.formula else None


@dataclass(frozen=True, slots=True)
class Entry:
    """One spectrum of a library; `interpretation` says why it is given this name, `more` what no term is for."""

    name: str
    mz: Sequence[float]
    intensity: Sequence[float]
    analytes: Sequence[Analyte]
    precursor_mz: float | None = None
    polarity: str = ""
    ms_level: int = 2
    retention_time_s: float | None = None
    collision_energy: str = ""
    scans: int = 1
    source: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)
    interpretation: Mapping[str, Any] = field(default_factory=dict)


_KEPT = ("accession", "instrument_type", "licence", "authors", "laboratory")


def entries_of_library(library: "SpectralLibrary") -> Iterator[Entry]:
    """Yield every reference of a library with its licence and who made it."""
    for row in range(len(library.references)):
        record = library.record(row)
        precursor = record["precursor_mz"]
        one = Analyte(*(record[name] for name in ("name", "formula", "inchikey", "smiles", "adduct")))
        yield Entry(
            name=record["name"] or record["inchikey"],
            mz=record["mz"],
            intensity=record["intensity"],
            analytes=[one],
            precursor_mz=precursor if precursor == precursor else None,
            polarity=record["ion_mode"],
            ms_level=2 if precursor == precursor else 1,
            collision_energy=record["collision_energy"],
            more={name: record[name] for name in _KEPT if record[name]},
        )


def entries_of_answer(answer: Mapping[str, Any]) -> Iterator[Entry]:
    """Yield the measured spectrum of every named feature that the answer keeps, base peak = 100."""
    spectra = measured_spectra(answer)
    for one in features_of(answer):
        if one.candidates and one.index in spectra:
            yield _entry(answer, one, spectra[one.index])


def measured_spectra(answer: Mapping[str, Any]) -> dict[int, Mapping[str, Any]]:
    """Return the measured side of the mirror plots by the number of their feature."""
    plots = [plot["data"] for plot in answer["plots"] if plot["kind"] == "mirror" and "feature" in plot["data"]]
    return {data["feature"]: data["upper"] for data in plots}


def _entry(answer: Mapping[str, Any], one: Feature, peaks: Mapping[str, Any]) -> Entry:
    given = answer["inputs"][one.file]
    best = one.candidates[0]
    return Entry(
        name=f"{' or '.join(dict.fromkeys(found.name for found in one.candidates))} (feature {one.index})",
        mz=peaks["mz"],
        intensity=peaks["intensity"],
        analytes=[
            Analyte(found.name, found.formula, found.inchikey, found.smiles, found.ion) for found in one.candidates
        ],
        precursor_mz=one.precursor_mz,
        polarity=one.polarity or "",
        retention_time_s=one.apex_s,
        scans=max(1, len(one.scan_ids)),
        source=str(given["path"]).replace("\\", "/").rpartition("/")[2],
        more={"SHA-256 of the file": given["sha256"], "scans": "; ".join(one.scan_ids)},
        interpretation=_why(answer, one, best),
    )


def _why(answer: Mapping[str, Any], one: Feature, best: Named) -> dict[str, Any]:
    return {
        "identified by": f"Liqi {answer['method']} {answer['version']}",
        "reference library": answer["detail"]["library"]["name"],
        "reference spectrum": best.accession,
        "probability": sum(found.confidence for found in one.candidates),
        "identification level (Schymanski)": one.level,
        "spectral entropy similarity": best.similarity,
        "matched peaks": best.matched_peaks,
        "mass error in ppm": best.error_ppm,
        "reviewed": one.review,
    }
