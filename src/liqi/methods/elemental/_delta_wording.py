"""The words, tables and figures of an answer about delta values out of an instrument's file."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from liqi.methods._answer import Column, Finding, Notice, Plot, Table
from liqi.methods._text import Text
from liqi.methods.elemental._flow import FlowPeak
from liqi.methods.elemental._inlet import Floats, Inlet
from liqi.methods.elemental._isodat import Trace

SCALES = {"δ13C": "VPDB", "δ18O": "VSMOW", "Δ47 raw": "working gas"}
TITLES = {
    "cycles": Text("enough cycles", "循环次数足够", "循環次數足夠"),
    "balance": Text("beams are balanced", "样品与工作气束流平衡", "樣品與工作氣束流平衡"),
    "steady": Text("cycles agree", "各循环一致", "各循環一致"),
    "agrees": Text("agreement with the instrument's values", "与仪器自算值一致", "與儀器自算值一致"),
    "reference": Text("every gas has a reference pulse", "每种气体都有参考峰", "每種氣體都有參考峰"),
    "pulses": Text("reference pulses agree", "参考峰之间一致", "參考峰之間一致"),
    "areas": Text("areas taken again agree", "重新积分与仪器面积一致", "重新積分與儀器面積一致"),
}
_CYCLE = Text("cycle", "循环", "循環")
_MOST_POINTS = 1500


def sentence(findings: Sequence[Finding]) -> tuple[str, str, str]:
    """Return what was found in three languages: the first values with their uncertainty."""
    first = [one for one in findings if isinstance(one.value, float)][:2]
    words = "; ".join(_told(one) for one in first)
    more = len(findings) - len(first)
    if not first:
        return "No sample peak beside the reference.", "除参考峰外没有样品峰。", "除參考峰外沒有樣品峰。"
    return (
        f"{words}" + (f" and {more} more." if more else "."),
        f"{words}" + (f"，另有 {more} 项。" if more else "。"),
        f"{words}" + (f"，另有 {more} 項。" if more else "。"),
    )


def _told(one: Finding) -> str:
    """A value with its uncertainty, to as many places as that has, three at least."""
    u = one.uncertainty or 0.0
    places = min(6, max(3, 1 - math.floor(math.log10(u)))) if u else 3
    return f"{one.name}: {one.value:.{places}f}" + (f" ± {u:.{places}f}" if u else "") + " ‰"


def no_gas(name: str) -> Notice:
    """Return the notice that deltas stay against the working gas, whose composition nobody told."""
    return Notice(
        "no-working-gas",
        Text(
            f"{name}: deltas are against the working gas; give gas_d13c and gas_d18o for δ13C, δ18O and Δ47.",
            f"{name}：δ 值相对工作气；给出 gas_d13c 与 gas_d18o 后可得 δ13C、δ18O 与 Δ47。",
            f"{name}：δ 值相對工作氣；給出 gas_d13c 與 gas_d18o 後可得 δ13C、δ18O 與 Δ47。",
        ),
    )


def cycles_table(inlet: Inlet, values: Mapping[str, Floats], several: bool) -> Table:
    """Return every delta by cycle, with the light beams of sample and working gas."""
    columns = [Column("cycle", _CYCLE)]
    columns += [Column(key, Text.same(key), "‰", 4) for key in values]
    columns += [
        Column("sample", Text("sample beam", "样品束流", "樣品束流"), _beam_unit(inlet)),
        Column("gas", Text("working gas beam", "工作气束流", "工作氣束流"), _beam_unit(inlet)),
    ]
    rows: list[dict[str, Any]] = []
    for at in range(len(inlet.sample)):
        row: dict[str, Any] = {"cycle": at + 1} | {key: float(column[at]) for key, column in values.items()}
        row["sample"] = float(f"{inlet.sample[at, 0]:.6g}")
        row["gas"] = float(f"{(inlet.before[at, 0] + inlet.after[at, 0]) / 2:.6g}")
        rows.append(row)
    name = f"cycles {inlet.path.name}" if several else "cycles"
    title = Text(f"Cycles, {inlet.name}", f"循环，{inlet.name}", f"循環，{inlet.name}")
    return Table(name, title, columns, rows)


def _beam_unit(inlet: Inlet) -> str:
    return "A" if inlet.format.startswith("Nu") else "mV"


def peaks_table(file: str, peaks: Sequence[FlowPeak], several: bool) -> Table:
    """Return the program's peaks with their areas, as it took them and as they were taken again."""
    columns = (
        Column("number", Text("peak", "峰", "峰")),
        Column("gas", Text("gas", "气体", "氣體")),
        Column("reference", Text("reference", "参考", "參考")),
        Column("time", Text("top at", "峰顶时间", "峰頂時間"), "s", 2),
        Column("height", Text("height", "峰高", "峰高"), "mV", 1),
        Column("mass", Text("mass", "质量数", "質量數")),
        Column("area", Text("area", "峰面积", "峰面積"), "mV s", 1),
        Column("again", Text("area taken again", "重新积分面积", "重新積分面積"), "mV s", 1),
        Column("delta", Text("delta", "δ 值", "δ 值")),
    )
    yes, no = Text("yes", "是", "是").as_json(), Text("no", "否", "否").as_json()
    rows = []
    for one in peaks:
        words = ", ".join(f"δ{key} {value:.3f} ‰ ({scale})" for key, (value, scale) in one.deltas.items() if scale)
        for mass, area in one.areas_mvs.items():
            rows.append(
                {
                    "number": one.number, "gas": one.gas, "reference": yes if one.is_reference else no,
                    "time": one.top_s, "height": one.height_mv, "mass": mass, "area": area,
                    "again": one.taken_again_mvs.get(mass), "delta": words if mass == min(one.areas_mvs) else "",
                }
            )  # fmt: skip
    return Table(f"peaks {file}" if several else "peaks", Text("Peaks", "峰", "峰"), columns, rows)


