"""Tables and figures of a calibration: every reference line, the bands of samples, the correction."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from liqi.methods._answer import Column, Notice, Plot, Table
from liqi.methods._text import Text
from liqi.methods.optical._axis import Calibration
from liqi.methods.optical._bands import find_bands
from liqi.methods.optical._references import NAMES, Standard
from liqi.methods.optical._spectrum import Spectrum


def degree_of(calibration: Calibration) -> int | None:
    """Return the degree of the polynomial that corrects the axis."""
    curve = calibration.wavelength or calibration.shift
    return curve.degree if curve else None


def lines_table(calibration: Calibration, standards: Sequence[Standard]) -> Table:
    """Return every reference line as measured and as calibrated."""
    columns = (
        Column("material", Text("material", "标准物质", "標準物質")),
        Column("tabulated", Text("tabulated", "标称值", "標稱值"), "cm-1 | nm", 3),
        Column("highest", Text("highest point", "最高点", "最高點"), "cm-1 | nm", 2),
        Column("raw", Text("as measured", "实测（拟合）", "實測（擬合）"), "cm-1 | nm", 3),
        Column("corrected", Text("calibrated", "校准后", "校準後"), "cm-1 | nm", 3),
        Column("off", Text("left", "剩余偏差", "剩餘偏差"), "cm-1 | nm", 3),
        Column("u", Text("standard uncertainty", "标准不确定度", "標準不確定度"), "cm-1 | nm", 3),
        Column("used", Text("in the fit", "参与拟合", "參與擬合")),
        Column("source", Text("source", "来源", "來源")),
    )
    yes, no = Text("yes", "是", "是"), Text("no", "否", "否")
    used = {id(one) for one in calibration.used}
    rows: list[dict[str, Any]] = []
    for standard in standards:
        for one in standard.lines:
            if standard.material == "neon":
                raw = float(one.wavelength or 0)
                curve = calibration.wavelength
                place = raw + float(curve.at(raw)) if curve else raw
                u = float(curve.u_at(raw)) if curve else one.band.u_position
            else:
                raw = one.band.position
                place, u = calibration.corrected(raw, one.wavelength)
                u = math.hypot(u, one.band.u_position)
            rows.append(
                {
                    "material": NAMES[standard.material].as_json(), "tabulated": one.line.position,
                    "highest": one.highest_point if standard.material != "neon" else None, "raw": raw,
                    "corrected": place, "off": place - one.line.position,
                    "u": u, "used": (yes if id(one) in used else no).as_json(), "source": one.line.source,
                }
            )  # fmt: skip
    return Table("lines", Text("Reference lines", "标准谱线", "標準譜線"), columns, rows)


def sample_tables(calibration: Calibration, samples: Sequence[Spectrum]) -> list[Table]:
    """Return the bands of the other spectra on the calibrated axis, in one table where there are any."""
    if not samples:
        return []
    columns = (
        Column("sample", Text("sample", "样品", "樣品")),
        Column("raw", Text("as measured", "实测", "實測"), "cm-1", 2),
        Column("corrected", Text("calibrated", "校准后", "校準後"), "cm-1", 2),
        Column("u", Text("standard uncertainty", "标准不确定度", "標準不確定度"), "cm-1", 2),
    )
    rows = []
    for sample in samples:
        moved = calibration.apply(sample)
        for band in find_bands(sample):
            place = float(np.interp(band.position, sample.x, moved.x))
            light = (
                float(np.interp(band.position, sample.x, sample.wavelength_nm))
                if sample.wavelength_nm is not None
                else None
            )
            u = math.hypot(calibration.corrected(band.position, light)[1], band.u_position)
            rows.append({"sample": sample.name, "raw": band.position, "corrected": place, "u": u})
    return [
        Table(
            "samples", Text("Bands of samples, calibrated", "样品谱带（已校准）", "樣品譜帶（已校準）"), columns, rows
        )
    ]


def plots(calibration: Calibration, standards: Sequence[Standard]) -> list[Plot]:
    """Return the correction over the axis and the spectra of the reference materials."""
    points = [
        (one.band.position, calibration.corrected(one.band.position, one.wavelength)[0] - one.band.position, one)
        for standard in standards if standard.material != "neon" for one in standard.lines
    ]  # fmt: skip
    shift = Text("Raman shift as measured (cm⁻¹)", "实测拉曼位移 (cm⁻¹)", "實測拉曼位移 (cm⁻¹)")
    made = []
    if points:
        x = [round(one[0], 3) for one in points]
        tabulated = [round(one[2].line.position - one[0], 4) for one in points]
        u = [math.hypot(one[2].line.uncertainty, one[2].band.u_position) for one in points]
        series = {
            "label": "",
            "x": x,
            "y": tabulated,
            "names": [f"{one[2].line.material} {one[2].line.position:g}" for one in points],
            "low": [round(a - b, 4) for a, b in zip(tabulated, u, strict=True)],
            "high": [round(a + b, 4) for a, b in zip(tabulated, u, strict=True)],
        }  # fmt: skip
        order = np.argsort(x)
        curve = {"label": "", "x": [x[i] for i in order], "y": [round(points[i][1], 4) for i in order]}
        title = Text("Correction of the axis", "坐标轴校正量", "座標軸校正量")
        y_title = Text("correction (cm⁻¹)", "校正量 (cm⁻¹)", "校正量 (cm⁻¹)")
        made.append(Plot("correction", "points", title, shift, y_title, {"series": [series], "lines": [curve]}))
    for standard in standards[:4]:
        made.append(_spectrum_plot(standard, calibration))
    return made


def _spectrum_plot(standard: Standard, calibration: Calibration) -> Plot:
    moved = calibration.apply(standard.spectrum)
    series = [{"label": "", "x": moved.x.round(2).tolist(), "y": moved.y.round(2).tolist()}]
    unit = {"cm-1": "cm⁻¹"}.get(moved.x_unit, moved.x_unit)
    marks = []
    if standard.material != "neon":
        marks = [{"label": f"{one.line.position:g}", "x": one.line.position} for one in standard.lines]
    name = NAMES[standard.material]
    title = Text(f"{name.en}, calibrated", f"{name.zh_hans}（已校准）", f"{name.zh_hant}（已校準）")
    x_title = Text(f"Raman shift ({unit})", f"拉曼位移 ({unit})", f"拉曼位移 ({unit})")
    counts = Text("intensity (counts)", "强度（计数）", "強度（計數）")
    return Plot(
        f"{standard.material}-{standard.spectrum.path.stem}",
        "line",
        title,
        x_title,
        counts,
        {"series": series, "marks": marks},
    )


def notices(calibration: Calibration, standards: Sequence[Standard]) -> list[Notice]:
    """Return what of the files was odd, and that an axis was only moved."""
    found = [
        Notice("file", Text.same(f"{one.spectrum.path.name}: {words}"))
        for one in standards
        for words in one.spectrum.notices
    ]
    if degree_of(calibration) == 0 and calibration.shift is not None:
        text = Text(
            "The axis was moved as a whole; more lines over the range would show whether it is stretched.",
            "坐标轴仅作整体平移；覆盖全量程的更多标准谱线可检验刻度是否均匀。",
            "座標軸僅作整體平移；涵蓋全量程的更多標準譜線可檢驗刻度是否均勻。",
        )
        found.append(Notice("offset-only", text))
    return found
