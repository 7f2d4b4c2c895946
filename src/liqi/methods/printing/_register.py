"""A micrograph laid onto its design: brightness of print and ground, scale, rotation and shift by least squares."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liqi.methods._errors import UnreadableFile
from liqi.methods.printing._pictures import Grey, Mask

Points = NDArray[np.float64]
_EIGHT = np.ones((3, 3), bool)
_LEAST_BODIES, _LEAST_PIXELS = 3, 6
_DO = "give the micrograph of this layer, all of it in the picture"


@dataclass(frozen=True, slots=True)
class Placement:
    """Where design points lie in the micrograph: pixel = scale * R(rotation) * design pixel + shift, as (x, y).

    `scale` is micrograph pixels per design pixel, `u_scale` its relative standard uncertainty; `left_px` the root mean
    square distance of the features used from where they should be; `dark` and `bright` are the two levels of grey.
    """

    scale: float
    rotation_deg: float
    shift: tuple[float, float]
    u_scale: float
    u_rotation_deg: float
    left_px: float
    features: int
    dark: float
    bright: float

    def of(self, points: Points) -> Points:
        """Return where design points `(n, 2)` as (x, y) lie in the micrograph."""
        angle = math.radians(self.rotation_deg)
        turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
        return np.asarray(self.scale * points @ turn.T + np.array(self.shift))


def levels_of(values: Grey) -> tuple[float, float]:
    """Return the grey of ground and print: what is usual below and above Otsu's threshold (IEEE SMC 9:62, 1979).

    The mean within three robust standard deviations of the median, as medians of whole greys jump.
    """
    counts, edges = np.histogram(values, 256)
    middle = (edges[1:] + edges[:-1]) / 2
    below, sums = np.cumsum(counts), np.cumsum(counts * middle)
    total, whole = below[-1], sums[-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (whole * below - sums * total) ** 2 / (below * (total - below))
    cut = middle[int(np.nanargmax(np.where(np.isfinite(between), between, -1)))]
    found = []
    for part in (values[values <= cut], values[values > cut]):
        middle_of = float(np.median(part))
        spread = float(np.median(np.abs(part - middle_of))) * 1.4826 + 1 / 255
        found.append(float(part[np.abs(part - middle_of) <= 3 * spread].mean()))
    return found[0], found[1]


def centres(mask: Mask) -> tuple[Points, NDArray[np.float64]]:
    """Return the centres as (x, y) and areas of bodies and of holes within them, small ones left out."""
    from scipy import ndimage

    found, areas = [], []
    filled = ndimage.binary_fill_holes(mask)
    for one in (mask, filled & ~mask):
        labels, number = ndimage.label(one, _EIGHT)
        if not number:
            continue
        sizes = np.bincount(labels.ravel(), minlength=number + 1)
        kept = [n for n in range(1, number + 1) if sizes[n] >= _LEAST_PIXELS]
        found += [(x, y) for y, x in ndimage.center_of_mass(one, labels, kept)]
        areas += [float(sizes[n]) * (1 if one is mask else -1) for n in kept]
    return np.array(found, np.float64).reshape(-1, 2), np.array(areas)


def place(design: Mask, values: Grey, name: object, expected_scale: float) -> Placement:
    """Return where the design lies in the micrograph; raise `UnreadableFile` where it cannot be recognised.

    Centres of bodies and holes are paired with those nearest to where the design has them, beginning with the moments
    of the whole print, until the pairs stay the same (Umeyama, IEEE PAMI 13:376, 1991, without reflection).
    """
    from scipy import ndimage

    dark, bright = levels_of(values)
    if bright - dark < 0.02:
        raise UnreadableFile(name, f"two greys {dark:.2f} and {bright:.2f}", "a print brighter than its ground", _DO)
    smooth = ndimage.gaussian_filter(values, max(0.5, 0.4 * expected_scale))
    printed = smooth > (dark + bright) / 2
    wanted, wanted_areas = centres(design)
    there, there_areas = centres(printed)
    if len(wanted) < _LEAST_BODIES or len(there) < _LEAST_BODIES:
        found = f"{len(there)} features in the micrograph and {len(wanted)} in the design"
        raise UnreadableFile(name, found, f"at least {_LEAST_BODIES} in each", _DO)
    best: tuple[int, float, tuple[float, float, Points], NDArray[np.intp], NDArray[np.intp]] | None = None
    middle = np.array([design.shape[1] / 2, design.shape[0] / 2]), np.array([values.shape[1] / 2, values.shape[0] / 2])
    for start in _starts(design, printed, expected_scale, middle):
        scale, angle, shift = start
        pairs: tuple[NDArray[np.intp], NDArray[np.intp]] | None = None
        room = 0.05 * max(design.shape) * expected_scale
        for _ in range(30):
            predicted = _moved(wanted, scale, angle, shift)
            one, other = _paired(predicted, wanted_areas * scale**2, there, there_areas, room)
            if len(one) < _LEAST_BODIES:
                break
            scale, angle, shift = umeyama(wanted[one], there[other])
            if pairs is not None and np.array_equal(pairs[0], one) and np.array_equal(pairs[1], other) and room < 4:
                break
            pairs = one, other
            room = max(room / 2, 3.0 * max(expected_scale, 1.0))
        if pairs is None or len(pairs[0]) < _LEAST_BODIES:
            continue
        left = _moved(wanted[pairs[0]], scale, angle, shift) - there[pairs[1]]
        rms = float(np.sqrt(np.mean((left**2).sum(axis=1))))
        if best is None or (len(pairs[0]), -rms) > (best[0], -best[1]):
            best = len(pairs[0]), rms, (scale, angle, shift), *pairs
    if best is None or best[0] < max(_LEAST_BODIES, 0.6 * len(wanted)):
        found = f"{best[0] if best else 0} of {len(wanted)} features of the design"
        raise UnreadableFile(name, found, "most of them", _DO)
    number, rms, (scale, angle, shift), one, _other = best
    spread = float(np.sqrt(((wanted[one] - wanted[one].mean(axis=0)) ** 2).sum()))
    u = rms / math.sqrt(2) / (scale * spread) * math.sqrt(number / max(number - 2, 1))
    shifted = (float(shift[0]), float(shift[1]))
    return Placement(scale, math.degrees(angle), shifted, u, math.degrees(u), rms, number, dark, bright)


def _starts(
    design: Mask, printed: Mask, scale: float, middle: tuple[Points, Points]
) -> list[tuple[float, float, Points]]:
    """Return guesses: the picture's middle, then the centres of the whole print, with small turns of both."""
    found = []
    ours, theirs = (np.argwhere(one).mean(axis=0)[::-1] for one in (design, printed))
    for first, second in (middle, (ours, theirs)):
        for degrees in (0.0, 1.5, -1.5, 3.0, -3.0, 6.0, -6.0, 90.0, 180.0, 270.0):
            angle = math.radians(degrees)
            found.append((scale, angle, second - _moved(first[None], scale, angle, np.zeros(2))[0]))
    return found


