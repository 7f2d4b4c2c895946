"""The NV centre in diamond: its lines by exact diagonalisation, and the field that explains measured ones.

H/h = D (Sz^2 - 2/3) + E (Sx^2 - Sy^2) + gamma B.S in each of the four axes <111>; S = 1 (Doherty et al., Phys. Rep.
528:1, 2013). E here is strain or electric field across the axis, its direction within the plane fitted with it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
GAMMA_MHZ_MT = 2.0028 * 13.99624493
"""g mu_B / h for g = 2.0028 of the NV centre, in MHz/mT (mu_B / h: CODATA 2022)."""
AXES = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]) / math.sqrt(3)
_ROOT = 1 / math.sqrt(2)
_SX = _ROOT * np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], complex)
_SY = _ROOT * np.array([[0, -1j, 0], [1j, 0, -1j], [0, 1j, 0]], complex)
_SZ = np.diag([1.0, 0, -1]).astype(complex)
_D, _E1, _E2 = _SZ @ _SZ, _SX @ _SX - _SY @ _SY, _SX @ _SY + _SY @ _SX
_FRAMES = []
for _axis in AXES:
    _first = np.cross(_axis, [0.0, 0.0, 1.0])
    _first = _first / np.linalg.norm(_first)
    _FRAMES.append(np.array([_first, np.cross(_axis, _first), _axis]))
FRAMES = np.array(_FRAMES)


def lines_of(field_mt: Floats, d_mhz: float, strains: Floats) -> Floats:
    """Return the two lines of each axis (4, 2) in MHz; `strains` are the two components of E of each axis (4, 2).

    >>> lines_of(np.zeros(3), 2870.0, np.tile([3.0, 0.0], (4, 1)))[0].round(3).tolist()
    [2867.0, 2873.0]
    """
    own = GAMMA_MHZ_MT * np.einsum("aij,j->ai", FRAMES, np.asarray(field_mt))
    h = d_mhz * _D + own[:, 0, None, None] * _SX + own[:, 1, None, None] * _SY + own[:, 2, None, None] * _SZ
    h = h + strains[:, 0, None, None] * _E1 + strains[:, 1, None, None] * _E2
    levels = np.linalg.eigvalsh(h)
    return np.asarray(levels[:, 1:] - levels[:, :1])


@dataclass(frozen=True)
class VectorField:
    """The field that explains a set of lines, in the crystal's frame, and what the fit leaves, in MHz."""

    vector_mt: Floats
    covariance: Floats
    d_mhz: float
    u_d_mhz: float
    e_mhz: float
    u_e_mhz: float
    measured: Floats
    fitted: Floats
    u_lines: Floats

    @property
    def size_mt(self) -> float:
        """|B| in mT."""
        return float(np.linalg.norm(self.vector_mt))

    @property
    def u_size_mt(self) -> float:
        """Standard uncertainty of |B|."""
        unit = self.vector_mt / max(self.size_mt, 1e-12)
        return math.sqrt(max(float(unit @ self.covariance @ unit), 0.0))

    @property
    def residual_mhz(self) -> float:
        """Root mean square of what the fit leaves."""
        return float(np.sqrt(np.mean((self.measured - self.fitted) ** 2)))

    @property
    def direction(self) -> Floats:
        """The unit vector, brought to 0 <= x <= y <= z: which axis of the crystal is which, the lines do not tell."""
        return np.asarray(np.sort(np.abs(self.vector_mt)) / max(self.size_mt, 1e-12))


def fit_field(
    lines_mhz: Sequence[float] | Floats,
    u_mhz: Sequence[float] | Floats,
    d_mhz: float | None = None,
    e_mhz: float | None = None,
) -> VectorField:
    """Return the field by least squares over all eight lines, the zero-field splitting and E fitted with it.

    Where D and E are told they are held by what is left of freedom: eight lines stand against three components, D and
    four strains of one size whose directions are free; the pairing of lines with axes is tried from a grid of fields.
    """
    from scipy.optimize import least_squares

    measured = np.sort(np.asarray(lines_mhz, np.float64))
    u = np.asarray(u_mhz, np.float64)[np.argsort(lines_mhz)]
    start_d, start_e = d_mhz or 2870.2, e_mhz if e_mhz is not None else 2.0
    directions = _directions()
    best = None
    span = float(measured[-1] - measured[0])
    floor = np.maximum(u, 1e-3)
    weak = np.column_stack([np.full(4, start_e), np.zeros(4)])
    scored = []
    for unit in directions:
        for share in (0.5, 0.55, 0.62, 0.7, 0.78, 0.87):
            size = span / (2 * GAMMA_MHZ_MT) / (share / 0.5) * 1.0 / max(float(np.abs(AXES @ unit).max()), 0.5)
            off = np.sort(lines_of(unit * size, start_d, weak).ravel()) - measured
            scored.append((float(off @ off), unit * size))
    scored.sort(key=lambda one: one[0])

    def strains(v: Floats) -> Floats:
        return np.asarray(v[4] * np.column_stack([np.cos(v[5:9]), np.sin(v[5:9])]))

    scale = float(np.median(floor)) + 0.05

    def away(v: Floats) -> Floats:
        off = (np.sort(lines_of(v[:3], v[3], strains(v)).ravel()) - measured) / scale
        held = [(v[3] - start_d) / (0.01 if d_mhz else 5.0), (v[4] - start_e) / (0.02 if e_mhz is not None else 5.0)]
        return np.concatenate([off, held, 0.02 * (v[5:9] - _PHASES[0])])

    for _, first in scored[:4]:
        for phases in _PHASES:
            done = least_squares(away, np.concatenate([first, [start_d, start_e], phases]), max_nfev=200)
            if best is None or done.cost < best.cost:
                best = done
    assert best is not None
    fitted = np.sort(lines_of(best.x[:3], best.x[3], strains(best.x)).ravel())
    covariance = np.linalg.pinv(best.jac.T @ best.jac) * max(1.0, 2 * best.cost / 3)
    errors = np.sqrt(np.maximum(np.diag(covariance), 0))
    return VectorField(
        best.x[:3], covariance[:3, :3], float(best.x[3]), float(errors[3]), abs(float(best.x[4])), float(errors[4]),
        measured, fitted, u,
    )  # fmt: skip


_PHASES = [np.zeros(4), np.full(4, math.pi / 2), np.array([0.0, math.pi, 0.5, 2.0])]


def _directions() -> list[Floats]:
    """Directions over one part in 48 of the sphere, which stands for all of it: 0 <= x <= y <= z."""
    found = []
    for z in np.linspace(0.58, 1.0, 9):
        for turn in np.linspace(math.pi / 4, math.pi / 2, 7):
            flat = math.sqrt(max(1 - z * z, 0.0))
            unit = np.array([flat * math.cos(turn), flat * math.sin(turn), z])
            if unit[1] <= unit[2] + 1e-9:
                found.append(unit)
    return found
