"""Suspects that are in a run, and ones that are not: what is detected, at which level, and what was expected.

    ./run bench screen DATA

DATA is the folder that holds `massbank/library_ms2.parquet` and `ms/` (`mixture_dev.mzML` with its truth: 50 spectra
put into a real run; a real bacterial extract; a real river water; `dart_powder/`).
"""

import itertools
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from liqi.methods.mass_spectrometry import Suspect, identify_mixture, read_suspects, screen
from liqi.methods.mass_spectrometry._decoy_formulas import decoys_of
from liqi.methods.mass_spectrometry._formula import monoisotopic_mass
from liqi.methods.mass_spectrometry._suspect_ions import Landscape, places_of
from liqi.methods.mass_spectrometry.mixture import read_powder
from liqi.methods.mass_spectrometry.run import read_run
from liqi.methods.mass_spectrometry.screening import MILK_SUSPECTS
from liqi.methods.readers import Spectrum

ABSENT = 600
MOVED_DA = (0.02, 0.03, 0.05, 0.08, -0.02, -0.03, -0.05, 4.0026, 9.01218, 19.99244, 26.98154, 39.96238, 58.93319)
"""Windows moved by some mDa, and the adducts of He, Be, Ne, Al, Ar and Co."""
VOLTAGES = (30, 60, 90)


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(print(__doc__, file=sys.stderr) or 2)
    data = Path(sys.argv[1])
    run, library = data / "ms/mixture_dev.mzML", data / "massbank/library_ms2.parquet"
    known, absent = lists(data)
    for name, suspects in (("in it", known), ("not in it", absent)):
        for which in (None, library):
            report(f"{name}, {'all of MassBank' if which else 'small library'}", run, suspects, which)
    decoy_rates(run, absent)
    for name in ("qe_dda_bacterial_extract.mzML", "tripletof_dda_river_water.mzXML"):
        report(f"milk list in {name}", data / "ms" / name, read_suspects(MILK_SUSPECTS), None)
    powders(data / "ms/dart_powder", library)


def lists(data: Path) -> tuple[list[Suspect], list[Suspect]]:
    """Return the known ones of the composite, and compounds of the library whose formula is not in it."""
    truth = pl.read_csv(data / "ms/mixture_dev_truth.csv")
    columns = ["name", "formula", "inchikey", "inchikey_1", "adduct"]
    table = pl.read_parquet(data / "massbank/library_ms2.parquet", columns=columns)
    others = table.filter((pl.col("adduct") == "[M+H]+") & ~pl.col("formula").is_in(truth["formula"].to_list()))
    others = others.unique("inchikey_1", maintain_order=True).sample(ABSENT, seed=1)
    made = [
        [Suspect(row["name"], row["formula"], row["inchikey"]) for row in rows.to_dicts()]
        for rows in (truth.filter(pl.col("truth") == "known"), others)
    ]
    return made[0], [one for one in made[1] if monoisotopic_mass(one.formula)]


def report(what: str, run: Path, suspects: Sequence[Suspect], library: Path | None) -> None:
    """Print how many were detected at each level, and how many were expected by chance."""
    started = time.process_time()
    found = screen(run, suspects, library)
    levels = {level: len(found.at(level)) for level in ("3", "4", "5")}
    chance = {level: round(number, 1) for level, number in found.by_chance.items()}
    took = time.process_time() - started
    print(f"{what}: {len(suspects)} suspects, detected {levels}, by chance {chance}, {took:.2f} CPU-s", flush=True)


def decoy_rates(run: Path, absent: Sequence[Suspect]) -> None:
    """Print how often an absent suspect, a decoy formula and a mass that cannot be meet an ion, as [M+H]+."""
    landscape = Landscape.of(read_run(run).features())
    alone = [Suspect(one.name, one.formula, adducts=("[M+H]+",)) for one in absent]

    def met(suspects: Sequence[Suspect], moved_by: float = 0.0) -> float:
        return float(np.mean([bool(places_of(one, landscape, "positive", 5.0, moved_by)) for one in suspects]))

    print(f"an ion of the mass as [M+H]+: absent suspects {met(alone):.3f}, decoy formulas {met(decoys_of(alone)):.3f}")
    print("  moved by " + ", ".join(f"{by:g} Da {met(alone, by):.3f}" for by in MOVED_DA))


def powders(folder: Path, library: Path) -> None:
    """Print what is found in the powders, and in sums of two and three, with all of the library as decoys."""
    truth = pl.read_csv(folder / "truth.csv")
    samples = truth["sample"].unique().sort().to_list()
    right = wrong = asked = 0
    started = time.process_time()
    groups = [group for size in (1, 2, 3) for group in itertools.combinations(samples, size)]
    for group in groups:
        mixture = identify_mixture(together(folder, group), [folder / "library_dart.msp", library])
        real = set(truth.filter(pl.col("sample").is_in(group))["component"])
        named = {one.reference.name for one in mixture.found}
        named |= {lead.name for lead in mixture.leads if lead.verdict == "possible"}
        asked, right, wrong = asked + len(real), right + len(named & real), wrong + len(named - real)
    took = (time.process_time() - started) / len(groups)
    print(f"{len(groups)} powders and sums of powders: {right} of {asked} found, {wrong} false, {took:.2f} CPU-s each")


def together(folder: Path, samples: Sequence[str]) -> dict[int, Spectrum]:
    """Return measured powders added, each with the same part of the signal."""
    made = {}
    powders = [read_powder([folder / f"{sample}_{voltage}V.csv" for voltage in VOLTAGES]) for sample in samples]
    for voltage in VOLTAGES:
        mz = np.concatenate([powder[voltage].mz for powder in powders])
        height = np.concatenate([powder[voltage].intensity / powder[voltage].intensity.sum() for powder in powders])
        order = np.argsort(mz)
        made[voltage] = Spectrum(mz[order], height[order], ms_level=1, centroid=True)
    return made


if __name__ == "__main__":
    main()
