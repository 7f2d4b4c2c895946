"""The checks of a real-time PCR run, and what MIQE 2.0 asks to be told beside it."""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from liqi.methods._answer import Column, Table
from liqi.methods._check import Check
from liqi.methods._text import Text
from liqi.methods.pcr._analysis import Analysis
from liqi.methods.pcr._expression import LARGEST_M, Expression
from liqi.methods.pcr._plate import NEGATIVE

MIQE = "MIQE 2.0 (Clin. Chem. 71:634, 2025)"
LINE_RULE = "Bustin et al., Clin. Chem. 55:611 (2009); ENGL MPR (2015)"
EFFICIENCIES, LEAST_R_SQUARED, LEAST_LEVELS = (1.9, 2.1), 0.98, 5
MOST_SD, FEW_COPIES = 0.5, 30
_CONTROLS = ("ntc", "nac", "nrt")
_TITLES = {
    "ntc": Text("no-template controls stay empty", "无模板对照未扩增", "無模板對照未擴增"),
    "controls": Text("no-template controls are there", "设有无模板对照", "設有無模板對照"),
    "positive": Text("standards and positive controls grow", "标准品与阳性对照均扩增", "標準品與陽性對照均擴增"),
    "curve-efficiency": Text("efficiency by the standard curve", "标准曲线扩增效率", "標準曲線擴增效率"),
    "curve-fit": Text("standard curve is straight (R²)", "标准曲线线性（R²）", "標準曲線線性（R²）"),
    "curve-levels": Text("levels of the standard curve", "标准曲线水平数", "標準曲線水準數"),
    "range": Text("samples within the standards", "样本在标准品范围内", "樣本在標準品範圍內"),
    "replicates": Text("replicates agree", "重复孔一致", "重複孔一致"),
    "raw": Text("fluorescence is raw", "荧光为原始值", "螢光為原始值"),
    "gaps": Text("every cycle was read", "各循环读数完整", "各循環讀數完整"),
    "baseline": Text("baselines were found", "基线可确定", "基線可確定"),
    "references": Text("references are stable (M)", "参比基因稳定性（M）", "參考基因穩定性（M）"),
}


def checks(analysis: Analysis, expression: Expression | None) -> list[Check]:
    """Return the checks that the file has the wells for."""
    found = [*_controls(analysis), *_curves(analysis), *_quality(analysis)]
    return [*found, *_references(expression)] if expression is not None else found


def _controls(analysis: Analysis) -> Iterator[Check]:
    controls = [one for one in analysis.wells if one.reaction.kind in _CONTROLS and one.used]
    grown = [one for one in controls if one.amplified and (one.copies is None or one.copies >= 1)]
    yield Check("controls", _TITLES["controls"], bool(controls), str(len(controls)), ">= 1", MIQE)
    if controls:
        wells = ", ".join(dict.fromkeys(one.reaction.well for one in grown[:6]))
        told = f"{len(grown)} of {len(controls)}" + (f" ({wells})" if wells else "")
        yield Check("ntc", _TITLES["ntc"], not grown, told, "0", MIQE, fails=True)
    positives = [one for one in analysis.wells if one.reaction.kind in ("std", "pos") and one.used]
    if positives:
        mute = [one.reaction.well for one in positives if not one.amplified]
        told = f"{len(positives) - len(mute)} of {len(positives)}" + (f" (not {', '.join(mute[:6])})" if mute else "")
        yield Check("positive", _TITLES["positive"], not mute, told, str(len(positives)), MIQE)


def _curves(analysis: Analysis) -> Iterator[Check]:
    for (run, target), curve in analysis.standards.items():
        where = f"{target}" + (f", {analysis.run(run).name}" if len(analysis.plates.runs) > 1 else "")
        low, high = EFFICIENCIES
        told = f"{100 * (curve.efficiency - 1):.1f} % ± {100 * curve.u_efficiency:.1f} % ({where})"
        expected = f"{100 * (low - 1):.0f}-{100 * (high - 1):.0f} %"
        yield Check(
            "curve-efficiency", _TITLES["curve-efficiency"], low <= curve.efficiency <= high, told, expected, LINE_RULE
        )
        squared = curve.line.r_squared
        yield Check(
            "curve-fit", _TITLES["curve-fit"], squared >= LEAST_R_SQUARED, f"{squared:.4f} ({where})",
            f">= {LEAST_R_SQUARED:g}", LINE_RULE,
        )  # fmt: skip
        yield Check(
            "curve-levels", _TITLES["curve-levels"], curve.levels >= LEAST_LEVELS, f"{curve.levels} ({where})",
            f">= {LEAST_LEVELS}", MIQE,
        )  # fmt: skip
    inside = []
    for one in analysis.quantities:
        own = analysis.standards.get((one.run, one.target))
        if own is not None and one.value is not None and one.kind == "unkn":
            inside.append((own.span[0] <= one.value <= own.span[1], one.sample))
    if inside:
        out = [sample for good, sample in inside if not good]
        told = f"{len(inside) - len(out)} of {len(inside)}" + (
            f" (not {', '.join(dict.fromkeys(out[:4]))})" if out else ""
        )
        yield Check("range", _TITLES["range"], not out, told, "all", MIQE)


