"""Make the example of `ms.screen`: a COMPOSITE run with drug ions computed into a real background, and its blank.

    ./run bench make_screening_example DATA

DATA holds `ms/qe_dda_bacterial_extract.mzML`, a real Q Exactive run (mzmine test resources, MIT). It is no milk.
Ions are put in as chromatographic peaks with the isotope pattern of their formula; the fragment spectra are open
MassBank records of the small library. The same input gives the same bytes.
"""

import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from psims.mzml.writer import MzMLWriter

from liqi.methods.mass_spectrometry import SpectralLibrary, read_run
from liqi.methods.mass_spectrometry._formula import ion_mz
from liqi.methods.mass_spectrometry._suspect_ions import expected_pattern
from liqi.methods.readers import Spectrum

OUT = Path(__file__).parents[1] / "src/liqi/methods/mass_spectrometry/data/screening"
FIRST_S, LAST_S = 246.0, 276.0
LEAST_INTENSITY = 25_000.0
WIDTH_S = 1.5
STEPS = (0.0, 1.00336, 1.9975, 3.0008)
LICENCES = ("CC0", "CC BY", "dl-de/by-2-0")


@dataclass(frozen=True)
class Spike:
    """An ion that is put in: at what time, how high, whether with a fragment spectrum, and its part in the blank."""

    name: str
    formula: str
    adduct: str
    time_s: float
    height: float
    fragments_of: str = ""
    in_blank: float = 0.0
    pattern_of: str = ""


SPIKES = (
    Spike("Benzylpenicillin", "C16H18N2O4S", "[M+H]+", 262.0, 6e6),
    Spike("Benzylpenicillin", "C16H18N2O4S", "[M+Na]+", 262.0, 1.5e6),
    Spike("Cefquinome", "C23H24N6O5S2", "[M+H]+", 254.0, 4e6),
    Spike("Cloxacillin", "C19H18ClN3O5S", "[M+H]+", 268.0, 5e6),
    Spike("Gentamicin C1", "C21H43N5O7", "[M+H]+", 250.5, 3e6),
    Spike("Gentamicin C2", "C20H41N5O7", "[M+H]+", 250.0, 3e6),
    Spike("Sulfadimidine", "C12H14N4O2S", "[M+H]+", 258.0, 8e6, "Sulfamethazine"),
    Spike("Trimethoprim", "C14H18N4O3", "[M+H]+", 256.0, 5e6, "Trimethoprim", in_blank=0.6),
    Spike("no drug: the mass of florfenicol [M+NH4]+ without its chlorine", "C12H14Cl2FNO4S", "[M+NH4]+", 260.0, 4e6,
          pattern_of="C17H22N2O6"),
)  # fmt: skip


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(print(__doc__, file=sys.stderr) or 2)
    background = [one for one in read_run(Path(sys.argv[1]) / "ms/qe_dda_bacterial_extract.mzML") if one.ms_level == 1]
    background = [one for one in background if FIRST_S <= (one.retention_time_s or 0) <= LAST_S]
    OUT.mkdir(exist_ok=True)
    spectra = SpectralLibrary.load().records
    write(OUT / "milk_example.mzML", run_of(background, spectra, 1, blank=False))
    write(OUT / "milk_blank_example.mzML", run_of(background, spectra, 2, blank=True))
    write_truth(spectra)
    for path in sorted(OUT.iterdir()):
        print(f"{path.stat().st_size:>9,}  {path.name}")


