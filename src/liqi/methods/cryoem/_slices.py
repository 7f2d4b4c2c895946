"""Central slices: images inserted into a Fourier volume, and images projected out of one (Fourier slice theorem)."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from liqi.methods.cryoem._turning import Numbers

Floats = NDArray[np.float32]
Complexes = NDArray[np.complex64]
PADDING = 2
"""The volume is held on a grid twice as fine as the images'."""
CORNERS = [(z, y, x) for z in (0, 1) for y in (0, 1) for x in (0, 1)]


@dataclass(frozen=True, slots=True)
class Samples:
    """The half plane of an image's Fourier transform within its largest circle, as flat places and coordinates."""

    size: int
    box: int
    """Pixels along the edge of the frame of zeros that images are put in before they are transformed."""
    place: NDArray[np.intp]
    """Places in the flattened rfft2 of a frame."""
    kx: Floats
    ky: Floats
    """In cycles per image."""

    @property
    def shell(self) -> NDArray[np.intp]:
        """The shell of each sample: its frequency, rounded."""
        return np.rint(np.hypot(self.kx, self.ky)).astype(np.intp)


def highest(size: int) -> int:
    """Return the highest frequency of images of this size, in cycles per image."""
    return size // 2 - (1 - size % 2)


def samples(size: int, radius: float | None = None, framed: float = 1.0) -> Samples:
    """Return the samples of images of this size up to a frequency; each pair of conjugates counts once.

    Images in a frame `framed` times their size are sampled as much more finely: gaps between slices are filled
    better, for as much more work squared.
    """
    box = size + 2 * round((framed - 1) * size / 2)
    most = (highest(size) if radius is None else radius) * box / size
    ky, kx = np.meshgrid(np.rint(fft.fftfreq(box) * box), np.arange(box // 2 + 1), indexing="ij")
    inside = (kx**2 + ky**2 <= most**2) & ((kx > 0) | (ky >= 0))
    place = np.flatnonzero(inside)
    per_image = size / box
    return Samples(size, box, place, *((axis.ravel()[place] * per_image).astype(np.float32) for axis in (kx, ky)))


def transforms(images: Floats, plane: Samples, shifts_px: Numbers | None = None) -> Complexes:
    """Return the Fourier samples `(n, samples)` of images `(n, size, size)`, moved by x and y into the middle."""
    size, box = plane.size, plane.box
    if box > size:
        framed = np.zeros((len(images), box, box), np.float32)
        framed[:, :size, :size] = images
        images = framed
    middle = size // 2
    flat = fft.rfft2(images).reshape(len(images), -1)[:, plane.place]
    offset = np.full((len(images), 2), -float(middle)) if shifts_px is None else shifts_px - middle
    turn = offset[:, :1].astype(np.float32) * plane.kx + offset[:, 1:].astype(np.float32) * plane.ky
    turn *= np.float32(-2 * np.pi / size)
    phase = np.empty(turn.shape, np.complex64)
    np.cos(turn, out=phase.real)
    np.sin(turn, out=phase.imag)
    return np.asarray(np.multiply(flat, phase, out=phase))


def images_of(flat: Complexes, plane: Samples) -> Floats:
    """Return images `(n, size, size)` of Fourier samples without a frame, the particle in the middle."""
    size = plane.size
    whole = np.zeros((len(flat), size, size // 2 + 1), np.complex64)
    middle = np.exp(-2j * np.pi / size * (size // 2) * (plane.kx + plane.ky)).astype(np.complex64)
    whole.reshape(len(flat), -1)[:, plane.place] = flat * middle
    rest = np.arange(1, (size + 1) // 2)
    whole[:, -rest, 0] = whole[:, rest, 0].conj()
    return np.asarray(fft.irfft2(whole, (size, size)), np.float32)


@dataclass(slots=True)
class FourierVolume:
    """Half of a Fourier volume (x from 0 up) on a padded grid: sums of what was inserted, and of its weights."""

    size: int
    radius: int = 0
    """Highest frequency, in cycles per image."""
    real: Floats = field(init=False)
    imaginary: Floats = field(init=False)
    weight: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.radius = self.radius or highest(self.size)
        for name in ("real", "imaginary", "weight"):
            setattr(self, name, np.zeros(self.shape, np.float32))

    @property
    def reach(self) -> int:
        """Grid steps from the origin to the border, one spare."""
        return PADDING * self.radius + 1

    @property
    def shape(self) -> tuple[int, int, int]:
        """Steps along z, y and x."""
        return 2 * self.reach + 1, 2 * self.reach + 1, self.reach + 2

    def insert(self, values: Complexes, weights: Floats, turned: Numbers, plane: Samples) -> None:
        """Add samples `(n, samples)` and weights, each to the eight grid points around, by nearness (trilinear)."""
        place, near, below = self._around(turned, plane)
        parts = values.real.ravel(), np.where(below, -values.imag, values.imag).ravel(), weights.ravel()
        sums = self.real.reshape(-1), self.imaginary.reshape(-1), self.weight.reshape(-1)
        place = place.ravel()
        nx, ny, nz = (axis.ravel() for axis in near)
        _, rows, columns = self.shape
        for z, y, x in CORNERS:
            share = (nz if z else 1 - nz) * (ny if y else 1 - ny) * (nx if x else 1 - nx)
            at = place + ((z * rows + y) * columns + x)
            for total, part in zip(sums, parts, strict=True):
                np.add.at(total, at, part * share)

    def project(self, values: Complexes, turned: Numbers, plane: Samples) -> Complexes:
        """Return the samples `(n, samples)` of central slices of a volume held as `values`, of this shape."""
        place, near, below = self._around(turned, plane)
        nx, ny, nz = near
        flat, found = values.reshape(-1), np.zeros(place.shape, np.complex64)
        _, rows, columns = self.shape
        for z, y, x in CORNERS:
            share = (nz if z else 1 - nz) * (ny if y else 1 - ny) * (nx if x else 1 - nx)
            found += flat[place + ((z * rows + y) * columns + x)] * share
        np.negative(found.imag, out=found.imag, where=below)
        return found

    def _around(
        self, turned: Numbers, plane: Samples
    ) -> tuple[NDArray[np.int64], tuple[Floats, Floats, Floats], NDArray[np.bool_]]:
        """Return the lowest grid point of each sample, how near the next it is by axis, and whether it was mirrored."""
        axes = (PADDING * turned[:, :2]).astype(np.float32)
        at = [axes[:, 0, i, np.newaxis] * plane.kx + axes[:, 1, i, np.newaxis] * plane.ky for i in range(3)]
        below = at[0] < 0
        sign = np.where(below, np.float32(-1), np.float32(1))
        whole, near = [], []
        for axis in at:
            axis *= sign
            floor = np.floor(axis)
            whole.append(floor.astype(np.int64))
            near.append(np.subtract(axis, floor, out=axis))
        _, rows, columns = self.shape
        place = ((whole[2] + self.reach) * rows + whole[1] + self.reach) * columns + whole[0]
        return place, (near[0], near[1], near[2]), below

    def settle(self) -> None:
        """Add up what was put on either side of the plane x = 0, where each point is its partner's conjugate."""
        for values, sign in ((self.real, 1), (self.imaginary, -1), (self.weight, 1)):
            side = values[:, :, 0]
            side += sign * side[::-1, ::-1].copy()

    def shells(self) -> NDArray[np.intp]:
        """The shell of each grid point, in cycles per image, those beyond the radius in the last one plus one."""
        steps = np.arange(-self.reach, self.reach + 1) ** 2
        squared = steps[:, None, None] + steps[None, :, None] + (np.arange(self.shape[2]) ** 2)[None, None]
        by_square = np.rint(np.sqrt(np.arange(squared.max() + 1)) / PADDING).astype(np.intp)
        return np.asarray(np.minimum(by_square, self.radius + 1)[squared])

    def to_map(self, values: Complexes) -> Floats:
        """Return the map `(size, size, size)` in real space of values of this shape, freed of the grid's falling off.

        One axis after the other, and only what lies in the map is carried on.
        """
        padded = PADDING * self.size
        keep, inner = self._kept()
        middle = (1 - 2 * (np.abs(np.arange(-keep, keep + 1)) % 2)).astype(np.float32)
        cut = slice(padded // 2 - self.size // 2, padded // 2 - self.size // 2 + self.size)
        found = values[inner, inner, : keep + 1] * middle[keep:]
        for axis in (0, 1):
            shape = [*found.shape[:axis], padded, *found.shape[axis + 1 :]]
            spread, before = np.zeros(shape, np.complex64), (slice(None),) * axis
            along = middle.reshape(-1, *(1,) * (2 - axis))
            spread[*before, : keep + 1] = found[*before, keep:] * along[keep:]
            spread[*before, -keep:] = found[*before, :keep] * along[:keep]
            found = fft.ifft(spread, axis=axis, overwrite_x=True)[*before, cut]
        whole = fft.irfft(found, padded, axis=-1)[..., cut]
        return np.asarray(whole / _cube(self.falling()) * PADDING**3, np.float32)

    def of_map(self, density: Floats) -> Complexes:
        """Return the Fourier volume of a map `(size, size, size)`, made ready to be projected out of."""
        padded = PADDING * self.size
        start = padded // 2 - self.size // 2
        whole = np.zeros((padded,) * 3, np.float32)
        cut = slice(start, start + self.size)
        whole[cut, cut, cut] = density / _cube(self.falling())
        half = fft.rfftn(fft.ifftshift(whole))
        keep, inner = self._kept()
        places = np.arange(-keep, keep + 1)
        values = np.zeros(self.shape, np.complex64)
        values[inner, inner, : keep + 1] = half[np.ix_(places, places, np.arange(keep + 1))]
        return values

    def _kept(self) -> tuple[int, slice]:
        """How far from the origin the grid and the padded box share points, and where these are on the grid."""
        keep = min(self.reach, PADDING * self.size // 2 - 1)
        return keep, slice(self.reach - keep, self.reach + keep + 1)

    def falling(self) -> Floats:
        """How much trilinear interpolation dims each row of the map: sinc squared, `(size,)`, applied on each axis."""
        offset = (np.arange(self.size) - self.size // 2) / (PADDING * self.size)
        return np.asarray(np.sinc(offset) ** 2, np.float32)


def _cube(line: Floats) -> Floats:
    return line[:, None, None] * line[None, :, None] * line[None, None, :]
