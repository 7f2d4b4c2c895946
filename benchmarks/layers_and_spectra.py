"""Small answers timed: a stack of 36 masks, a print against its design, an NMR decay, a purity, chromatograms.

    ./run bench layers_and_spectra [--rounds 5]

Processor time of the examples that ship with print.slices, print.measure, nmr.1d, nmr.qnmr, chrom.suitability and
chrom.quantify, whole answers with tables and figures.
"""

import argparse
import json
import time

from liqi.methods import find_method

METHODS = ("print.slices", "print.measure", "nmr.1d", "nmr.qnmr", "chrom.suitability", "chrom.quantify")


def main() -> None:
    """Print the least processor time of each method's example in milliseconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    told = {}
    for name in METHODS:
        method = find_method(name)
        method.run(method.example)
        seconds = []
        for _ in range(asked.rounds):
            began = time.process_time()
            method.run(method.example)
            seconds.append(time.process_time() - began)
        told[name] = round(1000 * min(seconds))
    print(json.dumps(told))