def _quality(analysis: Analysis) -> Iterator[Check]:
    few = _few(analysis)
    spread = [
        one
        for one in analysis.quantities
        if math.isfinite(one.cq_sd) and one.kind not in NEGATIVE and (one.run, one.sample, one.target) not in few
    ]
    if spread:
        wide = [one for one in spread if one.cq_sd > MOST_SD]
        told = f"{len(spread) - len(wide)} of {len(spread)} (SD at most {max(one.cq_sd for one in spread):.2f})"
        yield Check("replicates", _TITLES["replicates"], not wide, told, f"SD of Cq <= {MOST_SD:g}", "ENGL MPR (2015)")
    curves = [one for one in analysis.curves if one is not None]
    if not curves:
        return
    total = sum(one.td0.size for one in curves)
    shifted, filled = (int(sum(getattr(one, name).sum() for one in curves)) for name in ("shifted", "filled"))
    yield Check("raw", _TITLES["raw"], not shifted, f"{shifted} of {total} below zero", "0", MIQE)
    yield Check("gaps", _TITLES["gaps"], not filled, f"{filled} of {total} with gaps", "0", MIQE)
    grown = np.concatenate([one.baseline_error[np.nan_to_num(one.td0) > 3] for one in curves])
    bad = int(((grown != 0) & (grown != 4)).sum())
    yield Check("baseline", _TITLES["baseline"], not bad, f"{grown.size - bad} of {grown.size}", "all", "LinRegPCR")


def _few(analysis: Analysis) -> set[tuple[int, str, str]]:
    """Return run, sample and target of replicates of which chance alone parts some: fewer than thirty copies."""
    return {
        (one.run, one.reaction.sample or one.reaction.well, one.reaction.target)
        for one in analysis.wells
        if one.copies is not None and one.copies < FEW_COPIES
    }


def _references(expression: Expression) -> Iterator[Check]:
    if expression.stability:
        worst = max(expression.stability.values())
        told = ", ".join(f"{name} {value:.2f}" for name, value in expression.stability.items())
        yield Check(
            "references", _TITLES["references"], worst <= LARGEST_M, told, f"M <= {LARGEST_M:g}",
            "Genome Biol. 3:research0034 (2002); 8:R19 (2007)",
        )  # fmt: skip
    elif expression.references:
        yield Check("references", _TITLES["references"], False, "1", ">= 2", MIQE)


def miqe_table(analysis: Analysis) -> Table:
    """Return which items of MIQE 2.0 the file itself tells, so that the rest is not forgotten in the paper."""
    runs, targets = analysis.plates.runs, [analysis.plates.target(name) for name in _targets(analysis)]

    def fact(key: str) -> str:
        return "; ".join(dict.fromkeys(run.facts[key] for run in runs if run.facts.get(key)))[:200]

    def share(good: Sequence[bool]) -> str:
        return f"{sum(good)} / {len(good)}" if any(good) else ""

    wells = [one.reaction for one in analysis.wells]
    items = (
        (Text("instrument", "仪器", "儀器"), fact("instrument")),
        (Text("software", "软件", "軟體"), fact("software")),
        (Text("thermal protocol", "热循环程序", "熱循環程序"), fact("thermalCyclingConditions")),
        (Text("primer sequences", "引物序列", "引子序列"), share([one.has_sequences for one in targets])),
        (Text("amplicon length", "扩增子长度", "擴增子長度"), share([bool(one.amplicon_length) for one in targets])),
        (Text("dye", "染料", "染料"), share([bool(one.dye) for one in targets])),
        (Text("reaction volume", "反应体积", "反應體積"), share([bool(one.volume_ul) for one in wells])),
        (Text("raw curves", "原始曲线", "原始曲線"), share([one is not None for one in analysis.curves])),
        (Text("Cq method", "Cq 方法", "Cq 方法"), _CQ[analysis.cq_name]),
        (Text("no-template controls", "无模板对照", "無模板對照"), share([one.kind in _CONTROLS for one in wells])),
        (Text("efficiency of each target", "各靶标扩增效率", "各標的擴增效率"), share([
            any(name == key[1] for key in analysis.efficiencies) for name in _targets(analysis)
        ])),
    )  # fmt: skip
    missing = Text("not in the file", "文件中没有", "檔案中沒有").as_json()
    columns = (
        Column("item", Text("item", "项目", "項目")),
        Column("told", Text("in the file", "文件记载", "檔案記載")),
    )
    rows = [{"item": title.as_json(), "told": told or missing} for title, told in items]
    return Table("miqe", Text("MIQE 2.0 checklist", "MIQE 2.0 清单", "MIQE 2.0 清單"), columns, rows)


_CQ = {"TD0": "TD0, zero of the third derivative (doi 10.3390/ijms27062717)", "machine": "as the machine gave it"}


def _targets(analysis: Analysis) -> list[str]:
    return list(dict.fromkeys(one.reaction.target for one in analysis.wells))
