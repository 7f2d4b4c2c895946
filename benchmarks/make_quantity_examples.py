"""Make the synthetic examples of `ms.quantify`, `ms.tissue` and `ms.isotopes` that ship with the package.

    ./run bench make_quantity_examples

Nothing of it was measured; every file has `synthetic` in its name. The same bytes come out every time.
"""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks._synthetic import scans_of, write_run
from liqi.methods.mass_spectrometry._formula import ion_mz

DATA = Path(__file__).parents[1] / "src/liqi/methods/mass_spectrometry/data"
SEED = 20261122
TIMES = np.arange(0.0, 75.0, 1.25)
SUBSTANCES = {  # formula, retention time in s, area a unit of concentration, internal standard
    "trimethoprim": ("C14H18N4O3", 20.0, 900.0, "trimethoprim-d9"),
    "sulfadimidine": ("C12H14N4O2S", 32.0, 700.0, "sulfadimidine-13C6"),
    "amoxicillin": ("C16H19N3O5S", 12.0, 2500.0, ""),
    "lincomycin": ("C18H34N2O6S", 45.0, 800.0, "trimethoprim-d9"),
    "trimethoprim-d9": ("C14H9D9N4O3", 19.6, 45_000.0, ""),
    "sulfadimidine-13C6": ("C6[13C]6H14N4O2S", 32.0, 35_000.0, ""),
}
MATRIX = {"trimethoprim-d9", "sulfadimidine-13C6"}
LEVELS = {
    "trimethoprim": (5, 10, 25, 50, 100, 200),
    "sulfadimidine": (5, 10, 25, 50, 100, 200),
    "amoxicillin": (0.5, 1, 2, 4, 8, 16),
    "lincomycin": (15, 30, 75, 150, 300, 600),
}
SAMPLES: Mapping[str, Mapping[str, float]] = {
    "milk-a": {"trimethoprim": 12, "sulfadimidine": 40, "amoxicillin": 1.5, "lincomycin": 60},
    "milk-b": {"trimethoprim": 85, "sulfadimidine": 60, "amoxicillin": 2.2},
    "milk-c": {"sulfadimidine": 20, "amoxicillin": 30},
}
CONTROL = {"trimethoprim": 60.0, "sulfadimidine": 60.0, "amoxicillin": 5.0, "lincomycin": 180.0}
LIMITS = {"trimethoprim": ("50", "EU 37/2010"), "sulfadimidine": ("100", "EU 37/2010, sum of sulfonamides")}


def main() -> None:
    make_assay(DATA / "assay")


def make_assay(folder: Path) -> None:
    """Write six calibrants, a blank, a control and three samples (one twice), with the two tables that go with them."""
    rng = np.random.default_rng(SEED)
    rows: list[dict[str, object]] = []
    for step in range(6):
        level = {name: float(levels[step]) for name, levels in LEVELS.items()}
        name = f"synthetic_cal{step + 1}"
        _assay_run(folder / f"{name}.mzML.gz", level, rng)
        rows += [_row(name, "calibrant", target, value) for target, value in level.items()]
    _assay_run(folder / "synthetic_blank.mzML.gz", {}, rng)
    rows.append(_row("synthetic_blank", "blank"))
    _assay_run(folder / "synthetic_control.mzML.gz", CONTROL, rng)
    rows += [_row("synthetic_control", "control", target, value) for target, value in CONTROL.items()]
    for sample, content in SAMPLES.items():
        for turn in (1, 2) if sample == "milk-a" else (1,):
            name = f"synthetic_{sample}_{turn}"
            _assay_run(folder / f"{name}.mzML.gz", content, rng)
            rows.append(_row(name, "sample", sample=sample))
    _write(folder / "synthetic_calibration.csv", ("file", "role", "target", "concentration", "unit", "sample"), rows)
    heads = ("name", "formula", "adduct", "retention_time_s", "window_s", "internal_standard", "limit", "limit_name")
    targets = []
    for name, (formula, time, _, standard) in SUBSTANCES.items():
        limit, text = LIMITS.get(name, ("", ""))
        cells = (name, formula, "[M+H]+", time, 6, standard, limit, text)
        targets.append(dict(zip(heads, cells, strict=True)))
    _write(folder / "synthetic_targets.csv", heads, targets)


def _assay_run(path: Path, content: Mapping[str, float], rng: np.random.Generator) -> None:
    """One run: ions are suppressed alike by 0.7 to 1.1, peaks come up to half a second early or late."""
    suppressed, late = rng.uniform(0.7, 1.1), rng.uniform(-0.15, 0.15)
    ions = []
    for name, (formula, time, response, _) in SUBSTANCES.items():
        amount = 1.0 if name in MATRIX else content.get(name, 0.0)
        own = 1.0 if name == "amoxicillin" else suppressed
        area = response * amount * own * (1 + 0.02 * rng.standard_normal())
        ions.append((ion_mz(formula, "[M+H]+") or 0.0, time + late, area))
    write_run(path, scans_of(ions, rng, TIMES, background=(149.0233, 279.1591, 391.2843)))


def _row(file: str, role: str, target: str = "", value: float | None = None, sample: str = "") -> dict[str, object]:
    unit = "ug/kg" if value is not None else ""
    concentration = "" if value is None else f"{value:g}"
    return {
        "file": file,
        "role": role,
        "target": target,
        "concentration": concentration,
        "unit": unit,
        "sample": sample,
    }


def _write(path: Path, heads: Sequence[str], rows: Sequence[Mapping[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, heads, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
