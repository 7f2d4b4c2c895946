"""What the identification benchmark tells of whole runs: features, what is found of a composite, cold starts."""

import resource
import subprocess
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks._composites import composed
from liqi.methods import find_method
from liqi.methods.mass_spectrometry import SpectralLibrary, identify
from liqi.methods.mass_spectrometry._features import features_of_run
from liqi.methods.mass_spectrometry._search import Identification
from liqi.methods.mass_spectrometry.identification import asked, identify_all
from liqi.methods.readers import read

ROUNDS = 3
COMPOSITES = ((14, 3), (30, 8), (70, 25))
DRAWS = 30
LEAST_RIGHT, MOST_STRANGERS = 97, 7


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


def composites(library: SpectralLibrary, data: Path) -> None:
    """Tell what is found of 114 known and 36 unknown ions in three runs made as the tuning one, thirty times."""
    rows = (
        pl.read_parquet(data / "massbank/dev_queries_ms2.parquet").filter(pl.col("ion_mode") == "positive").to_dicts()
    )
    background = list(read(data / "ms/qe_dda_bacterial_extract.mzML"))
    question = asked("10 ppm", "0.02 Da", 0.25, 5)
    random = np.random.default_rng(0)
    draws = []
    for _ in range(DRAWS):
        known, unknown = (
            iter(random.permutation([row for row in rows if row["truth"] == truth]).tolist())
            for truth in ("known", "unknown")
        )
        counts: Counter[str] = Counter()
        for ours, others in COMPOSITES:
            put = [next(known) for _ in range(ours)] + [next(unknown) for _ in range(others)]
            spectra, apexes = composed(background, put, random)
            found = identify_all(features_of_run(spectra), library, question)
            counts.update(_verdict(row, apex, found) for row, apex in zip(put, apexes, strict=True))
        draws.append(counts)
    asked_for = np.sum(COMPOSITES, axis=0).tolist()
    strangers = [sum(counts[f"unknown identified {how}"] for how in ("right", "wrong")) for counts in draws]
    kept = [counts["known identified right"] >= LEAST_RIGHT for counts in draws]
    both = [right and number <= MOST_STRANGERS for right, number in zip(kept, strangers, strict=True)]
    held = f"{sum(kept)}, {sum(one <= MOST_STRANGERS for one in strangers)}, {sum(both)} of {DRAWS}"
    print(f"  composites: at least {LEAST_RIGHT} right, at most {MOST_STRANGERS} unknowns named, both: {held}")
    for name in sorted({name for counts in draws for name in counts}):
        each = [counts[name] for counts in draws]
        print(f"  composites of {asked_for}, {name}: mean {np.mean(each):.1f}, {min(each)} to {max(each)}")


def _verdict(row: dict[str, Any], apex_s: float, found: Sequence[Identification]) -> str:
    for one in found:
        spectrum = one.feature.spectrum
        mz, time_s = spectrum.precursor_mz or 0.0, spectrum.retention_time_s or 0.0
        if abs(mz / row["precursor_mz"] - 1) < 1e-5 and abs(time_s - apex_s) < 15:
            first = one.candidates[0].inchikey[:14] if one.candidates else ""
            right = "right" if first == row["inchikey_1"] else "wrong"
            return f"{row['truth']} {one.judgement.verdict} {right}"
    return f"{row['truth']} not seen"


def features(folder: Path) -> None:
    """Tell what making features takes, and how near to the truth their masses are."""
    run = folder / "mixture_dev.mzML"
    spectra = list(read(run))
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.process_time()
        found = features_of_run(spectra)
        best = min(best, time.process_time() - started)
    points = sum(one.mz.size for one in spectra if one.ms_level == 1)
    print(f"{run.name}: {len(spectra)} spectra, {points:,} survey peaks, {len(found)} features in {best:.2f} CPU-s")
    off: dict[str, list[float]] = {"survey": [], "fragment scans": []}
    for row in pl.read_csv(folder / "mixture_dev_truth.csv").to_dicts():
        for one in found:
            apart = abs((one.apex_s or -1e9) - row["rt_min"] * 60)
            if one.mz and apart < 15 and abs(one.mz / row["mz"] - 1) < 1e-5:
                off["survey"].append((one.mz / row["mz"] - 1) * 1e6)
                off["fragment scans"].append(((one.spectrum.precursor_mz or 0.0) / row["mz"] - 1) * 1e6)
                break
    for name, errors in off.items():
        print(f"  {len(errors)} ions put in, mass by {name}: standard deviation {np.std(errors, ddof=1):.2f} ppm")
    for path in (run, folder / "qe_dda_bacterial_extract.mzML"):
        tracemalloc.start()
        features_of_run(read(path))
        print(f"  features of {path.name}: at most {tracemalloc.get_traced_memory()[1] / 1e6:.1f} MB of memory")
        tracemalloc.stop()


def cold_start(run: Path, library: Path | None) -> None:
    """Tell what one `liqi identify` takes, from nothing and in a process that has done it before."""
    words = [sys.executable, "-m", "liqi.server", "identify", str(run), "--json"]
    words += ["--library", str(library)] if library else []
    seconds, processor = [], []
    for _ in range(ROUNDS):
        started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(words, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(time.perf_counter() - started)
        processor.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    given = {"library": str(library)} if library else {}
    warm = [_warm(run, given) for _ in range(ROUNDS + 1)]
    known = SpectralLibrary.load(library) if library else None
    alone = [_identified(run, known) for _ in range(ROUNDS + 1)]
    print(
        f"`liqi identify` of {run.name} ({run.stat().st_size / 1e6:.1f} MB) against "
        f"{'the built library' if library else 'the library that ships'}: cold {min(seconds):.2f} s wall, "
        f"{min(processor):.2f} CPU-s; warm, `identify` {min(alone[1:]):.2f} CPU-s, the answer with plots and formulas "
        f"{min(warm[1:]):.2f} CPU-s"
    )


def _identified(run: Path, library: SpectralLibrary | None) -> float:
    started = time.process_time()
    identify(run, library)
    return time.process_time() - started


def _warm(run: Path, given: dict[str, str]) -> float:
    started = time.process_time()
    find_method("ms.identify").run([run], given)
    return time.process_time() - started
