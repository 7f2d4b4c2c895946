"""What is in a run or a list of spectra: each feature identified, one of some isomers, or unknown."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from liqi.methods._answer import Answer
from liqi.methods._method import Method, Parameter, Progress, unwatched
from liqi.methods._text import Text
from liqi.methods.mass_spectrometry._features import Feature, features_of_list, features_of_run
from liqi.methods.mass_spectrometry._search import Identification, identify_feature
from liqi.methods.mass_spectrometry._tolerance import Tolerance
from liqi.methods.mass_spectrometry._wording import answer_of
from liqi.methods.mass_spectrometry.library import SMALL_LIBRARY, SpectralLibrary
from liqi.methods.readers import Spectrum, read

PRECURSOR_TOLERANCE = "10 ppm"
FRAGMENT_TOLERANCE = "0.02 Da"
_TELL_EVERY = 50
Sample = str | Path | Sequence[str | Path] | Iterable[Spectrum]


def identify(
    path_or_spectra: Sample,
    library: SpectralLibrary | str | Path | None = None,
    precursor_tolerance: str = PRECURSOR_TOLERANCE,
    fragment_tolerance: str = FRAGMENT_TOLERANCE,
    top: int = 5,
    progress: Progress = unwatched,
) -> dict[str, Any]:
    """Return the JSON of `liqi identify` for files or spectra, against the small library unless one is given."""
    started = time.perf_counter()
    chosen = library if isinstance(library, SpectralLibrary) else load_library(library)
    found = identify_all(
        features(path_or_spectra, progress),
        chosen,
        Tolerance.parse(precursor_tolerance, "precursor_tolerance"),
        Tolerance.parse(fragment_tolerance, "fragment_tolerance"),
        progress,
    )
    return {
        "features": [one.as_json(top) for one in found],
        "library": library_facts(chosen),
        "seconds": round(time.perf_counter() - started, 4),
    }


def load_library(path: str | Path | None) -> SpectralLibrary:
    """Return a library, kept in memory as long as its file does not change."""
    chosen = Path(path) if path else SMALL_LIBRARY
    changed = chosen.stat().st_mtime_ns if chosen.exists() else 0
    return _loaded(chosen, changed)


@lru_cache(maxsize=2)
def _loaded(path: Path, changed: int) -> SpectralLibrary:
    return SpectralLibrary.load(path)


def library_facts(library: SpectralLibrary) -> dict[str, Any]:
    """Return name and size of the library that was searched."""
    info = library.info()
    return {"name": library.name, "spectra": info["spectra"], "compounds": info["compounds"]}


def features(sample: Sample, progress: Progress = unwatched) -> list[Feature]:
    """Return what is to be identified in files, numbered through, or in spectra given as such."""
    if isinstance(sample, str | Path):
        return _features_of_file(Path(sample), 0, progress)
    found: list[Feature] = []
    spectra: list[Spectrum] = []
    for one in sample:
        if isinstance(one, Spectrum):
            spectra.append(one)
        else:
            found += _features_of_file(Path(one), len(found), progress)
    return found + features_of_list(spectra, len(found))


def _features_of_file(path: Path, first: int, progress: Progress) -> list[Feature]:
    run = read(path)
    make: Callable[[Iterable[Spectrum], int], list[Feature]]
    make = features_of_run if run.acquired else features_of_list
    return make(_told(run, run.expected, progress, "reading"), first)


def _told(things: Iterable[Any], total: int, progress: Progress, step: str) -> Iterable[Any]:
    done = 0
    for done, thing in enumerate(things, 1):
        yield thing
        if done % _TELL_EVERY == 0:
            progress(done, max(total, done), step)
    progress(done, done, step)


def identify_all(
    asked: Sequence[Feature],
    library: SpectralLibrary,
    precursor: Tolerance,
    fragment: Tolerance,
    progress: Progress = unwatched,
) -> list[Identification]:
    """Return the identification of every feature, in their order."""
    watched = _told(asked, len(asked), progress, "searching")
    return [identify_feature(feature, library, precursor, fragment) for feature in watched]


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    library = load_library(parameters["library"])
    precursor = Tolerance.parse(parameters["precursor_tolerance"], "precursor_tolerance")
    fragment = Tolerance.parse(parameters["fragment_tolerance"], "fragment_tolerance")
    found = identify_all(features(paths, progress), library, precursor, fragment, progress)
    return answer_of(found, library, precursor, fragment, parameters["top"], paths)


METHOD = Method(
    id="ms.identify",
    version="0.1",
    title=Text("Identify compounds by their fragment spectra", "按碎片谱鉴定化合物", "以碎片圖譜鑑定化合物"),
    technique="hrms",
    accepts=("mzml", "mzxml", "mgf", "msp", "massbank"),
    function=_run,
    many_files=True,
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
    ),
    example=(Path(__file__).with_name("data") / "example_mixture.mzML",),
    research_use_only=True,
)
