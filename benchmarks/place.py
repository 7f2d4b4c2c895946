"""Where firms gather: 5,000 firms against 1,000 draws, how exact that is, and where to put five of a hundred.

    ./run bench place [--firms 5000] [--sites 10000] [--draws 1000]

Made-up firms: half of the sites in 200 towns, half anywhere in a box as large as eastern China, so that both the
pairs within a town and those across the country count. The exact density of one draw is worked out pair by pair.
"""

import argparse
import time

import numpy as np

from liqi.insight import sites
from liqi.insight.location import distance_density as dd
from liqi.insight.location._site_pairs import Sites


def made(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return latitudes and longitudes of so many sites."""
    rng = np.random.default_rng(seed)
    town = rng.integers(0, 200, count)
    latitudes = rng.uniform(20, 45, 200)[town] + rng.normal(0, 0.1, count)
    longitudes = rng.uniform(100, 123, 200)[town] + rng.normal(0, 0.1, count)
    anywhere = rng.random(count) < 0.5
    latitudes[anywhere] = rng.uniform(20, 45, anywhere.sum())
    longitudes[anywhere] = rng.uniform(100, 123, anywhere.sum())
    return latitudes, longitudes


def main() -> None:
    """Print seconds and errors."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, usual in (("firms", 5_000), ("sites", 10_000), ("draws", 1_000)):
        asked.add_argument(f"--{name}", type=int, default=usual)
    words = asked.parse_args()
    latitudes, longitudes = made(words.sites, 1)
    chosen = np.random.default_rng(2).choice(words.sites, words.firms, replace=False)

    def tell(done: int, of: int) -> None:
        if done % 250 == 0:
            print(f"  {done} of {of} draws", flush=True)

    start, cpu = time.perf_counter(), time.process_time()
    found = dd.curve(latitudes[chosen], longitudes[chosen], latitudes, longitudes, seed=1, draws=words.draws, tell=tell)
    print(
        f"{found.firms} firms, {found.sites} sites, {found.draws} draws: {time.perf_counter() - start:.1f} s, ", end=""
    )
    print(f"processor {time.process_time() - cpu:.1f} s; cells of {found.cell_km:.1f} km, ", end="")
    print(f"bandwidth {found.bandwidth_km:.1f} km, {found.verdict}")
    print(
        f"largest error of a draw against all its pairs: {error(latitudes, longitudes, chosen, found):.2%} of the peak"
    )
    points = np.random.default_rng(3).uniform(0, 100, (200, 2))
    ways = np.linalg.norm(points[:, None] - points, axis=2)
    for exact in (True, False):
        start = time.perf_counter()
        best = sites.p_median(ways, 5, exact=exact)
        print(f"p-median 200 x 200, five: {best.value:.2f} {'proven' if best.proven else 'interchange'}, ", end="")
        print(f"{time.perf_counter() - start:.2f} s")


def error(latitudes: np.ndarray, longitudes: np.ndarray, chosen: np.ndarray, found: dd.Curve) -> float:
    """Return the largest difference of the counted and the exact density of a draw of at most 3,000, by the peak."""
    chosen = chosen[:3_000]
    held = Sites(latitudes, longitudes, dd.MOST_CELLS)
    at = np.asarray(found.distances_km)
    near, far = held.count(chosen)
    counted = near @ dd._kernel(at, held.middles, found.bandwidth_km).T  # noqa: SLF001
    counted += far @ dd.kernels(at, held, found.bandwidth_km)
    counted /= len(chosen) * (len(chosen) - 1) / 2
    exact, _width = dd.density(latitudes[chosen], longitudes[chosen], list(at), bandwidth_km=found.bandwidth_km)
    return float(np.abs(counted - exact).max() / max(exact))


if __name__ == "__main__":
    main()