def _moved(points: Points, scale: float, angle: float, shift: Points) -> Points:
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    return np.asarray(scale * points @ turn.T + shift)


def _paired(
    predicted: Points, areas: Points, there: Points, there_areas: Points, room: float
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return which predicted centre is which one there: the nearest of a like area, each to the other."""
    distance = np.hypot(*(predicted[:, None, :] - there[None, :, :]).transpose(2, 0, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = areas[:, None] / there_areas[None, :]
    distance[~((ratio > 0.4) & (ratio < 2.5))] = np.inf
    forward, back = distance.argmin(axis=1), distance.argmin(axis=0)
    kept = [i for i, j in enumerate(forward.tolist()) if back[j] == i and distance[i, j] <= room]
    return np.array(kept, np.intp), forward[kept]


def umeyama(first: Points, second: Points) -> tuple[float, float, Points]:
    """Return scale, angle in radians and shift that bring points onto others with the least squares."""
    a, b = first - first.mean(axis=0), second - second.mean(axis=0)
    cross, dot = float((a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum()), float((a * b).sum())
    angle = math.atan2(cross, dot)
    scale = math.hypot(cross, dot) / float((a**2).sum())
    return (
        scale,
        angle,
        np.asarray(second.mean(axis=0) - _moved(first.mean(axis=0)[None], scale, angle, np.zeros(2))[0]),
    )
