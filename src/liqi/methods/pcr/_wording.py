"""Real-time PCR as an answer in three languages: quantities, efficiencies, wells, curves."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from liqi.methods._answer import Answer, Column, Finding, Notice, Table
from liqi.methods._check import Check, checks_table, verdict_of, with_failed
from liqi.methods._text import Text
from liqi.methods.pcr._analysis import Analysis, Quantity
from liqi.methods.pcr._checks import miqe_table
from liqi.methods.pcr._expression import Expression
from liqi.methods.pcr._figures import figures

MOST_FINDINGS = 400
_RULES = {
    "standard curve": Text("standard curve", "标准曲线", "標準曲線"),
    "TD0": Text("TD0 and efficiency", "TD0 与扩增效率", "TD0 與擴增效率"),
    "not amplified": Text("not amplified", "未扩增", "未擴增"),
    "no efficiency": Text("no mean efficiency", "无平均扩增效率", "無平均擴增效率"),
}


def answer_of(analysis: Analysis, expression: Expression | None, checks: Sequence[Check]) -> Answer:
    """Return the answer; its verdict is that of the checks."""
    tables = [_quantity_table(analysis)]
    if expression is not None and expression.relatives:
        tables.append(_relative_table(expression))
    tables += [_target_table(analysis), checks_table(checks), _well_table(analysis), miqe_table(analysis)]
    return Answer(
        verdict=verdict_of(checks),
        sentence=_sentence(analysis, checks),
        findings=[*_findings(analysis, expression)][:MOST_FINDINGS],
        tables=[table for table in tables if table.rows],
        plots=figures(analysis),
        warnings=[*_notices(analysis)],
        detail={
            "format": analysis.plates.format, "wells": len(analysis.wells), "cq": analysis.cq_name,
            "checks": [one.as_json() for one in checks],
        },
    )  # fmt: skip


def _sentence(analysis: Analysis, checks: Sequence[Check]) -> Text:
    wells, targets = len(analysis.wells), len({one.reaction.target for one in analysis.wells})
    grown = sum(one.amplified for one in analysis.wells)
    said = (
        f"{wells} reactions of {targets} targets, {grown} amplified.",
        f"共 {wells} 个反应、{targets} 个靶标，{grown} 个扩增。",
        f"共 {wells} 個反應、{targets} 個標的，{grown} 個擴增。",
    )
    return with_failed(said, checks)


def _findings(analysis: Analysis, expression: Expression | None) -> Iterator[Finding]:
    many = len(analysis.plates.runs) > 1
    for one in expression.relatives if expression is not None else ():
        extra = {"sample": one.sample, "target": one.target, "low": one.low, "high": one.high, "rule": "Pfaffl 2001"}
        yield Finding(f"relative {one.target}, {one.sample}", one.value, "1", one.uncertainty, extra)
    for (run, target), curve in analysis.standards.items():
        where = f"{target}, {analysis.run(run).name}" if many else target
        line = curve.line
        extra = {"levels": curve.levels, "r_squared": line.r_squared, "rule": "standard curve"}
        yield Finding(f"slope {where}", line.slope, "cycles", line.u_slope or None, extra)
        rule = {"rule": "10^(-1/slope) - 1"}
        yield Finding(f"efficiency {where}", 100 * (curve.efficiency - 1), "%", 100 * curve.u_efficiency or None, rule)
    for (run, target), mean in analysis.efficiencies.items():
        where = f"{target}, {analysis.run(run).name}" if many else target
        low, high = mean.interval() if mean.number > 1 else (None, None)
        told = {"reactions": mean.number, "low": low, "high": high, "rule": "LinRegPCR, mean of reactions"}
        u = mean.uncertainty if mean.number > 1 and mean.uncertainty > 0 else None
        yield Finding(f"amplification factor {where}", mean.value, "1", u, told)
    for quantity in analysis.quantities:
        if quantity.value is not None and quantity.kind in ("unkn", "pos", "ntc", "nac", "nrt"):
            yield _finding(analysis, quantity, many)
    if not analysis.efficiencies and not analysis.standards:
        grown = sum(one.amplified for one in analysis.wells)
        yield Finding("reactions amplified", grown, "reactions", math.sqrt(grown) or 1.0, {})


def _finding(analysis: Analysis, one: Quantity, many: bool) -> Finding:
    name = f"{one.target}, {one.sample}" + (f", {analysis.run(one.run).name}" if many else "")
    extra = {
        "sample": one.sample, "target": one.target, "low": one.low, "high": one.high, "cq": round(one.cq, 4),
        "replicates": one.positive, "rule": one.rule,
    }  # fmt: skip
    return Finding(name, one.value, one.unit, one.uncertainty or None, extra)


def _quantity_table(analysis: Analysis) -> Table:
    units = {one.unit for one in analysis.quantities if one.value is not None}
    unit = units.pop() if len(units) == 1 else "copies" if not units else "copies / 1"
    columns = (
        Column("run", Text("run", "批次", "批次")),
        Column("sample", Text("sample", "样本", "樣本")),
        Column("target", Text("target", "靶标", "標的")),
        Column("kind", Text("kind", "类型", "類型")),
        Column("positive", Text("amplified", "扩增孔数", "擴增孔數")),
        Column("cq", Text("mean Cq", "平均 Cq", "平均 Cq"), "cycles", 2),
        Column("sd", Text("SD", "标准差", "標準差"), "cycles", 3),
        Column("quantity", Text("quantity", "含量", "含量"), unit, 2),
        Column("u", Text("standard uncertainty", "标准不确定度", "標準不確定度"), unit, 2),
        Column("low", Text("95 % from", "95 % 下限", "95 % 下限"), unit, 2),
        Column("high", Text("to", "上限", "上限"), unit, 2),
        Column("rule", Text("by", "依据", "依據")),
    )
    many = len(analysis.plates.runs) > 1
    rows = []
    for one in analysis.quantities:
        row: dict[str, Any] = {"sample": one.sample, "target": one.target, "kind": one.kind}
        row |= {"positive": f"{one.positive} / {one.replicates}", "rule": _RULES[one.rule].as_json()}
        row |= {"run": analysis.run(one.run).name} if many else {}
        row |= {"cq": _or_none(one.cq), "sd": _or_none(one.cq_sd), "quantity": one.value, "u": one.uncertainty}
        rows.append(row | {"low": one.low, "high": one.high})
    shown = [one for one in columns if many or one.name != "run"]
    return Table("quantities", Text("Quantities", "定量结果", "定量結果"), shown, rows)


def _relative_table(expression: Expression) -> Table:
    columns = (
        Column("sample", Text("sample", "样本", "樣本")),
        Column("target", Text("target", "靶标", "標的")),
        Column("ddcq", Text("ΔΔCq, efficiency-corrected", "ΔΔCq（效率校正）", "ΔΔCq（效率校正）"), "cycles", 3),
        Column("ratio", Text("relative quantity", "相对表达量", "相對表現量"), "1", 3),
        Column("u", Text("standard uncertainty", "标准不确定度", "標準不確定度"), "1", 3),
        Column("low", Text("95 % from", "95 % 下限", "95 % 下限"), "1", 3),
        Column("high", Text("to", "上限", "上限"), "1", 3),
    )
    rows = [
        {
            "sample": one.sample, "target": one.target, "ddcq": one.delta_delta_cq, "ratio": one.value,
            "u": one.uncertainty, "low": one.low, "high": one.high,
        }
        for one in expression.relatives
    ]  # fmt: skip
    return Table("relative", Text("Relative quantities", "相对定量", "相對定量"), columns, rows)


def _target_table(analysis: Analysis) -> Table:
    columns = (
        Column("run", Text("run", "批次", "批次")),
        Column("target", Text("target", "靶标", "標的")),
        Column("factor", Text("amplification factor", "扩增倍数", "擴增倍數"), "1", 4),
        Column("u", Text("standard uncertainty", "标准不确定度", "標準不確定度"), "1", 4),
        Column("reactions", Text("reactions", "反应数", "反應數")),
        Column("slope", Text("slope", "斜率", "斜率"), "cycles", 3),
        Column("u_slope", Text("of the slope", "斜率不确定度", "斜率不確定度"), "cycles", 3),
        Column("r_squared", Text("R²", "R²", "R²"), "1", 4),
        Column("percent", Text("efficiency of the curve", "曲线效率", "曲線效率"), "%", 1),
    )
    rows = []
    keys = dict.fromkeys([*analysis.efficiencies, *analysis.standards])
    for run, target in keys:
        row: dict[str, Any] = {"run": analysis.run(run).name, "target": target}
        mean, curve = analysis.efficiencies.get((run, target)), analysis.standards.get((run, target))
        if mean is not None:
            row |= {"factor": mean.value, "u": _or_none(mean.uncertainty), "reactions": mean.number}
        if curve is not None:
            row |= {"slope": curve.line.slope, "u_slope": curve.line.u_slope, "r_squared": curve.line.r_squared}
            row |= {"percent": 100 * (curve.efficiency - 1)}
        rows.append(row)
    return Table("targets", Text("Targets", "靶标", "標的"), columns, rows)


def _well_table(analysis: Analysis) -> Table:
    columns = (
        Column("run", Text("run", "批次", "批次")),
        Column("well", Text("well", "孔位", "孔位")),
        Column("sample", Text("sample", "样本", "樣本")),
        Column("target", Text("target", "靶标", "標的")),
        Column("kind", Text("kind", "类型", "類型")),
        Column("td0", Text("TD0", "TD0", "TD0"), "cycles", 2),
        Column("machine", Text("Cq of the machine", "仪器 Cq", "儀器 Cq"), "cycles", 2),
        Column("factor", Text("amplification factor", "扩增倍数", "擴增倍數"), "1", 4),
        Column("copies", Text("copies", "拷贝数", "拷貝數"), "copies", 1),
        Column("note", Text("note", "备注", "備註")),
    )
    quiet, out = Text("not amplified", "未扩增", "未擴增"), Text("excluded", "已排除", "已排除")
    rows = []
    for one in analysis.wells:
        note = out if not one.used else quiet if not one.amplified else None
        row: dict[str, Any] = {"run": analysis.run(one.run).name, "well": one.reaction.well}
        row |= {"sample": one.reaction.sample, "target": one.reaction.target, "kind": one.reaction.kind}
        row |= {"td0": _or_none(one.td0), "machine": one.reaction.machine_cq, "factor": _or_none(one.efficiency)}
        rows.append(row | {"copies": one.copies, "note": note.as_json() if note else ""})
    shown = [one for one in columns if len(analysis.plates.runs) > 1 or one.name != "run"]
    return Table("wells", Text("Wells", "各孔结果", "各孔結果"), shown, rows)


def _notices(analysis: Analysis) -> Iterator[Notice]:
    if any(one.rule == "TD0" for one in analysis.quantities):
        yield Notice(
            "copies-by-td0",
            Text(
                "Copies by TD0 rest on the usual dye and primer concentrations where the file tells none; their "
                "uncertainty holds efficiency and repeatability alone. Standards with known copies remove this bias.",
                "由 TD0 得到的拷贝数在文件未注明染料和引物浓度时采用常用值，其不确定度仅含扩增效率与重复性；"
                "使用已知拷贝数的标准品可消除该偏差。",
                "由 TD0 得到的拷貝數在檔案未註明染料與引子濃度時採用常用值，其不確定度僅含擴增效率與重複性；"
                "使用已知拷貝數的標準品可消除該偏差。",
            ),
        )
    if analysis.cq_name == "machine":
        yield Notice(
            "machine-cq",
            Text(
                "The file has no curves; the Cq of the machine was taken.",
                "文件中没有扩增曲线，采用仪器给出的 Cq。",
                "檔案中沒有擴增曲線，採用儀器給出的 Cq。",
            ),
        )
    for words in analysis.plates.notices:
        yield Notice("file", Text.same(words))


def _or_none(number: float) -> float | None:
    return number if math.isfinite(number) else None
