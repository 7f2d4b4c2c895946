"""Concentrations by calibration: standards and samples in, a line a compound and each sample with its interval out."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from liqi.methods._answer import Answer
from liqi.methods._errors import BadParameter, UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.calibration import WEIGHTINGS
from liqi.methods.chromatography._compounds import compound_of
from liqi.methods.chromatography._concentrations import answer_of
from liqi.methods.chromatography._integration import Integration
from liqi.methods.chromatography._levels import is_levels, level_of, read_levels
from liqi.methods.chromatography._reading import READERS, kind_of
from liqi.methods.chromatography._targets import PARAMETERS as TARGETS
from liqi.methods.chromatography._targets import Target, parse_targets, peaks_of, usual_targets
from liqi.methods.chromatography.area import PARAMETERS, integrated

DATA = Path(__file__).with_name("data")


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    kinds = {path: kind_of(path) for path in paths}
    tables = [path for path in paths if kinds[path] in ("table", "peaks") and is_levels(path)]
    files = [path for path in paths if path not in tables]
    if parameters["levels"]:
        tables.append(Path(parameters["levels"]))
    if len(tables) != 1:
        do = "name files and concentrations in one table"
        raise UnreadableFile(paths[0], f"{len(tables)} tables of levels", "one", do)
    levels = read_levels(tables[0])
    runs: dict[str, Integration] = {}
    by_name: dict[str, Path] = {}
    for done, path in enumerate(files):
        progress(done, len(files), "integrating")
        runs[path.name] = integrated(path, parameters)[1]
        by_name[path.name] = path
    progress(len(files), len(files), "integrating")
    if len(runs) < len(files) or not files:
        raise UnreadableFile(
            paths[0], f"{len(runs)} runs by name of {len(files)} files", "runs of different names", "rename them"
        )
    window = parameters["window_min"]
    named = {each.compound for each in levels if each.compound}
    standards = [
        name for name in runs if any(level_of(levels, by_name[name], one).role == "standard" for one in named or {""})
    ]
    if not standards:
        raise UnreadableFile(
            tables[0], "no standard among the files", "the names of the files", "name them as the files"
        )
    told = {one.compound: Target(one.compound, one.time_min) for one in levels if one.compound and one.time_min}
    targets = parse_targets(parameters["targets"]) or list(told.values())
    targets = targets or usual_targets([runs[name] for name in standards], window)
    if not targets:
        raise BadParameter("targets", "no peak that every standard has", "targets by name and time")
    found = peaks_of(runs, targets, window)
    internal = parameters["internal_standard"]
    if internal and internal not in found:
        raise BadParameter("internal_standard", internal, f"one of {', '.join(found)}")
    asked = [one for one in targets if one.name != internal]
    known = [one for one in asked if any(level_of(levels, by_name[name], one.name).role == "standard" for name in runs)]
    compounds = [compound_of(one, found, by_name, levels, parameters) for one in known or asked]
    return answer_of(compounds, runs, parameters["level"])


METHOD = Method(
    id="chrom.quantify",
    version="0.1",
    title=Text("Concentrations by calibration (chromatography)", "色谱外标与内标定量", "層析外標與內標定量"),
    technique="hplc",
    accepts=tuple(READERS),
    function=_run,
    many_files=True,
    parameters=(
        *PARAMETERS,
        *TARGETS,
        Parameter(
            "levels", "file", None,
            Text("table of files and concentrations", "文件与浓度表", "檔案與濃度表"), formats=("table",),
        ),
        Parameter("internal_standard", "text", None, Text("internal standard (name)", "内标（名称）", "內標（名稱）")),
        Parameter(
            "weighting", "choice", "auto", Text("weights of the line", "回归权重", "迴歸權重"),
            choices=(*WEIGHTINGS, "auto"),
        ),
        Parameter(
            "level", "number", 0.95, Text("level of confidence", "置信水平", "信賴水準"),
            unit="1", minimum=0.5, maximum=0.999,
        ),
        Parameter(
            "standards_percent", "number", 0.0,
            Text("standard uncertainty of the standards", "标准溶液相对标准不确定度", "標準溶液相對標準不確定度"),
            unit="%", minimum=0, maximum=100,
        ),
    ),
    libraries=("numpy", "scipy"),
    example=(*sorted((DATA / "calibration").glob("*.csv")),),
    expected=Expected(
        "pass", {"theobromine, synthetic-sample": (12.0, 0.6), "caffeine, synthetic-sample": (30.0, 1.0)}
    ),
)  # fmt: skip
