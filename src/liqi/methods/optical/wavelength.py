"""The wavelength scale of a spectrophotometer checked by holmium oxide in perchloric acid: `uvvis.wavelength`."""

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from liqi.methods._answer import SYNTHETIC, Answer, Column, Finding, Plot, Table
from liqi.methods._check import AGAIN, Check, checks_table, verdict_of, with_failed
from liqi.methods._errors import UnreadableFile
from liqi.methods._method import Expected, Method, Parameter, Progress
from liqi.methods._text import Text
from liqi.methods.optical._bands import noise_of
from liqi.methods.optical._files import KINDS, read_spectrum
from liqi.methods.optical._spectrum import Spectrum
from liqi.methods.readers._columns import grid_of, words_of

DATA = Path(__file__).with_name("data")
TABLE = DATA / "holmium.csv"
_REACH_NM, _TOP_NM, _VISIBLE_NM, _LEAST, _OF_NOISE = 3.5, 1.0, 400.0, 5, 5.0
_COARSEST_NM = 1.05
_EXPECTED = "a spectrum of holmium oxide solution in nm"
_TITLES = {
    "uv": Text("wavelengths below 400 nm", "400 nm 以下波长示值误差", "400 nm 以下波長示值誤差"),
    "visible": Text("wavelengths from 400 nm on", "400 nm 及以上波长示值误差", "400 nm 及以上波長示值誤差"),
    "bands": Text("bands within the range found", "量程内谱带均已找到", "量程內譜帶均已找到"),
    "step": Text("points close enough", "采样间隔足够小", "取樣間隔足夠小"),
}


@dataclass(frozen=True, slots=True)
class Band:
    """A tabulated band, where it was found (None: nowhere), and the standard uncertainties of both, in nm."""

    position: float
    u_position: float
    found: float | None
    u_found: float

    @property
    def off(self) -> float:
        """Found less tabulated."""
        return (self.found or math.nan) - self.position

    @property
    def u_off(self) -> float:
        """Standard uncertainty of the difference."""
        return math.hypot(self.u_position, self.u_found)


def bands_of(spectrum: Spectrum, certificate: str | Path | None = None) -> list[Band]:
    """Return the bands of the table, or of a cell's certificate, within a spectrum's range, with where they are.

    A band's place is the top of a parabola.
    """
    x, y = spectrum.x, spectrum.bands
    rows = _certified(Path(certificate)) if certificate else _tabulated()
    rows = [row for row in rows if x[0] + _REACH_NM <= row[0] <= x[-1] - _REACH_NM]
    return [Band(position, u, *_found(spectrum, position, noise_of(y))) for position, u in rows]


def _tabulated() -> list[tuple[float, float]]:
    with TABLE.open(encoding="utf-8", newline="") as stream:
        return [(float(row["position"]), float(row["u"])) for row in csv.DictReader(stream)]


def _certified(path: Path) -> list[tuple[float, float]]:
    """Return the bands of a certificate with their standard uncertainties."""
    expected = "a table of at least 5 bands in nm with their standard uncertainties"
    rows = [(float(row[0]), float(row[1])) for row in grid_of(path, words_of(path).splitlines()).numbers]
    wrong = next((row for row in rows if not (180 < row[0] < 1200 and 0 < row[1] <= 5)), None)
    if wrong is not None:
        found = f"a band at {wrong[0]:g} nm with u {wrong[1]:g} nm"
        raise UnreadableFile(path, found, expected, "write position and u, a band a line")
    return rows


