"""The power spectrum of micrographs and of stacks of particles: tiles transformed, squared and averaged."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

Floats = NDArray[np.float32]
Numbers = NDArray[np.float64]
WINDOWED_FROM = 256
"""Images of so many pixels are cut into windowed tiles; smaller ones hold one particle and go in whole."""
WINDOW_ALIKE = 1.5
"""Of points under the window: with it, errors of 24 made-up micrographs have a deviation of 0.8 of what is told."""
LEAST_BOX = 128
"""Small images get a frame of zeros up to this, so that a ring is sampled more than twice."""


@dataclass(frozen=True, slots=True)
class Power:
    """An averaged periodogram `(box, box // 2 + 1)` as `rfft2` orders it, and how many tiles it is the mean of."""

    values: Numbers
    box: int
    pixel_angstrom: float
    tiles: int
    alike: float
    """How many neighbouring points say the same, by window or by frame; errors are counted with it."""

    @property
    def kx(self) -> Numbers:
        """Frequencies along x in 1/angstrom `(1, box // 2 + 1)`."""
        return np.asarray(fft.rfftfreq(self.box, self.pixel_angstrom)[None, :])

    @property
    def ky(self) -> Numbers:
        """Frequencies along y in 1/angstrom `(box, 1)`."""
        return np.asarray(fft.fftfreq(self.box, self.pixel_angstrom)[:, None])


def box_of(shape: tuple[int, int], wanted: int) -> int:
    """Return the edge of the tiles for images of this shape: what is wanted, else the most that fits, even."""
    least = min(shape)
    return min(wanted, least - least % 2) if least >= WINDOWED_FROM else max(LEAST_BOX, least)


def power(images: Iterable[Floats], box: int, pixel_angstrom: float) -> Power:
    """Return the mean periodogram of images `(y, x)`; large ones in Hann-windowed tiles that overlap by half.

    Welch 1967, IEEE Trans. Audio Electroacoust. 15, 70. Each tile counts with mean 0 and deviation 1.
    """
    total, count, edge = np.zeros((box, box // 2 + 1)), 0, box
    for tiles in _batches(images, box):
        spectra = np.abs(fft.rfft2(tiles, (box, box))) ** 2
        total += spectra.sum(0)
        count, edge = count + len(tiles), tiles.shape[-1]
    return Power(
        total / max(count, 1), box, pixel_angstrom, count, WINDOW_ALIKE if edge >= WINDOWED_FROM else (box / edge) ** 2
    )


def _batches(images: Iterable[Floats], box: int) -> Iterator[Floats]:
    held: list[Floats] = []
    most = max(1, (1 << 22) // (box * box))
    for image in images:
        for tile in _tiles(image, box):
            held.append(tile)
            if len(held) == most:
                yield np.stack(held)
                held = []
    if held:
        yield np.stack(held)


def _tiles(image: Floats, box: int) -> Iterator[Floats]:
    rows, columns = image.shape
    if min(rows, columns) < WINDOWED_FROM:
        if (deviation := float(image.std())) > 0:
            yield ((image - image.mean()) / deviation).astype(np.float32)
        return
    line = np.hanning(box + 1)[:box]
    window = np.outer(line, line).astype(np.float32)
    for y in _starts(rows, box):
        for x in _starts(columns, box):
            tile = image[y : y + box, x : x + box]
            if (deviation := float(tile.std())) > 0:
                yield (tile - tile.mean()) / np.float32(deviation) * window


def _starts(length: int, box: int) -> list[int]:
    """Where tiles begin: every half box, the last against the border."""
    if length <= box:
        return [0]
    count = int(np.ceil((length - box) / (box / 2))) + 1
    return [int(at) for at in np.linspace(0, length - box, count)]
