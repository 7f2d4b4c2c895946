"""Make the synthetic spectrum that ships with nmr.qnmr: caffeine of 97.5 % with maleic acid, at 400 MHz, from a seed.

./run bench make_nmr_example
"""

import gzip
from pathlib import Path

import numpy as np

TARGET = Path(__file__).parents[1] / "src/liqi/methods/nmr/data/synthetic-caffeine.jdx.gz"
MHZ, POINTS, WIDTH_HZ = 400.0, 8192, 2.5
CAFFEINE_MMOL, MALEIC_MMOL = 0.975 * 10.0 / 194.194, 0.999 * 8.0 / 116.072
SIGNALS = ((7.65, 1, CAFFEINE_MMOL), (3.86, 3, CAFFEINE_MMOL), (3.30, 3, CAFFEINE_MMOL), (3.48, 3, CAFFEINE_MMOL),
           (6.26, 2, MALEIC_MMOL), (2.50, 0.3, MALEIC_MMOL))  # fmt: skip


def main() -> None:
    """Write the file."""
    ppm = np.linspace(9.5, -0.5, POINTS)
    values = np.random.default_rng(97).normal(0, 4.0, POINTS)
    half = WIDTH_HZ / 2 / MHZ
    for place, nuclei, amount in SIGNALS:
        values += 4e6 * nuclei * amount * half / np.pi / ((ppm - place) ** 2 + half**2)
    numbers = np.round(values).astype(int).tolist()
    step = (ppm[-1] - ppm[0]) / (POINTS - 1) * MHZ
    head = [
        "##TITLE=Synthetic caffeine 97.5 % with maleic acid", "##JCAMP-DX=5.01", "##DATA TYPE=NMR SPECTRUM",
        "##DATA CLASS=XYDATA", "##ORIGIN=Liqi", "##OWNER=public domain", f"##.OBSERVE FREQUENCY={MHZ}",
        "##.OBSERVE NUCLEUS=^1H", "##.SOLVENT NAME=DMSO-d6", "##XUNITS=HZ", "##YUNITS=ARBITRARY UNITS",
        f"##FIRSTX={ppm[0] * MHZ:.6f}", f"##LASTX={ppm[-1] * MHZ:.6f}", f"##DELTAX={step:.9f}", "##XFACTOR=1",
        "##YFACTOR=1", f"##NPOINTS={POINTS}", f"##FIRSTY={numbers[0]}", "##XYDATA=(X++(Y..Y))",
    ]  # fmt: skip
    rows = [
        f"{(ppm[0] * MHZ + i * step):.6f} " + " ".join(str(one) for one in numbers[i : i + 16])
        for i in range(0, POINTS, 16)
    ]
    text = "\n".join([*head, *rows, "##END=", ""])
    TARGET.write_bytes(gzip.compress(text.encode("ascii"), 9, mtime=0))
