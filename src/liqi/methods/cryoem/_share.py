"""Work on one Fourier volume shared among processes, each with sums of its own that are added up at the end."""

import mmap
import multiprocessing
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liqi.methods.cryoem._slices import FourierVolume

SUMS = ("real", "imaginary", "weight")
Fill = Callable[[FourierVolume, NDArray[np.intp], Callable[[int], None]], None]


def in_parts(
    volume: FourierVolume, fill: Fill, which: NDArray[np.intp], cores: int, told: Callable[[int], None]
) -> None:
    """`fill(volume, images, tell)` has been done for all images; with several cores, each with a part of them.

    Processes are forked, so that the images need not be sent; where the system cannot fork, one process does it.
    """
    forks = "fork" in multiprocessing.get_all_start_methods() and sys.platform != "darwin"
    if cores < 2 or not forks or len(which) < 2 * cores:
        fill(volume, which, told)
        return
    context: Any = multiprocessing.get_context("fork")
    volumes = [_shared(volume) for _ in range(cores)]
    counts = [context.Value("q", 0, lock=False) for _ in range(cores)]
    parts = np.array_split(which, cores)

    def work(number: int) -> None:
        fill(volumes[number], parts[number], lambda done: setattr(counts[number], "value", done))

    workers = [context.Process(target=work, args=(number,), daemon=True) for number in range(cores)]
    try:
        for worker in workers:
            worker.start()
        while any(worker.is_alive() for worker in workers):
            for worker in workers:
                worker.join(0.1)
            told(sum(count.value for count in counts))
    finally:
        for worker in workers:
            worker.terminate()
    if failed := [worker.exitcode for worker in workers if worker.exitcode]:
        raise MemoryError(f"a process that inserted images ended with {failed[0]}")
    for part in volumes:
        for name in SUMS:
            total = getattr(volume, name)
            total += getattr(part, name)


def _shared(volume: FourierVolume) -> FourierVolume:
    """Return an empty volume of the same size whose sums several processes see."""
    made = FourierVolume(volume.size, volume.radius)
    for name in SUMS:
        block = mmap.mmap(-1, 4 * int(np.prod(volume.shape)))
        setattr(made, name, np.frombuffer(block, np.float32).reshape(volume.shape))
    return made
