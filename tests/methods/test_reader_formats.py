"""Every format gives the same peaks, in every packing; merged scans are told apart; lies do no harm."""

import gzip
import struct
import zlib
from base64 import b64encode
from pathlib import Path

import numpy as np
import pytest
from pymzdata import MZReader

from liqi.methods import UnreadableFile
from liqi.methods.mass_spectrometry._records import take
from liqi.methods.readers import Spectrum, _streams, mzml, read, sniff
from liqi.methods.readers._arrays import MOST_PEAKS
from liqi.methods.readers._numpress import linear
from tests.methods import written
from tests.methods.samples import LARGE, MSP, RUN, needs_large

dice = np.random.default_rng(3)
PEAKS = [(np.sort(dice.uniform(50, 900, n)), dice.uniform(1, 1e5, n).round()) for n in (40, 1, 25, 2, 3)]


def same(run: list[Spectrum], tolerance: float = 1e-6) -> None:
    for one, (mz, intensity) in zip(run, PEAKS, strict=True):
        assert np.allclose(one.mz, mz, rtol=tolerance)
        assert np.allclose(one.intensity, intensity, rtol=max(tolerance, 3e-4 if tolerance > 1e-6 else 1e-6))


@pytest.mark.parametrize("kind", ["f8", "f4"])
@pytest.mark.parametrize("packing", ["plain", "zlib"])
def test_mzml_arrays_of_both_widths_read_the_same(packing: str, kind: str, tmp_path: Path) -> None:
    path = tmp_path / "a.mzML"
    path.write_text(written.simple_mzml(PEAKS, (packing, packing), kind))
    same(list(read(path)))
    same(list(mzml.read_as_xml(path)))


@pytest.mark.parametrize(
    "ways", [("linear", "slof"), ("linear zlib", "slof zlib"), ("linear", "pic"), ("zlib", "pic zlib")]
)
def test_numpress_is_unpacked_as_another_reader_does(ways: tuple[str, str], tmp_path: Path) -> None:
    path = tmp_path / "a.mzML"
    path.write_text(written.simple_mzml(PEAKS, ways))
    ours = list(read(path))
    same(ours, 1e-5)
    if any("pic" in way for way in ways):  # the other reader does not know it
        return
    with MZReader(str(path)) as reader:
        for mine, theirs in zip(ours, reader, strict=True):
            assert np.allclose(mine.mz, theirs.mz_array(), rtol=1e-9)
            assert np.allclose(mine.intensity, theirs.intensity_array(), rtol=1e-6)


@pytest.mark.parametrize(
    "path", [RUN, *(pytest.param(LARGE / "ms/qe_dda_bacterial_extract.mzML", marks=needs_large),)], ids=lambda p: p.name
)
def test_three_readers_see_the_same_numbers(path: Path) -> None:
    with MZReader(str(path)) as reader:
        for text, xml, other in zip(read(path), mzml.read_as_xml(path), reader, strict=True):
            for name in Spectrum.__slots__:
                assert np.array_equal(getattr(text, name), getattr(xml, name)) or getattr(text, name) is None
            assert np.allclose(text.mz, other.mz_array())
            assert np.allclose(text.intensity, other.intensity_array())
            assert text.retention_time == pytest.approx(other.start_time * 60)
            assert text.ms_level == other.ms_level
            if other.precursor is not None:
                assert text.precursor_mz == pytest.approx(other.precursor.ions()[0].mz)


def test_andi_is_read_as_scipy_wrote_it(tmp_path: Path) -> None:
    for record in (True, False):
        path = tmp_path / "run.cdf"
        written.andi(path, PEAKS, record)
        run = read(path)
        assert (run.format, run.acquired, run.expected) == ("andi", True, len(PEAKS))
        found = list(run)
        same(found)
        assert run.problems == []
        assert (found[1].retention_time_s, found[1].polarity, found[1].is_centroid) == (61.0, "positive", True)
        whole = path.read_bytes()
        if record:  # the peaks stand last
            path.write_bytes(whole[:-24])
            cut = read(path)
            assert 0 < len(list(cut)) < len(PEAKS)
            assert "are not in the file" in cut.problems[0]
        path.write_bytes(whole[:100])
        with pytest.raises(UnreadableFile, match="ends in the middle"):
            read(path)


def test_a_netcdf_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.cdf"
    with written.netcdf_file(path, "w") as file:
        file.createDimension("point_number", 3)
        file.createVariable("heights", "f", ("point_number",))[:] = [1, 2, 3]
    with pytest.raises(UnreadableFile, match="without scan_index"):
        read(path)
    path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    with pytest.raises(UnreadableFile, match="netCDF-4"):
        read(path)