def run_of(background: list[Spectrum], table: pl.DataFrame, seed: int, blank: bool) -> Iterator[Spectrum]:
    """Yield the survey scans with the ions in them, and behind each apex the fragment spectra."""
    random = np.random.default_rng(seed)
    waiting = [spike for spike in SPIKES if spike.fragments_of and not blank]
    for scan in background:
        time = scan.retention_time_s or 0.0
        background_height = scan.intensity * random.normal(1.0, 0.05, scan.mz.size)
        kept = background_height >= LEAST_INTENSITY
        mz, height = [scan.mz[kept]], [background_height[kept]]
        for spike in SPIKES:
            part = spike.in_blank if blank else 1.0
            top = part * spike.height * np.exp(-0.5 * ((time - spike.time_s) / WIDTH_S) ** 2)
            shares = np.concatenate([[1.0], expected_pattern(spike.pattern_of or spike.formula, spike.adduct)])
            heights = top * shares * random.normal(1.0, 0.05, 4)
            ion = (ion_mz(spike.formula, spike.adduct) or 0.0) + np.array(STEPS)
            seen = heights >= LEAST_INTENSITY
            mz.append((ion * (1 + random.normal(0, 0.7e-6, 4)))[seen])
            height.append(heights[seen])
        all_mz, all_height = np.concatenate(mz), np.concatenate(height)
        order = np.argsort(all_mz)
        yield Spectrum(all_mz[order], all_height[order], ms_level=1, retention_time_s=time)
        for spike in [one for one in waiting if time >= one.time_s]:
            waiting.remove(spike)
            yield fragments(spike, table, time + 0.05)


def record_of(spike: Spike, table: pl.DataFrame) -> dict[str, object]:
    """Return the richest open record of an ion."""
    rows = table.filter(
        (pl.col("name") == spike.fragments_of)
        & (pl.col("adduct") == spike.adduct)
        & pl.col("licence").is_in(LICENCES)
        & pl.col("instrument_type").str.contains("ESI")
    )
    return rows.sort(pl.col("mz").list.len(), "accession", descending=[True, False]).to_dicts()[0]


def fragments(spike: Spike, table: pl.DataFrame, time_s: float) -> Spectrum:
    """Return a record's fragments as they were recorded."""
    record = record_of(spike, table)
    mz, height = (np.array(record[name], dtype=np.float64) for name in ("mz", "intensity"))
    precursor = ion_mz(spike.formula, spike.adduct)
    return Spectrum(mz, height * 1e3, ms_level=2, retention_time_s=time_s, precursor_mz=precursor)


def write(path: Path, spectra: Iterator[Spectrum]) -> None:
    """Write an mzML file whose name and description say that it is a composite."""
    listed = list(spectra)
    with MzMLWriter(str(path), close=True) as out:
        out.controlled_vocabularies()
        out.file_description(["MS1 spectrum", "MSn spectrum", {"name": "COMPOSITE, not a measured sample"}])
        out.software_list([{"id": "liqi", "version": "1", "params": ["custom unreleased software tool"]}])
        out.instrument_configuration_list([{"id": "COMPOSITE", "component_list": []}])
        out.data_processing_list([{"id": "made", "processing_methods": []}])
        run = out.run(id="COMPOSITE_" + path.stem, instrument_configuration="COMPOSITE")
        with run, out.spectrum_list(count=len(listed)):
            for number, one in enumerate(listed, 1):
                chosen = {
                    "mz": one.precursor_mz,
                    "charge": 1,
                    "activation": ["beam-type collision-induced dissociation"],
                }
                out.write_spectrum(
                    one.mz,
                    one.intensity,
                    id=f"scan={number}",
                    centroided=True,
                    polarity=1,
                    compression="zlib",
                    encoding={"m/z array": np.float64, "intensity array": np.float32},
                    scan_start_time=(one.retention_time_s or 0.0) / 60,
                    params=[{"ms level": one.ms_level}],
                    precursor_information=chosen if one.precursor_mz else None,
                )


def write_truth(table: pl.DataFrame) -> None:
    """Write what was put in, with source and licence of each fragment spectrum."""
    with (OUT / "milk_example_truth.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(
            ["name", "formula", "adduct", "time_s", "height", "in_blank", "accession", "licence", "authors"]
        )
        for spike in SPIKES:
            record = record_of(spike, table) if spike.fragments_of else {}
            credit = [record.get(name, "") for name in ("accession", "licence", "authors")]
            facts = [spike.name, spike.formula, spike.adduct, spike.time_s, spike.height, spike.in_blank]
            writer.writerow([*facts, *credit])


if __name__ == "__main__":
    main()
