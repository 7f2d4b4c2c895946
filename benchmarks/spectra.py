"""Spectra, force sensors and resonances: processor time of reading and answering, beside a peer where there is one.

    ./run bench spectra DATA [--peer PYTHON] [--jcamp FOLDER] [--rounds 5]

DATA is a folder with `methods/optical` and `methods/force6`; FOLDER holds JCAMP-DX files at any depth, as those of
the source package jcamp 1.3.2. The peer is `python -m venv peer && peer/bin/pip install jcamp==1.3.2`; it reads the
same files in the same run. Processor time of one process, best of the rounds, imports left out.
"""

import argparse
import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from liqi.methods import UnreadableFile, find_method
from liqi.methods.force import decouple, read_loads, read_record
from liqi.methods.force._dynamics import fit_response
from liqi.methods.force.calibration import calibrate
from liqi.methods.readers.jcamp import read_blocks

PEER = """
import io, contextlib, json, sys, time, jcamp
files, rounds = json.load(sys.stdin), int(sys.argv[1])
best, read = 1e9, 0
for _ in range(rounds):
    began, read = time.process_time(), 0
    for name in files:
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                found = jcamp.readfile(name)
            parts = [found, *found.get("children", [])]
            read += any(len(part.get("y", ())) for part in parts)
        except Exception:
            pass
    best = min(best, time.process_time() - began)
print(json.dumps({"seconds": best, "read": read}))
"""


def best_of(rounds: int, run: Callable[[], object]) -> float:
    """Return the least processor time of so many runs, in seconds."""
    seconds = []
    for _ in range(rounds):
        began = time.process_time()
        run()
        seconds.append(time.process_time() - began)
    return min(seconds)


def jcamp_files(files: list[str]) -> int:
    """Return how many of the files are read."""
    read = 0
    for name in files:
        try:
            read += bool(read_blocks(name))
        except UnreadableFile:
            continue
    return read


def main() -> None:
    """Print milliseconds of each step and, with the peer, files read and seconds of both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--peer", help="a Python that has jcamp")
    parser.add_argument("--jcamp", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    force, optical = asked.data / "methods/force6", asked.data / "methods/optical"
    loads, others = read_loads(force / "static_calibration.csv"), read_loads(force / "combined_verification.csv")
    record = read_record(force / "dynamic_step_Fz.csv")
    steps: dict[str, Callable[[], object]] = {
        "force6: matrix of 396 loads, with its cross-validation": lambda: decouple(loads, ["linear"]),
        "force6: three models, figures, combined loads": lambda: calibrate(loads, others),
        "force6: reading 396 loads": lambda: read_loads(force / "static_calibration.csv"),
        "force6: natural frequency and damping of 5,000 samples": lambda: fit_response(record),
        "raman.calibrate: the example's four files": lambda: find_method("raman.calibrate").run(
            find_method("raman.calibrate").example
        ),
        "spectrum.identify: FTIR film, 2,126 points": lambda: find_method("spectrum.identify").run(
            [optical / "ir/ftir_ps.0"]
        ),
        "odmr.vector: three sets of eight lines": lambda: find_method("odmr.vector").run(
            find_method("odmr.vector").example
        ),
    }
    found: dict[str, object] = {}
    for name, run in steps.items():
        run()
        found[name] = f"{1e3 * best_of(asked.rounds, run):.1f} ms"
    if asked.jcamp:
        files = sorted(
            str(path) for path in asked.jcamp.rglob("*") if path.suffix.lower() in (".dx", ".jdx", ".jcm", ".txt")
        )
        own = best_of(asked.rounds, lambda: jcamp_files(files))
        found["jcamp"] = {"files": len(files), "Liqi": {"read": jcamp_files(files), "seconds": round(own, 3)}}
        if asked.peer:
            command = [asked.peer, "-W", "ignore", "-c", PEER, str(asked.rounds)]
            told = subprocess.run(command, input=json.dumps(files), check=True, capture_output=True, text=True).stdout
            found["jcamp"] |= {"jcamp 1.3.2": json.loads(told)}  # type: ignore[operator]
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
