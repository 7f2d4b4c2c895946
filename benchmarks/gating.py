"""Gating a million events: events a second beside FlowKit, with the same counts, in one run.

    ./run bench gating DATA [--peer PYTHON] [--rounds 5]

DATA is a folder with `methods/flow/large/100715.fcs` (65,016 events of a FACSAria, 16 channels, a matrix of 13
detectors), which is put sixteen times behind itself. Both read the file, compensate, scale and apply the same
Gating-ML: six gates on scatter and on compensated channels. Processor time, best of the rounds. The peer is
`python -m venv peer && peer/bin/pip install flowkit==1.3.2`.
"""

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

from liqi.methods.cytometry import (
    Boolean,
    Dimension,
    Ellipsoid,
    Logicle,
    Polygon,
    Rectangle,
    Strategy,
    apply,
    read_fcs,
    read_strategy,
    write_gating,
)
from liqi.methods.cytometry._gates import Gate
from tests.methods.cytometry.made import fcs

TIMES = 16
SCALE = "logicle"


def strategy() -> Strategy:
    """Return six gates of every shape."""
    scatter = [Dimension("FSC-A"), Dimension("SSC-A")]
    first, second, third, fourth = (Dimension(name, "FCS", SCALE) for name in ("B515-A", "R780-A", "G560-A", "V450-A"))
    lymphocytes = np.array([[20e3, 50.0], [70e3, 50.0], [80e3, 2000.0], [40e3, 3000.0], [20e3, 1500.0]])
    bright = np.array([[0.2, 0.15], [0.75, 0.1], [0.8, 0.7], [0.5, 0.85], [0.15, 0.6]])
    gates: list[Gate] = [
        Rectangle("events", scatter, [1000.0, -1e9], [250e3, 250e3]),
        Polygon("lymphocytes", scatter, lymphocytes, "events"),
        Rectangle("low", [first, second], [0.0, 0.0], [0.6, 0.7], "lymphocytes"),
        Polygon("bright", [first, third], bright, "lymphocytes"),
        Ellipsoid("round", [second, fourth], np.array([0.4, 0.4]), np.diag([0.04, 0.03]), 1.0, "events"),
        Boolean("both", "and", [("bright", False), ("round", False)], "events"),
    ]
    scale = Logicle(SCALE, 262_144, 0.5, 4.5, 0)
    return Strategy({one.id: one for one in gates}, {SCALE: scale}).check()


def tiled(source: Path, target: Path) -> int:
    """Write the file with its events `TIMES` times over; return how many those are."""
    events = read_fcs(source)
    words = {key: value for key, value in events.keywords.items() if key not in ("$BEGINDATA", "$ENDDATA")}
    number = len(events) * TIMES
    words |= {"$TOT": str(number)}
    fcs(target, events.raw, events.names, words, events.raw.tobytes() * TIMES, "3.1")
    return number


def main() -> None:
    """Print events a second of both, and whether every count is the same."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--peer", help="a Python that has FlowKit")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sample, gates = Path(folder) / "sample.fcs", Path(folder) / "gates.xml"
        number = tiled(asked.data / "methods/flow/large/100715.fcs", sample)
        gates.write_bytes(write_gating(strategy()))
        found: dict[str, object] = {"events": number}
        seconds, counts = [], {}
        for _ in range(asked.rounds):
            began = time.process_time()
            masks = apply(read_fcs(sample), read_strategy(gates))
            counts = {name: int(mask.sum()) for name, mask in masks.items()}
            seconds.append(time.process_time() - began)
        found |= {"Liqi": {"events_per_second": round(number / min(seconds)), "counts": counts}}
        if asked.peer:
            command = [
                asked.peer,
                str(Path(__file__).with_name("_flowkit.py")),
                str(sample),
                str(gates),
                str(asked.rounds),
            ]
            peer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            found["FlowKit"] = {"events_per_second": round(number / peer["seconds"]), "counts": peer["counts"]}
            found |= {"times": round(peer["seconds"] / min(seconds), 1), "same_counts": peer["counts"] == counts}
        print(json.dumps(found))
