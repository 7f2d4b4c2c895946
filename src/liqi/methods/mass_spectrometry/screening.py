"""Which suspects are in a run: by exact mass, isotope pattern and retention time, by fragments where there are any.

The levels are those of Schymanski et al., Environ. Sci. Technol. 48:2097 (2014), and go no higher than 3 here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from liqi.methods._answer import Answer
from liqi.methods._errors import BadParameter, UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress, unwatched
from liqi.methods._text import Text
from liqi.methods.mass_spectrometry._cache import load_library
from liqi.methods.mass_spectrometry._decoy_formulas import decoys_of
from liqi.methods.mass_spectrometry._features import Feature
from liqi.methods.mass_spectrometry._screened import FRAGMENTS_FIT, Screened, Screening, beside, judged
from liqi.methods.mass_spectrometry._screening_wording import answer_of
from liqi.methods.mass_spectrometry._suspect_fragments import fragment_confidence
from liqi.methods.mass_spectrometry._suspect_ions import Landscape, Place, places_of
from liqi.methods.mass_spectrometry._suspects import Suspect, as_suspects
from liqi.methods.mass_spectrometry._tolerance import Tolerance
from liqi.methods.mass_spectrometry.library import SpectralLibrary
from liqi.methods.mass_spectrometry.run import Run, read_run

DATA = Path(__file__).with_name("data")
MILK_SUSPECTS = DATA / "screening/veterinary_drugs_milk.csv"
EXAMPLE = DATA / "screening/milk_example.mzML"
TOLERANCE = "5 ppm"
_BLANK_TIME_S = 10.0


def screen(
    run: Run | str | Path,
    suspects: str | Path | Iterable[Suspect | Mapping[str, object]],
    library: SpectralLibrary | str | Path | None = None,
    blank: Run | str | Path | None = None,
    tolerance: str = TOLERANCE,
    progress: Progress = unwatched,
) -> Screening:
    """Return which suspects a run holds; `BadParameter` and `UnreadableFile` say what is wrong with what was given."""
    asked = as_suspects(suspects)
    ppm = _ppm(tolerance)
    given = _opened(run)
    progress(0, 3, "reading")
    landscapes = _landscapes(given)
    blanks = _landscapes(_opened(blank)) if blank is not None else {}
    progress(1, 3, "searching")
    chosen = library if isinstance(library, SpectralLibrary) else load_library(library)
    candidates = [_candidates(one, landscapes, ppm) for one in asked]
    fragments = fragment_confidence(asked, candidates, chosen)
    progress(2, 3, "searching")
    screened = [_screened(one, places, fragments, blanks, ppm) for one, places in zip(asked, candidates, strict=True)]
    decoys = decoys_of(asked)
    chance = _by_chance(decoys, landscapes, ppm, sum(one.level != "3" for one in screened))
    progress(3, 3, "searching")
    number = sum(len(one.features) for one in landscapes.values())
    most = max(landscapes, key=lambda polarity: len(landscapes[polarity].features))
    return Screening(_with_isobars(screened), chance, len(decoys), number, most, given.problems)


def _opened(run: Run | str | Path) -> Run:
    found = run if isinstance(run, Run) else read_run(run)
    if not found.acquired:
        expected = "a run with survey scans (mzML, mzXML ...)"
        raise UnreadableFile(found.path, "a list of spectra", expected, "give the run itself")
    return found


def _ppm(tolerance: str) -> float:
    parsed = Tolerance.parse(tolerance, "tolerance")
    if parsed.unit != "ppm" or parsed.value > 100:
        raise BadParameter("tolerance", tolerance, "ppm, at most 100, such as '5 ppm'")
    return parsed.value


def _landscapes(run: Run) -> dict[str, Landscape]:
    by_polarity: dict[str, list[Feature]] = {}
    for one in run.features():
        by_polarity.setdefault(one.spectrum.polarity or "positive", []).append(one)
    found = {polarity: Landscape.of(some) for polarity, some in by_polarity.items()}
    found = {polarity: one for polarity, one in found.items() if one.features}
    if not found:
        expected = "survey (MS1) scans with chromatographic peaks"
        raise UnreadableFile(run.path, "no peak in survey scans", expected, "give a run that has them")
    return found


def _candidates(suspect: Suspect, landscapes: Mapping[str, Landscape], ppm: float) -> list[Place]:
    return [place for polarity, one in landscapes.items() for place in places_of(suspect, one, polarity, ppm)]


def _screened(
    suspect: Suspect,
    places: Sequence[Place],
    fragments: Mapping[tuple[str, int], float],
    blanks: Mapping[str, Landscape],
    ppm: float,
) -> Screened:
    if not places:
        return Screened(suspect, "not found")
    told = {id(place): fragments.get((suspect.name, place.feature.index)) for place in places}
    best = max(places, key=lambda place: (told[id(place)] or 0.0) >= FRAGMENTS_FIT)
    confidence = told[id(best)]
    together = beside(best, places)
    level, verdict = judged(suspect, best, together, confidence)
    others = {place.feature.index for place in places if place.adduct == best.adduct} - {best.feature.index}
    blank = _blank_share(best, blanks, ppm) if blanks else None
    return Screened(suspect, verdict, level, best, confidence, blank, len(others), together)


def _blank_share(place: Place, blanks: Mapping[str, Landscape], ppm: float) -> float:
    """Return the area of the same ion at the same time in the blank over that in the sample."""
    feature = place.feature
    if not feature.mz or not feature.area:
        return 0.0
    areas = [0.0]
    for blank in blanks.values():
        width = 2 * ppm * 1e-6 * feature.mz
        low, high = blank.mz.searchsorted([feature.mz - width, feature.mz + width])
        for other in blank.features[int(low) : int(high)]:
            if abs((other.apex_s or 0.0) - (feature.apex_s or 0.0)) <= _BLANK_TIME_S:
                areas.append(other.area or 0.0)
    return max(areas) / feature.area


def _by_chance(
    decoys: Sequence[Suspect], landscapes: Mapping[str, Landscape], ppm: float, suspects: int
) -> dict[str, float]:
    """Return how many suspects of so many would be detected at levels 4 and 5 if none were there."""
    hits = dict.fromkeys(("4", "5"), 0)
    for decoy in decoys:
        places = _candidates(decoy, landscapes, ppm)
        if places:
            level, verdict = judged(decoy, places[0], beside(places[0], places), None)
            hits[level] += verdict == "detected"
    return {level: suspects * number / max(len(decoys), 1) for level, number in hits.items()}


def _with_isobars(screened: Sequence[Screened]) -> list[Screened]:
    """Return the suspects with the names of the others that stand at the same feature."""
    holders: dict[int, list[str]] = {}
    for one in screened:
        if one.place is not None:
            holders.setdefault(one.place.feature.index, []).append(one.suspect.name)
    return [
        one
        if one.place is None
        else replace(one, isobaric=tuple(n for n in holders[one.place.feature.index] if n != one.suspect.name))
        for one in screened
    ]


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    run = read_run(paths[0])
    found = screen(
        run,
        parameters["suspects"] or MILK_SUSPECTS,
        parameters["library"],
        parameters["blank"],
        parameters["tolerance"],
        progress,
    )
    return answer_of(found, run, parameters["tolerance"], blank=bool(parameters["blank"]))


METHOD = Method(
    id="ms.screen",
    version="0.2",
    title=Text("Screen a run for suspects", "可疑物筛查", "可疑物篩查"),
    technique="hrms",
    accepts=("mzml", "mzxml"),
    function=_run,
    libraries=("numpy", "polars"),
    data=(MILK_SUSPECTS,),
    parameters=(
        Parameter(
            "suspects",
            "file",
            None,
            Text("list of suspects (CSV)", "可疑物清单 (CSV)", "可疑物清單 (CSV)"),
            formats=("table",),
        ),
        Parameter("library", "file", None, Text("spectral library", "谱库", "圖譜庫")),
        Parameter(
            "blank",
            "file",
            None,
            Text("run of a blank", "空白样品的运行文件", "空白樣品的執行檔案"),
            formats=("mzml", "mzxml"),
        ),
        Parameter("tolerance", "tolerance", TOLERANCE, Text("mass tolerance", "质量容差", "質量容差"), unit="ppm"),
    ),
    example=(EXAMPLE,),
    expected=Expected("detected", {"Benzylpenicillin": (335.106, 0.003), "Cefquinome": (529.132, 0.004)}),
    research_use_only=True,
)