def cycles_plot(inlet: Inlet, values: Mapping[str, Floats]) -> Plot:
    """Return the deltas by cycle, each less its mean, so that one axis serves all."""
    keys = [key for key in ("δ13C", "δ18O") if key in values] or [key for key in ("δ45", "δ46") if key in values]
    series = [
        {
            "label": key,
            "x": [*range(1, len(values[key]) + 1)],
            "y": np.round(values[key] - values[key].mean(), 5).tolist(),
        }
        for key in keys or list(values)[:2]
    ]
    title = Text(f"Cycles about their mean, {inlet.name}", f"各循环与平均值之差，{inlet.name}",
                 f"各循環與平均值之差，{inlet.name}")  # fmt: skip
    return Plot(f"cycles {inlet.path.name}", "points", title, _CYCLE,
                Text("difference (‰)", "差值（‰）", "差值（‰）"), {"series": series})  # fmt: skip


def trace_plot(trace: Trace, peaks: Sequence[FlowPeak]) -> Plot:
    """Return a gas over time, one line a cup, with the tops of its peaks."""
    step = max(1, len(trace.time_s) // _MOST_POINTS)
    names = sorted({mass for one in peaks if one.gas == trace.gas for mass in one.areas_mvs})
    series = [
        {
            "label": f"m/z {names[cup]}" if cup < len(names) else f"{cup + 1}",
            "x": np.round(trace.time_s[::step], 3).tolist(),
            "y": np.round(trace.signals_mv[::step, cup], 3).tolist(),
        }
        for cup in range(trace.signals_mv.shape[1])
    ]
    marks = [
        {"label": one.number, "x": round(one.top_s, 2), "y": round(one.height_mv or 0.0, 1)}
        for one in peaks
        if one.gas == trace.gas and one.top_s is not None
    ]
    title = Text(f"{trace.gas} over time", f"{trace.gas} 随时间变化", f"{trace.gas} 隨時間變化")
    return Plot(f"trace {trace.gas}", "line", title, Text("time (s)", "时间（s）", "時間（s）"),
                Text("signal (mV)", "信号（mV）", "訊號（mV）"), {"series": series, "marks": marks})  # fmt: skip
