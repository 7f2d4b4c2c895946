"""Figures of Thon rings: the spectrum beside its fit, the curve along equal phase, all micrographs at a glance."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liqi.methods._answer import Plot
from liqi.methods._text import Text
from liqi.methods.cryoem._ctf import transfer, wavelength
from liqi.methods.cryoem._power import Power
from liqi.methods.cryoem._rings import FOLLOWED, Microscope, Rings

REACH, A_RING = 80, 4
"""Cells from the middle of the picture of the rings to its side, and those that a ring there is wide at least."""
SMOOTH = 6
"""Cells that the ground is averaged over."""


def rings(spectrum: Power, found: Rings, microscope: Microscope, name: str, place: int) -> Plot:
    """Return the spectrum on the left and what was fitted on the right, in cells of frequency."""
    from scipy import ndimage

    finest = 1 / (2 * spectrum.pixel_angstrom)
    wave = float(wavelength(microscope.voltage_kv))
    narrowest = (REACH / (2 * A_RING * wave * max(found.mean_angstrom, 1.0))) ** 0.5
    shown = min(finest, 1.25 / found.angstrom, narrowest)
    line = np.arange(-REACH, REACH + 1) * shown / REACH
    kx, ky = np.meshgrid(line, line)
    step = 1 / (spectrum.box * spectrum.pixel_angstrom)
    # the half plane of the transform holds kx from 0 up: what lies left is its opposite point
    sign = np.where(kx < 0, -1, 1)
    rows = np.fft.fftshift(spectrum.values, axes=0)
    at = np.array([ky * sign / step + spectrum.box // 2, kx * sign / step])
    blurred = ndimage.gaussian_filter(rows, max(0.5 * shown / REACH / step, 0.3))
    power = ndimage.map_coordinates(blurred, at, order=1, mode="nearest")
    log = np.log(np.maximum(power, 1e-30))
    flat = log - ndimage.uniform_filter(log, 2 * SMOOTH + 1)
    flat /= np.sqrt(ndimage.uniform_filter(flat**2, 2 * SMOOTH + 1)) + 1e-9
    optics = microscope.optics(*(np.array([one]) for one in (found.u_angstrom, found.v_angstrom, found.angle_deg)))
    squared = (kx**2 + ky**2).ravel()
    fit = transfer(optics, squared.astype(np.float32), np.arctan2(ky, kx).ravel().astype(np.float32))[0] ** 2
    value = np.where(kx < 0, np.clip(flat / 4 + 0.5, 0, 1), fit.reshape(kx.shape))
    inside = squared.reshape(kx.shape) <= shown**2
    cell = shown / REACH
    return Plot(
        f"rings_{place}",
        "map",
        Text(
            f"Thon rings, found (left) and fitted (right): {name}",
            f"Thon 环，实测（左）与拟合（右）：{name}",
            f"Thon 環，實測（左）與擬合（右）：{name}",
        ),
        Text("x frequency (1/Å)", "x 空间频率（1/Å）", "x 空間頻率（1/Å）"),
        Text("y frequency (1/Å)", "y 空间频率（1/Å）", "y 空間頻率（1/Å）"),
        {
            "x": _short(kx[inside], 5),
            "y": _short(ky[inside], 5),
            "value": _short(value[inside], 2),
            "cell": [cell, cell],
            "even": True,
        },
    )


def curve(found: Rings, name: str, place: int) -> Plot:
    """Return the rings along equal phase with the fit and their correlation, the resolution of the fit marked."""
    told = found.curve
    known = np.flatnonzero(np.isfinite(told.correlation))
    known = known[told.frequency[known] <= 1.5 / found.angstrom]
    at = _short(told.frequency[known], 5)
    labels = (
        (Text("correlation", "相关系数", "相關係數"), told.correlation),
        (Text("fitted", "拟合", "擬合"), told.fitted),
        (Text("found", "实测", "實測"), np.clip(told.found, -0.5, 1.5)),
    )
    series: list[dict[str, Any]] = [
        {"label": label.as_json(), "x": at, "y": _short(values[known], 3)} for label, values in labels
    ]
    marks = [{"label": f"{found.angstrom:.2f} Å", "x": round(1 / found.angstrom, 5), "y": FOLLOWED}]
    return Plot(
        f"curve_{place}",
        "line",
        Text(
            f"Rings along equal phase: {name}",
            f"等相位径向平均：{name}",
            f"等相位徑向平均：{name}",
        ),
        Text("spatial frequency (1/Å)", "空间频率（1/Å）", "空間頻率（1/Å）"),
        Text("share of a ring's height", "相对环高", "相對環高"),
        {"series": series, "marks": marks if not found.limited else []},
    )


def overview(named: Sequence[tuple[str, Rings]]) -> Plot:
    """Return how far the rings of each micrograph reach by its defocus."""
    series = [
        {
            "label": Text("micrographs", "显微照片", "顯微照片").as_json(),
            "x": [round(one.mean_angstrom / 1e4, 4) for _, one in named],
            "y": [round(one.angstrom, 3) for _, one in named],
            "names": [name for name, _ in named],
        }
    ]
    return Plot(
        "reach",
        "points",
        Text("Resolution of the fit by defocus", "各照片的离焦与拟合分辨率", "各照片的離焦與擬合解析度"),
        Text("defocus (µm)", "离焦量（µm）", "離焦量（µm）"),
        Text("resolution of the fit (Å)", "拟合分辨率（Å）", "擬合解析度（Å）"),
        {"series": series},
    )


def _short(values: NDArray[Any], decimals: int) -> list[float]:
    return [float(one) for one in np.round(np.asarray(values, np.float64), decimals)]
