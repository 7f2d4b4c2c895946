"""Which directions the particles were seen from, and what uneven views cost."""

import numpy as np
from numpy.typing import NDArray

from liqi.methods.cryoem._turning import Numbers, matrices, spread

PROBES = 600


def sampling_factor(angles_deg: Numbers) -> float:
    """Return the sampling compensation factor of these views: 1 when even, 0.81 for side views, 0 with a gap.

    Harmonic over arithmetic mean of how often each direction of Fourier space lies in a slice (Baldwin and Lyumkis
    2020, Prog. Biophys. Mol. Biol. 150, 160; 8 / pi^2 = 0.81 for views spread evenly round the equator).
    """
    seen = sampling(angles_deg)
    return float(1 / np.mean(1 / seen) / seen.mean()) if seen.min() > 0 else 0.0


def sampling(angles_deg: Numbers, probes: int = PROBES) -> Numbers:
    """Return how many views hold each of `probes` directions `(probes,)`, spread evenly, in a slice.

    A slice is 3 degrees thick, and so much thicker that evenly spread views would each be met by thirty.
    """
    beam = matrices(angles_deg)[:, 2]
    rot, tilt = np.deg2rad(spread(2 * probes)[:probes]).T
    points = np.stack([np.sin(tilt) * np.cos(rot), np.sin(tilt) * np.sin(rot), np.cos(tilt)], 1)
    near = min(max(np.sin(np.deg2rad(3.0)), 30 / max(len(beam), 1)), 0.5)
    found = np.zeros(probes)
    for start in range(0, len(beam), 20_000):
        found += (np.abs(beam[start : start + 20_000] @ points.T) < near).sum(0)
    return found


def counted(angles_deg: Numbers, rows: int = 18) -> tuple[Numbers, Numbers, NDArray[np.intp]]:
    """Return rot and tilt in degrees of the middles of cells, and how many views fall in each; a view and its
    opposite are one, so tilt goes to 90."""
    beam = matrices(angles_deg)[:, 2]
    beam = np.where(beam[:, 2:] < 0, -beam, beam)
    rot = np.rad2deg(np.arctan2(beam[:, 1], beam[:, 0]))
    tilt = np.rad2deg(np.arccos(np.clip(beam[:, 2], -1, 1)))
    counts, rots, tilts = np.histogram2d(rot, tilt, bins=(4 * rows, rows), range=((-180, 180), (0, 90)))
    grid = np.meshgrid((rots[1:] + rots[:-1]) / 2, (tilts[1:] + tilts[:-1]) / 2, indexing="ij")
    return grid[0].ravel(), grid[1].ravel(), counts.ravel().astype(np.intp)
