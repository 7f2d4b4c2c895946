"""Isotope ratios, enrichment by labels, and the neutral masses behind the ions of a run."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from liqi.methods._answer import Answer
from liqi.methods._errors import BadParameter, UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress, unwatched
from liqi.methods._text import Text
from liqi.methods.mass_spectrometry._formula import ion_mz
from liqi.methods.mass_spectrometry._isotope_ratios import Asked, Measured, measure, pattern_of
from liqi.methods.mass_spectrometry._isotope_wording import answer_of
from liqi.methods.mass_spectrometry._isotopologues import LABELS, scheme_of
from liqi.methods.mass_spectrometry._neutral import NeutralMass, neutral_masses
from liqi.methods.mass_spectrometry._tables import number_in, read_table
from liqi.methods.mass_spectrometry._targets import Level, read_levels, stem_of
from liqi.methods.mass_spectrometry._tolerance import Tolerance
from liqi.methods.mass_spectrometry.run import read_run
from liqi.methods.readers import Run, Spectrum, sniff

TOLERANCE = "10 ppm"
DATA = Path(__file__).with_name("data") / "isotopes"
SEED = 1
_EXPECTED = "tables with the columns name and formula, or file and sample"

__all__ = ["NeutralMass", "isotope_ratio", "neutral_masses"]


def isotope_ratio(
    runs: str | Path | Run | Iterable[str | Path | Run],
    formula: str,
    adduct: str = "[M+H]+",
    label: str = "13C",
    *,
    retention_time_s: float | None = None,
    window_s: float = 15.0,
    tolerance: str = TOLERANCE,
    purity: float = 1.0,
    resolving_power: float = 0.0,
    ions_per_count: float = 0.0,
    progress: Progress = unwatched,
) -> Answer:
    """Return isotope ratios and enrichment of one ion; several runs are replicates of one sample.

    The natural pattern of the formula is taken out by least squares. `ions_per_count` is how many ions a unit of
    intensity stands for; with it, counting statistics count. Raises UnreadableFile and BadParameter.
    """
    width = Tolerance.parse(tolerance)
    tracer = Tracer(adduct, label, width, purity, resolving_power)
    asked = _asked(formula, formula, tracer, retention_time_s, window_s)
    some = [runs] if isinstance(runs, str | Path | Run) else list(runs)
    levels = [Level(_name(one), "sample", sample="all runs") for one in some] if len(some) > 1 else []
    return _answered(some, [asked], levels, width, ions_per_count, progress)


@dataclass(frozen=True, slots=True)
class Tracer:
    """What is the same for every ion unless its row says otherwise."""

    adduct: str
    label: str
    width: Tolerance
    purity: float
    resolving_power: float


def _asked(name: str, formula: str, tracer: Tracer, time_s: float | None, window_s: float) -> Asked:
    adduct, label, purity = tracer.adduct, tracer.label, tracer.purity
    if label not in LABELS:
        raise BadParameter("label", label, f"one of {', '.join(LABELS)}")
    if not 0.5 <= purity <= 1:
        raise BadParameter("purity", purity, "a share from 0.5 to 1")
    mz = ion_mz(formula, adduct) if formula else None
    if mz is None:
        raise BadParameter("formula", f"{formula} {adduct}", "a formula and an adduct such as C6H12O6 and [M+H]+")
    scheme = scheme_of(formula, adduct, label, tracer.width.at(mz), purity, tracer.resolving_power)
    return Asked(name, formula, adduct, label, scheme, time_s, window_s)


def _name(run: str | Path | Run) -> str:
    return (run.path if isinstance(run, Run) else Path(run)).name


def _answered(
    runs: Sequence[str | Path | Run],
    asked: Sequence[Asked],
    levels: Sequence[Level],
    width: Tolerance,
    ions_per_count: float,
    progress: Progress,
) -> Answer:
    if not runs:
        raise UnreadableFile("ms.isotopes", "tables alone", "at least one run", "name the runs too")
    names = [_name(one) for one in runs]
    samples = {stem_of(one.file): one.sample or stem_of(one.file) for one in levels}
    found: dict[tuple[int, str], list[Measured]] = {}
    masses: list[tuple[str, NeutralMass]] = []
    for place, (name, run) in enumerate(zip(names, runs, strict=True)):
        progress(place, len(runs), "reading")
        spectra = _whole(run)
        masses += [(name, one) for one in neutral_masses(spectra)]
        for i, (_, one) in enumerate(measure(name, spectra, asked, width, ions_per_count, SEED)):
            key = i, samples.get(stem_of(name), stem_of(name))
            found.setdefault(key, []).extend([one] if one else [])
    progress(len(runs), len(runs), "reading")
    patterns = [pattern_of(asked[i], sample, measured) for (i, sample), measured in sorted(_filled(found))]
    missing = [(asked[i], sample) for (i, sample), measured in sorted(found.items()) if not measured]
    masses.sort(key=lambda one: -one[1].area)
    return answer_of(patterns, missing, masses, names, ions_per_count > 0)


def _filled(found: Mapping[tuple[int, str], list[Measured]]) -> list[tuple[tuple[int, str], list[Measured]]]:
    return [(key, measured) for key, measured in found.items() if measured]


def _whole(run: str | Path | Run) -> list[Spectrum]:
    """Half a run has half a peak: every spectrum is read, or none."""
    return list((run if isinstance(run, Run) else read_run(run)).whole())


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    width = Tolerance.parse(parameters["tolerance"])
    runs: list[str | Path | Run] = []
    asked: list[Asked] = []
    levels: list[Level] = []
    facts = (parameters[name] for name in ("purity", "resolving_power"))
    tracer = Tracer(parameters["adduct"], parameters["label"], width, *facts)
    if parameters["formula"]:
        formula, time = parameters["formula"], parameters["retention_time_s"]
        asked.append(_asked(formula, formula, tracer, time, parameters["window_s"]))
    for path in paths:
        if sniff(path) != "table":
            runs.append(path)
            continue
        columns = set(read_table(path)[0])
        if {"name", "formula"} <= columns:
            asked += _of_table(path, tracer, parameters["window_s"])
        elif {"file", "sample"} <= columns:
            levels += read_levels(path)
        else:
            found = f"a table with the columns {', '.join(sorted(columns)[:6])}"
            raise UnreadableFile(path, found, _EXPECTED, "name the columns so")
    return _answered(runs, asked, levels, width, parameters["ions_per_count"], progress)


def _of_table(path: Path, tracer: Tracer, usual_s: float) -> list[Asked]:
    asked = []
    for row in read_table(path, ("name", "formula")):
        power = number_in(path, row, "resolving_power", 0.0)
        adduct, label = row.get("adduct") or tracer.adduct, row.get("label") or tracer.label
        own = replace(tracer, adduct=adduct, label=label, resolving_power=power or tracer.resolving_power)
        time, window = number_in(path, row, "retention_time_s", 0.0), number_in(path, row, "window_s", 0.1)
        window = usual_s if window is None else window
        try:
            asked.append(_asked(row["name"], row["formula"], own, time, window))
        except BadParameter as problem:
            raise UnreadableFile(path, str(problem.found), problem.expected, "mend the row") from None
    return asked


METHOD = Method(
    id="ms.isotopes",
    version="0.1",
    title=Text("Isotope ratios, labels and neutral masses", "同位素比值、标记与中性质量", "同位素比值、標記與中性質量"),
    technique="hrms",
    accepts=("mzml", "mzxml", "table"),
    function=_run,
    many_files=True,
    parameters=(
        Parameter("formula", "text", "", Text("formula", "分子式", "分子式")),
        Parameter("adduct", "text", "[M+H]+", Text("ion", "离子", "離子")),
        Parameter("label", "choice", "13C", Text("label", "标记同位素", "標記同位素"), choices=tuple(LABELS)),
        Parameter("tolerance", "tolerance", TOLERANCE, Text("mass tolerance", "质量容差", "質量容差"), unit="ppm | Da"),
        Parameter(
            "purity",
            "number",
            1.0,
            Text("heavy share of a labelled position", "标记位点同位素纯度", "標記位點同位素純度"),
            unit="1",
            minimum=0.5,
            maximum=1.0,
        ),
        Parameter(
            "resolving_power",
            "number",
            0.0,
            Text(
                "resolving power at the ion (0: perfect)", "该离子处分辨本领（0 为理想）", "該離子處解析力（0 為理想）"
            ),
            unit="1",
            minimum=0.0,
        ),
        Parameter(
            "retention_time_s", "number", None, Text("retention time", "保留时间", "滯留時間"), unit="s", minimum=0.0
        ),
        Parameter(
            "window_s",
            "number",
            15.0,
            Text("retention time window", "保留时间窗口", "滯留時間視窗"),
            unit="s",
            minimum=0.1,
        ),
        Parameter(
            "ions_per_count",
            "number",
            0.0,
            Text("ions a unit of intensity stands for", "每单位强度对应的离子数", "每單位強度對應的離子數"),
            unit="1",
            minimum=0.0,
        ),
    ),
    example=(
        *sorted(DATA.glob("*.mzML.gz")),
        DATA / "synthetic_substances.csv",
        DATA / "synthetic_samples.csv",
    ),
    expected=Expected(
        "labelled",
        {"enrichment of glutamate, labelled": (0.44, 0.01), "enrichment of caffeine, labelled": (0.0, 0.01)},
    ),
    research_use_only=True,
)
