"""mzTab-M 2.0.0-M (HUPO-PSI, 2019): what was identified, on which features, by which evidence.

Hoffmann et al., Anal. Chem. 91, 3302 (2019); the numbers in brackets of `ms_run[1]` count the answer's files from 1.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from liqi.methods.exports import _terms as terms
from liqi.methods.exports._named import Feature, Molecule, features_of, molecules_of, signature_of

VERSION = "2.0.0-M"
PREFIX = "lib"
NULL = "null"
MEASURES = (
    terms.CONFIDENCE.param("calibrated probability that the candidate is the compound"),
    terms.FRAGMENT_SCORE.param("spectral entropy similarity to the reference"),
    terms.MATCHED_PEAKS.param(),
)
_COMPOUND = ("database_identifier", "chemical_formula", "smiles", "inchi", "chemical_name", "uri")
_FIRST_SME = ("SME_ID", "evidence_input_id", *_COMPOUND, "derivatized_form", "adduct_ion", "exp_mass_to_charge")
_LAST_SME = ("charge", "theoretical_mass_to_charge", "spectra_ref", "identification_method", "ms_level")
_INCHIKEY = f"opt_global_cv_{terms.INCHIKEY.accession}_{terms.INCHIKEY.name}"
_ASSUMED = "opt_global_charge_assumed"
_REVIEW = "opt_global_review"
_ERROR = "opt_global_mass_error_ppm"


def fits(answer: Mapping[str, Any]) -> bool:
    """Whether the answer tells features and what they are."""
    detail = answer.get("detail", {})
    return answer["method"] == "ms.identify" and "measured" in detail and bool(features_of(answer))


def write(answer: Mapping[str, Any]) -> str:
    """Return the file; unknown features are small molecules without identity, at their level."""
    files = len(answer["inputs"])
    features = features_of(answer)
    molecules = molecules_of(features)
    parts = [
        _lines("MTD", _metadata(answer, features)),
        _table("SMH", "SML", _molecule_columns(files), (_molecule(one, files) for one in molecules)),
        _table("SFH", "SMF", _feature_columns(files), (_feature(one, files) for one in features)),
        _table("SEH", "SME", _evidence_columns(), (row for one in features for row in _evidence(one))),
    ]
    return "\n".join(parts)


def _metadata(answer: Mapping[str, Any], features: Sequence[Feature]) -> Iterable[tuple[str, str]]:
    yield "mzTab-version", VERSION
    yield "mzTab-ID", (answer.get("key") or answer["inputs"][0]["sha256"])[:16]
    yield "title", answer["title"]["en"]
    told = [answer["sentence"]["en"], signature_of(answer), *(f"[{tag}]" for tag in answer.get("tags", ()))]
    yield "description", " ".join(filter(None, told))
    yield from _software(answer)
    yield "quantification_method", terms.LABEL_FREE.param()
    for place, given in enumerate(answer["inputs"]):
        yield from _run(place, given, features)
    for place, given in enumerate(answer["inputs"], 1):
        yield f"assay[{place}]", PurePath(given["path"]).name
        yield f"assay[{place}]-ms_run_ref", f"ms_run[{place}]"
    yield "study_variable[1]", "undefined"
    yield "study_variable[1]-assay_refs", "|".join(f"assay[{i + 1}]" for i in range(len(answer["inputs"])))
    yield "study_variable[1]-description", "all files of the answer"
    yield from _vocabularies(answer)
    yield "small_molecule-quantification_unit", terms.MS1_AREA.param()
    yield "small_molecule_feature-quantification_unit", terms.MS1_AREA.param()
    yield "small_molecule-identification_reliability", terms.HR_LEVELS.param()
    for place, measure in enumerate(MEASURES, 1):
        yield f"id_confidence_measure[{place}]", measure


def _software(answer: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    from liqi import __version__

    yield "software[1]", terms.OTHER_SOFTWARE.param(f"Liqi {__version__} {answer['method']} {answer['version']}")
    settings = {name: value for name, value in answer["parameters"].items() if value not in (None, "")}
    for place, (name, value) in enumerate(settings.items(), 1):
        shown = PurePath(str(value)).name if "/" in str(value) else value
        yield f"software[1]-setting[{place}]", f"{name} = {shown}"


def _run(place: int, given: Mapping[str, Any], features: Sequence[Feature]) -> Iterable[tuple[str, str]]:
    name = PurePath(given["path"]).name
    run = f"ms_run[{place + 1}]"
    kind = name.lower().removesuffix(".gz").rpartition(".")[2]
    yield f"{run}-location", f"file:///{quote(name)}"
    if kind in terms.IDS:
        yield f"{run}-format", terms.FORMATS[kind].param()
        yield f"{run}-id_format", terms.IDS[kind].param()
    modes = sorted({one.polarity for one in features if one.file == place and one.polarity}, reverse=True)
    for number, mode in enumerate(modes, 1):
        yield f"{run}-scan_polarity[{number}]", terms.POLARITIES[mode].param()
    if not modes:
        yield f"{run}-scan_polarity[1]", terms.SCAN_POLARITY.param()
    yield f"{run}-hash", given["sha256"]
    yield f"{run}-hash_method", terms.SHA256.param()


def _vocabularies(answer: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    yield "cv[1]-label", "MS"
    yield "cv[1]-full_name", terms.CV_NAME
    yield "cv[1]-version", terms.CV_VERSION
    yield "cv[1]-uri", terms.CV_URI
    library = answer["detail"]["library"]
    yield "database[1]", f'[, , "{_word(library["name"])}", ]'
    yield "database[1]-prefix", PREFIX
    yield "database[1]-version", "Unknown"
    yield "database[1]-uri", f"file:///{quote(PurePath(library['name']).name)}"


def _molecule_columns(files: int) -> list[str]:
    first = ["SML_ID", "SMF_ID_REFS", *_COMPOUND, "theoretical_neutral_mass", "adduct_ions", "reliability"]
    last = ["best_id_confidence_measure", "best_id_confidence_value", *_assays(files)]
    return [*first, *last, "abundance_study_variable[1]", "abundance_variation_study_variable[1]", _INCHIKEY]


def _molecule(one: Molecule, files: int) -> list[Any]:
    measured = [[feature.area for feature in one.features if feature.file == place] for place in range(files)]
    sums = [sum(known) if (known := [area for area in areas if area is not None]) else None for areas in measured]
    mean, spread = _mean(sums)
    best = one.candidates[0] if one.candidates else None
    return [
        one.number,
        "|".join(str(feature.number) for feature in one.features),
        _listed(_identifier(candidate.accession) for candidate in one.candidates),
        _listed(candidate.formula for candidate in one.candidates),
        _listed(candidate.smiles for candidate in one.candidates),
        _listed(None for _ in one.candidates),
        _listed(candidate.name for candidate in one.candidates),
        _listed(_address(candidate.accession) for candidate in one.candidates),
        _listed(candidate.neutral_mass for candidate in one.candidates),
        _listed(dict.fromkeys(feature.ion for feature in one.features if feature.ion)),
        one.level,
        MEASURES[0] if best else None,
        max(feature.candidates[0].confidence for feature in one.features) if best else None,
        *sums,
        mean,
        spread,
        _listed(candidate.inchikey for candidate in one.candidates),
    ]


def _mean(areas: Sequence[float | None]) -> tuple[float | None, float | None]:
    """The mean over the files that have it, and the coefficient of variation where two or more have."""
    known = [area for area in areas if area is not None]
    if not known:
        return None, None
    mean = sum(known) / len(known)
    if len(known) < 2 or not mean:
        return mean, None
    return mean, (sum((area - mean) ** 2 for area in known) / (len(known) - 1)) ** 0.5 / mean


def _feature_columns(files: int) -> list[str]:
    first = ["SMF_ID", "SME_ID_REFS", "SME_ID_REF_ambiguity_code", "adduct_ion", "isotopomer", "exp_mass_to_charge"]
    times = [f"retention_time_in_seconds{end}" for end in ("", "_start", "_end")]
    return [*first, "charge", *times, *_assays(files), _ASSUMED, _REVIEW]


def _feature(one: Feature, files: int) -> list[Any]:
    refs = [candidate.number for candidate in one.candidates]
    return [
        one.number,
        "|".join(map(str, refs)),
        1 if len(refs) > 1 else None,
        one.ion,
        None,
        one.mz,
        one.charge or 1,
        one.apex_s,
        one.start_s,
        one.end_s,
        *(one.area if place == one.file else None for place in range(files)),
        "false" if one.charge else "true",
        one.review,
    ]


def _evidence_columns() -> list[str]:
    measures = [f"id_confidence_measure[{place}]" for place in range(1, len(MEASURES) + 1)]
    return [*_FIRST_SME, *_LAST_SME, *measures, "rank", _INCHIKEY, _ERROR]


def _evidence(one: Feature) -> Iterable[list[Any]]:
    run = f"ms_run[{one.file + 1}]"
    spectra = "|".join(f"{run}:{scan}" for scan in one.scan_ids) or run
    for rank, found in enumerate(one.candidates, 1):
        yield [
            found.number,
            f"{run}:feature={one.index}",
            _identifier(found.accession),
            found.formula,
            found.smiles,
            None,
            found.name,
            _address(found.accession),
            None,
            found.ion,
            one.precursor_mz,
            one.charge or 1,
            found.theoretical_mz,
            spectra,
            terms.LIBRARY_SEARCH.param(),
            terms.MS_LEVEL.param(2),
            found.confidence,
            found.similarity,
            found.matched_peaks,
            rank,
            found.inchikey,
            found.error_ppm,
        ]


def _assays(files: int) -> list[str]:
    return [f"abundance_assay[{place}]" for place in range(1, files + 1)]


def _identifier(accession: str) -> str:
    return f"{PREFIX}:{accession}" if accession else f"{PREFIX}:{NULL}"


def _address(accession: str) -> str | None:
    return f"https://massbank.eu/MassBank/RecordDisplay?id={accession}" if accession.startswith("MSBNK-") else None


def _listed(values: Iterable[Any]) -> str:
    """Values between bars; null for none at all."""
    return "|".join(_cell(value).replace("|", "/") for value in values)


def _table(head: str, row: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    lines = ["\t".join([head, *columns])]
    lines += ["\t".join([row, *map(_cell, values)]) for values in rows]
    return "\n".join(lines) + "\n"


def _lines(prefix: str, pairs: Iterable[tuple[str, str]]) -> str:
    return "".join(f"{prefix}\t{name}\t{_word(value)}\n" for name, value in pairs)


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.10g}"
    return _word(str(value)) if value not in (None, "") else NULL


def _word(value: str) -> str:
    return " ".join(value.split())
