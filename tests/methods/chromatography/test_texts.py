"""Chromatograms as other makers' programs write them as text: the signal itself is read, with its unit and factor."""

from pathlib import Path

import numpy as np
import pytest

from liqi.methods import UnreadableFile, find_method
from liqi.methods.chromatography import read_chromatogram
from liqi.methods.readers import sniff

TIME = np.arange(0, 6, 1 / 120)
SIGNAL = 100 * np.exp(-((TIME - 3) ** 2) / 0.005) + 0.01 * np.sin(TIME * 50) - 0.02
"""A peak at 3 min that is 100 high, on a line that also falls below nothing."""


def rows(mark: str = "\t", point: str = ".", factor: float = 1.0) -> str:
    return "".join(f"{x:.5f}{mark}{y * factor:.4f}\n".replace(".", point) for x, y in zip(TIME, SIGNAL, strict=True))


def chromeleon(point: str) -> str:
    head = "Injection Information:\nInjection\tBSA\n\nChromatogram Data:\nTime (min)\tStep (s)\tValue (mAU)\n"
    cells = [f"{x:.5f}\t{0.5 if i else 'n.a.'}\t{y:.4f}" for i, (x, y) in enumerate(zip(TIME, SIGNAL, strict=True))]
    return head + "\n".join(cell.replace(".", point).replace("n,a,", "n.a.") for cell in cells)


GC = (
    "[Header]\nApplication Name\tGCsolution\n[Sample Information]\nSample Name\tBSA\n[Chromatogram (Ch1)]\n"
    "Interval(msec)\t500\n# of Points\t720\nIntensity Units\tmAU\nIntensity Multiplier\t0.001\n"
    "R.Time (min)\tIntensity\n"
)
EZCHROM = (
    "Version:\t3\nMaxchannels:\t1\nSample ID:\tBSA\nSampling Rate:\t2.000\tHz\nTotal Data Points:\t720\tPts.\n"
    "X Axis Title:\tMinutes\nY Axis Title:\tmAU\nX Axis Multiplier:\t1\nY Axis Multiplier:\t0.001\n"
)
TEXTS = {
    "Chromeleon": (chromeleon("."), "mAU", "BSA"),
    "Chromeleon with commas": (chromeleon(","), "mAU", "BSA"),
    "GCsolution": (GC + rows(factor=1000), "mAU", "BSA"),
    "EZChrom": (EZCHROM + "".join(f"{y * 1000:.0f}\n" for y in SIGNAL), "mAU", "BSA"),
    "Clarity": ("Sample ID : BSA\n\nTime [min.]\tVoltage [mV]\n" + rows(), "mV", "BSA"),
    "Chinese": ("样品名称:BSA\n时间(min)\t电压(mV)\n" + rows(), "mV", "BSA"),
    "MassHunter": (
        '#"+ TIC Scan a.D"\n#Point,X(Minutes),Y(Counts)\n'
        + "".join(f"{i},{line}\n" for i, line in enumerate(rows(",").splitlines())),
        "Counts",
        None,
    ),
}


@pytest.mark.parametrize("maker", TEXTS)
def test_a_makers_text_gives_its_signal(maker: str, tmp_path: Path) -> None:
    words, unit, sample = TEXTS[maker]
    path = tmp_path / "a.txt"
    path.write_bytes(words.replace("\n", "\r\n").encode("gb18030" if maker == "Chinese" else "utf-8"))
    assert sniff(path) in find_method("chrom.area").accepts
    found = read_chromatogram(path)
    trace = found.trace()
    assert len(found.traces) == 1
    assert (trace.unit, found.facts.get("sample_name")) == (unit, sample)
    assert trace.time_min[np.argmax(trace.signal)] == pytest.approx(3, abs=1e-4)
    assert trace.signal.max() == pytest.approx(100, abs=0.1)


def test_thousands_in_the_values_of_chromeleon_6_are_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    cells = "".join(f"{x:.5f}\t0.50\t{y:,.4f}\n" for x, y in zip(TIME, SIGNAL * 100, strict=True))
    path.write_text("Chromatogram Data:\nTime (min)\tStep (s)\tValue (mAU)\n" + cells)
    assert read_chromatogram(path).trace().signal.max() == pytest.approx(1e4, rel=1e-3)


def test_curves_over_volume_are_named_and_said_to_be(tmp_path: Path) -> None:
    """UNICORN gives each curve its own abscissa, its short ones end before the others, and fractions stand beside."""
    path = tmp_path / "a.csv"
    lines = ["Chrom.1\t\t\t\t\t", "UV 1_280\t\tCond\t\tFraction\t", "ml\tmAU\tml\tmS/cm\tml\tFraction"]
    for i, row in enumerate(rows().splitlines()):
        short = f"{TIME[i]:.5f}\t{10 + i / 100:.3f}" if i < 400 else "\t"
        lines.append(f"{row}\t{short}\t" + (f'{i:.2f}\t"1.A.{i}"' if i < 5 else "\t"))
    path.write_text("\r\n".join(lines), encoding="utf-16")
    found = read_chromatogram(path)
    assert [(one.name, one.unit, one.signal.size) for one in found.traces] == [
        ("UV 1_280 (mAU)", "mAU", 720), ("Cond (mS/cm)", "mS/cm", 400),
    ]  # fmt: skip
    answer = find_method("chrom.area").run([path])
    assert any("millilitres" in one.text.en for one in answer.warnings if one.code == "file")


def test_a_short_file_of_ezchrom_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.asc"
    path.write_text(EZCHROM + "1\n2\n")
    with pytest.raises(UnreadableFile, match="2 of 720 points"):
        read_chromatogram(path)