def _found(spectrum: Spectrum, position: float, noise: float) -> tuple[float | None, float]:
    x, y = spectrum.x, spectrum.bands
    inside = np.flatnonzero(np.abs(x - position) <= _REACH_NM)
    if inside.size < 5:
        return None, 0.0
    top = int(inside[np.argmax(y[inside])])
    rise = float(y[top] - max(y[inside[0]], y[inside[-1]]))
    if top in (inside[0], inside[-1]) or rise <= _OF_NOISE * noise:
        return None, 0.0
    near = np.flatnonzero(np.abs(x - x[top]) <= max(_TOP_NM, 2.01 * spectrum.step))
    if near.size < 4:
        near = np.arange(max(top - 2, 0), min(top + 3, x.size))
    at = x[near] - x[top]
    design = np.column_stack([np.ones(near.size), at, at**2])
    (c, b, a), *_ = np.linalg.lstsq(design, y[near], rcond=None)
    if a >= 0 or abs(b / (2 * a)) > _REACH_NM:
        return None, 0.0
    left = y[near] - design @ np.array([c, b, a])
    spread = max(float(left @ left) / max(near.size - 3, 1), noise**2)
    covariance = np.linalg.pinv(design.T @ design) * spread
    slopes = np.array([0.0, -1 / (2 * a), b / (2 * a * a)])
    u = math.sqrt(max(float(slopes @ covariance @ slopes), 0.0))
    return float(x[top] - b / (2 * a)), math.hypot(u, 0.05 * spectrum.step)


def _run(paths: Sequence[Path], parameters: Mapping[str, Any], progress: Progress) -> Answer:
    if len(paths) != 1:
        raise UnreadableFile(paths[1], f"{len(paths)} files", "one", "ask one at a time; `liqi batch` runs many")
    progress(0, 1, "reading")
    spectrum = read_spectrum(paths[0])
    do = "measure the reference from 230 to 650 nm"
    if spectrum.x_unit not in ("nm", "") or spectrum.technique not in ("uvvis", "other"):
        raise UnreadableFile(paths[0], f"a {spectrum.technique} spectrum in {spectrum.x_unit}", _EXPECTED, do)
    bands = bands_of(spectrum, parameters["certificate"])
    found = [one for one in bands if one.found is not None]
    if len(found) < _LEAST:
        raise UnreadableFile(paths[0], f"{len(found)} of {len(bands)} bands of holmium", _EXPECTED, do)
    checks = _checks(spectrum, bands, found, parameters)
    progress(1, 1, "reading")
    return Answer(
        verdict=verdict_of(checks),
        sentence=_sentence(found, checks),
        findings=_findings(found),
        tables=[_table(bands), checks_table(checks)],
        plots=_plots(spectrum, found),
        tags=[SYNTHETIC] if SYNTHETIC in paths[0].name.lower() else [],
        detail={"bands": len(bands), "found": len(found), "checks": [one.as_json() for one in checks]},
    )


def _checks(
    spectrum: Spectrum, bands: Sequence[Band], found: Sequence[Band], parameters: Mapping[str, Any]
) -> list[Check]:
    made = []
    for name, visible in (("uv", False), ("visible", True)):
        offs = [one.off for one in found if (one.position >= _VISIBLE_NM) == visible]
        if offs:
            worst, limit = max(offs, key=abs), float(parameters[f"{name}_limit"])
            told = f"{worst:+.2f} nm"
            made.append(
                Check(name, _TITLES[name], abs(worst) <= limit, told, f"|Δ| ≤ {limit:g} nm", "USP <857>", fails=True)
            )
    made.append(Check("bands", _TITLES["bands"], len(found) == len(bands), f"{len(found)}", f"{len(bands)}"))
    step = spectrum.step
    made.append(Check("step", _TITLES["step"], step <= _COARSEST_NM, f"{step:.3g} nm", "≤ 1 nm"))
    return made


def _findings(found: Sequence[Band]) -> list[Finding]:
    offs = np.array([one.off for one in found])
    u_mean = math.hypot(
        float(offs.std(ddof=1)) / math.sqrt(offs.size), float(np.mean([one.u_position for one in found]))
    )
    worst = max(found, key=lambda one: abs(one.off))
    made = [
        Finding("mean deviation", float(offs.mean()), "nm", u_mean, {"bands": len(found)}),
        Finding("largest deviation", worst.off, "nm", worst.u_off, {"band_nm": worst.position}),
    ]
    made += [
        Finding(f"{one.position:.1f} nm", float(one.found or 0.0), "nm", max(one.u_found, 1e-6), {"off_nm": one.off})
        for one in found
    ]
    return made


