"""Figures of maps: curves of agreement, slices through the middle, views, local resolution, the surface."""

import base64
import math
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liqi.methods._answer import Plot
from liqi.methods._text import Text
from liqi.methods.cryoem import _shells, _views
from liqi.methods.cryoem._agreement import Agreement
from liqi.methods.cryoem._shells import GOLD
from liqi.methods.cryoem._turning import Numbers

Floats = NDArray[np.float32]
MOST_CELLS = 96
"""Along an edge of a slice that is shown."""
_AXES = ("x", "y", "z")
_CURVES = {
    "unmasked": Text("unmasked", "无掩膜", "無遮罩"),
    "sphere": Text("soft sphere", "软边球形掩膜", "軟邊球形遮罩"),
    "masked": Text("masked", "加掩膜", "加遮罩"),
    "random": Text("phases random", "随机相位", "隨機相位"),
    "corrected": Text("corrected", "校正后", "校正後"),
}


def curves(agreement: Agreement, masked: bool) -> Plot:
    """Return the Fourier shell correlation by spatial frequency, with the resolution marked."""
    frequency = np.arange(len(agreement.corrected)) / (agreement.size * agreement.pixel_angstrom)
    shown = [(_CURVES["unmasked"], agreement.unmasked), (_CURVES["sphere"], agreement.masked)]
    if masked:
        names = ("unmasked", "masked", "random", "corrected")
        shown = [(_CURVES[name], getattr(agreement, name)) for name in names]
    series: list[dict[str, Any]] = [
        {"label": label.as_json(), "x": _short(frequency, 5), "y": _short(curve, 4)} for label, curve in shown[::-1]
    ]
    gold = agreement.gold
    series.append({"label": "0.143", "x": _short(frequency[[0, -1]], 5), "y": [GOLD, GOLD]})
    marks = [{"label": f"{gold.angstrom:.2f} Å", "x": round(1 / gold.angstrom, 5), "y": GOLD}] if gold.reached else []
    return Plot(
        "fsc",
        "line",
        Text("Fourier shell correlation of the half maps", "半图傅里叶壳层相关（FSC）", "半圖傅立葉殼層相關（FSC）"),
        Text("spatial frequency (1/Å)", "空间频率（1/Å）", "空間頻率（1/Å）"),
        Text("correlation", "相关系数", "相關係數"),
        {"series": series, "marks": marks},
    )


def slices(density: Floats, pixel_angstrom: float) -> list[Plot]:
    """Return the three slices through the middle of a map, each point a cell."""
    size = density.shape[0]
    step = math.ceil(size / MOST_CELLS)
    middle = size // 2
    planes = (density[middle], density[:, middle], density[:, :, middle])
    sides = ((0, 1), (0, 2), (1, 2))
    return [
        _plane(plane[::step, ::step], a, b, step * pixel_angstrom) for plane, (a, b) in zip(planes, sides, strict=True)
    ]


