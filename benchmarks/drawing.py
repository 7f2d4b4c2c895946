"""Gates drawn on a million events: how long the quick call takes that answers each move of a gate.

    ./run bench drawing DATA [--rounds 20]

DATA is a folder with `methods/flow/large/100715.fcs`, put sixteen times behind itself as in `gating`, with the same six
gates. Of each move of one gate: the count (that gate and what hangs on it), the density of 200 x 200 cells behind it,
and how many bytes of JSON go to the page. Processor time of one thread, median and slowest.
"""

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.gating import strategy, tiled
from liqi.methods.cytometry import Drawing, read_fcs


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--rounds", type=int, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tiled.fcs"
        events = tiled(given.data / "methods/flow/large/100715.fcs", path)
        began = time.process_time()
        bench = Drawing(read_fcs(path), strategy())
        told = bench.gates()
        x, y = bench.first_pair()
        bench.populations(bench.strategy(told))
        first = json.dumps(bench.picture(bench.strategy(told), x, y, None))
        print(f"{events:,} events opened, counted and drawn first in {time.process_time() - began:.2f} s")
        for name in ("low", "bright", "lymphocytes"):
            print(f"{name}: {moved(bench, told, name, (x, y), given.rounds)}; {len(first) / 1000:.0f} kB of density")


def moved(bench: Drawing, told: list[dict[str, object]], name: str, axes: tuple[str, str], rounds: int) -> str:
    """Move one gate so often; return how long count and density took."""
    counts, pictures = [], []
    for n in range(1, rounds + 1):
        gates = json.loads(json.dumps(told))
        gate = next(one for one in gates if one["id"] == name)
        rows = gate["vertices"] if "vertices" in gate else [gate["low"]]
        rows[0][0] += (rows[0][0] or 1.0) * 1e-4 * n
        began = time.process_time()
        now = bench.strategy(gates)
        bench.populations(now)
        counts.append(time.process_time() - began)
        began = time.process_time()
        bench.picture(now, *axes, name)
        pictures.append(time.process_time() - began)
    told_of = [f"{statistics.median(one) * 1000:.0f} ms (slowest {max(one) * 1000:.0f})" for one in (counts, pictures)]
    return f"count {told_of[0]}, density {told_of[1]}"


if __name__ == "__main__":
    main()
