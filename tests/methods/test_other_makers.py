"""Files as other programs write them: their own polarity marks, byte orders, decimal commas, raw data of makers."""

import struct
from base64 import b64encode
from pathlib import Path

import pytest

from liqi.methods import UnreadableFile, find_method
from liqi.methods.phrases import refusal
from liqi.methods.readers import read

MZXML = """<?xml version="1.0" encoding="ISO-8859-1"?>
<mzXML><msRun scanCount="1"><scan num="1" msLevel="2" peaksCount="1" retentionTime="PT1M2.5S" {attributes}>
<precursorMz precursorIntensity="55" windowWideness="3.0">321.1</precursorMz>
<peaks precision="32" byteOrder="{order}" contentType="m/z-int">{peaks}</peaks></scan></msRun></mzXML>"""


@pytest.mark.parametrize(
    ("mark", "polarity"),
    [("+", "positive"), ("-", "negative"), ("Negative", "negative"), ("pos", "positive"), ("any", None)],
)
def test_polarity_of_mzxml_is_a_sign_or_a_word(mark: str, polarity: str | None, tmp_path: Path) -> None:
    path = tmp_path / "a.mzXML"
    peaks = b64encode(struct.pack(">2f", 100.0, 7.0)).decode()
    path.write_text(MZXML.format(attributes=f'polarity="{mark}"', order="network", peaks=peaks))
    (one,) = read(path)
    assert (one.polarity, one.retention_time_s, one.isolation_window) == (polarity, 62.5, (319.6, 322.6))


@pytest.mark.parametrize(("order", "letter"), [("network", ">"), ("littleEndian", "<")])
def test_mzxml_says_its_byte_order_and_an_empty_scan_is_no_damage(order: str, letter: str, tmp_path: Path) -> None:
    path = tmp_path / "a.mzXML"
    for peaks, expected in (((100.5, 7.0), [100.5]), ((0.0, 0.0), [])):
        words = b64encode(struct.pack(f"{letter}2f", *peaks)).decode()
        path.write_text(MZXML.format(attributes="", order=order, peaks=words))
        run = read(path)
        assert [one.mz.tolist() for one in run] == [expected]
        assert run.problems == []


@pytest.mark.parametrize(
    ("text", "mz", "intensity"),
    [
        ("m/z;int. (%)\n100,5;10\n150;20,25\n", [100.5, 150.0], [10.0, 20.25]),
        ("100,5\t10,5\n150,5\t20\n", [100.5, 150.5], [10.5, 20.0]),
        ("m/z,intensity\n100,10\n150,20\n", [100.0, 150.0], [10.0, 20.0]),
        ("m/z,intensity\n100.5, 10\n# noise below\n150.5, 20\n", [100.5, 150.5], [10.0, 20.0]),
    ],
)
def test_decimal_commas_of_a_peak_list_are_no_columns(
    text: str, mz: list[float], intensity: list[float], tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    (one,) = read(path)
    assert (one.mz.tolist(), one.intensity.tolist()) == (mz, intensity)


def test_what_an_mgf_says_before_its_blocks_stands_for_all_that_do_not_say_it(tmp_path: Path) -> None:
    path = tmp_path / "a.mgf"
    block = "BEGIN IONS\nPEPMASS=321.1\n{}100 10\nEND IONS\n"
    path.write_text("ITOL=0.5\nCHARGE=1-\n" + block.format("") + block.format("CHARGE=2+ and 3+\n"))
    assert [(one.charge, one.polarity) for one in read(path)] == [(1, "negative"), (None, "positive")]


def test_a_jcamp_file_of_another_instrument_is_no_mass_spectrum(tmp_path: Path) -> None:
    path = tmp_path / "a.jdx"
    text = "##TITLE=x\n##DATA TYPE={}\n##NPOINTS=2\n##PEAK TABLE=(XY..XY)\n700,20 900,30\n##END=\n"
    path.write_text(text.format("INFRARED SPECTRUM"))
    with pytest.raises(UnreadableFile, match="found a JCAMP-DX file of infrared spectrum; expected mass spectra"):
        read(path)
    path.write_text(text.format("CONTINUOUS MASS SPECTRUM $$ of a trap"))
    assert [one.mz.tolist() for one in read(path)] == [[700.0, 900.0]]


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.raw", b"\x01\xa1F\0i\0n\0n\0i\0g\0a\0n\0" + bytes(600), "a Thermo Xcalibur run (.raw)"),
        ("a.wiff", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a SCIEX run (.wiff)"),
        ("a.raw", bytes(600) + b"\1", "binary data of no known kind"),
    ],
)
def test_raw_data_of_a_maker_is_told_by_name_with_the_way_out(
    name: str, content: bytes, found: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableFile) as caught:
        read(path)
    assert caught.value.found == found
    assert ("msConvert" in caught.value.do) == (found != "binary data of no known kind")
    assert "mzML" in refusal(str(caught.value)).zh_hans


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        (["AcqData"], "a folder of a mass spectrometer's raw data"),
        (["analysis.baf", "fid"], "a folder of a mass spectrometer's raw data"),
        (["fid", "acqus"], "a folder of NMR data"),
        (["a.mzML"], "a folder"),
    ],
)
def test_a_folder_is_refused_by_what_is_in_it(parts: list[str], found: str, tmp_path: Path) -> None:
    folder = tmp_path / "run.d"
    folder.mkdir()
    for part in parts:
        (folder / part).touch()
    for attempt in (lambda: read(folder), lambda: find_method("ms.identify").run([folder])):
        with pytest.raises(UnreadableFile) as caught:
            attempt()
        assert (caught.value.found, caught.value.expected) == (found, "a file")
        assert "文件夹" in refusal(str(caught.value)).zh_hans
