"""A calibrated sensor as an answer: models side by side, figures by axis, matrix, figures drawn, one sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from liqi.methods._answer import Column, Finding, Plot, Table
from liqi.methods._check import AGAIN, FAILED, Check, with_failed
from liqi.methods._text import Text
from liqi.methods.force._figures import Figures
from liqi.methods.force._loads import Floats, Loads
from liqi.methods.force._models import Decoupling
from liqi.methods.uncertainty import Budget, Contribution, of_uniform

STANDARD = "GB/T 43199-2023"
MODEL_NAMES = {
    "linear": Text("linear (matrix)", "线性（解耦矩阵）", "線性（解耦矩陣）"),
    "polynomial": Text("polynomial", "多项式", "多項式"),
    "network": Text("small network", "小型神经网络", "小型神經網路"),
}
_TITLES = {
    "limit": Text("static error against the limit", "静态误差（限值）", "靜態誤差（限值）"),
    "goal": Text("static error against half the limit", "静态误差（目标值）", "靜態誤差（目標值）"),
    "left_out": Text(
        "error at left-out loads over that in the sample",
        "交叉验证误差与样本内误差之比",
        "交叉驗證誤差與樣本內誤差之比",
    ),
    "condition": Text("condition number of the matrix", "解耦矩阵条件数", "解耦矩陣條件數"),
    "verified": Text("verified by combined loads", "复合加载验证", "複合加載驗證"),
}
_OF_SCALE = "% FS"
MOST_CONDITION, MOST_RATIO, COVERAGE = 50.0, 1.5, 2.0
PARTS = {
    "left-out error": Text("left-out error", "交叉验证误差", "交叉驗證誤差"),
    "repeatability": Text("repeatability", "重复性", "重複性"),
    "hysteresis": Text("hysteresis", "滞后", "遲滯"),
    "zero": Text("zero", "零点变化", "零點變化"),
}


@dataclass(frozen=True)
class Calibrated:
    """Everything that was worked out of a sensor's loads."""

    loads: Loads
    others: Loads | None
    full_scale: Floats
    models: Sequence[Decoupling]
    model: Decoupling
    figures: Figures
    combined: Floats | None
    without: Floats | None
    condition: float | None

    @property
    def worst(self) -> float:
        """The largest error of the chosen model at any load, in percent of full scale."""
        parts = [float(self.figures.crosstalk.max())]
        if self.combined is not None:
            parts.append(float(np.abs(self.combined).max()))
        return max(parts)


def checks_of(found: Calibrated, limit: float) -> list[Check]:
    """Return the checks: beyond the limit fails, beyond half of it asks to be looked at again."""
    worst = found.worst
    told = f"{worst:.3f} % FS"
    made = [
        Check("limit", _TITLES["limit"], worst <= limit, told, f"≤ {limit:g} % FS", STANDARD, fails=True),
        Check("goal", _TITLES["goal"], worst <= limit / 2, told, f"≤ {limit / 2:g} % FS", STANDARD),
    ]
    inside, left = (found.model.rms_percent(found.full_scale, which) for which in (False, True))
    ratio = left / inside if inside else 1.0
    made.append(Check("left_out", _TITLES["left_out"], ratio <= MOST_RATIO, f"{ratio:.2f}", f"≤ {MOST_RATIO:g}"))
    if found.condition is not None:
        good = found.condition <= MOST_CONDITION
        made.append(Check("condition", _TITLES["condition"], good, f"{found.condition:.2f}", f"≤ {MOST_CONDITION:g}"))
    known = found.combined is not None or found.loads.combined
    count = f"{len(found.others) if found.others else len(found.loads) if known else 0}"
    made.append(Check("verified", _TITLES["verified"], known, count, "≥ 1"))
    return made


