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
    chosen = [0]
    for start, end, after in zip(edges[:-1], edges[1:], [*edges[2:], x.size], strict=True):
        last = chosen[-1]
        next_x, next_y = x[end:after].mean(), y[end:after].mean()
        area = (x[last] - next_x) * (y[start:end] - y[last]) - (x[last] - x[start:end]) * (next_y - y[last])
        chosen.append(int(start) + int(np.argmax(np.abs(area))))
    chosen.append(x.size - 1)
    return x[chosen], y[chosen]


def significant(values: Iterable[float], digits: int = 4) -> list[float]:
    """Return the values with so many significant digits.

    >>> significant([123456.0, 0.00123456])
    [123500.0, 0.001235]
    """
    return [float(f"{value:.{digits}g}") for value in values]
