"""Real-time PCR: curves in, cycles, efficiencies, standard curves, copies and relative quantities out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from liqi.methods._answer import Answer
from liqi.methods._errors import UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.pcr._amplification import FEWEST_CYCLES
from liqi.methods.pcr._analysis import analyse
from liqi.methods.pcr._checks import checks
from liqi.methods.pcr._expression import relative
from liqi.methods.pcr._plate import PlateRun, Plates
from liqi.methods.pcr._reading import FORMATS, KINDS, read_plates
from liqi.methods.pcr._wording import answer_of

DATA = Path(__file__).with_name("data")


def _joined(paths: Sequence[Path]) -> Plates:
    """Return the runs of all files together."""
    found = [read_plates(path) for path in paths]
    first = found[0]
    targets = {name: one for plates in found for name, one in plates.targets.items()}
    notices = [words for plates in found for words in plates.notices]
    return replace(first, runs=[run for plates in found for run in plates.runs], targets=targets, notices=notices)


def _tells(run: PlateRun) -> bool:
    return run.fluorescence.shape[1] >= FEWEST_CYCLES or any(one.machine_cq for one in run.reactions)


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    progress(0, 3, "reading")
    plates = _joined(paths)
    if not any(_tells(run) for run in plates.runs):
        found = (
            "melting curves alone"
            if any(run.melting is not None for run in plates.runs)
            else f"no curve of {FEWEST_CYCLES} cycles"
        )
        raise UnreadableFile(paths[0], found, FORMATS, "ask `qpcr.melt` of melting curves")
    progress(1, 3, "fitting")
    analysis = analyse(plates, parameters["cq_method"], parameters["quantify_by"])
    progress(2, 3, "quantifying")
    given = [one.strip() for one in parameters["reference"].split(",") if one.strip()]
    told = [one.name for one in plates.targets.values() if one.kind == "ref"]
    references = given or [name for name in told if any(one.target == name for one in analysis.quantities)]
    expression = relative(analysis, references, parameters["calibrator"].strip()) if references else None
    answer = answer_of(analysis, expression, checks(analysis, expression))
    progress(3, 3, "quantifying")
    return answer


METHOD = Method(
    id="qpcr.quantify",
    version="0.1",
    title=Text("Quantify by real-time PCR", "实时荧光 PCR 定量", "即時螢光 PCR 定量"),
    technique="qpcr",
    accepts=KINDS,
    function=_run,
    many_files=True,
    parameters=(
        Parameter(
            "cq_method", "choice", "auto",
            Text("cycle that quantities are of", "定量循环的求法", "定量循環的求法"),
            choices=("auto", "TD0", "machine"),
        ),
        Parameter(
            "quantify_by", "choice", "auto",
            Text("quantities by", "定量依据", "定量依據"),
            choices=("auto", "curve", "copies"),
        ),
        Parameter(
            "reference", "text", "",
            Text("reference targets, with commas between", "参比基因（逗号分隔）", "參考基因（逗號分隔）"),
        ),
        Parameter(
            "calibrator", "text", "",
            Text("sample that relative quantities are of", "相对定量的校准样本", "相對定量的校準樣本"),
        ),
    ),
    example=(DATA / "stepone_std.rdml",),
    expected=Expected("pass", {"slope RNase P": (-3.458, 0.001), "RNase P, pop1_RNase P": (2609.3, 1.0)}),
    research_use_only=True,
)  # fmt: skip
