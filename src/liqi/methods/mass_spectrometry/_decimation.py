"""Long lines made short without losing their look, and numbers without the digits that say nothing."""

from collections.abc import Iterable

import numpy as np

from liqi.methods.mass_spectrometry._cleaning import Floats


def outlined(x: Floats, y: Floats, most: int) -> tuple[Floats, Floats]:
    """Return at most `most` points of a line: of each stretch the one with the largest triangle to its neighbours.

    Largest-triangle-three-buckets: S. Steinarsson, Downsampling time series for visual representation, MSc thesis,
    University of Iceland (2013), section 4.2. First and last point stay.

    >>> outlined(np.arange(5.0), np.array([0, 0, 9, 0, 0.0]), 3)[1].tolist()
    [0.0, 9.0, 0.0]
    """
    if x.size <= most or most < 3:
        return x, y
    edges = np.linspace(1, x.size - 1, most - 1).astype(np.int64)
    sizes = np.diff(np.append(edges, x.size))
    mean_x, mean_y = (np.add.reduceat(one, edges) / sizes for one in (x, y))
    chosen = [0]
    for start, end, next_x, next_y in zip(
        edges[:-1].tolist(), edges[1:].tolist(), mean_x[1:].tolist(), mean_y[1:].tolist(), strict=True
    ):
        last_x, last_y = x[chosen[-1]], y[chosen[-1]]
        if end - start == 1:
            chosen.append(start)
            continue
        area = (last_x - next_x) * (y[start:end] - last_y) - (last_x - x[start:end]) * (next_y - last_y)
        chosen.append(start + int(np.abs(area).argmax()))
    chosen.append(x.size - 1)
    return x[chosen], y[chosen]


def significant(values: Iterable[float], digits: int = 4) -> list[float]:
    """Return the values with so many significant digits.

    >>> significant([123456.0, 0.00123456])
    [123500.0, 0.001235]
    """
    return [float(f"{value:.{digits}g}") for value in values]
