"""How much of each target is in each sample: peak areas, a weighted line, uncertainty, and limits by name."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from liqi.methods._answer import Answer
from liqi.methods._errors import BadParameter, UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress, unwatched
from liqi.methods._text import Text
from liqi.methods.calibration import WEIGHTINGS
from liqi.methods.mass_spectrometry._assay import Question, measure, work_out
from liqi.methods.mass_spectrometry._assay_checks import checks_of
from liqi.methods.mass_spectrometry._assay_wording import answer_of
from liqi.methods.mass_spectrometry._residue_limits import FILE as LIMITS
from liqi.methods.mass_spectrometry._residue_limits import LISTS, limits_of
from liqi.methods.mass_spectrometry._rulings import rulings_of, without_limit
from liqi.methods.mass_spectrometry._tables import read_table
from liqi.methods.mass_spectrometry._targets import (
    Level,
    Target,
    checked_targets,
    read_levels,
    read_targets,
    stem_of,
)
from liqi.methods.mass_spectrometry._tolerance import Tolerance
from liqi.methods.mass_spectrometry.run import read_run
from liqi.methods.readers import Run, sniff

TOLERANCE = "10 ppm"
WEIGHTING = "1/x2"
DATA = Path(__file__).with_name("data") / "assay"
_TABLE_EXPECTED = "tables with the columns name and mz or formula (targets), or file and concentration (calibration)"


def quantify(
    runs: str | Path | Run | Iterable[str | Path | Run],
    targets: str | Path | Sequence[Target],
    calibration: str | Path | Sequence[Level] = (),
    internal_standards: str | Path | Sequence[Target] = (),
    *,
    tolerance: str = TOLERANCE,
    weighting: str = WEIGHTING,
    limits: str = "none",
    level: float = 0.95,
    retention_percent: float = 1.0,
    standards_percent: float = 0.0,
    method_percent: float = 0.0,
    progress: Progress = unwatched,
) -> Answer:
    """Return the concentration of each target in each sample, with standard and expanded uncertainty.

    Without calibrants a target is called detected, never quantified. A verdict is given only against a limit whose
    value has a text, and only where no check failed. Raises UnreadableFile and BadParameter.
    """
    question = _asked(tolerance, weighting, level, retention_percent, standards_percent, method_percent)
    if limits not in LISTS:
        raise BadParameter("limits", limits, f"one of {', '.join(LISTS)}")
    more = read_targets(Path(internal_standards)) if isinstance(internal_standards, str | Path) else internal_standards
    own = _targets_with(targets, more)
    levels = read_levels(Path(calibration)) if isinstance(calibration, str | Path) else list(calibration)
    some = [runs] if isinstance(runs, str | Path | Run) else runs
    return _answered(
        [one if isinstance(one, Run) else Path(one) for one in some], own, levels, limits, question, progress
    )


def _targets_with(targets: str | Path | Sequence[Target], more: Sequence[Target]) -> list[Target]:
    """Return the targets of a file, or those given, together with the internal standards."""
    own = list(read_targets(Path(targets))) if isinstance(targets, str | Path) else list(targets)
    return checked_targets([*own, *(one for one in more if one not in own)])


def _asked(tolerance: str, weighting: str, level: float, retention: float, standards: float, method: float) -> Question:
    if weighting not in (*WEIGHTINGS, "auto"):
        raise BadParameter("weighting", weighting, f"one of {', '.join(WEIGHTINGS)}, auto")
    if not 0.5 <= level < 1:
        raise BadParameter("level", level, "a level of confidence from 0.5 to below 1, such as 0.95")
    return Question(Tolerance.parse(tolerance), weighting, level, retention, standards, method)


def _answered(
    runs: Sequence[Path | Run],
    targets: Sequence[Target],
    levels: Sequence[Level],
    limits: str,
    question: Question,
    progress: Progress,
) -> Answer:
    if not runs:
        raise UnreadableFile("quantify", "tables alone", "at least one run", "name the runs too")
    names = [(one.path if isinstance(one, Run) else one).name for one in runs]
    _require_runs(levels, names)
    measured = []
    for place, (name, run) in enumerate(zip(names, runs, strict=True)):
        progress(place, len(runs), "reading")
        whole = (run if isinstance(run, Run) else read_run(run)).whole()  # half a run has half a peak
        measured += measure(name, whole, targets, levels, question)
    progress(len(runs), len(runs), "reading")
    unit = next((one.unit for one in levels if one.unit), "")
    assay = work_out(targets, measured, unit, question)
    checks = checks_of(assay, question)
    listed = limits_of(limits)
    unlisted = without_limit(assay, listed) if listed else []
    return answer_of(assay, checks, rulings_of(assay, listed, checks, question), question, unlisted)


def _require_runs(levels: Sequence[Level], names: Sequence[str]) -> None:
    """Every run that the table names is there, and none is there twice."""
    stems = [stem_of(name) for name in names]
    twice = [name for name in names if stems.count(stem_of(name)) > 1]
    if twice:
        raise UnreadableFile(twice[0], "two runs of this name", "each name once", "rename one of them")
    missing = sorted({one.file for one in levels if stem_of(one.file) not in stems})
    if missing:
        found = f"no run {missing[0]!r}" + (f" and {len(missing) - 1} more" if missing[1:] else "")
        raise UnreadableFile(
            "calibration", found, "every run that the table names", "add the runs or take the rows out"
        )


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    runs: list[Path | Run] = []
    targets: list[Target] = []
    levels: list[Level] = []
    for path in paths:
        if sniff(path) != "table":
            runs.append(path)
            continue
        columns = set(read_table(path)[0])
        if "file" in columns:
            levels += read_levels(path)
        elif {"name", "mz"} <= columns or {"name", "formula"} <= columns:
            targets += read_targets(path)
        else:
            found = f"a table with the columns {', '.join(sorted(columns)[:6])}"
            raise UnreadableFile(path, found, _TABLE_EXPECTED, "name the columns so")
    if not targets:
        raise UnreadableFile("ms.quantify", "no table of targets", _TABLE_EXPECTED, "add the table to the files")
    question = _asked(
        parameters["tolerance"],
        parameters["weighting"],
        parameters["level"],
        parameters["retention_percent"],
        parameters["standards_percent"],
        parameters["method_percent"],
    )
    return _answered(runs, checked_targets(targets), levels, parameters["limits"], question, progress)


METHOD = Method(
    id="ms.quantify",
    version="0.1",
    title=Text("Quantify targets by calibration", "目标物校准定量", "目標物校準定量分析"),
    technique="lcms",
    accepts=("mzml", "mzxml", "table"),
    function=_run,
    many_files=True,
    parameters=(
        Parameter("tolerance", "tolerance", TOLERANCE, Text("mass tolerance", "质量容差", "質量容差"), unit="ppm | Da"),
        Parameter(
            "weighting",
            "choice",
            WEIGHTING,
            Text("weights of the line", "回归权重", "迴歸權重"),
            choices=(*WEIGHTINGS, "auto"),
        ),
        Parameter("limits", "choice", "none", Text("limits", "限量标准", "限量標準"), choices=tuple(LISTS)),
        Parameter(
            "level",
            "number",
            0.95,
            Text("level of confidence", "置信水平", "信賴水準"),
            unit="1",
            minimum=0.5,
            maximum=0.999,
        ),
        Parameter(
            "retention_percent",
            "number",
            1.0,
            Text("retention time tolerance", "保留时间容差", "滯留時間容差"),
            unit="%",
            minimum=0.0,
            maximum=50.0,
        ),
        Parameter(
            "standards_percent",
            "number",
            0.0,
            Text("standard uncertainty of the calibrants", "标准溶液相对标准不确定度", "標準溶液相對標準不確定度"),
            unit="%",
            minimum=0.0,
            maximum=100.0,
        ),
        Parameter(
            "method_percent",
            "number",
            0.0,
            Text("standard uncertainty from validation", "方法确认相对标准不确定度", "方法確認相對標準不確定度"),
            unit="%",
            minimum=0.0,
            maximum=100.0,
        ),
    ),
    example=(
        *sorted(DATA.glob("*.mzML.gz")),
        DATA / "synthetic_targets.csv",
        DATA / "synthetic_calibration.csv",
    ),
    data=(LIMITS,),
    expected=Expected(
        "above limit",
        {"trimethoprim, milk-b": (85.0, 6.0), "sulfadimidine, milk-a": (40.0, 3.0), "amoxicillin, milk-a": (1.5, 0.1)},
    ),
    research_use_only=True,
)
