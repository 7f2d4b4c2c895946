"""Make the synthetic chromatograms that ship with chrom.suitability and chrom.quantify, from seeds.

./run bench make_chromatogram_examples

Tailing peaks of caffeine and theobromine on a slow drift with noise, 900 points over 6 minutes: six injections of one
mixture, six standards, a control and a sample of known concentrations.
"""

from pathlib import Path

import numpy as np

from liqi.methods.chromatography._fits import modified_gaussian

DATA = Path(__file__).parents[1] / "src/liqi/methods/chromatography/data"
TIMES = np.round(np.arange(900) / 150, 5)
LEVELS = (2.0, 5.0, 10.0, 20.0, 40.0, 50.0)
PEAKS = (("theobromine", 2.4), ("caffeine", 3.63))


def signal(theobromine: float, caffeine: float, chance: np.random.Generator) -> np.ndarray:
    """Return the signal in mAU of two concentrations in mg/L."""
    shift = chance.normal(0, 0.003)
    found = 0.5 + 0.02 * TIMES + chance.normal(0, 0.02, TIMES.size)
    for amount, place, width in ((0.10 * theobromine, 2.38, 0.045), (0.12 * caffeine, 3.6, 0.055)):
        found += amount * modified_gaussian(TIMES, place + shift, width, 0.5) * (1 + chance.normal(0, 0.004))
    return np.asarray(found)


def write(path: Path, values: np.ndarray) -> None:
    """Write a table of time and signal."""
    rows = [f"{t:g},{y:.3f}" for t, y in zip(TIMES, values, strict=True)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("Time (min),Signal (mAU)\n" + "\n".join(rows) + "\n", encoding="utf-8")


def main() -> None:
    """Write all of them."""
    chance = np.random.default_rng(20_261_122)
    for n in range(1, 7):
        write(DATA / f"injections/synthetic-{n}.csv", signal(50, 40, chance))
    rows = ["file,compound,time_min,concentration,unit,role"]
    for n, level in enumerate(LEVELS, 1):
        write(DATA / f"calibration/synthetic-standard-{n}.csv", signal(level, 2 * level, chance))
        rows += [f"synthetic-standard-{n},theobromine,2.4,{level:g},mg/L,standard"]
        rows += [f"synthetic-standard-{n},caffeine,3.63,{2 * level:g},mg/L,standard"]
    write(DATA / "calibration/synthetic-control.csv", signal(15, 15, chance))
    rows += [f"synthetic-control,{name},{time},15,mg/L,control" for name, time in PEAKS]
    write(DATA / "calibration/synthetic-sample.csv", signal(12, 30, chance))
    rows += [f"synthetic-sample,{name},{time},,mg/L,sample" for name, time in PEAKS]
    (DATA / "calibration/levels.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
