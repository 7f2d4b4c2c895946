"""What is said of a CW EPR spectrum: sentence, table, plots and notices of `epr.cw`."""

import math
from collections.abc import Sequence

import numpy as np

from liqi.methods._answer import Column, Notice, Plot, Table
from liqi.methods._check import AGAIN, Check, with_failed
from liqi.methods._text import Text
from liqi.methods.magnetic._lines import EprLine, derivative_of, g_of, noise_of
from liqi.methods.magnetic._sweeps import Sweep


def sentence(sweep: Sweep, line: EprLine | None, offset: float | None, failed: Sequence[Check]) -> Text:
    """Return g and width of the strongest line, the field corrected by `offset` in mT where a standard told it."""
    if line is None:
        return Text("No line stands out of the noise.", "没有高于噪声的谱线。", "沒有高於雜訊的譜線。")
    width = f"{line.width_mt:.3f}"
    if sweep.frequency_ghz:
        raw = g_of(sweep.frequency_ghz, line.field_mt)
        g = f"{g_of(sweep.frequency_ghz, line.field_mt + (offset or 0.0)):.4f}"
        said = [f"g = {g}", f"g = {g}", f"g = {g}"]
        if offset is not None:
            said = [
                f"g = {g} with the field corrected by {offset:+.3f} mT ({raw:.4f} as measured)",
                f"磁场校正 {offset:+.3f} mT 后 g = {g}（校正前 {raw:.4f}）",
                f"磁場校正 {offset:+.3f} mT 後 g = {g}（校正前 {raw:.4f}）",
            ]  # fmt: skip
    else:
        said = [
            f"line at {line.field_mt:.3f} mT",
            f"谱线位于 {line.field_mt:.3f} mT",
            f"譜線位於 {line.field_mt:.3f} mT",
        ]
    said = [f"{said[0]}, width {width} mT", f"{said[1]}，线宽 {width} mT", f"{said[2]}，線寬 {width} mT"]
    return with_failed([f"{said[0]}.", f"{said[1]}。", f"{said[2]}。"], failed, AGAIN)


def lines_table(sweep: Sweep, lines: Sequence[EprLine], offset: float | None) -> Table:
    """Return a row for each line; fields in mT as measured, g with the field corrected by `offset` in mT."""
    columns = (
        Column("line", Text("line", "谱线", "譜線")),
        Column("field", Text("field as measured", "实测磁场", "實測磁場"), "mT", 4),
        Column("u", Text("standard uncertainty", "标准不确定度", "標準不確定度"), "mT", 4),
        Column("g", Text("g", "g 值", "g 值"), "1", 5),
        Column("width", Text("peak-to-peak width", "峰-峰线宽", "峰-峰線寬"), "mT", 4),
        Column("amplitude", Text("amplitude", "幅度", "幅度"), "a.u.", 2),
        Column("ratio", Text("signal to noise", "信噪比", "訊噪比"), "1", 0),
    )
    rows = [
        {
            "line": place, "field": one.field_mt, "u": one.u_field_mt, "width": one.width_mt,
            "amplitude": one.amplitude,
            "g": g_of(sweep.frequency_ghz, one.field_mt + (offset or 0.0)) if sweep.frequency_ghz else None,
            "ratio": one.signal_to_noise if math.isfinite(one.signal_to_noise) else None,
        }
        for place, one in enumerate(lines, 1)
    ]  # fmt: skip
    return Table("lines", Text("Lines", "谱线", "譜線"), columns, rows)


def plots(sweep: Sweep, lines: Sequence[EprLine]) -> list[Plot]:
    """Return the spectrum with its lines marked, and its integral where it was recorded as a derivative."""
    step = max(1, len(sweep.x) // 4000)
    digits = 6 if noise_of(sweep.signal) < 0.01 else 3
    x = sweep.x[::step].round(5).tolist()
    field = Text("field (mT)", "磁场 (mT)", "磁場 (mT)")
    signal = Text("signal (a.u.)", "信号（任意单位）", "訊號（任意單位）")
    marks = [{"label": f"{one.field_mt:.2f}", "x": round(one.field_mt, 4)} for one in lines[:12]]
    series = [{"label": "", "x": x, "y": sweep.signal[::step].round(digits).tolist()}]
    made = [
        Plot("spectrum", "line", Text("Spectrum", "波谱", "波譜"), field, signal, {"series": series, "marks": marks})
    ]
    y, is_derivative = derivative_of(sweep)
    if is_derivative:
        absorption = np.cumsum(y) * float(np.median(np.diff(sweep.x)))
        series = [{"label": "", "x": x, "y": absorption[::step].round(digits).tolist()}]
        title = Text("Absorption (integral)", "吸收谱（一次积分）", "吸收譜（一次積分）")
        made.append(Plot("absorption", "line", title, field, signal, {"series": series, "marks": []}))
    return made


def notices(sweep: Sweep, offset: float | None) -> list[Notice]:
    """Return what a reader has to know: the field as the spectrometer wrote it, one trace of several."""
    made = []
    if offset is None:
        text = Text(
            "The field was taken as the spectrometer wrote it; g is no better than its calibration.",
            "磁场按仪器记录值计算；g 值的准确度取决于磁场校准。",
            "磁場按儀器記錄值計算；g 值的準確度取決於磁場校準。",
        )
        made.append(Notice("field-not-calibrated", text))
    if len(sweep.traces) > 1:
        text = Text(
            f"The file holds {len(sweep.traces)} traces; the one of the greatest signal was taken.",
            f"文件含 {len(sweep.traces)} 条数据，采用信噪比最高者。",
            f"檔案含 {len(sweep.traces)} 條資料，採用訊噪比最高者。",
        )  # fmt: skip
        made.append(Notice("several-traces", text))
    return made
