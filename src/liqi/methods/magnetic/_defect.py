"""The NV centre in diamond: its lines by exact diagonalisation, and the field that explains measured ones.

H/h = D (Sz^2 - 2/3) + E (Sx^2 - Sy^2) + gamma B.S in each of the four axes <111>; S = 1 (Doherty et al., Phys. Rep.
528:1, 2013). E here is strain or electric field across the axis, its direction within the plane fitted with it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

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
_FEW, _MANY, _FINISHED = 15, 200, 4
_PARTS = np.array([_SX, _SY, _SZ, _D, _E1, _E2])
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


def slopes_of(field_mt: Floats, d_mhz: float, strains: Floats) -> tuple[Floats, Floats]:
    """Return the lines (4, 2) and their slopes (4, 2, 6) by Bx, By, Bz, D and the two strains of their own axis.

    The slope of a level is what its state expects of the slope of H (Feynman, Phys. Rev. 56:340, 1939).
    """
    own = GAMMA_MHZ_MT * FRAMES @ np.asarray(field_mt)
    parts = np.concatenate([own, np.full((4, 1), d_mhz), strains], axis=1)
    levels, states = np.linalg.eigh((parts @ _PARTS.reshape(6, 9)).reshape(4, 3, 3))
    expected = (states.conj()[:, None] * (_PARTS @ states[:, None])).real.sum(axis=2)
    by_part = np.swapaxes(expected[:, :, 1:] - expected[:, :, :1], 1, 2)
    by_field = GAMMA_MHZ_MT * by_part[:, :, :3] @ FRAMES
    return levels[:, 1:] - levels[:, :1], np.concatenate([by_field, by_part[:, :, 3:]], axis=2)


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
    measured = np.sort(np.asarray(lines_mhz, np.float64))
    u = np.asarray(u_mhz, np.float64)[np.argsort(lines_mhz)]
    start_d, start_e = d_mhz or 2870.2, e_mhz if e_mhz is not None else 2.0
    scale = float(np.median(np.maximum(u, 1e-3))) + 0.05
    held = (0.01 if d_mhz else 5.0, 0.02 if e_mhz is not None else 5.0)
    away = _Away(measured, scale, start_d, start_e, held)
    tried = [
        away.least(np.concatenate([first, [start_d, start_e], phases]), _FEW)
        for first in _starts(measured, start_d, start_e)
        for phases in _PHASES
    ]
    tried.sort(key=lambda done: float(done.cost))
    best = min((away.least(done.x, _MANY) for done in tried[:_FINISHED]), key=lambda done: float(done.cost))
    fitted = np.sort(lines_of(best.x[:3], best.x[3], _strains(best.x)).ravel())
    covariance = np.linalg.pinv(best.jac.T @ best.jac) * max(1.0, 2 * best.cost / 3)
    errors = np.sqrt(np.maximum(np.diag(covariance), 0))
    return VectorField(
        best.x[:3], covariance[:3, :3], float(best.x[3]), float(errors[3]), abs(float(best.x[4])), float(errors[4]),
        measured, fitted, u,
    )  # fmt: skip


def _strains(v: Floats) -> Floats:
    return np.asarray(v[4] * np.column_stack([np.cos(v[5:9]), np.sin(v[5:9])]))


def _starts(measured: Floats, d_mhz: float, e_mhz: float) -> list[Floats]:
    """Return the four fields of a grid whose lines come nearest to the measured ones."""
    weak = np.column_stack([np.full(4, e_mhz), np.zeros(4)])
    reach = float(measured[-1] - measured[0]) / (2 * GAMMA_MHZ_MT)
    scored = []
    for unit in _directions():
        for share in (0.5, 0.55, 0.62, 0.7, 0.78, 0.87):
            field = unit * reach / (share / 0.5) / max(float(np.abs(AXES @ unit).max()), 0.5)
            off = np.sort(lines_of(field, d_mhz, weak).ravel()) - measured
            scored.append((float(off @ off), field))
    scored.sort(key=lambda one: one[0])
    return [field for _, field in scored[:4]]


class _Away:
    """What a field, D, E and the four directions of E leave of measured lines, and the slopes of that."""

    def __init__(self, measured: Floats, scale: float, d_mhz: float, e_mhz: float, held: tuple[float, float]) -> None:
        self.measured, self.scale, self.held = measured, scale, held
        self.middle = np.array([d_mhz, e_mhz])
        self._last: tuple[bytes, Floats, Floats] = (b"", np.empty(0), np.empty(0))

    def _at(self, v: Floats) -> tuple[Floats, Floats]:
        key = v.tobytes()
        if self._last[0] != key:
            self._last = (key, *slopes_of(v[:3], v[3], _strains(v)))
        return self._last[1].ravel(), self._last[2]

    def left(self, v: Floats) -> Floats:
        """Return the residuals of the eight lines, of what is held, and of the directions."""
        off = (np.sort(self._at(v)[0]) - self.measured) / self.scale
        return np.concatenate([off, (v[3:5] - self.middle) / self.held, 0.02 * (v[5:9] - _PHASES[0])])

    def slopes(self, v: Floats) -> Floats:
        """Return the slopes of the residuals, a row each."""
        lines, by_part = self._at(v)
        made = np.zeros((14, 9))
        cos, sin = np.cos(v[5:9]), np.sin(v[5:9])
        whole = np.zeros((4, 2, 9))
        whole[:, :, :4] = by_part[:, :, :4]
        whole[:, :, 4] = by_part[:, :, 4] * cos[:, None] + by_part[:, :, 5] * sin[:, None]
        turned = v[4] * (by_part[:, :, 5] * cos[:, None] - by_part[:, :, 4] * sin[:, None])
        whole[range(4), :, range(5, 9)] = turned
        made[:8] = whole.reshape(8, 9)[np.argsort(lines)] / self.scale
        made[8, 3], made[9, 4] = 1 / self.held[0], 1 / self.held[1]
        made[range(10, 14), range(5, 9)] = 0.02
        return made

    def least(self, start: Floats, steps: int) -> Any:
        """Return the least squares from a start, after so many steps at most."""
        from scipy.optimize import least_squares

        return least_squares(self.left, start, self.slopes, method="lm", max_nfev=steps)


_PHASES = [np.zeros(4), np.full(4, math.pi / 2), np.array([0.0, math.pi, 0.5, 2.0])]


@cache
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
