"""Capillary reads: traces a second read, judged and trimmed, beside Biopython, in one run, with the same numbers.

    ./run bench capillary DATA [--rounds 20]

DATA is a folder with `methods/sanger`. Biopython reads and trims (abi-trim) alone; Liqi reads, counts Q20 and CRL,
trims and finds the mixed places as well. Processor time of one thread, best of the rounds, files warm.
"""

import argparse
import json
import time
from pathlib import Path

from Bio import SeqIO

from liqi.methods.sequencing import judge, read_trace


def main() -> None:
    """Print traces a second of both, and whether letters, phred and kept parts are the same."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--rounds", type=int, default=20)
    asked = parser.parse_args()
    paths = [one for one in sorted((asked.data / "methods/sanger").rglob("*.ab1")) if one.name != "fake.ab1"]
    ours, theirs, same = [], [], True
    for _ in range(asked.rounds):
        began = time.process_time()
        reads = [judge(read_trace(path)) for path in paths]
        ours.append(time.process_time() - began)
        began = time.process_time()
        records = [SeqIO.read(path, "abi-trim") for path in paths]
        theirs.append(time.process_time() - began)
        for read, record in zip(reads, records, strict=True):
            low, high = read.quality.keep
            same &= read.trace.bases[low:high] == str(record.seq).upper()
            same &= read.trace.quality[low:high].tolist() == record.letter_annotations["phred_quality"]
    rates = {"Liqi": round(len(paths) / min(ours)), "Biopython": round(len(paths) / min(theirs))}
    print(json.dumps({"traces": len(paths)} | rates | {"same": same}))


if __name__ == "__main__":
    main()
