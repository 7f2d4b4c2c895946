"""Identification of mass spectra beside ms_entropy and matchms: how fast, how often right, how honest, how big.

    ./run bench identify [DATA] [--peers DIR] [--large]

With DATA (a folder with `massbank/` and `ms/`, see docs/how-to/use-the-large-library.md) the large library and its
tuning set are used; without it the small library and the example run that ship. `--peers` names a folder of packages
that has matchms (`pip install --target DIR matchms`); `--large` repeats the speeds at twelve times the library.
Speeds are of one process, CPU time, the contestants in turn, best of three rounds.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks._runs import cold_start, composite, composites, features
from benchmarks._spectra import MODES, Flash, by_compound, enlarged, flash_of, sampled, tuning_set
from liqi.methods import find_method
from liqi.methods.mass_spectrometry import SMALL_LIBRARY, SpectralLibrary, identify
from liqi.methods.mass_spectrometry._index import ModeIndex, match
from liqi.methods.mass_spectrometry._quality import Quality, quality
from liqi.methods.readers import Spectrum

ROUNDS = 3
COPIES = 12


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("data", nargs="?", type=Path)
    words.add_argument("--peers", type=Path)
    words.add_argument("--large", action="store_true")
    given = words.parse_args()
    data: Path | None = given.data
    source = data / "massbank/library_ms2.parquet" if data else SMALL_LIBRARY
    with tempfile.TemporaryDirectory() as folder:
        kept = build(source, Path(folder) / "library.liqi")
        library = SpectralLibrary.load(kept)
        queries, truths = tuning_set(data) if data else sampled(library)
        flash = {mode: timed(f"ms_entropy index, {mode}", lambda mode=mode: Flash(library, mode)) for mode in MODES}
        speeds(library, flash, queries, given.large)
        if data:
            qualities(library, flash, data, queries, truths, given.peers)
            electron(data)
            composite(library, data / "ms")
            composites(library, data)
            features(data / "ms")
        run = data / "ms/mixture_dev.mzML" if data else SMALL_LIBRARY.with_name("example_mixture.mzML")
        cold_start(run, kept)
        cold_start(run, None)
    powders(SMALL_LIBRARY.parent / "powder")


def timed(what: str, work: Callable[[], Any]) -> Any:
    started = time.process_time()
    made = work()
    print(f"{what}: {time.process_time() - started:.2f} CPU-s; most memory so far {peak_mb():,.0f} MB", flush=True)
    return made


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def build(source: Path, out: Path) -> Path:
    """Build the library as `liqi library build` does, and tell what each step takes."""
    library = timed("records taken in", lambda: SpectralLibrary.load(source))
    timed("indexes of both ion modes", lambda: [library.index(mode) for mode in MODES])
    timed("indexes for unit mass, confidence trained", library.prepare)
    timed("written", lambda: library.save(out))
    print(f"{library.info()}, {out.stat().st_size / 1e6:.0f} MB")
    for kind in ("high", "unit"):
        print(f"  confidence {library.confidence_facts(kind)}")
    timed("loaded, mapped", lambda: SpectralLibrary.load(out))
    look = f"from liqi.methods.mass_spectrometry import SpectralLibrary as S\nS.load({str(out)!r})\n"
    look += "print(*(line for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    told = subprocess.run([sys.executable, "-c", look], check=True, capture_output=True, text=True)
    print(f"a process that has loaded it: {told.stdout.strip()}")
    return out


def interleaved(contestants: dict[str, Callable[[], object]], things: int) -> dict[str, float]:
    """Return things done per CPU-second by each, best of the rounds, taken in turn."""
    best = dict.fromkeys(contestants, 0.0)
    for _ in range(ROUNDS):
        for name, work in contestants.items():
            started = time.process_time()
            work()
            best[name] = max(best[name], things / (time.process_time() - started))
    return best


def speeds(library: SpectralLibrary, flash: dict[str, Flash], queries: list[Spectrum], large: bool) -> None:
    asked = [one for one in queries if one.polarity == "positive"]
    ours, theirs = library.index("positive"), flash["positive"]
    told = interleaved(
        {
            "ms_entropy identity": lambda: [theirs.scores(one) for one in asked],
            "liqi identity": lambda: scores(library, ours, asked),
            "liqi compounds, confidence, evidence, verdict": lambda: identify(asked, library),
            "ms_entropy open": lambda: [theirs.scores(one, "open") for one in asked],
            "ms_entropy neutral loss": lambda: [theirs.scores(one, "neutral_loss") for one in asked],
            "liqi open": lambda: [open_scores(library, one, "open") for one in asked],
            "liqi neutral loss": lambda: [open_scores(library, one, "neutral_loss") for one in asked],
        },
        len(asked),
    )
    tell(f"{ours.rows.size:,} spectra of the positive mode", told)
    if not large:
        return
    many = enlarged(ours, COPIES)
    engine = flash_of(library, many)
    told = interleaved(
        {
            "ms_entropy identity": lambda: [engine.scores(one) for one in asked],
            "liqi identity": lambda: scores(library, many, asked),
        },
        len(asked),
    )
    tell(f"{many.rows.size:,} spectra", told)
    print(f"most memory so far {peak_mb():,.0f} MB")


def tell(where: str, told: dict[str, float]) -> None:
    print(f"queries per CPU-second, {where}:")
    for name, speed in told.items():
        print(f"  {name:48} {speed:10,.0f}", flush=True)


def scores(library: SpectralLibrary, index: ModeIndex, asked: list[Spectrum]) -> np.ndarray:
    """Clean and score the queries in batches of 64, as one call of a program would."""
    found = []
    for start in range(0, len(asked), 64):
        batch = asked[start : start + 64]
        peaks, width = library.cleaned(batch, 0.02)
        precursors = np.array([one.precursor_mz for one in batch])
        found.append(match(index, peaks, precursors, precursors * 1e-5, width).similarity)
    return np.concatenate(found)


def open_scores(library: SpectralLibrary, one: Spectrum, mode: str) -> np.ndarray:
    index = library.open_index(str(one.polarity))
    query, width = library.cleaned([one], 0.02)
    if mode == "open":
        return index.open(query, width)
    if mode == "neutral_loss":
        return index.neutral_loss(query, float(one.precursor_mz or 0), width)
    return index.fused(query, one.precursor_mz, width)


def qualities(
    library: SpectralLibrary,
    flash: dict[str, Flash],
    data: Path,
    queries: list[Spectrum],
    truths: list[str | None],
    peers: Path | None,
) -> None:
    """Tell the figures of every contestant on the tuning set, one line each."""
    blocks = [key[:14] for key in library.references.words["inchikey"].all()]

    def of_rows(found: list[tuple[np.ndarray, np.ndarray]]) -> Quality:
        return quality(*by_compound(found, truths, blocks))

    print("tuning set, 300 known and 100 unknown: " + ", ".join(Quality.__slots__[1:]))
    for mode in ("identity", "open", "neutral_loss"):
        engines = [(flash[str(one.polarity)], one) for one in queries]
        line(f"ms_entropy {mode}", of_rows([(engine.rows, engine.scores(one, mode)) for engine, one in engines]))
    for mode in ("open", "neutral_loss", "fused"):
        rows = [(library.index(str(one.polarity)).rows, open_scores(library, one, mode)) for one in queries]
        line(f"liqi {mode}", of_rows(rows))
    if peers:
        from benchmarks._matchms import cosines

        for name, found in cosines(peers, library, queries).items():
            line(f"matchms {name}", of_rows(found))
    found = identify(queries, library, top=50)
    line("liqi, 10 ppm", answered(found, truths))
    verdicts(found, truths)
    for one in queries:
        one.collision_energy = None
    line("liqi, 10 ppm, energy not told", answered(identify(queries, library, top=50), truths))
    spectra, _ = tuning_set(data, unit=True)
    wide = identify(spectra, library, precursor_tolerance="0.5 Da", fragment_tolerance="0.5 Da", top=50)
    line("liqi, unit mass, 0.5 Da", answered(wide, truths))
    verdicts(wide, truths)


def verdicts(found: dict, truths: list[str | None]) -> None:
    """Tell what the default threshold makes of the confidence."""
    rows = [(truth, one["verdict"], one["candidates"]) for truth, one in zip(truths, found["features"], strict=True)]
    named = [(truth, told[0]["inchikey"][:14]) for truth, verdict, told in rows if verdict == "identified"]
    right, strangers = sum(truth == name for truth, name in named), sum(truth is None for truth, _ in named)
    isomers = [truth for truth, verdict, _ in rows if verdict == "isomers"]
    print(f"    identified {len(named)}, right {right}, of unknowns {strangers}; isomers {len(isomers)}", flush=True)


def electron(data: Path) -> None:
    """Tell the figures of the EI library on its own tuning set."""
    rows = pl.read_parquet(data / "massbank/dev_queries_ei.parquet").to_dicts()
    library = SpectralLibrary.load(data / "massbank/library_ei.parquet")
    spectra = [Spectrum(np.array(row["mz"]), np.array(row["intensity"])) for row in rows]
    truths = [row["inchikey_1"] if row["truth"] == "known" else None for row in rows]
    line("liqi, EI", answered(identify(spectra, library, top=20), truths))


def answered(found: dict, truths: list[str | None]) -> Quality:
    rows = []
    names: dict[str, int] = {}
    for one in found["features"]:
        keys = [names.setdefault(candidate["inchikey"][:14], len(names)) for candidate in one["candidates"]]
        rows.append((np.array(keys, dtype=int), np.array([candidate["confidence"] for candidate in one["candidates"]])))
    return quality(*by_compound(rows, truths, list(names)))


def line(name: str, figures: Quality) -> None:
    told = "  ".join(f"{value:.3f}" for value in list(figures.as_json().values())[1:])
    print(f"  {name:32} {told}", flush=True)


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