def budgets_of(found: Calibrated) -> dict[str, Budget]:
    """Return the uncertainty of each axis in percent of full scale: residuals, repeats, hysteresis, zero."""
    made = {}
    residual = 100 * np.sqrt(np.mean((found.model.left_out / found.full_scale) ** 2, axis=0))
    for i, axis in enumerate(found.loads.axes):
        f = found.figures
        free = max(len(found.loads) - found.loads.output.shape[1] - 1, 1)
        parts = [
            Contribution("left-out error", 0.0, float(residual[i]), 1.0, free, "%", "A", "cross-validation"),
            Contribution("repeatability", 0.0, float(f.noise[i]), 1.0, free, "%", "A", f"{STANDARD} 5.3"),
            Contribution(
                "hysteresis", 0.0, of_uniform(float(f.hysteresis[i]) / 2), unit="%", source="half of it, uniform"
            ),
            Contribution("zero", 0.0, of_uniform(float(f.zero[i]) / 2), unit="%", source="half of its range, uniform"),
        ]
        made[axis] = Budget(100.0, "%", [part for part in parts if part.uncertainty > 0])
    return made


def findings_of(found: Calibrated, budgets: dict[str, Budget]) -> list[Finding]:
    """Return per axis accuracy, non-linearity, hysteresis, repeatability, cross-talk and expanded uncertainty."""
    f, made = found.figures, []
    noise = np.maximum(f.noise, 1e-9)
    own, others = f.own, f.of_others
    for i, axis in enumerate(found.loads.axes):
        u = float(noise[i])
        rows = [
            ("accuracy", f.accuracy[i], u, f"{STANDARD} 5.2"),
            ("repeatability", f.repeatability[i] if f.has_repeats else None, u, f"{STANDARD} 5.3"),
            ("non-linearity", f.nonlinearity[i], u, f"{STANDARD} 5.4"),
            ("hysteresis", f.hysteresis[i] if f.has_directions else None, u * 2**0.5, STANDARD),
            ("zero", f.zero[i], u * 2**0.5, f"{STANDARD} 5.5"),
            ("type I error", own[i], u, "own axis loaded alone"),
            ("type II error", others[i], u, "another axis loaded alone"),
        ]
        if found.combined is not None:
            worst = float(np.abs(found.combined[:, i]).max())
            rows.append(("combined load deviation", worst, u, f"{STANDARD} 6.2"))
        made += [
            Finding(f"{axis} {name}", float(value), _OF_SCALE, spread, {"rule": rule})
            for name, value, spread, rule in rows
            if value is not None
        ]
        expanded = COVERAGE * budgets[axis].combined
        extra = {"rule": f"{STANDARD} 6.3, k = {COVERAGE:g}"}
        made.append(Finding(f"{axis} expanded uncertainty", expanded, _OF_SCALE, budgets[axis].combined, extra))
    total = float(found.model.rms_percent(found.full_scale))
    free = found.loads.load.size - found.model.coefficients
    made.append(
        Finding("left-out error", total, _OF_SCALE, total / (2 * max(free, 1)) ** 0.5, {"model": found.model.name})
    )
    worst = found.worst
    made.append(Finding("largest error", worst, _OF_SCALE, float(noise.max()), {"model": found.model.name}))
    return made


def tables_of(found: Calibrated) -> list[Table]:
    """Return models side by side, the figures by axis, cross-talk, the matrix with its uncertainty."""
    return [_models(found), _by_axis(found), _crosstalk(found), *_matrix(found)]


