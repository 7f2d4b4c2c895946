"""A multi-axis force sensor calibrated and judged by its static loads: `force6.calibrate`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from liqi.methods._answer import SYNTHETIC, Answer, Notice
from liqi.methods._check import checks_table, verdict_of
from liqi.methods._errors import BadParameter, UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.force import _wording
from liqi.methods.force._figures import figures_of
from liqi.methods.force._loads import Floats, Loads, read_loads
from liqi.methods.force._models import MODELS, chosen, decouple, uncoupled
from liqi.methods.uncertainty import budget_table

DATA = Path(__file__).with_name("data")
KINDS = ("table", "peaks", "spectrum", "trace", "mat")


def calibrate(
    loads: Loads, others: Loads | None = None, model: str = "auto", full_scale: Floats | None = None
) -> _wording.Calibrated:
    """Return the models fitted to these loads, the one chosen, and its figures; `others` are never fitted."""
    scale = np.abs(loads.load).max(axis=0) if full_scale is None else full_scale
    models = decouple(loads)
    named = next((one for one in models if one.name == model), None) or chosen(models, scale, loads.combined)
    figures = figures_of(loads, named.predict(loads.output), scale)
    combined = 100 * (named.predict(others.output) - others.load) / scale if others is not None else None
    without = uncoupled(loads, others or loads)
    matrix = models[0].matrix
    condition = None
    if matrix is not None and matrix.shape[0] == matrix.shape[1]:
        reach = np.ptp(loads.output, axis=0) / 2
        condition = float(np.linalg.cond(matrix * reach[None, :] / scale[:, None]))
    found = None if without is None else 100 * without / scale
    return _wording.Calibrated(loads, others, scale, models, named, figures, combined, found, condition)


def _pair(paths: Sequence[Path]) -> tuple[Loads, Loads | None]:
    """The loads to fit and those to verify by: where two files are given, the one of combined loads verifies."""
    if len(paths) > 2:
        raise UnreadableFile(
            paths[2], f"{len(paths)} files", "calibration loads and, beside them, combined loads", "leave it out"
        )
    read = [read_loads(path) for path in paths]
    if len(read) == 1:
        return read[0], None
    first, second = read
    if list(first.axes) != list(second.axes) or first.output.shape[1] != second.output.shape[1]:
        found = f"{', '.join(second.axes)} and {second.output.shape[1]} outputs"
        raise UnreadableFile(
            second.path,
            found,
            f"{', '.join(first.axes)} and {first.output.shape[1]} outputs",
            "give one sensor's files",
        )
    return (second, first) if first.combined and not second.combined else (first, second)


def _scale(words: str, loads: Loads) -> Floats | None:
    if not words:
        return None
    try:
        values = np.array([float(one) for one in str(words).replace(";", ",").split(",")])
    except ValueError:
        values = np.zeros(0)
    if len(values) != len(loads.axes) or not (values > 0).all():
        raise BadParameter(
            "full_scale", words, f"{len(loads.axes)} numbers above 0 with commas, for {', '.join(loads.axes)}"
        )
    return values


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    progress(0, 2, "reading")
    loads, others = _pair(paths)
    progress(1, 2, "fitting")
    found = calibrate(loads, others, parameters["model"], _scale(parameters["full_scale"] or "", loads))
    checks = _wording.checks_of(found, float(parameters["limit"]))
    verdict = verdict_of(checks)
    budgets = _wording.budgets_of(found)
    failed = [one for one in checks if one.result == verdict and not one.passed]
    progress(2, 2, "fitting")
    return Answer(
        verdict=verdict,
        sentence=_wording.sentence_of(found, verdict, failed),
        findings=_wording.findings_of(found, budgets),
        tables=[*_wording.tables_of(found), checks_table(checks), budget_table(budgets, _wording.PARTS)],
        plots=_wording.plots_of(found),
        warnings=_notices(found),
        tags=[SYNTHETIC] if SYNTHETIC in loads.path.name.lower() else [],
        detail={
            "model": found.model.name, "loads": len(loads), "combined": len(others) if others is not None else 0,
            "condition": found.condition, "zero": _zero(found), "checks": [one.as_json() for one in checks],
        },
    )  # fmt: skip


def _zero(found: _wording.Calibrated) -> list[float] | None:
    zero = found.models[0].zero
    return [float(one) for one in zero] if zero is not None else None


def _notices(found: _wording.Calibrated) -> list[Notice]:
    made = []
    if not found.loads.combined and found.model.name != "network":
        text = Text(
            "The loads act along one axis at a time, which tells a network nothing of axes together: it is not chosen.",
            "标定加载均为单轴加载，神经网络无法学习多轴同时受力的情况，仅作对比，不予采用。",
            "標定加載均為單軸加載，神經網路無法學習多軸同時受力的情況，僅作對比，不予採用。",
        )
        made.append(Notice("one-axis-loads", text))
    if not found.figures.has_directions:
        text = Text(
            "Growing and falling loads are not told apart: there is no figure of hysteresis.",
            "数据未区分加载与卸载，无法给出滞后指标。",
            "資料未區分加載與卸載，無法給出遲滯指標。",
        )
        made.append(Notice("no-directions", text))
    return made


METHOD = Method(
    id="force6.calibrate",
    version="0.1",
    title=Text("Calibrate a six-axis force sensor", "六维力传感器标定", "六維力感測器標定"),
    technique="force6",
    accepts=KINDS,
    function=_run,
    many_files=True,
    parameters=(
        Parameter("model", "choice", "auto", Text("model", "解耦模型", "解耦模型"), choices=("auto", *MODELS)),
        Parameter(
            "full_scale", "text", "",
            Text("full scale by axis; empty: largest load", "满量程（留空取最大载荷）", "滿量程（留空取最大載荷）"),
        ),
        Parameter(
            "limit", "number", 2.0, Text("largest static error allowed", "静态误差限值", "靜態誤差限值"), unit="% FS",
            minimum=0.001, maximum=100,
        ),
    ),
    example=(DATA / "synthetic_static.csv", DATA / "synthetic_combined.csv"),
    expected=Expected("pass", {"largest error": (0.12, 0.03), "Fz combined load deviation": (0.07, 0.03)}),
)  # fmt: skip