@pytest.mark.parametrize("continuous", [True, False])
def test_imzml_gives_a_spectrum_a_pixel(continuous: bool, tmp_path: Path) -> None:
    path = tmp_path / "tissue.imzML"
    peaks = [(PEAKS[0][0], PEAKS[0][1] * (i + 1)) for i in range(4)] if continuous else PEAKS
    written.imzml(path, peaks, continuous)
    run = read(path)
    found = list(run)
    assert (run.format, run.problems, len(found)) == ("imzml", [], len(peaks))
    assert [one.position for one in found[:3]] == [(1, 1), (2, 1), (1, 2)]
    for one, (mz, intensity) in zip(found, peaks, strict=True):
        assert np.allclose(one.mz, mz)
        assert np.allclose(one.intensity, intensity)
    data = path.with_suffix(".ibd").read_bytes()
    path.with_suffix(".ibd").write_bytes(data[:-8])
    assert sum(1 for _ in run) == len(peaks) - 1
    assert "ends after" in run.problems[0]
    path.with_suffix(".ibd").write_bytes(b"other" + data)
    list(run)
    assert "belongs to another" in run.problems[0]
    path.with_suffix(".ibd").unlink()
    with pytest.raises(UnreadableFile, match=r"tissue\.ibd beside it"):
        read(path)


@pytest.mark.parametrize("place", [10**6, 1 << 44, (1 << 63) - 1, 1 << 63, 10**30])
def test_an_imzml_place_beyond_any_disk_is_damage_of_one_pixel(place: int, tmp_path: Path) -> None:
    path = tmp_path / "tissue.imzML"
    written.imzml(path, PEAKS, continuous=False)
    last = written.parameter("IMS:1000102", path.with_suffix(".ibd").stat().st_size - 4 * len(PEAKS[-1][0]))
    assert path.read_text().count(last) == 1
    path.write_text(path.read_text().replace(last, written.parameter("IMS:1000102", place)))
    run = read(path)
    assert len(list(run)) == len(PEAKS) - 1
    assert len(run.problems) == 1
    assert "ends after 0 of 12 bytes" in run.problems[0]


def test_a_jcamp_run_has_a_spectrum_a_page(tmp_path: Path) -> None:
    path = tmp_path / "run.jdx"
    path.write_text(written.JCAMP)
    run = read(path)
    first, second = run
    assert (run.format, run.acquired, run.expected, run.problems) == ("jcamp", True, 2, [])
    assert first.mz.tolist() == [46.25, 47.5, 50.75]
    assert first.intensity.tolist() == [3259.0, 1468.0, 1530.0]
    assert (second.retention_time_s, second.polarity, second.id) == (2.5, "positive", "scan=2")
    path.write_text(written.JCAMP.replace("NPOINTS= 3", "NPOINTS= 4"))
    assert len(list(run)) == 1
    assert "3 of 4 peaks" in run.problems[0]


@pytest.mark.large
@pytest.mark.skipif(not (LARGE / "ms").exists(), reason="a plain clone has no ../shared/data")
def test_a_real_gcms_run_is_read_whole() -> None:
    run = read(LARGE / "ms/gcms_ei_run.jdx")
    found = list(run)
    assert (len(found), run.expected, run.problems) == (2103, 2103, [])
    assert found[-1].retention_time_s == pytest.approx(37.0127 * 60, abs=0.1)


def test_merged_scans_and_mobility_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "mobility.mzML"
    scan = "<scan>{}{}</scan>"
    start = written.parameter("MS:1000016", 1, "UO:0000031")
    mobility = [written.parameter("MS:1002815", value) for value in (0.8, 0.9)]
    arrays = [written.array(written.MZ, [200.0, 100.0]), written.array(written.INTENSITY, [5.0, 7.0])]
    frame = [*arrays, written.array("MS:1003006", [0.9, 0.8])]
    path.write_text(
        written.mzml(
            [
                written.spectrum(0, arrays, 2, scans=scan.format(start, mobility[0])),
                written.spectrum(1, arrays, 2, scans="".join(scan.format(start, one) for one in mobility)),
                written.spectrum(2, frame, 2),
            ]
        )
    )
    single, merged, whole = read(path)
    assert (single.ion_mobility, single.combined, single.mobility) == (0.8, 1, None)
    assert (merged.ion_mobility, merged.combined) == (None, 2)
    assert whole.mobility is not None
    assert (whole.mz.tolist(), whole.mobility.tolist()) == ([100.0, 200.0], [0.8, 0.9])


def test_a_broken_index_a_prefix_single_quotes_utf16_and_gzip_change_nothing(tmp_path: Path) -> None:
    plain = written.simple_mzml(PEAKS)
    path = tmp_path / "a.mzML"
    prefixed = (
        plain.replace("<", "<m:").replace("<m:/", "</m:").replace("<m:?xml", "<?xml").replace("xmlns=", "xmlns:m=")
    )
    for text in (
        plain.replace("</mzML>", "</mzML><indexList count='1'><index><offset idRef='x'>99999999999</offset>"),
        prefixed,
        plain.replace('accession="MS:1000511" name="x" value="1"', "accession='MS:1000511' name='x' value='1'"),
        plain.replace("<scan>", "<!-- a comment --><scan>"),
    ):
        path.write_text(text)
        run = read(path)
        same(list(run))
        assert run.problems == []
    for data in (plain.encode("utf-16"), gzip.compress(plain.encode()), gzip.compress(plain.encode("utf-16"))):
        path.write_bytes(data)
        same(list(read(path)))