def _models(found: Calibrated) -> Table:
    columns = [
        Column("model", Text("model", "模型", "模型")),
        Column("coefficients", Text("coefficients", "系数个数", "係數個數")),
        Column("inside", Text("error in the sample (RMS)", "样本内误差（RMS）", "樣本內誤差（RMS）"), _OF_SCALE, 4),
        Column(
            "left", Text("error at left-out loads (RMS)", "交叉验证误差（RMS）", "交叉驗證誤差（RMS）"), _OF_SCALE, 4
        ),
        Column("most", Text("largest left-out", "交叉验证最大误差", "交叉驗證最大誤差"), _OF_SCALE, 3),
        Column("chosen", Text("chosen", "采用", "採用")),
    ]
    if found.others is not None:
        columns.insert(
            5,
            Column("combined", Text("largest at combined loads", "复合加载最大偏差", "複合加載最大偏差"), _OF_SCALE, 3),
        )
    yes, no = Text("yes", "是", "是").as_json(), Text("no", "否", "否").as_json()
    rows: list[dict[str, Any]] = []
    if found.without is not None:
        words = Text("without decoupling", "未解耦", "未解耦")
        rows.append({"model": words.as_json(), "combined": float(np.abs(found.without).max()), "chosen": no})
    for one in found.models:
        row: dict[str, Any] = {
            "model": MODEL_NAMES[one.name].as_json(), "coefficients": one.coefficients,
            "inside": one.rms_percent(found.full_scale, False), "left": one.rms_percent(found.full_scale),
            "most": float(np.abs(100 * one.left_out / found.full_scale).max()),
            "chosen": yes if one is found.model else no,
        }  # fmt: skip
        if found.others is not None:
            off = one.predict(found.others.output) - found.others.load
            row["combined"] = float(np.abs(100 * off / found.full_scale).max())
        rows.append(row)
    return Table("models", Text("Models compared", "模型对比", "模型對比"), columns, rows)


def _by_axis(found: Calibrated) -> Table:
    f = found.figures
    titles = (
        ("accuracy", Text("accuracy", "准确度", "準確度"), f.accuracy),
        ("repeatability", Text("repeatability", "重复性", "重複性"), f.repeatability if f.has_repeats else None),
        ("nonlinearity", Text("non-linearity", "非线性", "非線性"), f.nonlinearity),
        ("hysteresis", Text("hysteresis", "滞后", "遲滯"), f.hysteresis if f.has_directions else None),
        ("zero", Text("zero", "零点变化", "零點變化"), f.zero),
        ("own", Text("type I error", "一类误差", "一類誤差"), f.own),
        ("others", Text("type II error", "二类误差（耦合）", "二類誤差（耦合）"), f.of_others),
        ("combined", Text("combined loads", "复合加载偏差", "複合加載偏差"),
         np.abs(found.combined).max(axis=0) if found.combined is not None else None),
        ("without", Text("without decoupling", "未解耦", "未解耦"),
         np.abs(found.without).max(axis=0) if found.without is not None else None),
    )  # fmt: skip
    kept = [(name, title, values) for name, title, values in titles if values is not None]
    columns = [
        Column("axis", Text("axis", "分量", "分量")),
        Column("scale", Text("full scale", "满量程", "滿量程"), "N | Nm", 2),
        *(Column(name, title, _OF_SCALE, 3) for name, title, _ in kept),
    ]
    rows = [
        {"axis": axis, "scale": float(found.full_scale[i])} | {name: float(values[i]) for name, _, values in kept}
        for i, axis in enumerate(found.loads.axes)
    ]
    return Table("axes", Text("Figures by axis", "各分量指标", "各分量指標"), columns, rows)


def _crosstalk(found: Calibrated) -> Table:
    axes = found.loads.axes
    columns = [
        Column("axis", Text("error of", "误差分量", "誤差分量")),
        *(Column(axis, Text(f"{axis} loaded", f"加载 {axis}", f"加載 {axis}"), _OF_SCALE, 3) for axis in axes),
    ]
    rows = [
        {"axis": axis} | dict(zip(axes, map(float, found.figures.crosstalk[i]), strict=True))
        for i, axis in enumerate(axes)
    ]
    title = Text("Largest error while one axis is loaded", "单轴加载时的最大误差", "單軸加載時的最大誤差")
    return Table("crosstalk", title, columns, rows)


