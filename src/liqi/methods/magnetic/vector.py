"""The magnetic field vector by NV centres in diamond: eight lines in, field, D and E out: `odmr.vector`."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from liqi.methods._answer import SYNTHETIC, Answer, Column, Finding, Plot, Table
from liqi.methods._check import AGAIN, Check, checks_table, verdict_of, with_failed
from liqi.methods._errors import UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.magnetic._defect import VectorField, fit_field
from liqi.methods.magnetic._resonances import FORMATS, KINDS, LINES, Resonances, read_resonances, sensitivity, usable

DATA = Path(__file__).with_name("data")
_MOST_RESIDUAL_MHZ, _LEAST_CONTRAST = 1.0, 0.002
_TITLES = {
    "residual": Text("what the fit leaves (RMS)", "拟合残差（RMS）", "擬合殘差（RMS）"),
    "lines": Text("sets with all eight lines", "含全部 8 条谱线的组", "含全部 8 條譜線的組"),
    "splitting": Text("zero-field splitting D", "零场分裂 D", "零場分裂 D"),
    "contrast": Text("least contrast of a line", "最小谱线对比度", "最小譜線對比度"),
}
_FREQUENCY = Text("frequency (MHz)", "频率 (MHz)", "頻率 (MHz)")
Pair = tuple[Resonances, VectorField]


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    if len(paths) != 1:
        raise UnreadableFile(paths[1], f"{len(paths)} files", "one", "ask one at a time; `liqi batch` runs many")
    progress(0, 1, "reading")
    sets = read_resonances(paths[0])
    good = usable(sets)
    if not good and not any(len(one.lines_mhz) for one in sets):
        raise UnreadableFile(paths[0], "no resonance above the noise", FORMATS, "measure longer")
    d, e = float(parameters["d"]), float(parameters["e"])
    pairs: list[Pair] = []
    for done, one in enumerate(good):
        progress(done, len(good), "fitting")
        pairs.append((one, fit_field(one.lines_mhz, one.u_mhz, d or one.d_mhz, e if e >= 0 else one.e_mhz)))
    pairs = _kept(pairs) if len(sets) > 20 else pairs
    checks = _checks(sets, pairs)
    failed = [one for one in checks if not one.passed]
    return Answer(
        verdict=verdict_of(checks),
        sentence=_sentence(pairs, sets, failed),
        findings=_findings(pairs, sets, float(parameters["rate"])),
        tables=[*([_table(pairs), _lines_table(pairs)] if pairs else [_single_lines(sets)]), checks_table(checks)],
        plots=_plots(pairs, sets),
        tags=[SYNTHETIC] if SYNTHETIC in paths[0].name.lower() else [],
        detail={"sets": len(sets), "with_eight_lines": len(good), "checks": [one.as_json() for one in checks]},
    )


def _kept(pairs: Sequence[Pair]) -> list[Pair]:
    """Of a long map, the rows whose eight lines one field explains: others took noise for a line."""
    good = [pair for pair in pairs if pair[1].residual_mhz <= _MOST_RESIDUAL_MHZ]
    return good or list(pairs)


def _checks(sets: Sequence[Resonances], pairs: Sequence[Pair]) -> list[Check]:
    made = [Check("lines", _TITLES["lines"], bool(pairs), f"{len(usable(sets))} / {len(sets)}", "≥ 1")]
    if pairs:
        worst = max(field.residual_mhz for _, field in pairs)
        good = worst <= _MOST_RESIDUAL_MHZ
        made.append(Check("residual", _TITLES["residual"], good, f"{worst:.3f} MHz", f"≤ {_MOST_RESIDUAL_MHZ:g} MHz"))
        low, high = min(f.d_mhz for _, f in pairs), max(f.d_mhz for _, f in pairs)
        inside = low >= 2860 and high <= 2880
        made.append(Check("splitting", _TITLES["splitting"], inside, f"{low:.2f} – {high:.2f} MHz", "2860 – 2880 MHz"))
    contrasts = [float(one.contrasts.min()) for one, _ in pairs if one.contrasts is not None]
    if contrasts:
        least = min(contrasts)
        told = f"{100 * least:.2f} %"
        made.append(
            Check("contrast", _TITLES["contrast"], least >= _LEAST_CONTRAST, told, f"≥ {100 * _LEAST_CONTRAST:g} %")
        )
    return made


def _findings(pairs: Sequence[Pair], sets: Sequence[Resonances], rate: float) -> list[Finding]:
    found: list[Finding] = []
    for place, (one, field) in enumerate(pairs[:60], 1):
        head = f"set {place}"
        x, y, z = (float(v) for v in field.direction)
        extra = {"set": one.name, "direction": [x, y, z], "residual_mhz": field.residual_mhz, "setting": one.setting}
        found.append(Finding(f"{head} |B|", field.size_mt, "mT", max(field.u_size_mt, 1e-9), extra))
        spreads = np.sqrt(np.maximum(np.diag(field.covariance), 1e-18))
        for name, value, spread in zip("xyz", field.vector_mt, spreads, strict=True):
            found.append(Finding(f"{head} B{name}", float(value), "mT", float(spread), {"frame": "crystal"}))
        found.append(Finding(f"{head} D", field.d_mhz, "MHz", max(field.u_d_mhz, 1e-9)))
        found.append(Finding(f"{head} E", field.e_mhz, "MHz", max(field.u_e_mhz, 1e-9)))
    shown = [one for one, _ in pairs] or list(sets)
    first = next((one for one in shown if one.contrasts is not None and len(one.lines_mhz)), None)
    if first is not None and first.contrasts is not None and first.widths_mhz is not None:
        best = int(np.argmax(first.contrasts / first.widths_mhz))
        c, w = float(first.contrasts[best]), float(first.widths_mhz[best])
        u_line = float(first.u_mhz[best])
        found.append(Finding("contrast", 100 * c, "%", max(100 * c * u_line / w, 1e-9)))
        found.append(Finding("linewidth", w, "MHz", 2 * u_line))
        if rate:
            limit = sensitivity(w, c, rate)
            found.append(
                Finding("sensitivity", limit, "nT/Hz^0.5", limit * 3 * u_line / w, {"rule": "Barry et al. 2020"})
            )
    if not pairs:
        lines = shown[0] if len(shown[0].lines_mhz) else next(one for one in shown if len(one.lines_mhz))
        for place, (line, spread) in enumerate(zip(lines.lines_mhz, lines.u_mhz, strict=True), 1):
            found.append(Finding(f"line {place}", float(line), "MHz", float(spread)))
    return found


def _sentence(pairs: Sequence[Pair], sets: Sequence[Resonances], failed: Sequence[Check]) -> Text:
    if not pairs:
        most = max(len(one.lines_mhz) for one in sets)
        return Text(
            f"{most} lines at most, not the eight that a field vector needs.",
            f"最多 {most} 条谱线，不足以确定磁场矢量（需 {LINES} 条）。",
            f"最多 {most} 條譜線，不足以確定磁場向量（需 {LINES} 條）。",
        )
    sizes = ", ".join(f"{field.size_mt:.3f}" for _, field in pairs[:4]) + (" ..." if len(pairs) > 4 else "")
    u = max(field.u_size_mt for _, field in pairs)
    way = pairs[-1][1].direction
    told = f"({way[0]:.3f}, {way[1]:.3f}, {way[2]:.3f})"
    said = [
        f"|B| = {sizes} mT (u ≤ {u:.2g} mT) along {told} of the crystal",
        f"|B| = {sizes} mT（u ≤ {u:.2g} mT），晶体坐标方向 {told}",
        f"|B| = {sizes} mT（u ≤ {u:.2g} mT），晶體座標方向 {told}",
    ]
    return with_failed([f"{said[0]}.", f"{said[1]}。", f"{said[2]}。"], failed, AGAIN)


def _table(pairs: Sequence[Pair]) -> Table:
    columns = (
        Column("set", Text("set", "组", "組")),
        Column("size", Text("|B|", "|B|", "|B|"), "mT", 4),
        Column("u", Text("standard uncertainty", "标准不确定度", "標準不確定度"), "mT", 4),
        Column("x", Text("direction x", "方向 x", "方向 x"), "1", 4),
        Column("y", Text("y", "y", "y"), "1", 4),
        Column("z", Text("z", "z", "z"), "1", 4),
        Column("d", Text("D", "D", "D"), "MHz", 3),
        Column("e", Text("E", "E", "E"), "MHz", 3),
        Column("residual", Text("left (RMS)", "残差（RMS）", "殘差（RMS）"), "MHz", 3),
    )
    rows = [
        {
            "set": one.name, "size": field.size_mt, "u": field.u_size_mt, "d": field.d_mhz, "e": field.e_mhz,
            "x": float(field.direction[0]), "y": float(field.direction[1]), "z": float(field.direction[2]),
            "residual": field.residual_mhz,
        }
        for one, field in pairs
    ]  # fmt: skip
    return Table("fields", Text("Field of each set", "各组磁场", "各組磁場"), columns, rows)


def _lines_table(pairs: Sequence[Pair]) -> Table:
    columns = (
        Column("set", Text("set", "组", "組")),
        Column("line", Text("line", "谱线", "譜線")),
        Column("measured", Text("measured", "实测", "實測"), "MHz", 3),
        Column("u", Text("standard uncertainty", "标准不确定度", "標準不確定度"), "MHz", 3),
        Column("fitted", Text("fitted", "拟合", "擬合"), "MHz", 3),
        Column("off", Text("left", "残差", "殘差"), "MHz", 3),
    )
    rows = [
        {
            "set": one.name, "line": place + 1, "measured": float(field.measured[place]),
            "u": float(field.u_lines[place]),
            "fitted": float(field.fitted[place]), "off": float(field.measured[place] - field.fitted[place]),
        }
        for one, field in pairs[:40] for place in range(LINES)
    ]  # fmt: skip
    return Table("lines", Text("Lines", "谱线", "譜線"), columns, rows)


def _single_lines(sets: Sequence[Resonances]) -> Table:
    columns = (
        Column("set", Text("set", "组", "組")),
        Column("measured", Text("measured", "实测", "實測"), "MHz", 3),
        Column("u", Text("standard uncertainty", "标准不确定度", "標準不確定度"), "MHz", 3),
    )
    rows = [
        {"set": one.name, "measured": float(line), "u": float(u)}
        for one in sets[:40] for line, u in zip(one.lines_mhz, one.u_mhz, strict=True)
    ]  # fmt: skip
    return Table("lines", Text("Lines", "谱线", "譜線"), columns, rows)


def _plots(pairs: Sequence[Pair], sets: Sequence[Resonances]) -> list[Plot]:
    made = [_residuals_plot(pairs)] if pairs else []
    if len(pairs) > 1:
        made.append(_sizes_plot(pairs))
    spectrum = next((one for one in ([pair[0] for pair in pairs] or sets) if one.spectrum is not None), None)
    return [*made, _spectrum_plot(spectrum)] if spectrum is not None else made


def _residuals_plot(pairs: Sequence[Pair]) -> Plot:
    shown = pairs[:: max(1, len(pairs) // 12)]
    series = [
        {
            "label": one.name, "x": field.measured.round(4).tolist(),
            "y": (field.measured - field.fitted).round(5).tolist(),
            "low": (field.measured - field.fitted - field.u_lines).round(5).tolist(),
            "high": (field.measured - field.fitted + field.u_lines).round(5).tolist(),
        }
        for one, field in shown
    ]  # fmt: skip
    off = Text("measured less fitted (MHz)", "实测减拟合 (MHz)", "實測減擬合 (MHz)")
    title = Text("What the fit leaves", "拟合残差", "擬合殘差")
    return Plot("residuals", "points", title, _FREQUENCY, off, {"series": series, "lines": []})


def _sizes_plot(pairs: Sequence[Pair]) -> Plot:
    """Return the size of the field over the sets, by their setting where they have one."""
    x = [one.setting if one.setting is not None else place for place, (one, _) in enumerate(pairs, 1)]
    series = [{"label": "", "x": x, "y": [round(field.size_mt, 5) for _, field in pairs]}]
    title = Text("Field over sets", "各组磁场大小", "各組磁場大小")
    setting, size = Text("set or setting", "组或设定值", "組或設定值"), Text("|B| (mT)", "|B| (mT)", "|B|（mT）")
    return Plot("sizes", "points", title, setting, size, {"series": series, "lines": []})


def _spectrum_plot(one: Resonances) -> Plot:
    """Return a set's spectrum with its lines marked; the set has one."""
    assert one.spectrum is not None
    x, y = one.spectrum
    step = max(1, len(x) // 4000)
    digits = 6 if math.isclose(float(np.median(y)), 0, abs_tol=10) else 2
    digits = 12 if float(np.abs(y).max()) < 1e-3 else digits
    series = [{"label": "", "x": x[::step].round(4).tolist(), "y": y[::step].round(digits).tolist()}]
    marks = [{"label": f"{line:.1f}", "x": round(float(line), 3)} for line in one.lines_mhz]
    title, signal = (
        Text("Resonances", "共振谱", "共振譜"),
        Text("signal (a.u.)", "信号（任意单位）", "訊號（任意單位）"),
    )
    return Plot("spectrum", "line", title, _FREQUENCY, signal, {"series": series, "marks": marks})


METHOD = Method(
    id="odmr.vector",
    version="0.1",
    title=Text("Magnetic field vector by NV centres", "金刚石 NV 色心磁场矢量", "鑽石 NV 色心磁場向量"),
    technique="odmr",
    accepts=KINDS,
    function=_run,
    parameters=(
        Parameter(
            "d", "number", 0.0, Text("D; 0: of the file, else fitted", "零场分裂 D", "零場分裂 D"),
            unit="MHz", minimum=0, maximum=4000,
        ),
        Parameter(
            "e", "number", -1.0, Text("E; -1: of the file, else fitted", "应变项 E", "應變項 E"),
            unit="MHz", minimum=-1, maximum=100,
        ),
        Parameter(
            "rate", "number", 0.0, Text("photons a second; 0: no sensitivity", "光子计数率", "光子計數率"),
            unit="1/s", minimum=0, maximum=1e20,
        ),
    ),
    example=(DATA / "synthetic_lines.json",),
    expected=Expected("pass", {"set 1 |B|": (5.0, 0.05), "set 3 |B|": (20.0, 0.05), "set 2 D": (2870.3, 0.2)}),
    libraries=("numpy", "scipy"),
)  # fmt: skip
