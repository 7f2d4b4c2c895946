"""Everything that takes a file fed with spoiled ones: readers, library intake, every method by its example.

    ./run bench fuzz [--inputs 20000] [--seed 1] [--only readers|libraries|methods|cuts] [--methods cryo,ms.screen]

Files are changed by bytes, by numbers and words, by lines and elements. Of the inputs, eight in ten go to the readers
of spectra (see `fuzz-readers`), one to `SpectralLibrary.load`, one to the methods, whose examples are spoiled file by
file, small examples more often than large ones; large or slow ones are cut down first (`_small_examples`), and one that
still has more than 300 kB or takes 10 s is left out, and named. `--only cuts` cuts every file of every example off at
20 places. What may come back is an answer or one sentence; anything else, more than 5 s (30 s for a method) of
processor time, or more than 4 GB of memory is told.
"""

import argparse
import gzip
import multiprocessing.connection
import random
import resource
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks._small_examples import small
from benchmarks.fuzz_readers import apart, one_piece
from liqi.methods import BadParameter, Method, UnreadableFile, document, find_method, list_methods
from liqi.methods.mass_spectrometry import SMALL_LIBRARY, SpectralLibrary
from tests.methods.mutation import LONGEST_S, good_files, spoiled

PIECE = 1_000
SLOW_S = 10.0
SLOW, SELDOM = {"cryo.abinitio"}, 0.05
"""What takes seconds even when it is cut down, and how often it is asked beside others of its size."""
SMALL_BYTES = 10_000
MOST_BYTES = 300_000
CUTS = 20
LONGEST_METHOD_S = 30.0
LISTS = ("a.mgf", "a.msp", "a.txt", "a.mzSpecLib", "a.mgf.gz", "mascot.mgf", "gnps.mgf", "sptxt.msp")
ROWS = 40
Found = Counter[str]


def main() -> None:
    words = argparse.ArgumentParser(prog="./run bench fuzz")
    words.add_argument("--inputs", type=int, default=20_000)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--only", choices=("readers", "libraries", "methods", "cuts"))
    words.add_argument("--methods", default="", help="beginnings of ids, parted by commas")
    asked = words.parse_args()
    shares = {"readers": 8, "libraries": 1, "methods": 1}
    chosen = {asked.only: 10} if asked.only else shares
    for kind, share in chosen.items():
        inputs, started, found, done = asked.inputs * share // 10, time.perf_counter(), Counter[str](), 0
        while done < inputs:
            size = min(PIECE if kind != "readers" else 20 * PIECE, inputs - done)
            new = piece(kind, asked.seed + done, size, tuple(asked.methods.split(",")))
            done += size
            memory = new.pop("memory", 0)
            found.update(new)
            for what in new:
                print(what, flush=True)
            seconds = time.perf_counter() - started
            print(f"{kind}: {done:,} inputs, {seconds:,.0f} s, {memory:,} MB, complaints {found.total()}", flush=True)
        for what, count in found.most_common():
            print(f"{count:>6} {what}")


def piece(kind: str, seed: int, inputs: int, ids: tuple[str, ...] = ("",)) -> dict[str, int]:
    """The complaints of a process of its own; it can be repeated by kind, seed and number of inputs."""
    if kind == "readers":
        return one_piece(seed, inputs)
    return apart(work, f"{kind}, seed {seed}, {inputs} inputs", kind, seed, inputs, ids)


def work(
    pipe: "multiprocessing.connection.Connection", kind: str, seed: int, inputs: int, ids: tuple[str, ...]
) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    with tempfile.TemporaryDirectory() as folder:
        place, dice = Path(folder), random.Random(seed)
        if kind == "libraries":
            tries = libraries(place, dice, inputs)
        else:
            quick = quick_methods(place, ids)
            tries = cuts(place, quick) if kind == "cuts" else methods(place, dice, inputs, quick)
        found: Found = Counter()
        for name, patience, attempt in tries:
            wrong = complaint(attempt, patience)
            if wrong:
                found[f"{name}: {wrong.replace(folder, '')[:160]} (seed {seed})"] += 1
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    pipe.send({**found, "memory": memory})


