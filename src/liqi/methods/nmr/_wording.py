"""A spectrum as an answer in three languages: multiplets, lines, figures as chemists draw them, checks."""

import numpy as np

from liqi.methods._answer import Answer, Column, Finding, Notice, Table
from liqi.methods._check import Check, checks_table, verdict_of, with_failed
from liqi.methods._text import Text
from liqi.methods.nmr._analysis import Analysis
from liqi.methods.nmr._figures import figures
from liqi.methods.nmr._multiplets import Multiplet

LEAST_SIGNAL_TO_NOISE, LEAST_POINTS, MOST_WIDTH_HZ, MOST_NEGATIVE, MOST_LEFT = 10.0, 3.0, 3.0, 0.02, 0.03
_TITLES = {
    "lines": Text("lines found", "检出谱线", "檢出譜線"),
    "signal": Text("signal-to-noise ratio", "信噪比", "訊噪比"),
    "sampling": Text("points across the narrowest line", "最窄谱线的数据点数", "最窄譜線的資料點數"),
    "shim": Text("narrowest line", "最窄线宽", "最窄線寬"),
    "phase": Text("negative signal left by the phase", "相位校正后残余负信号", "相位校正後殘餘負訊號"),
    "decay": Text("decay at its end", "FID 末端残余", "FID 末端殘餘"),
}


def answer_of(found: Analysis) -> Answer:
    """Return the answer: multiplets with couplings and integrals, all lines, figures, checks."""
    checks = checks_of(found)
    shown = [one for one in found.multiplets if one.lines] or list(found.multiplets)
    n, nucleus = len(shown), found.measurement.nucleus or "NMR"
    mhz = f"{found.spectrum.observe_mhz:.0f} MHz"
    said = (
        f"{nucleus} spectrum at {mhz}: {n} multiplets.",
        f"{mhz} {nucleus} 谱：{n} 组多重峰。",
        f"{mhz} {nucleus} 譜：{n} 組多重峰。",
    )
    return Answer(
        verdict=verdict_of(checks),
        sentence=with_failed(said, checks),
        findings=[_finding(found, one) for one in found.multiplets] or [Finding("multiplets", 0, "multiplets", 1.0)],
        tables=[_multiplet_table(found), _line_table(found), _fact_table(found), checks_table(checks)],
        plots=figures(found),
        warnings=_notices(found),
        detail={
            "format": found.measurement.format,
            "report": _report(found),
            "phase_deg": [round(found.phase.zero_deg, 2), round(found.phase.first_deg, 2)] if found.phase else None,
            "reference": found.reference or None,
            "moved_ppm": round(found.moved_ppm, 5),
            "noise": float(f"{found.noise:.5g}"),
            "checks": [one.as_json() for one in checks],
        },
    )


