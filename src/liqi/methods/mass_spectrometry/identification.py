"""What is in a run or a list of spectra: each feature identified, one of some isomers, or unknown."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from liqi.methods._answer import Answer
from liqi.methods._errors import BadParameter
from liqi.methods._method import Expected, Method, Parameter, Progress, unwatched
from liqi.methods._text import Text
from liqi.methods.mass_spectrometry._cache import load_library
from liqi.methods.mass_spectrometry._components import components_of_run
from liqi.methods.mass_spectrometry._confidence import UNKNOWN_SHARE
from liqi.methods.mass_spectrometry._energy import REFERENCE_MZ
from liqi.methods.mass_spectrometry._features import Feature, features_of_list, features_of_run
from liqi.methods.mass_spectrometry._overview import Overview, with_overview
from liqi.methods.mass_spectrometry._search import BATCH, Identification, Question, identify_features
from liqi.methods.mass_spectrometry._shipped import SHIPPED
from liqi.methods.mass_spectrometry._survey_wording import with_survey
from liqi.methods.mass_spectrometry._suspects import Suspect
from liqi.methods.mass_spectrometry._tolerance import Tolerance
from liqi.methods.mass_spectrometry._widths import kind_of
from liqi.methods.mass_spectrometry._wording import answer_of
from liqi.methods.mass_spectrometry.library import SMALL_LIBRARY, SpectralLibrary
from liqi.methods.mass_spectrometry.screening import screen
from liqi.methods.readers import FORMAT_NAMES, Run, Spectrum, read

PRECURSOR_TOLERANCE = "10 ppm"
FRAGMENT_TOLERANCE = "0.02 Da"
_TELL_EVERY = 50
Suspects = str | Path | Iterable[Suspect | Mapping[str, object]]
Sample = str | Path | Sequence[str | Path] | Iterable[Spectrum]


def identify(
    path_or_spectra: Sample,
    library: SpectralLibrary | str | Path | None = None,
    precursor_tolerance: str = PRECURSOR_TOLERANCE,
    fragment_tolerance: str = FRAGMENT_TOLERANCE,
    top: int = 5,
    progress: Progress = unwatched,
    unknown_share: float = UNKNOWN_SHARE,
    *,
    suspects: Suspects | None = None,
) -> dict[str, Any]:
    """Return the JSON of `liqi identify` for files or spectra, against the small library unless one is given.

    With `suspects`, a list as `screen` takes it, `suspects` tells those of them that the one run holds by exact mass
    and isotopes, at their lower levels.

    `unknown_share` is the share of compounds expected to be missing from the library, between 0 and 1. Where a
    file is damaged, `problems` holds one sentence about what of it could not be read.
    """
    started = time.perf_counter()
    question = asked(precursor_tolerance, fragment_tolerance, unknown_share, top)
    chosen = library if isinstance(library, SpectralLibrary) else load_library(library, progress)
    problems: list[str] = []
    measured = features(path_or_spectra, progress, problems, electron=len(chosen.electron) > 0)
    found = identify_all(measured, chosen, question, progress)
    return {
        "features": [one.as_json(top) for one in found],
        "library": library_facts(chosen, question),
        **({} if suspects is None else {"suspects": _suspects(path_or_spectra, suspects, chosen)}),
        "seconds": round(time.perf_counter() - started, 4),
        **({"problems": problems} if problems else {}),
    }


def _suspects(sample: Sample, suspects: Suspects, library: SpectralLibrary) -> list[dict[str, Any]]:
    if not isinstance(sample, str | Path | Run):
        raise BadParameter("suspects", type(sample).__name__, "one run beside them, by its path or from read_run")
    path = sample.path if isinstance(sample, Run) else sample
    return [one.as_json() for one in screen(path, suspects, library).detected]


def asked(precursor_tolerance: str, fragment_tolerance: str, unknown_share: float, top: int) -> Question:
    """Return the question that these parameters ask, or raise `BadParameter`."""
    if not 0 < unknown_share < 1:
        raise BadParameter("unknown_share", unknown_share, "a share between 0 and 1, such as 0.25")
    precursor = Tolerance.parse(precursor_tolerance, "precursor_tolerance")
    fragment = Tolerance.parse(fragment_tolerance, "fragment_tolerance")
    return Question(precursor, fragment, unknown_share, evidence_for=top)


def library_facts(library: SpectralLibrary, question: Question) -> dict[str, Any]:
    """Return name and size of the library that was searched, and where its confidence comes from."""
    info = library.info()
    kind = kind_of(question.fragment_width(REFERENCE_MZ))
    confidence = {**library.confidence_facts(kind), "unknown_share": question.unknown_share}
    return {
        "name": library.name,
        "spectra": info["spectra"],
        "compounds": info["compounds"],
        "confidence": confidence,
    }


def features(
    sample: Sample,
    progress: Progress = unwatched,
    problems: list[str] | None = None,
    overview: Overview | None = None,
    electron: bool = False,
) -> list[Feature]:
    """Return what is to be identified in files, numbered through, or in spectra given as such.

    A sentence about each file that could not be read whole is added to `problems`; `overview` keeps survey scans.
    With `electron`, a run without fragment spectra is taken for one of gas chromatography with electron ionisation.
    """
    reading = _Reading(progress, [] if problems is None else problems, overview or Overview(), electron)
    if isinstance(sample, Run):
        sample = sample.path
    if isinstance(sample, str | Path):
        return _features_of_file(Path(sample), 0, reading)
    found: list[Feature] = []
    spectra: list[Spectrum] = []
    for place, one in enumerate(sample):
        if isinstance(one, Spectrum):
            spectra.append(one)
        else:
            made = _features_of_file(Path(one), len(found), reading)
            found += [replace(feature, file=place) for feature in made] if place else made
    return found + features_of_list(spectra, len(found))


@dataclass(frozen=True, slots=True)
class _Reading:
    """Who is told what while files are read, and whether the library is one of EI spectra."""

    progress: Progress
    problems: list[str]
    overview: Overview
    electron: bool


def _features_of_file(path: Path, first: int, reading: _Reading) -> list[Feature]:
    run = read(path)
    make: Callable[[Iterable[Spectrum], int], list[Feature]]
    make = features_of_run if run.acquired else features_of_list
    if run.acquired and reading.electron and not any(one.ms_level >= 2 and one.precursor_mz for one in run):
        make = components_of_run
    found = make(reading.overview.watch(_told(run, run.expected, reading.progress, "reading"), path), first)
    reading.problems.extend(run.problems)
    return found


def _told(things: Iterable[Any], total: int, progress: Progress, step: str) -> Iterable[Any]:
    done = 0
    for done, thing in enumerate(things, 1):
        yield thing
        if done % _TELL_EVERY == 0:
            progress(done, max(total, done), step)
    progress(done, done, step)


def identify_all(
    features: Sequence[Feature], library: SpectralLibrary, question: Question, progress: Progress = unwatched
) -> list[Identification]:
    """Return the identification of every feature, in their order."""
    found: list[Identification] = []
    for start in range(0, len(features), BATCH):
        found += identify_features(features[start : start + BATCH], library, question)
        progress(len(found), len(features), "searching")
    return found


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    tolerances = parameters["precursor_tolerance"], parameters["fragment_tolerance"]
    question = asked(*tolerances, parameters["unknown_share"], parameters["top"])
    library = load_library(parameters["library"], progress)
    problems: list[str] = []
    overview = Overview()
    measured = features(paths, progress, problems, overview, len(library.electron) > 0)
    found = identify_all(measured, library, question, progress)
    answer = answer_of(found, library, question, library_facts(library, question), parameters["top"], paths)
    return with_overview(with_survey(answer, found, problems, library, question), found, overview, question)


METHOD = Method(
    id="ms.identify",
    version="0.5",
    title=Text("Identify compounds by their fragment spectra", "按碎片谱鉴定化合物", "以碎片圖譜鑑定化合物"),
    technique="hrms",
    accepts=FORMAT_NAMES,
    function=_run,
    many_files=True,
    libraries=("numpy", "polars"),
    data=(SMALL_LIBRARY, SHIPPED),
    expected=Expected(
        "identified", {"Testosterone": (289.216, 0.003), "Oxycodone": (316.154, 0.003), "Antipyrine": (189.102, 0.003)}
    ),
    parameters=(
        Parameter("library", "file", None, Text("spectral library", "谱库", "圖譜庫")),
        Parameter(
            "precursor_tolerance",
            "tolerance",
            PRECURSOR_TOLERANCE,
            Text("precursor tolerance", "母离子容差", "前驅離子容差"),
            unit="ppm | Da",
        ),
        Parameter(
            "fragment_tolerance",
            "tolerance",
            FRAGMENT_TOLERANCE,
            Text("fragment tolerance", "碎片容差", "碎片容差"),
            unit="ppm | Da",
        ),
        Parameter(
            "top",
            "integer",
            5,
            Text("candidates listed", "列出的候选数", "列出的候選數"),
            unit="1",
            minimum=1,
            maximum=100,
        ),
        Parameter(
            "unknown_share",
            "number",
            UNKNOWN_SHARE,
            Text(
                "expected share of compounds missing from the library",
                "预计谱库中没有的化合物比例",
                "預計圖譜庫中沒有的化合物比例",
            ),
            unit="1",
            minimum=0.001,
            maximum=0.999,
        ),
    ),
    example=(Path(__file__).with_name("data") / "example_mixture.mzML",),
    research_use_only=True,
)
