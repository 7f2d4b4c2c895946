"""Co-agglomeration: which industries sit where another sits (Ellison, Glaeser and Kerr 2010).

American Economic Review 100 (2010) 1195-1213: gamma_ij = sum (s_mi - x_m)(s_mj - x_m) / (1 - sum x_m^2).
It is 1 where two industries have all they have in the same one place that the baseline leaves empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from liqi.insight.origin import UnusableTable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Companion:
    """An industry beside the one that was asked for."""

    industry: str
    gamma: float
    place: int
    """Its place in the list, 1 the closest."""
    jobs: float


def pairwise(
    jobs: Sequence[Sequence[float]] | NDArray[np.float64],
    baseline: Sequence[float] | NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """The index of every two industries, (industries, industries), from jobs (regions, industries).

    The baseline is the regions' jobs; without it the mean of the industries' shares, as the paper does.
    """
    import numpy as np

    table = np.asarray(jobs, dtype=float)
    if table.ndim != 2 or table.shape[0] < 2:
        raise UnusableTable(f"found {len(table)} region; expected two or more, or nothing can gather; add regions.")
    if not np.isfinite(table).all() or (table < 0).any():
        raise UnusableTable("found jobs under 0 or not finite; expected numbers from 0 up; correct those rows.")
    sums = table.sum(axis=0)
    if not sums.all():
        empty = int((sums == 0).sum())
        raise UnusableTable(f"found {empty} industries without any jobs; expected jobs in each; leave those out.")
    shares = table / sums
    x = shares.mean(axis=1) if baseline is None else np.asarray(baseline, dtype=float) / np.sum(baseline)
    if x.shape != (table.shape[0],) or not np.isfinite(x).all():
        raise UnusableTable(
            f"found a baseline of {x.size} regions that does not fit {table.shape[0]}; give one a region."
        )
    room = 1 - float((x**2).sum())
    if room <= 1e-12:
        raise UnusableTable("found one region that holds the whole baseline; expected two or more; widen the table.")
    apart = shares - x[:, None]
    found: NDArray[np.float64] = apart.T @ apart / room
    return found


def companions(
    jobs: NDArray[np.float64],
    industries: Sequence[str],
    asked: str,
    baseline: Sequence[float] | NDArray[np.float64] | None = None,
    *,
    floor_jobs: float = 0,
) -> list[Companion]:
    """The other industries by their index with the one asked for, closest first; those under the floor are left out.

    The floor keeps small industries out of the list, whose few plants fall together by chance.
    """
    import numpy as np

    sums = np.asarray(jobs, dtype=float).sum(axis=0)
    if asked not in industries:
        raise UnusableTable(f"found no industry {asked}; expected one of the table's {len(industries)}; choose one.")
    keep = [at for at, sum_ in enumerate(sums) if (sum_ >= floor_jobs and sum_ > 0) or industries[at] == asked]
    column = [industries[at] for at in keep].index(asked)
    gamma = pairwise(jobs[:, keep], baseline)[column]
    order = [(industries[at], float(g), float(sums[at])) for at, g in zip(keep, gamma, strict=True)]
    ranked = sorted((one for one in order if one[0] != asked), key=lambda one: (-one[1], one[0]))
    return [Companion(name, g, place, total) for place, (name, g, total) in enumerate(ranked, 1)]