def _sentence(found: Sequence[Band], checks: Sequence[Check]) -> Text:
    worst = max(found, key=lambda one: abs(one.off))
    mean = float(np.mean([one.off for one in found]))
    said = (
        f"{len(found)} bands of holmium oxide: mean deviation {mean:+.2f} nm, "
        f"largest {worst.off:+.2f} nm at {worst.position:.1f} nm.",
        f"氧化钬 {len(found)} 条谱带：平均偏差 {mean:+.2f} nm，最大 {worst.off:+.2f} nm（{worst.position:.1f} nm）。",
        f"氧化鈥 {len(found)} 條譜帶：平均偏差 {mean:+.2f} nm，最大 {worst.off:+.2f} nm（{worst.position:.1f} nm）。",
    )
    return with_failed(said, checks, AGAIN)


def _table(bands: Sequence[Band]) -> Table:
    columns = (
        Column("band", Text("tabulated", "标准值", "標準值"), "nm", 1),
        Column("found", Text("found", "实测值", "實測值"), "nm", 2),
        Column("u", Text("standard uncertainty", "标准不确定度", "標準不確定度"), "nm", 2),
        Column("off", Text("deviation", "偏差", "偏差"), "nm", 2),
    )
    rows = [
        {"band": one.position, "found": one.found, "u": one.u_off if one.found else None,
         "off": one.off if one.found else None}
        for one in bands
    ]  # fmt: skip
    return Table("bands", Text("Bands of holmium oxide", "氧化钬谱带", "氧化鈥譜帶"), columns, rows)


def _plots(spectrum: Spectrum, found: Sequence[Band]) -> list[Plot]:
    x_title = Text("wavelength (nm)", "波长 (nm)", "波長 (nm)")
    step = max(1, len(spectrum) // 4000)
    curve = {"label": "", "x": spectrum.x[::step].round(3).tolist(), "y": spectrum.bands[::step].round(5).tolist()}
    marks = [{"label": f"{one.found:.1f}", "x": round(one.found, 2)} for one in found if one.found is not None]
    offs = {
        "label": "", "x": [one.position for one in found], "y": [round(one.off, 4) for one in found],
        "low": [round(one.off - 2 * one.u_off, 4) for one in found],
        "high": [round(one.off + 2 * one.u_off, 4) for one in found],
    }  # fmt: skip
    return [
        Plot(
            "deviations", "points", Text("Deviation by wavelength (k = 2)", "各波长偏差（k=2）", "各波長偏差（k=2）"),
            x_title, Text("found less tabulated (nm)", "实测减标准 (nm)", "實測減標準 (nm)"),
            {"series": [offs], "lines": []},
        ),
        Plot(
            "spectrum", "line", Text("Spectrum", "光谱", "光譜"), x_title, Text("absorbance", "吸光度", "吸光度"),
            {"series": [curve], "marks": marks},
        ),
    ]  # fmt: skip


METHOD = Method(
    id="uvvis.wavelength",
    version="0.1",
    title=Text("Wavelength check by holmium oxide", "氧化钬波长检定", "氧化鈥波長檢定"),
    technique="uvvis",
    accepts=KINDS,
    function=_run,
    parameters=(
        Parameter(
            "uv_limit", "number", 1.0, Text("most deviation below 400 nm", "400 nm 以下允差", "400 nm 以下允差"),
            unit="nm", minimum=0.01, maximum=10,
        ),
        Parameter(
            "visible_limit", "number", 2.0,
            Text("most deviation from 400 nm on", "400 nm 及以上允差", "400 nm 及以上允差"),
            unit="nm", minimum=0.01, maximum=10,
        ),
        Parameter(
            "certificate", "file", None, Text("certificate of the cell", "标准池证书值", "標準池證書值"),
            formats=("table", "peaks", "spectrum", "trace"),
        ),
    ),
    example=(DATA / "synthetic_holmium.csv",),
    expected=Expected("pass", {"mean deviation": (0.3, 0.05), "536.6 nm": (536.9, 0.1)}),
    data=(TABLE,),
    libraries=("numpy",),
)  # fmt: skip