def test_an_empty_run_is_no_error_and_one_of_light_has_level_zero(tmp_path: Path) -> None:
    path = tmp_path / "a.mzML"
    path.write_text(written.mzml([]))
    run = read(path)
    assert (list(run), run.problems) == ([], [])
    path.write_text(written.mzml([written.spectrum(0, [], 0).replace("MS:1000511", "MS:1000804")]))
    assert [(one.ms_level, one.mz.size) for one in read(path)] == [(0, 0)]


def lying(arrays: list[str], length: int = 2) -> str:
    good = written.spectrum(0, [written.array(written.MZ, [100.0]), written.array(written.INTENSITY, [1.0])], 1)
    return written.mzml([good, written.spectrum(1, arrays, length)])


def test_lies_about_lengths_leave_one_spectrum_out_and_take_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.mzML"
    mz, intensity = written.array(written.MZ, [100.0, 200.0]), written.array(written.INTENSITY, [1.0, 2.0])
    bomb = b64encode(zlib.compress(bytes(MOST_PEAKS * 8 + 8))).decode()
    words = intensity.partition("<binary>")[0]
    for arrays in (
        [mz, written.array(written.INTENSITY, [1.0])],
        [mz, f"{words}<binary>{bomb}</binary></binaryDataArray>"],
        [mz, f"{words}<binary>AAA</binary></binaryDataArray>"],
        [mz, f"{words}<binary>AAAA</binary></binaryDataArray>"],
        [mz, intensity.replace("MS:1000574", "MS:1003088")],
    ):
        path.write_text(lying(arrays))
        run = read(path)
        assert [one.mz.tolist() for one in run] == [[100.0]]
        assert "a damaged spectrum (scan=2: " in run.problems[0]
    path.write_text(lying([mz, intensity], 10**9).replace('spectrumList count="2"', 'spectrumList count="1000000000"'))
    run = read(path)
    assert len(list(run)) == 2
    assert "spectra fewer than the file announces" in run.problems[0]


def test_numbers_that_are_none_and_masses_below_zero_are_left_out_and_told(tmp_path: Path) -> None:
    path = tmp_path / "a.mzML"
    mz = written.array(written.MZ, [float("nan"), -5.0, 0.0, float("inf"), 300.0, 200.0])
    path.write_text(lying([mz, written.array(written.INTENSITY, [1, 2, 3, 4, float("nan"), 6.0])], 6))
    run = read(path)
    assert [one.mz.tolist() for one in run] == [[100.0], [200.0]]
    assert "5 peaks without a positive m/z" in run.problems[0]


def test_entities_are_never_expanded_and_nothing_is_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("hidden")
    inside = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10 if i else "x" * 99}">' for i in range(12))
    kind = f'<!DOCTYPE mzML [{inside}<!ENTITY out SYSTEM "{secret.as_uri()}">]>'
    path = tmp_path / "a.mzML"
    for entity in ("&e11;", "&out;"):
        hurt = written.spectrum(1, [], 0).replace("scan=2", entity)
        good = written.spectrum(0, [], 0)
        path.write_text(written.mzml([good, hurt], head=kind))
        run = read(path)
        assert [one.id for one in run] == ["scan=1"]
        assert "hidden" not in run.problems[0]


def test_a_small_file_that_unpacks_to_an_endless_one_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_streams, "_ALWAYS_FINE", 1 << 20)
    path = tmp_path / "a.mzML.gz"
    head = written.simple_mzml(PEAKS).removesuffix("</spectrumList></run></mzML>\n").encode()
    path.write_bytes(gzip.compress(head + bytes(20_000_000)))
    run = read(path)
    assert len(list(run)) == len(PEAKS)
    assert "unpacks to more than 300 times its size" in run.problems[0]
    assert sniff(path) == "mzml"


def test_a_damaged_library_tells_what_of_it_was_refused(tmp_path: Path) -> None:
    path = tmp_path / "ours.msp"
    path.write_text(MSP + "\nName: cut\nPrecursorMZ: 195.0877\nIon_mode: P\nNum Peaks: 9\n138.0662 10\n")
    run = read(path)
    assert (len(list(run)), run.missing) == (3, 1)
    intake = take(path)
    assert intake.refused["damaged"] == 1
    assert any("1 of 9 peaks" in line["why"] and line["file"] == "ours.msp" for line in intake.report)


def test_a_numpress_scale_next_to_nothing_gives_infinity_and_no_warning() -> None:
    data = struct.pack(">d", 1e-310) + struct.pack("<II", 5_000_000, 6_000_000)
    assert np.isinf(linear(data)).all()
    assert np.isinf(linear(data[:12])).all()
