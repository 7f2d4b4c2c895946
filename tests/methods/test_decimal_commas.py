"""A comma where the format has a point is read where it means one number only, else refused; never a wrong number."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from liqi.methods import UnreadableFile, find_method
from liqi.methods.magnetic import read_sweep
from liqi.methods.nmr._reading import read_nmr
from liqi.methods.readers import read
from liqi.methods.readers.jcamp import read_blocks
from tests.methods import written

DSC, DTA = find_method("epr.cw").example
HEAD = "##TITLE=a\n##JCAMP-DX=4.24\n##DATA TYPE=INFRARED SPECTRUM\n##XUNITS=1/CM\n##YUNITS=ABSORBANCE\n"
EVEN = HEAD + (
    "##XFACTOR=1,0\n##YFACTOR=0,5\n##FIRSTX=400,5\n##LASTX=406,5\n##NPOINTS=4\n##XYDATA=(X++(Y..Y))\n"
    "400,5 1,5 2,5\n404,5 3,5 4,5\n##END=\n"
)
PAIRS = HEAD + "##NPOINTS=3\n##XYPOINTS=(XY..XY)\n400,5 0,5\n401,5 0,7; 402,5 0,6\n##END=\n"
ENCODED = EVEN.replace("400,5 1,5 2,5\n404,5 3,5 4,5", "400,5A0B0\n404,5C0D0")
NTUPLES = """##TITLE=a
##DATA TYPE=NMR SPECTRUM
##NTUPLES=NMR SPECTRUM
##SYMBOL=X, R
##VAR_DIM=3, 3
##UNITS=HZ, ARBITRARY UNITS
##FIRST=100,5, 1,5
##LAST=102,5, 3,5
##FACTOR=1,0, 0,5
##PAGE=N=1
##DATA TABLE=(X++(R..R)), XYDATA
100,5 3 5 7
##END=
"""


def jcamp(folder: Path, text: str) -> Path:
    path = folder / "a.jdx"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "x", "y"),
    [
        (EVEN, [400.5, 402.5, 404.5, 406.5], [0.75, 1.25, 1.75, 2.25]),
        (ENCODED, [400.5, 402.5, 404.5, 406.5], [5, 10, 15, 20]),
        (PAIRS, [400.5, 401.5, 402.5], [0.5, 0.7, 0.6]),
        (NTUPLES, [100.5, 101.5, 102.5], [1.5, 2.5, 3.5]),
        (EVEN.replace("400,5 1,5 2,5\n404,5 3,5 4,5", "400 1,2\n404 3,4"), None, [0.5, 1, 1.5, 2]),
        (PAIRS.replace("##NPOINTS=3\n", "##NPOINTS=6\n"), [400, 0, 401, 0, 402, 0], [5, 5, 5, 7, 5, 6]),
        (HEAD + "##PEAK TABLE=(XY..XY)\n41,5 42,10\n43,7 55,3\n##END=\n", [41, 42, 43, 55], [5, 10, 7, 3]),
        (HEAD + "##NPOINTS=1,024\n##PEAK TABLE=(XY..XY)\n41,5\n##END=\n", [41], [5]),
    ],
)
def test_jcamp_has_the_numbers_that_its_announced_points_make(
    text: str, x: list[float] | None, y: list[float], tmp_path: Path
) -> None:
    found = read_blocks(jcamp(tmp_path, text))[0].series[0]
    assert found.y.tolist() == pytest.approx(y)
    if x is not None:
        assert found.x.tolist() == pytest.approx(x)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (EVEN.replace("##NPOINTS=4\n", ""), "10 points between numbers and 4 as decimal ones, where none is announced"),
        (EVEN.replace("NPOINTS=4", "NPOINTS=9"), "where 9 are announced"),
        (PAIRS.replace("##NPOINTS=3\n", ""), "6 points between numbers and 3 as decimal ones"),
        (EVEN.replace("YFACTOR=0,5", "YFACTOR=1,250"), "1,250, which may be 1.250 or 1250"),
        (EVEN.replace("FIRSTX=400,5", "FIRSTX=4,000"), "4,000, which may be 4.000 or 4000"),
        (EVEN.replace("LASTX=406,5", "LASTX=1.406,5"), "1.406,5, a number with several points or commas"),
        (NTUPLES.replace("FIRST=100,5, 1,5", "FIRST=100,5,1,5"), "FIRST of '100,5,1,5', 2 numbers with commas"),
        (EVEN.replace("YFACTOR=0,5", "YFACTOR=half"), "YFACTOR of 'half'"),
    ],
)
def test_a_comma_of_two_meanings_is_refused_in_a_sentence(text: str, found: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_blocks(jcamp(tmp_path, text))
    assert found in refused.value.found


def test_mass_spectra_have_their_times_and_peaks(tmp_path: Path) -> None:
    text = written.JCAMP.replace("46.25, 3259.0", "46,25 3259,0").replace(
        "47.5, 1468.0 50.75, 1530", "47,5 1468,0 50,75 1530"
    )
    text = text.replace("60.5, 10", "60,5 10").replace("TIME= 1.5", "TIME= 1,5")
    first, second = read(jcamp(tmp_path, text))
    assert (first.mz.tolist(), first.intensity.tolist()) == ([46.25, 47.5, 50.75], [3259.0, 1468.0, 1530.0])
    assert (first.retention_time_s, second.mz.tolist()) == (1.5, [60.5])


@pytest.mark.parametrize(("words", "mhz"), [("399,78", 399.78), ("399.78", 399.78), ("0,4E3", 400.0)])
def test_nmr_has_its_frequency(words: str, mhz: float, tmp_path: Path) -> None:
    body = " ".join(str(each % 7) for each in range(65))
    text = NTUPLES.replace("3, 3", "65, 65").replace("100,5 3 5 7", f"100,5 {body}")
    found = read_nmr(jcamp(tmp_path, text.replace("##NTUPLES", f"##.OBSERVE FREQUENCY={words}\n##NTUPLES", 1)))
    assert found.spectrum is not None
    assert found.spectrum.ppm[0] == pytest.approx(100.5 / mhz)


def bes3t(folder: Path, **changed: str) -> Path:
    """The example with these values in its description."""
    path = folder / "a.DSC"
    lines = Path(DSC).read_text("latin-1").splitlines()
    path.write_text(
        "\n".join(
            f"{key}\t{changed[key]}" if (key := line.partition("\t")[0].split(" ")[0]) in changed else line
            for line in lines
        )
    )
    shutil.copy(DTA, folder / "a.DTA")
    return path


def test_bes3t_reads_the_same_with_decimal_commas(tmp_path: Path) -> None:
    plain = read_sweep(DSC)
    commas = read_sweep(
        bes3t(tmp_path, XMIN="3375,000000", XWID="50,000000", MWFQ="9,58667e+09", MWPW="0,0200195")
    )  # fmt: skip
    assert np.array_equal(plain.x, commas.x)
    assert plain.frequency_ghz == commas.frequency_ghz
    assert commas.facts["mwpw"] == "0.0200195"


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"XMIN": "3,375"}, "3,375, which may be 3.375 or 3375"),
        ({"XMIN": "3,375.5"}, "3,375.5, a number with several points or commas"),
        ({"XTYP": "IGD"}, "an abscissa in a file of its own"),
    ],
)
def test_bes3t_that_may_mean_two_fields_is_refused(changed: dict[str, str], found: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_sweep(bes3t(tmp_path, **changed))
    assert found in refused.value.found


@pytest.mark.parametrize("dos", [True, False])
def test_esp_reads_commas_in_both_byte_orders(dos: bool, tmp_path: Path) -> None:
    (tmp_path / "a.par").write_text(
        f"{'DOS  Format' if dos else 'ASCII'}\nJSS 0\nANZ 4\nHCF 3480,50\nHSW 6,0\nMF  9,7702\n"
    )
    (tmp_path / "a.spc").write_bytes(np.array([1, 2, 300, 4], "<f4" if dos else ">i4").tobytes())
    found = read_sweep(tmp_path / "a.par")
    assert found.x.tolist() == pytest.approx([347.75, 347.95, 348.15, 348.35])
    assert (found.frequency_ghz, found.traces[0].tolist()) == (9.7702, [1, 2, 300, 4])


@pytest.mark.parametrize(("words", "ghz"), [("9,78 GHz", 9.78), ("9.78GHz", 9.78), ("Signal,9.5 GHz", 9.5)])
def test_a_frequency_in_the_head_of_a_text_is_whole(words: str, ghz: float, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(f"# {words}\n" + "".join(f"{3300 + each}\t{each % 5}\n" for each in range(60)))
    assert read_sweep(path).frequency_ghz == ghz


def test_jcamp_epr_has_its_frequency_in_mhz_or_ghz(tmp_path: Path) -> None:
    for words, ghz in (("9780,5", 9.7805), ("9,78 GHz", 9.78), ("9.78e3", 9.78)):
        text = EVEN.replace("1/CM", f"GAUSS\n##.OBSERVE FREQUENCY={words}")
        assert read_sweep(jcamp(tmp_path, text)).frequency_ghz == pytest.approx(ghz)
