"""Files of isotope-ratio instruments written as their programs write them, from numbers that are known."""

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np

ABUNDANCE = (1.0, 1.19e-2, 4.18e-3, 4.7e-5)
"""Beams of masses 44 to 47 relative to the first."""


def nu(path: Path, deltas: Sequence[float] = (4.0, 9.0, 13.0), cycles: int = 8, seed: int = 1) -> Path:
    """Write a file of Nu Stable: a working gas and a sample in turns, the sample off by these deltas in permil."""
    random = np.random.default_rng(seed)
    zero = 1e-14
    beams = np.array(ABUNDANCE) * 5e-8
    lines = [
        '"Clumped CO2 Iterative Analysis,         Data File Version 9"', '"No_C_O_Cycles",8', '"Num Blocks",1',
        '"Sample Name is ","SYNTHETIC"', "Zero Data", ", ".join([f"{zero:.12E}"] * 4) + ", Measured at start of run",
        "Individual Data",
    ]  # fmt: skip
    for turn in range(2 * cycles + 1):
        sample = turn % 2 == 1
        shift = np.array([0.0, *deltas]) if sample else np.zeros(4)
        level = beams * (1 - 0.001 * turn / 2) * (1 + shift / 1000)
        lines.append(f"Gas           {'Sam' if sample else 'Ref'}")
        for beam in level[::-1]:
            row = beam * (1 + random.normal(0, 2e-6, 10)) + zero
            lines.append("0.000000E+00  " + " ".join(f"{one:.6E}" for one in row))
    path.write_text("\n".join([*lines, "End of Analysis"]) + "\n")
    return path


def text(words: str) -> bytes:
    return b"\xff\xfe\xff" + bytes([len(words)]) + words.encode("utf-16-le")


def did(path: Path, d45: float = 2.0, d46: float = 3.0, cycles: int = 6) -> Path:
    """Write the parts of an Isodat dual-inlet file that are read: names, millivolts, the standard's deltas."""
    body = b"\xff\xff\x06\x00\x0b\x00CFileHeader" + text("CDualInletDocument")
    body += text("LAB CO2") + text("Identifier 1") + text("12") + text("Line")
    gas = np.array([15000.0, 17800.0, 20900.0])
    for kind in ("Standard", "Sample"):
        for number in range(cycles):
            values = gas * (1 - 0.002 * (number + (kind == "Standard") * 0.5))
            if kind == "Sample":
                values = values * (1 + np.array([0, d45, d46]) / 1000)
            body += text(f"{kind} {number}") + b"\0" * 40 + struct.pack("<ii3d", 3, 3, *values) + b"\0" * 12
    body += text("Standard Pre") + b"\0" * 40 + struct.pack("<ii3d", 3, 3, *(gas * 1.001)) + b"\0" * 12
    body += b"".join(text(f"Mass {mass}") for mass in (44, 45, 46)) + text("Pre Calculated")
    for name, title, value in (("Delta 1", "d 13C/12C", -3.5), ("Delta 2", "d 18O/16O", 25.0)):
        words = (name, title, "%.3f", "CO2", "", "[per mil]", " ")
        body += b"".join(map(text, words)) + b"\0" * 16 + struct.pack("<iid", 2, 8, value)
    path.write_bytes(body + b"\0" * 64)
    return path


def dxf(path: Path, delta: float = 5.0) -> Path:
    """Write the parts of an Isodat flow file that are read: a trace of N2, three peaks, the table of its program."""
    time = np.arange(0, 200, 0.2)
    shape = [np.exp(-(((time - at) / 4) ** 2)) for at in (40, 90, 150)]
    light = 2000 * shape[0] + 2000 * shape[1] + 1500 * shape[2] + 20
    heavy = 1400 * (shape[0] + shape[1]) + 1050 * shape[2] * (1 + delta / 1000) + 16
    records = b"".join(struct.pack("<fddd", *row) for row in zip(time, light, heavy, heavy / 2, strict=True))
    body = b"\xff\xff\x06\x00\x0b\x00CFileHeader" + text("ACETANILIDE") + text("Identifier 1") + text("RawDataBlock")
    body += text("N2") + b"\xff\xff\x01\x00\x0b\x00CEvalGCData" + struct.pack("<ii", 1, len(records)) + records
    body += text("Intensity 28") + text("Intensity 29") + b"CGCPeakList" + b"\0" * 8 + b"CGCPeak"
    step = 0.2
    for number, at in enumerate((40, 90, 150), 1):
        areas = {}
        for mass, signal, ground in ((28, light, 20.0), (29, heavy, 16.0)):
            inside = (time >= at - 20) & (time <= at + 20)
            areas[mass] = float((signal[inside] - ground).sum() * step)
            scans = [round((at + k) / step) for k in (-20, 0, 20)]
            body += struct.pack("<iiii", mass, 3, 1, scans[0]) + struct.pack("<dd", at - 20, ground)
            body += struct.pack("<idd", scans[1], at, float(signal[scans[1]])) + struct.pack(
                "<idd", scans[2], at + 20, ground
            )
            body += b"\0" * 20
        rows = [("Nr.", "Nr.", "%u", number), ("a", "rIntensity 28", "%.0f", areas[28])]
        rows += [("b", "rIntensity 29", "%.0f", areas[29]), ("c", "Is Ref.?", "%u", int(number == 2))]
        value = delta if number == 3 else 0.01 if number == 1 else 0.0
        rows += [("d", "rd 29N2/28N2", "%.3f", value), ("e", "δ 15N/14N", "%.3f", value)]
        for name, title, printed, told in rows:
            body += b"".join(map(text, (name, title, printed, "", "", "[per mil]", "Air-N2"))) + b"\0" * 16
            packed = struct.pack("<i", told) if isinstance(told, int) else struct.pack("<d", told)
            body += struct.pack("<ii", 2, len(packed)) + packed
    path.write_bytes(body + b"\0" * 64)
    return path
