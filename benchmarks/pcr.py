"""Real-time PCR: wells a second from RDML to TD0, efficiency and copies, beside RDML-Tools, in one run.

    ./run bench pcr DATA [--peer PYTHON] [--rounds 5]

DATA is a folder with `methods/qpcr`: three RDML files of 898 reactions in six runs. Processor time of one thread,
best of the rounds, files warm. The peer is `python -m venv peer && peer/bin/pip install rdmlpython==1.7.2 "numpy<2"`;
that release does not open RDML 1.4, so it is given the same XML marked 1.3, and its LinRegPCR is the older one: it
tells what the time is compared with, not the numbers. Those are compared with the published tables of RDML-Tools 3.0
in `tests/methods/pcr`.
"""

import argparse
import json
import subprocess
import time
from pathlib import Path

from liqi.methods.pcr import analyse, read_plates

FILES = ("shifted_baseline", "volume_machine", "large_DNA_dilutions")


def main() -> None:
    """Print wells a second of both, by file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--peer", help="a Python that has rdmlpython")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    found: dict[str, dict[str, float]] = {}
    for name in FILES:
        path = asked.data / f"methods/qpcr/{name}.rdml"
        seconds, wells = [], 0
        for _ in range(asked.rounds):
            began = time.process_time()
            wells = len(analyse(read_plates(path), rule="copies").wells)
            seconds.append(time.process_time() - began)
        found[name] = {"wells": wells, "Liqi": round(wells / min(seconds))}
        if asked.peer:
            command = [asked.peer, str(Path(__file__).with_name("_rdmlpython.py")), str(path), "1"]
            told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            found[name] |= {
                "rdmlpython": round(wells / told["seconds"]),
                "times": round(told["seconds"] / min(seconds), 1),
            }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
