"""Chromatograms of known areas, and files in the layouts of instruments, made by hand."""

import struct
from pathlib import Path

import numpy as np

from liqi.methods.chromatography import Trace
from liqi.methods.chromatography._fits import modified_gaussian

Floats = np.ndarray


def gaussian(x: Floats, place: float, width: float, area: float) -> Floats:
    """Return a Gaussian peak of this area in the unit of `x`."""
    return area / (width * np.sqrt(2 * np.pi)) * np.exp(-0.5 * ((x - place) / width) ** 2)


def tailing(x: Floats, place: float, width: float, tau: float, area: float) -> Floats:
    """Return an exponentially modified Gaussian of this area."""
    return area * modified_gaussian(x, place, width, tau / width)


def trace(time_min: Floats, signal: Floats) -> Trace:
    """Return a trace in mAU."""
    return Trace("UV", time_min, signal, "mAU")


def csv(path: Path, time_min: Floats, signal: Floats) -> Path:
    """Write a table of time and signal."""
    rows = [f"{t:.6g},{y:.8g}" for t, y in zip(time_min, signal, strict=True)]
    path.write_text("Time (min),Signal (mAU)\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def labsolutions(path: Path, time_min: Floats, signal: Floats, mark: str = "\t", comma: bool = False) -> Path:
    """Write a LabSolutions text export of one channel."""

    def said(value: float, digits: int) -> str:
        words = f"{value:.{digits}f}"
        return words.replace(".", ",") if comma else words

    rows = [f"{said(t, 5)}{mark}{round(y * 1000)}" for t, y in zip(time_min, signal, strict=True)]
    head = [
        "[Header]", f"Application Name{mark}LabSolutions", "", "[Sample Information]", f"Sample Name{mark}made", "",
        "[LC Chromatogram(Detector A-Ch1)]", f"# of Points{mark}{time_min.size}", f"Intensity Units{mark}mV",
        f"Intensity Multiplier{mark}{said(0.001, 3)}", f"R.Time (min){mark}Intensity",
    ]  # fmt: skip
    path.write_text("\r\n".join([*head, *rows, ""]), encoding="utf-8")
    return path


def chemstation(path: Path, signal: Floats, minutes: float, version: str = "130") -> Path:
    """Write a ChemStation signal file of version 130, 179 or 181."""
    content = bytearray(0x1800)
    content[0 : 1 + len(version)] = bytes([len(version)]) + version.encode()
    form = ">ff" if version == "181" else ">ii"
    struct.pack_into(form, content, 0x11A, 0, int(minutes * 60_000))
    struct.pack_into(">d", content, 0x127C, 0.001)
    for place, words in ((858, "made"), (4172, "mAU"), (4213, "DAD1 A, Sig=254,4")):
        text = words.encode("utf-16-le")
        content[place : place + 1 + len(text)] = bytes([len(words)]) + text
    numbers = np.round(signal * 1000).astype(int).tolist()
    if version == "179":
        return _written(path, content + np.array(numbers, "<f8").tobytes())
    body = b""
    if version == "181":
        value = slope = 0
        for i, number in enumerate(numbers):
            step = number - value - slope
            if i == 0 or abs(step) > 32_000:
                body += struct.pack(">h", 0x7FFF) + struct.pack(">hI", number >> 32, number & 0xFFFFFFFF)
                value, slope = number, 0
            else:
                body += struct.pack(">h", step)
                slope += step
                value += slope
        return _written(path, content + body)
    value = 0
    for begin in range(0, len(numbers), 200):
        block = numbers[begin : begin + 200]
        body += bytes([0x10, len(block)])
        for number in block:
            step = number - value
            body += struct.pack(">h", step) if abs(step) < 32_000 else struct.pack(">hi", -0x8000, number)
            value = number
    return _written(path, content + body + b"\0\0")


def _written(path: Path, content: bytes | bytearray) -> Path:
    path.write_bytes(content)
    return path
