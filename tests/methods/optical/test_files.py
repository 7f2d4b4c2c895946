"""Files of optical instruments: the public conformance sets, vendors' files beside their text, torn files."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from liqi.methods import UnreadableFile
from liqi.methods.optical import Spectrum, read_spectra
from liqi.methods.readers import sniff
from liqi.methods.readers._asdf import ordinates
from liqi.methods.readers.jcamp import read_blocks
from tests.methods.samples import LARGE

DATA = Path(__file__).with_name("data")
OPTICAL = LARGE / "methods/optical"
needs_optical = pytest.mark.skipif(not OPTICAL.exists(), reason="a plain clone has no ../shared/data/methods/optical")


def test_the_same_values_stand_in_plain_and_in_difference_form() -> None:
    plain, squeezed = (
        read_blocks(DATA / f"{name}.jdx")[0].series[0] for name in ("noencoding_example", "difdup_example")
    )
    assert plain.y.tolist() == squeezed.y.tolist()
    assert (plain.x[0], plain.x[-1], len(plain.x)) == (4.0, 56.0, 53)
    plain, squeezed = (read_blocks(DATA / f"{name}.jdx")[0].series[0] for name in ("jtpolys", "jtpolysd"))
    assert len(plain.y) == 1844
    assert np.allclose(plain.y / plain.y[0], squeezed.y / squeezed.y[0], rtol=1e-8)  # their factors differ by 0.2 %
    assert np.allclose(plain.x, squeezed.x, atol=3e-4)


def test_compound_files_lists_of_peaks_and_old_line_ends_are_read() -> None:
    blocks = read_blocks(DATA / "blckpac1.jdx")
    assert [len(one.series[0].y) for one in blocks] == [176] * 5
    peaks = read_blocks(DATA / "mactab1.jdx")[0].series[0]
    assert (peaks.peaks, len(peaks.x), peaks.x[-1]) == (True, 23, 331.0)
    odd = read_blocks(DATA / "xyinc2.jdx")[0]
    assert len(odd.series[0].x) == 350
    assert odd.notices[0] == "350 points where 298 are announced"
    assert odd.series[0].x[1] - odd.series[0].x[0] == 4.0


NTUPLES = """##TITLE= two pages
##JCAMP-DX= 5.00
##DATA TYPE= NMR FID
##DATA CLASS= NTUPLES
##NTUPLES= NMR FID
##VAR_NAME= TIME, FID/REAL, FID/IMAG, PAGE NUMBER
##SYMBOL= X, R, I, N
##VAR_DIM= 4, 4, 4, 2
##UNITS= SECONDS, ARBITRARY UNITS, ARBITRARY UNITS,
##FIRST= 0, 10, -4, 1
##LAST= 0.3, 40, -1, 2
##FACTOR= 0.1, 2, 0.5, 1
##PAGE= N=1
##DATA TABLE= (X++(R..R)), XYDATA
0A2J%T
3A3
##PAGE= N=2
##DATA TABLE= (X++(I..I)), XYDATA
0-8-6-4-2
##END NTUPLES= NMR FID
##END=
"""


def test_pages_have_the_factors_and_ends_of_their_variables(tmp_path: Path) -> None:
    path = tmp_path / "pages.dx"
    path.write_text(NTUPLES)
    real, imaginary = read_blocks(path)[0].series
    assert real.y.tolist() == [24.0, 26.0, 26.0, 26.0]
    assert imaginary.y.tolist() == [-4.0, -3.0, -2.0, -1.0]
    assert np.allclose(real.x, [0, 0.1, 0.2, 0.3])
    assert (real.x_unit, real.page, imaginary.label) == ("SECONDS", "N=1", "FID/IMAG")


@pytest.mark.parametrize(
    ("lines", "values"),
    [
        (["1+2-3+4", "4+5"], [2, -3, 4, 5]),
        (["1 2 ? 4"], [2, np.nan, 4]),
        (["1.0E1 2.5E-1"], [0.25]),
        (["1@AbJk", "6d"], [0, 1, -2, -1, -3]),
        (["1A0T", "3B"], [10, 10, 2]),
        (["1A0JS"], [10, 11]),
    ],
)
def test_every_form_of_numbers_is_decoded(lines: list[str], values: list[float]) -> None:
    assert np.array_equal(ordinates(lines).y, values, equal_nan=True)


def test_a_check_value_that_fails_is_told(tmp_path: Path) -> None:
    path = tmp_path / "check.dx"
    path.write_text("##TITLE=a\n##DATA TYPE=INFRARED SPECTRUM\n##XYDATA=(X++(Y..Y))\n1A2JJ\n4A5J\n##END=\n")
    assert read_blocks(path)[0].notices == ["1 lines whose check value is not the value before"]


@needs_optical
def test_related_data_in_five_forms_decode_alike() -> None:
    read = {
        name: read_blocks(OPTICAL / f"jcamp/BRUK{name}.DX")[0].series[0].y
        for name in ("AFFN", "PAC", "SQZ", "DIF", "NTUP")
    }
    assert np.array_equal(read["AFFN"], read["PAC"])
    assert np.array_equal(read["AFFN"], read["SQZ"])
    assert np.abs(read["DIF"] - read["NTUP"]).max() <= 0.003 * np.abs(read["DIF"]).max()
    assert np.abs(read["DIF"] - read["AFFN"]).max() <= 0.003 * np.abs(read["AFFN"]).max()


@needs_optical
@pytest.mark.parametrize("name", ["RAMAN", "s_evenx", "m_evenz"])
def test_spc_files_give_what_their_text_says(name: str) -> None:
    suffix = "SPC" if name == "RAMAN" else "spc"
    truth = np.loadtxt(OPTICAL / f"spc/{name}.{suffix}.txt")
    truth = truth[np.argsort(truth[:, 0])]
    found = read_spectra(OPTICAL / f"spc/{name}.{suffix}")
    assert np.allclose(found[0].x, truth[:, 0])
    y = np.column_stack([one.y for one in found])
    first = 1 if name == "m_evenz" else 0  # the exponent of its first part is -1, which the text's writer took for 0
    assert np.allclose(y[:, first:], truth[:, 1 + first :], atol=1e-8)
    if first:
        assert np.allclose(2 * y[:, 0], truth[:, 1], atol=1e-8)


@needs_optical
def test_spc_with_an_axis_for_each_part_agrees_with_its_header() -> None:
    found = read_spectra(OPTICAL / "spc/m_xyxy.spc")
    assert (len(found), len(found[0])) == (512, 8)
    assert np.allclose(found[0].x[[0, -1]], [25.85, 43.9], atol=1e-4)
    assert sorted(found[0].y.tolist()) == sorted([6823, 3188, 2498, 3654, 5490, 17704, 2826, 3144])


@needs_optical
@pytest.mark.parametrize(
    ("name", "number", "points", "ends", "units"),
    [
        ("raman/depth.wdf", 40, 1015, (1226.61, 2787.78), ("cm-1", "counts")),
        ("ir/ftir_ps.0", 5, 2126, (399.22, 4497.54), ("cm-1", "A")),
        ("ir/ftir_ldpe_soil.asp", 1, 1798, (650.42, 3999.43), ("cm-1", "A")),
        ("ir/raman_hdpe.csv", 1, 964, (301.04, 3198.12), ("cm-1", "counts")),
        ("raman/S0N02_iRPlus785_Z020_100_3800ms.txt", 1, 2048, (-254.65, 3257.58), ("cm-1", "counts")),
        ("uvvis/Thermo_VISIONlite_example_scan.csv", 1, 101, (400, 500), ("nm", "A")),
        ("uvvis/thermo_fisher_genesys30_example_01.tsv", 1, 156, (325, 480), ("nm", "A")),
        ("jcamp/LABCALC.DX", 1, 3435, (249.741, 3699.742), ("cm-1", "T")),
    ],
)
def test_every_vendors_file_is_read(
    name: str, number: int, points: int, ends: tuple[float, float], units: tuple[str, str]
) -> None:
    found = read_spectra(OPTICAL / name)
    assert (len(found), len(found[0])) == (number, points)
    assert np.allclose(found[0].x[[0, -1]], ends, atol=0.01)
    assert (found[0].x_unit, found[0].y_unit) == units


def made_spa() -> bytes:
    """A SPA file as OMNIC writes one: title, directory of two keys, header and ordinates."""
    y = np.linspace(0, 1, 50).astype("<f4")
    content = bytearray(800) + y.tobytes()
    content[:18] = b"Spectral Data File"
    content[30:40] = b"made alone"
    struct.pack_into("<H", content, 294, 2)
    struct.pack_into("<HII", content, 304, 2, 400, 100)
    struct.pack_into("<HII", content, 320, 3, 800, y.nbytes)
    struct.pack_into("<IB3xB3xff", content, 404, 50, 1, 17, 4000.0, 400.0)
    return bytes(content)


def test_a_spa_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.spa"
    path.write_bytes(made_spa())
    (found,) = read_spectra(path)
    assert (found.name, found.x_unit, found.y_unit, found.technique) == ("made alone", "cm-1", "A", "infrared")
    assert (found.x[0], found.x[-1], found.y[-1]) == (400.0, 4000.0, 0.0)


@pytest.mark.parametrize(
    ("text", "x", "y"),
    [
        ("Raman Shift (cm-1);Intensity\n" + "".join(f"{i},5;{i * 2},25\n" for i in range(9)), 8.5, 16.25),
        ("# comment\n# more\n" + "".join(f"{-10 + i}\t{i}\n" for i in range(9)), -2.0, 8.0),
        ("波长,吸光度\n" + "".join(f"{200 + i},{i / 10}\n" for i in range(9)), 208.0, 0.8),
        ("".join(f"{4000 - i} {i}\n" for i in range(9)), 4000.0, 0.0),
    ],
)
def test_columns_of_any_hand_are_read(text: str, x: float, y: float, tmp_path: Path) -> None:
    path = tmp_path / "columns.txt"
    path.write_text(text, encoding="utf-8")
    (found,) = read_spectra(path)
    assert (found.x[-1], found.y[-1]) == (x, y)


@needs_optical
@pytest.mark.parametrize(
    "name", ["raman/depth.wdf", "ir/ftir_ps.0", "spc/s_evenx.spc", "spc/m_evenz.spc", "jcamp/BRUKDIF.DX"]
)
def test_a_file_cut_anywhere_is_refused_in_a_sentence_or_read_as_far_as_it_goes(name: str, tmp_path: Path) -> None:
    whole = (OPTICAL / name).read_bytes()
    path = tmp_path / Path(name).name
    for share in range(20):
        path.write_bytes(whole[: len(whole) * share // 20])
        found = told(path)
        assert "expected" in found if isinstance(found, str) else found[0].notices or name.endswith((".0", ".spc"))


def test_packed_text_cut_anywhere_is_refused_in_a_sentence(tmp_path: Path) -> None:
    dice = np.random.default_rng(5).normal(0, 1, 20_000)
    whole = gzip.compress("".join(f"{i / 10},{one:.9f}\n" for i, one in enumerate(dice)).encode())
    path = tmp_path / "cut.csv.gz"
    for share in range(1, 10):
        path.write_bytes(whole[: len(whole) * share // 10])
        with pytest.raises(UnreadableFile, match="damaged gzip"):
            read_spectra(path)


def told(path: Path) -> str | list[Spectrum]:
    try:
        return read_spectra(path)
    except UnreadableFile as problem:
        return str(problem)


def test_words_and_noise_are_no_spectrum(tmp_path: Path) -> None:
    dice = np.random.default_rng(1)
    for place in range(20):
        path = tmp_path / f"{place}.bin"
        path.write_bytes(dice.bytes(600))
        with pytest.raises(UnreadableFile, match="expected"):
            read_spectra(path)
    path.write_bytes(b"WDF1" + dice.bytes(600))
    assert sniff(path) == "wdf"
    with pytest.raises(UnreadableFile, match="damaged"):
        read_spectra(path)


def test_a_group_of_omnic_spectra_is_read_whole(tmp_path: Path) -> None:
    content = bytearray(made_spa()[:800])
    content[:18] = b"Spectral Exte File"
    struct.pack_into("<H", content, 294, 6)
    struct.pack_into("<IB3xB3xff", content, 544, 50, 1, 16, 4000.0, 400.0)
    for n in range(2):
        y = np.linspace(0, 1 + n, 50).astype("<f4")
        place = len(content)
        content += y.tobytes() + f"{n} 样品".encode("latin-1", "replace").ljust(256, b"\0")
        for at, (key, position, size) in enumerate(((2, 400 + 140 * n, 100), (3, place, 200), (107, place + 200, 256))):
            struct.pack_into("<HII", content, 304 + 16 * (3 * n + at), key, position, size)
    path = tmp_path / "组.spg"
    path.write_bytes(content)
    first, second = read_spectra(path)
    assert [one.name[0] for one in (first, second)] == ["0", "1"]
    assert (first.y_unit, second.y_unit, first.y[0], second.y[0]) == ("A", "%T", 1.0, 2.0)
    for cut in range(18):  # behind that nothing but the last title is missing
        path.write_bytes(content[: len(content) * cut // 20])
        with pytest.raises(UnreadableFile):
            read_spectra(path)


def labspec(legacy: bool) -> bytes:
    x, y = 200 + 1.5 * np.arange(60), 80 + np.arange(60) / 8
    mark = b"\x09\x10\0\0"
    head = b"tam\0" + bytes(11) if legacy else mark + bytes(4) + b"\xe3tam" + b"\xf6\x7f\0\0" + bytes(8)
    return b"LabSpec6" + head + y.astype("<f4").tobytes() + mark + b"1/cm" + x.astype("<f4").tobytes() + mark


@pytest.mark.parametrize("legacy", [True, False])
def test_a_spectrum_of_labspec_is_read_and_a_doubtful_one_is_not(legacy: bool, tmp_path: Path) -> None:
    path = tmp_path / "a.l6s"
    path.write_bytes(labspec(legacy))
    (found,) = read_spectra(path)
    assert (found.technique, found.x[0], found.x[-1], found.y[0], found.y[-1]) == ("raman", 200, 288.5, 80, 87.375)
    for content in (labspec(legacy).replace(b"1/cm", b"nm  "), labspec(legacy).replace(b"\x09\x10\0\0", b"    ")):
        path.write_bytes(content)
        with pytest.raises(UnreadableFile, match=r"save it from LabSpec as text"):
            read_spectra(path)


def test_what_has_no_public_format_names_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "a.ngs"
    path.write_bytes(bytes(range(1, 200)) + bytes(99))
    with pytest.raises(UnreadableFile, match=r"LabSpec 5 \(\.ngs\).*as text"):
        sniff(path)
