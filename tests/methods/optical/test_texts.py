"""Spectra as other makers' programs write them as text: what they are told for, their units, every point of a map."""

from pathlib import Path

import numpy as np
import pytest

from liqi.methods import UnreadableFile
from liqi.methods.optical import read_spectra
from liqi.methods.readers import sniff

X = np.arange(400.0, 700.0)
"""A band at 450, on an abscissa that descends as most of these files do."""
BAND = 0.8 * np.exp(-((X - 450) ** 2) / 200) + 0.01


def rows(mark: str = "\t", point: str = ".", factor: float = 1.0) -> str:
    pairs = zip(X[::-1], BAND[::-1] * factor, strict=True)
    return "".join(f"{x:.2f}{mark}{y:.5f}\n".replace(".", point) for x, y in pairs)


OCEAN = "Data from a_Absorbance.txt Node\n\nUser: a\nXAxis mode: Wavelengths\n>>>>>Begin Spectral Data<<<<<\n"
JASCO = "TITLE\ts\nORIGIN\tJASCO\nXUNITS\tNANOMETERS\nYUNITS\tABSORBANCE\nNPOINTS\t300\nXYDATA\n"
AVANTES = "\nIntegration time:  10.00 ms\nWave ;Sample ;Dark ;Absorbance\n[nm] ;[counts] ;[counts] ;[A.U.]\n\n"
PERKIN = (
    "PE UV       SUBTECH     SPECTRUM    ASCII       PEDS        4.00\n-1\na.sp\n#HDR\n-1\n#GR\nnm\nA\n1.0\n#DATA\n"
)
GENESYS = "Full Scan,,\nDate,05/06/2021,\nwavelength(nm),Abs,\n"
TEXTS = {
    "OceanView": (OCEAN + rows(), "nm", "counts"),
    "JASCO": (JASCO + rows(), "nm", "A"),
    "Avantes": (AVANTES + rows(";100;10;"), "nm", "A"),
    "Perkin-Elmer": (PERKIN + rows(), "nm", "A"),
    "Genesys": (GENESYS + rows(","), "nm", "A"),
    "Specord": ('"Lambda";"Extinktion"\n"[nm]";"[E]"\n' + rows(";", ","), "nm", "A"),
    "OMNIC": ('"a","b"\n"Wavenumbers (cm-1)","%Transmittance"\n' + rows(","), "cm-1", "%T"),
    "WiRE": ("#Wave\t\t#Intensity\n" + rows(), "cm-1", "counts"),
    "Chinese": ("样品名称:甲\n波数(cm-1)\t透过率(%)\n" + rows(), "cm-1", "%T"),
}


@pytest.mark.parametrize("maker", TEXTS)
def test_a_makers_text_is_a_spectrum_with_its_units(maker: str, tmp_path: Path) -> None:
    words, x_unit, y_unit = TEXTS[maker]
    path = tmp_path / "a.txt"
    path.write_bytes(words.replace("\n", "\r\n").encode("gb18030" if maker == "Chinese" else "utf-8"))
    assert sniff(path) == "spectrum"
    (found,) = read_spectra(path)
    assert (found.x_unit, found.y_unit, len(found)) == (x_unit, y_unit, 300)
    assert found.x[np.argmax(found.y)] == 450
    assert found.y.max() == pytest.approx(0.81)


def test_micrometres_become_wavenumbers_beyond_three(tmp_path: Path) -> None:
    path = tmp_path / "um.csv"
    path.write_text(
        "Wavelength (um),Transmittance\n" + "".join(f"{x / 50:.4f},{y:.5f}\n" for x, y in zip(X, BAND, strict=True))
    )
    (found,) = read_spectra(path)
    assert (found.x_unit, found.technique) == ("cm-1", "infrared")
    assert found.x[np.argmax(found.y)] == pytest.approx(1e4 / 9, rel=1e-3)


def test_a_map_of_wire_gives_a_spectrum_for_each_place(tmp_path: Path) -> None:
    path = tmp_path / "map.txt"
    body = "".join(
        f"{at}.0\t7.5\t{x:.3f}\t{y * (at + 1):.5f}\n"
        for at in (0, 1, 2)
        for x, y in zip(X[::-1], BAND[::-1], strict=True)
    )
    path.write_text("#X\t\t#Y\t\t#Wave\t\t#Intensity\n" + body)
    found = read_spectra(path)
    assert [one.name for one in found] == ["map (0, 7.5)", "map (1, 7.5)", "map (2, 7.5)"]
    assert [float(one.y.max().round(2)) for one in found] == [0.81, 1.62, 2.43]


def test_a_map_of_labspec_gives_a_spectrum_for_each_row(tmp_path: Path) -> None:
    path = tmp_path / "map.txt"
    head = "#Acq. time (s)=\t10\n#Laser=\t532nm_Edge\n#AxisUnit[1]=\t1/cm\n"
    lines = ["\t\t" + "\t".join(f"{x:.2f}" for x in X)]
    lines += [f"{at}\t0\t" + "\t".join(f"{y * (at + 1):.4f}" for y in BAND) for at in (0, 1)]
    path.write_text(head + "\n".join(lines) + "\n")
    found = read_spectra(path)
    assert [one.laser_nm for one in found] == [532.0, 532.0]
    assert found[1].x[np.argmax(found[1].y)] == 450
    path.write_text(head + "\n".join(lines)[:-40])
    with pytest.raises(UnreadableFile, match="of 300 intensities"):
        read_spectra(path)


@pytest.mark.parametrize(("announced", "kept"), [(300, 300), (301, 300), (298, 300), (300, 200)])
def test_the_axis_of_jcamp_is_that_of_its_lines_whatever_the_count_says(
    announced: int, kept: int, tmp_path: Path
) -> None:
    """A count that is off by one would stretch the axis; of a file that was cut it is right."""
    y = (BAND * 1000).round().astype(int).tolist()
    lines = [f"{X[i]:.0f} " + " ".join(map(str, y[i : i + 10])) for i in range(0, kept, 10)]
    head = "##TITLE=a\n##JCAMP-DX=4.24\n##DATA TYPE=UV/VIS SPECTRUM\n##XUNITS=NANOMETERS\n##YUNITS=ABSORBANCE\n"
    head += f"##XFACTOR=1\n##YFACTOR=0.001\n##FIRSTX=400\n##LASTX=699\n##NPOINTS={announced}\n##XYDATA=(X++(Y..Y))\n"
    path = tmp_path / "a.jdx"
    path.write_text(head + "\n".join(lines) + "\n##END=\n")
    (found,) = read_spectra(path)
    assert (found.x[0], found.x[-1]) == (400, 400 + kept - 1)
    assert found.x[np.argmax(found.y)] == 450
