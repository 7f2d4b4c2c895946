"""What answers about bands have in common: checks of a spectrum, the table of its bands, its figure, titles."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from liqi.methods._answer import Column, Finding, Notice, Plot, Table
from liqi.methods._check import Check
from liqi.methods._text import Text
from liqi.methods.optical._bands import Band, baseline_of, noise_of
from liqi.methods.optical._library import assignment
from liqi.methods.optical._spectrum import Spectrum

_X_TITLES = {
    ("raman", "cm-1"): Text("Raman shift (cm⁻¹)", "拉曼位移 (cm⁻¹)", "拉曼位移 (cm⁻¹)"),
    ("infrared", "cm-1"): Text("wavenumber (cm⁻¹)", "波数 (cm⁻¹)", "波數 (cm⁻¹)"),
    ("uvvis", "nm"): Text("wavelength (nm)", "波长 (nm)", "波長 (nm)"),
}
_TITLES = {
    "signal": Text("highest band over noise", "最强谱带信噪比", "最強譜帶訊噪比"),
    "points": Text("points across the narrowest of the high bands", "最窄主峰的采样点数", "最窄主峰的取樣點數"),
    "flat_tops": Text("bands cut off at the top", "削顶（饱和）的谱带", "削頂（飽和）的譜帶"),
    "spikes": Text("spikes of one point", "单点尖峰（宇宙射线）", "單點尖峰（宇宙射線）"),
}
LEAST_SIGNAL, LEAST_POINTS = 10.0, 3.0


def x_title(spectrum: Spectrum) -> Text:
    """Return the title of the abscissa."""
    unit = "cm⁻¹" if spectrum.x_unit == "cm-1" else spectrum.x_unit or "1"
    said = Text(f"abscissa ({unit})", f"横坐标 ({unit})", f"橫座標 ({unit})")
    return _X_TITLES.get((spectrum.technique, spectrum.x_unit), said)


def spectrum_checks(spectrum: Spectrum, bands: Sequence[Band]) -> list[Check]:
    """Return the checks of what was recorded: noise, points a band, saturation, spikes."""
    noise = noise_of(spectrum.bands)
    top = max((band.height for band in bands), default=0.0)
    ratio = top / noise if noise > 0 else math.inf
    high = [band for band in bands if band.height > 0.2 * top]
    points = min((band.width / spectrum.step for band in high), default=math.inf) if spectrum.step else 0.0
    flat, spikes = _flat_tops(spectrum), _spikes(spectrum, noise)
    told = "∞" if math.isinf(ratio) else f"{ratio:.0f}"
    return [
        Check("signal", _TITLES["signal"], ratio >= LEAST_SIGNAL, told, f"≥ {LEAST_SIGNAL:g}"),
        Check("points", _TITLES["points"], points >= LEAST_POINTS, f"{points:.1f}", f"≥ {LEAST_POINTS:g}"),
        Check("flat_tops", _TITLES["flat_tops"], not flat, str(flat), "0"),
        Check("spikes", _TITLES["spikes"], not spikes, str(spikes), "0"),
    ]


def _flat_tops(spectrum: Spectrum) -> int:
    """Runs of at least four equal points at the very top, as a detector that is full writes them."""
    y = spectrum.bands
    full = y >= y.max() - 1e-9 * max(abs(float(y.max())), 1e-12)
    edges = np.diff(np.concatenate([[0], full.astype(int), [0]]))
    lengths = np.flatnonzero(edges == -1) - np.flatnonzero(edges == 1)
    return int((lengths >= 4).sum()) if float(np.ptp(y)) > 0 else 0


def _spikes(spectrum: Spectrum, noise: float) -> int:
    """Points far above both neighbours, which lie level with theirs: cosmic rays hit one point or two."""
    y = spectrum.bands
    if len(y) < 7 or not noise:
        return 0
    above = np.minimum(y[2:-2] - y[1:-3], y[2:-2] - y[3:-1])
    level = np.maximum(np.abs(y[1:-3] - y[:-4]), np.abs(y[3:-1] - y[4:]))
    return int(((above > 25 * noise) & (above > 8 * level) & (above > 0.05 * float(np.ptp(y)))).sum())


def band_findings(bands: Sequence[Band], unit: str, most: int = 60) -> list[Finding]:
    """Return each band as a finding, named by where it is; the highest are kept where there are too many."""
    kept = sorted(sorted(bands, key=lambda one: -one.height)[:most], key=lambda one: one.position)
    return [
        Finding(
            f"band {one.position:.1f}", one.position, unit or "1", one.u_position,
            {"height": one.height, "width": one.width, "area": one.area, "fitted": one.fitted},
        )
        for one in kept
    ]  # fmt: skip


def band_table(spectrum: Spectrum, bands: Sequence[Band], belongs: Sequence[str] = ()) -> Table:
    """Return the bands with place, uncertainty, height, width, area and what usually stands there."""
    unit, height = spectrum.x_unit or "1", "A" if spectrum.y_unit in ("T", "%T", "A") else spectrum.y_unit or "1"
    columns = [
        Column("position", Text("position", "位置", "位置"), unit, 2),
        Column("u", Text("standard uncertainty", "标准不确定度", "標準不確定度"), unit, 2),
        Column("height", Text("height", "高度", "高度"), height, 4),
        Column("share", Text("of the highest", "相对强度", "相對強度"), "%", 1),
        Column("width", Text("full width at half height", "半高全宽", "半高全寬"), unit, 1),
        Column("area", Text("area", "面积", "面積"), f"{height}·{unit}", 3),
        Column("assignment", Text("usually", "常见归属", "常見歸屬")),
    ]
    if belongs:
        columns.append(Column("belongs", Text("belongs to", "属于", "屬於")))
    top = max((band.height for band in bands), default=1.0) or 1.0
    rows: list[dict[str, Any]] = []
    for place, band in enumerate(bands):
        words = assignment(band.position, spectrum.technique) if spectrum.x_unit == "cm-1" else None
        row: dict[str, Any] = {
            "position": band.position, "u": band.u_position, "height": band.height, "share": 100 * band.height / top,
            "width": band.width, "area": band.area, "assignment": words.as_json() if words else "",
        }  # fmt: skip
        rows.append(row | ({"belongs": belongs[place]} if belongs else {}))
    return Table("bands", Text("Bands", "谱带", "譜帶"), columns, rows)


def spectrum_plot(spectrum: Spectrum, bands: Sequence[Band], name: str = "spectrum") -> Plot:
    """Return the spectrum with its baseline and the highest bands marked."""
    y = spectrum.bands
    step = max(1, len(y) // 4000)
    x = spectrum.x[::step].round(3).tolist()
    digits = 6 if float(np.ptp(y)) < 100 else 2
    base = baseline_of(y)
    series = [
        {"label": Text("spectrum", "光谱", "光譜").as_json(), "x": x, "y": y[::step].round(digits).tolist()},
        {"label": Text("baseline", "基线", "基線").as_json(), "x": x, "y": base[::step].round(digits).tolist()},
    ]
    high = sorted(bands, key=lambda band: -band.height)[:12]
    marks = [{"label": f"{band.position:.0f}", "x": round(band.position, 2)} for band in high]
    title = Text("Spectrum and its bands", "光谱与谱带", "光譜與譜帶")
    absorbance = spectrum.y_unit in ("A", "T", "%T")
    y_title = Text("absorbance", "吸光度", "吸光度") if absorbance else Text("intensity", "强度", "強度")
    return Plot(name, "line", title, x_title(spectrum), y_title, {"series": series, "marks": marks})


def file_notices(spectrum: Spectrum) -> list[Notice]:
    """Return what of the file was odd."""
    return [Notice("file", Text.same(words)) for words in spectrum.notices]
