"""Readers of spectra fed with spoiled files of every format: crashes, hangs, memory.

    ./run bench fuzz-readers [--inputs 100000] [--seed 1]

Good files of every format are changed at random (bytes overwritten, cut out, doubled, lying numbers and tags put
in). A piece of 20,000 inputs runs in a process of its own with its memory watched (1 GB), so that a crash is seen
and can be repeated: piece n has the seed n. A reader may give spectra, fewer spectra with one sentence, or
`UnreadableFile`; anything else, more than 5 s of processor time, or peaks out of order is printed.
"""

import argparse
import multiprocessing
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.methods.mutation import complaint, spoil_many

PIECE = 20_000
MOST_MEMORY = 1 << 30
PATIENCE_S = 1800


def main() -> None:
    words = argparse.ArgumentParser(prog="./run bench fuzz-readers")
    words.add_argument("--inputs", type=int, default=100_000)
    words.add_argument("--seed", type=int, default=1)
    asked = words.parse_args()
    started = time.perf_counter()
    done, peak, found = 0, 0, Counter[str]()
    for number in range(-(-asked.inputs // PIECE)):
        inputs = min(PIECE, asked.inputs - done)
        result = one_piece(asked.seed + number, inputs)
        done += inputs
        peak = max(peak, result.pop("memory", 0))
        found.update(result)
        seconds = time.perf_counter() - started
        print(f"{done:>9,} inputs, {seconds:,.0f} s, peak {peak:,} MB, complaints: {sum(found.values())}", flush=True)
    for what, count in found.most_common():
        print(f"{count:>6} {what}")


def one_piece(seed: int, inputs: int) -> dict[str, int]:
    """The complaints of the readers by kind, with the peak memory of their process in MB."""
    return apart(work, f"piece {seed}", seed, inputs)


def apart(work: Callable[..., None], name: str, *given: object) -> dict[str, int]:
    """What the work sends down a pipe from a process of its own; its crash or hang is a complaint by this name."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(theirs, *given))
    process.start()
    theirs.close()
    try:
        found: dict[str, int] = ours.recv() if ours.poll(PATIENCE_S) else {f"{name} hangs": 1}
    except EOFError:
        process.join()
        found = {f"{name} ended with exit code {process.exitcode}": 1}
    process.kill()
    process.join()
    return found


def work(pipe: "multiprocessing.connection.Connection", seed: int, inputs: int) -> None:
    """Feed the readers and send what they did wrong."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY * 4, MOST_MEMORY * 4))
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for name, _ in spoil_many(Path(folder), seed, inputs):
            wrong = complaint(Path(folder), name)
            if wrong:
                found[f"{name}: {wrong.replace(folder, '')[:100]} (piece {seed})"] += 1
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    if memory > MOST_MEMORY >> 20:
        found[f"piece {seed} took {memory} MB"] += 1
    pipe.send({**found, "memory": memory})


if __name__ == "__main__":
    main()
