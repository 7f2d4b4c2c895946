"""Make the synthetic examples of `ms.quantify`, `ms.tissue` and `ms.isotopes` that ship with the package.

    ./run bench make_quantity_examples

Nothing of it was measured; every file has `synthetic` in its name. The same bytes come out every time.
"""

import csv
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks._synthetic import scans_of, write_run
from liqi.methods.mass_spectrometry._formula import ion_charge, ion_mz
from liqi.methods.mass_spectrometry._isotopes import ion_atoms
from liqi.methods.mass_spectrometry._isotopologues import LABELS, fine_structure, unresolved
from liqi.methods.mass_spectrometry._profiles import BINS, Profiles, write_profiles
from liqi.methods.mass_spectrometry._tissue_model import train_tissue_model

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


TISSUES = ("synthetic normal", "synthetic tumour A", "synthetic tumour B")
RESOLUTION = 60_000
TRAINED_AT = datetime(2026, 11, 22, tzinfo=UTC)


def main() -> None:
    make_assay(DATA / "assay")
    make_tissue(DATA / "tissue")
    make_isotopes(DATA / "isotopes")


def synthetic_profiles(
    rng: np.random.Generator,
    patients: int = 12,
    spectra: int = 3,
    effect: float = 0.6,
    patient_effect: float = 0.45,
    scatter: float = 0.25,
    bins: int = 160,
) -> Profiles:
    """Return profiles of so many patients a class, a few spectra each: log-normal peaks, some bins tell the class.

    Every patient has own levels of every bin (`patient_effect`), which no model can carry over to another patient.
    """
    places = np.sort(rng.choice(BINS, bins, replace=False))
    base = rng.normal(0, 1.2, bins)
    shifts = np.zeros((len(TISSUES), bins))
    for i in range(1, len(TISSUES)):
        own = rng.choice(bins, 16, replace=False)
        shifts[i, own] = rng.choice([-1, 1], own.size) * effect
    rows, samples, people, classes = [], [], [], []
    for i, tissue in enumerate(TISSUES):
        for number in range(patients):
            person = f"synthetic-{i + 1}{number + 1:02d}"
            own = base + shifts[i] + patient_effect * rng.standard_normal(bins)
            for turn in range(spectra):
                row = np.zeros(BINS)
                row[places] = np.exp(own + scatter * rng.standard_normal(bins))
                rows.append(row / row.sum())
                samples.append(f"{person}-{turn + 1}")
                people.append(person)
                classes.append(tissue)
    return Profiles(samples, people, classes, np.array(rows), None)


def make_tissue(folder: Path) -> None:
    """Write a model trained on synthetic profiles, and five profiles of new patients: one of another kind."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = synthetic_profiles(np.random.default_rng(SEED), patients=13)
    last = [i for i, person in enumerate(whole.patients) if person.endswith("13")]
    train = [i for i in range(len(whole)) if i not in last]
    notes = "SYNTHETIC: computed by benchmarks/make_quantity_examples.py, no tissue was measured"
    facts = {"name": "synthetic example", "now": TRAINED_AT, "synthetic": True, "notes": notes}
    train_tissue_model(whole.take(train), **facts).save(folder / "synthetic_model.json")
    shown = whole.take([last[0], last[3], last[6]])
    other = synthetic_profiles(np.random.default_rng(SEED + 1), patients=1, spectra=1).take([0])
    mixed = whole.shares[[last[3], last[6]]].mean(axis=0)
    names = ["synthetic_1", "synthetic_2", "synthetic_3", "synthetic_between_A_and_B", "synthetic_of_another_kind"]
    shares = np.vstack([shown.shares, mixed, other.shares])
    write_profiles(folder / "synthetic_profiles.csv", Profiles(names, [""] * 5, [""] * 5, shares))


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


def labelled_ions(
    formula: str, adduct: str, label: str, shares: Sequence[float], time_s: float, area: float
) -> list[tuple[float, float, float]]:
    """Return the ions of a molecule of which such shares carry 0, 1, 2 ... labels, parted as far as 60,000 parts."""
    element, step = LABELS[label]
    atoms, first, charge = ion_atoms(formula, adduct), ion_mz(formula, adduct), ion_charge(adduct)
    if atoms is None or first is None or not charge:
        raise ValueError(f"{formula} {adduct} is not understood")
    shifts, parts = [], []
    for labels, share in enumerate(shares):
        shift, part = fine_structure({**atoms, element: atoms[element] - labels})
        shifts.append(shift + labels * step)
        parts.append(part * share)
    mass, part = np.concatenate(shifts), np.concatenate(parts)
    order = np.argsort(mass[part > 0])
    mass, part = unresolved(mass[part > 0][order], part[part > 0][order], first / RESOLUTION * abs(charge))
    seen = [(at, of) for at, of in zip(mass.tolist(), part.tolist(), strict=True) if of > 2e-4]
    return [(first + at / abs(charge), time_s, area * of) for at, of in seen]


def make_isotopes(folder: Path) -> None:
    """Write three replicates of a sample: glutamate of known labelling, caffeine and a peptide as nature made them."""
    rng = np.random.default_rng(SEED + 2)
    natural = (1.0,)
    for turn in range(3):
        ions = labelled_ions("C5H9NO4", "[M+H]+", "13C", (0.5, 0, 0.1, 0, 0, 0.4), 22.0, 4e5 * rng.uniform(0.8, 1.2))
        ions += labelled_ions("C5H9NO4", "[M+Na]+", "13C", (0.5, 0, 0.1, 0, 0, 0.4), 22.0, 8e4)
        ions += labelled_ions("C8H10N4O2", "[M+H]+", "13C", natural, 40.0, 5e5 * rng.uniform(0.8, 1.2))
        ions += labelled_ions("C50H71N13O12", "[M+2H]2+", "13C", natural, 55.0, 4e5)  # angiotensin II
        ions += labelled_ions("C50H71N13O12", "[M+H]+", "13C", natural, 55.0, 2e5)
        write_run(folder / f"synthetic_labelled_{turn + 1}.mzML.gz", scans_of(ions, rng, TIMES, noise=5.0))
    parted = {"resolving_power": RESOLUTION}
    substances = [
        {"name": "glutamate", "formula": "C5H9NO4", "label": "13C", "retention_time_s": 22, **parted},
        {"name": "caffeine", "formula": "C8H10N4O2", "label": "13C", "retention_time_s": 40, **parted},
    ]
    _write(folder / "synthetic_substances.csv", tuple(substances[0]), substances)
    runs = [{"file": f"synthetic_labelled_{turn}", "sample": "labelled"} for turn in (1, 2, 3)]
    _write(folder / "synthetic_samples.csv", ("file", "sample"), runs)


if __name__ == "__main__":
    main()
