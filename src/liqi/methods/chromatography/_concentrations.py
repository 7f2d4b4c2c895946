"""Concentrations as an answer: tables of results, lines and standards, checks of the calibration, its figures."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from liqi.methods._answer import SYNTHETIC, Answer, Column, Finding, Plot, Table
from liqi.methods._check import Check, checks_table, verdict_of, with_failed
from liqi.methods._text import Text
from liqi.methods.calibration import detection_limits, lack_of_fit
from liqi.methods.chromatography._compounds import Compound
from liqi.methods.chromatography._figures import overlay
from liqi.methods.chromatography._integration import Integration
from liqi.methods.chromatography._tables import number_or_none, peak_table
from liqi.methods.uncertainty import budget_table

LEAST_R2, ACCURACY_PERCENT, LACK_OF_FIT = 0.99, 15.0, 0.05
_TITLES = {
    "levels": Text("standards", "标准点数", "標準點數"),
    "linear": Text("coefficient of determination", "决定系数", "決定係數"),
    "fit": Text("lack of fit (F test)", "失拟检验（F 检验）", "失擬檢定（F 檢定）"),
    "accuracy": Text("standards calculated back", "标准回算偏差", "標準回算偏差"),
    "control": Text("controls", "质控样", "品管樣"),
    "range": Text("samples beyond the line", "超出线性范围的样品", "超出線性範圍的樣品"),
    "found": Text("peaks not found", "未检出峰", "未檢出峰"),
}
_WORDS = {
    "line": Text("calibration line", "校准曲线", "校準曲線"),
    "area": Text("integration", "积分", "積分"),
    "standards": Text("standards", "标准溶液", "標準溶液"),
}


def answer_of(compounds: Sequence[Compound], runs: Mapping[str, Integration], level: float) -> Answer:
    """Return the answer: concentrations with intervals, lines, standards, checks, budgets."""
    checks = [check for one in compounds for check in _checks(one, len(compounds) > 1)]
    findings = [
        Finding(f"{one.target.name}, {_stem(name)}", number_or_none(budget.value), one.unit,
                number_or_none(budget.combined, 3),
            {"role": told.role, "low": number_or_none(budget.value - budget.expanded(level)),
                 "high": number_or_none(budget.value + budget.expanded(level)), "level": level})
        for one in compounds
        for name, (told, budget) in one.results.items()
        if budget is not None and told.role != "blank"
    ]  # fmt: skip
    findings += [
        Finding(
            f"{one.target.name}, slope", number_or_none(one.line.slope), f"response/({one.unit})",
            number_or_none(one.line.u_slope, 3) or 1e-300,
        )
        for one in compounds
    ]  # fmt: skip
    budgets = {
        f"{one.target.name}, {_stem(name)}": budget
        for one in compounds
        for name, (told, budget) in one.results.items()
        if budget is not None and told.role == "sample"
    }
    number = sum(told.role == "sample" for told, _ in compounds[0].results.values())
    n = len(compounds)
    said = (
        f"{n} compound{'s' * (n != 1)} quantified in {number} sample{'s' * (number != 1)}.",
        f"{number} 个样品中定量 {n} 种化合物。",
        f"{number} 個樣品中定量 {n} 種化合物。",
    )
    tables = [_result_table(compounds, level), _line_table(compounds), _standard_table(compounds), checks_table(checks)]
    if budgets:
        tables.append(budget_table(dict(list(budgets.items())[:40]), _WORDS))
    tables.append(peak_table(list(runs.items())))
    return Answer(
        verdict=verdict_of(checks),
        sentence=with_failed(said, checks),
        findings=findings,
        tables=tables,
        plots=[
            *(_plot(one, n + 1, level) for n, one in enumerate(compounds[:8])),
            overlay({name: one.trace for name, one in runs.items()}),
        ],
        tags=[SYNTHETIC] if all(SYNTHETIC in name for name in runs) else [],
        detail={"checks": [one.as_json() for one in checks]},
    )


def _stem(name: str) -> str:
    return name.split(".")[0]


def _checks(one: Compound, is_one_of_many: bool) -> list[Check]:
    line = one.line
    made: list[Check] = []

    def check(key: str, passed: bool, found: str, wanted: str, fails: bool = False) -> None:
        title, name = _TITLES[key], one.target.name
        if is_one_of_many:
            title = Text(f"{title.en}, {name}", f"{title.zh_hans}（{name}）", f"{title.zh_hant}（{name}）")
        made.append(Check(key, title, passed, found, wanted, fails=fails))

    levels = np.unique(line.x).size
    check("levels", levels >= 5, str(levels), ">= 5 (ICH Q2)")
    check("linear", line.r_squared >= LEAST_R2, f"{line.r_squared:.5f}", f">= {LEAST_R2:g}")
    test = lack_of_fit(line)
    if test is not None:
        check("fit", test.probability >= LACK_OF_FIT, f"p = {test.probability:.3f}", f">= {LACK_OF_FIT:g}")
    off = 100 * np.abs(line.accuracy() - 1)
    worst = float(np.nanmax(off)) if np.isfinite(off).any() else 0.0
    most = f"<= {ACCURACY_PERCENT:g} %"
    check("accuracy", worst <= ACCURACY_PERCENT, f"{worst:.1f} %", most)
    controls = [
        100 * abs(budget.value / (told.concentration * told.dilution) - 1)
        for told, budget in one.results.values()
        if told.role == "control" and budget is not None and told.concentration
    ]
    if controls:
        check("control", max(controls) <= ACCURACY_PERCENT, f"{max(controls):.1f} %", most, fails=True)
    samples = [(told, budget) for told, budget in one.results.values() if told.role == "sample"]
    if samples:
        low, high = line.x.min(), line.x.max()
        inside = [low <= budget.value / told.dilution <= high for told, budget in samples if budget is not None]
        check("range", all(inside), str(inside.count(False)), "0")
        missing = len(samples) - len(inside)
        check("found", not missing, str(missing), "0")
    return made


def _result_table(compounds: Sequence[Compound], level: float) -> Table:
    unit = compounds[0].unit
    percent = f"{100 * level:g} %"
    columns = (
        Column("run", Text("run", "进样", "進樣")),
        Column("compound", Text("compound", "化合物", "化合物")),
        Column("role", Text("role", "类型", "類型")),
        Column("value", Text("concentration", "浓度", "濃度"), unit, None),
        Column("uncertainty", Text("standard uncertainty", "标准不确定度", "標準不確定度"), unit, None),
        Column("low", Text(f"{percent} from", f"{percent} 下限", f"{percent} 下限"), unit, None),
        Column("high", Text("to", "上限", "上限"), unit, None),
        Column("nominal", Text("nominal", "标示值", "標示值"), unit, None),
    )
    roles = {
        "sample": Text("sample", "样品", "樣品"),
        "control": Text("control", "质控", "品管"),
        "blank": Text("blank", "空白", "空白"),
    }
    rows = []
    for one in compounds:
        for name, (told, budget) in one.results.items():
            row: dict[str, Any] = {"run": name, "compound": one.target.name, "role": roles[told.role].as_json()}
            if budget is not None:
                half = budget.expanded(level)
                row |= {"value": number_or_none(budget.value), "uncertainty": number_or_none(budget.combined, 2)}
                row |= {"low": number_or_none(budget.value - half), "high": number_or_none(budget.value + half)}
            rows.append(row | {"nominal": told.concentration})
    return Table("results", Text("Concentrations", "浓度结果", "濃度結果"), columns, rows)


def _line_table(compounds: Sequence[Compound]) -> Table:
    unit = compounds[0].unit
    columns = (
        Column("compound", Text("compound", "化合物", "化合物")),
        Column("slope", Text("slope", "斜率", "斜率"), f"1/({unit})", None),
        Column("u_slope", Text("its uncertainty", "斜率不确定度", "斜率不確定度"), f"1/({unit})", None),
        Column("intercept", Text("intercept", "截距", "截距"), "1", None),
        Column("u_intercept", Text("its uncertainty", "截距不确定度", "截距不確定度"), "1", None),
        Column("r2", Text("R²", "R²", "R²"), "1", 6),
        Column("weighting", Text("weights", "权重", "權重")),
        Column("detection", Text("limit of detection", "检出限", "偵測極限"), unit, None),
        Column("quantitation", Text("limit of quantitation", "定量限", "定量極限"), unit, None),
        Column("low", Text("range from", "线性范围下限", "線性範圍下限"), unit, None),
        Column("high", Text("to", "上限", "上限"), unit, None),
    )
    rows = []
    for one in compounds:
        line, limits = one.line, detection_limits(one.line)
        row: dict[str, Any] = {"compound": one.target.name, "r2": line.r_squared, "weighting": line.weighting}
        row |= {"slope": number_or_none(line.slope), "u_slope": number_or_none(line.u_slope, 2)}
        row |= {"intercept": number_or_none(line.intercept), "u_intercept": number_or_none(line.u_intercept, 2)}
        row |= {"detection": number_or_none(limits[0], 3), "quantitation": number_or_none(limits[1], 3)}
        rows.append(row | {"low": float(line.x.min()), "high": float(line.x.max())})
    return Table("lines", Text("Calibration lines", "校准曲线", "校準曲線"), columns, rows)


def _standard_table(compounds: Sequence[Compound]) -> Table:
    unit = compounds[0].unit
    columns = (
        Column("compound", Text("compound", "化合物", "化合物")),
        Column("run", Text("run", "进样", "進樣")),
        Column("nominal", Text("concentration", "浓度", "濃度"), unit, None),
        Column("response", Text("response", "响应", "響應"), "1", None),
        Column("residual", Text("residual", "残差", "殘差"), "1", None),
        Column("back", Text("calculated back", "回算浓度", "回算濃度"), unit, None),
        Column("accuracy", Text("of nominal", "回算准确度", "回算準確度"), "%", 1),
    )
    rows = [
        {
            "compound": one.target.name, "run": name, "nominal": x, "response": number_or_none(y),
            "residual": number_or_none(residual, 3), "back": number_or_none(back, 5),
            "accuracy": 100 * back / x if x else None,
        }
        for one in compounds
        for (name, x, y), residual, back in zip(
            one.standards, one.line.residuals.tolist(), one.line.back_calculated().tolist(), strict=True
        )
    ]  # fmt: skip
    return Table("standards", Text("Standards", "标准点", "標準點"), columns, rows)


def _plot(one: Compound, number: int, level: float) -> Plot:
    """The line with its prediction interval, standards and samples on it."""
    line = one.line
    x = np.linspace(min(0.0, float(line.x.min())), float(line.x.max()) * 1.05, 60)
    low, high = line.band(x, level)
    percent = f"{100 * level:g} %"
    band = Text(f"{percent} prediction", f"{percent} 预测区间", f"{percent} 預測區間")
    samples = [
        (budget.value / told.dilution, name) for name, (told, budget) in one.results.items() if budget is not None
    ]
    data: dict[str, Any] = {
        "series": [
            {
                "label": Text("standards", "标准点", "標準點").as_json(), "x": line.x.tolist(), "y": line.y.tolist(),
                "names": [name for name, _, _ in one.standards],
            },
        ],
        "lines": [
            {"label": Text("line", "校准线", "校準線").as_json(), "x": x.tolist(), "y": line.at(x).tolist()},
            {"label": band.as_json(), "x": x.tolist(), "y": low.tolist()},
            {"label": "", "x": x.tolist(), "y": high.tolist()},
        ],
    }  # fmt: skip
    if samples:
        places = [place for place, _ in samples]
        label = Text("samples", "样品", "樣品").as_json()
        data["series"].append(
            {"label": label, "x": places, "y": line.at(places).tolist(), "names": [name for _, name in samples]}
        )
    title = Text(f"Calibration: {one.target.name}", f"校准曲线：{one.target.name}", f"校準曲線：{one.target.name}")
    x_title = Text(f"concentration ({one.unit})", f"浓度 ({one.unit})", f"濃度 ({one.unit})")
    return Plot(f"calibration-{number}", "points", title, x_title, Text("response", "响应", "響應"), data)
