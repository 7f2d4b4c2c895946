"""Directions of view: Euler angles as RELION writes them, matrices, and evenly spread sets of them."""

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def matrices(angles_deg: Numbers) -> Numbers:
    """Return rotation matrices `(n, 3, 3)` of rot, tilt, psi `(n, 3)`, in the order ZYZ.

    Row 0 and row 1 are the directions in the particle (x, y, z) of the image's x and y, row 2 that of the beam
    (Heymann, Chagoyen and Belnap 2005, J. Struct. Biol. 151, 196).
    """
    (sa, sb, sg), (ca, cb, cg) = np.sin(np.deg2rad(angles_deg)).T, np.cos(np.deg2rad(angles_deg)).T
    rows = [
        [cg * cb * ca - sg * sa, cg * cb * sa + sg * ca, -cg * sb],
        [-sg * cb * ca - cg * sa, -sg * cb * sa + cg * ca, sg * sb],
        [sb * ca, sb * sa, cb],
    ]
    return np.asarray(np.moveaxis(np.array(rows), 2, 0))


def angles(turned: Numbers) -> Numbers:
    """Return rot, tilt, psi in degrees `(n, 3)` of rotation matrices `(n, 3, 3)`; the inverse of `matrices`."""
    tilt = np.arccos(np.clip(turned[:, 2, 2], -1, 1))
    rot = np.arctan2(turned[:, 2, 1], turned[:, 2, 0])
    psi = np.arctan2(turned[:, 1, 2], -turned[:, 0, 2])
    polar = np.sin(tilt) < 1e-9
    rot = np.where(polar, 0.0, rot)
    psi = np.where(polar, np.arctan2(turned[:, 0, 1], turned[:, 1, 1]), psi)
    return np.asarray(np.rad2deg(np.stack([rot, tilt, psi], 1)))


def spread(count: int) -> Numbers:
    """Return rot and tilt in degrees `(count, 2)` of directions spread evenly over the sphere (Fibonacci lattice).

    Gonzalez 2010, Math. Geosci. 42, 49.
    """
    places = np.arange(count) + 0.5
    tilt = np.arccos(1 - 2 * places / count)
    rot = np.pi * (1 + 5**0.5) * places
    return np.asarray(np.rad2deg(np.stack([np.mod(rot, 2 * np.pi), tilt], 1)))


def between_deg(one: Numbers, other: Numbers) -> Numbers:
    """Return the angle in degrees of the turn from each matrix of one to that of the other `(n,)`."""
    trace = np.einsum("nij,nij->n", one, other)
    return np.asarray(np.rad2deg(np.arccos(np.clip((trace - 1) / 2, -1, 1))))