def _matrix(found: Calibrated) -> list[Table]:
    linear = next((one for one in found.models if one.matrix is not None), None)
    if linear is None or linear.matrix is None or linear.u_matrix is None:
        return []
    made = []
    names = [f"u{i + 1}" for i in range(linear.matrix.shape[1])]
    for name, title, values in (
        ("matrix", Text("Decoupling matrix", "解耦矩阵", "解耦矩陣"), linear.matrix),
        ("u_matrix", Text("Its standard uncertainty", "解耦矩阵标准不确定度", "解耦矩陣標準不確定度"), linear.u_matrix),
    ):
        columns = [
            Column("axis", Text("load", "分量", "分量")),
            *(Column(one, Text.same(one), "N | Nm", 6) for one in names),
        ]
        rows = [
            {"axis": axis} | dict(zip(names, map(float, values[i]), strict=True))
            for i, axis in enumerate(found.loads.axes)
        ]
        made.append(Table(name, title, columns, rows))
    return made


def plots_of(found: Calibrated) -> list[Plot]:
    """Return errors over load, and the models' errors in and out of the sample."""
    error = 100 * (found.model.predict(found.loads.output) - found.loads.load) / found.full_scale
    share = 100 * found.loads.load / found.full_scale
    series = []
    for i, axis in enumerate(found.loads.axes):
        alone = np.abs(np.delete(share, i, axis=1)).max(axis=1, initial=0.0) < 0.5
        rows = alone if alone.sum() > 2 else np.ones(len(share), bool)
        series.append({"label": axis, "x": share[rows, i].round(3).tolist(), "y": error[rows, i].round(5).tolist()})
    load = Text("load (% FS)", "载荷（% FS）", "載荷（% FS）")
    off = Text("error (% FS)", "误差（% FS）", "誤差（% FS）")
    made = [
        Plot(
            "errors",
            "points",
            Text("Error over load", "误差随载荷变化", "誤差隨載荷變化"),
            load,
            off,
            {"series": series, "lines": []},
        )
    ]
    if found.combined is not None and found.others is not None:
        shares = 100 * found.others.load / found.full_scale
        series = [
            {"label": axis, "x": shares[:, i].round(3).tolist(), "y": found.combined[:, i].round(5).tolist()}
            for i, axis in enumerate(found.loads.axes)
        ]
        title = Text(
            "Error at combined loads never used to fit", "复合加载误差（未参与拟合）", "複合加載誤差（未參與擬合）"
        )
        made.append(Plot("combined", "points", title, load, off, {"series": series, "lines": []}))
    names, values = [], []
    for one in found.models:
        for which, word in ((False, "in the sample"), (True, "left out")):
            names.append(f"{one.name}, {word}")
            values.append(round(one.rms_percent(found.full_scale, which), 5))
    title = Text("Error in the sample and at left-out loads", "样本内与交叉验证误差", "樣本內與交叉驗證誤差")
    rms = Text("RMS error (% FS)", "均方根误差（% FS）", "均方根誤差（% FS）")
    made.append(Plot("models", "bars", title, Text("model", "模型", "模型"), rms, {"names": names, "values": values}))
    return made


def sentence_of(found: Calibrated, verdict: str, failed: Sequence[Check]) -> Text:
    """Return the largest error by which model, over how many loads."""
    name = MODEL_NAMES[found.model.name]
    worst = f"{found.worst:.3f}"
    count = len(found.others) if found.others is not None else 0
    said = [
        f"Largest error {worst} % FS with the {name.en} model",
        f"采用{name.zh_hans}模型，最大误差 {worst} % FS",
        f"採用{name.zh_hant}模型，最大誤差 {worst} % FS",
    ]
    if found.combined is not None:
        most = f"{float(np.abs(found.combined).max()):.3f}"
        said[0] += f"; {most} % FS at {count} combined loads never used to fit"
        said[1] += f"；{count} 组未参与拟合的复合加载最大偏差 {most} % FS"
        said[2] += f"；{count} 組未參與擬合的複合加載最大偏差 {most} % FS"
    head = FAILED if verdict == "fail" else AGAIN
    return with_failed([f"{said[0]}.", f"{said[1]}。", f"{said[2]}。"], failed, head)
