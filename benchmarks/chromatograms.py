"""Integrating chromatograms: overlapped pairs beside hplc-py, and a run of a maker, in one run.

    ./run bench chromatograms [--peer PYTHON] [--pairs 3]

Twenty pairs of overlapped peaks of known areas (two Gaussians, 2.5 to 6.3 standard deviations apart), and the
ANDI file that ships with chrom.area (4,651 points, eight peaks with ChemStation's areas). Processor time. The peer is
`python -m venv peer && peer/bin/pip install hplc-py==0.2.8`; it fits as many pairs as --pairs says.
"""

import argparse
import json
import subprocess
import time
from pathlib import Path

import numpy as np

from liqi.methods import find_method
from liqi.methods.chromatography import integrate, read_chromatogram
from tests.methods.chromatography import made

TIMES = np.arange(2500) / 100
APART = np.arange(2.5, 6.4, 0.2)
_ROUNDS = 5


def pair(apart: float) -> np.ndarray:
    """Return the signal of two overlapped peaks of areas 100 and 70."""
    return made.gaussian(TIMES, 8, 1, 100) + made.gaussian(TIMES, 8 + apart, 1, 70)


def main() -> None:
    """Print runs a second of processor time, and how many areas are right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", help="a Python that has hplc-py")
    parser.add_argument("--pairs", type=int, default=3)
    asked = parser.parse_args()
    integrate(made.trace(TIMES, pair(3.0)))
    began = time.process_time()
    found = [integrate(made.trace(TIMES, pair(one))).peaks for one in APART]
    seconds = time.process_time() - began
    good = sum(
        len(peaks) == 2
        and all(abs(one.area / 60 / told - 1) < 0.01 for one, told in zip(peaks, (100, 70), strict=True))
        for peaks in found
    )
    told: dict[str, object] = {"pairs": {"runs_per_second": round(len(APART) / seconds, 1), "within_1_percent": good}}
    path = find_method("chrom.area").example[0]
    best = float("inf")
    for _ in range(_ROUNDS):
        began = time.process_time()
        trace = read_chromatogram(path).traces[0]
        peaks = integrate(trace).peaks
        best = min(best, time.process_time() - began)
    off = [abs(one.area / each.area - 1) for one, each in zip(peaks, trace.reported, strict=True)]
    told["andi"] = {"ms": round(1000 * best, 1), "peaks": len(peaks), "worst_percent": round(100 * max(off), 2)}
    if asked.peer:
        script = str(Path(__file__).with_name("_hplc_py.py"))
        words = [asked.peer, script, json.dumps([pair(one).tolist() for one in APART[: asked.pairs]])]
        peer = json.loads(subprocess.run(words[:2], input=words[2], check=True, capture_output=True, text=True).stdout)
        told["hplc-py"] = peer
        told["times"] = round(peer["seconds_each"] * len(APART) / seconds)
    print(json.dumps(told))
