"""Make the synthetic single-stain controls that ship with flow.spillover, from a known matrix.

./run bench make_control_examples
"""

from pathlib import Path

import numpy as np

from liqi.methods.cytometry import spillover
from tests.methods.cytometry.made import fcs

DYES = ("FITC", "PE", "APC")
MATRIX = np.array([[1.0, 0.18, 0.0], [0.03, 1.0, 0.05], [0.0, 0.01, 1.0]])
EVENTS, BRIGHT, GROUND = 1_500, 20_000.0, 120.0


def main() -> None:
    """Write one file a dye and the unstained cells; every file says that it is synthetic."""
    rng = np.random.default_rng(20261122)
    folder = Path(spillover.__file__).with_name("data") / "controls"
    folder.mkdir(exist_ok=True)
    names = ["FSC-A", "SSC-A", *(f"{dye}-A" for dye in DYES), "Time"]
    for name in ("unstained", *DYES):
        light = rng.lognormal(np.log(BRIGHT), 0.3, EVENTS) if name in DYES else np.zeros(EVENTS)
        row = MATRIX[DYES.index(name)] if name in DYES else np.zeros(len(DYES))
        signal = light[:, None] * row + rng.normal(GROUND, 25.0, (EVENTS, len(DYES)))
        scatter = rng.normal((90_000, 30_000), (9_000, 4_000), (EVENTS, 2))
        time = np.sort(rng.uniform(0, 3_000, EVENTS))
        words = {"$CYT": "synthetic", "$TIMESTEP": "0.01", "TUBE NAME": f"{name} (synthetic)"}
        fcs(folder / f"{name}.fcs", np.column_stack([scatter, signal, time]), names, words)


if __name__ == "__main__":
    main()