def local(found: Floats, inside: NDArray[np.bool_], pixel_angstrom: float) -> Plot:
    """Return the local resolution on the middle slice, where there is a particle."""
    size = found.shape[0]
    y, x = np.nonzero(inside[size // 2])
    values = found[size // 2][y, x]
    at = [_short((axis - size // 2) * pixel_angstrom, 2) for axis in (x, y)]
    return Plot(
        "local",
        "map",
        Text("Local resolution, middle slice (Å)", "局部分辨率，中央切片（Å）", "局部解析度，中央切片（Å）"),
        Text("x (Å)", "x（Å）", "x（Å）"),
        Text("y (Å)", "y（Å）", "y（Å）"),
        {
            "x": at[0],
            "y": at[1],
            "value": _short(values, 2),
            "cell": [pixel_angstrom, pixel_angstrom],
            "even": True,
            "scale": "linear",
        },
    )


def views(angles_deg: Numbers) -> Plot:
    """Return how many particles were seen from each direction; a view and its opposite are one."""
    rot, tilt, count = _views.counted(angles_deg)
    seen = count > 0
    return Plot(
        "views",
        "map",
        Text("Directions of view", "观察方向分布", "觀察方向分布"),
        Text("rotation (°)", "旋转角（°）", "旋轉角（°）"),
        Text("tilt (°)", "倾角（°）", "傾角（°）"),
        {
            "x": _short(rot[seen], 2),
            "y": _short(tilt[seen], 2),
            "value": count[seen].tolist(),
            "cell": [5, 5],
            "scale": "root",
        },
    )


def surface(density: Floats, pixel_angstrom: float, level: float) -> list[Plot]:
    """Return the surface at a level as it looks from two sides, lit from where the eye is."""
    return [_seen(density, pixel_angstrom, level, side) for side in (0, 2)]


def volume(density: Floats, pixel_angstrom: float, level: float) -> Plot:
    """Return the map for a surface that can be turned: bytes from its mean up, at most 96 points an edge.

    The two pictures of `surface` stand for it on paper and where a browser cannot draw it.
    """
    size = min(density.shape[0], MOST_CELLS)
    small = _shells.cropped(density, size)
    mean, high = float(small.mean()), float(small.max())
    span = high - mean or 1.0
    data = np.clip(np.rint((small - mean) / span * 255), 0, 255).astype(np.uint8)
    return Plot(
        "volume",
        "volume",
        Text("Surface", "等值面", "等值面"),
        Text("x (Å)", "x（Å）", "x（Å）"),
        Text("y (Å)", "y（Å）", "y（Å）"),
        {
            "size": size,
            "cell": pixel_angstrom * density.shape[0] / size,
            "low": mean,
            "high": high,
            "deviation": float(density.std()),
            "level": level,
            "bytes": base64.b64encode(zlib.compress(data.tobytes(), 9)).decode(),
            "stands_for": ["surface_xy", "surface_yz"],
        },
    )


def _seen(density: Floats, pixel_angstrom: float, level: float, side: int) -> Plot:
    from scipy import ndimage

    fine = max(1, MOST_CELLS // density.shape[0])
    size = density.shape[0] * fine
    points, normals = _crossings(ndimage.zoom(density, fine, order=1) if fine > 1 else density, level)
    across, up = (axis for axis in (2, 1, 0) if axis != side)
    order = np.argsort(points[:, side])  # what is nearest is painted last
    place = tuple(np.rint(points[order][:, axis]).astype(np.intp) for axis in (up, across))
    light = np.full((size + 1,) * 2, np.nan)
    light[place] = np.clip(normals[order, side], 0, 1)
    y, x = np.nonzero(np.isfinite(light))
    at = [_short((axis - size // 2) * pixel_angstrom / fine, 2) for axis in (x, y)]
    name = f"{_AXES[2 - across]}{_AXES[2 - up]}"
    return Plot(
        f"surface_{name}",
        "map",
        Text(
            f"Surface seen along {_AXES[2 - side]}", f"沿 {_AXES[2 - side]} 看等值面", f"沿 {_AXES[2 - side]} 看等值面"
        ),
        Text.same(f"{name[0]} (Å)"),
        Text.same(f"{name[1]} (Å)"),
        {
            "x": at[0],
            "y": at[1],
            "value": _short(light[y, x], 2),
            "cell": [pixel_angstrom / fine, pixel_angstrom / fine],
            "even": True,
        },
    )


def packed(density: Floats, pixel_angstrom: float) -> Mapping[str, Any]:
    """Return a map as text: float16, packed, base 64; order z, y, x; `scale` is what its numbers are multiplied by."""
    scale = float(np.abs(density).max()) or 1.0
    data = base64.b64encode(zlib.compress((density / scale).astype("<f2").tobytes(), 6)).decode()
    return {"shape": list(density.shape), "pixel_angstrom": pixel_angstrom, "scale": scale, "data": data}


def unpacked(told: Mapping[str, Any]) -> Floats:
    """Return the map that `packed` told."""
    flat = np.frombuffer(zlib.decompress(base64.b64decode(told["data"])), "<f2").astype(np.float32)
    return flat.reshape(told["shape"]) * np.float32(told["scale"])


def _crossings(density: Floats, level: float) -> tuple[Numbers, Numbers]:
    """Return where the lines between neighbouring points cross the level `(n, 3)`, and the unit slope down there."""
    slope: list[Floats] = list(np.gradient(density))
    points, normals = [], []
    for axis in range(3):
        low = [slice(None)] * 3
        high = [slice(None)] * 3
        low[axis], high[axis] = slice(None, -1), slice(1, None)
        a, b = density[tuple(low)] - level, density[tuple(high)] - level
        place = np.argwhere((a < 0) != (b < 0))
        if not len(place):
            continue
        at = tuple(place.T)
        share = a[at] / (a[at] - b[at])
        point = place.astype(np.float64)
        point[:, axis] += share
        points.append(point)
        normals.append(-np.stack([each[tuple(low)][at] for each in slope], 1))
    if not points:
        return np.zeros((0, 3)), np.zeros((0, 3))
    normal = np.concatenate(normals)
    return np.concatenate(points), normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)


def _plane(plane: Floats, a: int, b: int, cell: float) -> Plot:
    rows, columns = plane.shape
    y, x = np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
    name = f"{_AXES[a]}{_AXES[b]}"
    at = [_short((axis.ravel() - axis.max() // 2) * cell, 2) for axis in (x, y)]
    value = _short((plane.ravel() - plane.min()) / (float(np.ptp(plane)) or 1.0), 3)
    return Plot(
        f"slice_{name}",
        "map",
        Text(f"Middle slice {name}", f"中央切片 {name}", f"中央切片 {name}"),
        Text.same(f"{_AXES[a]} (Å)"),
        Text.same(f"{_AXES[b]} (Å)"),
        {"x": at[0], "y": at[1], "value": value, "cell": [cell, cell], "even": True},
    )


def _short(values: Sequence[float] | NDArray[Any], decimals: int) -> list[float]:
    return [round(float(value), decimals) for value in values]