def checks_of(found: Analysis) -> list[Check]:
    """Return whether signal, sampling, shim, phase and the decay's length are good enough to trust the numbers."""
    made = [Check("lines", _TITLES["lines"], bool(found.lines), str(len(found.lines)), ">= 1")]
    if not found.lines:
        return made
    top = max(one.height for one in found.lines)
    if found.noise > 0:
        ratio = top / (2 * found.noise)
        made.append(
            Check("signal", _TITLES["signal"], ratio >= LEAST_SIGNAL_TO_NOISE, f"{ratio:.0f}", ">= 10", "H / 2 sigma")
        )
    narrow = min(one.width_hz for one in found.lines if one.height > 0.05 * top)
    points = narrow / (found.spectrum.step_ppm * found.spectrum.observe_mhz)
    made.append(Check("sampling", _TITLES["sampling"], points >= LEAST_POINTS, f"{points:.1f}", f">= {LEAST_POINTS:g}"))
    if found.measurement.nucleus == "1H":
        made.append(
            Check("shim", _TITLES["shim"], narrow <= MOST_WIDTH_HZ, f"{narrow:.2f} Hz", f"<= {MOST_WIDTH_HZ:g} Hz")
        )
    if found.phase is not None:
        values = found.spectrum.intensity
        strong = values[np.abs(values) > 5 * found.noise]
        share = float(-strong[strong < 0].sum() / np.abs(strong).sum()) if strong.size else 0.0
        told, most = f"{100 * share:.2f} %", f"<= {100 * MOST_NEGATIVE:g} %"
        made.append(Check("phase", _TITLES["phase"], share <= MOST_NEGATIVE, told, most))
    decay = found.measurement.decay
    if decay is not None:
        size = np.abs(decay.points)
        tail, head = float(np.median(size[-size.size // 20 :])), float(np.percentile(size, 99.9))
        left = tail / head if head > 0 else 1.0
        told, most = f"{100 * left:.1f} %", f"<= {100 * MOST_LEFT:g} %"
        made.append(Check("decay", _TITLES["decay"], left <= MOST_LEFT, told, most))
    return made


def _name(one: Multiplet) -> str:
    return f"{one.ppm:.3f} ppm"


def _finding(found: Analysis, one: Multiplet) -> Finding:
    """The integral as a number of nuclei; shift, pattern and couplings beside."""
    return Finding(
        _name(one), round(one.integral * found.scale, 5), found.measurement.nucleus or "nuclei",
        float(f"{one.u_integral * found.scale:.3g}"),
        {
            "ppm": round(one.ppm, 5), "u_ppm": float(f"{found.spectrum.step_ppm / 12**0.5:.2g}"),
            "pattern": one.pattern, "couplings_hz": [round(each, 3) for each in one.couplings_hz],
            "u_coupling_hz": round(one.u_coupling_hz, 3), "area": float(f"{one.integral:.7g}"),
            "low_ppm": round(one.low_ppm, 4), "high_ppm": round(one.high_ppm, 4), "lines": len(one.lines),
        },
    )  # fmt: skip


def _report(found: Analysis) -> str:
    """The spectrum as journals print it: δ 8.04 (dd, J = 7.8, 1.7 Hz, 1.0H)."""
    element = found.measurement.nucleus.lstrip("0123456789")
    parts = []
    for one in sorted(found.multiplets, key=lambda each: -each.ppm):
        if not one.lines:
            continue
        told = [one.pattern or "m"]
        if one.couplings_hz:
            told.append("J = " + ", ".join(f"{each:.1f}" for each in one.couplings_hz) + " Hz")
        if element in ("H", "F"):
            told.append(f"{one.integral * found.scale:.1f}{element}")
        parts.append(f"{one.ppm:.2f} ({', '.join(told)})")
    solvent = f", {found.measurement.solvent}" if found.measurement.solvent else ""
    return f"{found.measurement.nucleus} NMR ({found.spectrum.observe_mhz:.0f} MHz{solvent}) δ " + ", ".join(parts)


def _multiplet_table(found: Analysis) -> Table:
    columns = (
        Column("ppm", Text("shift", "化学位移", "化學位移"), "ppm", 4),
        Column("pattern", Text("pattern", "裂分", "裂分")),
        Column("couplings", Text("J (Hz)", "J (Hz)", "J (Hz)")),
        Column("u_coupling", Text("u(J)", "u(J)", "u(J)"), "Hz", 2),
        Column("integral", Text("integral", "积分", "積分"), found.measurement.nucleus or "1", 3),
        Column(
            "u_integral",
            Text("standard uncertainty", "标准不确定度", "標準不確定度"),
            found.measurement.nucleus or "1",
            3,
        ),
        Column("from", Text("from", "自", "自"), "ppm", 3),
        Column("to", Text("to", "至", "至"), "ppm", 3),
        Column("lines", Text("lines", "谱线数", "譜線數")),
    )
    rows = [
        {
            "ppm": one.ppm, "pattern": one.pattern, "couplings": ", ".join(f"{each:.2f}" for each in one.couplings_hz),
            "u_coupling": one.u_coupling_hz or None, "integral": one.integral * found.scale,
            "u_integral": one.u_integral * found.scale, "from": one.high_ppm, "to": one.low_ppm,
            "lines": len(one.lines),
        }
        for one in sorted(found.multiplets, key=lambda each: -each.ppm)
    ]  # fmt: skip
    return Table("multiplets", Text("Multiplets", "多重峰", "多重峰"), columns, rows)


def _line_table(found: Analysis) -> Table:
    top = max((one.height for one in found.lines), default=1.0)
    columns = (
        Column("ppm", Text("shift", "化学位移", "化學位移"), "ppm", 4),
        Column("hz", Text("frequency", "频率", "頻率"), "Hz", 2),
        Column("height", Text("height", "相对高度", "相對高度"), "%", 2),
        Column("width", Text("width at half height", "半高宽", "半高寬"), "Hz", 2),
    )
    rows = [
        {
            "ppm": one.ppm,
            "hz": one.ppm * found.spectrum.observe_mhz,
            "height": 100 * one.height / top,
            "width": one.width_hz,
        }
        for one in sorted(found.lines, key=lambda each: -each.ppm)
    ]
    return Table("lines", Text("Lines", "谱线", "譜線"), columns, rows)


def _fact_table(found: Analysis) -> Table:
    told = found.measurement
    items = [
        (Text("nucleus", "核", "核"), told.nucleus),
        (Text("frequency", "频率", "頻率"), f"{found.spectrum.observe_mhz:.4f} MHz"),
        (Text("solvent", "溶剂", "溶劑"), told.solvent),
        (Text("title", "标题", "標題"), told.title),
        (Text("pulse programme", "脉冲程序", "脈衝程序"), told.facts.get("PULPROG", "")),
        (Text("scans", "扫描次数", "掃描次數"), told.facts.get("NS", "")),
        (Text("relaxation delay (s)", "弛豫延迟 (s)", "弛豫延遲 (s)"), told.facts.get("relaxation_delay_s", "")),
        (
            Text("reference", "参比", "參考"),
            f"{found.reference} ({found.moved_ppm:+.4f} ppm)" if found.reference else "",
        ),
    ]
    columns = (Column("item", Text("item", "项目", "項目")), Column("value", Text("value", "内容", "內容")))
    rows = [{"item": title.as_json(), "value": value} for title, value in items if value]
    return Table("acquisition", Text("Acquisition", "采集信息", "擷取資訊"), columns, rows)


def _notices(found: Analysis) -> list[Notice]:
    facts, told_of = found.measurement.facts, []
    if facts.get("not_read"):
        read, others = facts["read"], facts["not_read"]
        told_of.append(
            Notice(
                "other-experiments",
                Text(
                    f"The ZIP file holds several experiments: {read} was read, not {others}; zip one folder alone to "
                    "read another.",
                    f"ZIP 文件含多个实验：读取了 {read}，未读 {others}；要读其他实验，请单独压缩其文件夹。",
                    f"ZIP 檔案含多個實驗：讀取了 {read}，未讀 {others}；要讀其他實驗，請單獨壓縮其資料夾。",
                ),
            )
        )
    if not found.reference and found.phase is not None:
        told = Text(
            "The shift is the spectrometer's own: neither TMS nor the solvent's signal stood alone at its place.",
            "化学位移取自谱仪设定：未见单独的 TMS 或溶剂峰可作参比。",
            "化學位移取自譜儀設定：未見單獨的 TMS 或溶劑峰可作參考。",
        )
        return [*told_of, Notice("no-reference", told)]
    return told_of