def complaint(attempt: Callable[[], object], patience_s: float) -> str:
    """What went wrong, empty where nothing did."""
    started = time.process_time()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            attempt()
    except (UnreadableFile, BadParameter) as problem:
        if "\n" in problem.sentence or len(problem.sentence) > 2_000:
            return f"a sentence that is none: {problem.sentence!r}"
    except BaseException as problem:
        if isinstance(problem, KeyboardInterrupt | SystemExit):
            raise
        return f"{type(problem).__name__}: {problem}"
    took = time.process_time() - started
    return f"{took:.0f} s" if took > patience_s else ""


Tries = Iterator[tuple[str, float, Callable[[], object]]]


def libraries(folder: Path, dice: random.Random, inputs: int) -> Tries:
    """Spoil lists of spectra and take them in as a library."""
    import polars as pl

    pl.read_parquet(SMALL_LIBRARY).head(ROWS).write_parquet(folder / "a.parquet")
    files = {name: data for name, data in good_files(folder).items() if name in LISTS}
    files["a.parquet"] = (folder / "a.parquet").read_bytes()
    for _ in range(inputs):
        name = dice.choice(sorted(files))
        (folder / name).write_bytes(spoiled(files[name], dice))
        yield name, LONGEST_S, lambda name=name: SpectralLibrary.load(folder / name).info()


Quick = list[tuple[Method, Sequence[Path], dict[str, str]]]


def quick_methods(folder: Path, ids: tuple[str, ...]) -> Quick:
    """Return the methods whose examples, cut down where they are large, are quick enough, with these inputs."""
    quick: Quick = []
    for told in list_methods():
        method = find_method(str(told["id"]))
        if not method.id.startswith(ids):
            continue
        paths, settings = small(method, folder / "small" / method.id)
        if sum(path.stat().st_size for path in paths) > MOST_BYTES:
            print(f"methods: the example of {method.id} is too large for this", flush=True)
            continue
        started = time.process_time()
        method.run(paths, settings)
        if time.process_time() - started > SLOW_S:
            print(f"methods: {method.id} is too slow for this", flush=True)
        else:
            quick.append((method, paths, settings))
    return quick


def methods(folder: Path, dice: random.Random, inputs: int, quick: Quick) -> Tries:
    """Spoil one file of a method's example and run the method."""
    often = []
    for method, paths, _ in quick:
        size = sum(path.stat().st_size for path in paths)
        often.append((SELDOM if method.id in SLOW else 1.0) / max(size, SMALL_BYTES))
    for number in range(inputs):
        method, paths, settings = dice.choices(quick, often)[0]
        spoilt = dice.randrange(len(paths))
        own = [path.read_bytes() for path in paths]
        own[spoilt] = respoiled(own[spoilt], dice)
        made = laid_out(folder / method.id, paths, own)
        name = f"{method.id} {paths[spoilt].name} no. {number}"
        yield name, LONGEST_METHOD_S, lambda m=method, p=made, s=settings: document(m.run(p, s).as_json())


def cuts(folder: Path, quick: Quick) -> Tries:
    """Cut each file of each method's example off at 20 places, the first at nothing."""
    for method, paths, settings in quick:
        for spoilt, path in enumerate(paths):
            for cut in range(CUTS):
                own = [path.read_bytes() for path in paths]
                own[spoilt] = own[spoilt][: len(own[spoilt]) * cut // CUTS]
                made = laid_out(folder / method.id, paths, own)
                name = f"{method.id} {path.name} cut at {cut} of {CUTS}"
                yield name, LONGEST_METHOD_S, lambda m=method, p=made, s=settings: document(m.run(p, s).as_json())


def laid_out(place: Path, paths: Sequence[Path], contents: Sequence[bytes]) -> list[Path]:
    """Return where these contents lie now, under the names of the paths."""
    place.mkdir(exist_ok=True)
    for path, content in zip(paths, contents, strict=True):
        (place / path.name).write_bytes(content)
    return [place / path.name for path in paths]


def respoiled(data: bytes, dice: random.Random) -> bytes:
    """The data spoiled; what is packed is spoiled inside in most cases."""
    if data[:2] == b"\x1f\x8b" and dice.random() < 0.8:
        return gzip.compress(spoiled(gzip.decompress(data), dice), 1)
    return spoiled(data, dice)


if __name__ == "__main__":
    main()
