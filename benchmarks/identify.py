"""Identification of mass spectra: speed against ms_entropy and pyteomics, and how often it is right.

    ./run bench identify [DATA]

With DATA (a folder with `massbank/` and `ms/`, see docs/how-to/use-the-large-library.md) the large library and its
tuning set are used; without it the small library and the example run that ship. Everything is measured interleaved
in one process, CPU time, best of five rounds.
"""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import ms_entropy
import numpy as np
import polars as pl
from pyteomics import mzml as pyteomics_mzml

from liqi.methods import find_method
from liqi.methods.mass_spectrometry import SMALL_LIBRARY, SpectralLibrary, identify
from liqi.methods.mass_spectrometry._cleaning import both_views
from liqi.methods.mass_spectrometry._features import features_of_list
from liqi.methods.mass_spectrometry._search import identify_feature
from liqi.methods.mass_spectrometry._tolerance import Tolerance
from liqi.methods.readers import Spectrum, read

ROUNDS = 5
PRECURSOR, FRAGMENT = Tolerance(10, "ppm"), Tolerance(0.02, "Da")


def main() -> None:
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    source = data / "massbank/library_ms2.parquet" if data else SMALL_LIBRARY
    run = data / "ms/mixture_dev.mzML" if data else SMALL_LIBRARY.with_name("example_mixture.mzML")
    started = time.process_time()
    library = SpectralLibrary.load(source)
    for mode in ("positive", "negative"):
        library.index(mode)
    print(f"library {source.name}: {library.info()}, searchable after {time.process_time() - started:.2f} CPU-s")
    queries, truths = tuning_set(data) if data else sampled(library)
    compare_search(library, queries)
    compare_reading(run)
    cold_start(run, source if data else None)
    if data:
        judge(library, queries, truths)
        composite(library, data / "ms")
    powders(SMALL_LIBRARY.parent / "powder")


def tuning_set(data: Path) -> tuple[list[Spectrum], list[str | None]]:
    rows = pl.read_parquet(data / "massbank/dev_queries_ms2.parquet").to_dicts()
    spectra = [
        Spectrum(np.array(r["mz"]), np.array(r["intensity"]), precursor_mz=r["precursor_mz"], polarity=r["ion_mode"])
        for r in rows
    ]
    return spectra, [r["inchikey_1"] if r["truth"] == "known" else None for r in rows]


def sampled(library: SpectralLibrary) -> tuple[list[Spectrum], list[str | None]]:
    rows = library.records.gather_every(20).to_dicts()
    spectra = [
        Spectrum(
            np.array(r["mz"], float),
            np.array(r["intensity"], float),
            precursor_mz=r["precursor_mz"],
            polarity=r["ion_mode"],
        )
        for r in rows
    ]
    return spectra, [r["inchikey"][:14] for r in rows]


def interleaved(contestants: dict[str, Callable[[], int]]) -> dict[str, float]:
    """Return things done per CPU-second by each, best of the rounds, taken in turn."""
    best = dict.fromkeys(contestants, 0.0)
    for _ in range(ROUNDS):
        for name, work in contestants.items():
            started = time.process_time()
            done = work()
            best[name] = max(best[name], done / (time.process_time() - started))
    return best


def compare_search(library: SpectralLibrary, queries: list[Spectrum]) -> None:
    flash = {mode: flash_index(library, mode) for mode in ("positive", "negative")}
    features = features_of_list(queries)

    def theirs() -> int:
        for one in queries:
            engine = flash[one.polarity]
            peaks = np.column_stack([one.mz, one.intensity]).astype(np.float32)
            peaks = engine.clean_spectrum_for_search(precursor_mz=one.precursor_mz, peaks=peaks)
            scores = engine.identity_search(
                precursor_mz=one.precursor_mz,
                peaks=peaks,
                ms1_tolerance_in_da=one.precursor_mz * 1e-5,
                ms2_tolerance_in_da=0.02,
            )
            np.argsort(scores[scores > 0])[::-1][:5]
        return len(queries)

    def ours() -> int:
        for one in queries:
            width = one.precursor_mz * 1e-5
            library.index(one.polarity).search(*both_views(one, 0.05), one.precursor_mz, width, 0.02)
        return len(queries)

    def judged() -> int:
        for feature in features:
            identify_feature(feature, library, PRECURSOR, FRAGMENT)
        return len(features)

    speed = interleaved({"ms_entropy": theirs, "search": ours, "judged": judged})
    print(f"identity search, queries per CPU-s: ms_entropy {speed['ms_entropy']:,.0f}")
    print(f"  liqi scores {speed['search']:,.0f} (x{speed['search'] / speed['ms_entropy']:.2f})")
    print(f"  liqi compounds and verdict {speed['judged']:,.0f} (x{speed['judged'] / speed['ms_entropy']:.2f})")


def flash_index(library: SpectralLibrary, mode: str) -> ms_entropy.FlashEntropySearch:
    engine = ms_entropy.FlashEntropySearch()
    rows = library.records.filter(pl.col("ion_mode") == mode).select("precursor_mz", "mz", "intensity")
    spectra = [
        {"precursor_mz": precursor, "peaks": np.column_stack([mz, intensity]).astype(np.float32)}
        for precursor, mz, intensity in rows.iter_rows()
    ]
    engine.build_index(spectra)
    return engine


def compare_reading(run: Path) -> None:
    def ours() -> int:
        return sum(1 for spectrum in read(run) if spectrum.mz.size >= 0)

    def theirs() -> int:
        with pyteomics_mzml.MzML(str(run), use_index=False) as reader:
            return sum(1 for spectrum in reader if spectrum["m/z array"].size >= 0)

    ours()
    speed = interleaved({"liqi": ours, "pyteomics": theirs})
    print(f"mzML read, spectra per CPU-s: pyteomics {speed['pyteomics']:,.0f}")
    print(f"  liqi {speed['liqi']:,.0f} (x{speed['liqi'] / speed['pyteomics']:.1f})")


def cold_start(run: Path, library: Path | None) -> None:
    words = [sys.executable, "-m", "liqi.server", "identify", str(run), "--json"]
    words += ["--library", str(library)] if library else []
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        subprocess.run(words, check=True, capture_output=True)
        seconds.append(time.perf_counter() - started)
    print(f"cold `liqi identify` of {run.name} ({run.stat().st_size / 1e6:.1f} MB): {min(seconds):.2f} s wall")


def judge(library: SpectralLibrary, queries: list[Spectrum], truths: list[str | None]) -> None:
    found = [identify_feature(feature, library, PRECURSOR, FRAGMENT) for feature in features_of_list(queries)]
    names = [[candidate.inchikey[:14] for candidate in one.candidates] for one in found]
    known = [(truth, name) for truth, name in zip(truths, names, strict=True) if truth]
    first = sum(name[:1] == [truth] for truth, name in known) / len(known)
    five = sum(truth in name[:5] for truth, name in known) / len(known)
    print(f"tuning set: first {first:.3f}, among five {five:.3f} of {len(known)} known")
    sure = np.array([one.candidates[0].confidence if one.candidates else 0.0 for one in found])
    right = np.array([name[:1] == [truth] for truth, name in zip(truths, names, strict=True)])
    named = np.array([one.judgement.verdict == "identified" for one in found])
    unknown = np.array([truth is None for truth in truths])
    print(
        f"  identified {named.sum()}, precision {right[named].mean():.3f}, "
        f"known right {(right & named).sum()}, unknown named {(unknown & named).sum()} of {unknown.sum()}"
    )
    isomers = [
        truth in [name[i] for i in one.judgement.group]
        for truth, name, one in zip(truths, names, found, strict=True)
        if one.judgement.verdict == "isomers"
    ]
    print(f"  isomers {len(isomers)}, the truth among them {sum(isomers)}")
    places = np.minimum((sure * 10).astype(int), 9)
    error = sum(
        (places == i).mean() * abs(sure[places == i].mean() - right[places == i].mean()) for i in set(places.tolist())
    )
    area = (sure[right][:, None] > sure[~right][None]).mean()
    print(f"  expected calibration error {error:.3f}, area under the curve right against rest {area:.3f}")


def composite(library: SpectralLibrary, folder: Path) -> None:
    """Hold the composite run against its truth: a feature within 10 ppm and 15 s is the spiked one."""
    found = identify(folder / "mixture_dev.mzML", library)["features"]
    counts: Counter[str] = Counter()
    for row in pl.read_csv(folder / "mixture_dev_truth.csv").to_dicts():
        near = [
            one
            for one in found
            if abs(one["precursor_mz"] - row["mz"]) < row["mz"] * 1e-5
            and abs(one["retention_time_s"] - row["rt_min"] * 60) < 15
        ]
        counts[row["truth"]] += 1
        if near:
            first = near[0]["candidates"][0]["inchikey"][:14] if near[0]["candidates"] else ""
            right = "right" if first == row["inchikey_1"] else "wrong"
            counts[f"{row['truth']} {near[0]['verdict']} {right}"] += 1
    print(f"composite run: {dict(sorted(counts.items()))}")


def powders(folder: Path) -> None:
    truth = pl.read_csv(folder / "truth.csv")
    right = wrong = 0
    for sample in truth["sample"].unique().sort():
        answer = find_method("ms.mixture").run([folder / f"{sample}_{voltage}V.csv" for voltage in (30, 60, 90)])
        named = {finding.name for finding in answer.findings}
        real = set(truth.filter(pl.col("sample") == sample)["component"])
        right, wrong = right + len(named & real), wrong + len(named - real)
    print(f"DART powders: {right} of {truth.height} components found, {wrong} named that are not there")


if __name__ == "__main__":
    main()
